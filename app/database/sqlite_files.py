"""The SQLite file of a register as a file: checking it, copying it, having it to oneself.

The connections are those of ``sqlite3``: they work page by page or on the whole file, which an
engine and its pool cannot do.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL

from app.core.errors import ConflictError, StorageFaultError
from app.core.messages import Template

_PAGES_AT_ONCE = 1000
_IS_FOLDER = Template("file.is-folder", "{path} is a folder: name a file in it.")
_NOT_PERMITTED = Template(
    "file.not-permitted", "{path} cannot be read and written: give the user of icr the right to."
)
_NO_FOLDER = Template(
    "file.no-folder", "There is no folder {folder}: make it, or name another file."
)
_FOLDER_NOT_PERMITTED = Template(
    "file.folder-not-permitted",
    "Nothing can be written in {folder}, and SQLite keeps a journal beside its file: give the user "
    "of icr the right to, or name another.",
)
_MISSING = Template("file.missing", "There is no file {path}.")
_NO_REGISTER = Template(
    "file.no-register",
    "{path} {what}: name another file, or put a backup in its place (icr restore).",
)
_UNREADABLE = Template("file.unreadable", "cannot be read ({error})")
_AT_FAULT = {
    sqlite3.SQLITE_NOTADB: Template("file.not-sqlite", "is not an SQLite file"),
    sqlite3.SQLITE_CORRUPT: Template("file.damaged", "is damaged"),
}
_IN_USE = Template("file.in-use", "{path} is in use: stop what has it open (icr serve).")
_BESIDE = ("-wal", "-shm", "-journal")
"""The suffixes of the files that SQLite keeps beside a file while it is open."""
Show = Callable[[int, int], None]
"""Is called with the pages that are done, and the total."""


def url_of(path: Path) -> str:
    """Return the database URL of a file."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def check_usable(path: Path) -> None:
    """Raise ``StorageFaultError`` if a file cannot be a register; it says how to correct that."""
    check_folder(path.parent)
    if path.is_dir():
        raise StorageFaultError(_IS_FOLDER(path=path))
    if path.exists():
        if not os.access(path, os.R_OK | os.W_OK):
            raise StorageFaultError(_NOT_PERMITTED(path=path))
        _look(path, "rw")


def holds_register(path: Path) -> bool:
    """Return whether a file was ever migrated; reading it does not change it.

    A file that is locked at the moment counts as a register: opening it will wait.
    """
    try:
        with reading(path) as connection:
            found = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            return connection.execute(found).fetchone() is not None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return True


def check_folder(folder: Path) -> None:
    """Raise ``StorageFaultError`` if a folder cannot hold a register."""
    if not folder.is_dir():
        raise StorageFaultError(_NO_FOLDER(folder=folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageFaultError(_FOLDER_NOT_PERMITTED(folder=folder))


def check_readable(path: Path) -> None:
    """Raise ``StorageFaultError`` if a file cannot be read as a register."""
    if not path.is_file():
        raise StorageFaultError(_MISSING(path=path))
    _look(path, "ro")


def _look(path: Path, mode: str) -> None:
    """Read the first page, whose header SQLite compares with the file."""
    try:
        with closing(_connected(path, mode)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            return
        what = _AT_FAULT[code]() if code in _AT_FAULT else _UNREADABLE(error=str(error))
        raise StorageFaultError(_NO_REGISTER(path=path, what=what)) from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a read-only connection that sees one state of a file from beginning to end."""
    with closing(_connected(path, "ro")) as connection:
        connection.execute("BEGIN")
        # The first read pins the state.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection to a file that nobody else has open, and keep others out meanwhile.

    Raise ``ConflictError`` if somebody has it open. Afterwards no files of SQLite's are beside it.
    """
    with closing(_connected(path, "rw")) as connection:
        try:
            # Every open connection holds on to the log, so that the log cannot be removed.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise ConflictError(_IN_USE(path=path)) from error
        yield connection


def copy(source: Path, target: Path, show: Show) -> None:
    """Copy a register as it is at one moment, while others go on writing to it.

    The copy is one file that needs none beside it, and goes into a new one of ``create_new_file``:
    it holds hashes of keys. While it is made, the log of the register grows with every write.
    """
    # Without a pinned state the copy would begin anew whenever somebody writes.
    with reading(source) as origin, closing(_connected(target, "rw")) as made:
        origin.backup(
            made,
            pages=_PAGES_AT_ONCE,
            progress=lambda _status, left, total: show(total - left, total),
            sleep=0,
        )


def settle(path: Path) -> None:
    """Make a complete file stand alone, without files beside it, and flush it to the disk."""
    with closing(_connected(path, "rw")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    _sync(path)


def dress(made: Path, like: Path) -> None:
    """Give a file the owner and the mode of another one, if there is that."""
    if like.exists():
        status = like.stat()
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(made, status.st_uid, status.st_gid)
        made.chmod(stat.S_IMODE(status.st_mode))


def publish(made: Path, path: Path) -> None:
    """Rename a file atomically, replacing the file of that name."""
    made.replace(path)
    _sync(path.parent)


def set_aside(path: Path, kept: Path) -> None:
    """Keep a file under a second name, together with the files beside it."""
    if path.exists():
        kept.hardlink_to(path)
    for suffix in _BESIDE:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))


def has_leftovers(path: Path) -> bool:
    """Return whether SQLite left files beside a file, which itself may be missing."""
    return any(path.with_name(path.name + suffix).exists() for suffix in _BESIDE)


def remove(path: Path) -> None:
    """Remove a file and the files beside it, as far as they exist."""
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=1, isolation_level=None)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
