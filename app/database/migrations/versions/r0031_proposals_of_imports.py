"""Proposals know the imports that they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column."""
    op.add_column("proposal", sa.Column("import_id", _ORDERED, nullable=True))
    op.create_index("ix_proposal_import", "proposal", ["import_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_proposal_import", "proposal")
    op.drop_column("proposal", "import_id")
