"""Targets, the values reached, and whether those are enough.

A target is stated, or implied where a source states only how many percent of it a value is. The
value reached is the one that a source states for the same period, else the one computed on the
last day of the period, or on the requested day while the period runs.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import inf

from app.core.quantities import percent
from app.core.vocabulary import MEASURED, Basis, Qualifier, SiteKind
from app.statistics.hedges import RemainderQualifier
from app.statistics.implied import implied_target
from app.statistics.indicators import INDICATORS, Counterpart, Measure
from app.statistics.observations import Observed, latest
from app.statistics.tallies import Computed, Group, counterpart_value

Sites = Callable[[SiteKind | None, date], Sequence[Group]]
"""Gives the sites of a kind on a day, of the unit that the targets are about."""
# A number, and 1 where the end lies just above it: "over 10" begins at (10, 1).
_End = tuple[Fraction | float, int]
_Span = tuple[_End, _End]
_LEAST, _MOST = (-inf, 0), (inf, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """A target: ``observed`` states it, or is the value with the percent of it that was reached."""

    observed: Observed
    value: Fraction
    is_implied: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """The value reached by a day: the one a source measured, or the one the register computed."""

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
class Outcome:
    """A target and what was reached: ``pct`` of it, and whether it is ``met``, where known."""

    target: Target
    reached: Reached
    pct: Decimal | None
    met: bool | None


def outcomes_of(stated: Collection[Observed], sites: Sites, day: date) -> list[Outcome]:
    """Return the targets of a unit with what was reached by a day, by indicator and period."""
    targets = _targets(stated)
    if not targets:
        return []
    measured = defaultdict(list)
    for o in stated:
        if _is_measured(o, day):
            measured[_about(o)].append(o)
    return [
        _outcome(target, measured[_about(target.observed)], sites, day)
        for target in sorted(targets, key=_order)
    ]


def days_to_compute(stated: Collection[Observed], day: date) -> set[date]:
    """Return the days on which what targets reached must be computed, since no source states it."""
    targets = [o for o in stated if o.basis == Basis.target and INDICATORS[o.indicator].counterpart]
    if not targets:
        return set()
    measured = {_about(o) for o in stated if _is_measured(o, day)}
    return {_reached_on(o, day) for o in targets if _about(o) not in measured}


def _is_measured(observed: Observed, day: date) -> bool:
    """Return whether a value is of what was reached: one of a later period cannot be."""
    return observed.basis in MEASURED and observed.period_from <= day


def _targets(stated: Iterable[Observed]) -> list[Target]:
    explicit = latest((o for o in stated if o.basis == Basis.target), _what)
    shares = latest((o for o in stated if o.pct_of_target is not None and implied_target(o)), _what)
    implied = [(o, implied_target(o)) for o in shares.values()]
    return [
        *(Target(o, Fraction(o.value), is_implied=False) for o in explicit.values()),
        *(Target(o, value, is_implied=True) for o, value in implied if value is not None),
    ]


def _about(observed: Observed) -> tuple[str, date, date]:
    return (observed.indicator, observed.period_from, observed.period_to)


def _what(observed: Observed) -> tuple[str, date, date, str]:
    return (*_about(observed), observed.price_base or "")


def _order(target: Target) -> tuple[str, date, date, bool, str]:
    return (*_about(target.observed), target.is_implied, target.observed.price_base or "")


def _outcome(target: Target, measured: Sequence[Observed], sites: Sites, day: date) -> Outcome:
    observed = target.observed
    best = max(measured, key=lambda o: (_comparable(observed, o), o.rank), default=None)
    on = _reached_on(observed, day)
    computed = None if best else _computed(observed, sites, on)
    reached = Reached(on, best, computed)
    if reached.value is None or (best is not None and not _comparable(observed, best)):
        return Outcome(target, reached, None, None)
    pct = percent(reached.value, target.value) if target.value > 0 else None
    return Outcome(target, reached, pct, _met(target, reached, day))


def _reached_on(target: Observed, day: date) -> date:
    """Return the day on which a target is measured: the end of its period, or the day so far."""
    return min(day, target.period_to)


def _comparable(target: Observed, measured: Observed) -> bool:
    """Return whether values can be compared: not money at prices that are known to differ."""
    bases = {target.price_base, measured.price_base} - {None}
    return len(bases) < 2  # noqa: PLR2004 - one base, or one that is not stated


def _computed(target: Observed, sites: Sites, on: date) -> Computed | None:
    indicator = INDICATORS[target.indicator]
    if indicator.counterpart is None:
        return None
    return counterpart_value(indicator.counterpart, sites(indicator.kind, on))


def _met(target: Target, reached: Reached, day: date) -> bool | None:
    """Return whether a target was met; a range is met from its lower end on.

    ``None`` where what was reached is not known well enough, and while the period runs, unless
    enough was reached already. Whether a ceiling is kept is known only at the end.
    """
    observed = target.observed
    is_ceiling = observed.qualifier == Qualifier.up_to and not target.is_implied
    qualifier = Qualifier.exact if target.is_implied else observed.qualifier
    low, high = _span(target.value, qualifier, observed.value_to)
    ends = _reached_span(observed.indicator, reached)
    enough = {end <= high if is_ceiling else end >= low for end in ends}
    if len(enough) > 1 or (day < observed.period_to and (is_ceiling or enough == {False})):
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
    """Return the span of a computed value: unknown sites may add to a sum, or move a rate.

    What it is computed from may be given as more or less than its numbers.
    """
    if computed.value is None or (computed.unknown and counterpart.measure is Measure.occupancy):
        return _LEAST, _MOST
    point = (Fraction(computed.value), 0)
    may_be_less = computed.hedge in {None, RemainderQualifier.at_most}
    may_be_more = computed.unknown or computed.hedge in {None, RemainderQualifier.at_least}
    return _LEAST if may_be_less else point, _MOST if may_be_more else point


def _span(value: Fraction, qualifier: str, value_to: Decimal | None) -> _Span:
    """Return the least and the greatest value that a qualified number means."""
    point = (value, 0)
    if qualifier == Qualifier.over:
        return (value, 1), _MOST
    if qualifier == Qualifier.at_least:
        return point, _MOST
    if qualifier == Qualifier.up_to:
        return _LEAST, point
    return point, point if value_to is None else (Fraction(value_to), 0)
