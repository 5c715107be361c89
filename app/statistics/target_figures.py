"""Reading the targets of a province, each with what was reached of it."""

from collections.abc import Collection, Sequence
from datetime import date

from app.core.digest import JsonObject
from app.core.quantities import two_decimals
from app.core.vocabulary import Basis, Qualifier, SiteKind
from app.statistics.indicator_queries import check_indicators
from app.statistics.indicator_schemas import as_number
from app.statistics.indicators import INDICATORS
from app.statistics.kept_steps import Provinces
from app.statistics.observations import Observed
from app.statistics.query_parameters import TargetsQuery
from app.statistics.rollup_figures import stated_members
from app.statistics.tallies import Group
from app.statistics.targets import Outcome, Sites, Target, days_to_compute, outcomes_of
from app.units.units import Unit


async def read_targets(
    provinces: Provinces, unit: Unit, query: TargetsQuery, day: date
) -> list[JsonObject]:
    """Return the targets of a province with what was reached, by indicator and period."""
    check_indicators(query.indicator)
    observed = (await provinces.observed([unit.code]))[unit.code]
    stated = [o for o in observed.on(unit, day) if _is_wanted(o, query)]
    steps = (await provinces.steps([unit.code], days_to_compute(stated, day)))[unit.code]

    def sites(kind: SiteKind | None, on: date) -> Sequence[Group]:
        return () if kind is None else steps.on(on).get(kind, ())

    return target_figures(stated, sites, day)


def _is_wanted(observed: Observed, query: TargetsQuery) -> bool:
    kind = INDICATORS[observed.indicator].kind
    return (not query.indicator or observed.indicator in query.indicator) and (
        not query.kind or kind in query.kind
    )


def target_figures(stated: Collection[Observed], sites: Sites, day: date) -> list[JsonObject]:
    """Return each target, stated or implied, with what was reached by a day."""
    return [_as_figure(outcome) for outcome in outcomes_of(stated, sites, day)]


def _as_figure(outcome: Outcome) -> JsonObject:
    target, observed = outcome.target, outcome.target.observed
    return {
        **stated_members(observed),
        **(_implied(target) if target.is_implied else {}),
        "unit": INDICATORS[observed.indicator].unit,
        "implied": target.is_implied,
        **_reached(outcome),
    }


def _reached(outcome: Outcome) -> JsonObject:
    reached = outcome.reached
    measured, computed = reached.measured, reached.computed
    return {
        "reached": as_number(reached.value),
        "reached_qualifier": measured.qualifier if measured else None,
        "reached_basis": reached.basis,
        "reached_price_base": measured.price_base if measured else None,
        "reached_on": reached.on.isoformat(),
        "reached_pct": as_number(outcome.pct),
        "reached_statement_id": measured.statement_id if measured else None,
        "reached_source_id": measured.source_id if measured else None,
        "computed_qualifier": computed.hedge if computed and computed.value is not None else None,
        "computed_known": computed.known if computed else None,
        "computed_unknown": computed.unknown if computed else None,
        "met": outcome.met,
    }


def _implied(target: Target) -> JsonObject:
    """Return the members that differ for an implied target; no source gives its exact value."""
    return {
        "value": float(two_decimals(target.value)),
        "value_to": None,
        "trend": None,
        "qualifier": Qualifier.about.value,
        "basis": Basis.target.value,
    }
