"""A standby to read from, as long as it answers and has the requested revision."""

import asyncio
import logging
from contextlib import AsyncExitStack
from time import monotonic

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.core.errors import DatabaseBusyError
from app.database.connections import PoolLimits, Readers
from app.database.failures import FAILURES, failure_of, is_gone

_log = logging.getLogger("icr")
_REACHED = text("SELECT number FROM revision_counter")
_LOOK_SECONDS = 0.02
_ASK_SECONDS = 2.0
# A standby that cannot be reached is not tried for so long: each attempt may cost a time-out.
_SHUN_SECONDS = 5.0


class Standby:
    """One standby, or several behind one address."""

    def __init__(self, engine: AsyncEngine, limits: PoolLimits) -> None:
        """Open no connection yet."""
        self._engine = engine
        self._readers = Readers(engine, limits)
        self._wait = limits.standby_wait
        self._shunned_until = 0.0
        self._is_lost = False

    async def lend(self, stack: AsyncExitStack, since: int) -> AsyncConnection | None:
        """Lend a connection that sees a revision; ``None`` if none can be had, for any reason."""
        if monotonic() < self._shunned_until:
            return None
        if self._is_lost:
            # One request tries whether it is back; all others use the primary meanwhile.
            self._shunned_until = monotonic() + _SHUN_SECONDS
        async with AsyncExitStack() as mine:
            try:
                connection = await mine.enter_async_context(self._readers.lend())
                if since and not await self._reaches(connection, since):
                    return None
            except FAILURES as error:
                if failure_of(error) is None:
                    raise
                self.note(error)
                return None
            except DatabaseBusyError:
                return None
            if self._is_lost:
                self._is_lost, self._shunned_until = False, 0.0
            stack.push_async_exit(mine.pop_all())
            return connection

    def note(self, error: Exception) -> None:
        """Do not use the standby for a while, if it failed because it cannot be reached."""
        if is_gone(error):
            _log.warning("no standby can be reached; the primary is read: %r", error)
            self._is_lost = True
            self._shunned_until = monotonic() + _SHUN_SECONDS

    async def reached(self) -> int | None:
        """Return the latest revision of the standby; ``None`` if it does not answer."""
        try:
            async with asyncio.timeout(_ASK_SECONDS), self._engine.connect() as connection:
                return int((await connection.execute(_REACHED)).scalar_one())
        except FAILURES:
            return None

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def _reaches(self, connection: AsyncConnection, since: int) -> bool:
        end = monotonic() + self._wait
        while (await connection.execute(_REACHED)).scalar_one() < since:
            if monotonic() >= end:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True
