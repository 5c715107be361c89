"""Reading a table chunk after chunk at one revision, and the dates that it is about.

Each chunk is a query of its own that continues after the last row of the one before, so that
neither memory nor a connection is held for as long as a client takes to read. The rows of a
revision never change, so the chunks fit together while others write.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import NamedTuple, Protocol

from pydantic import BaseModel, Field

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.types import Day
from app.database import Database
from app.database.connections import Executor
from app.exports.tables import Chunks, Rows
from app.ledger.snapshots import At
from app.subjects.columns import AS_OF

CHUNK = 500
"""Rows in a chunk: writing so many delays other requests by some milliseconds."""
_MOST_DATES = 60
_EITHER = Template(
    "exports.as-of-or-dates",
    "Give either as_of or dates, not both: dates has the dates of all rows.",
)


class DatesQuery(BaseModel):
    """Several dates in one file."""

    dates: list[Day] = Field(
        default_factory=list,
        max_length=_MOST_DATES,
        description="Repeat it for the rows of several dates in one file, oldest first; instead of "
        "as_of. The column as_of has the date of each row.",
    )


def days_of(query: BaseModel, at: At) -> Sequence[date]:
    """Return the dates that a query names, oldest first, or else the one that it is pinned to."""
    dates: Sequence[date] = getattr(query, "dates", ())
    if dates and getattr(query, AS_OF, None) is not None:
        raise BadParameterError.of("dates", _EITHER())
    return sorted(set(dates)) or [at.day]


def dated(rows: Sequence[Mapping[str, object]], day: date) -> Rows:
    """Return rows with the date that they are about."""
    return [{**row, AS_OF: day} for row in rows]


@asynccontextmanager
async def reading_a_chunk(
    database: Database, revision: int, *, is_begun: bool
) -> AsyncIterator[Executor]:
    """Lend a connection for one chunk; the first of a file is refused where too many wait."""
    async with (
        database.heavy_reads.take(is_begun=is_begun),
        database.read(at_length=True, since=revision) as connection,
    ):
        yield connection


async def begun(chunks: Chunks) -> Chunks:
    """Read the first chunk, so that what cannot be answered is refused before the file begins."""
    return _from(await anext(chunks, None), chunks)


async def _from(first: Rows | None, others: Chunks) -> Chunks:
    if first is not None:
        yield first
    async for chunk in others:
        yield chunk


class _Listed(Protocol):
    @property
    def items(self) -> Sequence[BaseModel]: ...

    @property
    def next_cursor(self) -> str | None: ...


class Page(NamedTuple):
    """Rows, and the cursor of those that follow; ``None`` where there are no more."""

    rows: Rows
    next_cursor: str | None

    @classmethod
    def of(cls, listed: _Listed) -> "Page":
        """Return the members of the items of a list as rows."""
        return cls([item.model_dump() for item in listed.items], listed.next_cursor)


async def pages(
    database: Database, revision: int, read: Callable[[Executor, str | None], Awaitable[Page]]
) -> Chunks:
    """Yield the rows of a list page after page; ``read`` reads the one at a cursor."""
    cursor: str | None = None
    is_begun = False
    while cursor is not None or not is_begun:
        async with reading_a_chunk(database, revision, is_begun=is_begun) as connection:
            rows, cursor = await read(connection, cursor)
        is_begun = True
        yield rows


async def whole(rows: Rows) -> Chunks:
    """Yield rows that are read already as the one chunk of a table."""
    yield rows
