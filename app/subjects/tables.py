"""The projections: the content of the ledger laid out for reading. They can be rebuilt from it.

Both time axes are half-open intervals: ``valid_from``/``valid_to`` in days, ``known_from``/
``known_to`` in revisions. An open end is ``date.max`` or ``OPEN_REVISION``.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from app.core.vocabulary import (
    CapacityPeriod,
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    GeometryAccuracy,
    LegalStatus,
    LicenceStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    ProjectOperationStatus,
    SiteKind,
    Stage,
)
from app.database.tables import (
    CanonicalJson,
    DegreesType,
    HectaresType,
    PercentType,
    QuantityType,
    code_check,
    ordered_text,
    table_of,
)

_SITE_CODES = {
    "kind": SiteKind,
    "stage": Stage,
    "planning_status": PlanningStatus,
    "legal_status": LegalStatus,
    "clearance_status": ClearanceStatus,
    "clearance_stage": ClearanceStage,
    "construction_status": ConstructionStatus,
    "operation_status": OperationStatus,
    "occupancy_definition": OccupancyDefinition,
    "occupancy_pct_definition": OccupancyDefinition,
    "geometry_accuracy": GeometryAccuracy,
}
# With all four times in an index, the versions of other times are passed over without a look at
# their rows.
_TIMES = ("known_to", "valid_to", "valid_from", "known_from")
# With all columns that rollups tally in an index, they read no row of the wide table at all.
_TALLIED = (
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
)


def _hectares() -> Any:
    return Field(default=None, sa_type=HectaresType)


def _degrees() -> Any:
    return Field(default=None, sa_type=DegreesType)


def _code() -> Any:
    return Field(default=None, sa_type=ordered_text())


class SiteVersion(SQLModel, table=True):
    """The state of a site over one interval of days, as known over one interval of revisions."""

    __tablename__ = "site_version"
    __table_args__ = (
        *(code_check("site_version", name, codes) for name, codes in _SITE_CODES.items()),
        Index("ix_site_version_name", "name_sort", "site_id", *_TIMES),
        Index("ix_site_version_province", "province_code", "kind", *_TIMES, *_TALLIED),
        Index("ix_site_version_kind", "kind", *_TIMES),
        Index("ix_site_version_investor", "investor", *_TIMES),
        Index("ix_site_version_managing_body", "managing_body", *_TIMES),
    )

    site_id: str = Field(primary_key=True, foreign_key="site.id", sa_type=ordered_text())
    valid_from: date = Field(primary_key=True)
    known_from: int = Field(primary_key=True, sa_type=BigInteger)
    valid_to: date
    known_to: int = Field(sa_type=BigInteger)

    kind: str = Field(sa_type=ordered_text())
    stage: str = Field(sa_type=ordered_text())
    name: str | None = Field(default=None, sa_type=Text)
    name_en: str | None = Field(default=None, sa_type=Text)
    aliases: list[str] | None = Field(default=None, sa_type=CanonicalJson)
    province_code: str | None = _code()
    district_code: str | None = _code()
    commune_code: str | None = _code()
    address: str | None = Field(default=None, sa_type=Text)
    planning_status: str | None = _code()
    legal_status: str | None = _code()
    investor: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text()
    )
    managing_body: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text()
    )
    area_ha: Decimal | None = _hectares()
    planned_area_ha: Decimal | None = _hectares()
    detailed_plan_area_ha: Decimal | None = _hectares()
    industrial_land_ha: Decimal | None = _hectares()
    service_land_ha: Decimal | None = _hectares()
    leased_ha: Decimal | None = _hectares()
    leasable_ha: Decimal | None = _hectares()
    stated_occupancy_pct: Decimal | None = Field(default=None, sa_type=PercentType)
    occupancy_definition: str | None = _code()
    occupancy_pct: Decimal | None = Field(default=None, sa_type=PercentType)
    occupancy_pct_definition: str | None = _code()
    clearance_status: str | None = _code()
    clearance_stage: str | None = _code()
    clearance_phase: int | None = None
    to_clear_ha: Decimal | None = _hectares()
    cleared_ha: Decimal | None = _hectares()
    clearance_pct: Decimal | None = Field(default=None, sa_type=PercentType)
    affected_households: int | None = None
    construction_status: str | None = _code()
    operation_status: str | None = _code()
    expected_operation: str | None = _code()
    planned_increase_ha: Decimal | None = _hectares()
    licensed_projects: int | None = None
    craft: str | None = Field(default=None, sa_type=Text)
    households: int | None = None
    workers: int | None = None
    recognised_on: str | None = _code()
    geometry: str | None = Field(default=None, sa_type=Text)
    geometry_accuracy: str | None = _code()
    west: Decimal | None = _degrees()
    south: Decimal | None = _degrees()
    east: Decimal | None = _degrees()
    north: Decimal | None = _degrees()

    name_sort: str = Field(sa_type=ordered_text())
    search_text: str = Field(sa_type=Text)


_PROJECT_CODES = {
    "licence_status": LicenceStatus,
    "operation_status": ProjectOperationStatus,
    "design_capacity_period": CapacityPeriod,
}


class ProjectVersion(SQLModel, table=True):
    """The state of a project over one interval of days, as known over an interval of revisions."""

    __tablename__ = "project_version"
    __table_args__ = (
        *(code_check("project_version", name, codes) for name, codes in _PROJECT_CODES.items()),
        Index("ix_project_version_name", "name_sort", "project_id", *_TIMES),
        Index("ix_project_version_province", "province_code", *_TIMES),
        Index("ix_project_version_site", "site", *_TIMES),
        Index("ix_project_version_investor", "investor", *_TIMES),
    )

    project_id: str = Field(primary_key=True, foreign_key="project.id", sa_type=ordered_text())
    valid_from: date = Field(primary_key=True)
    known_from: int = Field(primary_key=True, sa_type=BigInteger)
    valid_to: date
    known_to: int = Field(sa_type=BigInteger)

    name: str | None = Field(default=None, sa_type=Text)
    name_en: str | None = Field(default=None, sa_type=Text)
    aliases: list[str] | None = Field(default=None, sa_type=CanonicalJson)
    province_code: str | None = _code()
    district_code: str | None = _code()
    commune_code: str | None = _code()
    address: str | None = Field(default=None, sa_type=Text)
    site: str | None = Field(default=None, foreign_key="site.id", sa_type=ordered_text())
    investor: str | None = Field(
        default=None, foreign_key="organization.id", sa_type=ordered_text()
    )
    product: str | None = Field(default=None, sa_type=Text)
    licence_status: str | None = _code()
    operation_status: str | None = _code()
    design_capacity: Decimal | None = Field(default=None, sa_type=QuantityType)
    design_capacity_unit: str | None = _code()
    design_capacity_period: str | None = _code()
    registered_capital_vnd: int | None = Field(default=None, sa_type=BigInteger)
    expected_operation: str | None = _code()

    name_sort: str = Field(sa_type=ordered_text())
    search_text: str = Field(sa_type=Text)


PROJECT_VERSIONS = table_of(ProjectVersion)
SITE_VERSIONS = table_of(SiteVersion)
