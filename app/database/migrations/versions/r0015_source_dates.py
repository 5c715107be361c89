"""Sources are found by their date, so that one decision is not registered twice."""

from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = "ix_source_published_on"


def upgrade() -> None:
    """Add the index."""
    op.create_index(_INDEX, "source", ["published_on"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(_INDEX, table_name="source")
