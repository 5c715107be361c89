"""Points and areas of sites that lie far outside their province."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import cos, hypot, radians

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.core.vocabulary import Severity
from app.findings.facts import Finding, Law, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.wording import Text, amount
from app.subjects.attributes import UNIT_LEVELS

_CODE = "geometry_outside_province"
ALLOWED_DEGREES = 0.2
"""How far outside a position can lie, about 22 km.

The outlines are generalised for display, and nearly everywhere at most 0.05 degrees off. Where
they are further off (Than Uyên, Lai Vung) or leave islands out, the points of communes stand in for
them, and a commune reaches up to some 0.2 degrees from its point.
"""
_KM_PER_DEGREE = 111.2
RESOLUTION_15_2008 = Law("15/2008/QH12", date(2008, 8, 1), None)
"""Since then, when Hà Nội was enlarged, the provinces have been those of the outlines."""


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites if facts.territory else ():
        geometry = site.text("geometry")
        if geometry is not None:
            far = _farthest(geometry, tuple(facts.territory))
            if far is not None:
                yield _finding(facts, site, far)


def _farthest(geometry: str, territory: tuple[str, ...]) -> tuple[float, float, int] | None:
    """Return the position that lies farthest outside, and by how many km; ``None`` if none does.

    Only one that lies too far outside is returned.
    """
    land, shown = _land(territory), _shape(geometry)
    # Mostly nothing lies outside, and this test is much faster than measuring each position.
    if _surroundings(territory).covers(shown):
        return None
    points = [shapely.Point(x, y) for x, y in shapely.get_coordinates(shown)]
    farthest = max(points, key=land.distance)
    if land.distance(farthest) <= ALLOWED_DEGREES:
        return None
    return farthest.x, farthest.y, _km(shapely.shortest_line(farthest, land))


def _km(line: BaseGeometry) -> int:
    (x1, y1), (x2, y2) = shapely.get_coordinates(line)
    east = (x2 - x1) * cos(radians((y1 + y2) / 2))
    return round(hypot(east, y2 - y1) * _KM_PER_DEGREE)


@lru_cache(maxsize=128)
def _land(territory: tuple[str, ...]) -> BaseGeometry:
    """Return the geometries of a province as one; all provinces of a day are kept."""
    land = shapely.GeometryCollection([_shape(text) for text in territory])
    shapely.prepare(land)
    return land


@lru_cache(maxsize=128)
def _surroundings(territory: tuple[str, ...]) -> BaseGeometry:
    """Return all that lies near enough, less slivers at round corners."""
    near = _land(territory).buffer(ALLOWED_DEGREES)
    shapely.prepare(near)
    return near


def _shape(text: str) -> BaseGeometry:
    geometry: dict[str, object] = json.loads(text)
    return shape(geometry)


def _finding(facts: ProvinceFacts, site: SubjectFacts, far: tuple[float, float, int]) -> Finding:
    longitude, latitude, km = far
    distance, province = amount(Decimal(km), "km"), facts.province.label
    where = f"[{longitude}, {latitude}]"
    text = Text(
        f"{site.name}: vị trí {where} nằm ngoài {province} khoảng {distance.vi}; cần xem lại tọa "
        "độ, hoặc tỉnh.",
        f"{site.name}: its position {where} lies about {distance.en} outside {province}; the "
        "coordinates or the province should be looked at.",
    )
    numbers = (Number("distance", Decimal(km), "km"),)
    behind = site.behind("geometry", *UNIT_LEVELS)
    law = RESOLUTION_15_2008
    return of_subject(facts, site, _CODE, Severity.warning, numbers, behind, text, law)


GEOMETRY_OUTSIDE_PROVINCE = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Tọa độ nằm ngoài tỉnh",
    title_en="A geometry lies outside the province",
    basis=(
        "A site lies in its province. The outlines are generalised, so each position of a geometry "
        "may lie up to 0.2 degrees (about 22 km) outside them, or as far from the point of a "
        "commune of the province; Hoàng Sa and Trường Sa are in theirs. They hold since Hà Nội was "
        "enlarged by resolution 15/2008/QH12."
    ),
    needs=("sites", "territory"),
    find=_find,
    laws=(RESOLUTION_15_2008,),
    alone=True,
)
