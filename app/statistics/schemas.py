"""Rollups: the figures of a province, computed from versions and observations."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.numbers import Number, Whole
from app.core.types import Answer, Shown
from app.core.vocabulary import (
    Basis,
    Boundaries,
    DateBasis,
    OccupancyDefinition,
    PriceBase,
    Qualifier,
    SiteKind,
    Trend,
)
from app.statistics.hedges import RemainderQualifier


class Higher(StrEnum):
    """Which of two figures is the greater."""

    stated = "stated"
    computed = "computed"
    neither = "neither"


_VALUES = "The address of the values that are added, each with who said so; null without any."

_EXACTNESS = (
    "How exactly it is known, by how exactly the sources mean what it is computed from; null where "
    "it may be more as well as less, or is null."
)


class AreaSum(Answer):
    """The sum of the known areas, and how many sites it covers."""

    total_ha: Number | None = Field(description="Null when there are sites and none is known.")
    qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    known: Whole
    unknown: Whole


class TracedSum(AreaSum):
    """The same, with who said each of the areas."""

    values: str | None = Field(description=_VALUES)


class StageCounts(Answer):
    """How many sites are at each stage."""

    closed: Whole
    suspended: Whole
    operating: Whole
    construction: Whole
    clearance: Whole
    established: Whole
    planned: Whole
    proposed: Whole
    removed: Whole
    unknown: Whole


class ClearanceCounts(Answer):
    """How many sites (closed and removed ones aside) have each land-clearance status."""

    not_started: Whole
    in_progress: Whole
    completed: Whole
    suspended: Whole
    unknown: Whole


class SiteCounts(Answer):
    """How many sites there are."""

    count: Whole = Field(
        description="Sites that are neither closed nor removed; sums are about these."
    )
    listed: str | None = Field(
        description="The address of the list of them, whatever their stage; null without any."
    )
    by_stage: StageCounts
    by_clearance_status: ClearanceCounts


class LandSums(Answer):
    """The sums of the other areas."""

    planned_area_ha: TracedSum
    detailed_plan_area_ha: TracedSum
    industrial_land_ha: TracedSum
    service_land_ha: TracedSum
    leased_ha: TracedSum


class ClearanceFigures(Answer):
    """Land clearance in hectares."""

    to_clear_ha: TracedSum
    cleared_ha: TracedSum
    completed_area_ha: TracedSum = Field(
        description="Σ area_ha of the sites whose clearance is said to be completed without "
        "cleared hectares: they are missing from cleared_ha."
    )
    clearance_pct: Number | None = Field(
        description="Cleared over to clear, over the sites where both are known."
    )
    clearance_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    known: Whole = Field(
        description="Sites where both are known and no more is cleared than is to clear."
    )
    unknown: Whole


class DefinitionCount(Answer):
    """The rates that follow one definition: how many there are, and what they add up to."""

    definition: OccupancyDefinition
    rates: Whole
    mean_pct: Number | None = Field(description="Simple mean of these rates.")
    mean_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    known: Whole = Field(description="How many of them follow from leased and leasable land.")
    land_weighted_pct: Number | None = Field(description="Σ leased ÷ Σ leasable of these.")
    land_weighted_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    leased_ha: Number | None
    leasable_ha: Number | None


class OccupancyFigures(Answer):
    """Occupancy: weighted by land, and the mean of the rates."""

    land_weighted_pct: Number | None = Field(description="Σ leased ÷ Σ leasable.")
    land_weighted_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    leased_ha: Number | None = Field(description="Σ leased, over the sites where both are known.")
    leasable_ha: Number | None = Field(description="Σ leasable, over those sites.")
    values: str | None = Field(
        description="The address of the values of leased_ha that are added, each with who said so."
    )
    known: Whole = Field(
        description="Sites where leased and leasable land are known and the first is no more than "
        "the second."
    )
    unknown: Whole
    mean_pct: Number | None = Field(
        description="Simple mean of the known rates, by whatever definition."
    )
    mean_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    rates_known: Whole
    rates_unknown: Whole
    definitions: list[DefinitionCount]


class Figures(Answer):
    """What is computed from sites alone, of one kind."""

    kind: SiteKind
    sites: SiteCounts
    area: TracedSum = Field(description="Σ area_ha.")
    land: LandSums
    clearance: ClearanceFigures
    occupancy: OccupancyFigures


class StatedValue(Answer):
    """What a document states, with where it comes from."""

    province_code: str
    indicator: str
    value: Number
    value_to: Number | None
    qualifier: Annotated[str, Shown(Qualifier)]
    price_base: Annotated[str, Shown(PriceBase)] | None
    trend: Annotated[str, Shown(Trend)] | None
    basis: Annotated[str, Shown(Basis)]
    period: str
    effective_from: str
    date_basis: Annotated[str, Shown(DateBasis)]
    source_id: str
    source_title: str
    statement_id: str


class PlannedFigures(Answer):
    """The plan in force, how much of it is listed as sites, and what remains."""

    horizon: date | None = Field(
        description="The last day of the plan; null where none is stated, or where several differ."
    )
    sites: Whole | None = Field(description="Sites in the plan.")
    sites_qualifier: Qualifier | None = Field(description="How exactly the sources mean it.")
    area_ha: Number | None = Field(
        description="Area of the plan; of a range the lower end, as for the sites."
    )
    area_qualifier: Qualifier | None = Field(description="How exactly the sources mean it.")
    listed_sites: Whole = Field(description="Sites of the plan that the register lists.")
    listed_area: AreaSum = Field(
        description="Their areas in the plan, or their own where the plan's is unknown."
    )
    remaining_sites: Whole | None
    remaining_sites_qualifier: RemainderQualifier | None
    remaining_area_ha: Number | None = Field(
        description="Null also where it may be more as well as less: a plan of at least so much, "
        "with listed sites of unknown area."
    )
    remaining_area_qualifier: RemainderQualifier | None = Field(
        description="at_most while a listed site's area is unknown or the plan's is up_to so much, "
        "at_least where the plan's is at_least, over or a range, about where it is about."
    )
    provinces: Whole = Field(description="Provinces whose plans are added.")
    provinces_with_plan: Whole
    stated: list[StatedValue]


class OtherPlan(Answer):
    """A plan that is not in force: an earlier, a superseded or a shorter one."""

    province_code: str
    source_id: str
    source_title: str
    horizon: date | None = Field(description="Its last day; null where none is stated.")
    has_passed: bool = Field(description="Whether that day is over.")
    stated: list[StatedValue]


class PublishedFigure(StatedValue):
    """A stated total beside the computed one."""

    computed_on: date = Field(
        description="The day that the total is about: the last of its period, or as_of before that."
    )
    computed: Number | None = Field(description="The same, computed from the sites of that day.")
    computed_qualifier: RemainderQualifier | None = Field(description=_EXACTNESS)
    computed_known: Whole = Field(description="Sites the computed figure covers.")
    computed_unknown: Whole
    difference: Number | None = Field(description="Absolute difference; 0 within a stated range.")
    higher: Higher | None


class TargetFigure(StatedValue):
    """A target with what was reached.

    An implied target is worked out of a value that is said to be so many percent of it; the
    statement and the source are those of that value.
    """

    unit: str
    implied: bool = Field(description="False where a source states the target itself.")
    reached: Number | None = Field(
        description="What a source states for the period, else what the register computes."
    )
    reached_qualifier: Qualifier | None = Field(description="How exactly a source means it.")
    reached_basis: str | None = Field(description="computed, actual or estimate.")
    reached_price_base: PriceBase | None
    reached_on: date = Field(description="Last day of the period, or as_of while it runs.")
    reached_pct: Number | None = Field(
        description="Reached over target, percent; null where prices are known to differ."
    )
    reached_statement_id: str | None = Field(description="Null where it is computed.")
    reached_source_id: str | None
    computed_qualifier: RemainderQualifier | None = Field(
        description="How exactly the computed figure is known; null where it is not what counts."
    )
    computed_known: Whole | None = Field(description="Sites the computed figure covers.")
    computed_unknown: Whole | None
    met: bool | None = Field(
        description="Null while the period runs and it is not reached yet, and where what was "
        "reached is not known well enough. A range is met from its lower end on; up_to is a "
        "ceiling, which is kept or not at the end."
    )


class KindRollup(Figures):
    """The rollup of one kind of site."""

    planned: PlannedFigures | None
    other_plans: list[OtherPlan] = Field(description="Plans that are not in force.")
    published: list[PublishedFigure]
    targets: list[TargetFigure]


class Rollup(Answer):
    """A province's figures on a date, as known at a revision."""

    province_code: str
    province_name: str
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    boundaries: Boundaries
    member_codes: list[str] = Field(description="The units of the date that are added up.")
    revision: Whole
    targets: list[TargetFigure] = Field(
        description="The targets of no kind of site: output, growth, shares and the like."
    )
    rollups: list[KindRollup]


class TargetPage(Answer):
    """The targets of a province, by indicator and period."""

    items: list[TargetFigure]
    next_cursor: str | None
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole


class RollupSeries(Answer):
    """Rollups of a province on a series of dates."""

    items: list[Rollup]
    next_cursor: str | None
    revision: Whole


class GroupRollup(Figures):
    """The figures of one group; keys that were not grouped by are null."""

    province_code: str | None = None
    province_name: str | None = None
    stage: str | None = None
    planning_status: str | None = None
    legal_status: str | None = None
    clearance_status: str | None = None
    construction_status: str | None = None
    operation_status: str | None = None
    planned: PlannedFigures | None = Field(
        default=None, description="When grouped by province alone."
    )
    other_plans: list[OtherPlan] = Field(default_factory=list)
    published: list[PublishedFigure] = Field(default_factory=list)
    targets: list[TargetFigure] = Field(default_factory=list)


class GroupRollups(Answer):
    """The figures of every group, ordered by their keys."""

    items: list[GroupRollup]
    next_cursor: str | None
    group_by: list[str]
    as_of: date
    boundaries: Boundaries
    revision: Whole
