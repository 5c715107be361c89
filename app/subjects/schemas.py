"""Sites, projects and policy documents: the values that are written, the states that are read."""

from collections.abc import Callable, Mapping
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


def stated_by(catalogue: Catalogue) -> Callable[[str], Any]:
    """Return what makes the field of an optional attribute, described by the catalogue."""
    return lambda name: Field(default=None, description=catalogue[name].meaning)


def shown_by(catalogue: Catalogue) -> Callable[[str], Any]:
    """Return what makes the field of an attribute in an answer: present, ``null`` when unknown."""
    return lambda name: Field(description=catalogue[name].meaning)


class Values(Body):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    @model_serializer(mode="wrap")
    def show_what_was_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what was not said: it differs from what was said to be unknown."""
        shown: Mapping[str, Any] = handler(self)
        return {name: value for name, value in shown.items() if name in self.model_fields_set}


_attribute = stated_by(SITE_ATTRIBUTES)


class PlacedValues(Values):
    """The name and the place, which sites and projects share."""

    name: Line | None = _attribute("name")
    name_en: Line | None = _attribute("name_en")
    aliases: list[Line] | None = _attribute("aliases")
    province_code: UnitCode | None = _attribute("province_code")
    district_code: UnitCode | None = _attribute("district_code")
    commune_code: UnitCode | None = _attribute("commune_code")
    address: Line | None = _attribute("address")


class Provenance(Answer):
    """Which statement decides an attribute."""

    attribute: str
    statement_id: str
    source_id: str
    effective_from: str
    revision: Whole


class ProvenanceList(Answer):
    """For each known attribute of a site or project on a date: who said so."""

    items: list[Provenance]
    next_cursor: str | None
    as_of: date
    revision: Whole


class WithdrawalWrite(Body):
    """Why a site or project is withdrawn from the register."""

    reason: Line


_document_attribute = stated_by(DOCUMENT_ATTRIBUTES)


class DocumentValues(Values):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    status: DocumentStatus | None = _document_attribute("status")
    issued_on: PartialDateText | None = _document_attribute("issued_on")
    approved_by: Slug | None = _document_attribute("approved_by")
    years_implemented: Count | None = _document_attribute("years_implemented")


_project_attribute = stated_by(PROJECT_ATTRIBUTES)
_shown_of_project = shown_by(PROJECT_ATTRIBUTES)


class ProjectValues(PlacedValues):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    site: Slug | None = _project_attribute("site")
    investor: Slug | None = _project_attribute("investor")
    product: Line | None = _project_attribute("product")
    licence_status: LicenceStatus | None = _project_attribute("licence_status")
    operation_status: ProjectOperationStatus | None = _project_attribute("operation_status")
    design_capacity: PositiveQuantity | None = _project_attribute("design_capacity")
    design_capacity_unit: Line | None = _project_attribute("design_capacity_unit")
    design_capacity_period: CapacityPeriod | None = _project_attribute("design_capacity_period")
    registered_capital_vnd: Money | None = _project_attribute("registered_capital_vnd")
    expected_operation: PartialDateText | None = _project_attribute("expected_operation")


class Project(Answer):
    """A project as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)

    id: str
    name: str | None = _shown_of_project("name")
    name_en: str | None = _shown_of_project("name_en")
    aliases: list[str] | None = _shown_of_project("aliases")
    province_code: str | None = _shown_of_project("province_code")
    district_code: str | None = _shown_of_project("district_code")
    commune_code: str | None = _shown_of_project("commune_code")
    address: str | None = _shown_of_project("address")
    site: str | None = _shown_of_project("site")
    investor: str | None = _shown_of_project("investor")
    product: str | None = _shown_of_project("product")
    licence_status: Annotated[str, Shown(LicenceStatus)] | None = _shown_of_project(
        "licence_status"
    )
    operation_status: Annotated[str, Shown(ProjectOperationStatus)] | None = _shown_of_project(
        "operation_status"
    )
    design_capacity: Number | None = _shown_of_project("design_capacity")
    design_capacity_unit: str | None = _shown_of_project("design_capacity_unit")
    design_capacity_period: Annotated[str, Shown(CapacityPeriod)] | None = _shown_of_project(
        "design_capacity_period"
    )
    registered_capital_vnd: Whole | None = _shown_of_project("registered_capital_vnd")
    expected_operation: str | None = _shown_of_project("expected_operation")
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
    count: Whole | None = Field(description="Items of the whole list; null unless asked for.")
    as_of: date
    revision: Whole


class ProjectTimeline(Answer):
    """The states of a project over valid time, oldest first, as known at a revision."""

    items: list[Project]
    next_cursor: str | None
    revision: Whole


_site_attribute = stated_by(SITE_ATTRIBUTES)
_shown_of_site = shown_by(SITE_ATTRIBUTES)


