"""Engines, connections and transactions: the one place that begins and commits.

Reads run without a transaction: every read is pinned to a revision, and the rows of a revision
never change (but for new units, by ``icr migrate``), so several queries of one request agree by
themselves. Writes run one after another; each takes the revision counter first, so that revisions
are numbered in the order of commits.
"""

import sqlite3
from asyncio import Lock
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Self

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

_BUSY_MILLISECONDS = 30_000
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL: what was acknowledged survives a power cut, not only the death of the process.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    # 64 MiB of pages: the projections of a province-sized register stay in memory.
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    # A log that grew, in a rebuild or while somebody read for long, gives its room back.
    "PRAGMA journal_size_limit = 67108864",
)


# PostgreSQL would soon plan for any date and any revision alike, which is a hundred times slower
# than planning for the ones asked for.
_PLANNING = {"server_settings": {"plan_cache_mode": "force_custom_plan"}}


def is_sqlite(url: str) -> bool:
    """Tell whether a database URL names SQLite."""
    return make_url(url).get_backend_name() == "sqlite"


class Database:
    """The database of one process: connections to read with, sessions to write with."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        """Prepare the engines; connections are opened when first needed."""
        self.url = url
        self.on_commit: list[Callable[[], None]] = []
        """Called after each commit of this process."""
        self._queue = Lock()
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size}
        if is_sqlite(url):
            self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
            options["pool_reset_on_return"] = None
            self._long_reader = _sqlite_engine(url, None, **options)
            self._reader = _sqlite_engine(url, None, is_prompt=True, **options)
        else:
            self._writer = create_async_engine(url, connect_args=_PLANNING, **options)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            self._long_reader = self._reader
        pools = {self._writer.pool, self._reader.pool, self._long_reader.pool}
        self._pools = [pool for pool in pools if isinstance(pool, QueuePool)]
        self._sessions = async_sessionmaker(self._writer, expire_on_commit=False)

    @property
    def connections_in_use(self) -> int:
        """How many connections are lent at this moment."""
        return sum(pool.checkedout() for pool in self._pools)

    @asynccontextmanager
    async def read(self, *, at_length: bool = False) -> AsyncIterator[AsyncConnection]:
        """Lend a connection for reading; every statement sees what is committed by then.

        Say ``at_length`` where many rows are looked at: on SQLite other requests are then served
        meanwhile.
        """
        engine = self._long_reader if at_length else self._reader
        async with engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Lend a session in a transaction: committed at the end, rolled back on any error.

        There is one writer at a time. Within a process writers wait in a fair queue, without
        holding connections that readers need; between processes the database makes them wait.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._queue)
            session = await stack.enter_async_context(self._sessions())
            await stack.enter_async_context(session.begin())
            yield session
        for tell in self.on_commit:
            tell()

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[AsyncSession]:
        """Lend a session as for writing, and roll back at the end whatever was written."""
        async with self.write() as session:
            yield session
            await session.rollback()

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()
        await self._long_reader.dispose()


class PromptCursor:
    """A cursor that executes and fetches in one visit to the connection's thread.

    aiosqlite makes a visit for each of cursor, execute, fetch and close. Results here are pages and
    sums, never large, so they are fetched at once; three visits of four are saved per query.
    """

    def __init__(self, connection: "PromptConnection") -> None:
        """Prepare an empty cursor."""
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._connection = connection
        # aiosqlite offers no public way to run one function in the connection's thread.
        self._visit: Any = connection._execute  # noqa: SLF001
        self._rows: Sequence[Any] = ()

    async def __aenter__(self) -> Self:
        """Opening costs nothing."""
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and keep all its rows."""
        if self._connection.is_prompt:
            self._run(sqlite3.Cursor.execute, sql, parameters)
        else:
            await self._visit(self._run, sqlite3.Cursor.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute a statement once for each set of parameters."""
        await self._visit(self._run, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows kept."""
        return self._rows

    async def close(self) -> None:
        """Closing costs nothing: the real cursor is closed already."""

    def _run(self, method: Any, sql: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection._conn.cursor()  # noqa: SLF001
        try:
            method(cursor, sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class PromptConnection(aiosqlite.Connection):
    """An aiosqlite connection with prompt cursors.

    With ``is_prompt`` statements run in the event loop itself. A thread takes the interpreter's
    lock anew for every row, against a busy loop, and that costs several times what the statement
    does; it is worth it for short statements only.
    """

    is_prompt = False

    def cursor(self) -> PromptCursor:  # type: ignore[override]
        """Return a cursor without visiting the thread."""
        return PromptCursor(self)


async def _connect_promptly(*arguments: Any, is_prompt: bool, **options: Any) -> PromptConnection:
    connection = PromptConnection(lambda: sqlite3.connect(*arguments, **options), 64)
    # The thread must not keep a process alive that forgot to close the database.
    connection._thread.daemon = True  # noqa: SLF001
    await connection
    connection.is_prompt = is_prompt
    return connection


def _sqlite_engine(
    url: str, begin: str | None, *, is_prompt: bool = False, **options: Any
) -> AsyncEngine:
    """Make an engine that begins transactions itself, with ``begin``, or never."""
    connect = partial(_connect_promptly, is_prompt=is_prompt)
    engine = create_async_engine(
        url,
        connect_args={"isolation_level": None, "async_creator_fn": connect},
        **(
            {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True} if not begin else {}
        ),
        **options,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        if begin is None:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    if begin is not None:

        @event.listens_for(engine.sync_engine, "begin")
        def begin_transaction(connection: Any) -> None:
            connection.exec_driver_sql(begin)

    return engine
