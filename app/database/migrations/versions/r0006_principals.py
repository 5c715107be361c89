"""Revisions tell by which principal they were written; the name alone may be that of several."""

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
    if told := op.get_bind().execute(counted).scalar_one():
        message = (
            f"{told} revisions tell by which principal they were written, and would not verify"
        )
        raise RuntimeError(message)
    op.drop_column("revision", "principal_id")
