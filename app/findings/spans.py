"""The spans of stated numbers: from the least to the greatest value that a number allows.

A figure is rounded to its last decimal, so it stands for half a unit of that decimal either way:
676.4 is between 676.35 and 676.45. Counts of things are whole and exact. The words beside a number
widen it: "about" allows five percent either way (or the rounding, where that is more), and "over",
"at least" and "up to" leave one end open. "Over" takes in its bound, which may itself be rounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Self

from app.core.quantities import UnitOfMeasure, percent
from app.core.vocabulary import Qualifier
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed
from app.subjects.attributes import Hedge

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Span:
    """All values from ``low`` to ``high``, both included; ``None`` leaves an end open."""

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def exactly(cls, value: Decimal) -> Self:
        """Return the span of one value."""
        return cls(value, value)

    def meets(self, other: "Span") -> bool:
        """Return whether some value lies in both spans."""
        return _at_most(self.low, other.high) and _at_most(other.low, self.high)

    def overlaps(self, other: "Span") -> bool:
        """Return whether the spans share more than an end: 74.4 and 74.5 touch, and are not one."""
        return _below(self.low, other.high) and _below(other.low, self.high)

    def is_below(self, other: "Span") -> bool:
        """Return whether every value is less than every value of the other."""
        return self.high is not None and other.low is not None and self.high < other.low

    def exceeds(self, value: Decimal) -> bool:
        """Return whether it holds more than a value."""
        return self.high is None or self.high > value

    def __add__(self, other: "Span") -> "Span":
        """Return the span of the sums."""
        return Span(_sum(self.low, other.low), _sum(self.high, other.high))

    def __or__(self, other: "Span") -> "Span":
        """Return the span from the least to the greatest value of both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Span(low, high)

    def __sub__(self, other: "Span") -> "Span":
        """Return the span of the differences."""
        return self + other.times(Decimal(-1))

    def times(self, factor: Decimal) -> "Span":
        """Return the span of the values multiplied by one number."""
        ends = [None if end is None else end * factor for end in (self.low, self.high)]
        return Span(*ends) if factor >= 0 else Span(ends[1], ends[0])

    def __mul__(self, other: "Span") -> "Span":
        """Return the span of the products of two spans without negative values."""
        low, high = (self.low or Decimal()) * (other.low or Decimal()), None
        if self.high is not None and other.high is not None:
            high = self.high * other.high
        return Span(low, high)

    def widened(self, share: Decimal) -> "Span":
        """Return the span with both ends moved outwards by a share of each."""
        low = None if self.low is None else self.low - abs(self.low) * share
        high = None if self.high is None else self.high + abs(self.high) * share
        return Span(low, high)


def total(spans: Iterable[Span]) -> Span:
    """Return the span of the sums of one value from each span."""
    return reduce(Span.__add__, spans, Span.exactly(Decimal()))


def around(spans: Iterable[Span]) -> Span:
    """Return the span from the least to the greatest value of some spans."""
    return reduce(Span.__or__, spans)


def rounded(value: Decimal) -> Span:
    """Return the values that a figure with so many decimals can have had before rounding."""
    half = half_unit(value)
    return Span(value - half, value + half)


def half_unit(value: Decimal) -> Decimal:
    """Return half a unit of the last decimal: 0.05 for 74.4, 0.5 for 130."""
    exponent = value.as_tuple().exponent
    return Decimal("0.5").scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)


def allowed(value: Decimal, hedge: Hedge | None = None, *, is_whole: bool = False) -> Span:
    """Return the values that a number allows, by its decimals and by how exactly it is given.

    A ``is_whole`` number counts things and is not rounded.
    """
    spread = Span.exactly if is_whole else rounded
    figure = spread(value)
    if hedge is None:
        return figure
    least, most = hedge.bounds(value)
    upper = figure if hedge.value_to is None else spread(Decimal(hedge.value_to))
    low = None if least is None else _lesser(figure.low, least)
    return Span(low, None if most is None else _greater(upper.high, most))


def span_of(observed: Observed) -> Span:
    """Return the values that an observation allows, by its decimals, qualifier and unit."""
    return allowed(observed.value, hedge_of(observed), is_whole=is_count(observed))


def hedge_of(observed: Observed) -> Hedge:
    """Return how exactly the value of an observation is given."""
    upper = observed.value_to
    return Hedge(observed.qualifier, None if upper is None else str(upper))


def figure_of(observed: Observed) -> Span:
    """Return the values that the number itself allows, without the open end of "at least"."""
    if observed.qualifier in {Qualifier.over, Qualifier.at_least, Qualifier.up_to}:
        return Span.exactly(observed.value) if is_count(observed) else rounded(observed.value)
    return span_of(observed)


def is_count(observed: Observed) -> bool:
    """Return whether the observation is a count of things."""
    return INDICATORS[observed.indicator].unit is UnitOfMeasure.number


def increase_pct(now: Decimal, before: Decimal) -> Decimal | None:
    """Return by how many percent a level is above an earlier one, with two decimals."""
    return percent(now - before, before)


def grown(before: Span, pct: Span) -> Span:
    """Return the level after a growth by so many percent."""
    return (before * (pct + Span.exactly(_WHOLE))).times(1 / _WHOLE)


def share_of(whole: Span, pct: Span) -> Span:
    """Return so many percent of a whole."""
    return (whole * pct).times(1 / _WHOLE)


def percent_of(part: Span, whole: Span) -> Span:
    """Return how many percent of a whole a part is, both without negative values."""
    low = _WHOLE * part.low / whole.high if part.low is not None and whole.high else None
    high = _WHOLE * part.high / whole.low if part.high is not None and whole.low else None
    return Span(low, high)


def _at_most(low: Decimal | None, high: Decimal | None) -> bool:
    return low is None or high is None or low <= high


def _below(low: Decimal | None, high: Decimal | None) -> bool:
    return low is None or high is None or low < high


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _lesser(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if _at_most(one, other) else other


def _greater(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if _at_most(one, other) else one
