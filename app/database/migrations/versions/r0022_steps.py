"""Find what a revision began and ended, and read all that figures follow from in an index.

Step functions of the figures are moved on by what the revisions since have changed.
"""

from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLES = ("site_version", "project_version", "observation")
_TIMES = ("known_to", "valid_to", "valid_from", "known_from")
_CODES = ("stage", "planning_status", "legal_status", "clearance_status", "construction_status")
_QUANTITIES = (
    *("occupancy_pct_definition", "area_ha", "planned_area_ha", "detailed_plan_area_ha"),
    *("industrial_land_ha", "service_land_ha", "leased_ha", "leasable_ha", "to_clear_ha"),
    *("cleared_ha", "occupancy_pct", "qualifiers"),
)


def _index_provinces(*codes: str) -> None:
    name = "ix_site_version_province"
    op.drop_index(name, "site_version")
    columns = ("province_code", "kind", *_TIMES, *codes, *_QUANTITIES)
    op.create_index(name, "site_version", columns)


def upgrade() -> None:
    """Make the indexes."""
    _index_provinces(*_CODES, "operation_status")
    for table in _TABLES:
        op.create_index(f"ix_{table}_known_from", table, ["known_from"])
        op.create_index(f"ix_{table}_known_to", table, ["known_to"])


def downgrade() -> None:
    """Drop them, and leave the status of operation out of the other one."""
    for table in _TABLES:
        op.drop_index(f"ix_{table}_known_to", table)
        op.drop_index(f"ix_{table}_known_from", table)
    _index_provinces(*_CODES)
