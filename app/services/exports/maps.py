"""GeoJSON (RFC 7946): features with the attributes as properties, and the box around them."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.attributes import plain_decimal
from app.domain.geometry import Box
from app.services.exports.tables import About, Chunks, Column

_SEPARATORS = (",", ":")


async def site_map(columns: Sequence[Column], chunks: Chunks, about: About) -> AsyncIterator[bytes]:
    """Yield the parts of a collection of sites; the box comes last, since it is known then."""
    names = [column.name for column in columns if column.name not in {"longitude", "latitude"}]
    yield f'{{"type":"FeatureCollection",{_members(about)},"features":['.encode()
    box: Box | None = None
    separator = ""
    async for rows in chunks:
        for row in rows:
            box = around(box, row)
        yield (separator + ",\n".join(_feature(row, names) for row in rows)).encode()
        separator = ",\n"
    yield f"]{box_member(box)}}}".encode()


def _members(about: About) -> str:
    """Write what the collection is about: foreign members in the words of RFC 7946."""
    members = {
        "as_of": about.at.day.isoformat(),
        "revision": about.at.revision,
        "boundaries": about.boundaries,
    }
    return written(members)[1:-1]


def written(content: Any) -> str:
    """Write JSON without blanks."""
    return json.dumps(content, ensure_ascii=False, separators=_SEPARATORS, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no place in GeoJSON")


def _feature(row: Mapping[str, Any], names: Sequence[str]) -> str:
    properties = {name: row[name] for name in names}
    return (
        f'{{"type":"Feature","id":{written(row["id"])},"geometry":{row["geometry"] or "null"},'
        f'"properties":{written(properties)}}}'
    )


def around(box: Box | None, row: Mapping[str, Any]) -> Box | None:
    """Widen a box by that of a row, where the row has one."""
    if row["west"] is None:
        return box
    here = Box(row["west"], row["south"], row["east"], row["north"])
    if box is None:
        return here
    return Box(
        min(box.west, here.west),
        min(box.south, here.south),
        max(box.east, here.east),
        max(box.north, here.north),
    )


def box_member(box: Box | None) -> str:
    """Write the member ``bbox``; nothing where nothing is located."""
    if box is None:
        return ""
    return f',"bbox":[{",".join(plain_decimal(Decimal(edge)) for edge in box)}]'
