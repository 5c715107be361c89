"""Reading all sites that match a query, chunk after chunk, at one revision.

Each chunk is a query of its own that continues after the last row of the one before, so that
neither memory nor a connection is held for as long as a client takes to read. The rows of a
revision never change, so the chunks fit together while others write.
"""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

from app.core.geometry import geometry_text
from app.core.vocabulary import GeometryAccuracy
from app.database import Database
from app.exports.tables import PLANNED_COLUMNS
from app.ledger.snapshots import Snapshot
from app.subjects.attributes import PLANNED
from app.subjects.histories import SITE_HISTORY, Values, read_dicts
from app.subjects.orders import Order
from app.subjects.queries import conditions_of, order_of, placed
from app.subjects.query_parameters import SitesFilter
from app.subjects.schemas import HEDGED
from app.subjects.sites import SiteState

CHUNK = 500
"""Sites in a chunk: writing so many delays other requests by some milliseconds."""


async def site_chunks(
    database: Database, query: SitesFilter, snapshot: Snapshot, size: int = CHUNK
) -> AsyncIterator[list[Values]]:
    """Return chunks of the shown values of the sites that match, with their positions.

    The first is read at once, so that a query that cannot be answered is refused before the file
    begins.
    """
    chunks = _chunks(database, query, snapshot, size)
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
    database: Database, query: SitesFilter, snapshot: Snapshot, size: int
) -> AsyncIterator[list[Values]]:
    where = conditions_of(SITE_HISTORY, query, snapshot)
    order: Order | None = None
    keys: tuple[Any, ...] | None = None
    while True:
        async with (
            database.heavy_reads.take(is_begun=order is not None),
            database.read(at_length=True, since=snapshot.at.revision) as connection,
        ):
            if order is None:
                order = await order_of(
                    connection, SITE_HISTORY, query, snapshot, where, located=True
                )
            following = order.states.where(order.after(keys)) if keys else order.states
            rows = await read_dicts(connection, following.limit(size), snapshot.at.parameters)
            named = await placed(connection, SITE_HISTORY, rows, snapshot, query.boundaries)
        if rows:
            keys = rows[-1]["sort_key"], rows[-1]["id"]
            yield [_exported(values) for values in named]
        if len(rows) < size:
            return


def _exported(values: Values) -> Values:
    return {**values, **_planned(values["planned"]), **_hedged(values), **_place(values)}


def _planned(shown: Values) -> Values:
    """Return what is planned in columns of its own, hectares as numbers like all others."""
    attributes = SiteState.attributes
    known = attributes.decode({n: shown[n] for n in attributes.planned if n in shown})
    numbers = {n: float(value) for n, value in known.items() if isinstance(value, Decimal)}
    return {PLANNED + name: (shown | known | numbers).get(name) for name in PLANNED_COLUMNS}


def _hedged(values: Values) -> Values:
    """Return how exactly numbers are given, column after column, as in ``area_ha=about``."""
    lanes = (("", values), (PLANNED, values["planned"]))
    return {
        member: [
            f"{lane}{name}={hedge}"
            for lane, hedged in lanes
            for name, hedge in (hedged.get(member) or {}).items()
        ]
        or None
        for member in HEDGED
    }


def _place(values: Values) -> Values:
    """Return the position of a site, and its geometry: its own, or the point of its commune."""
    west, south, east, north = (values[name] for name in ("west", "south", "east", "north"))
    if west is None:
        return {"longitude": None, "latitude": None}
    where = {"longitude": (west + east) / 2, "latitude": (south + north) / 2}
    if values["geometry"] is not None:
        return where
    point = {"type": "Point", "coordinates": [Decimal(west), Decimal(south)]}
    accuracy = GeometryAccuracy.commune_point.value
    return {**where, "geometry": geometry_text(point), "geometry_accuracy": accuracy}
