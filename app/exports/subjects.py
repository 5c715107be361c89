"""Subjects as tables: all that match a query, on one date or several, at one revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sqlalchemy import ColumnElement

from app.core.geometry import Box, geometry_text
from app.core.vocabulary import GeometryAccuracy
from app.database import Database
from app.database.connections import Executor
from app.exports.chunks import CHUNK, begun, dated, reading_a_chunk
from app.exports.tables import Chunks
from app.ledger.snapshots import Snapshot
from app.subjects.attributes import PLANNED, Catalogue
from app.subjects.columns import planned_labels
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import History, Values, read_dicts
from app.subjects.orders import Order
from app.subjects.queries import conditions_of, order_of, placed
from app.subjects.query_parameters import HistoryFilter
from app.subjects.schemas import HEDGED
from app.subjects.searching import search_conditions


async def subject_chunks(
    database: Database,
    history: History,
    query: HistoryFilter,
    snapshots: Sequence[Snapshot],
    size: int = CHUNK,
) -> Chunks:
    """Return chunks of the shown values of the subjects that match on each of some dates.

    Sites have their positions besides. All snapshots are of one revision.
    """
    return await begun(_Scan(database, history, query, size).chunks(snapshots))


@dataclass(frozen=True)
class _Scan:
    """The reading of the subjects that match a query."""

    database: Database
    history: History
    query: HistoryFilter
    size: int

    @property
    def attributes(self) -> Catalogue:
        return DEFINITIONS[self.history.type].attributes

    @cached_property
    def unplanned(self) -> Values:
        """The columns of what is planned, for a subject of which nothing is."""
        return {PLANNED + name: None for name in planned_labels(self.attributes)}

    async def chunks(self, snapshots: Sequence[Snapshot]) -> Chunks:
        # What does not fit one of the dates is refused before anything is read.
        wheres = [conditions_of(self.history, self.query, snapshot) for snapshot in snapshots]
        is_begun = False
        for snapshot, where in zip(snapshots, wheres, strict=True):
            async for rows in self._on_a_day(snapshot, where, is_begun=is_begun):
                yield rows
            is_begun = True

    async def _on_a_day(
        self, snapshot: Snapshot, where: Sequence[ColumnElement[bool]], *, is_begun: bool
    ) -> Chunks:
        order: Order | None = None
        rows: list[Values] = []
        while order is None or len(rows) == self.size:
            is_begun = is_begun or order is not None
            revision = snapshot.at.revision
            async with reading_a_chunk(self.database, revision, is_begun=is_begun) as connection:
                order = order or await self._order(connection, snapshot, where)
                following = order.states
                if rows:
                    following = following.where(order.after((rows[-1]["sort_key"], rows[-1]["id"])))
                selected = following.limit(self.size)
                rows = await read_dicts(connection, selected, snapshot.at.parameters)
                about = (self.history, rows, snapshot, self.query.boundaries)
                named = await placed(connection, *about)
            if rows:
                exported = [_exported(row, self.attributes, self.unplanned) for row in named]
                yield dated(exported, snapshot.at.day)

    async def _order(
        self, connection: Executor, snapshot: Snapshot, where: Sequence[ColumnElement[bool]]
    ) -> Order:
        about = (connection, self.history, self.query)
        found = await search_conditions(*about, where)
        return await order_of(*about, snapshot, found, located=True)


def _exported(values: Values, attributes: Catalogue, unplanned: Values) -> Values:
    planned = values.get("planned") or {}
    apart = unplanned | _planned(planned, attributes) if planned else unplanned
    hedged = _hedged(values, planned) if planned or values.get("qualifiers") else {}
    return {**values, **apart, **hedged, **_place(values)}


def _planned(shown: Values, attributes: Catalogue) -> Values:
    """Return what is planned in columns of its own, hectares as numbers like all others."""
    known = attributes.decode({n: shown[n] for n in attributes.planned if n in shown})
    numbers = {n: float(value) for n, value in known.items() if isinstance(value, Decimal)}
    values = {n: value for n, value in shown.items() if n not in HEDGED} | known | numbers
    return {PLANNED + name: value for name, value in values.items()}


def _hedged(values: Values, planned: Values) -> Values:
    """Return how exactly numbers are given, column after column, as in ``area_ha=about``."""
    lanes = (("", values), (PLANNED, planned))
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
    if values.get("west") is None:
        return {"longitude": None, "latitude": None}
    west, south, east, north = (values[name] for name in Box._fields)
    where = {"longitude": (west + east) / 2, "latitude": (south + north) / 2}
    if values["geometry"] is not None:
        return where
    point = {"type": "Point", "coordinates": [Decimal(west), Decimal(south)]}
    accuracy = GeometryAccuracy.commune_point.value
    return {**where, "geometry": geometry_text(point), "geometry_accuracy": accuracy}
