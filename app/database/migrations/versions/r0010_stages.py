"""Sites can be suspended or removed; rollups tally by planning status.

Stages follow from statuses, so the projections are rebuilt after this migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
_TABLE, _CHECK, _INDEX = "site_version", "ck_site_version_stage", "ix_site_version_province"
_VERSIONS = sa.table(_TABLE, sa.column("stage", sa.String()))
_FOUND_BY = ["province_code", "kind", "known_to", "valid_to", "valid_from", "known_from"]
_TALLIED = [
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
_BEFORE = (
    "stage IN ('closed', 'operating', 'construction', 'clearance', 'established', 'planned', "
    "'proposed', 'unknown')"
)
_NOW = (
    "stage IN ('closed', 'suspended', 'operating', 'construction', 'clearance', 'established', "
    "'planned', 'proposed', 'removed', 'unknown')"
)


def upgrade() -> None:
    """Admit the stages, and let the index of provinces hold the planning status."""
    _change_check(_BEFORE, _NOW)
    _index(["stage", "planning_status"])


def downgrade() -> None:
    """Go back to the stages of before; the right one for each site comes with ``icr rebuild``."""
    for stage, before in (("removed", "closed"), ("suspended", "established")):
        op.execute(_VERSIONS.update().where(_VERSIONS.c.stage == stage).values(stage=before))
    _change_check(_NOW, _BEFORE)
    _index(["stage"])


def _change_check(before: str, now: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(_CHECK, _TABLE)
        op.create_check_constraint(_CHECK, _TABLE, now)
        return
    # SQLite changes no constraint: the rows move into a table that differs in nothing else.
    made = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :type")
    (table,) = connection.execute(made, {"table": _TABLE, "type": "table"}).scalars()
    indexes = list(connection.execute(made, {"table": _TABLE, "type": "index"}).scalars())
    if before not in table:
        message = f"{_TABLE} does not admit the stages {before}"
        raise RuntimeError(message)
    op.execute(table.replace(before, now).replace(_TABLE, "site_version_moved", 1))
    op.execute("INSERT INTO site_version_moved SELECT * FROM site_version")
    op.drop_table(_TABLE)
    op.rename_table("site_version_moved", _TABLE)
    for index in filter(None, indexes):
        op.execute(index)


def _index(stages: list[str]) -> None:
    op.drop_index(_INDEX, table_name=_TABLE)
    op.create_index(_INDEX, _TABLE, [*_FOUND_BY, *stages, *_TALLIED], unique=False)
