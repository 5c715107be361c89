"""One command at a time: those that change a register in several transactions wait in line."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from app.database import Database, file_of

_LOOK_SECONDS = 0.2
_KEY = "hashtext('icr command')"
_TRY = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")
_WAIT = text(f"SELECT pg_advisory_xact_lock({_KEY})")
# The transaction that holds the lock does nothing else for as long as the command takes.
_PATIENT = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '0', true),"
    " set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)"
)


@asynccontextmanager
async def in_turn(url: str, say_waiting: Callable[[], None]) -> AsyncIterator[None]:
    """Keep other commands out of a register; call ``say_waiting`` once if there is one already."""
    path = file_of(url)
    held = _holding_server(url, say_waiting) if path is None else _holding_file(path, say_waiting)
    async with held:
        yield


@asynccontextmanager
async def _holding_server(url: str, say_waiting: Callable[[], None]) -> AsyncIterator[None]:
    """Hold a lock of a transaction, since sessions behind a pooler cannot hold any."""
    database = Database(url)
    try:
        async with database.write() as session:
            await session.execute(_PATIENT)
            if not (await session.execute(_TRY)).scalar_one():
                say_waiting()
                await session.execute(_WAIT)
            yield
    finally:
        await database.close()


@asynccontextmanager
async def _holding_file(path: Path, say_waiting: Callable[[], None]) -> AsyncIterator[None]:
    """Hold a lock on a file of its own beside the register, which is removed at the end."""
    beside = path.with_name(f"{path.name}-lock")
    opened = _locked(beside)
    if opened is None:
        say_waiting()
    while opened is None:
        await asyncio.sleep(_LOOK_SECONDS)
        opened = _locked(beside)
    try:
        yield
    finally:
        beside.unlink()
        os.close(opened)


def _locked(path: Path) -> int | None:
    """Return a locked file; ``None`` while another process has it, or has just removed it."""
    opened = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(opened), path.stat()):
            return opened
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(opened)
    return None
