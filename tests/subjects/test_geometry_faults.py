"""What is wrong with a geometry is told with the ring or position that is wrong."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from app.subjects.geometry_faults import geometry_faults

SQUARE = [[105, 21], [106, 21], [106, 22], [105, 22], [105, 21]]
HOLE = [[105.2, 21.2], [105.4, 21.2], [105.4, 21.4], [105.2, 21.4], [105.2, 21.2]]
OTHER_HOLE = [[105.6, 21.6], [105.8, 21.6], [105.8, 21.8], [105.6, 21.8], [105.6, 21.6]]
BESIDE = [[106, 21], [107, 21], [107, 22], [106, 22], [106, 21]]
FAR = [[107.5, 21], [108, 21], [108, 22], [107.5, 22], [107.5, 21]]


def decimals(content: Any) -> Any:
    if isinstance(content, list | tuple):
        return [decimals(part) for part in content]
    return Decimal(str(content))


def faults(kind: str, coordinates: Any) -> list[tuple[str, str]]:
    found = geometry_faults({"type": kind, "coordinates": decimals(coordinates)})
    return [(fault.pointer, str(fault.detail)) for fault in found]


def moved(ring: Any, by: float) -> Any:
    return [[longitude + by, latitude] for longitude, latitude in ring]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", [105.8, 22.1]),
        ("Polygon", [SQUARE]),
        ("Polygon", [SQUARE[::-1]]),
        ("Polygon", [SQUARE, HOLE]),
        ("Polygon", [SQUARE, HOLE, OTHER_HOLE]),
        ("Polygon", [[SQUARE[0], SQUARE[0], *SQUARE[1:]]]),
        ("MultiPolygon", [[SQUARE, HOLE], [FAR]]),
        # Parts may touch each other, and one may lie in the hole of another.
        ("MultiPolygon", [[SQUARE], [BESIDE]]),
        (
            "MultiPolygon",
            [[SQUARE, HOLE], [[[105.3, 21.3], [105.35, 21.3], [105.3, 21.35], [105.3, 21.3]]]],
        ),
    ],
)
def test_what_is_right(kind: str, coordinates: Any) -> None:
    assert faults(kind, coordinates) == []


@pytest.mark.parametrize(
    ("kind", "coordinates", "pointer", "hint"),
    [
        ("Point", [22.1, 105.8], "/coordinates", "these look swapped: [22.1, 105.8]"),
        ("Point", [2.35, 48.85], "/coordinates", "outside Vietnam"),
        ("Point", [0, 0], "/coordinates", "outside Vietnam"),
        ("Polygon", [[*SQUARE[:2], [22, 106], *SQUARE[3:]]], "/coordinates/0/2", "swapped"),
        ("MultiPolygon", [[SQUARE], [FAR, moved(FAR, 20)]], "/coordinates/1/1/0", "outside"),
        ("Polygon", [SQUARE[:3]], "/coordinates/0", "at least 4 positions; this has 3"),
        ("Polygon", [SQUARE[:4]], "/coordinates/0/3", "not closed"),
        ("Polygon", [SQUARE, HOLE[:4]], "/coordinates/1/3", "not closed"),
        ("MultiPolygon", [[SQUARE], [FAR[:4]]], "/coordinates/1/0/3", "not closed"),
        ("Polygon", [[[105, 21], [106, 22], [107, 23], [105, 21]]], "/coordinates/0", "one line"),
        ("Polygon", [[[105, 21]] * 4], "/coordinates/0", "one line"),
        # A bow tie crosses itself in its middle.
        (
            "Polygon",
            [[[105, 21], [106, 22], [106, 21], [105, 22], [105, 21]]],
            "/coordinates/0",
            "crosses or touches itself: self-intersection at [105.5, 21.5]",
        ),
        # An eight comes through its waist twice, the second time at its fifth position.
        (
            "Polygon",
            [[[105, 21], [105.5, 21.5], [105, 22], [106, 22], [105.5, 21.5], [106, 21], [105, 21]]],
            "/coordinates/0/4",
            "crosses or touches itself",
        ),
        ("Polygon", [SQUARE, FAR], "/coordinates/1", "does not lie inside the outer ring"),
        ("Polygon", [SQUARE, HOLE, HOLE], "/coordinates/2", "overlaps the one at /coordinates/1"),
        ("Polygon", [SQUARE, SQUARE], "/coordinates", "do not bound one area"),
        (
            "MultiPolygon",
            [[FAR], [SQUARE], [moved(SQUARE, 0.5)]],
            "/coordinates/2",
            "overlaps the one at /coordinates/1",
        ),
    ],
)
def test_what_is_wrong(kind: str, coordinates: Any, pointer: str, hint: str) -> None:
    found = faults(kind, coordinates)
    assert found[0][0] == pointer
    assert hint in found[0][1]


def test_every_fault_is_told_up_to_twenty() -> None:
    assert [pointer for pointer, _ in faults("Polygon", [SQUARE[:4], HOLE[:3]])] == [
        "/coordinates/0/3",
        "/coordinates/1",
    ]
    assert len(faults("Polygon", [[[21, 105]] * 50])) == 20


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7))
def test_a_ring_is_right_where_shapely_says_it_is_valid(corners: list[tuple[int, int]]) -> None:
    # Eighths of a degree are exact as floats, as whole numbers are: rounding decides nothing.
    ring = [(105 + x / 8, 21 + y / 8) for x, y in corners]
    ring.append(ring[0])
    assert (faults("Polygon", [ring]) == []) == Polygon([*corners, corners[0]]).is_valid
