"""Sites, projects and policy documents: the values that are written, the states that are read."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from app.core.numbers import (
    Count,
    Hectares,
    HectaresOrZero,
    Money,
    Number,
    Percent,
    Phase,
    PositiveQuantity,
    Whole,
)
from app.core.query_parameters import require_what_is_always_there
from app.core.types import Answer, Body, Line, PartialDateText, Shown, Slug, UnitCode
from app.core.vocabulary import (
    CapacityPeriod,
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    DocumentStatus,
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
from app.subjects.attributes import Catalogue
from app.subjects.catalogues import DOCUMENT_ATTRIBUTES, PROJECT_ATTRIBUTES, SITE_ATTRIBUTES
from app.subjects.geometry_schemas import Geometry, ShownGeometry


class _Fields:
    """The fields of the attributes of a catalogue, described by their meaning."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def stated(self, name: str) -> Any:
        """Return the field of an attribute that a statement may give."""
        return Field(default=None, description=self._catalogue[name].meaning)

    def shown(self, name: str) -> Any:
        """Return the field of an attribute in an answer: present, ``null`` when unknown."""
        return Field(description=self._catalogue[name].meaning)


_DOCUMENT = _Fields(DOCUMENT_ATTRIBUTES)
_PROJECT = _Fields(PROJECT_ATTRIBUTES)
_SITE = _Fields(SITE_ATTRIBUTES)


class Values(Body):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    @model_serializer(mode="wrap")
    def show_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out members that are not stated: they differ from those stated to be unknown."""
        shown: Mapping[str, Any] = handler(self)
        stated = self.model_fields_set
        return {name: value for name, value in shown.items() if name in stated}


class PlacedValues(Values):
    """The name and the place, which sites and projects share."""

    name: Line | None = _SITE.stated("name")
    name_en: Line | None = _SITE.stated("name_en")
    aliases: list[Line] | None = _SITE.stated("aliases")
    province_code: UnitCode | None = _SITE.stated("province_code")
    district_code: UnitCode | None = _SITE.stated("district_code")
    commune_code: UnitCode | None = _SITE.stated("commune_code")
    address: Line | None = _SITE.stated("address")


class DocumentValues(Values):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    status: DocumentStatus | None = _DOCUMENT.stated("status")
    issued_on: PartialDateText | None = _DOCUMENT.stated("issued_on")
    approved_by: Slug | None = _DOCUMENT.stated("approved_by")
    years_implemented: Count | None = _DOCUMENT.stated("years_implemented")


class ProjectValues(PlacedValues):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    site: Slug | None = _PROJECT.stated("site")
    investor: Slug | None = _PROJECT.stated("investor")
    product: Line | None = _PROJECT.stated("product")
    licence_status: LicenceStatus | None = _PROJECT.stated("licence_status")
    operation_status: ProjectOperationStatus | None = _PROJECT.stated("operation_status")
    design_capacity: PositiveQuantity | None = _PROJECT.stated("design_capacity")
    design_capacity_unit: Line | None = _PROJECT.stated("design_capacity_unit")
    design_capacity_period: CapacityPeriod | None = _PROJECT.stated("design_capacity_period")
    registered_capital_vnd: Money | None = _PROJECT.stated("registered_capital_vnd")
    expected_operation: PartialDateText | None = _PROJECT.stated("expected_operation")


class Project(Answer):
    """A project as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)

    id: str
    name: str | None = _PROJECT.shown("name")
    name_en: str | None = _PROJECT.shown("name_en")
    aliases: list[str] | None = _PROJECT.shown("aliases")
    province_code: str | None = _PROJECT.shown("province_code")
    district_code: str | None = _PROJECT.shown("district_code")
    commune_code: str | None = _PROJECT.shown("commune_code")
    address: str | None = _PROJECT.shown("address")
    site: str | None = _PROJECT.shown("site")
    investor: str | None = _PROJECT.shown("investor")
    product: str | None = _PROJECT.shown("product")
    licence_status: Annotated[str, Shown(LicenceStatus)] | None = _PROJECT.shown("licence_status")
    operation_status: Annotated[str, Shown(ProjectOperationStatus)] | None = _PROJECT.shown(
        "operation_status"
    )
    design_capacity: Number | None = _PROJECT.shown("design_capacity")
    design_capacity_unit: str | None = _PROJECT.shown("design_capacity_unit")
    design_capacity_period: Annotated[str, Shown(CapacityPeriod)] | None = _PROJECT.shown(
        "design_capacity_period"
    )
    registered_capital_vnd: Whole | None = _PROJECT.shown("registered_capital_vnd")
    expected_operation: str | None = _PROJECT.shown("expected_operation")
    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class ProjectDetail(Project):
    """One project, with the date and the revision the answer is about."""

    as_of: date
    revision: Whole
    changed_in: Whole = Field(
        description="The last revision that changed this project; what If-Match compares."
    )


