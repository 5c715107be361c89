"""Statements may say of each value how exactly it is given."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_later_columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = ("qualifiers", "values_to")
_TABLES = ("statement", "site_version", "project_version")


def upgrade() -> None:
    """Add the columns; nothing that is recorded has a qualifier."""
    for table in _TABLES:
        for column in _COLUMNS:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    guard_later_columns("effective_to", *_COLUMNS)


def downgrade() -> None:
    """Drop the columns, unless a statement has one: the ledger could not be verified any more."""
    counted = sa.text("SELECT count(*) FROM statement WHERE qualifiers IS NOT NULL")
    if op.get_bind().execute(counted).scalar():
        message = "there are statements with qualifiers, which could not be verified"
        raise RuntimeError(message)
    guard_later_columns("effective_to")
    for table in reversed(_TABLES):
        for column in reversed(_COLUMNS):
            op.drop_column(table, column)
