"""Backing up a SQLite register while it is being written to, and restoring a backup.

A copy gets its name only when it is complete, checked and flushed to the disk.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import ConflictError, StorageFaultError
from app.core.messages import SENTENCES, Message, Template
from app.database import Database, sqlite_files
from app.database.schema import current, head, known, migrate
from app.ledger.verification import LedgerEnd, file_faults, find_end, verify

Show = Callable[[str, int, int], None]
"""Is called with the step at work, how much of it is done, and the total."""
_IS_REGISTER = Template("backups.is-register", "{path} is the register itself: name another file.")
_IS_NO_BACKUP = Template("backups.is-no-backup", "{path} is the register itself: name a backup.")
_EXISTS = Template(
    "backups.exists", "{path} exists: name another file, or replace it with --force."
)
_IS_FOLDER = Template("backups.is-folder", "{path} is a folder: name a file in it.")
_NEEDS_FORCE = Template(
    "backups.needs-force", "With --force it is replaced and kept beside the new one."
)
_DAMAGED = Template("backups.damaged", "The copy is damaged, and so is its source: {fault}.")
_BROKEN = Template("backups.broken", "Revision {revision} of the copy is broken: {reason}.")
_NO_REGISTER = Template("backups.no-register", "The file holds no register: it was never migrated.")
_NEWER = Template(
    "backups.newer-release",
    "The backup is at migration {migration}, of a newer release: restore it with that one.",
)
_UNREADABLE = Template(
    "backups.unreadable", "The content of {register} is unknown: it cannot be read."
)
_UNREADABLE_BECAUSE = Template(
    "backups.unreadable-because", "The content of {register} is unknown: {error}."
)
_LONGER = Template(
    "backups.register-is-longer", "{register} has {revision} revisions, the backup {last}."
)
_OTHER = Template(
    "backups.other-register",
    "Revision {revision} of {register} is another one than in the backup.",
)
_KEYS_REVIVED = Template(
    "backups.keys-revived",
    "These keys were revoked since, and would be valid again: {keys}.",
)


@dataclass(frozen=True, slots=True)
class Copied:
    """A finished copy: its size, and the end of its ledger.

    ``migration`` is the migration that the copied register was at. Only a ledger of this release
    can be verified: ``is_verified`` says whether it was. ``kept`` is the new name of the register
    that was replaced.
    """

    bytes: int
    end: LedgerEnd
    migration: str
    is_verified: bool = True
    kept: Path | None = None
    lost: Message | None = None
    """The loss that was accepted by force: revisions, and revocations of keys."""


async def back_up(register: Path, target: Path, show: Show, *, force: bool = False) -> Copied:
    """Copy a register to a file; ``ConflictError`` if the file exists."""
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
    """Replace a register that nobody has open by a backup.

    ``ConflictError`` if revisions would be lost, or revoked keys would be valid again, unless
    ``force`` is given. In any case the replaced register is kept under another name, with its audit
    log. A backup of an earlier release is migrated to the schema of this one.
    """
    _check_restoration(source, register)
    with _held(register) as held:
        lost = _lost(register, held, source)
        if lost and not force:
            raise ConflictError(SENTENCES(sentences=(lost, _NEEDS_FORCE())))
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
        raise ConflictError(_IS_REGISTER(path=target))
    if target.exists() and not force:
        raise ConflictError(_EXISTS(path=target))


def _check_restoration(source: Path, register: Path) -> None:
    sqlite_files.check_readable(source)
    _check_place(register)
    if register.exists() and register.samefile(source):
        raise ConflictError(_IS_NO_BACKUP(path=source))


def _check_place(path: Path) -> None:
    sqlite_files.check_folder(path.parent)
    if path.is_dir():
        raise ConflictError(_IS_FOLDER(path=path))


@contextmanager
def _in_the_making(source: Path, target: Path, show: Show) -> Iterator[Path]:
    """Lend a copy under a temporary name beside the target; it is removed afterwards."""
    made = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        sqlite_files.copy(source, made, lambda done, total: show("Copying", done, total))
        yield made
    finally:
        sqlite_files.remove(made)


def _publish(made: Path, path: Path) -> int:
    """Rename a finished copy, and return its size in bytes."""
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
        raise StorageFaultError(_DAMAGED(fault=faults[0]))


async def _check_ledger(database: Database, show: Show) -> None:
    last = None
    async for step in verify(database):
        show("Verifying", step.checked, step.total)
        last = step
    if last is not None and last.broken is not None:
        raise StorageFaultError(_BROKEN(revision=last.broken, reason=last.reason))


async def _migration_of(database: Database) -> str:
    migration = await current(database)
    if migration is None:
        raise ConflictError(_NO_REGISTER())
    return migration


async def _bring_up(database: Database) -> str:
    """Migrate a copy to the schema of this release; return the migration that it was at."""
    migration = await _migration_of(database)
    if migration not in known():
        raise ConflictError(_NEWER(migration=migration))
    if migration != head():
        await migrate(database)
    return migration


@contextmanager
def _held(register: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep others out of a register; ``None`` instead of a connection if it cannot be read."""
    with ExitStack() as stack:
        held = None
        if register.exists():
            with suppress(sqlite3.DatabaseError):
                held = stack.enter_context(sqlite_files.alone(register))
        yield held


