"""Reading observations, the catalogue of indicators, and the series of one indicator."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, literal, or_, select

from app.core.errors import BadParameterError, NotFoundError
from app.core.messages import Template
from app.core.quantities import two_decimals
from app.core.vocabulary import Basis
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.ledger.entries import source_at
from app.ledger.snapshots import At
from app.ledger.tables import SOURCES
from app.statistics import implied
from app.statistics.implied import Implied, series_of
from app.statistics.indicator_schemas import (
    ImpliedValue,
    Indicator,
    Observation,
    SeriesPeriod,
    SeriesRevision,
    SeriesValue,
)
from app.statistics.indicators import INDICATORS
from app.statistics.indicators import Indicator as CatalogueEntry
from app.statistics.observations import Observed, latest, stated_of, subject
from app.statistics.projection import OBSERVATIONS
from app.statistics.query_parameters import ObservationsQuery
from app.statistics.rollup_figures import stated_members
from app.statistics.schemas import StatedValue
from app.units.units import Unit

_UNKNOWN_INDICATOR = Template(
    "statistics.unknown-indicator", "No indicator {code!r} is known; see /v1/indicators."
)
_O = OBSERVATIONS.c
_TITLE = source_at("title", bindparam("revision"), _O.source_id)
_STATED = (
    select(*(_TITLE if name == "source_title" else _O[name] for name in Observed._fields))
    .join(SOURCES, SOURCES.c.id == _O.source_id)
    .where(
        _O.province_code.in_(bindparam("codes", expanding=True)),
        or_(_O.basis == literal(Basis.plan), _O.effective_day >= bindparam("since")),
        _O.known_from <= bindparam("revision"),
        _O.known_to > bindparam("revision"),
        _O.effective_day <= bindparam("day"),
    )
)


async def read_observed(
    connection: Executor,
    members: Collection[Unit],
    at: At,
    plans_of: Collection[str] = (),
) -> list[Observed]:
    """Return the observations of provinces by a day, and the plans of further codes.

    Some may be of other provinces: of one that had a member's code before, or of one of those
    whose plans are read.
    """
    parameters = {
        "codes": sorted({*plans_of, *(member.code for member in members)}),
        "since": min(member.valid_from or date.min for member in members),
        **at.parameters,
    }
    return [Observed._make(row) for row in (await connection.execute(_STATED, parameters)).all()]


async def read_all_observed(
    connection: Executor, codes: Collection[str], revision: int
) -> Mapping[str, Sequence[Observed]]:
    """Return the observations of provinces, whatever day they are of, by the codes of these."""
    parameters = {"codes": sorted(codes), "since": date.min, **At(date.max, revision).parameters}
    found: dict[str, list[Observed]] = defaultdict(list)
    for row in (await connection.execute(_STATED, parameters)).all():
        observed = Observed._make(row)
        found[observed.province_code].append(observed)
    return found


def check_indicators(codes: Iterable[str]) -> None:
    """Refuse a filter by indicators that are not in the catalogue."""
    for code in codes:
        if code not in INDICATORS:
            raise BadParameterError.of("indicator", _UNKNOWN_INDICATOR(code=code))


async def list_observations(
    connection: Executor, unit: Unit, query: ObservationsQuery, at: At
) -> tuple[list[Observation], str | None]:
    """Return one page of a province's observations and the cursor of the next.

    Ordered by indicator, period, basis and age. Superseded values are found among all observations
    of the province, a few hundred at most, so a page costs no more than that.
    """
    check_indicators(query.indicator)
    mark = mark_of(query, unit.code)
    stated = stated_of(unit, await read_observed(connection, [unit], at), at.day)
    winners = {o.rank for o in latest(stated, subject).values()}
    wanted = sorted((o for o in stated if _is_wanted(o, query, winners)), key=_order)
    start = 0
    if query.cursor is not None:
        start = _offset(read_cursor(query.cursor, mark, [int]).keys[0])
    page = wanted[start : start + query.limit]
    more = len(wanted) > start + query.limit
    cursor = Cursor(mark, at.revision, at.day, (start + query.limit,)).encode() if more else None
    return [_as_answer(o, unit, in_force=o.rank in winners) for o in page], cursor


def _offset(key: str | int | None) -> int:
    return max(key, 0) if isinstance(key, int) else 0


def _order(observed: Observed) -> tuple[object, ...]:
    return (*subject(observed), *observed.rank)


def _is_wanted(o: Observed, query: ObservationsQuery, winners: Collection[object]) -> bool:
    indicator = INDICATORS[o.indicator]
    return (
        (query.include_superseded or o.rank in winners)
        and (not query.indicator or o.indicator in query.indicator)
        and (not query.kind or indicator.kind in query.kind)
        and (not query.basis or o.basis in query.basis)
    )


def _as_answer(o: Observed, province: Unit, *, in_force: bool) -> Observation:
    """Return one observation as an answer; ``in_force`` is whether nothing superseded it."""
    indicator = INDICATORS[o.indicator]
    others = {
        "province_name": province.name,
        "kind": indicator.kind,
        "unit": indicator.unit,
        "in_force": in_force,
    }
    shown = {name: getattr(o, name) for name in Observation.model_fields.keys() - others}
    return Observation.model_validate(shown | others)


def list_indicators() -> list[Indicator]:
    """Return the catalogue of indicators."""
    return [_as_indicator(indicator) for indicator in INDICATORS.values()]


def get_indicator(code: str) -> Indicator:
    """Return one entry of the catalogue; ``NotFoundError`` if there is none with the code."""
    indicator = INDICATORS.get(code)
    if indicator is None:
        raise NotFoundError(_UNKNOWN_INDICATOR(code=code))
    return _as_indicator(indicator)


def _as_indicator(indicator: CatalogueEntry) -> Indicator:
    shown = set(Indicator.model_fields) - {"computed"}
    members = {name: getattr(indicator, name) for name in shown}
    return Indicator(**members, computed=indicator.counterpart is not None)


async def read_series(connection: Executor, unit: Unit, code: str, at: At) -> list[SeriesPeriod]:
    """Return the periods of one indicator of a province, earliest first."""
    stated = stated_of(unit, await read_observed(connection, [unit], at), at.day)
    return [_as_period(found) for found in series_of(code, stated)]


def _as_period(found: implied.SeriesPeriod) -> SeriesPeriod:
    return SeriesPeriod(
        period=found.period.text,
        period_from=found.period.first_day,
        period_to=found.period.last_day,
        values=[_as_value(revised) for revised in found.values],
        implied=[_as_implied(implied) for implied in found.implied],
    )


def _as_value(revised: implied.Revised) -> SeriesValue:
    return SeriesValue.model_validate(
        {
            "basis": revised.in_force.basis,
            "price_base": revised.in_force.price_base,
            "in_force": _as_revision(revised.in_force),
            "revisions": [_as_revision(observed) for observed in revised.superseded],
        }
    )


def _as_revision(observed: Observed) -> SeriesRevision:
    return SeriesRevision.model_validate(
        {name: getattr(observed, name) for name in SeriesRevision.model_fields}
    )


def _as_implied(implied: Implied) -> ImpliedValue:
    return ImpliedValue.model_validate(
        {
            "value": two_decimals(implied.value),
            "basis": implied.basis,
            "price_base": implied.price_base,
            "rule": implied.rule,
            "formula": implied.formula,
            "follows_from": [StatedValue(**stated_members(o)) for o in implied.premises],
        }
    )
