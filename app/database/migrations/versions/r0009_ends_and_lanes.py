"""Statements may end, and what is planned stands beside what is."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_later_columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing that is recorded ends."""
    op.add_column("statement", sa.Column("effective_to", sa.Text(), nullable=True))
    guard_later_columns("effective_to")
    nothing = sa.text("'{}'")
    planned = sa.Column("planned", sa.Text(), nullable=False, server_default=nothing)
    op.add_column("site_version", planned)


def downgrade() -> None:
    """Drop the columns, unless a statement ends: the ledger could not be verified any more."""
    counted = sa.text("SELECT count(*) FROM statement WHERE effective_to IS NOT NULL")
    if op.get_bind().execute(counted).scalar():
        message = "there are statements with an end, which could not be verified"
        raise RuntimeError(message)
    op.drop_column("site_version", "planned")
    guard_later_columns()
    op.drop_column("statement", "effective_to")
