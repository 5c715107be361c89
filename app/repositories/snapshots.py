"""Pinning a read to a revision: from then on it sees what was known then, and nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Protocol

from sqlalchemy import Executable, Result, func, select
from sqlmodel import col

from app.errors import BadParameterError, NotRecordedYetError
from app.models import Revision, RevisionCounter
from app.schemas.queries import KnownQuery


class Executor(Protocol):
    """A connection or a session: what a repository asks."""

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None, /
    ) -> Result[Any]:
        """Execute a statement and return its rows."""


@dataclass(frozen=True, slots=True)
class At:
    """A point on both time axes."""

    day: date
    revision: int

    @property
    def parameters(self) -> dict[str, Any]:
        """The point as parameters of a prepared statement."""
        return {"day": self.day, "revision": self.revision}


# Statements that every request needs are put together once: building costs more than executing.
_LATEST = select(col(RevisionCounter.number))
_noted: ContextVar["Noted | None"] = ContextVar("noted", default=None)
_VIETNAM = timezone(timedelta(hours=7), "Indochina Time")


def today() -> date:
    """Return today's date in Vietnam, the default of ``as_of``."""
    return day_of(datetime.now(_VIETNAM))


def day_of(instant: datetime) -> date:
    """Return the date that it is in Vietnam at an instant."""
    return instant.astimezone(_VIETNAM).date()


def end_of(day: date) -> datetime:
    """Return the last instant of a day in Vietnam."""
    return datetime.combine(day, time.max, _VIETNAM)


async def latest_revision(connection: Executor) -> int:
    """Return the number of the latest revision; 0 for an empty register."""
    found = await connection.execute(_LATEST)
    latest = int(found.scalar_one())
    note_revision(latest)
    return latest


@dataclass(slots=True)
class Noted:
    """What a request meets of the register: to which revision it has come."""

    seen: int = 0
    """The revision that whoever asks has seen already."""
    latest: int | None = None
    """The revision that was met; ``None`` where nothing was looked at."""


@contextmanager
def noting_revisions(noted: Noted) -> Iterator[None]:
    """Note the latest revision that is met within, read or written."""
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)


def note_revision(number: int) -> None:
    """Note that the register has come to a revision; refuse to answer who has seen a later one.

    That was lost with another server, or is another register's: whatever is answered would be
    taken for what came after it.
    """
    noted = _noted.get()
    if noted is None:
        return
    noted.latest = number
    if number < noted.seen:
        name = "Register-Revision"
        detail = (
            f"Revision {noted.seen} is not recorded yet; the latest is {number}. What you have seen"
            f" of it is not in this register: read again without {name}."
        )
        raise NotRecordedYetError.of(name, detail, members={"latest_revision": number})


async def resolve_revision(connection: Executor, asked: KnownQuery) -> int:
    """Return the revision that a request asks for, by number, by instant or by default."""
    if asked.revision is not None and asked.known_at is not None:
        raise BadParameterError.of("known_at", "Give either known_at or revision, not both.")
    if asked.known_at is not None:
        return await _revision_known_at(connection, asked.known_at)
    latest = await latest_revision(connection)
    if asked.revision is None:
        return latest
    if asked.revision > latest:
        detail = f"Revision {asked.revision} is not recorded yet; the latest is {latest}."
        raise NotRecordedYetError.of("revision", detail, members={"latest_revision": latest})
    return asked.revision


async def _revision_known_at(connection: Executor, instant: datetime) -> int:
    known = select(func.max(col(Revision.number))).where(col(Revision.recorded_at) <= instant)
    query = select(known.scalar_subquery(), _LATEST.scalar_subquery())
    row: Any = (await connection.execute(query)).one()
    note_revision(row[1])
    return int(row[0] or 0)
