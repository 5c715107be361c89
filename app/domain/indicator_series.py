"""The series of one indicator: what was stated of each period, how it was revised, what follows."""

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date

from app.domain.implied import Implied, implied_of
from app.domain.observations import Observed, subject
from app.domain.partial_dates import Period
from app.domain.vocabulary import Basis

_BASES = list(Basis)
_Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Revised:
    """The value in force of one period, basis and price base, and those before it, oldest first."""

    in_force: Observed
    superseded: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class SeriesPeriod:
    """What is stated of a period, and what is implied of it."""

    period: Period
    values: tuple[Revised, ...]
    implied: tuple[Implied, ...]


def series_of(code: str, stated: Collection[Observed]) -> list[SeriesPeriod]:
    """Return the periods of an indicator in their order, with all that is stated of one unit."""
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
