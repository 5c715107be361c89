"""Connections for reading: their limits, and lending them first come, first served."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self

from sqlalchemy import Executable, Result
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.core.settings import Settings
from app.database.failures import ALL_IN_USE, busy


class Executor(Protocol):
    """A connection or a session: whatever executes the statements of a query module."""

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None, /
    ) -> Result[Any]:
        """Execute a statement and return its rows."""


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
        )


class Readers:
    """The connections of one engine, in fair order.

    The pool itself lends to whichever request happens to come at the right moment, so that under
    load some would wait for very long. Here each gets a place in turn, and with it a connection.
    """

    def __init__(self, engine: AsyncEngine, limits: PoolLimits) -> None:
        """Create as many places as the pool has connections at most."""
        self.engine = engine
        self._places = asyncio.Semaphore(2 * limits.pool_size)
        self._seconds = limits.pool_wait or None

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; ``DatabaseBusyError`` if none becomes free in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise busy(ALL_IN_USE()) from error
        try:
            async with self.engine.connect() as connection:
                yield connection
        finally:
            self._places.release()
