"""The faults of a geometry: where it lies, and whether its rings bound an area."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import NamedTuple

from shapely import LinearRing, MultiPolygon, Polygon
from shapely.validation import explain_validity

from app.core.geometry import VIETNAM, Degrees, Geometry, doubled_area, is_inside, positions
from app.core.messages import Message, Template, foreign

FEWEST_POSITIONS = 4
"""A ring of fewer positions, the last of which repeats the first, bounds no area."""
_MOST_FAULTS = 20
_SWAPPED = Template(
    "geometry.swapped",
    "these look swapped: [{longitude}, {latitude}] would lie in Vietnam as "
    "[{latitude}, {longitude}]; write the longitude first.",
)
_OUTSIDE = Template(
    "geometry.outside",
    "[{longitude}, {latitude}] lies outside Vietnam: longitudes are {west} to {east}, "
    "latitudes {south} to {north} (WGS 84, longitude first).",
)
_TOO_SHORT = Template(
    "geometry.too-short", "a ring has at least {fewest} positions; this has {count}."
)
_NOT_CLOSED = Template(
    "geometry.not-closed",
    "the ring is not closed: its last position must be the same as its first.",
)
_NO_AREA = Template("geometry.no-area", "the rings do not bound one area: {fault}.")
_LINE = Template("geometry.line", "the ring bounds no area: its positions lie on one line.")
_CROSSES_ITSELF = Template(
    "geometry.crosses-itself", "the ring crosses or touches itself: {fault}."
)
_HOLE_OUTSIDE = Template(
    "geometry.hole-outside",
    "this hole does not lie inside the outer ring, the first of the polygon.",
)
_HOLES_OVERLAP = Template("geometry.holes-overlap", "this hole overlaps the one at {pointer}.")
_POLYGONS_OVERLAP = Template(
    "geometry.polygons-overlap", "this polygon overlaps the one at {pointer}."
)


class GeometryFault(NamedTuple):
    """A fault, and the JSON pointer to its place within the geometry."""

    pointer: str
    detail: Message


def geometry_faults(geometry: Geometry) -> list[GeometryFault]:
    """Return the faults of a geometry of decimals, at most twenty; none if it is right.

    Whether rings cross is checked once all of them are closed and in the country: otherwise the
    one fault would be reported many times.
    """
    polygons = list(_polygons(geometry))
    checks = (
        _misplaced(geometry),
        (fault for pointer, rings in polygons for fault in _unclosed(pointer, rings)),
        (fault for pointer, rings in polygons for fault in _crossing(pointer, rings)),
        _overlapping(polygons),
    )
    faults = (list(islice(check, _MOST_FAULTS)) for check in checks)
    return next(filter(None, faults), [])


def _misplaced(geometry: Geometry) -> Iterator[GeometryFault]:
    for pointer, position in positions(geometry):
        if not is_inside(position, VIETNAM):
            yield GeometryFault(pointer, _misplacement(position))


def _misplacement(position: Degrees) -> Message:
    longitude, latitude = position
    if is_inside((latitude, longitude), VIETNAM):
        return _SWAPPED(longitude=longitude, latitude=latitude)
    return _OUTSIDE(longitude=longitude, latitude=latitude, **VIETNAM._asdict())


Ring = Sequence[Degrees]
Rings = Sequence[Ring]


def _polygons(geometry: Geometry) -> Iterator[tuple[str, Rings]]:
    if geometry["type"] == "Polygon":
        yield "/coordinates", geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for place, rings in enumerate(geometry["coordinates"]):
            yield f"/coordinates/{place}", rings


def _unclosed(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    for place, ring in enumerate(rings):
        here = f"{pointer}/{place}"
        if len(ring) < FEWEST_POSITIONS:
            yield GeometryFault(here, _TOO_SHORT(fewest=FEWEST_POSITIONS, count=len(ring)))
        elif tuple(ring[0]) != tuple(ring[-1]):
            yield GeometryFault(f"{here}/{len(ring) - 1}", _NOT_CLOSED())


def _crossing(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    """Yield the faults of the rings of a polygon, each by itself and then together."""
    whole = _polygon(rings)
    if whole.is_valid and all(map(doubled_area, rings)):
        return
    broken = [fault for place, ring in enumerate(rings) for fault in _ring(pointer, place, ring)]
    holes = [] if broken else list(_holes(pointer, rings))
    yield from broken or holes or [GeometryFault(pointer, _NO_AREA(fault=_explained(whole)))]


def _ring(pointer: str, place: int, ring: Ring) -> Iterator[GeometryFault]:
    here = f"{pointer}/{place}"
    if _is_line(ring):
        yield GeometryFault(here, _LINE())
    elif not LinearRing(_floats(ring)).is_simple:
        detail = _CROSSES_ITSELF(fault=_explained(_polygon([ring])))
        repeated = _repeated(ring)
        yield GeometryFault(here if repeated is None else f"{here}/{repeated}", detail)


def _is_line(ring: Ring) -> bool:
    """Return whether all positions lie on one line; exactly, since floats make slivers of lines."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    far = max(moved, key=lambda position: abs(position[0]) + abs(position[1]))
    return all(x * far[1] == y * far[0] for x, y in moved)


def _holes(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    outer, *holes = [_polygon([ring]) for ring in rings]
    for place, hole in enumerate(holes, start=1):
        if not outer.covers(hole):
            yield GeometryFault(f"{pointer}/{place}", _HOLE_OUTSIDE())
    for (one, first), (other, second) in combinations(enumerate(holes, start=1), 2):
        if first.intersection(second).area:
            overlap = _HOLES_OVERLAP(pointer=f"{pointer}/{one}")
            yield GeometryFault(f"{pointer}/{other}", overlap)


def _overlapping(polygons: Sequence[tuple[str, Rings]]) -> Iterator[GeometryFault]:
    """Yield the polygons that overlap; they may touch each other."""
    shapes = [(pointer, _polygon(rings)) for pointer, rings in polygons]
    if MultiPolygon([shape for _, shape in shapes]).is_valid:
        return
    for (one, first), (other, second) in combinations(shapes, 2):
        if first.intersection(second).area:
            yield GeometryFault(other, _POLYGONS_OVERLAP(pointer=one))


def _polygon(rings: Rings) -> Polygon:
    outer, *holes = map(_floats, rings)
    return Polygon(outer, holes)


def _floats(ring: Ring) -> list[tuple[float, float]]:
    # To seven decimals, different positions stay different as binary fractions.
    return [(float(longitude), float(latitude)) for longitude, latitude in ring]


def _repeated(ring: Ring) -> int | None:
    """Return the place of a position that the ring visits a second time before its end."""
    seen: set[Degrees] = set()
    before: Degrees | None = None
    for place, (longitude, latitude) in enumerate(ring[:-1]):
        position = (longitude, latitude)
        if position in seen and position != before:
            return place
        seen.add(position)
        before = position
    return None


def _explained(polygon: Polygon) -> Message:
    """Return the reason that shapely gives, as in ``Self-intersection[105.5 21.5]``."""
    reason, _, place = explain_validity(polygon).partition("[")
    text = reason.lower()
    at = f"{text} at [{place.rstrip(']').replace(' ', ', ')}]" if place else text
    return foreign(f"shapely.{text.replace(' ', '-')}", at)
