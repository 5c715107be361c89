"""Step functions of time: what the sites of a province add up to from each day on.

The sums change only where a version begins or ends. These moves, and what was reached before each
part of them, answer every day; what a write changes is added to them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from app.core.vocabulary import SiteKind
from app.statistics.tallies import Codes, Group

Sums = dict[Codes, int]
"""Tallies of sites, as whole numbers, by the codes that they share."""
_Moves = Mapping[date, Sums]
_MOST_DAYS = 64
"""The moves of so many days are added up at most to answer one day; more room is taken by fewer."""
_FOREVER = date.max
_OVERHEAD = 100
"""About how many bytes a sum takes besides its number."""


class Held(NamedTuple):
    """The tally of one site, and the half-open interval of days on which it has it."""

    codes: Codes
    first: date
    end: date
    tally: int


@dataclass(frozen=True, slots=True)
class _Part:
    """What is reached before some days, and by how much each of them changes it."""

    reached: Sums
    days: Sequence[date]
    moves: Sequence[Sums]
    size: int
    """About how many bytes it takes."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The sums of some sites as a function of the day. It never changes: ``moved`` makes another.

    ``days`` are those that it is of, ``None`` where it is of all.
    """

    starts: Sequence[date] = (date.min,)
    parts: Sequence[_Part] = (_Part({}, (), (), 0),)
    days: frozenset[date] | None = None

    @staticmethod
    def of(held: Iterable[Held], days: frozenset[date] | None = None) -> "Steps":
        """Build the function from the tallies of all sites, those of ``days`` at least."""
        return Steps(days=days).moved((one, 1) for one in held)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(part.size for part in self.parts)

    def covers(self, days: Iterable[date]) -> bool:
        """Return whether it is of some days."""
        return self.days is None or self.days.issuperset(days)

    def on(self, day: date) -> Mapping[SiteKind, Sequence[Group]]:
        """Return the sums of a day by kind of site, each by the codes that sites share."""
        part = self.parts[bisect_right(self.starts, day) - 1]
        sums = part.reached.copy()
        for move in part.moves[: bisect_right(part.days, day)]:
            _add(sums, move)
        found: dict[SiteKind, list[Group]] = defaultdict(list)
        for codes, tally in sums.items():
            if tally:
                found[codes.kind].append(Group(codes, tally))
        return found

    def moved(self, changes: Iterable[tuple[Held, int]]) -> "Steps":
        """Return the function with some tallies more, each with 1, and some less, with -1."""
        moves = _moves(changes)
        before: Sums = {}
        found: list[tuple[date, _Part]] = []
        for start, end, part in zip(self.starts, _ends(self.starts), self.parts, strict=True):
            own = {day: move for day, move in moves.items() if start <= day < end}
            reached = _sum((part.reached, before))
            if own:
                found += _split(start, reached, _merged(part, own))
            else:
                found.append((start, replace(part, reached=reached) if before else part))
            before = _sum((before, *own.values()))
        return Steps([start for start, _ in found], [part for _, part in found], self.days)


def _ends(starts: Sequence[date]) -> Iterator[date]:
    yield from (end for _, end in pairwise(starts))
    yield _FOREVER


def _add(sums: Sums, move: Mapping[Codes, int]) -> None:
    for codes, tally in move.items():
        sums[codes] = sums.get(codes, 0) + tally


def _sum(moves: Iterable[Sums]) -> Sums:
    sums: Sums = {}
    for move in moves:
        _add(sums, move)
    return {codes: tally for codes, tally in sums.items() if tally}


def _moves(changes: Iterable[tuple[Held, int]]) -> _Moves:
    """Return by how much each day changes the sums."""
    moves: dict[date, Sums] = defaultdict(dict)
    for (codes, first, end, tally), sign in changes:
        for day, move in ((first, sign * tally), (end, -sign * tally)):
            if day != _FOREVER:
                on_day = moves[day]
                on_day[codes] = on_day.get(codes, 0) + move
    return moves


def _merged(part: _Part, moves: _Moves) -> _Moves:
    merged = dict(zip(part.days, part.moves, strict=True))
    return merged | {day: _sum((merged.get(day, {}), move)) for day, move in moves.items()}


def _split(start: date, reached: Sums, moves: _Moves) -> Iterator[tuple[date, _Part]]:
    """Yield the moves in the order of their days in parts, each with the day it begins with."""
    days = sorted(day for day, move in moves.items() if move)
    for place in range(0, len(days) or 1, _MOST_DAYS):
        some = days[place : place + _MOST_DAYS]
        of_part = [moves[day] for day in some]
        size = _size(reached, *of_part)
        yield (some[0] if place else start), _Part(reached, some, of_part, size)
        reached = _sum((reached, *of_part))


def _size(*moves: Sums) -> int:
    return sum(sum(map(int.__sizeof__, move.values()), _OVERHEAD * len(move)) for move in moves)
