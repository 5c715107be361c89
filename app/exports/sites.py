"""Reading all sites that a query means, chunk after chunk, at one revision.

Each chunk is a query of its own that continues after the last row of the one before, so that
neither memory nor a connection is held for as long as a client takes to read. The rows of a
revision never change, so the chunks fit together while others write.
"""

from collections.abc import AsyncIterator
from decimal import Decimal

from app.core.geometry import geometry_text
from app.core.vocabulary import Boundaries, GeometryAccuracy
from app.database import Database
from app.ledger.snapshots import Snapshot
from app.subjects.filters import translate_place
from app.subjects.histories import SITE_HISTORY, Values, after_keys, read_dicts, sorted_states
from app.subjects.queries import conditions_of
from app.subjects.query_parameters import SitesFilter

CHUNK = 500
"""How many sites are read at once: writing so many holds others up for some milliseconds."""


async def site_chunks(
    database: Database, query: SitesFilter, asked: Snapshot, size: int = CHUNK
) -> AsyncIterator[list[Values]]:
    """Return chunks of the shown values of the sites that match, and where they are.

    The first is read at once, so that a question that cannot be answered is refused before an
    answer begins.
    """
    chunks = _chunks(database, query, asked, size)
    first = await anext(chunks, None)
    return _from(first, chunks)


async def _from(
    first: list[Values] | None, others: AsyncIterator[list[Values]]
) -> AsyncIterator[list[Values]]:
    if first is not None:
        yield first
    async for chunk in others:
        yield chunk


async def _chunks(
    database: Database, query: SitesFilter, asked: Snapshot, size: int
) -> AsyncIterator[list[Values]]:
    selected, _ = sorted_states(SITE_HISTORY, query.sort, located=True)
    selected = selected.where(*conditions_of(query, asked)).limit(size)
    following = selected
    while True:
        async with database.read(at_length=True, since=asked.at.revision) as connection:
            rows = await read_dicts(connection, following, asked.at.parameters)
        if rows:
            keys = rows[-1]["sort_key"], rows[-1]["id"]
            following = selected.where(after_keys(SITE_HISTORY, query.sort, keys))
            yield [_exported(values, query.boundaries, asked) for values in rows]
        if len(rows) < size:
            return


def _exported(values: Values, boundaries: Boundaries, asked: Snapshot) -> Values:
    placed = {**values, **_place(values)}
    if boundaries is Boundaries.now:
        return translate_place(placed, asked.at, asked.units, asked.today)
    return placed


def _place(values: Values) -> Values:
    """Tell where a site is: its geometry, or the point of its commune, and that it is that."""
    west, south, east, north = (values[name] for name in ("west", "south", "east", "north"))
    if west is None:
        return {"longitude": None, "latitude": None}
    where = {"longitude": (west + east) / 2, "latitude": (south + north) / 2}
    if values["geometry"] is not None:
        return where
    point = {"type": "Point", "coordinates": [Decimal(west), Decimal(south)]}
    accuracy = GeometryAccuracy.commune_point.value
    return {**where, "geometry": geometry_text(point), "geometry_accuracy": accuracy}
