"""The timeline fold: from the statements about a subject to its state on each day.

A statement covers the days from its effective day until before its end. Of those that cover a day
and give an attribute the latest-effective decides; of one effective day the one of higher
authority, then the later recorded. ``None`` clears. What belongs to another attribute, its head,
counts while that is what it was when it was stated.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter

HEDGE = "hedge."
"""What the names of hedges begin with, among the values of a period."""
FOREVER = date.max
"""The open end of valid time: no later statement is known."""


def numbers_of(statement_id: str) -> tuple[int, int]:
    """Return the revision and the position in it that an id of a statement is made of."""
    revision, _, position = statement_id.partition("-")
    return int(revision), int(position)


@dataclass(frozen=True, slots=True)
class Assertion:
    """The part of a live statement that the fold needs."""

    effective_day: date
    authority: int
    revision: int
    position: int
    values: Mapping[str, object]
    end_day: date = FOREVER
    hedges: Mapping[str, object] = field(default_factory=dict)
    """How exactly it gives some of the values."""
    place: tuple[int, int] | None = None
    """The revision and position of the statement whose rank it keeps, as its replacement."""

    @property
    def rank(self) -> tuple[date, int, int, int]:
        """The order in which statements override each other; the greatest wins."""
        revision, position = self.place or (self.revision, self.position)
        return (self.effective_day, self.authority, revision, position)


@dataclass(frozen=True)
class Rules:
    """What the fold has to know of attributes.

    ``heads`` are the attributes that others belong to, by the names of these. Each of the sets in
    ``lasting`` holds names which, before the first day that any of them is known of, are as on that
    day: a name, and the levels of a place.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    lasting: Sequence[frozenset[str]] = ()

    @cached_property
    def names_lasting(self) -> frozenset[str]:
        """All names that count for the days before they are known."""
        return frozenset().union(*self.lasting)

    @cached_property
    def names_apart(self) -> frozenset[str]:
        """The names of which what was outweighed may count still: see ``relevant``."""
        return self.names_lasting.union(self.heads.keys(), self.heads.values())


@dataclass(frozen=True, slots=True)
class StatePeriod:
    """The attributes over one half-open interval of days; unknown attributes are left out."""

    valid_from: date
    valid_to: date
    values: Mapping[str, object]


NO_RULES = Rules()
_Decided = dict[str, Assertion]
"""The statement that decides each attribute, which may be to clear it."""


def fold(
    statements: Iterable[Assertion], rules: Rules = NO_RULES, since: date = date.min
) -> list[StatePeriod]:
    """Fold live statements into periods that tile time from the first that gives a value on.

    The order in which the statements are given does not matter. Neighbouring periods differ. Those
    that end by ``since`` are left out.
    """
    turns = _turns(statements, rules)
    ends = [*(day for day, _ in turns), FOREVER][1:]
    periods = (
        StatePeriod(day, end, _known(decided))
        for (day, decided), end in zip(turns, ends, strict=True)
        if end > since
    )
    return merge(periods)


def _known(decided: _Decided) -> dict[str, object]:
    """Return what is known, and how exactly: a hedge goes with the value it was stated with."""
    known = {n: value for n, by in decided.items() if (value := by.values[n]) is not None}
    hedged = ((n, by.hedges[n]) for n, by in decided.items() if by.hedges and n in by.hedges)
    return known | {HEDGE + name: hedge for name, hedge in hedged if name in known}


def deciding(
    statements: Iterable[Assertion], day: date, rules: Rules = NO_RULES
) -> dict[str, Assertion]:
    """Return for each attribute the statement that decides its value on ``day``."""
    names = rules.names_lasting
    # What is stated of later days counts for this one only where it holds back.
    known = (s for s in statements if s.effective_day <= day or not names.isdisjoint(s.values))
    found: _Decided = {}
    for since, decided in _turns(relevant(known, day, rules), rules):
        if since <= day:
            found = decided
    return found


