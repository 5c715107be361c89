"""Query parameters of observations, targets, rollups and reporting tables."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.messages import Template
from app.core.query_parameters import BoundariesQuery, KnownQuery, PageQuery, TimeQuery
from app.core.types import Day, Line, Matching
from app.core.vocabulary import Basis, SiteKind


class GroupKey(StrEnum):
    """What rollups can be grouped by; ``country`` is the whole."""

    country = "country"
    kind = "kind"
    province_code = "province_code"
    stage = "stage"
    planning_status = "planning_status"
    legal_status = "legal_status"
    clearance_status = "clearance_status"
    construction_status = "construction_status"
    operation_status = "operation_status"


class Step(StrEnum):
    """The distance between the dates of a series."""

    month = "month"
    quarter = "quarter"
    half_year = "half_year"
    year = "year"


class ObservationsQuery(TimeQuery, PageQuery):
    """Which observations of a province to list."""

    indicator: list[Line] = Field(default_factory=list)
    kind: list[SiteKind] = Field(default_factory=list)
    basis: list[Basis] = Field(default_factory=list)
    include_superseded: bool = Field(
        default=False, description="Also list values that a later statement superseded."
    )


class TargetsQuery(TimeQuery):
    """Which targets of a province to list."""

    indicator: list[Line] = Field(default_factory=list)
    kind: list[SiteKind] = Field(default_factory=list)


class IndicatorSeriesQuery(TimeQuery):
    """One indicator of a province."""


class RollupQuery(TimeQuery, BoundariesQuery):
    """A province's figures."""

    kind: list[SiteKind] = Field(default_factory=list, description="All kinds when absent.")


class RollupSeriesQuery(KnownQuery, BoundariesQuery):
    """A province's figures on a series of dates."""

    kind: list[SiteKind] = Field(default_factory=list)
    from_: Day = Field(alias="from", description="First date.")
    to: Day = Field(description="Last date; included when a step falls on it.")
    step: Step = Field(default=Step.year, description="Distance between the dates.")


class RollupsMapQuery(TimeQuery, BoundariesQuery):
    """The figures of each province, to be drawn."""

    kind: list[SiteKind] = Field(default_factory=list)


class RollupsQuery(TimeQuery, BoundariesQuery):
    """The figures of all provinces, grouped by some keys."""

    group_by: Annotated[list[GroupKey], Field(min_length=1, max_length=3)] = Field(
        default=[GroupKey.province_code],
        description="Repeat for several keys: "
        + ", ".join(GroupKey)
        + ". Kinds are always kept apart.",
    )
    kind: list[SiteKind] = Field(default_factory=list)


_NO_PERIOD = Template(
    "statistics.no-reporting-period", "write a year, as in 2025, or its first half, as in 2025-H1"
)


class ClusterReportQuery(TimeQuery):
    """The report on clusters; ``as_of`` is the last day of the period when absent."""

    period: Annotated[str, Matching("^(19|20)[0-9]{2}(-H1)?$", _NO_PERIOD())] | None = Field(
        default=None,
        description="Reporting period: a year, as in 2025, or its first half, as in 2025-H1, each "
        "from 15 December on; the one that as_of lies in when absent.",
    )


class ReportQuery(TimeQuery, BoundariesQuery):
    """A table of the half-yearly report."""