class SiteValues(PlacedValues):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    planning_status: PlanningStatus | None = _site_attribute("planning_status")
    legal_status: LegalStatus | None = _site_attribute("legal_status")
    investor: Slug | None = _site_attribute("investor")
    managing_body: Slug | None = _site_attribute("managing_body")
    area_ha: Hectares | None = _site_attribute("area_ha")
    planned_area_ha: Hectares | None = _site_attribute("planned_area_ha")
    detailed_plan_area_ha: Hectares | None = _site_attribute("detailed_plan_area_ha")
    industrial_land_ha: Hectares | None = _site_attribute("industrial_land_ha")
    service_land_ha: HectaresOrZero | None = _site_attribute("service_land_ha")
    leased_ha: HectaresOrZero | None = _site_attribute("leased_ha")
    stated_occupancy_pct: Percent | None = _site_attribute("stated_occupancy_pct")
    occupancy_definition: OccupancyDefinition | None = _site_attribute("occupancy_definition")
    clearance_status: ClearanceStatus | None = _site_attribute("clearance_status")
    clearance_stage: ClearanceStage | None = _site_attribute("clearance_stage")
    clearance_phase: Phase | None = _site_attribute("clearance_phase")
    to_clear_ha: HectaresOrZero | None = _site_attribute("to_clear_ha")
    cleared_ha: HectaresOrZero | None = _site_attribute("cleared_ha")
    affected_households: Count | None = _site_attribute("affected_households")
    construction_status: ConstructionStatus | None = _site_attribute("construction_status")
    operation_status: OperationStatus | None = _site_attribute("operation_status")
    expected_operation: PartialDateText | None = _site_attribute("expected_operation")
    planned_increase_ha: Hectares | None = _site_attribute("planned_increase_ha")
    licensed_projects: Count | None = _site_attribute("licensed_projects")
    craft: Line | None = _site_attribute("craft")
    households: Count | None = _site_attribute("households")
    workers: Count | None = _site_attribute("workers")
    recognised_on: PartialDateText | None = _site_attribute("recognised_on")
    geometry: Geometry | None = _site_attribute("geometry")
    geometry_accuracy: GeometryAccuracy | None = _site_attribute("geometry_accuracy")


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
    name: str | None = _shown_of_site("name")
    name_en: str | None = _shown_of_site("name_en")
    aliases: list[str] | None = _shown_of_site("aliases")
    province_code: str | None = _shown_of_site("province_code")
    district_code: str | None = _shown_of_site("district_code")
    commune_code: str | None = _shown_of_site("commune_code")
    address: str | None = _shown_of_site("address")
    planning_status: Annotated[str, Shown(PlanningStatus)] | None = _shown_of_site(
        "planning_status"
    )
    legal_status: Annotated[str, Shown(LegalStatus)] | None = _shown_of_site("legal_status")
    investor: str | None = _shown_of_site("investor")
    managing_body: str | None = _shown_of_site("managing_body")
    area_ha: Number | None = _shown_of_site("area_ha")
    planned_area_ha: Number | None = _shown_of_site("planned_area_ha")
    detailed_plan_area_ha: Number | None = _shown_of_site("detailed_plan_area_ha")
    industrial_land_ha: Number | None = _shown_of_site("industrial_land_ha")
    service_land_ha: Number | None = _shown_of_site("service_land_ha")
    leased_ha: Number | None = _shown_of_site("leased_ha")
    leasable_ha: Number | None = Field(
        description="What can be leased under the definition of the day, hectares."
    )
    stated_occupancy_pct: Number | None = _shown_of_site("stated_occupancy_pct")
    occupancy_definition: Annotated[str, Shown(OccupancyDefinition)] | None = _shown_of_site(
        "occupancy_definition"
    )
    occupancy_pct: Number | None = Field(
        description="Leased over leasable, percent; the stated rate where areas are unknown."
    )
    occupancy_pct_definition: Annotated[str, Shown(OccupancyDefinition)] | None = Field(
        description="What occupancy_pct divides by."
    )
    clearance_status: Annotated[str, Shown(ClearanceStatus)] | None = _shown_of_site(
        "clearance_status"
    )
    clearance_stage: Annotated[str, Shown(ClearanceStage)] | None = _shown_of_site(
        "clearance_stage"
    )
    clearance_phase: Whole | None = _shown_of_site("clearance_phase")
    to_clear_ha: Number | None = _shown_of_site("to_clear_ha")
    cleared_ha: Number | None = _shown_of_site("cleared_ha")
    clearance_pct: Number | None = Field(description="Cleared over to clear, percent.")
    affected_households: Whole | None = _shown_of_site("affected_households")
    construction_status: Annotated[str, Shown(ConstructionStatus)] | None = _shown_of_site(
        "construction_status"
    )
    operation_status: Annotated[str, Shown(OperationStatus)] | None = _shown_of_site(
        "operation_status"
    )
    expected_operation: str | None = _shown_of_site("expected_operation")
    planned_increase_ha: Number | None = _shown_of_site("planned_increase_ha")
    licensed_projects: Whole | None = _shown_of_site("licensed_projects")
    craft: str | None = _shown_of_site("craft")
    households: Whole | None = _shown_of_site("households")
    workers: Whole | None = _shown_of_site("workers")
    recognised_on: str | None = _shown_of_site("recognised_on")
    geometry_accuracy: Annotated[str, Shown(GeometryAccuracy)] | None = _shown_of_site(
        "geometry_accuracy"
    )
    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class SiteDetail(Site):
    """One site with its geometry, and the date and the revision the answer is about."""

    geometry: ShownGeometry | None = _shown_of_site("geometry")
    as_of: date
    revision: Whole
    changed_in: Whole = Field(
        description="The last revision that changed this site; what If-Match compares."
    )


class SitePage(Answer):
    """A page of sites."""

    items: list[Site]
    next_cursor: str | None
    count: Whole | None = Field(description="Items of the whole list; null unless asked for.")
    as_of: date
    revision: Whole


class SiteTimeline(Answer):
    """The states of a site over valid time, oldest first, as known at a revision."""

    items: list[Site]
    next_cursor: str | None
    revision: Whole
