"""Projects: what is written of them and what is read."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.project_attributes import PROJECT_ATTRIBUTES
from app.domain.vocabulary import CapacityPeriod, LicenceStatus, ProjectOperationStatus
from app.schemas.fields import require_what_is_always_there
from app.schemas.numbers import Money, Number, PositiveQuantity, Whole
from app.schemas.subjects import PlacedValues, shown_by, stated_by
from app.schemas.types import Answer, Line, PartialDateText, Shown, Slug

_attribute = stated_by(PROJECT_ATTRIBUTES)
_shown = shown_by(PROJECT_ATTRIBUTES)


class ProjectValues(PlacedValues):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    site: Slug | None = _attribute("site")
    investor: Slug | None = _attribute("investor")
    product: Line | None = _attribute("product")
    licence_status: LicenceStatus | None = _attribute("licence_status")
    operation_status: ProjectOperationStatus | None = _attribute("operation_status")
    design_capacity: PositiveQuantity | None = _attribute("design_capacity")
    design_capacity_unit: Line | None = _attribute("design_capacity_unit")
    design_capacity_period: CapacityPeriod | None = _attribute("design_capacity_period")
    registered_capital_vnd: Money | None = _attribute("registered_capital_vnd")
    expected_operation: PartialDateText | None = _attribute("expected_operation")


class Project(Answer):
    """A project as it was on a date, as known at a revision.

    Of its members ``fields`` can leave out all but the id; otherwise all are there.
    """

    model_config = ConfigDict(json_schema_extra=require_what_is_always_there)

    id: str
    name: str | None = _shown("name")
    name_en: str | None = _shown("name_en")
    aliases: list[str] | None = _shown("aliases")
    province_code: str | None = _shown("province_code")
    district_code: str | None = _shown("district_code")
    commune_code: str | None = _shown("commune_code")
    address: str | None = _shown("address")
    site: str | None = _shown("site")
    investor: str | None = _shown("investor")
    product: str | None = _shown("product")
    licence_status: Annotated[str, Shown(LicenceStatus)] | None = _shown("licence_status")
    operation_status: Annotated[str, Shown(ProjectOperationStatus)] | None = _shown(
        "operation_status"
    )
    design_capacity: Number | None = _shown("design_capacity")
    design_capacity_unit: str | None = _shown("design_capacity_unit")
    design_capacity_period: Annotated[str, Shown(CapacityPeriod)] | None = _shown(
        "design_capacity_period"
    )
    registered_capital_vnd: Whole | None = _shown("registered_capital_vnd")
    expected_operation: str | None = _shown("expected_operation")
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
