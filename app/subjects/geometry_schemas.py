"""Geometries in GeoJSON (RFC 7946): those that may be written, and those in answers.

The schema gives the form; whether rings are closed, where they lie and whether they cross is
judged in ``geometry_faults.py``.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.core.geometry import to_ten_millionths
from app.core.messages import MessageError, Template
from app.core.numbers import json_number
from app.core.types import Body

_TWO_NUMBERS = Template(
    "geometry.two-numbers",
    "a position is two numbers, longitude and latitude; heights are not kept",
)


def _seven_decimals(value: Decimal) -> Decimal:
    to_ten_millionths(value)
    return value


_Coordinate = Annotated[
    Decimal,
    Field(ge=-180, le=180),
    BeforeValidator(json_number),
    AfterValidator(_seven_decimals),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "format": "double", "minimum": -180, "maximum": 180}),
]


def _two_numbers(value: object) -> object:
    if isinstance(value, list) and len(value) != len(("longitude", "latitude")):
        raise MessageError(_TWO_NUMBERS())
    return value


_Position = Annotated[
    list[_Coordinate],
    BeforeValidator(_two_numbers),
    Field(
        min_length=2,
        max_length=2,
        description="Longitude, then latitude: WGS 84 degrees, at most seven decimals. No height.",
    ),
]
_Ring = Annotated[
    list[_Position],
    Field(
        min_length=1,
        max_length=20_000,
        # One position that does not fit says it for all: there may be thousands.
        fail_fast=True,
        description="At least four positions, of which the last repeats the first.",
        json_schema_extra={"minItems": 4},
    ),
]
_Rings = Annotated[
    list[_Ring],
    Field(min_length=1, max_length=50, description="The outer ring, then its holes."),
]


class Point(Body):
    """A GeoJSON Point: where a site is."""

    type: Literal["Point"]
    coordinates: _Position


class Polygon(Body):
    """A GeoJSON Polygon: the outline of a site."""

    type: Literal["Polygon"]
    coordinates: _Rings


class MultiPolygon(Body):
    """A GeoJSON MultiPolygon: the outline of a site in several parts."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[_Rings], Field(min_length=1, max_length=100)]


Geometry = Annotated[Point | Polygon | MultiPolygon, Field(discriminator="type")]
"""A geometry that may be stated."""


class _Described:
    """Describes a geometry in an answer; it was checked when it was stated, and is not again."""

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(TypeAdapter(Geometry).core_schema)


ShownGeometry = Annotated[object, _Described()]
"""A geometry in an answer, as plain JSON."""
