"""The figures of a rollup as answers have them, made from tallies and observations.

The arithmetic is in ``tallies``; here are the members of each answer and what is null.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from app.core.quantities import SQUARE_METRES_PER_HECTARE
from app.core.vocabulary import MEASURED, ClearanceStatus, Qualifier, SiteKind, Stage
from app.statistics.indicator_schemas import as_number
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, latest
from app.statistics.plans import PlanParts
from app.statistics.schemas import (
    AreaSum,
    ClearanceCounts,
    ClearanceFigures,
    DefinitionCount,
    Higher,
    LandSums,
    OccupancyFigures,
    PlannedFigures,
    PublishedFigure,
    RemainderQualifier,
    SiteCounts,
    StageCounts,
    StatedValue,
)
from app.statistics.tallies import (
    Computed,
    Group,
    Sum,
    Tally,
    area,
    area_of,
    count_by,
    counterpart_value,
    is_listed,
    is_open,
    mean_rate_pct,
    ratio_pct,
    total,
)

_LAND = tuple(LandSums.model_fields)
_STAGES = [stage.value for stage in Stage]
_CLEARANCE = [status.value for status in ClearanceStatus]


def site_figures(kind: SiteKind, groups: Sequence[Group]) -> Mapping[str, Any]:
    """Return the members of ``Figures``, which are computed from sites alone."""
    return _figures_of(kind, groups) if groups else _figures_of_none(kind)


@cache
def _figures_of_none(kind: SiteKind) -> Mapping[str, Any]:
    """Return the figures of no sites: most provinces have no sites of some kind."""
    return _figures_of(kind, ())


def _figures_of(kind: SiteKind, groups: Sequence[Group]) -> Mapping[str, Any]:
    counted = [group for group in groups if is_open(group)]
    tally = total(counted)
    return {
        "kind": kind,
        "sites": _site_counts(groups, counted),
        "area": _area_sum(tally, "area_ha"),
        "land": LandSums(**{name: _area_sum(tally, name) for name in _LAND}),
        "clearance": _clearance(tally),
        "occupancy": _occupancy(tally, counted),
    }


def _site_counts(groups: Sequence[Group], counted: Sequence[Group]) -> SiteCounts:
    stages = count_by(groups, "stage")
    clearance = count_by(counted, "clearance_status")
    return SiteCounts(
        count=sum(group.tally["sites"] for group in counted),
        by_stage=StageCounts(**{stage: stages[stage] for stage in _STAGES}),
        by_clearance_status=ClearanceCounts(
            **{status: clearance[status] for status in _CLEARANCE}, unknown=clearance[None]
        ),
    )


def _area_sum(tally: Tally, attribute: str) -> AreaSum:
    return _as_area_sum(area(tally, attribute))


def _as_area_sum(summed: Sum) -> AreaSum:
    known, unknown = summed.known, summed.unknown
    # Dividing whole numbers gives the nearest number, as turning the decimal into one would.
    total_ha = None if unknown and not known else summed.square_metres / SQUARE_METRES_PER_HECTARE
    return AreaSum(total_ha=total_ha, known=known, unknown=unknown)


def _clearance(tally: Tally) -> ClearanceFigures:
    known = tally["clearance_known"]
    return ClearanceFigures(
        to_clear_ha=_area_sum(tally, "to_clear_ha"),
        cleared_ha=_area_sum(tally, "cleared_ha"),
        clearance_pct=as_number(ratio_pct(tally, "clearance_part", "clearance_whole")),
        known=known,
        unknown=tally["sites"] - known,
    )


def _occupancy(tally: Tally, counted: Sequence[Group]) -> OccupancyFigures:
    known, rates = tally["occupancy_known"], tally["rate_known"]
    nothing_known = bool(tally["sites"]) and not known
    definitions: dict[str, int] = {}
    for group in counted:
        code = group.tracks["occupancy_pct_definition"]
        if code is not None:
            definitions[code] = definitions.get(code, 0) + group.tally["rate_known"]
    return OccupancyFigures(
        land_weighted_pct=as_number(ratio_pct(tally, "occupancy_part", "occupancy_whole")),
        leased_ha=None if nothing_known else tally["occupancy_part"] / SQUARE_METRES_PER_HECTARE,
        leasable_ha=None if nothing_known else tally["occupancy_whole"] / SQUARE_METRES_PER_HECTARE,
        known=known,
        unknown=tally["sites"] - known,
        mean_pct=as_number(mean_rate_pct(tally)),
        rates_known=rates,
        rates_unknown=tally["sites"] - rates,
        definitions=[
            DefinitionCount.model_validate({"definition": code, "rates": count})
            for code, count in sorted(definitions.items())
        ],
    )


def stated_members(observed: Observed) -> dict[str, Any]:
    """Return the members of ``StatedValue``."""
    return {
        "province_code": observed.province_code,
        "indicator": observed.indicator,
        "value": float(observed.value),
        "value_to": as_number(observed.value_to),
        "qualifier": observed.qualifier,
        "price_base": observed.price_base,
        "trend": observed.trend,
        "basis": observed.basis,
        "period": observed.period,
        "effective_from": observed.effective_from,
        "date_basis": observed.date_basis,
        "source_id": observed.source_id,
        "source_title": observed.source_title,
        "statement_id": observed.statement_id,
    }


def planned_figures(
    plans: PlanParts, groups: Sequence[Group], *, sites_are_of_the_plan: bool
) -> PlannedFigures | None:
    """Return the plan in force beside the sites of the plan, or ``None`` without a plan.

    The remainder is unknown where the groups may have other sites than those of the plan.
    """
    if not plans.stated:
        return None
    listed = area_of((group for group in groups if is_listed(group)), "plan_share_ha")
    listed_sites = listed.known + listed.unknown
    sites, hectares = plans.sites, plans.area_ha
    remaining_sites = remaining = None
    if sites_are_of_the_plan:
        remaining_sites = None if sites is None else int(sites) - listed_sites
        remaining = None if hectares is None else hectares - listed.known_ha
    return PlannedFigures(
        sites=None if sites is None else int(sites),
        area_ha=as_number(hectares),
        listed_sites=listed_sites,
        listed_area=_as_area_sum(listed),
        remaining_sites=remaining_sites,
        remaining_area_ha=as_number(remaining),
        remaining_area_qualifier=None if remaining is None else _how_exactly(plans, listed),
        provinces=plans.provinces,
        provinces_with_plan=plans.provinces_with_plan,
        stated=[StatedValue(**stated_members(o)) for o in plans.stated],
    )


def _how_exactly(plans: PlanParts, listed: Sum) -> RemainderQualifier:
    if listed.unknown:
        return RemainderQualifier.at_most
    is_exact = all(o.qualifier == Qualifier.exact for o in plans.stated)
    return RemainderQualifier.exact if is_exact else RemainderQualifier.about


def published_figures(
    stated: Collection[Observed], groups: Sequence[Group], day: date
) -> list[PublishedFigure]:
    """Return each stated total that has a computed counterpart, beside it, by indicator.

    A figure about a period that has not begun says nothing of the day.
    """
    about = (o for o in stated if o.basis in MEASURED and o.period_from <= day)
    measured = latest(about, lambda o: o.indicator)
    return [
        _published(measured[code], counterpart_value(counterpart, groups))
        for code in sorted(measured)
        if (counterpart := INDICATORS[code].counterpart)
    ]


def _published(observed: Observed, computed: Computed) -> PublishedFigure:
    value = computed.value
    return PublishedFigure(
        **stated_members(observed),
        computed=as_number(value),
        computed_known=computed.known,
        computed_unknown=computed.unknown,
        difference=None if value is None else float(abs(_excess(observed, value))),
        higher=None if value is None else _higher(_excess(observed, value)),
    )


def _excess(observed: Observed, computed: Decimal) -> Decimal:
    """Return by how much the stated value exceeds the computed one; 0 within a stated range."""
    low, high = observed.value, observed.value_to or observed.value
    return min(high - computed, Decimal()) + max(low - computed, Decimal())


def _higher(excess: Decimal) -> Higher:
    if excess == 0:
        return Higher.neither
    return Higher.stated if excess > 0 else Higher.computed
