"""Sources are found by their date, so that one decision is not registered twice."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = ("source", "source_correction")


def upgrade() -> None:
    """Add the indexes."""
    for table in _TABLES:
        op.create_index(f"ix_{table}_published_on", table, ["published_on"])


def downgrade() -> None:
    """Drop the indexes."""
    for table in reversed(_TABLES):
        op.drop_index(f"ix_{table}_published_on", table_name=table)
