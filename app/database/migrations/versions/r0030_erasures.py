"""Erasures, and triggers that let what is erased be blanked in the transaction that records it."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_erasures, unguard_erasures

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and the triggers anew."""
    op.create_table(
        "erasure",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("about", _ORDERED, nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("erased_revision", sa.BigInteger()),
        sa.Column("left_digest", sa.String(64)),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_erasure_revision"),
        sa.ForeignKeyConstraint(
            ["erased_revision"], ["revision.number"], name="fk_erasure_erased_revision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_erasure_revision", "erasure", ["revision"])
    op.create_index("ix_erasure_erased_revision", "erasure", ["erased_revision"])
    guard_erasures()


def downgrade() -> None:
    """Drop the table, if nothing was erased: the ledger would not verify without it."""
    counted = sa.text("SELECT count(*) FROM erasure")
    if rows := op.get_bind().execute(counted).scalar_one():
        raise RuntimeError(f"erasure holds {rows} rows: the ledger verifies only with them")
    unguard_erasures()
    op.drop_table("erasure")
    guard_erasures()
