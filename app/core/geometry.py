"""Geometries of sites: their canonical text, their bounding boxes, and boxes in queries.

A geometry is a GeoJSON geometry (RFC 7946): a Point, Polygon or MultiPolygon in WGS 84, longitude
before latitude, with at most seven decimals of a degree (about a centimetre). Inside the service
it is text: JSON in one canonical form, so that it is compared, digested and shown without parsing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from app.core.messages import MessageError, Template

Degrees = tuple[Decimal, Decimal]
"""Longitude and latitude."""
Coordinates = Any
"""Positions, nested as the type of their geometry has them."""
Geometry = Mapping[str, Coordinates]
"""A GeoJSON geometry: its ``type``, and its ``coordinates`` as decimals."""
DECIMALS = 7
_STEP = Decimal(1).scaleb(-DECIMALS)
_TOO_FINE = Template("geometry.too-fine", "at most {decimals} decimals of a degree can be kept")
_NO_BOX = Template(
    "geometry.no-box",
    "write four numbers, minLon,minLat,maxLon,maxLat, as in 105.4,21.9,106.3,22.8",
)
_REVERSED = Template(
    "geometry.reversed-box",
    "the first corner lies beyond the second: write minLon,minLat,maxLon,maxLat",
)
_NOT_ON_EARTH = Template(
    "geometry.not-on-earth",
    "longitudes are -180 to 180, latitudes -90 to 90; write the longitude first",
)


class Box(NamedTuple):
    """The box around something, in degrees, named as RFC 7946 does."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal


_WORLD = Box(Decimal(-180), Decimal(-90), Decimal(180), Decimal(90))
_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"
BOX_PATTERN = f"^{_NUMBER}(,{_NUMBER}){{3}}$"
"""Four numbers with commas between."""
VIETNAM = Box(Decimal(102), Decimal(6), Decimal(118), Decimal(24))
"""Every place of the country lies in this box, Hoàng Sa and Trường Sa included.

The mainland and its islands reach from 102.1 to 109.5 degrees east and from 8.4 to 23.4 degrees
north; the archipelagos reach to about 117.5 degrees east and 6.5 degrees north.
"""


def to_ten_millionths(degrees: Decimal) -> int:
    """Return degrees as a whole number of ten-millionths; ``MessageError`` if they are finer."""
    scaled = degrees.scaleb(DECIMALS)
    if scaled != scaled.to_integral_value():
        raise MessageError(_TOO_FINE(decimals=DECIMALS))
    return int(scaled)


def to_degrees(ten_millionths: int) -> Decimal:
    """Return ten-millionths of a degree as degrees."""
    return Decimal(ten_millionths) * _STEP


def geometry_text(geometry: Geometry) -> str:
    """Write a geometry in its canonical form: type first, no blanks, no trailing zeros.

    Coordinates are decimals. Rings are wound as RFC 7946 requires, outer ones counterclockwise
    and holes clockwise, so that the same outline is the same text however it was drawn.
    """
    kind = geometry["type"]
    coordinates = _turned(kind, geometry["coordinates"])
    return f'{{"type":{json.dumps(kind)},"coordinates":{_written(coordinates)}}}'


def _written(coordinates: Coordinates) -> str:
    if isinstance(coordinates, Decimal):
        text = f"{coordinates:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"[{','.join(map(_written, coordinates))}]"


def read_geometry(text: str) -> Geometry:
    """Return a geometry parsed from JSON."""
    geometry: Geometry = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return geometry


def _turned(kind: str, coordinates: Coordinates) -> Coordinates:
    if kind == "Polygon":
        return [_as_turned(ring, is_hole=bool(place)) for place, ring in enumerate(coordinates)]
    if kind == "MultiPolygon":
        return [_turned("Polygon", polygon) for polygon in coordinates]
    return coordinates


def _as_turned(ring: Sequence[Degrees], *, is_hole: bool) -> Sequence[Degrees]:
    area = doubled_area(ring)
    is_wrong = area > 0 if is_hole else area < 0
    return ring[::-1] if is_wrong else ring


def doubled_area(ring: Sequence[Degrees]) -> Decimal:
    """Return twice the area within a ring, in square degrees; negative if it is clockwise."""
    # Relative to the first position the products have few digits, so that decimals stay exact.
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    pairs = pairwise(moved)
    return sum((ax * by - bx * ay for (ax, ay), (bx, by) in pairs), Decimal(0))


def positions(geometry: Geometry) -> Iterator[tuple[str, Degrees]]:
    """Yield every position with its JSON pointer within the geometry."""
    yield from _positions(geometry["coordinates"], "/coordinates")


def _positions(coordinates: Coordinates, pointer: str) -> Iterator[tuple[str, Degrees]]:
    if isinstance(coordinates[0], Decimal):
        yield pointer, (coordinates[0], coordinates[1])
        return
    for place, part in enumerate(coordinates):
        yield from _positions(part, f"{pointer}/{place}")


def box_of(text: str) -> Box:
    """Return the box around a geometry."""
    found = [position for _, position in positions(read_geometry(text))]
    longitudes, latitudes = zip(*found, strict=True)
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def read_box(text: str) -> Box:
    """Read ``minLon,minLat,maxLon,maxLat``; ``MessageError`` says what would fit."""
    if not re.fullmatch(BOX_PATTERN, text):
        raise MessageError(_NO_BOX())
    box = Box(*(Decimal(part).quantize(_STEP) for part in text.split(",")))
    if not (box.west <= box.east and box.south <= box.north):
        raise MessageError(_REVERSED())
    if not (is_inside(box[:2], _WORLD) and is_inside(box[2:], _WORLD)):
        raise MessageError(_NOT_ON_EARTH())
    return box


def is_inside(position: Degrees, box: Box) -> bool:
    """Return whether a position lies in a box, edges included."""
    longitude, latitude = position
    return box.west <= longitude <= box.east and box.south <= latitude <= box.north
