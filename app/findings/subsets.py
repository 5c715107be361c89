"""The search for sets of sites that add up to a total, or to a value that rounds to it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from app.core.vietnamese import sort_key
from app.core.vocabulary import Qualifier, SubjectType
from app.findings.spans import Span
from app.findings.states import Measured, State, measured
from app.findings.totals import AreaTotal
from app.findings.wording import Text, amount, code_name, joined, listed, sites_of, when

LARGEST_POOL = 24
"""No search is made among more figures: each doubles the sets, and so many sums coincide that a
match would mean little."""
MOST_SETS = 3
"""More sets than this say nothing about which one is meant."""
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
            if _has_size(low_size + high_size, size):
                yield low_bits, high_bits


def _has_size(members: int, size: int | None) -> bool:
    return members == size if size is not None else members > 0


def sets_text(area: AreaTotal) -> Text:
    """Say which sets of known sites add up to the total, if it is one or a few."""
    observed = area.total.observed
    states = area.total.states
    pool = _pool(state for state in states if state.is_open)
    if observed.qualifier != Qualifier.exact or len(pool) > LARGEST_POOL:
        return Text("Không xét tập hợp nào khác.", "No other set was looked for.")
    # A total may still count what was closed by then: looked for where it is not of the others.
    sets = _sets(area, pool) or _sets(area, _pool(states))
    return _text(area, sets, len(pool))


def _pool(states: Iterable[State]) -> list[Measured]:
    """Return the sites of known area, of whatever status, by name."""
    sites = (measured(state, "area_ha") for state in states)
    return sorted((s for s in sites if s.value is not None), key=lambda s: sort_key(s.site.name))


def _sets(area: AreaTotal, pool: Sequence[Measured]) -> list[list[Measured]]:
    size = None if area.total.count is None else int(area.total.count.value)
    figures = [site.value for site in pool if site.value is not None]
    found = sets_that_add_to(area.total.span, figures, size, MOST_SETS + 1)
    return [[pool[place] for place in places] for places in found]


def _text(area: AreaTotal, sets: Sequence[Sequence[Measured]], pool: int) -> Text:
    total = amount(area.total.observed.value, "ha")
    known = sites_of(pool, area.total.kind)
    if not sets:
        return Text(
            f"Không có tập hợp nào trong {known.vi} đã biết diện tích cộng đúng {total.vi}.",
            f"No set of the {known.en} of known area adds up to {total.en}.",
        )
    if len(sets) > MOST_SETS:
        return Text(
            f"Có nhiều tập hợp trong {known.vi} đã biết diện tích cộng đúng {total.vi}.",
            f"Many sets of the {known.en} of known area add up to {total.en}.",
        )
    named = [_named(area, chosen) for chosen in sets]
    sums = joined(named, Text("; hoặc ", "; or "))
    return Text(f"Cộng đúng {total.vi} là {sums.vi}.", f"What adds up to {total.en} is {sums.en}.")


def _named(area: AreaTotal, chosen: Sequence[Measured]) -> Text:
    count = sites_of(len(chosen), area.total.kind)
    names = listed([site.site.name for site in chosen])
    text = Text(f"{count.vi}: {names.vi}", f"{count.en}: {names.en}")
    inside = {site.site.id for site in chosen}
    closed = [state for state in area.total.states if state.site.id in inside and not state.is_open]
    others = {site.site.id for site in area.sites} - inside
    left = [state for state in area.total.states if state.site.id in others]
    if closed:
        ended = _dated(closed)
        text += Text(f", kể cả {ended.vi}", f", among them {ended.en}")
    if left:
        without = _dated(left) if closed else listed([state.site.name for state in left])
        text += Text(f" (không có {without.vi})", f" (without {without.en})")
    return text


def _dated(states: Sequence[State]) -> Text:
    """List sites with their legal status and its date, where that is known."""
    named = [_with_status(state) for state in states]
    return Text(listed([name.vi for name in named]).vi, listed([name.en for name in named]).en)


def _with_status(state: State) -> Text:
    status, name = state.values.get("legal_status"), state.site.name
    if status is None:
        return Text(name, name)
    word = code_name("legal_status", str(status), SubjectType.site)
    since = when(state.deciding["legal_status"].effective_from)
    return Text(f"{name}, {word.vi} {since.vi}", f"{name}, {word.en} {since.en}")
