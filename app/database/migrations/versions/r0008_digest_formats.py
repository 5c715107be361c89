"""Revisions record how they are digested, where that is not the format of the first releases."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it is null for all that is recorded."""
    op.add_column("revision", sa.Column("digest_format", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the column, unless a revision needs it: the ledger could not be verified any more."""
    counted = sa.text("SELECT count(*) FROM revision WHERE digest_format IS NOT NULL")
    if op.get_bind().execute(counted).scalar():
        message = "there are revisions of another digest format, which could not be verified"
        raise RuntimeError(message)
    op.drop_column("revision", "digest_format")
