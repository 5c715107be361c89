"""The counter of revisions records the edition of units by which the projections are made."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; it counts from the units that are there."""
    edition = sa.Column("units_edition", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("revision_counter", edition)


def downgrade() -> None:
    """Drop the number."""
    op.drop_column("revision_counter", "units_edition")
