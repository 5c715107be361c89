"""Revisions record the principal who wrote them; several may have the same name."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was recorded before has no principal."""
    op.add_column("revision", sa.Column("principal_id", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column, if it holds nothing: digests follow from it, so the ledger would break."""
    counted = sa.text("SELECT count(*) FROM revision WHERE principal_id IS NOT NULL")
    if counted_rows := op.get_bind().execute(counted).scalar_one():
        message = (
            f"{counted_rows} revisions record the principal who wrote them, and would not verify"
        )
        raise RuntimeError(message)
    op.drop_column("revision", "principal_id")
