"""One text for each geometry, the box around it, and boxes of queries."""

import json
from decimal import Decimal
from typing import Any

import geojson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry import shape

from app.core.geometry import (
    VIETNAM,
    Box,
    box_of,
    geometry_text,
    is_inside,
    read_box,
    read_geometry,
    to_degrees,
    to_ten_millionths,
)


def decimals(content: Any) -> Any:
    """Turn coordinates written as text into decimals."""
    return Decimal(content) if isinstance(content, str) else [decimals(part) for part in content]


def square(west: str, south: str, east: str, north: str) -> Any:
    """Return a ring, counterclockwise from the south-west."""
    return decimals([[west, south], [east, south], [east, north], [west, north], [west, south]])


OUTER = square("105", "21", "106", "22")
HOLE = square("105.2", "21.2", "105.4", "21.4")


def test_decimals_are_written_as_short_as_they_can_be() -> None:
    point = {"type": "Point", "coordinates": decimals(["105.8000000", "2.2E+1"])}
    assert geometry_text(point) == '{"type":"Point","coordinates":[105.8,22]}'


def test_rings_are_turned_as_the_standard_has_them() -> None:
    right = [OUTER, HOLE[::-1]]
    expected = (
        '{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[105,22],[105,21]],'
        "[[105.2,21.2],[105.2,21.4],[105.4,21.4],[105.4,21.2],[105.2,21.2]]]}"
    )
    for outer in (OUTER, OUTER[::-1]):
        for hole in (HOLE, HOLE[::-1]):
            assert geometry_text({"type": "Polygon", "coordinates": [outer, hole]}) == expected
    parts = {"type": "MultiPolygon", "coordinates": [[OUTER[::-1], HOLE]]}
    assert read_geometry(geometry_text(parts))["coordinates"] == [right]


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000_000), st.integers(0, 10_000_000)),
        min_size=3,
        max_size=8,
        unique=True,
    )
)
def test_what_is_written_is_geojson_that_other_libraries_take(
    corners: list[tuple[int, int]],
) -> None:
    ring = [(105 + to_degrees(x), 21 + to_degrees(y)) for x, y in corners]
    ring.append(ring[0])
    text = geometry_text({"type": "Polygon", "coordinates": [ring]})
    assert geojson.loads(text).is_valid
    read = shape(json.loads(text))
    # Where a ring crosses itself or bounds nothing, its direction says nothing.
    assert isinstance(read, Polygon)
    if read.is_valid and read.area:
        assert read.exterior.is_ccw
    assert set(read.exterior.coords) == {(float(x), float(y)) for x, y in ring}
    assert geometry_text(read_geometry(text)) == text
    assert tuple(map(float, box_of(text))) == read.bounds
    backwards = geometry_text({"type": "Polygon", "coordinates": [ring[::-1]]})
    assert shape(json.loads(backwards)).equals(read) or not read.is_valid


def test_boxes() -> None:
    point = geometry_text({"type": "Point", "coordinates": decimals(["105.8", "22.1"])})
    assert box_of(point) == Box(*decimals(["105.8", "22.1", "105.8", "22.1"]))
    both = [[OUTER], [square("107", "20.5", "107.5", "20.75")]]
    text = geometry_text({"type": "MultiPolygon", "coordinates": both})
    assert box_of(text) == Box(*decimals(["105", "20.5", "107.5", "22"]))


def test_degrees_are_kept_to_ten_millionths() -> None:
    assert to_ten_millionths(Decimal("105.1234567")) == 1_051_234_567
    assert to_degrees(1_051_234_567) == Decimal("105.1234567")
    assert to_ten_millionths(Decimal("-0.0000001")) == -1
    with pytest.raises(ValueError, match="7 decimals"):
        to_ten_millionths(Decimal("105.12345678"))


@pytest.mark.parametrize(
    "place",
    [
        ("105.85", "21.03"),  # Hà Nội
        ("102.14", "22.4"),  # A Pa Chải, in the west
        ("104.83", "8.56"),  # Cape Cà Mau
        ("105.32", "23.39"),  # Lũng Cú, in the north
        ("112.34", "16.83"),  # Phú Lâm, Hoàng Sa
        ("111.92", "8.65"),  # Trường Sa Lớn
        ("117.3", "6.9"),  # the far reefs of Trường Sa
    ],
)
def test_all_of_vietnam_is_inside(place: tuple[str, str]) -> None:
    assert is_inside((Decimal(place[0]), Decimal(place[1])), VIETNAM)


def test_boxes_of_queries() -> None:
    assert read_box("105.4,21.9,106.3,22.8") == Box(*decimals(["105.4", "21.9", "106.3", "22.8"]))
    assert read_box("-180,-90,180,90") == Box(*map(Decimal, (-180, -90, 180, 90)))
    assert read_box("105,21,105,21").west == 105


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("105,21,106", "four numbers"),
        ("105,21,106,22,23", "four numbers"),
        ("105, 21, 106, 22", "four numbers"),
        ("a,b,c,d", "four numbers"),
        ("1e2,21,106,22", "four numbers"),
        ("１０５,21,106,22", "four numbers"),
        ("106,21,105,22", "first corner"),
        ("105,22,106,21", "first corner"),
        ("21,105,22,106", "longitude first"),
        ("105,21,181,22", "longitude first"),
    ],
)
def test_what_is_no_box(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        read_box(text)
