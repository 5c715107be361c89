"""Statements may say of each value how exactly it is given; rollups tally by it."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_later_columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = ("qualifiers", "values_to")
_TABLES = ("statement", "site_version", "project_version")
_INDEX, _INDEXED = "ix_site_version_province", "site_version"
_TALLIED = [
    *("province_code", "kind", "known_to", "valid_to", "valid_from", "known_from"),
    *("stage", "planning_status", "legal_status", "clearance_status", "construction_status"),
    *("occupancy_pct_definition", "area_ha", "planned_area_ha", "detailed_plan_area_ha"),
    *("industrial_land_ha", "service_land_ha", "leased_ha", "leasable_ha", "to_clear_ha"),
    *("cleared_ha", "occupancy_pct"),
]


def upgrade() -> None:
    """Add the columns; nothing that is recorded has a qualifier."""
    for table in _TABLES:
        for column in _COLUMNS:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    guard_later_columns("effective_to", *_COLUMNS)
    _index([*_TALLIED, "qualifiers"])


def downgrade() -> None:
    """Drop the columns, unless a statement has one: the ledger could not be verified any more."""
    counted = sa.text("SELECT count(*) FROM statement WHERE qualifiers IS NOT NULL")
    if op.get_bind().execute(counted).scalar():
        message = "there are statements with qualifiers, which could not be verified"
        raise RuntimeError(message)
    _index(_TALLIED)
    guard_later_columns("effective_to")
    for table in reversed(_TABLES):
        for column in reversed(_COLUMNS):
            op.drop_column(table, column)


def _index(columns: list[str]) -> None:
    op.drop_index(_INDEX, table_name=_INDEXED)
    op.create_index(_INDEX, _INDEXED, columns, unique=False)
