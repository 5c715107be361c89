"""GeoJSON (RFC 7946): features with the attributes as properties, and the box around them."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.core.geometry import Box
from app.exports.tables import About, Column, NoParameters, Table
from app.subjects.attributes import number_of, plain_decimal, text_of
from app.subjects.columns import AS_OF

# What the collection and the geometries say already.
_IN_COLLECTION = {"longitude", "latitude", AS_OF}
_SEPARATORS = (",", ":")


def property_names(columns: Iterable[Column]) -> list[str]:
    """Return the names of the properties that features of a table have."""
    return [column.name for column in columns if column.name not in _IN_COLLECTION]


async def write_geojson(table: Table, _parameters: NoParameters) -> AsyncIterator[bytes]:
    """Yield the parts of a collection of features; the box comes last, since it is known then.

    Rows have a ``geometry`` and the edges of its box besides the columns.
    """
    names = property_names(table.columns)
    yield f'{{"type":"FeatureCollection",{_members(table.about)},"features":['.encode()
    box: Box | None = None
    separator = ""
    async for rows in table.chunks:
        for row in rows:
            box = around(box, _box(row))
        yield (separator + ",\n".join(_row_feature(row, names) for row in rows)).encode()
        separator = ",\n"
    yield f"]{_box_member(box)}}}".encode()


def collection(features: Sequence[str], about: About, box: Box | None) -> bytes:
    """Return a collection of features, all of which are given."""
    head = f'{{"type":"FeatureCollection",{_members(about)},"features":['
    return f"{head}{','.join(features)}]{_box_member(box)}}}".encode()


def _members(about: About) -> str:
    """Write the metadata of the collection as foreign members (RFC 7946, 6.1)."""
    members = {
        "as_of": about.at.day.isoformat(),
        "revision": about.at.revision,
        "boundaries": about.boundaries,
        "licence": about.licence,
        **({"notes": about.notes} if about.notes else {}),
    }
    return _written(members)[1:-1]


def _written(content: object) -> str:
    """Write JSON without blanks."""
    return json.dumps(content, ensure_ascii=False, separators=_SEPARATORS, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no place in GeoJSON")


def _row_feature(row: Mapping[str, object], names: Sequence[str]) -> str:
    return feature(str(row["id"]), text_of(row, "geometry"), {name: row[name] for name in names})


def feature(key: str, geometry: str | None, properties: Mapping[str, object]) -> str:
    """Write a feature; its geometry is GeoJSON text, or ``None`` where it is unknown."""
    return (
        f'{{"type":"Feature","id":{_written(key)},"geometry":{geometry or "null"},'
        f'"properties":{_written(properties)}}}'
    )


def _box(row: Mapping[str, object]) -> Box | None:
    edges = [edge for name in Box._fields if (edge := number_of(row, name)) is not None]
    return Box(*edges) if edges else None


def around(box: Box | None, here: Box | None) -> Box | None:
    """Return the box around two boxes; if one is unknown, the other."""
    if box is None or here is None:
        return box or here
    return Box(
        min(box.west, here.west),
        min(box.south, here.south),
        max(box.east, here.east),
        max(box.north, here.north),
    )


def _box_member(box: Box | None) -> str:
    """Write the member ``bbox``; nothing where no feature has a place."""
    if box is None:
        return ""
    return f',"bbox":[{",".join(plain_decimal(Decimal(edge)) for edge in box)}]'