def _lost(register: Path, held: sqlite3.Connection | None, source: Path) -> Message | None:
    """Return what replacing a register would lose, as far as that can be read."""
    if held is None:
        return _UNREADABLE(register=register) if _is_there(register) else None
    try:
        present = _end(held)
    except sqlite3.DatabaseError as error:
        return _UNREADABLE_BECAUSE(register=register, error=str(error))
    with sqlite_files.reading(source) as backup:
        losses = (*_lost_revisions(register, present, backup), *_lost_revocations(held, backup))
    return SENTENCES(sentences=losses) if losses else None


def _lost_revisions(
    register: Path, present: LedgerEnd, backup: sqlite3.Connection
) -> Iterator[Message]:
    last = _end(backup)
    if present.revision > last.revision:
        yield _LONGER(register=register, revision=present.revision, last=last.revision)
    elif present.revision and present != _end(backup, present.revision):
        yield _OTHER(register=register, revision=present.revision)


def _lost_revocations(held: sqlite3.Connection, backup: sqlite3.Connection) -> Iterator[Message]:
    revived = _keys(held, "revoked_at IS NOT NULL") & _keys(backup, "revoked_at IS NULL")
    if revived:
        yield _KEYS_REVIVED(keys=", ".join(sorted(revived)))


def _keys(connection: sqlite3.Connection, condition: str) -> set[str]:
    """Return the ids of the keys under a condition; none from a release that had no keys."""
    if not _has_table(connection, "access_key"):
        return set()
    found = connection.execute(f"SELECT id FROM access_key WHERE {condition}")  # noqa: S608 (own)
    return {row[0] for row in found}


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(sql, [name]).fetchone() is not None


def _end(connection: sqlite3.Connection, revision: int | None = None) -> LedgerEnd:
    """Return the last revision, or the last up to a given one, of a file of any release."""
    if not _has_table(connection, "revision"):
        return LedgerEnd()
    sql = "SELECT number, digest FROM revision WHERE number <= ? ORDER BY number DESC LIMIT 1"
    row = connection.execute(sql, [2**62 if revision is None else revision]).fetchone()
    return LedgerEnd(*row) if row else LedgerEnd()


def _is_there(register: Path) -> bool:
    return register.exists() or sqlite_files.has_leftovers(register)


def _keep(register: Path) -> Path | None:
    """Keep a register under another name, with the time in it; ``None`` if there is none."""
    if not _is_there(register):
        return None
    now = datetime.now(UTC)
    kept = register.with_name(f"{register.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    sqlite_files.set_aside(register, kept)
    return kept
