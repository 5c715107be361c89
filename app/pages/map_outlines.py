"""The provinces as the map draws them: outlines, names over time, and where labels stand."""

import json
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from shapely import MultiPolygon, Point, Polygon, maximum_inscribed_circle, set_precision
from shapely.geometry import mapping, shape

from app.core.digest import JsonObject
from app.units.outlines import ARCHIPELAGOS, MERGER, Outline, archipelago, outlines_on
from app.units.units import UnitLevel, Units

# About a hundred metres: the outlines are generalised far more than that.
_GRID_DEGREES = 0.001
# How near a label comes to the middle of the widest part of its province.
_NEAR_DEGREES = 0.01
_ERAS = (MERGER - timedelta(days=1), MERGER)


def province_shapes(units: Units) -> JsonObject:
    """Return the outlines before and since the merger, all names of provinces, the archipelagos.

    Outlines are by code, those before the merger first; ``until`` is the day on which the former
    end. An archipelago is a point with the code of its province, since it has no outline.
    """
    return {
        "until": MERGER.isoformat(),
        "outlines": [_features(day) for day in _ERAS],
        "names": [
            {"code": unit.code, "name": unit.name, "from": unit.valid_from, "to": unit.valid_to}
            for unit in units
            if unit.level is UnitLevel.province
        ],
        "archipelagos": [
            {"id": label.id, "name": label.name, "province": label.province_code, "point": point}
            for label in ARCHIPELAGOS
            if (point := _point(archipelago(label, units))) is not None
        ],
    }


@cache
def _features(day: date) -> JsonObject:
    """Return the outlines of the provinces of a day; it takes some tenths of a second once."""
    outlines = outlines_on(day).items()
    features = [_feature(code, outline) for code, outline in sorted(outlines)]
    return {"type": "FeatureCollection", "features": features}


def _feature(code: str, outline: Outline) -> JsonObject:
    whole = cast("Polygon | MultiPolygon", shape(json.loads(outline.geometry)))
    middle = maximum_inscribed_circle(whole, tolerance=_NEAR_DEGREES)
    label = _position(Point(middle.coords[0]))
    drawn = mapping(set_precision(whole, _GRID_DEGREES))
    geometry = {**drawn, "coordinates": _rounded(drawn["coordinates"])}
    properties = {"code": code, "label": label}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _position(point: Point) -> list[float]:
    return [round(point.x, 3), round(point.y, 3)]


def _rounded(coordinates: Any) -> Any:
    """Return coordinates without the digits that arithmetic in binary adds."""
    if isinstance(coordinates, float):
        return round(coordinates, 3)
    return [_rounded(one) for one in coordinates]


def _point(outline: Outline | None) -> list[float] | None:
    return None if outline is None else [float(outline.box.west), float(outline.box.south)]
