"""The feed of one process: whoever follows the changes is woken when there are some.

A write of this process says so itself. For those of others the counter is looked at, by one for
all who follow, and only while somebody does.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import UnavailableError
from app.database import Database
from app.ledger.changes import list_changes
from app.ledger.schemas import ChangePage, ChangesQuery
from app.ledger.snapshots import latest_revision

_log = logging.getLogger("icr")
_RETRY_SECONDS = 5
_Result = TypeVar("_Result")


def _on_behalf_of_all(work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
    """Begin work for all streams: the context of the request that happens to begin it is not its.

    What that client has seen of the register, for one, is no matter of the others.
    """
    return asyncio.create_task(work, context=Context())


class Feed:
    """What the streams of one process share."""

    interval = 1.0
    """Seconds between two looks at the counter, when nothing is written here."""

    calm = 0.1
    """Seconds after a look in which there is no other: under many writes news come in bundles."""

    def __init__(self, database: Database, most_streams: int, most_per_address: int) -> None:
        """Begin without anyone who follows."""
        self.latest = 0
        self.is_closed = False
        self._database = database
        self._most, self._most_per_address = most_streams, most_per_address
        self._streams: Counter[str] = Counter()
        self._watcher: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._due = asyncio.Event()
        self._turn = asyncio.Lock()
        self._reading: asyncio.Task[ChangePage] | None = None
        self._kept: tuple[ChangesQuery, ChangePage] | None = None
        database.on_commit.append(self._due.set)

    @asynccontextmanager
    async def stream(self, address: str) -> AsyncIterator[None]:
        """Hold a place for a stream; there are so many, and none once the feed is closed."""
        if (why := self._full(address)) is not None:
            detail = f"{why}; connect again later, or read GET /v1/changes from time to time."
            raise UnavailableError(detail, headers={"Retry-After": str(_RETRY_SECONDS)})
        self._streams[address] += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = _on_behalf_of_all(self._watch())
        try:
            yield
        finally:
            self._streams -= Counter([address])
            self._due.set()

    def _full(self, address: str) -> str | None:
        """Say why there is no place for one more stream of an address."""
        if self.is_closed:
            return "The service is ending"
        if self._streams.total() >= self._most:
            return f"{self._most} streams are open"
        if self._streams[address] >= self._most_per_address:
            return f"{self._most_per_address} streams are open for your address"
        return None

    async def look(self, since: int = 0) -> int:
        """Look at the counter, wake who waits for what is new, and return the latest revision.

        A standby may lag behind: one that does not have ``since``, or what was seen before, is not
        looked at. So where less is seen than before, the register lost it in a fail-over, and
        other revisions will come under these numbers.
        """
        seen = self.latest
        async with self._database.read(since=max(since, seen)) as connection:
            latest = await latest_revision(connection)
        if latest > self.latest:
            self.latest = latest
            self._wake()
        elif latest < seen:
            self.latest, self._kept = latest, None
        return self.latest

    async def wait(self, after: int, seconds: float) -> bool:
        """Wait until there is a revision after the given one; tell whether there is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.latest <= after and not self.is_closed:
                    await self._news.wait()
        return self.latest > after

    async def page(self, query: ChangesQuery) -> ChangePage:
        """Return the changes that a query asks for.

        Streams take turns, so that all of them need one connection; and what was read last is kept,
        since those who are up to date ask for the same. Nothing else of a stream is in memory.
        """
        async with self._turn:
            if self._kept is not None:
                asked, page = self._kept
                if asked == query and page.latest_revision == self.latest:
                    return page
            # Who goes away meanwhile does not break off what the connection is doing.
            self._reading = _on_behalf_of_all(self._read(query))
            page = await asyncio.shield(self._reading)
            self._kept = (query, page)
            return page

    async def close(self) -> None:
        """End every stream, and take no more."""
        self.end()
        if self._watcher is not None:
            await self._watcher

    def end(self) -> None:
        """Let every stream know that it is to end."""
        self.is_closed = True
        self._due.set()
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _read(self, query: ChangesQuery) -> ChangePage:
        # A standby that does not have it would leave out what the next page does not go back for.
        latest = self.latest
        async with self._database.read(at_length=True, since=latest) as connection:
            latest = min(latest, await latest_revision(connection))
            return await list_changes(connection, query, latest)

    async def _watch(self) -> None:
        while self._streams and not self.is_closed:
            try:
                await self.look()
            except (UnavailableError, SQLAlchemyError, OSError):
                # The database may come back; until then those who follow get heartbeats only.
                _log.warning("the counter of revisions cannot be read", exc_info=True)
            await asyncio.sleep(self.calm)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.interval):
                    await self._due.wait()
            self._due.clear()
