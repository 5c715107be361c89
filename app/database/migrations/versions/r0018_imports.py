"""Imports on their way into the ledger, and the layouts that officers answered for columns."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_STATES = "state IN ('draft', 'committing', 'committed', 'retracted', 'failed')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "import_draft",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("principal_id", _ORDERED, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("corrects", _ORDERED),
        sa.Column("layout_id", _ORDERED),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger()),
        sa.Column("retracted_in", sa.BigInteger()),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.LargeBinary()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_STATES, name="ck_import_draft_state"),
        sa.PrimaryKeyConstraint("id", name="pk_import_draft"),
    )
    op.create_index("ix_import_draft_principal", "import_draft", ["principal_id", "id"])
    op.create_index("ix_import_draft_expires_at", "import_draft", ["expires_at"])
    op.create_index("ix_import_draft_file_hash", "import_draft", ["file_hash"])
    op.create_table(
        "import_layout",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("principal_id", _ORDERED, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("issuer", _ORDERED, nullable=False),
        sa.Column("shape", sa.String(64), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_layout"),
    )
    op.create_index(
        "ux_import_layout", "import_layout", ["principal_id", "issuer", "shape"], unique=True
    )


def downgrade() -> None:
    """Drop the tables, if no import was committed: which file said what cannot be had back."""
    kept = sa.text("SELECT count(*) FROM import_draft WHERE revision IS NOT NULL")
    if rows := op.get_bind().execute(kept).scalar_one():
        message = f"import_draft holds {rows} committed imports: back the database up first"
        raise RuntimeError(message)
    op.drop_table("import_layout")
    op.drop_table("import_draft")
