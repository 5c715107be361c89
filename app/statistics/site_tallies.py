"""The tally of one site: what it adds to the sums of its province."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from json import loads

from app.core.vocabulary import SiteKind
from app.statistics.tallies import AREAS, packed_numbers
from app.subjects.attributes import Tallied
from app.subjects.derived import definition_on, leasable_lands
from app.subjects.sites import SiteState

QUANTITIES = SiteState.tallied(Tallied.summed, Tallied.averaged)
"""The quantities that a site is tallied by: square metres, and rates as they are stored."""
_AREA, _PLANNED, _LEASED, _LEASABLE, _TO_CLEAR, _CLEARED, _RATE = (
    QUANTITIES.index(name)
    for name in (
        *("area_ha", "planned_area_ha", "leased_ha", "leasable_ha"),
        *("to_clear_ha", "cleared_ha", "occupancy_pct"),
    )
)
_SUMMED = [QUANTITIES.index(name) for name in AREAS if name in QUANTITIES]
_Quantities = Sequence[int | None]


def tally_of(kind: str, day: date, quantities: _Quantities, hedges: str | None) -> int:
    """Return the packed tally of a site.

    ``quantities`` are those of ``QUANTITIES`` in turn, ``hedges`` the JSON of how exactly they are
    given, ``None`` where all are. ``day`` is one on which it has them.
    """
    area, cleared, rate = quantities[_AREA], quantities[_CLEARED], quantities[_RATE]
    planned = quantities[_PLANNED]
    summed = [*(quantities[place] for place in _SUMMED), area if planned is None else planned]
    unmeasured = (1, area is not None, area or 0) if cleared is None else (0, 0, 0)
    numbers = (
        1,
        *(number is not None for number in summed),
        *(number or 0 for number in summed),
        *_share(cleared, quantities[_TO_CLEAR]),
        *unmeasured,
        *_share(quantities[_LEASED], quantities[_LEASABLE]),
        rate is not None,
        rate or 0,
    )
    return packed_numbers(numbers, _hedges(kind, day, quantities, hedges) if hedges else ())


def _share(part: int | None, whole: int | None) -> tuple[int, int, int]:
    """Return whether a share is known, and both of its sides if it is.

    A site that knows only one of the quantities has none, nor one of which the part exceeds the
    whole.
    """
    if part is None or whole is None or part > whole:
        return 0, 0, 0
    return 1, part, whole


def _hedges(kind: str, day: date, quantities: _Quantities, text: str) -> Iterator[tuple[str, str]]:
    """Yield by how exactly what is added is given, where that is not exactly."""
    hedges: Mapping[str, str] = loads(text)
    for name, made_of in _added(kind, day, quantities):
        if made_of in hedges:
            yield name, hedges[made_of]


def _added(kind: str, day: date, quantities: _Quantities) -> Iterator[tuple[str, str]]:
    """Yield what a site has a part in, each with the stated quantity that the part is made of."""
    known = {
        name for name, number in zip(QUANTITIES, quantities, strict=True) if number is not None
    }
    yield from ((name, name) for name in AREAS if name in known)
    if "planned_area_ha" in known or "area_ha" in known:
        yield AREAS[-1], "planned_area_ha" if "planned_area_ha" in known else "area_ha"
    if "cleared_ha" not in known and "area_ha" in known:
        yield "unmeasured", "area_ha"
    if _share(quantities[_CLEARED], quantities[_TO_CLEAR])[0]:
        yield from (("clearance_part", "cleared_ha"), ("clearance_whole", "to_clear_ha"))
    if _share(quantities[_LEASED], quantities[_LEASABLE])[0]:
        yield "occupancy_part", "leased_ha"
        for land in leasable_lands(definition_on(SiteKind(kind), day)):
            yield "occupancy_whole", land
    elif "occupancy_pct" in known:
        yield "stated_rate", "stated_occupancy_pct"
