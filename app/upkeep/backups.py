"""Backing up a SQLite register while it is being written to.

A copy gets its name only when it is complete, checked and flushed to the disk.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from app.core.errors import ConflictError, StorageFaultError
from app.core.messages import Template
from app.database import Database, sqlite_files
from app.database.integrity import file_faults
from app.database.schema import current, head
from app.database.sqlite import create_new_file
from app.ledger.verification import LedgerEnd, find_end, verify

Show = Callable[[str, int, int], None]
"""Is called with the step at work, how much of it is done, and the total."""
_IS_REGISTER = Template("backups.is-register", "{path} is the register itself: name another file.")
_EXISTS = Template(
    "backups.exists", "{path} exists: name another file, or replace it with --force."
)
_IS_FOLDER = Template("backups.is-folder", "{path} is a folder: name a file in it.")
_DAMAGED = Template("backups.damaged", "The copy is damaged, and so is its source: {fault}.")
_BROKEN = Template("backups.broken", "Revision {revision} of the copy is broken: {reason}.")
_NO_REGISTER = Template("backups.no-register", "The file holds no register: it was never migrated.")


@dataclass(frozen=True, slots=True)
class Copied:
    """A finished copy: its size, and the end of its ledger.

    ``migration`` is the migration that the copied register was at. Only a ledger of this release
    can be verified: ``is_verified`` says whether it was.
    """

    bytes: int
    end: LedgerEnd
    migration: str
    is_verified: bool = True


async def back_up(register: Path, target: Path, show: Show, *, force: bool = False) -> Copied:
    """Copy a register to a file; ``ConflictError`` if the file exists."""
    _check_backup(register, target, force=force)
    with in_the_making(register, target, show) as made:
        async with opened(made) as database:
            await check_file(database)
            migration = await migration_of(database)
            is_verified = migration == head()
            if is_verified:
                await check_ledger(database, show)
            end = await find_end(database) or LedgerEnd()
        return Copied(publish(made, target), end, migration, is_verified)


def _check_backup(register: Path, target: Path, *, force: bool) -> None:
    sqlite_files.check_readable(register)
    check_place(target)
    if target.exists() and target.samefile(register):
        raise ConflictError(_IS_REGISTER(path=target))
    if target.exists() and not force:
        raise ConflictError(_EXISTS(path=target))


def check_place(path: Path) -> None:
    """Refuse a place where no register can be written."""
    sqlite_files.check_folder(path.parent)
    if path.is_dir():
        raise ConflictError(_IS_FOLDER(path=path))


@contextmanager
def in_the_making(source: Path, target: Path, show: Show) -> Iterator[Path]:
    """Lend a copy under a temporary name beside the target; it is removed afterwards."""
    made = target.with_name(f".{target.name}.{token_hex(8)}.partial")
    # It must be our own: whoever may write to the folder could have put a link there.
    create_new_file(made)
    try:
        sqlite_files.copy(source, made, lambda done, total: show("Copying", done, total))
        yield made
    finally:
        sqlite_files.remove(made)


def publish(made: Path, path: Path) -> int:
    """Rename a finished copy, and return its size in bytes."""
    sqlite_files.settle(made)
    sqlite_files.publish(made, path)
    return path.stat().st_size


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    """Open a file as a register, and close it at the end."""
    database = Database(sqlite_files.url_of(path))
    try:
        yield database
    finally:
        await database.close()


async def check_file(database: Database) -> None:
    """Raise ``StorageFaultError`` if a copy is damaged."""
    faults = await file_faults(database)
    if faults:
        raise StorageFaultError(_DAMAGED(fault=faults[0]))


async def check_ledger(database: Database, show: Show) -> None:
    """Raise ``StorageFaultError`` if a revision of a copy does not match its digest."""
    last = None
    async for step in verify(database):
        show("Verifying", step.checked, step.total)
        last = step
    if last is not None and last.broken is not None:
        raise StorageFaultError(_BROKEN(revision=last.broken, reason=last.reason))


async def migration_of(database: Database) -> str:
    """Return the migration that a copy is at; ``ConflictError`` if it is no register."""
    migration = await current(database)
    if migration is None:
        raise ConflictError(_NO_REGISTER())
    return migration