class ProjectPage(Answer):
    """A page of projects."""

    items: list[Project]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date
    revision: Whole


class ProjectTimeline(Answer):
    """The states of a project over valid time, oldest first, as known at a revision."""

    items: list[Project]
    next_cursor: str | None
    revision: Whole


class SiteValues(PlacedValues):
    """The attributes of a statement. Absent: not stated. ``null``: stated to be unknown again."""

    planning_status: PlanningStatus | None = _SITE.stated("planning_status")
    legal_status: LegalStatus | None = _SITE.stated("legal_status")
    investor: Slug | None = _SITE.stated("investor")
    managing_body: Slug | None = _SITE.stated("managing_body")
    area_ha: Hectares | None = _SITE.stated("area_ha")
    planned_area_ha: Hectares | None = _SITE.stated("planned_area_ha")
    detailed_plan_area_ha: Hectares | None = _SITE.stated("detailed_plan_area_ha")
    industrial_land_ha: Hectares | None = _SITE.stated("industrial_land_ha")
    service_land_ha: HectaresOrZero | None = _SITE.stated("service_land_ha")
    leased_ha: HectaresOrZero | None = _SITE.stated("leased_ha")
    stated_occupancy_pct: Percent | None = _SITE.stated("stated_occupancy_pct")
    occupancy_definition: OccupancyDefinition | None = _SITE.stated("occupancy_definition")
    clearance_status: ClearanceStatus | None = _SITE.stated("clearance_status")
    clearance_stage: ClearanceStage | None = _SITE.stated("clearance_stage")
    clearance_phase: Phase | None = _SITE.stated("clearance_phase")
    to_clear_ha: HectaresOrZero | None = _SITE.stated("to_clear_ha")
    cleared_ha: HectaresOrZero | None = _SITE.stated("cleared_ha")
    affected_households: Count | None = _SITE.stated("affected_households")
    construction_status: ConstructionStatus | None = _SITE.stated("construction_status")
    operation_status: OperationStatus | None = _SITE.stated("operation_status")
    expected_operation: PartialDateText | None = _SITE.stated("expected_operation")
    planned_increase_ha: Hectares | None = _SITE.stated("planned_increase_ha")
    licensed_projects: Count | None = _SITE.stated("licensed_projects")
    craft: Line | None = _SITE.stated("craft")
    households: Count | None = _SITE.stated("households")
    workers: Count | None = _SITE.stated("workers")
    recognised_on: PartialDateText | None = _SITE.stated("recognised_on")
    geometry: Geometry | None = _SITE.stated("geometry")
    geometry_accuracy: GeometryAccuracy | None = _SITE.stated("geometry_accuracy")


