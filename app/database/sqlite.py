"""SQLite: engines that begin transactions themselves, and connections fast in a busy event loop."""

import os
import sqlite3
from asyncio import CancelledError, Future, gather, sleep
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Self
from urllib.parse import quote

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.errors import StorageFaultError
from app.core.messages import Template

BEGIN_WRITE = "BEGIN IMMEDIATE"
"""Begins a transaction that no other writer can come into."""
_Method = Callable[[sqlite3.Cursor, str, Sequence[object]], object]
_BUSY_SECONDS = 30
_BUSY_TIMEOUT = f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}"
_LOOK_AGAIN_SECONDS = 0.002
_POLITE_SECONDS = 1.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL: acknowledged commits survive a power cut, not only the death of the process.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    _BUSY_TIMEOUT,
    # 64 MiB of pages: the projections of a province-sized register stay in memory.
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    # A log that grew, in a rebuild or during a long read, gives its disk space back.
    "PRAGMA journal_size_limit = 67108864",
)
_REPLACED = Template(
    "storage.replaced",
    "The file of the register, or its log, was removed or replaced while the service runs. Nothing "
    "of this request was recorded in what is there now; the operator must put the file back and "
    "restart the service.",
)


def create_file(path: Path) -> None:
    """Create an empty file that only its owner may read, unless there is one."""
    with suppress(FileExistsError):
        create_new_file(path)


def create_new_file(path: Path) -> None:
    """Create an empty file that only its owner may read; ``FileExistsError`` if there is one."""
    flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY
    os.close(os.open(path, flags, 0o600))


