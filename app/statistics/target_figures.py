"""Reading the targets of a province, each with what was reached of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.core.digest import JsonObject
from app.core.quantities import two_decimals
from app.core.vocabulary import Basis, Qualifier, SiteKind
from app.database.connections import Executor
from app.ledger.snapshots import At
from app.statistics.indicator_queries import check_indicators, read_observed
from app.statistics.indicator_schemas import as_number
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, stated_of
from app.statistics.query_parameters import TargetsQuery
from app.statistics.rollup_figures import stated_members
from app.statistics.schemas import TargetFigure
from app.statistics.tallies import Group
from app.statistics.tally_queries import TallyQuery, read_groups
from app.statistics.targets import Outcome, Reached, Sites, Target, days_to_compute, outcomes_of
from app.units.units import Unit


async def read_targets(
    connection: Executor, unit: Unit, query: TargetsQuery, at: At
) -> list[TargetFigure]:
    """Return the targets of a province with what was reached, by indicator and period."""
    check_indicators(query.indicator)
    observed = await read_observed(connection, [unit], at)
    stated = [o for o in stated_of(unit, observed, at.day) if _is_wanted(o, query)]
    groups = await _read_sites(connection, unit, days_to_compute(stated, at.day), at.revision)
    return target_figures(stated, lambda kind, day: groups.get((kind, day), ()), at.day)


def _is_wanted(observed: Observed, query: TargetsQuery) -> bool:
    kind = INDICATORS[observed.indicator].kind
    return (not query.indicator or observed.indicator in query.indicator) and (
        not query.kind or kind in query.kind
    )


async def _read_sites(
    connection: Executor, unit: Unit, days: Collection[date], revision: int
) -> Mapping[tuple[SiteKind | None, date], Sequence[Group]]:
    """Return the tallies of a province's sites on the days on which they decide a target."""
    groups: dict[tuple[SiteKind | None, date], list[Group]] = {}
    if days:
        query = TallyQuery(days, revision, list(SiteKind), provinces={unit.code})
        for group in await read_groups(connection, query):
            groups.setdefault((group.kind, group.day), []).append(group)
    return groups


def target_figures(stated: Collection[Observed], sites: Sites, day: date) -> list[TargetFigure]:
    """Return each target, stated or implied, with what was reached by a day."""
    return [_as_figure(outcome) for outcome in outcomes_of(stated, sites, day)]


def _as_figure(outcome: Outcome) -> TargetFigure:
    target, observed = outcome.target, outcome.target.observed
    return TargetFigure(
        **stated_members(observed) | (_implied(target) if target.is_implied else {}),
        **_reached(outcome.reached),
        unit=INDICATORS[observed.indicator].unit,
        implied=target.is_implied,
        reached_pct=as_number(outcome.pct),
        met=outcome.met,
    )


def _reached(reached: Reached) -> JsonObject:
    measured, computed = reached.measured, reached.computed
    return {
        "reached": as_number(reached.value),
        "reached_qualifier": measured.qualifier if measured else None,
        "reached_basis": reached.basis,
        "reached_price_base": measured.price_base if measured else None,
        "reached_on": reached.on,
        "reached_statement_id": measured.statement_id if measured else None,
        "reached_source_id": measured.source_id if measured else None,
        "computed_qualifier": computed.hedge if computed and computed.value is not None else None,
        "computed_known": computed.known if computed else None,
        "computed_unknown": computed.unknown if computed else None,
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
