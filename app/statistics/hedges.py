"""How exactly sums, rates and remainders are known, by the hedges of what they are computed from.

A figure that rises with what may be more than its number is a least value; one that falls with it
is a greatest. Where both happen, it is bounded on neither side.
"""

from collections.abc import Collection
from enum import StrEnum

from app.core.vocabulary import Qualifier

_MORE = frozenset({Qualifier.over, Qualifier.at_least, Qualifier.range})
"""The hedges of figures that may be more than the number given, of a range the lower end."""
_LESS = frozenset({Qualifier.up_to})


class RemainderQualifier(StrEnum):
    """How exactly a computed figure is known: what remains of a plan, a sum, a rate."""

    exact = "exact"
    about = "about"
    at_most = "at_most"
    at_least = "at_least"


def hedge_of_sum(hedges: Collection[str]) -> Qualifier | None:
    """Return the hedge of a sum of figures; ``None`` where it bounds the sum on neither side."""
    kinds = frozenset(map(Qualifier, hedges))
    if len(kinds) == 1 and (len(hedges) == 1 or Qualifier.range not in kinds):
        return next(iter(kinds))
    if kinds & _MORE:
        return None if kinds & _LESS else Qualifier.at_least
    if kinds & _LESS:
        return Qualifier.up_to
    return Qualifier.about if kinds else Qualifier.exact


def hedge_of_figure(
    rising: Collection[str], falling: Collection[str] = (), *, is_unknown: bool = False
) -> RemainderQualifier | None:
    """Return how exactly a figure is known that is computed from hedged ones.

    It rises with some of them and falls with the others: a sum with its parts, a rate with the part
    and against the whole, a remainder with the whole and against the parts. ``is_unknown`` is
    whether figures are missing among those that it falls with. ``None`` where it may as well be
    more as less than the number.
    """
    if not (rising or falling or is_unknown):
        return RemainderQualifier.exact
    up, down = frozenset(rising), frozenset(falling)
    may_be_more = bool(up & _MORE or down & _LESS)
    may_be_less = bool(up & _LESS or down & _MORE or is_unknown)
    if may_be_more:
        return None if may_be_less else RemainderQualifier.at_least
    if may_be_less:
        return RemainderQualifier.at_most
    is_about = Qualifier.about in up | down
    return RemainderQualifier.about if is_about else RemainderQualifier.exact