class RegisterFile:
    """The file of a register as it was first opened, and the log that is written beside it.

    What is at its path may be another file by now: then a commit succeeds and is lost.
    """

    def __init__(self, path: Path) -> None:
        """Look at nothing yet."""
        self._path, self._log = path, path.with_name(f"{path.name}-wal")
        self._found: dict[Path, tuple[int, int]] = {}
        self.stopping: set[Future[None]] = set()
        """The threads of connections that still have to end."""
        self._watch: sqlite3.Connection | None = None

    def check(self) -> None:
        """Raise ``StorageFaultError`` if the file or its log is not the one found at first."""
        self._compare(self._path)
        self._compare(self._log)

    def note_connection(self, *, writes: bool) -> None:
        """Check the file for a new connection; one that writes may find a new log."""
        self._compare(self._path)
        if writes:
            self._found.pop(self._log, None)

    def data_version(self) -> int | None:
        """Return a number that is another one as soon as any connection has committed.

        ``None`` if the file cannot be read. It takes some microseconds, on the event loop.
        """
        try:
            if self._watch is None:
                # It only watches: what it sees is what others commit.
                self._watch = sqlite3.connect(_address(self._path), uri=True, isolation_level=None)
            (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(version)

    async def forget(self) -> None:
        """Begin anew, once all connections are closed and their threads have ended."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await gather(*self.stopping)
        self._found.clear()

    def _compare(self, path: Path) -> None:
        try:
            status = path.stat()
        except FileNotFoundError as error:
            if path not in self._found:
                return
            raise StorageFaultError(_REPLACED()) from error
        found = (status.st_dev, status.st_ino)
        if self._found.setdefault(path, found) != found:
            raise StorageFaultError(_REPLACED())


class PromptCursor:
    """A cursor that executes and fetches in one visit to the connection's thread.

    aiosqlite makes a visit for each of cursor, execute, fetch and close. Results here are pages and
    sums, never large, so they are fetched at once, which saves three visits of four per query.
    """

    def __init__(self, connection: "PromptConnection") -> None:
        """Prepare an empty cursor."""
        self.description: object = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._connection = connection
        # aiosqlite offers no public way to run one function in the connection's thread.
        self._visit: Callable[..., Awaitable[None]] = connection._execute  # noqa: SLF001
        self._rows: Sequence[object] = ()
        self._is_stopped = False

    async def __aenter__(self) -> Self:
        """Opening costs nothing."""
        return self

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> Self:
        """Execute a statement and keep all its rows."""
        if not self._connection.is_prompt:
            await self._stoppable(sql, parameters)
        elif sql == BEGIN_WRITE:
            await self._begin_write()
        else:
            self._run(sqlite3.Cursor.execute, sql, parameters)
        return self

    async def _begin_write(self) -> None:
        """Wait for the writers of other processes, without holding the event loop or a thread.

        SQLite itself would look again after up to 100 ms, while others take turn after turn.
        """
        connection, now = self._connection, monotonic()
        end = now + _BUSY_SECONDS
        if now - connection.met_others_at < _POLITE_SECONDS:
            # The next writer of this process would always be faster than another process.
            await sleep(2 * _LOOK_AGAIN_SECONDS)
        while not self._is_begun(is_last=monotonic() >= end):
            connection.met_others_at = monotonic()
            await sleep(_LOOK_AGAIN_SECONDS)

    def _is_begun(self, *, is_last: bool) -> bool:
        self._run(sqlite3.Cursor.execute, "PRAGMA busy_timeout = 0", ())
        try:
            self._run(sqlite3.Cursor.execute, BEGIN_WRITE, ())
        except sqlite3.OperationalError as error:
            if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._run(sqlite3.Cursor.execute, _BUSY_TIMEOUT, ())
        return True

    async def _stoppable(self, sql: str, parameters: Sequence[object]) -> None:
        """Execute a statement in the thread; it ends there when nobody waits for it any more."""
        try:
            await self._visit(self._run, sqlite3.Cursor.execute, sql, parameters)
        except CancelledError:
            self._is_stopped = True
            self._connection.stop_statement()
            raise

    async def executemany(self, sql: str, parameters: Sequence[Sequence[object]]) -> Self:
        """Execute a statement once for each sequence of parameters."""
        await self._visit(self._run, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> Sequence[object]:
        """Return all rows of the statement."""
        return self._rows

    async def close(self) -> None:
        """Closing costs nothing: the real cursor is closed already."""

    def _run(self, method: _Method, sql: str, parameters: Sequence[object]) -> None:
        if self._is_stopped:
            return
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

    With ``is_prompt`` statements run in the event loop itself, which is for short ones only: a
    thread takes the interpreter's lock anew for every row, against a busy loop, and that costs
    several times as much as the statement.
    """

    is_prompt = False
    met_others_at = float("-inf")
    """When a writer of another process was last waited for, in seconds of the monotonic clock."""
    stopping: set[Future[None]]
    """The threads of the file that still have to end."""

    def cursor(self) -> PromptCursor:  # type: ignore[override]
        """Return a cursor without visiting the thread."""
        return PromptCursor(self)

    stopped: Future[None] | None = None

    def stop(self) -> Future[None] | None:
        """Have the thread end; what it reports must find the event loop still running.

        A thread that has ended answers nothing. Who is cancelled while a connection is closed stops
        it at once, and the closing, which goes on, stops it again.
        """
        if self.stopped is None and (stopped := super().stop()) is not None:
            self.stopped = stopped
            self.stopping.add(stopped)
            stopped.add_done_callback(self.stopping.discard)
        return self.stopped

    def stop_statement(self) -> None:
        """Have the statement that is running in the thread end with an error."""
        if self._connection is not None:
            self._connection.interrupt()


def _address(path: str | Path) -> str:
    """Return the address of a file that must be there: an empty one would hide the lost one."""
    return f"file:{quote(str(path))}?mode=rw"


async def _connect_promptly(
    path: str, *, file: RegisterFile, writes: bool, is_prompt: bool, **options: Any
) -> PromptConnection:
    connection = PromptConnection(lambda: sqlite3.connect(_address(path), uri=True, **options), 64)
    connection.stopping = file.stopping
    # The thread must not keep a process alive that did not close the database.
    connection._thread.daemon = True  # noqa: SLF001
    await connection
    try:
        file.note_connection(writes=writes)
    except StorageFaultError:
        await connection.close()
        raise
    connection.is_prompt = is_prompt
    return connection


def sqlite_engine(
    file: RegisterFile, url: str, begin: str | None, *, is_prompt: bool, **options: object
) -> AsyncEngine:
    """Create an engine that begins transactions with the statement ``begin``, or never."""
    writes = begin is not None
    connect = partial(_connect_promptly, file=file, writes=writes, is_prompt=is_prompt)
    engine = create_async_engine(
        url,
        connect_args={"isolation_level": None, "async_creator_fn": connect},
        **(
            {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True} if not begin else {}
        ),
        hide_parameters=True,
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
        def begin_transaction(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine
