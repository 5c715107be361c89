"""Outlines of the provinces, which come with the program: for display, not survey data."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from app.core.geometry import Box, box_of, geometry_text
from app.units.units import UnitLevel, Units

MERGER = date(2025, 7, 1)
"""From this day on there are 34 provinces instead of 63, and no districts."""
_BEFORE, _SINCE = "provinces-before-2025-07-01.geojson", "provinces-since-2025-07-01.geojson"


class Outline(NamedTuple):
    """A geometry as text, and its bounding box."""

    geometry: str
    box: Box


class Label(NamedTuple):
    """A part of the country that the outlines leave out and every map must name."""

    id: str
    name: str
    province_code: str
    commune_code: str
    box: Box


def _box(*degrees: str) -> Box:
    return Box(*map(Decimal, degrees))


ARCHIPELAGOS = (
    Label(
        "quan-dao-hoang-sa",
        "Quần đảo Hoàng Sa (Việt Nam)",
        "48",
        "20333",
        _box("111", "15.5", "113", "17.5"),
    ),
    Label(
        "quan-dao-truong-sa",
        "Quần đảo Trường Sa (Việt Nam)",
        "56",
        "22736",
        _box("111", "6", "118", "12.5"),
    ),
)
"""Each is shown at the point of its special zone (đặc khu); all its islands lie in its box."""


def outlines_on(day: date) -> dict[str, Outline]:
    """Return the outlines of the provinces that existed on a day, by code."""
    return _read(_BEFORE if day < MERGER else _SINCE)


@cache
def _read(name: str) -> dict[str, Outline]:
    text = files("app").joinpath("data", name).read_text(encoding="utf-8")
    collection = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    geometries = {f["id"]: geometry_text(f["geometry"]) for f in collection["features"]}
    return {code: Outline(geometry, box_of(geometry)) for code, geometry in geometries.items()}


def archipelago(label: Label, units: Units) -> Outline | None:
    """Return the point of an archipelago, ``None`` if the units have none."""
    point = units.point_of(UnitLevel.commune, label.commune_code, MERGER)
    if point is None:
        return None
    return Outline(geometry_text({"type": "Point", "coordinates": point}), Box(*point, *point))
