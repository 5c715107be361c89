"""The timeline fold: from what was said about a subject to what was so, day by day.

A statement holds from its effective day until a later-effective statement says otherwise of the
same attribute. Among statements of one attribute with the same effective day the higher authority
wins, then the later recorded. ``None`` clears an attribute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

FOREVER = date.max
"""The open end of valid time: no later statement is known."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the fold needs of a live statement."""

    effective_day: date
    authority: int
    revision: int
    position: int
    values: Mapping[str, Any]

    @property
    def rank(self) -> tuple[date, int, int, int]:
        """The order in which statements override each other; the greatest wins."""
        return (self.effective_day, self.authority, self.revision, self.position)


@dataclass(frozen=True, slots=True)
class StatePeriod:
    """The attributes over one half-open interval of days; unknown attributes are left out."""

    valid_from: date
    valid_to: date
    values: Mapping[str, Any]


def fold(statements: Iterable[Assertion]) -> list[StatePeriod]:
    """Fold live statements into pieces that tile time from the first statement on.

    The order in which the statements are given does not matter. Neighbouring pieces differ.
    """
    ranked = sorted((s for s in statements if s.values), key=lambda s: s.rank)
    states: list[tuple[date, dict[str, Any]]] = []
    current: dict[str, Any] = {}
    for day, said_that_day in groupby(ranked, key=lambda s: s.effective_day):
        current = dict(current)
        for said in said_that_day:
            current.update(said.values)
        current = {name: value for name, value in current.items() if value is not None}
        states.append((day, current))
    ends = [*(day for day, _ in states), FOREVER][1:]
    pieces = [
        StatePeriod(day, end, values) for (day, values), end in zip(states, ends, strict=True)
    ]
    return merge(pieces)


def merge(pieces: Sequence[StatePeriod]) -> list[StatePeriod]:
    """Join neighbouring pieces that say the same."""
    merged: list[StatePeriod] = []
    for piece in pieces:
        if merged and merged[-1].values == piece.values:
            merged[-1] = StatePeriod(merged[-1].valid_from, piece.valid_to, piece.values)
        else:
            merged.append(piece)
    return merged


def cut(pieces: Iterable[StatePeriod], days: Sequence[date]) -> list[StatePeriod]:
    """Cut the pieces at the given days, where those lie inside a piece."""
    result = []
    for piece in pieces:
        inside = [day for day in days if piece.valid_from < day < piece.valid_to]
        starts, ends = [piece.valid_from, *inside], [*inside, piece.valid_to]
        result += [StatePeriod(a, b, piece.values) for a, b in zip(starts, ends, strict=True)]
    return result


def deciding(statements: Iterable[Assertion], day: date) -> dict[str, Assertion]:
    """Return for each attribute the statement that decides its value on ``day``."""
    decided: dict[str, Assertion] = {}
    for said in sorted(statements, key=lambda s: s.rank):
        if said.effective_day <= day:
            decided |= dict.fromkeys(said.values, said)
    return decided
