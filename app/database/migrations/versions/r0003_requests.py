"""The answers kept for requests that are sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; it is no part of the ledger, so no trigger guards it."""
    op.create_table(
        "idempotency_key",
        sa.Column("author", _ORDERED, nullable=False),
        sa.Column("key", _ORDERED, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("author", "key", name=("pk_idempotency_key")),
    )
    op.create_index(
        ("ix_idempotency_key_recorded_at"), "idempotency_key", ["recorded_at"], unique=False
    )


def downgrade() -> None:
    """Drop the table; requests sent again are then new requests."""
    op.drop_table("idempotency_key")
