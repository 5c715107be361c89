"""The index that sites of a province are found by also holds what rollups tally."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
_NAME, _TABLE = "ix_site_version_province", "site_version"
_FOUND_BY = ["province_code", "kind", "known_to", "valid_to", "valid_from", "known_from"]
_TALLIED = [
    "stage",
    "legal_status",
    "clearance_status",
    "construction_status",
    "occupancy_pct_definition",
    "area_ha",
    "planned_area_ha",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "service_land_ha",
    "leased_ha",
    "leasable_ha",
    "to_clear_ha",
    "cleared_ha",
    "occupancy_pct",
]


def upgrade() -> None:
    """Make the index anew with the columns of the tallies."""
    _replace([*_FOUND_BY, *_TALLIED])


def downgrade() -> None:
    """Make the index anew as it was."""
    _replace(_FOUND_BY)


def _replace(columns: list[str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index(_NAME, table_name=_TABLE)
        op.create_index(_NAME, _TABLE, columns, unique=False)
        return
    # Only dropping keeps readers away, so it comes when the other index is made.
    made = f"{_NAME}_new"
    op.create_index(made, _TABLE, columns, unique=False)
    op.drop_index(_NAME, table_name=_TABLE)
    op.execute(f"ALTER INDEX {made} RENAME TO {_NAME}")
