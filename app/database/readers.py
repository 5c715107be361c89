"""Connections for reading, lent in the order in which they are asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.database.failures import busy
from app.database.limits import Limits


class Readers:
    """The connections of one engine.

    Its pool lends to whoever asks at the right moment, so that under many requests some would wait
    for very long. Here everyone gets a place in turn, and with it one of the connections.
    """

    def __init__(self, engine: AsyncEngine, limits: Limits) -> None:
        """Have as many places as the pool has connections at most."""
        self.engine = engine
        self._places = asyncio.Semaphore(2 * limits.pool_size)
        self._seconds = limits.pool_wait or None

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; ``DatabaseBusyError`` if none comes free in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise busy("All connections to the database are in use.") from error
        try:
            async with self.engine.connect() as connection:
                yield connection
        finally:
            self._places.release()
