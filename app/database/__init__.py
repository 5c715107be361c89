"""Engines, connections and transactions: the one place that begins and commits.

Reads run without a transaction: every read is pinned to a revision, and the rows of a revision
never change (except for new units, by ``icr migrate``), so that the queries of one request agree
anyway. Writes run one after another; each takes the revision counter first, so that revisions are
numbered in the order of commits.

If the database fails, an ``UnavailableError`` says whether anything was recorded.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Self

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker
from sqlalchemy.pool import QueuePool

from app.core.clock import Clock
from app.core.messages import Template
from app.core.settings import Settings
from app.database.connections import HeavyReads, PoolLimits, Readers
from app.database.failures import FAILURES, READ_ONLY, busy, failure_of, sqlstate
from app.database.postgresql import check_when_idle, is_pooled, limit_transaction, postgresql_engine
from app.database.sqlite import BEGIN_WRITE, RegisterFile, create_file, sqlite_engine
from app.database.standby import Standby

# The smallest thing that makes PostgreSQL write a commit to its log; nothing reads it.
_MARK = text("SELECT pg_logical_emit_message(true, 'icr', '')")
_QUEUE = Template("database.queue", "The writes before this one take too long.")
_MOMENT_SECONDS = 0.05
_NO_TRANSACTIONS = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}


def is_sqlite(url: str) -> bool:
    """Return whether a database URL names SQLite."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path | None:
    """Return the file of a register, ``None`` for one on a server."""
    name = make_url(url).database
    return Path(name) if is_sqlite(url) and name else None


