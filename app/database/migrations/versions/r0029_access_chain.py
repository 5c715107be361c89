"""A chain over the audit log and what it accounts for, digests of kept answers, and anchors."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import LINKED, guard_access, unguard_access

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_DIGEST = sa.String(64)


def upgrade() -> None:
    """Make the tables and the column; ``icr migrate`` begins the chain, with what there is."""
    op.create_table(
        "audit_link",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", _ORDERED),
        sa.Column("about", _ORDERED),
        sa.Column("state", _DIGEST),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_link"),
        sa.UniqueConstraint("entry_id", name="uq_audit_link_entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "anchor",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_anchor"),
        sqlite_with_rowid=False,
    )
    op.add_column("idempotency_key", sa.Column("digest", _DIGEST, nullable=True))
    guard_access(*LINKED)


def downgrade() -> None:
    """Drop all of it; the chain begins anew afterwards."""
    unguard_access(*LINKED)
    op.drop_column("idempotency_key", "digest")
    op.drop_table("anchor")
    op.drop_table("audit_link")
