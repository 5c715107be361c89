"""Connections for reading: their limits, and lending them first come, first served."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar, cast

from sqlalchemy import ColumnElement, Executable, Result, Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import SQLModel

from app.core.errors import RegistryError, TooManyHeavyReadsError
from app.core.messages import Template
from app.core.settings import Settings
from app.database.failures import ALL_IN_USE, busy

AnyRow = Row[*tuple[Any, ...]]
"""A row of columns that follow from the declarations of attributes; they are its attributes."""
AnySelect = Select[*tuple[Any, ...]]
"""A query of such rows."""
AnyColumn = ColumnElement[Any]
"""A column of theirs, or what stands in its place."""
_Model = TypeVar("_Model", bound=SQLModel)
_RETRY_SECONDS = 5
_HEAVY = Template(
    "database.heavy-reads",
    "Too many reads of much of the register are being answered: findings, exports, figures of all"
    " provinces or of many days, exact counts. Send it again in {seconds} seconds.",
)


class Executor(Protocol):
    """A connection or a session: whatever executes the statements of a query module."""

    async def execute(
        self, statement: Executable, parameters: Mapping[str, object] | None = None, /
    ) -> Result[*tuple[Any, ...]]:
        """Execute a statement and return its rows."""


async def read_rows(
    connection: Executor,
    model: type[_Model],  # noqa: ARG001  (what the rows are typed by)
    query: Executable,
    parameters: Mapping[str, object] | None = None,
) -> Sequence[_Model]:
    """Return the rows of a query for all columns of a table, typed by the model of the table.

    They are rows, which are made faster than models: their columns can be read, and that is all.
    """
    rows = (await connection.execute(query, parameters)).all()
    # A row has an attribute for each column, as a model has; only that is promised.
    return cast("Sequence[_Model]", rows)


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Limits of one process; times are in seconds, and 0 means no limit.

    The defaults are those of the command line: no statement that is running is cancelled.
    """

    pool_size: int = 10
    """Connections kept for reading; as many again are opened when all of them are in use."""
    pool_wait: float = 30
    pool_recycle: float = 1800
    connect: float = 5
    """For each host of the address."""
    statement: float = 0
    lock: float = 30
    """For the turn to write, and for any lock of the database."""
    idle_transaction: float = 60
    standby_wait: float = 0.5
    """For a standby to catch up, before the primary is used instead."""
    heavy_reads: int = 1
    """Heavy reads worked on at a time."""
    heavy_reads_waiting: int = 10

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits of a service."""
        return cls(
            pool_size=settings.pool_size,
            pool_wait=settings.pool_wait_seconds,
            pool_recycle=settings.pool_recycle_seconds,
            connect=settings.connect_timeout_seconds,
            statement=settings.statement_timeout_seconds,
            lock=settings.lock_timeout_seconds,
            idle_transaction=settings.idle_transaction_timeout_seconds,
            standby_wait=settings.standby_wait_seconds,
            heavy_reads=settings.heavy_reads,
            heavy_reads_waiting=settings.heavy_reads_waiting,
        )


class Places:
    """Work done at a time: so many at most, first come, first served; the others wait."""

    def __init__(self, most: int, seconds: float, refusal: Callable[[], RegistryError]) -> None:
        """Begin with all places free; ``refusal`` is raised after so many seconds of waiting."""
        self._free = asyncio.Semaphore(most)
        self._seconds = seconds or None
        self._refusal = refusal
        self.waiting = 0
        """How many wait."""

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._free.locked()

    @asynccontextmanager
    async def take(self, *, is_patient: bool = False) -> AsyncIterator[None]:
        """Take a place as long as the block lasts; wait for it without end where ``is_patient``."""
        if self._free.locked():
            await self._wait(None if is_patient else self._seconds)
        else:
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    async def _wait(self, seconds: float | None) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise self._refusal() from error
        finally:
            self.waiting -= 1


class HeavyReads:
    """The bound of the reads that take long: they wait for each other, and no other read does."""

    def __init__(self, limits: PoolLimits) -> None:
        """Begin with all places free."""
        self._places = Places(limits.heavy_reads, limits.pool_wait, _too_many)
        self._most_waiting = limits.heavy_reads_waiting

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._places.waiting

    @asynccontextmanager
    async def take(self, *, is_begun: bool = False) -> AsyncIterator[None]:
        """Take a place; ``TooManyHeavyReadsError`` where too many wait, or for too long.

        Work that has begun waits for as long as it takes: its answer could only be broken off.
        """
        if not is_begun and self._places.waiting >= self._most_waiting and self._places.is_full:
            raise _too_many()
        async with self._places.take(is_patient=is_begun):
            yield


def _too_many() -> TooManyHeavyReadsError:
    return TooManyHeavyReadsError(
        _HEAVY(seconds=_RETRY_SECONDS), headers={"Retry-After": str(_RETRY_SECONDS)}
    )


class Readers:
    """The connections of one engine, in fair order.

    The pool itself lends to whichever request happens to come at the right moment, so that under
    load some would wait for very long. Here each gets a place in turn, and with it a connection.
    """

    def __init__(self, engine: AsyncEngine, limits: PoolLimits) -> None:
        """Create as many places as the pool has connections at most."""
        self.engine = engine
        self._places = Places(2 * limits.pool_size, limits.pool_wait, lambda: busy(ALL_IN_USE()))

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; ``DatabaseBusyError`` if none becomes free in time."""
        async with self._places.take(), self.engine.connect() as connection:
            yield connection
