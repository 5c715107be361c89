"""The figures of a rollup as answers have them, made from tallies and observations.

The arithmetic is in ``tallies``; here are the members of each answer and what is null. They are in
the order and the form of ``schemas``, which they are not held against when they are answered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from urllib.parse import urlencode

from app.core.digest import JsonObject
from app.core.quantities import SQUARE_METRES_PER_HECTARE
from app.core.vocabulary import Boundaries, ClearanceStatus, SiteKind, Stage
from app.statistics.hedges import RemainderQualifier
from app.statistics.indicator_schemas import as_number
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, totals_by
from app.statistics.plans import PlanParts
from app.statistics.schemas import Higher, LandSums
from app.statistics.tallies import (
    Computed,
    Group,
    Hedges,
    Sum,
    Tally,
    area,
    count_by,
    counterpart_value,
    mean_rate_pct,
    ratio_pct,
    total,
)

_LAND = tuple(LandSums.model_fields)
_STAGES = [stage.value for stage in Stage]
_CLEARANCE = [status.value for status in ClearanceStatus]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of what figures are made of; ``of`` is the query by which its sites are found.

    There are none where no list has these filters.
    """

    of: str | None

    @staticmethod
    def to(filters: Mapping[str, object]) -> "Links":
        """Return the addresses of what is found by some filters."""
        return Links(urlencode(filters))

    def values(self, attribute: str, known: int, further: str = "") -> str | None:
        """Return the address of the known values of an attribute, which a figure adds up.

        ``further`` filters are written as in a query.
        """
        if not known or self.of is None:
            return None
        return f"/v1/values?attribute={attribute}&counted=true&{self.of}{further}"

    def sites(self, count: int) -> str | None:
        """Return the address of the sites themselves."""
        return f"/v1/sites?{self.of}" if count and self.of is not None else None


def found_by(kind: SiteKind, day: date, revision: int, boundaries: Boundaries) -> dict[str, object]:
    """Return the filters by which lists have the sites of a kind on a day."""
    query: dict[str, object] = {"kind": kind.value, "as_of": day.isoformat(), "revision": revision}
    return query | ({} if boundaries is Boundaries.then else {"boundaries": boundaries.value})


def site_figures(kind: SiteKind, groups: Sequence[Group], links: Links) -> JsonObject:
    """Return the members of ``Figures``, which are computed from sites alone."""
    return _figures_of(kind, groups, links) if groups else _figures_of_none(kind)


@cache
def _figures_of_none(kind: SiteKind) -> JsonObject:
    """Return the figures of no sites: most provinces have no sites of some kind."""
    return _figures_of(kind, (), Links(None))


def _figures_of(kind: SiteKind, groups: Sequence[Group], links: Links) -> JsonObject:
    counted = [group for group in groups if group.codes.is_counted]
    of = _summed(counted, links)
    return {
        "kind": kind.value,
        "sites": _site_counts(groups, counted, links),
        "area": of.sum("area_ha"),
        "land": {name: of.sum(name) for name in _LAND},
        "clearance": _clearance(of, counted),
        "occupancy": _occupancy(of, counted),
    }


def _site_counts(groups: Sequence[Group], counted: Sequence[Group], links: Links) -> JsonObject:
    stages = count_by(groups, "stage")
    clearance = count_by(counted, "clearance_status")
    return {
        "count": sum(group.sites for group in counted),
        "listed": links.sites(sum(stages.values())),
        "by_stage": {stage: stages[stage] for stage in _STAGES},
        "by_clearance_status": {
            **{status: clearance[status] for status in _CLEARANCE},
            "unknown": clearance[None],
        },
    }


@dataclass(frozen=True, slots=True)
class _Summed:
    """The tally of the sites that count, with how exactly it is known and what it is made of."""

    tally: Tally
    hedges: Hedges
    links: Links

    def sum(self, attribute: str) -> JsonObject:
        """Return the sum of an area attribute."""
        summed = area(self.tally, attribute)
        added = _added(summed, self.hedges.of_sum(attribute))
        return added | {"values": self.links.values(attribute, summed.known)}


