"""The timeline fold: from the statements about a subject to its state on each day.

A statement holds from its effective day until a later-effective statement gives another value of
the same attribute. Among statements of one attribute with the same effective day the higher
authority wins, then the later recorded. ``None`` clears an attribute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

FOREVER = date.max
"""The open end of valid time: no later statement is known."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """The part of a live statement that the fold needs."""

    effective_day: date
    authority: int
    revision: int
    position: int
    values: Mapping[str, object]

    @property
    def rank(self) -> tuple[date, int, int, int]:
        """The order in which statements override each other; the greatest wins."""
        return (self.effective_day, self.authority, self.revision, self.position)


@dataclass(frozen=True, slots=True)
class StatePeriod:
    """The attributes over one half-open interval of days; unknown attributes are left out."""

    valid_from: date
    valid_to: date
    values: Mapping[str, object]


def fold(statements: Iterable[Assertion]) -> list[StatePeriod]:
    """Fold live statements into periods that tile time from the first statement on.

    The order in which the statements are given does not matter. Neighbouring periods differ.
    """
    ranked = sorted((s for s in statements if s.values), key=lambda s: s.rank)
    states: list[tuple[date, dict[str, object]]] = []
    current: dict[str, object] = {}
    for day, of_that_day in groupby(ranked, key=lambda s: s.effective_day):
        current = dict(current)
        for assertion in of_that_day:
            current.update(assertion.values)
        current = {name: value for name, value in current.items() if value is not None}
        states.append((day, current))
    ends = [*(day for day, _ in states), FOREVER][1:]
    periods = [
        StatePeriod(day, end, values) for (day, values), end in zip(states, ends, strict=True)
    ]
    return merge(periods)


def merge(periods: Sequence[StatePeriod]) -> list[StatePeriod]:
    """Join neighbouring periods with the same values."""
    merged: list[StatePeriod] = []
    for period in periods:
        if merged and merged[-1].values == period.values:
            merged[-1] = StatePeriod(merged[-1].valid_from, period.valid_to, period.values)
        else:
            merged.append(period)
    return merged


def cut(periods: Iterable[StatePeriod], days: Sequence[date]) -> list[StatePeriod]:
    """Cut the periods at the given days, where those lie inside a period."""
    result = []
    for period in periods:
        inside = [day for day in days if period.valid_from < day < period.valid_to]
        starts, ends = [period.valid_from, *inside], [*inside, period.valid_to]
        result += [StatePeriod(a, b, period.values) for a, b in zip(starts, ends, strict=True)]
    return result


def deciding(statements: Iterable[Assertion], day: date) -> dict[str, Assertion]:
    """Return for each attribute the statement that decides its value on ``day``."""
    decided: dict[str, Assertion] = {}
    for assertion in sorted(statements, key=lambda s: s.rank):
        if assertion.effective_day <= day:
            decided |= dict.fromkeys(assertion.values, assertion)
    return decided
