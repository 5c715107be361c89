"""Query parameters of lists of sites and projects: filters, search and order."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from app.core.messages import MessageError, Template
from app.core.numbers import number_from_text
from app.core.query_parameters import (
    BoundariesQuery,
    CountQuery,
    KnownQuery,
    PageQuery,
    SearchWords,
    TimeQuery,
    fields_of,
)
from app.core.types import BoxText, Day, Line, Matching, Paragraph, PartialDateText, Slug, UnitCode
from app.core.vocabulary import (
    Basis,
    ClearanceStage,
    ClearanceStatus,
    ConstructionStatus,
    DateBasis,
    LegalStatus,
    LicenceStatus,
    OperationStatus,
    PlanningStatus,
    ProjectOperationStatus,
    SiteKind,
    Stage,
)
from app.subjects.schemas import Project, ProjectDetail, Site, SiteDetail

_ORDER = Template("subjects.range-order", "it must not be less than {minimum}")
_NO_SORT_KEY = Template("lists.no-sort-key", "write one of {keys}")


class StatementsQuery(KnownQuery, PageQuery):
    """The statements of a subject."""

    as_of: Day | None = Field(
        default=None, description="Only the statements effective by this date."
    )


class TimelineQuery(KnownQuery):
    """The states of a site or project."""

    as_of: Day | None = Field(
        default=None, description="Only the states that had begun by this date."
    )


class PatchQuery(BaseModel):
    """The members that a patch needs to become a statement."""

    source_id: Slug = Field(description="The source that says so.")
    effective_from: PartialDateText | None = Field(
        default=None, description="From when on it holds; today when absent."
    )
    date_basis: DateBasis | None = Field(
        default=None, description="How the date is known; inferred when no date is given."
    )
    basis: Basis = Basis.actual
    locator: Line | None = None
    note: Paragraph | None = None
    reason: Line | None = None
    override_reason: Line | None = None


SORT_KEYS = (
    "name",
    "id",
    "stage",
    "province_code",
    "district_code",
    "commune_code",
    "planning_status",
    "legal_status",
    "clearance_status",
    "construction_status",
    "operation_status",
    "area_ha",
    "planned_area_ha",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "leased_ha",
    "occupancy_pct",
    "to_clear_ha",
    "cleared_ha",
    "clearance_pct",
    "affected_households",
    "expected_operation",
    "known_from",
)
PROJECT_SORT_KEYS = (
    "name",
    "id",
    "site",
    "investor",
    "province_code",
    "district_code",
    "commune_code",
    "licence_status",
    "operation_status",
    "design_capacity",
    "registered_capital_vnd",
    "expected_operation",
    "known_from",
)
# Everything in a query is text, so numbers are read from it.
_Bound = Annotated[
    Decimal,
    Field(ge=0, le=10**9, decimal_places=4),
    BeforeValidator(number_from_text),
    WithJsonSchema({"type": "number", "format": "double", "minimum": 0, "maximum": 10**9}),
]
_PercentBound = Annotated[
    Decimal,
    Field(ge=0, le=100, decimal_places=4),
    BeforeValidator(number_from_text),
    WithJsonSchema({"type": "number", "format": "double", "minimum": 0, "maximum": 100}),
]


class SiteQuery(TimeQuery, BoundariesQuery):
    """One site."""

    fields: fields_of(SiteDetail) = Field(default_factory=list)  # type: ignore[valid-type]


class ProjectQuery(TimeQuery, BoundariesQuery):
    """One project."""

    fields: fields_of(ProjectDetail) = Field(default_factory=list)  # type: ignore[valid-type]


class HistoryFilter(TimeQuery, BoundariesQuery):
    """Filters of sites or projects. A repeated filter means any of its values."""

    province_code: list[UnitCode] = Field(default_factory=list)
    district_code: list[UnitCode] = Field(default_factory=list)
    commune_code: list[UnitCode] = Field(default_factory=list)
    q: Line | None = SearchWords
    sort: str = "name"


class HistoryQuery(HistoryFilter, PageQuery, CountQuery):
    """Which sites or projects to list. A repeated filter means any of its values."""


def _sort(keys: Sequence[str]) -> Any:
    """Return the type of a sort key among the given ones."""
    hint = _NO_SORT_KEY(keys=", ".join(keys))
    return Annotated[str, Matching(f"^-?({'|'.join(keys)})$", hint)]


_SORTED = "Sort key, with - in front for descending. Unknown values come last."


class SitesFilter(HistoryFilter):
    """Filters of sites, and their order. A repeated filter means any of its values."""

    kind: list[SiteKind] = Field(default_factory=list)
    stage: list[Stage] = Field(default_factory=list)
    planning_status: list[PlanningStatus] = Field(default_factory=list)
    legal_status: list[LegalStatus] = Field(default_factory=list)
    clearance_status: list[ClearanceStatus] = Field(default_factory=list)
    clearance_stage: list[ClearanceStage] = Field(default_factory=list)
    construction_status: list[ConstructionStatus] = Field(default_factory=list)
    operation_status: list[OperationStatus] = Field(default_factory=list)
    investor: list[Slug] = Field(default_factory=list)
    managing_body: list[Slug] = Field(default_factory=list)
    area_min: _Bound | None = Field(default=None, description="area_ha at least.")
    area_max: _Bound | None = Field(default=None, description="area_ha at most.")
    occupancy_min: _PercentBound | None = Field(default=None, description="occupancy_pct at least.")
    occupancy_max: _PercentBound | None = Field(default=None, description="occupancy_pct at most.")
    bbox: BoxText | None = Field(
        default=None,
        description="minLon,minLat,maxLon,maxLat in WGS 84 degrees: sites whose box meets this "
        "one. A site without geometry is where its commune's point is.",
        examples=["105.4,21.9,106.3,22.8"],
    )
    sort: _sort(SORT_KEYS) = Field(default="name", description=_SORTED)  # type: ignore[valid-type]

    @field_validator("area_max", "occupancy_max")
    @classmethod
    def check_order(cls, most: Decimal | None, others: ValidationInfo) -> Decimal | None:
        """Refuse an empty range: an empty answer would say nothing of the register."""
        name = str(others.field_name).replace("_max", "_min")
        least = others.data.get(name)
        if most is not None and least is not None and most < least:
            raise MessageError(_ORDER(minimum=name))
        return most


class SitesQuery(SitesFilter, HistoryQuery):
    """Which sites to list, and in which order. A repeated filter means any of its values."""

    fields: fields_of(Site) = Field(default_factory=list)  # type: ignore[valid-type]


class SiteProjectsQuery(HistoryQuery):
    """Which projects of a site to list, and in which order."""

    investor: list[Slug] = Field(default_factory=list)
    licence_status: list[LicenceStatus] = Field(default_factory=list)
    operation_status: list[ProjectOperationStatus] = Field(default_factory=list)
    sort: _sort(PROJECT_SORT_KEYS) = Field(  # type: ignore[valid-type]
        default="name", description=_SORTED
    )
    fields: fields_of(Project) = Field(default_factory=list)  # type: ignore[valid-type]


class ProjectsQuery(SiteProjectsQuery):
    """Which projects to list, and in which order. A repeated filter means any of its values."""

    site: list[Slug] = Field(default_factory=list)