def _summed(groups: Iterable[Group], links: Links) -> _Summed:
    tally = total(groups)
    return _Summed(tally, Hedges(tally), links)


def _added(summed: Sum, hedge: RemainderQualifier | None) -> JsonObject:
    """Return the members of ``AreaSum``."""
    known, unknown = summed.known, summed.unknown
    # Dividing whole numbers gives the nearest number, as turning the decimal into one would.
    total_ha = None if unknown and not known else summed.square_metres / SQUARE_METRES_PER_HECTARE
    qualifier = None if total_ha is None else hedge
    return {"total_ha": total_ha, "qualifier": qualifier, "known": known, "unknown": unknown}


def _clearance(of: _Summed, counted: Sequence[Group]) -> JsonObject:
    known = of.tally["clearance_known"]
    rate = ratio_pct(of.tally, "clearance_part", "clearance_whole")
    return {
        "to_clear_ha": of.sum("to_clear_ha"),
        "cleared_ha": of.sum("cleared_ha"),
        "completed_area_ha": _completed_area(counted, of.links),
        "clearance_pct": as_number(rate),
        "clearance_qualifier": None if rate is None else of.hedges.of_clearance(),
        "known": known,
        "unknown": of.tally["sites"] - known,
    }


def _completed_area(counted: Sequence[Group], links: Links) -> JsonObject:
    """Return the area of the sites said to be cleared without hectares."""
    status = ClearanceStatus.completed
    completed = (group for group in counted if group.codes.tracks["clearance_status"] == status)
    tally = total(completed)
    measured = tally["unmeasured_known"]
    unmeasured = Sum(tally["unmeasured_sum"], measured, tally["unmeasured"] - measured)
    hedge = Hedges(tally).of_sum("unmeasured")
    filters = f"&clearance_status={status.value}&cleared_ha=null"
    return _added(unmeasured, hedge) | {"values": links.values("area_ha", measured, filters)}


_BY_LAND = ("land_weighted_pct", "land_weighted_qualifier", "leased_ha", "leasable_ha")
_MEAN = ("mean_pct", "mean_qualifier")


def _occupancy(of: _Summed, counted: Sequence[Group]) -> JsonObject:
    tally, links = of.tally, of.links
    rates, sites = tally["rate_known"], tally["sites"]
    by_definition: dict[str, list[Group]] = defaultdict(list)
    for group in counted:
        code = group.codes.tracks["occupancy_pct_definition"]
        if code is not None:
            by_definition[code].append(group)
    found_by_land = "&leasable_ha=not_null&occupancy_pct=not_null"
    occupied = _occupied(tally, of.hedges)
    return {
        **{name: occupied[name] for name in _BY_LAND},
        "values": links.values("leased_ha", tally["occupancy_known"], found_by_land),
        "known": occupied["known"],
        "unknown": sites - tally["occupancy_known"],
        **{name: occupied[name] for name in _MEAN},
        "rates_known": rates,
        "rates_unknown": sites - rates,
        "definitions": [
            _definition(code, groups) for code, groups in sorted(by_definition.items())
        ],
    }


def _definition(code: str, groups: Sequence[Group]) -> JsonObject:
    tally = total(groups)
    occupied = _occupied(tally, Hedges(tally))
    return {
        "definition": code,
        "rates": tally["rate_known"],
        **{name: occupied[name] for name in (*_MEAN, "known", *_BY_LAND)},
    }


def _occupied(tally: Tally, hedges: Hedges) -> JsonObject:
    """Return the members that an occupancy has, of all definitions or of one."""
    known = tally["occupancy_known"]
    nothing_known = bool(tally["sites"]) and not known
    weighted = ratio_pct(tally, "occupancy_part", "occupancy_whole")
    mean = mean_rate_pct(tally)
    return {
        "land_weighted_pct": as_number(weighted),
        "land_weighted_qualifier": None if weighted is None else hedges.of_occupancy(),
        "leased_ha": None if nothing_known else tally["occupancy_part"] / SQUARE_METRES_PER_HECTARE,
        "leasable_ha": None
        if nothing_known
        else tally["occupancy_whole"] / SQUARE_METRES_PER_HECTARE,
        "known": known,
        "mean_pct": as_number(mean),
        "mean_qualifier": None if mean is None else hedges.of_mean(),
    }


