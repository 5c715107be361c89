"""Backing a SQLite register up while it is written to, and putting a backup in its place.

A copy gets its name only when it is complete, checked and safely on the disk.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import ConflictError, StorageFaultError
from app.database import Database, sqlite_files
from app.database.schema import current, head, known, migrate
from app.ledger.verification import LedgerEnd, file_faults, find_end, verify

Show = Callable[[str, int, int], None]
"""Is told what is done, and how much of how much."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that has its name: how large it is, and where its ledger ends.

    ``migration`` is at which migration the copied register was. Only the ledger of this release's
    can be verified: ``is_verified`` tells whether it was. ``kept`` is where the register went that
    was there before.
    """

    bytes: int
    end: LedgerEnd
    migration: str
    is_verified: bool = True
    kept: Path | None = None
    lost: str | None = None
    """What was lost by force, and which keys are valid again, in sentences."""


async def back_up(register: Path, target: Path, show: Show, *, force: bool = False) -> Copied:
    """Copy a register to a file; ``ConflictError`` where there is one already."""
    _check_backup(register, target, force=force)
    with _in_the_making(register, target, show) as made:
        async with _opened(made) as database:
            await _check_file(database)
            migration = await _migration_of(database)
            is_verified = migration == head()
            if is_verified:
                await _check_ledger(database, show)
            end = await find_end(database) or LedgerEnd()
        return Copied(_publish(made, target), end, migration, is_verified)


async def restore(source: Path, register: Path, show: Show, *, force: bool = False) -> Copied:
    """Put a backup in the place of a register that nobody has open.

    ``ConflictError`` where revisions would be lost, or keys would open again; by force it is done.
    In any case the register that was there is kept under another name, with its audit log. A
    backup of an earlier release is brought to the schema of this one.
    """
    _check_restoration(source, register)
    with _held(register) as held:
        lost = _lost(register, held, source)
        if lost and not force:
            raise ConflictError(f"{lost} With --force it is replaced and kept beside the new one.")
        with _in_the_making(source, register, show) as made:
            async with _opened(made) as database:
                await _check_file(database)
                migration = await _bring_up(database)
                await _check_ledger(database, show)
                end = await find_end(database) or LedgerEnd()
            kept = _keep(register)
            return Copied(_publish(made, register), end, migration, kept=kept, lost=lost)


def _check_backup(register: Path, target: Path, *, force: bool) -> None:
    sqlite_files.check_readable(register)
    _check_place(target)
    if target.exists() and target.samefile(register):
        raise ConflictError(f"{target} is the register itself: name another file.")
    if target.exists() and not force:
        raise ConflictError(f"{target} exists: name another file, or replace it with --force.")


def _check_restoration(source: Path, register: Path) -> None:
    sqlite_files.check_readable(source)
    _check_place(register)
    if register.exists() and register.samefile(source):
        raise ConflictError(f"{source} is the register itself: name a backup.")


def _check_place(path: Path) -> None:
    sqlite_files.check_folder(path.parent)
    if path.is_dir():
        raise ConflictError(f"{path} is a folder: name a file in it.")


@contextmanager
def _in_the_making(source: Path, target: Path, show: Show) -> Iterator[Path]:
    """Lend a copy under a passing name beside the target; it is gone afterwards."""
    made = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        sqlite_files.copy(source, made, lambda done, total: show("Copying", done, total))
        yield made
    finally:
        sqlite_files.remove(made)


def _publish(made: Path, path: Path) -> int:
    """Give a copy its name, and return its size in bytes."""
    sqlite_files.settle(made)
    sqlite_files.publish(made, path)
    return path.stat().st_size


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_files.url_of(path))
    try:
        yield database
    finally:
        await database.close()


async def _check_file(database: Database) -> None:
    faults = await file_faults(database)
    if faults:
        raise StorageFaultError(f"The copy is damaged, and so is its source: {faults[0]}.")


async def _check_ledger(database: Database, show: Show) -> None:
    last = None
    async for step in verify(database):
        show("Verifying", step.checked, step.total)
        last = step
    if last is not None and last.broken is not None:
        detail = f"Revision {last.broken} of the copy is broken: {last.reason}."
        raise StorageFaultError(detail)


async def _migration_of(database: Database) -> str:
    migration = await current(database)
    if migration is None:
        raise ConflictError("The file holds no register: it was never migrated.")
    return migration


async def _bring_up(database: Database) -> str:
    """Bring a copy to the schema of this release; return at which migration it was."""
    migration = await _migration_of(database)
    if migration not in known():
        detail = f"The backup is at migration {migration}, of a newer release: restore it with that"
        raise ConflictError(f"{detail} one.")
    if migration != head():
        await migrate(database)
    return migration


@contextmanager
def _held(register: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep others away from a register; give no connection where none can be had."""
    with ExitStack() as stack:
        held = None
        if register.exists():
            with suppress(sqlite3.DatabaseError):
                held = stack.enter_context(sqlite_files.alone(register))
        yield held


def _lost(register: Path, held: sqlite3.Connection | None, source: Path) -> str | None:
    """Say what is lost with a register, and which keys open again, as far as it can be told."""
    if held is None:
        what = f"What {register} holds cannot be told: it cannot be read."
        return what if _is_there(register) else None
    try:
        present = _end(held)
    except sqlite3.DatabaseError as error:
        return f"What {register} holds cannot be told: {error}."
    with sqlite_files.reading(source) as backup:
        last, same = _end(backup), _end(backup, present.revision)
        opened = sorted(_revoked_keys(held) & _keys_in_force(backup))
    told = []
    if present.revision > last.revision:
        told.append(f"{register} has {present.revision} revisions, the backup {last.revision}.")
    elif present.revision and present != same:
        told.append(f"Revision {present.revision} of {register} is another one than in the backup.")
    if opened:
        told.append(
            f"These keys were revoked since, and would be valid again: {', '.join(opened)}."
        )
    return " ".join(told) or None


def _revoked_keys(connection: sqlite3.Connection) -> set[str]:
    return _keys(connection, "revoked_at IS NOT NULL")


def _keys_in_force(connection: sqlite3.Connection) -> set[str]:
    return _keys(connection, "revoked_at IS NULL")


def _keys(connection: sqlite3.Connection, condition: str) -> set[str]:
    """Return the ids of some keys; none of a release that had no keys."""
    if not _has_table(connection, "access_key"):
        return set()
    found = connection.execute(f"SELECT id FROM access_key WHERE {condition}")  # noqa: S608 (own)
    return {row[0] for row in found}


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(sql, [name]).fetchone() is not None


def _end(connection: sqlite3.Connection, revision: int | None = None) -> LedgerEnd:
    """Return the last revision, up to a given one, by whatever release the file was made."""
    if not _has_table(connection, "revision"):
        return LedgerEnd()
    sql = "SELECT number, digest FROM revision WHERE number <= ? ORDER BY number DESC LIMIT 1"
    row = connection.execute(sql, [2**62 if revision is None else revision]).fetchone()
    return LedgerEnd(*row) if row else LedgerEnd()


def _is_there(register: Path) -> bool:
    return register.exists() or sqlite_files.has_leftovers(register)


def _keep(register: Path) -> Path | None:
    """Keep what a register holds under another name, which tells when; ``None`` for nothing."""
    if not _is_there(register):
        return None
    now = datetime.now(UTC)
    kept = register.with_name(f"{register.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    sqlite_files.set_aside(register, kept)
    return kept
