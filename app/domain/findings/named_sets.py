"""Which sites add up to a total that the sites taken for it do not add up to."""

from collections.abc import Sequence

from app.domain.findings.states import Measured, measured
from app.domain.findings.subsets import LARGEST_POOL, sets_that_add_to
from app.domain.findings.totals import AreaTotal
from app.domain.findings.wording import Text, amount, listed, sites_of
from app.domain.vietnamese import sort_key
from app.domain.vocabulary import Qualifier

MOST_SETS = 3
"""More sets than this say nothing about which one is meant."""


def sets_text(area: AreaTotal) -> Text:
    """Say which sets of known sites add up to the total, if it is one or a few."""
    observed = area.total.observed
    pool = _pool(area)
    if observed.qualifier != Qualifier.exact or len(pool) > LARGEST_POOL:
        return Text("Không xét tập hợp nào khác.", "No other set was looked for.")
    sets = sets_that_add_to(
        area.total.span,
        [site.value for site in pool if site.value is not None],
        None if area.total.count is None else int(area.total.count.value),
        MOST_SETS + 1,
    )
    return _text(area, [[pool[place] for place in places] for places in sets], len(pool))


def _pool(area: AreaTotal) -> list[Measured]:
    """Return the sites of known area that were not closed, of whatever status, by name."""
    sites = (measured(state, "area_ha") for state in area.total.states if state.is_open)
    return sorted((s for s in sites if s.value is not None), key=lambda s: sort_key(s.site.name))


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
    vi, en = "; hoặc ".join(name.vi for name in named), "; or ".join(name.en for name in named)
    return Text(f"Cộng đúng {total.vi} là {vi}.", f"What adds up to {total.en} is {en}.")


def _named(area: AreaTotal, chosen: Sequence[Measured]) -> Text:
    count = sites_of(len(chosen), area.total.kind)
    names = listed([site.site.name for site in chosen])
    return Text(f"{count.vi}: {names.vi}", f"{count.en}: {names.en}") + _without(area, chosen)


def _without(area: AreaTotal, chosen: Sequence[Measured]) -> Text:
    """Name the sites that were taken for the total and are not in the set."""
    inside = {site.site.id for site in chosen}
    others = [site.site.name for site in area.sites if site.site.id not in inside]
    if not others:
        return Text("", "")
    names = listed(others)
    return Text(f" (không có {names.vi})", f" (without {names.en})")