def stated_members(observed: Observed) -> JsonObject:
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
) -> JsonObject | None:
    """Return the plan in force beside the sites of the plan, or ``None`` without a plan.

    The remainder is unknown where the groups may have other sites than those of the plan.
    """
    if not plans.stated:
        return None
    tally = total(group for group in groups if group.codes.is_listed)
    listed = area(tally, "plan_share_ha")
    listed_sites = listed.known + listed.unknown
    sites, area_ha = plans.sites, plans.area_ha
    left: tuple[Decimal | None, RemainderQualifier | None] = (None, None)
    left_ha, hedges = left, Hedges(tally)
    if sites_are_of_the_plan:
        left, is_unknown = sites.less(Decimal(listed_sites)), listed.unknown > 0
        left_ha = area_ha.less(listed.known_ha, is_unknown=is_unknown, hedges=hedges.of_shares())
    return {
        "horizon": None if plans.horizon is None else plans.horizon.isoformat(),
        "sites": None if sites.value is None else int(sites.value),
        "sites_qualifier": sites.hedge,
        "area_ha": as_number(area_ha.value),
        "area_qualifier": area_ha.hedge,
        "listed_sites": listed_sites,
        "listed_area": _added(listed, hedges.of_sum("plan_share_ha")),
        "remaining_sites": None if left[0] is None else int(left[0]),
        "remaining_sites_qualifier": left[1],
        "remaining_area_ha": as_number(left_ha[0]),
        "remaining_area_qualifier": left_ha[1],
        "provinces": plans.provinces,
        "provinces_with_plan": plans.provinces_with_plan,
        "stated": [stated_members(o) for o in plans.stated],
    }


def other_plans(plans: PlanParts, day: date) -> list[JsonObject]:
    """Return the plans that are not in force, the last horizon of each province first."""
    return [
        {
            "province_code": plan.stated[0].province_code,
            "source_id": plan.stated[0].source_id,
            "source_title": plan.stated[0].source_title,
            "horizon": None if plan.horizon is None else plan.horizon.isoformat(),
            "has_passed": plan.has_passed(day),
            "stated": [stated_members(o) for o in plan.stated],
        }
        for plan in plans.others
    ]


def published_figures(
    stated: Iterable[Observed], groups_on: Callable[[date], Sequence[Group]], day: date
) -> list[JsonObject]:
    """Return each stated total that has a computed counterpart, beside it, by indicator.

    It is compared with the sites of the day that it is about.
    """
    totals = totals_by(stated, day)
    return [
        _published(observed, on, counterpart_value(counterpart, groups_on(on)))
        for code, (on, observed) in sorted(totals.items())
        if (counterpart := INDICATORS[code].counterpart)
    ]


def _published(observed: Observed, on: date, computed: Computed) -> JsonObject:
    value = computed.value
    return {
        **stated_members(observed),
        "computed_on": on.isoformat(),
        "computed": as_number(value),
        "computed_qualifier": None if value is None else computed.hedge,
        "computed_known": computed.known,
        "computed_unknown": computed.unknown,
        "difference": None if value is None else float(abs(_excess(observed, value))),
        "higher": None if value is None else _higher(_excess(observed, value)),
    }


def _excess(observed: Observed, computed: Decimal) -> Decimal:
    """Return by how much the stated value exceeds the computed one; 0 within a stated range."""
    low, high = observed.value, observed.value_to or observed.value
    return min(high - computed, Decimal()) + max(low - computed, Decimal())


def _higher(excess: Decimal) -> Higher:
    if excess == 0:
        return Higher.neither
    return Higher.stated if excess > 0 else Higher.computed
