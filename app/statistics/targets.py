"""Targets: what should be reached, what was reached, and whether that is enough.

A target is stated, or implied where a source says only how many percent of it a value is. What
was reached is what a source states for the same period, else what the register computes on the
last day of the period, or on the day asked for while the period runs.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import inf

from app.core.quantities import percent
from app.core.vocabulary import Basis, Qualifier, SiteKind
from app.statistics.figures import Computed, Group, counterpart_value
from app.statistics.implied import implied_target
from app.statistics.indicators import INDICATORS, Counterpart, Measure
from app.statistics.observations import MEASURED, Observed, latest

Sites = Callable[[SiteKind | None, date], Sequence[Group]]
"""Gives the sites of a kind on a day, of the unit that the targets are about."""
# A number, and 1 where what is meant lies just above it: "over 10" begins at (10, 1).
_End = tuple[Fraction | float, int]
_Span = tuple[_End, _End]
_LEAST, _MOST = (-inf, 0), (inf, 0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A target: ``said`` states it, or is the value that says how much of it was reached."""

    said: Observed
    value: Fraction
    is_implied: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """What was reached by a day: what a source measured, or what the register computed."""

    on: date
    measured: Observed | None
    computed: Computed | None

    @property
    def value(self) -> Decimal | None:
        """The figure, ``None`` where nothing is known."""
        if self.measured is not None:
            return self.measured.value
        return self.computed.value if self.computed else None

    @property
    def basis(self) -> str | None:
        """``actual`` or ``estimate`` as stated, ``computed``, or ``None`` where nothing is."""
        if self.value is None:
            return None
        return self.measured.basis if self.measured else "computed"


@dataclass(frozen=True, slots=True)
class Target:
    """A target beside what was reached."""

    promise: Promise
    reached: Reached
    pct: Decimal | None
    met: bool | None


def targets_of(stated: Collection[Observed], sites: Sites, day: date) -> list[Target]:
    """Return the targets of a unit with what was reached by a day, by indicator and period."""
    promises = _promises(stated)
    if not promises:
        return []
    measured = defaultdict(list)
    for o in stated:
        if _is_measured(o, day):
            measured[_about(o)].append(o)
    return [
        _target(promise, measured[_about(promise.said)], sites, day)
        for promise in sorted(promises, key=_order)
    ]


def days_to_compute(stated: Collection[Observed], day: date) -> set[date]:
    """Return the days on which what targets reached must be computed, since no source says it."""
    targets = [o for o in stated if o.basis == Basis.target and INDICATORS[o.indicator].counterpart]
    if not targets:
        return set()
    measured = {_about(o) for o in stated if _is_measured(o, day)}
    return {_reached_on(o, day) for o in targets if _about(o) not in measured}


def _is_measured(observed: Observed, day: date) -> bool:
    """Tell whether a value says what was reached: one of a period to come cannot."""
    return observed.basis in MEASURED and observed.period_from <= day


def _promises(stated: Iterable[Observed]) -> list[Promise]:
    said = latest((o for o in stated if o.basis == Basis.target), _what)
    shares = latest((o for o in stated if o.pct_of_target is not None and implied_target(o)), _what)
    implied = [(o, implied_target(o)) for o in shares.values()]
    return [
        *(Promise(o, Fraction(o.value), is_implied=False) for o in said.values()),
        *(Promise(o, value, is_implied=True) for o, value in implied if value is not None),
    ]


def _about(observed: Observed) -> tuple[str, date, date]:
    return (observed.indicator, observed.period_from, observed.period_to)


def _what(observed: Observed) -> tuple[str, date, date, str]:
    return (*_about(observed), observed.price_base or "")


def _order(promise: Promise) -> tuple[str, date, date, bool, str]:
    return (*_about(promise.said), promise.is_implied, promise.said.price_base or "")


def _target(promise: Promise, measured: Sequence[Observed], sites: Sites, day: date) -> Target:
    said = promise.said
    best = max(measured, key=lambda o: (_comparable(said, o), o.rank), default=None)
    on = _reached_on(said, day)
    computed = None if best else _computed(said, sites, on)
    reached = Reached(on, best, computed)
    if reached.value is None or (best is not None and not _comparable(said, best)):
        return Target(promise, reached, None, None)
    pct = percent(reached.value, promise.value) if promise.value > 0 else None
    return Target(promise, reached, pct, _met(promise, reached, day))


def _reached_on(target: Observed, day: date) -> date:
    """Return the day on which a target is measured: the end of its period, or the day so far."""
    return min(day, target.period_to)


def _comparable(target: Observed, measured: Observed) -> bool:
    """Money at prices that are known to differ cannot be held against each other."""
    bases = {target.price_base, measured.price_base} - {None}
    return len(bases) < 2  # noqa: PLR2004 - one base, or one that is not stated


def _computed(target: Observed, sites: Sites, on: date) -> Computed | None:
    indicator = INDICATORS[target.indicator]
    if indicator.counterpart is None:
        return None
    return counterpart_value(indicator.counterpart, sites(indicator.kind, on))


def _met(promise: Promise, reached: Reached, day: date) -> bool | None:
    """Tell whether a target was met; a range is met from its lower end on.

    ``None`` where what was reached is not known well enough, and while the period runs, unless
    enough was reached already. That a ceiling is kept can only be told at the end.
    """
    said = promise.said
    is_ceiling = said.qualifier == Qualifier.up_to and not promise.is_implied
    qualifier = Qualifier.exact if promise.is_implied else said.qualifier
    low, high = _span(promise.value, qualifier, said.value_to)
    ends = _reached_span(said.indicator, reached)
    enough = {end <= high if is_ceiling else end >= low for end in ends}
    if len(enough) > 1 or (day < said.period_to and (is_ceiling or enough == {False})):
        return None
    return enough.pop()


def _reached_span(code: str, reached: Reached) -> _Span:
    if reached.measured is not None:
        measured = reached.measured
        return _span(Fraction(measured.value), measured.qualifier, measured.value_to)
    counterpart = INDICATORS[code].counterpart
    if counterpart is None or reached.computed is None:
        return _LEAST, _MOST
    return _computed_span(counterpart, reached.computed)


def _computed_span(counterpart: Counterpart, computed: Computed) -> _Span:
    """Sites of which nothing is known may add to a sum, and move a rate either way."""
    if computed.value is None or (computed.unknown and counterpart.measure is Measure.occupancy):
        return _LEAST, _MOST
    point = (Fraction(computed.value), 0)
    return point, _MOST if computed.unknown else point


def _span(value: Fraction, qualifier: str, value_to: Decimal | None) -> _Span:
    """Return the least and the most that a qualified number means."""
    point = (value, 0)
    if qualifier == Qualifier.over:
        return (value, 1), _MOST
    if qualifier == Qualifier.at_least:
        return point, _MOST
    if qualifier == Qualifier.up_to:
        return _LEAST, point
    return point, point if value_to is None else (Fraction(value_to), 0)
