"""The change feed of one process: its streams are woken when there are changes.

A write of this process wakes them itself. For the writes of other processes the counter is polled,
once for all streams, and only while there are any.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import UnavailableError
from app.core.messages import Message, Template
from app.database import Database
from app.entry.change_schemas import ChangePage
from app.entry.changes import list_changes
from app.ledger.schemas import ChangesQuery
from app.ledger.snapshots import latest_revision

_log = logging.getLogger("icr")
_RETRY_SECONDS = 5
_FULL = Template(
    "feed.full", "{reason}; connect again later, or read GET /v1/changes from time to time."
)
_ENDING = Template("feed.ending", "The service is ending")
_MOST = Template("feed.most-streams", "{count} streams are open")
_MOST_OF_ADDRESS = Template(
    "feed.most-streams-of-address", "{count} streams are open for your address"
)
_Result = TypeVar("_Result")


def _on_behalf_of_all(work: Coroutine[None, None, _Result]) -> asyncio.Task[_Result]:
    """Begin work for all streams, without the context of the request that happens to begin it.

    The revision that its client has seen, for one, does not concern the others.
    """
    return asyncio.create_task(work, context=Context())


class Feed:
    """The shared state of the streams of one process."""

    interval = 1.0
    """Seconds between two reads of the counter, when nothing is written here."""

    calm = 0.1
    """Seconds without another read after one: under many writes news come in bundles."""

    def __init__(self, database: Database, most_streams: int, most_per_address: int) -> None:
        """Begin without streams."""
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
        """Hold a place for a stream; their number is limited, and 0 once the feed is closed."""
        if (reason := self._refusal(address)) is not None:
            headers = {"Retry-After": str(_RETRY_SECONDS)}
            raise UnavailableError(_FULL(reason=reason), headers=headers)
        self._streams[address] += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = _on_behalf_of_all(self._watch())
        try:
            yield
        finally:
            self._streams -= Counter([address])
            self._due.set()

    def _refusal(self, address: str) -> Message | None:
        """Return why there is no place for one more stream of an address."""
        if self.is_closed:
            return _ENDING()
        if self._streams.total() >= self._most:
            return _MOST(count=self._most)
        if self._streams[address] >= self._most_per_address:
            return _MOST_OF_ADDRESS(count=self._most_per_address)
        return None

    async def look(self, since: int = 0) -> int:
        """Read the counter, wake the streams if there is news, and return the latest revision.

        A standby may lag behind: one that does not have ``since``, or the revision seen before, is
        not read. So where the counter is lower than before, the register lost revisions in a
        fail-over, and others will come under these numbers.
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
        """Wait until there is a revision after the given one; return whether there is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.latest <= after and not self.is_closed:
                    await self._news.wait()
        return self.latest > after

    async def page(self, query: ChangesQuery) -> ChangePage:
        """Return a page of changes.

        Streams take turns, so that all of them need one connection; and the last page is kept,
        since those that are up to date need the same. Nothing else of a stream is in memory.
        """
        async with self._turn:
            if self._kept is not None:
                kept, page = self._kept
                if kept == query and page.latest_revision == self.latest:
                    return page
            # A client that goes away meanwhile does not break off the work of the connection.
            self._reading = _on_behalf_of_all(self._read(query))
            page = await asyncio.shield(self._reading)
            self._kept = (query, page)
            return page

    async def close(self) -> None:
        """End every stream, and admit no more."""
        self.end()
        if self._watcher is not None:
            await self._watcher

    def end(self) -> None:
        """Signal every stream to end."""
        self.is_closed = True
        self._due.set()
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _read(self, query: ChangesQuery) -> ChangePage:
        # A standby without it would leave out changes that the next page does not go back for.
        latest = self.latest
        async with self._database.read(at_length=True, since=latest) as connection:
            latest = min(latest, await latest_revision(connection))
            return await list_changes(connection, query, latest)

    async def _watch(self) -> None:
        while self._streams and not self.is_closed:
            try:
                await self.look()
            except (UnavailableError, SQLAlchemyError, OSError):
                # The database may come back; until then the streams send heartbeats only.
                _log.warning("the counter of revisions cannot be read", exc_info=True)
            await asyncio.sleep(self.calm)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.interval):
                    await self._due.wait()
            self._due.clear()
