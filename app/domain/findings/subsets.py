"""Which sets of figures add up to a total, or to what it can have been before rounding."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from app.domain.findings.spans import Span

LARGEST_POOL = 24
"""Among more figures than this no search is made: the sets double with each one, and so many small
sums fall together that a match would mean little."""

_Half = list[tuple[Decimal, int, int]]


def sets_that_add_to(
    total: Span, figures: Sequence[Decimal], size: int | None, most: int
) -> list[tuple[int, ...]]:
    """Return up to ``most`` sets of positions whose figures add to a value within ``total``.

    ``size`` is how many figures a set must have; ``None`` allows any number but none. Meets in the
    middle: the sums of the first half of the figures are looked up among those of the second, so
    that 24 figures take two times 4,096 sums and not 16 million.
    """
    if len(figures) > LARGEST_POOL:
        return []
    middle = len(figures) // 2
    first, second = _sums(figures[:middle]), sorted(_sums(figures[middle:]))
    found = _matches(total, size, first, second)
    return sorted(
        tuple(place for place in range(len(figures)) if mask >> place & 1)
        for mask in islice((low | high << middle for low, high in found), most)
    )


def _sums(figures: Sequence[Decimal]) -> _Half:
    """Return sum, size and members, as bits, of every set of some figures."""
    sums = [(Decimal(), 0, 0)]
    for place, figure in enumerate(figures):
        sums += [(total + figure, size + 1, bits | 1 << place) for total, size, bits in sums]
    return sums


def _matches(
    total: Span, size: int | None, first: _Half, second: _Half
) -> Iterator[tuple[int, int]]:
    least = total.low or Decimal()
    for low_sum, low_size, low_bits in first:
        start = bisect_left(second, (least - low_sum,))
        for place in range(start, len(second)):
            high_sum, high_size, high_bits = second[place]
            if total.high is not None and low_sum + high_sum > total.high:
                break
            if _is_asked_for(low_size + high_size, size):
                yield low_bits, high_bits


def _is_asked_for(members: int, size: int | None) -> bool:
    return members == size if size is not None else members > 0
