"""Small maps: where in the outline of its province a site is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import loads
from math import cos, radians
from typing import Any

import svg
from markupsafe import Markup

from app.core.geometry import Box
from app.pages.charts import drawing
from app.pages.charts.scales import Scale

_SIZE = 240
_MARGIN = 8
_INSET = (0, 30)
Rings = Sequence[Sequence[tuple[float, float]]]
"""Closed lines of longitudes and latitudes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is: GeoJSON text; ``exact`` is false for the point of its commune."""

    geometry: str
    exact: bool


@dataclass(frozen=True, slots=True)
class _Projection:
    """Degrees to pixels; a degree of longitude is shorter the farther north it is."""

    x: Scale
    y: Scale
    width: float
    height: float

    @classmethod
    def of(cls, box: Box) -> "_Projection":
        west, south, east, north = map(float, box)
        across = (east - west) * cos(radians((south + north) / 2))
        scale = (_SIZE - 2 * _MARGIN) / max(across, north - south)
        width, height = across * scale, (north - south) * scale
        return cls(
            Scale(west, east, _MARGIN, _MARGIN + width),
            Scale(south, north, _MARGIN + height, _MARGIN),
            width + 2 * _MARGIN,
            height + 2 * _MARGIN,
        )

    def shape(self, rings: Rings) -> Iterator[svg.PathData]:
        """Yield the commands that draw closed lines; points on one pixel are drawn once."""
        for ring in rings:
            places = dict.fromkeys((self.x(lon), self.y(lat)) for lon, lat in ring)
            first, *others = places
            yield svg.M(*first)
            yield from (svg.L(*place) for place in others)
            yield svg.Z()


def locator(outline: tuple[str, Box], place: Place | None, title: str, inset: str = "") -> Markup:
    """Draw the outline of a province with the place of a site in it.

    ``inset`` names what belongs to the province and lies far out at sea; every map of it says so.
    """
    geometry, box = outline
    projection = _Projection.of(box)
    elements: list[svg.Element] = [drawing.path(list(projection.shape(_rings(geometry))), "land")]
    if place:
        elements += _marks(projection, place)
    height = projection.height
    width = projection.width
    if inset:
        width = max(width, drawing.width_of(inset) + 24)
        elements += _inset(height, inset)
        height += _INSET[1]
    return drawing.drawn((width, height), elements, "locator", title=title)


def _marks(projection: _Projection, place: Place) -> Iterable[svg.Element]:
    geometry = loads(place.geometry)
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"]
        name = "exact" if place.exact else "near"
        yield drawing.dot(projection.x(lon), projection.y(lat), 6, "site", name)
        return
    yield drawing.path(list(projection.shape(_rings(place.geometry))), "site", "exact")
    lon, lat = _rings(place.geometry)[0][0]
    yield drawing.dot(projection.x(lon), projection.y(lat), 9, "site", "around")


def _inset(y: float, words: str) -> Iterable[svg.Element]:
    width = drawing.width_of(words) + 22
    yield drawing.box(1, y + 4, (width, _INSET[1] - 8), "inset")
    yield drawing.dot(10, y + _INSET[1] / 2, 3, "land")
    yield drawing.text(18, y + _INSET[1] / 2 + 4, words, "tick")


@lru_cache(maxsize=128)
def _rings(geometry: str) -> Rings:
    """Return the lines of a polygon or of several, in one list."""
    shape: dict[str, Any] = loads(geometry)
    polygons = shape["coordinates"]
    if shape["type"] == "Polygon":
        polygons = [polygons]
    return [[(lon, lat) for lon, lat, *_ in ring] for polygon in polygons for ring in polygon]
