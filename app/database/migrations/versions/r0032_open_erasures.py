"""Rows can be blanked only while an erasure is open; proposals know the state of their import."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import renew_erasing, unguard_erasures

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and let the triggers look at what is open."""
    op.add_column("revision_counter", sa.Column("erasing", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("import_edited", sa.Integer(), nullable=True))
    renew_erasing()


def downgrade() -> None:
    """Drop them; rows can be blanked again for as long as an erasure is the last revision."""
    unguard_erasures()
    op.drop_column("proposal", "import_edited")
    op.drop_column("revision_counter", "erasing")
    renew_erasing()
