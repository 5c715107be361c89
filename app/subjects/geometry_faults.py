"""What is wrong with a geometry: where it lies, and whether its rings bound an area."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Any, NamedTuple

from shapely import LinearRing, MultiPolygon, Polygon
from shapely.validation import explain_validity

from app.core.geometry import VIETNAM, Degrees, doubled_area, is_inside, positions

FEWEST_POSITIONS = 4
"""A ring of fewer positions, the last of which repeats the first, bounds no area."""
_MOST_TOLD = 20


class GeometryFault(NamedTuple):
    """What is wrong, and the JSON pointer to it within the geometry."""

    pointer: str
    detail: str


def geometry_faults(geometry: Mapping[str, Any]) -> list[GeometryFault]:
    """Return what is wrong with a geometry of decimals, at most twenty faults; none if it is right.

    Whether rings cross is looked at where all of them are closed and in the country: otherwise
    the one fault would be told many times.
    """
    misplaced = list(islice(_misplaced(geometry), _MOST_TOLD))
    if misplaced:
        return misplaced
    polygons = list(_polygons(geometry))
    for look in (_unclosed, _crossing):
        looked = (fault for pointer, rings in polygons for fault in look(pointer, rings))
        found = list(islice(looked, _MOST_TOLD))
        if found:
            return found
    return list(islice(_overlapping(polygons), _MOST_TOLD))


def _misplaced(geometry: Mapping[str, Any]) -> Iterator[GeometryFault]:
    for pointer, position in positions(geometry):
        if not is_inside(position, VIETNAM):
            yield GeometryFault(pointer, _where(position))


def _where(position: Degrees) -> str:
    longitude, latitude = position
    if is_inside((latitude, longitude), VIETNAM):
        return (
            f"these look swapped: [{longitude}, {latitude}] would lie in Vietnam as "
            f"[{latitude}, {longitude}]; write the longitude first."
        )
    west, south, east, north = VIETNAM
    return (
        f"[{longitude}, {latitude}] lies outside Vietnam: longitudes are {west} to {east}, "
        f"latitudes {south} to {north} (WGS 84, longitude first)."
    )


Ring = Sequence[Degrees]
Rings = Sequence[Ring]


def _polygons(geometry: Mapping[str, Any]) -> Iterator[tuple[str, Rings]]:
    if geometry["type"] == "Polygon":
        yield "/coordinates", geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for place, rings in enumerate(geometry["coordinates"]):
            yield f"/coordinates/{place}", rings


def _unclosed(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    for place, ring in enumerate(rings):
        here = f"{pointer}/{place}"
        if len(ring) < FEWEST_POSITIONS:
            detail = f"a ring has at least {FEWEST_POSITIONS} positions; this has {len(ring)}."
            yield GeometryFault(here, detail)
        elif tuple(ring[0]) != tuple(ring[-1]):
            detail = "the ring is not closed: its last position must be the same as its first."
            yield GeometryFault(f"{here}/{len(ring) - 1}", detail)


def _crossing(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    """Yield what is wrong with the rings of a polygon, each by itself and then together."""
    whole = _polygon(rings)
    if whole.is_valid and all(map(doubled_area, rings)):
        return
    broken = [fault for place, ring in enumerate(rings) for fault in _ring(pointer, place, ring)]
    holes = [] if broken else list(_holes(pointer, rings))
    explained = f"the rings do not bound one area: {_explained(whole)}."
    yield from broken or holes or [GeometryFault(pointer, explained)]


def _ring(pointer: str, place: int, ring: Ring) -> Iterator[GeometryFault]:
    here = f"{pointer}/{place}"
    if _is_line(ring):
        yield GeometryFault(here, "the ring bounds no area: its positions lie on one line.")
    elif not LinearRing(_floats(ring)).is_simple:
        detail = f"the ring crosses or touches itself: {_explained(_polygon([ring]))}."
        repeated = _repeated(ring)
        yield GeometryFault(here if repeated is None else f"{here}/{repeated}", detail)


def _is_line(ring: Ring) -> bool:
    """Tell whether all positions lie on one line; exactly, since floats make slivers of lines."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    far = max(moved, key=lambda position: abs(position[0]) + abs(position[1]))
    return all(x * far[1] == y * far[0] for x, y in moved)


def _holes(pointer: str, rings: Rings) -> Iterator[GeometryFault]:
    outer, *holes = [_polygon([ring]) for ring in rings]
    for place, hole in enumerate(holes, start=1):
        if not outer.covers(hole):
            detail = "this hole does not lie inside the outer ring, the first of the polygon."
            yield GeometryFault(f"{pointer}/{place}", detail)
    for (one, first), (other, second) in combinations(enumerate(holes, start=1), 2):
        if first.intersection(second).area:
            yield GeometryFault(
                f"{pointer}/{other}", f"this hole overlaps the one at {pointer}/{one}."
            )


def _overlapping(polygons: Sequence[tuple[str, Rings]]) -> Iterator[GeometryFault]:
    """Yield which polygons overlap; they may touch each other."""
    shapes = [(pointer, _polygon(rings)) for pointer, rings in polygons]
    if MultiPolygon([shape for _, shape in shapes]).is_valid:
        return
    for (one, first), (other, second) in combinations(shapes, 2):
        if first.intersection(second).area:
            yield GeometryFault(other, f"this polygon overlaps the one at {one}.")


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


def _explained(polygon: Polygon) -> str:
    """Return what shapely says, as in ``Self-intersection[105.5 21.5]``."""
    what, _, where = explain_validity(polygon).partition("[")
    return f"{what.lower()} at [{where.rstrip(']').replace(' ', ', ')}]" if where else what.lower()
