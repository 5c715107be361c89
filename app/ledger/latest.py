"""What the register is at: its latest revision and the edition of its units, checked at each read.

Nobody is given what was so a moment before: a read that begins after a write was acknowledged,
by whichever process or host, sees that write.
"""

import asyncio

from pydantic import BaseModel

from app.database import Database
from app.ledger.snapshots import Pin, pin


class _Latest(BaseModel):
    """The query of a read of the latest revision."""


class LatestPin:
    """The latest pin of a database, checked each time it is requested.

    SQLite says at once whether any connection has committed; it is asked once in each round of the
    event loop, in which only requests are worked on that arrived before the round. After that, and
    always on PostgreSQL, one statement reads the pin for all requests that arrived before it was
    sent.
    """

    def __init__(self, database: Database) -> None:
        """Know nothing yet."""
        self._database = database
        self._version: int | None = None
        self._pin: Pin | None = None
        self._is_checked = False
        self._next: asyncio.Task[Pin] | None = None
        self._turn = asyncio.Lock()

    async def now(self) -> Pin:
        """Return what the register is at; an ``UnavailableError`` if it cannot be read."""
        if self._pin is None or not (self._is_checked or self._is_unchanged()):
            return await self._shared()
        return self._pin

    def _is_unchanged(self) -> bool:
        version = self._database.data_version()
        if version is None or version != self._version:
            return False
        self._is_checked = True
        # What is called soon comes before the tasks of requests that arrive from here on.
        asyncio.get_running_loop().call_soon(self._check_again)
        return True

    def _check_again(self) -> None:
        self._is_checked = False

    async def _shared(self) -> Pin:
        if self._next is None:
            self._next = asyncio.create_task(self._in_turn())
            self._next.add_done_callback(_see)
        # Who goes away must not take the answer from the others.
        return await asyncio.shield(self._next)

    async def _in_turn(self) -> Pin:
        async with self._turn:
            # From here on it may miss what others see: they need the one after it.
            self._next = None
            # The version is read first: a commit in between is noticed the next time.
            version = self._database.data_version()
            found = await self._read()
            self._pin, self._version = found, version
            return found

    async def _read(self) -> Pin:
        async with self._database.read(since=0) as connection:
            return await pin(connection, _Latest())


def _see(done: asyncio.Task[Pin]) -> None:
    """Look at how a check ended, for all who waited may have gone."""
    if not done.cancelled():
        done.exception()
