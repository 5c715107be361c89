"""Values that documents imply but do not state, and the series of an indicator with its revisions.

Growth implies the year before, a share implies its target. Everything is kept as an exact fraction
and rounded when it is shown.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from app.core.dates import FIRST_YEAR, DatePrecision, PartialDate, Period
from app.core.vocabulary import MEASURED, Basis, PriceBase, Qualifier
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, latest, prices_of, subject

_BASES = list(Basis)
_Days = tuple[date, date]
_LONGEST_YEAR = timedelta(days=366)
_POINTS = frozenset({Qualifier.exact, Qualifier.about})
"""The qualifiers of a single number; the others give bounds, from which no number follows."""


class ImplicationRule(StrEnum):
    """How a value follows from others.

    ``growth``: the level of a year and its growth imply the level of the year before.
    ``pct_of_target``: a value that is so much of a target implies the target.
    """

    growth = "growth"
    pct_of_target = "pct_of_target"


@dataclass(frozen=True, slots=True)
class Implied:
    """A value of an indicator that no document states, with its rule and premises."""

    period: Period
    basis: Basis
    price_base: str | None
    value: Fraction
    rule: ImplicationRule
    formula: str
    premises: tuple[Observed, ...]


def implied_target(measured: Observed) -> Fraction | None:
    """Return the target that a value with its percent of target implies: value × 100 ÷ percent."""
    share = measured.pct_of_target
    if not share or not measured.value or measured.qualifier not in _POINTS:
        return None
    if measured.basis not in MEASURED:
        return None
    return Fraction(measured.value) * 100 / Fraction(share)


def implied_level(level: Observed, growth: Observed) -> Fraction | None:
    """Return the level of the year before: level × 100 ÷ (100 + growth)."""
    base = 100 + Fraction(growth.value)
    if not base or level.qualifier not in _POINTS or growth.qualifier not in _POINTS:
        return None
    return Fraction(level.value) * 100 / base


def year_before(period: Period) -> Period | None:
    """Return the same period of the year before; ``None`` for days and for more than a year."""
    start, end = period.start, period.end
    is_long = end.last_day - start.first_day >= _LONGEST_YEAR
    by_days = DatePrecision.day in {start.precision, end.precision}
    if is_long or by_days or start.first_day.year == FIRST_YEAR:
        return None
    ends = _year_before(start), _year_before(end)
    return Period.parse("/".join(ends) if "/" in period.text else ends[0])


def _year_before(day: PartialDate) -> str:
    return f"{day.first_day.year - 1}{day.text[4:]}"


def implied_of(code: str, stated: Collection[Observed]) -> list[Implied]:
    """Return the values of an indicator that the observations of one unit imply."""
    return [*_from_shares(code, stated), *_from_growth(code, stated)]


def _from_shares(code: str, stated: Iterable[Observed]) -> Iterable[Implied]:
    measured = latest((o for o in stated if o.indicator == code and implied_target(o)), subject)
    for key in sorted(measured):
        o = measured[key]
        value = implied_target(o)
        if value is not None:
            yield Implied(
                Period.parse(o.period),
                Basis.target,
                o.price_base,
                value,
                ImplicationRule.pct_of_target,
                f"{o.value:f} × 100 ÷ {o.pct_of_target:f}",
                (o,),
            )


def _from_growth(code: str, stated: Collection[Observed]) -> Iterable[Implied]:
    measured = [o for o in stated if o.basis in MEASURED]
    levels = [o for o in measured if o.indicator == code]
    growths = latest((o for o in measured if _is_growth_of(o, code)), subject)
    for key in sorted(growths):
        growth = growths[key]
        same_period = (level for level in levels if level.period == growth.period)
        level = next(iter(levels_of(growth, same_period)), None)
        before = year_before(Period.parse(growth.period))
        value = implied_level(level, growth) if level else None
        if level is not None and before is not None and value is not None:
            yield Implied(
                before,
                _weaker(level, growth),
                level.price_base,
                value,
                ImplicationRule.growth,
                f"{level.value:f} × 100 ÷ (100 + {growth.value:f})".replace("+ -", "- "),
                (level, growth),
            )


def _is_growth_of(observed: Observed, code: str) -> bool:
    return INDICATORS[observed.indicator].growth_of == code


def levels_of(growth: Observed, levels: Iterable[Observed]) -> list[Observed]:
    """Return the levels that a growth can be of, the likeliest first.

    Growth is published at constant prices, or at those that its level is defined at, so levels
    known to be at others are left out. The same document's come first, then those whose prices
    are known to be right, then the last ones stated.
    """
    code = INDICATORS[growth.indicator].growth_of
    own = INDICATORS[code].price_base if code else None
    wanted = own or PriceBase.constant_2010
    return sorted(
        (level for level in levels if prices_of(level) in {None, wanted}),
        key=lambda level: (
            level.source_id == growth.source_id,
            prices_of(level) == wanted,
            level.rank,
        ),
        reverse=True,
    )


def _weaker(*premises: Observed) -> Basis:
    """Return the basis of an implied value: estimate if one of its premises is."""
    estimated = any(premise.basis == Basis.estimate for premise in premises)
    return Basis.estimate if estimated else Basis.actual


@dataclass(frozen=True, slots=True)
class Revised:
    """The value in force of one period, basis and price base, and those before it, oldest first."""

    in_force: Observed
    superseded: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class SeriesPeriod:
    """The values stated for a period, and those implied for it."""

    period: Period
    values: tuple[Revised, ...]
    implied: tuple[Implied, ...]


def series_of(code: str, stated: Collection[Observed]) -> list[SeriesPeriod]:
    """Return the periods of an indicator in their order, made of the observations of one unit."""
    revised: dict[_Days, list[Revised]] = defaultdict(list)
    implied: dict[_Days, list[Implied]] = defaultdict(list)
    periods: dict[_Days, Period] = {}
    for value in _revised(code, stated):
        period = Period.parse(value.in_force.period)
        periods.setdefault(period.days, period)
        revised[period.days].append(value)
    for follows in implied_of(code, stated):
        periods.setdefault(follows.period.days, follows.period)
        implied[follows.period.days].append(follows)
    return [
        SeriesPeriod(periods[days], tuple(revised[days]), tuple(implied[days]))
        for days in sorted(periods)
    ]


def _revised(code: str, stated: Collection[Observed]) -> list[Revised]:
    same: dict[Hashable, list[Observed]] = defaultdict(list)
    for observed in stated:
        if observed.indicator == code:
            same[subject(observed)].append(observed)
    ranked = [sorted(values, key=lambda o: o.rank) for values in same.values()]
    found = [Revised(values[-1], tuple(values[:-1])) for values in ranked]
    return sorted(found, key=lambda r: (_BASES.index(Basis(r.in_force.basis)), subject(r.in_force)))
