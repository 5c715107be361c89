"""Sites: what is written of them and what is read."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.site_attributes import SITE_ATTRIBUTES
from app.domain.vocabulary import (
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    GeometryAccuracy,
    LegalStatus,
    OccupancyDefinition,
    OperationStatus,
    PlanningStatus,
    SiteKind,
    Stage,
)
from app.schemas.fields import require_what_is_always_there
from app.schemas.geometry import Geometry, ShownGeometry
from app.schemas.numbers import Count, Hectares, HectaresOrZero, Number, Percent, Phase, Whole
from app.schemas.subjects import PlacedValues, shown_by, stated_by
from app.schemas.types import Answer, Line, PartialDateText, Shown, Slug

_attribute = stated_by(SITE_ATTRIBUTES)
_shown = shown_by(SITE_ATTRIBUTES)


class SiteValues(PlacedValues):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    planning_status: PlanningStatus | None = _attribute("planning_status")
    legal_status: LegalStatus | None = _attribute("legal_status")
    investor: Slug | None = _attribute("investor")
    managing_body: Slug | None = _attribute("managing_body")
    area_ha: Hectares | None = _attribute("area_ha")
    planned_area_ha: Hectares | None = _attribute("planned_area_ha")
    detailed_plan_area_ha: Hectares | None = _attribute("detailed_plan_area_ha")
    industrial_land_ha: Hectares | None = _attribute("industrial_land_ha")
    service_land_ha: HectaresOrZero | None = _attribute("service_land_ha")
    leased_ha: HectaresOrZero | None = _attribute("leased_ha")
    stated_occupancy_pct: Percent | None = _attribute("stated_occupancy_pct")
    occupancy_definition: OccupancyDefinition | None = _attribute("occupancy_definition")
    clearance_status: ClearanceStatus | None = _attribute("clearance_status")
    clearance_stage: ClearanceStage | None = _attribute("clearance_stage")
    clearance_phase: Phase | None = _attribute("clearance_phase")
    to_clear_ha: HectaresOrZero | None = _attribute("to_clear_ha")
    cleared_ha: HectaresOrZero | None = _attribute("cleared_ha")
    affected_households: Count | None = _attribute("affected_households")
    construction_status: ConstructionStatus | None = _attribute("construction_status")
    operation_status: OperationStatus | None = _attribute("operation_status")
    expected_operation: PartialDateText | None = _attribute("expected_operation")
    planned_increase_ha: Hectares | None = _attribute("planned_increase_ha")
    licensed_projects: Count | None = _attribute("licensed_projects")
    craft: Line | None = _attribute("craft")
    households: Count | None = _attribute("households")
    workers: Count | None = _attribute("workers")
    recognised_on: PartialDateText | None = _attribute("recognised_on")
    geometry: Geometry | None = _attribute("geometry")
    geometry_accuracy: GeometryAccuracy | None = _attribute("geometry_accuracy")


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
    name: str | None = _shown("name")
    name_en: str | None = _shown("name_en")
    aliases: list[str] | None = _shown("aliases")
    province_code: str | None = _shown("province_code")
    district_code: str | None = _shown("district_code")
    commune_code: str | None = _shown("commune_code")
    address: str | None = _shown("address")
    planning_status: Annotated[str, Shown(PlanningStatus)] | None = _shown("planning_status")
    legal_status: Annotated[str, Shown(LegalStatus)] | None = _shown("legal_status")
    investor: str | None = _shown("investor")
    managing_body: str | None = _shown("managing_body")
    area_ha: Number | None = _shown("area_ha")
    planned_area_ha: Number | None = _shown("planned_area_ha")
    detailed_plan_area_ha: Number | None = _shown("detailed_plan_area_ha")
    industrial_land_ha: Number | None = _shown("industrial_land_ha")
    service_land_ha: Number | None = _shown("service_land_ha")
    leased_ha: Number | None = _shown("leased_ha")
    leasable_ha: Number | None = Field(
        description="What can be leased under the definition of the day, hectares."
    )
    stated_occupancy_pct: Number | None = _shown("stated_occupancy_pct")
    occupancy_definition: Annotated[str, Shown(OccupancyDefinition)] | None = _shown(
        "occupancy_definition"
    )
    occupancy_pct: Number | None = Field(
        description="Leased over leasable, percent; the stated rate where areas are unknown."
    )
    occupancy_pct_definition: Annotated[str, Shown(OccupancyDefinition)] | None = Field(
        description="What occupancy_pct divides by."
    )
    clearance_status: Annotated[str, Shown(ClearanceStatus)] | None = _shown("clearance_status")
    clearance_stage: Annotated[str, Shown(ClearanceStage)] | None = _shown("clearance_stage")
    clearance_phase: Whole | None = _shown("clearance_phase")
    to_clear_ha: Number | None = _shown("to_clear_ha")
    cleared_ha: Number | None = _shown("cleared_ha")
    clearance_pct: Number | None = Field(description="Cleared over to clear, percent.")
    affected_households: Whole | None = _shown("affected_households")
    construction_status: Annotated[str, Shown(ConstructionStatus)] | None = _shown(
        "construction_status"
    )
    operation_status: Annotated[str, Shown(OperationStatus)] | None = _shown("operation_status")
    expected_operation: str | None = _shown("expected_operation")
    planned_increase_ha: Number | None = _shown("planned_increase_ha")
    licensed_projects: Whole | None = _shown("licensed_projects")
    craft: str | None = _shown("craft")
    households: Whole | None = _shown("households")
    workers: Whole | None = _shown("workers")
    recognised_on: str | None = _shown("recognised_on")
    geometry_accuracy: Annotated[str, Shown(GeometryAccuracy)] | None = _shown("geometry_accuracy")
    valid_from: date = Field(description="First day of this state.")
    valid_to: date | None = Field(description="Day on which it ends; null while none is known.")
    known_from: Whole = Field(description="The revision that recorded this state.")


class SiteDetail(Site):
    """One site with its geometry, and the date and the revision the answer is about."""

    geometry: ShownGeometry | None = _shown("geometry")
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
