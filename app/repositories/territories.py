"""Within which geometries the sites of a province lie, as far as maps and points tell."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from app.domain.geometry import Box, Degrees, geometry_text
from app.domain.units import Unit, UnitLevel, Units
from app.repositories.outlines import ARCHIPELAGOS, MERGER, outlines_on


def territory_of(units: Units, province: Unit, day: date) -> tuple[str, ...]:
    """Return the outline of a province, the points of its communes, and its archipelago.

    The outlines are generalised and leave islands out, which the points make good. A province
    without an outline has no territory that is known well enough.
    """
    outline = outlines_on(day).get(province.code)
    if outline is None:
        return ()
    points = _points(units, is_before=day < MERGER).get(province.code)
    return (outline.geometry, *_archipelagos(province.code), *([points] if points else []))


@cache
def _archipelagos(code: str) -> tuple[str, ...]:
    return tuple(_rectangle(label.box) for label in ARCHIPELAGOS if label.province_code == code)


def _rectangle(box: Box) -> str:
    west, south, east, north = box
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return geometry_text({"type": "Polygon", "coordinates": [ring]})


@lru_cache(maxsize=4)
def _points(units: Units, *, is_before: bool) -> Mapping[str, str]:
    """Return the points of the communes of each province, by its code, as one geometry for each.

    Only communes since the merger have points; before it, one stands for all that it was made of.
    """
    found: dict[str, list[Degrees]] = defaultdict(list)
    for commune in units.all_at(UnitLevel.commune, MERGER):
        if commune.point is not None:
            for code in _provinces(units, commune, is_before=is_before):
                found[code].append(commune.point)
    return {
        code: geometry_text({"type": "MultiPoint", "coordinates": points})
        for code, points in found.items()
    }


def _provinces(units: Units, commune: Unit, *, is_before: bool) -> set[str]:
    """Return the codes of the provinces that a commune, or what it was made of, lies in.

    An island district without communes became a commune made of none: it may have been in any of
    the provinces that its own was made of.
    """
    eras = [commune]
    if is_before and commune.valid_from == MERGER:
        eras = units.predecessors(commune) or [
            elder for unit in units.lineage(commune) for elder in units.predecessors(unit)
        ]
    above = (unit for era in eras for unit in units.lineage(era))
    return {unit.code for unit in above if unit.level is UnitLevel.province}