def relevant(statements: Iterable[Assertion], day: date, rules: Rules) -> list[Assertion]:
    """Return the statements by which a day, and all days after it, are the same as by all.

    Of what began before the day, that is what decides an attribute then or may do so later, when
    what outweighs it has ended. Kept besides are the first that gives a value, with which a history
    begins, and all that give names or places, heads or companions: they count for other days too.
    """
    left: list[Assertion] = []
    first: list[Assertion] = []
    decided: set[str] = set()
    apart = rules.names_apart
    for one in sorted(statements, key=attrgetter("rank"), reverse=True):
        names = one.values.keys()
        if one.effective_day >= day or not apart.isdisjoint(names):
            left.append(one)
        elif one.end_day > day and not names <= decided:
            left.append(one)
            if one.end_day == FOREVER:
                decided |= names
        if any(value is not None for value in one.values.values()):
            first = [] if left and left[-1] is one else [one]
    return left + first


def _turns(statements: Iterable[Assertion], rules: Rules) -> list[tuple[date, _Decided]]:
    """Return the days on which a statement begins or ends, with what is decided from each on.

    Nothing is known before the first day of which a statement gives a value: to clear what nobody
    gave is not enough.
    """
    ranked = sorted(statements, key=attrgetter("rank"))
    giving = (s.effective_day for s in ranked if any(v is not None for v in s.values.values()))
    begins = next(giving, FOREVER)
    turns = [turn for turn in _Said(rules).turns(ranked) if turn[0] >= begins]
    for names in rules.lasting:
        _hold_back(turns, names)
    return turns


def _hold_back(turns: Sequence[tuple[date, _Decided]], names: frozenset[str]) -> None:
    """Let names be decided as on the first day of which one of them is known, from the start."""
    for number, (_, decided) in enumerate(turns):
        first = {name: decided[name] for name in names if name in decided}
        if any(by.values[name] is not None for name, by in first.items()):
            for _, earlier in turns[:number]:
                earlier.update(first)
            return


class _Said:
    """What covers a day: for each attribute the statements that give it, the weightiest last."""

    def __init__(self, rules: Rules) -> None:
        self._heads = rules.heads
        self._said: dict[str, list[Assertion]] = defaultdict(list)
        self._tied: dict[str, list[tuple[Assertion, object]]] = defaultdict(list)
        """Of companions the same, with what their head was when they were stated."""
        self._decided: _Decided = {}

    def turns(self, ranked: Sequence[Assertion]) -> Iterator[tuple[date, _Decided]]:
        """Yield the days on which anything begins or ends, with what is decided from each on."""
        begun: dict[date, list[Assertion]] = defaultdict(list)
        ended: dict[date, list[Assertion]] = defaultdict(list)
        for assertion in ranked:
            begun[assertion.effective_day].append(assertion)
            if assertion.end_day != FOREVER:
                ended[assertion.end_day].append(assertion)
        for day in sorted({*begun, *ended}):
            for assertion in ended.get(day, ()):
                self._end(assertion)
            # Without ends the last that was stated decides, whatever was before.
            self._begin(begun.get(day, ()), is_to_be_kept=bool(ended))
            for name in self._tied:
                self._decide_companion(name)
            yield day, self._decided.copy()

    def _end(self, assertion: Assertion) -> None:
        for name in assertion.values:
            left = self._said[name]
            left.remove(assertion)
            if name in self._tied:
                self._tied[name] = [one for one in self._tied[name] if one[0] is not assertion]
            elif left:
                self._decided[name] = left[-1]
            else:
                del self._decided[name]

    def _begin(self, begun: Iterable[Assertion], *, is_to_be_kept: bool) -> None:
        companions: list[tuple[str, Assertion]] = []
        for assertion in begun:
            self._decided.update(dict.fromkeys(assertion.values, assertion))
            if is_to_be_kept:
                for name in assertion.values:
                    self._said[name].append(assertion)
            companions += [(name, assertion) for name in assertion.values if name in self._heads]
        # What they belong to is known by now.
        for name, assertion in companions:
            head = self._heads[name]
            stated_with = assertion.values.get(head, self._value(head))
            self._tied[name].append((assertion, stated_with))

    def _decide_companion(self, name: str) -> None:
        head = self._value(self._heads[name])
        for assertion, stated_with in reversed(self._tied[name]):
            if stated_with == head:
                self._decided[name] = assertion
                return
        self._decided.pop(name, None)

    def _value(self, name: str) -> object:
        by = self._decided.get(name)
        return by.values[name] if by else None


def merge(periods: Iterable[StatePeriod]) -> list[StatePeriod]:
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
