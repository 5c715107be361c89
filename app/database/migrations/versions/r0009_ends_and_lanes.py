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
    """Drop the columns, unless a statement says what the release before cannot read."""
    unreadable = [
        "SELECT 1 FROM statement WHERE effective_to IS NOT NULL OR effective_from LIKE '%Q%'",
        """SELECT 1 FROM statement WHERE CAST(content AS TEXT) LIKE '%"____-Q_%'""",
        "SELECT 1 FROM source WHERE published_on LIKE '%Q%'",
    ]
    if op.get_bind().execute(sa.text(" UNION ALL ".join(unreadable))).first():
        message = (
            "there are statements with an end, or dates that are quarters, which the release "
            "before cannot read; restore a backup from before they were recorded"
        )
        raise RuntimeError(message)
    op.drop_column("site_version", "planned")
    guard_later_columns()
    op.drop_column("statement", "effective_to")
