"""Pinning a read to a revision: from then on it sees what was known then, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlmodel import col

from app.core.errors import BadParameterError, NotRecordedYetError
from app.core.messages import Template
from app.core.query_parameters import KnownQuery
from app.database.connections import Executor
from app.database.paging import CURSOR_REFUSED, decode_cursor
from app.database.tables import RevisionCounter
from app.ledger.tables import Revision
from app.units.units import Units


@dataclass(frozen=True, slots=True)
class At:
    """A point on both time axes."""

    day: date
    revision: int

    @property
    def parameters(self) -> dict[str, Any]:
        """The point as parameters of a prepared statement."""
        return {"day": self.day, "revision": self.revision}


_LOST = Template(
    "ledger.revision-lost",
    "Revision {seen} is not recorded yet; the latest is {latest}. What you have seen of it is not "
    "in this register: read again without {header}.",
)
_EITHER = Template("ledger.known-at-or-revision", "Give either known_at or revision, not both.")
NOT_RECORDED_YET = Template(
    "ledger.not-recorded-yet",
    "Revision {number} is not recorded yet; the latest is {latest}.",
)
# Statements that every request needs are built once: building costs more than executing.
_LATEST = select(col(RevisionCounter.number))
_noted: ContextVar["Noted | None"] = ContextVar("noted", default=None)


async def latest_revision(connection: Executor) -> int:
    """Return the number of the latest revision; 0 for an empty register."""
    found = await connection.execute(_LATEST)
    latest = int(found.scalar_one())
    note_revision(latest)
    return latest


@dataclass(slots=True)
class Noted:
    """The revisions of the register that a request meets."""

    seen: int = 0
    """The latest revision that the client has seen already."""
    latest: int | None = None
    """The revision that was met; ``None`` where nothing was read."""


@contextmanager
def noting_revisions(noted: Noted) -> Iterator[None]:
    """Note the latest revision that is met within, read or written."""
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)


def note_revision(number: int) -> None:
    """Note the latest revision of the register; refuse a client that has seen a later one.

    That one was lost with another server, or belongs to another register: any answer would be
    taken for the state that follows it.
    """
    noted = _noted.get()
    if noted is None:
        return
    noted.latest = number
    if number < noted.seen:
        name = "Register-Revision"
        detail = _LOST(seen=noted.seen, latest=number, header=name)
        raise NotRecordedYetError.of(name, detail, members={"latest_revision": number})


async def resolve_revision(connection: Executor, query: KnownQuery) -> int:
    """Return the revision of a query, given by number, by instant or by default."""
    if query.revision is not None and query.known_at is not None:
        raise BadParameterError.of("known_at", _EITHER())
    if query.known_at is not None:
        return await _revision_known_at(connection, query.known_at)
    latest = await latest_revision(connection)
    if query.revision is None:
        return latest
    if query.revision > latest:
        detail = NOT_RECORDED_YET(number=query.revision, latest=latest)
        raise NotRecordedYetError.of("revision", detail, members={"latest_revision": latest})
    return query.revision


async def _revision_known_at(connection: Executor, instant: datetime) -> int:
    known = select(func.max(col(Revision.number))).where(col(Revision.recorded_at) <= instant)
    query = select(known.scalar_subquery(), _LATEST.scalar_subquery())
    row: Any = (await connection.execute(query)).one()
    note_revision(row[1])
    return int(row[0] or 0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The point in time and the units that a read is pinned to."""

    at: At
    today: date
    units: Units


_Timed = TypeVar("_Timed", bound=KnownQuery)


async def pinned(connection: Executor, query: _Timed) -> tuple[_Timed, int]:
    """Return a paged query and its revision: those of its cursor, if it has one.

    Another revision or date than the cursor's is refused: it would be another list.
    """
    text: str | None = getattr(query, "cursor", None)
    if text is None:
        return query, await resolve_revision(connection, query)
    cursor = decode_cursor(text)
    newest = await resolve_revision(connection, query)
    if query.revision is None and cursor.revision > newest:
        raise NotRecordedYetError.of("cursor", CURSOR_REFUSED)
    is_other = query.revision is not None and cursor.revision != newest
    if is_other or getattr(query, "as_of", None) not in {None, cursor.day}:
        raise BadParameterError.of("cursor", CURSOR_REFUSED)
    if "as_of" not in type(query).model_fields or cursor.day in {date.min, date.max}:
        return query, cursor.revision
    return query.model_copy(update={"as_of": cursor.day}), cursor.revision
