"""Pinning a read to a revision: from then on it sees what was known then, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select

from app.core.digest import JsonObject
from app.core.errors import BadParameterError, NotRecordedYetError
from app.core.messages import Message, Template
from app.core.types import WrittenInstant, shown_instant
from app.database.connections import Executor
from app.database.paging import CURSOR_REFUSED, Cursor, decode_cursor
from app.database.prepared import Prepared
from app.database.tables import REVISION_COUNTER
from app.ledger.tables import REVISIONS
from app.units.units import Units


@dataclass(frozen=True, slots=True)
class At:
    """A point on both time axes."""

    day: date
    revision: int

    @property
    def parameters(self) -> dict[str, date | int]:
        """The point as parameters of a prepared statement."""
        return {"day": self.day, "revision": self.revision}


_LOST = Template(
    "ledger.revision-lost",
    "Revision {seen} is not recorded yet; the latest is {latest}. What you have seen of it is not "
    "in this register: read again without {header}.",
)
_EITHER = Template("ledger.known-at-or-revision", "Give either known_at or revision, not both.")
_TO_COME = Template(
    "ledger.known-at-to-come",
    "What will be known at {instant} is not known yet: give an instant up to now, {now}, or none.",
)
NOT_RECORDED_YET = Template(
    "ledger.not-recorded-yet",
    "Revision {number} is not recorded yet; the latest is {latest}.",
)
_COUNTER, _R = REVISION_COUNTER.c, REVISIONS.c
_LATEST = select(_COUNTER.number)
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


@dataclass(frozen=True, slots=True)
class Note:
    """Why an answer is for the day that it is for, in the languages that answers have."""

    vi: str
    en: str
    message: Message

    @staticmethod
    def members(note: "Note | None") -> JsonObject:
        """Return the members of an answer that say it."""
        texts = (None, None) if note is None else (note.en, note.vi)
        return dict(zip(("as_of_note", "as_of_note_vi"), texts, strict=True))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The point in time and the units that a read is pinned to."""

    at: At
    today: date
    units: Units
    note: Note | None = field(default=None, kw_only=True)
    """Why the day is another than today, where the query names none."""


class Pin(NamedTuple):
    """The revision that a read is pinned to, and what the register was like at it."""

    revision: int
    digest: str | None
    """That of the revision, which covers all revisions before it; ``None`` for revision 0."""
    units_edition: int
    day: date | None
    """The day that the query or its cursor names."""
    latest: int
    """The latest revision that there was."""


def _pinning(
    pinned: ColumnElement[int], newest: ColumnElement[int] = _COUNTER.number
) -> Select[tuple[int, int, int, str]]:
    """Select latest revision, newest one that a query means, edition of the units, and digest."""
    counter = REVISION_COUNTER.outerjoin(REVISIONS, _R.number == pinned)
    columns = (_COUNTER.number, newest.label("newest"), _COUNTER.units_edition, _R.digest)
    return select(*columns).select_from(counter)


# Statements that every request needs are built once: building costs more than executing.
_NUMBER = bindparam("number", type_=BigInteger)
_KNOWN = select(func.max(_R.number)).where(_R.recorded_at <= bindparam("known_at"))
_AT_LATEST = Prepared(_pinning(_COUNTER.number))
_AT_NUMBER = Prepared(_pinning(_NUMBER))
_RECORDED_AT = select(_R.recorded_at).where(_R.number == _NUMBER)
_AT_INSTANT = Prepared(
    _pinning(func.coalesce(_NUMBER, _KNOWN.scalar_subquery()), _KNOWN.scalar_subquery())
)


async def pin(connection: Executor, query: BaseModel, latest: Pin | None = None) -> Pin:
    """Return what a query is pinned to, by number, instant or cursor, or else the latest revision.

    One statement reads everything, so that all of it is of the same moment; none does where
    ``latest`` is what the register was at when the request came, and the query means that.
    """
    instant: WrittenInstant | None = getattr(query, "known_at", None)
    named: int | None = getattr(query, "revision", None)
    if named is not None and instant is not None:
        raise BadParameterError.of("known_at", _EITHER())
    day: date | None = getattr(query, "as_of", None)
    text: str | None = getattr(query, "cursor", None)
    cursor = None if text is None else decode_cursor(text)
    number = named if cursor is None else cursor.revision
    if latest is not None and number is None and instant is None:
        note_revision(latest.revision)
        return latest._replace(day=day)
    if instant is not None:
        given: dict[str, object] = {"number": number, "known_at": instant.last}
        rows = await _AT_INSTANT.rows(connection, given)
    elif number is not None:
        rows = await _AT_NUMBER.rows(connection, {"number": number})
    else:
        rows = await _AT_LATEST.rows(connection, {})
    ((last, newest, units_edition, digest),) = rows
    newest = newest or 0
    note_revision(last)
    if instant is not None:
        await _check_past(connection, instant, last)
    if named is not None and named > last:
        detail = NOT_RECORDED_YET(number=named, latest=last)
        raise NotRecordedYetError.of("revision", detail, members={"latest_revision": last})
    if cursor is not None:
        day = _day_of(cursor, named, newest, day)
    return Pin(newest if number is None else number, digest, units_edition, day, last)


async def _check_past(connection: Executor, instant: WrittenInstant, latest: int) -> None:
    """Refuse an instant to come: what is known at it would change with every revision.

    The clock of the service may be behind that which dated the latest revision.
    """
    now = datetime.now(UTC)
    if instant.first <= now:
        return
    recorded_at = (await connection.execute(_RECORDED_AT, {"number": latest})).scalar_one_or_none()
    if recorded_at is None or instant.first > recorded_at:
        detail = _TO_COME(
            instant=shown_instant(instant.first), now=shown_instant(now.replace(microsecond=0))
        )
        raise BadParameterError.of("known_at", detail)


def _day_of(cursor: Cursor, named: int | None, newest: int, day: date | None) -> date | None:
    """Return the day of a cursor, if it has one.

    Another revision or date than the cursor's is refused: it would be another list.
    """
    if named is None and cursor.revision > newest:
        raise NotRecordedYetError.of("cursor", CURSOR_REFUSED)
    if named not in {None, cursor.revision} or day not in {None, cursor.day}:
        raise BadParameterError.of("cursor", CURSOR_REFUSED)
    return None if cursor.day in {date.min, date.max} else cursor.day