class Database:
    """The database of one process: connections for reading, sessions for writing."""

    def __init__(
        self,
        url: str,
        limits: PoolLimits | None = None,
        standby_url: str = "",
        clock: Clock | None = None,
    ) -> None:
        """Prepare the engines; connections are opened when first needed."""
        self.url = url
        self.clock = clock or Clock()
        """What dates revisions."""
        self.on_commit: list[Callable[[], None]] = []
        """Called after each commit of this process."""
        self.standby: Standby | None = None
        self._limits = limits = limits or PoolLimits()
        self.calm = asyncio.Event()
        """Is clear while a writer of this process has its turn, at most for a moment."""
        self.calm.set()
        self._over: asyncio.TimerHandle | None = None
        self.heavy_reads = HeavyReads(limits)
        """To be taken before connections are lent for reads of much of the register."""
        self._queue = asyncio.Lock()
        self._limits_transactions = False
        places = limits.pool_size
        size: dict[str, int | None] = {"pool_size": places, "max_overflow": places}
        path = file_of(url)
        self._file = None if path is None else RegisterFile(path)
        if self._file is not None:
            self._writer = sqlite_engine(
                self._file, url, BEGIN_WRITE, is_prompt=True, pool_size=1, max_overflow=0
            )
            size["pool_reset_on_return"] = None
            engine = sqlite_engine(self._file, url, None, is_prompt=False, **size)
            self._long_reader = Readers(engine, limits)
            engine = sqlite_engine(self._file, url, None, is_prompt=True, **size)
            self._reader = Readers(engine, limits)
        else:
            # There is one writer at a time, on a connection that readers cannot take away.
            self._writer = postgresql_engine(url, limits, pool_size=1, max_overflow=1)
            check_when_idle(self._writer)
            engine = postgresql_engine(url, limits, **_NO_TRANSACTIONS, **size)
            self._reader = Readers(engine, limits)
            self._long_reader = self._reader
            self._limits_transactions = is_pooled(make_url(url))
        if standby_url:
            engine = postgresql_engine(standby_url, limits, **_NO_TRANSACTIONS, **size)
            self.standby = Standby(engine, limits)
        self._engines = {self._writer, self._reader.engine, self._long_reader.engine}
        self._sessions = async_sessionmaker(self._writer, expire_on_commit=False)

    @property
    def connections_in_use(self) -> int:
        """The number of connections in use at this moment."""
        pools = [engine.pool for engine in self._engines]
        return sum([pool.checkedout() for pool in pools if isinstance(pool, QueuePool)])

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the database of a service."""
        clock = Clock(settings.clock_jump, settings.clock_ahead)
        limits = PoolLimits.of(settings)
        return cls(settings.database_url, limits, settings.read_database_url, clock)

    def create(self) -> None:
        """Create the file of a register if there is none; servers create their databases."""
        path = file_of(self.url)
        if path is not None:
            create_file(path)

    def check_file(self) -> None:
        """Raise ``StorageFaultError`` if the file that is open is not the one at its path."""
        if self._file is not None:
            self._file.check()

    def data_version(self) -> int | None:
        """Return a number that is another one as soon as any connection has committed.

        ``None`` where the database gives no such number, as on PostgreSQL.
        """
        return None if self._file is None else self._file.data_version()

    @asynccontextmanager
    async def read(
        self, *, at_length: bool = False, since: int | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """Lend a connection for reading; every statement sees what is committed by then.

        Pass ``at_length`` to read many rows: SQLite then does not block other requests. Pass
        ``since`` to let a standby answer if it has that revision; 0 accepts any standby.
        """
        connection = None
        try:
            async with AsyncExitStack() as stack:
                if since is not None and self.standby is not None:
                    connection = await self.standby.lend(stack, since)
                if connection is not None:
                    yield connection
                    return
                readers = self._long_reader if at_length else self._reader
                yield await stack.enter_async_context(readers.lend())
        except FAILURES as error:
            if connection is not None and self.standby is not None:
                self.standby.note(error)
            if (failure := failure_of(error)) is None:
                raise
            raise failure from error

    @asynccontextmanager
    async def write(self, *, has_turn: bool = False) -> AsyncIterator[AsyncSession]:
        """Lend a session in a transaction: committed at the end, rolled back on any error.

        There is one writer at a time. Within a process writers take turns, unless the caller
        ``has_turn`` already; between processes the database makes them wait.
        """
        committing = False
        try:
            async with nullcontext() if has_turn else self.turn(), self._sessions() as session:
                await session.connection()
                self.check_file()
                if self._limits_transactions:
                    await limit_transaction(session, self._limits)
                yield session
                self.check_file()
                committing = True
                await session.commit()
                # Only what is in the file at its path may be acknowledged.
                self.check_file()
        except FAILURES as error:
            if sqlstate(error) == READ_ONLY:
                await self._leave()
            if (failure := failure_of(error, committing=committing)) is None:
                raise
            raise failure from error
        for notify in self.on_commit:
            notify()

    async def settle(self) -> None:
        """Return as soon as everything that can be read here is as durable as a finished commit.

        If commits wait for a standby, their rows are visible before the standby has them: a client
        that repeats a request may see what would be lost with this server. Another commit waits
        for the standby as well, and thereby for all commits before it.
        """
        async with self.write() as session:
            if not is_sqlite(self.url):
                await session.execute(_MARK)

    @asynccontextmanager
    async def dry_run(self, *, has_turn: bool = False) -> AsyncIterator[AsyncSession]:
        """Lend a session as for writing, and roll everything back at the end."""
        async with self.write(has_turn=has_turn) as session:
            yield session
            await session.rollback()

    async def close(self) -> None:
        """Close every connection."""
        await self._leave()
        if self.standby is not None:
            await self.standby.close()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn to write, but not for ever: the writer that has it may be stuck.

        Writers of this process wait in a fair queue, without connections that readers need.
        """
        try:
            async with asyncio.timeout(self._limits.lock or None):
                await self._queue.acquire()
        except TimeoutError as error:
            raise busy(_QUEUE()) from error
        try:
            self.disturb()
            yield
        finally:
            self._be_calm()
            self._queue.release()

    def disturb(self) -> None:
        """Let reads wait while the writer that has its turn works, at most a moment from now."""
        self._be_calm()
        self.calm.clear()
        self._over = asyncio.get_running_loop().call_later(_MOMENT_SECONDS, self.calm.set)

    def _be_calm(self) -> None:
        if self._over is not None:
            self._over.cancel()
            self._over = None
        self.calm.set()

    async def _leave(self) -> None:
        """Drop every connection: new ones may lead to another server."""
        for engine in self._engines:
            await engine.dispose()
        if self._file is not None:
            await self._file.forget()