class Site(Answer):
    """A site as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)

    id: str
    kind: Annotated[str, Shown(SiteKind)]
    stage: Annotated[str, Shown(Stage)] = Field(
        description="One word derived from the status tracks."
    )
    name: str | None = _SITE.shown("name")
    name_en: str | None = _SITE.shown("name_en")
    aliases: list[str] | None = _SITE.shown("aliases")
    province_code: str | None = _SITE.shown("province_code")
    district_code: str | None = _SITE.shown("district_code")
    commune_code: str | None = _SITE.shown("commune_code")
    address: str | None = _SITE.shown("address")
    planning_status: Annotated[str, Shown(PlanningStatus)] | None = _SITE.shown("planning_status")
    legal_status: Annotated[str, Shown(LegalStatus)] | None = _SITE.shown("legal_status")
    investor: str | None = _SITE.shown("investor")
    managing_body: str | None = _SITE.shown("managing_body")
    area_ha: Number | None = _SITE.shown("area_ha")
    planned_area_ha: Number | None = _SITE.shown("planned_area_ha")
    detailed_plan_area_ha: Number | None = _SITE.shown("detailed_plan_area_ha")
    industrial_land_ha: Number | None = _SITE.shown("industrial_land_ha")
    service_land_ha: Number | None = _SITE.shown("service_land_ha")
    leased_ha: Number | None = _SITE.shown("leased_ha")
    leasable_ha: Number | None = Field(
        description="What can be leased under the definition of the day, hectares."
    )
    stated_occupancy_pct: Number | None = _SITE.shown("stated_occupancy_pct")
    occupancy_definition: Annotated[str, Shown(OccupancyDefinition)] | None = _SITE.shown(
        "occupancy_definition"
    )
    occupancy_pct: Number | None = Field(
        description="Leased over leasable, percent; the stated rate where areas are unknown."
    )
    occupancy_pct_definition: Annotated[str, Shown(OccupancyDefinition)] | None = Field(
        description="What occupancy_pct divides by."
    )
    clearance_status: Annotated[str, Shown(ClearanceStatus)] | None = _SITE.shown(
        "clearance_status"
    )
    clearance_stage: Annotated[str, Shown(ClearanceStage)] | None = _SITE.shown("clearance_stage")
    clearance_phase: Whole | None = _SITE.shown("clearance_phase")
    to_clear_ha: Number | None = _SITE.shown("to_clear_ha")
    cleared_ha: Number | None = _SITE.shown("cleared_ha")
    clearance_pct: Number | None = Field(description="Cleared over to clear, percent.")
    affected_households: Whole | None = _SITE.shown("affected_households")
    construction_status: Annotated[str, Shown(ConstructionStatus)] | None = _SITE.shown(
        "construction_status"
    )
    operation_status: Annotated[str, Shown(OperationStatus)] | None = _SITE.shown(
        "operation_status"
    )
    expected_operation: str | None = _SITE.shown("expected_operation")
    planned_increase_ha: Number | None = _SITE.shown("planned_increase_ha")
    licensed_projects: Whole | None = _SITE.shown("licensed_projects")
    craft: str | None = _SITE.shown("craft")
    households: Whole | None = _SITE.shown("households")
    workers: Whole | None = _SITE.shown("workers")
    recognised_on: str | None = _SITE.shown("recognised_on")
    geometry_accuracy: Annotated[str, Shown(GeometryAccuracy)] | None = _SITE.shown(
        "geometry_accuracy"
    )
    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class SiteDetail(Site):
    """One site with its geometry, and the date and the revision the answer is about."""

    geometry: ShownGeometry | None = _SITE.shown("geometry")
    as_of: date
    revision: Whole
    changed_in: Whole = Field(
        description="The last revision that changed this site; what If-Match compares."
    )


class SitePage(Answer):
    """A page of sites."""

    items: list[Site]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless requested.")
    as_of: date
    revision: Whole


class SiteTimeline(Answer):
    """The states of a site over valid time, oldest first, as known at a revision."""

    items: list[Site]
    next_cursor: str | None
    revision: Whole


class Provenance(Answer):
    """Which statement decides an attribute."""

    attribute: str
    statement_id: str
    source_id: str
    effective_from: str
    revision: Whole


class ProvenanceList(Answer):
    """The provenance of each known attribute of a site or project on a date."""

    items: list[Provenance]
    next_cursor: str | None
    as_of: date
    revision: Whole


class WithdrawalWrite(Body):
    """Why a site or project is withdrawn from the register."""

    reason: Line
