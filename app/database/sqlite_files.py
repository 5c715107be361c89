"""The SQLite file of a register as a file: whether it can be used, copying it, who has it open.

These connections are SQLite's own: what they do, page by page or to the whole file, is nothing that
an engine and its pool could do.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url

from app.core.errors import ConflictError, StorageFaultError
from app.database import is_sqlite

_PAGES_AT_ONCE = 1000
_AT_FAULT = {
    sqlite3.SQLITE_NOTADB: "is not an SQLite file",
    sqlite3.SQLITE_CORRUPT: "is damaged",
}
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file while it is open."""
Show = Callable[[int, int], None]
"""Is told how much of how much is done."""


def file_of(url: str) -> Path | None:
    """Return the file of a register, ``None`` for one on a server."""
    name = make_url(url).database
    return Path(name) if is_sqlite(url) and name else None


def url_of(path: Path) -> str:
    """Return the database URL of a file."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def check_usable(path: Path) -> None:
    """Raise ``StorageFaultError`` where a file cannot be a register, and say how to mend it."""
    check_folder(path.parent)
    if path.is_dir():
        raise StorageFaultError(f"{path} is a folder: name a file in it.")
    if path.exists():
        if not os.access(path, os.R_OK | os.W_OK):
            detail = f"{path} cannot be read and written: give the user of icr the right to."
            raise StorageFaultError(detail)
        _look(path, "rw")


def holds_register(path: Path) -> bool:
    """Tell whether a file was ever migrated; reading it changes nothing of it.

    One that is locked at the moment is taken for a register: whoever opens it will wait.
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
    """Raise ``StorageFaultError`` where a folder cannot hold a register."""
    if not folder.is_dir():
        raise StorageFaultError(f"There is no folder {folder}: make it, or name another file.")
    if not os.access(folder, os.W_OK | os.X_OK):
        detail = f"Nothing can be written in {folder}, and SQLite keeps a journal beside its file"
        raise StorageFaultError(f"{detail}: give the user of icr the right to, or name another.")


def check_readable(path: Path) -> None:
    """Raise ``StorageFaultError`` where a file cannot be read as a register."""
    if not path.is_file():
        raise StorageFaultError(f"There is no file {path}.")
    _look(path, "ro")


def _look(path: Path, mode: str) -> None:
    """Read the first page and compare what it tells of the file with the file."""
    try:
        with closing(_connected(path, mode)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            return
        what = _AT_FAULT.get(code, f"cannot be read ({error})")
        detail = f"{path} {what}: name another file, or put a backup in its place (icr restore)."
        raise StorageFaultError(detail) from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection that sees one state of a file from begin to end, and writes nothing."""
    with closing(_connected(path, "ro")) as connection:
        connection.execute("BEGIN")
        # The state is pinned by the first look at it.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection to a file that nobody else has open, and keep others out meanwhile.

    Raise ``ConflictError`` where somebody has it open. Afterwards nothing lies beside the file.
    """
    with closing(_connected(path, "rw")) as connection:
        try:
            # Whoever has a file open keeps a hold of its log, so that the log cannot be given up.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise ConflictError(f"{path} is in use: stop what has it open (icr serve).") from error
        yield connection


def copy(source: Path, target: Path, show: Show) -> None:
    """Copy a register as it is at one moment, while others go on writing to it.

    The copy is one file that needs none beside it. While it is made, the log of the register grows
    by what is written.
    """
    # Without a state that is pinned, the copy would begin anew whenever somebody writes.
    with reading(source) as origin, closing(_connected(target, "rwc")) as made:
        origin.backup(
            made,
            pages=_PAGES_AT_ONCE,
            progress=lambda _status, left, total: show(total - left, total),
            sleep=0,
        )


def settle(path: Path) -> None:
    """Let nothing lie beside a file that is complete, and have it safely on the disk."""
    with closing(_connected(path, "rw")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    _sync(path)


def publish(made: Path, path: Path) -> None:
    """Give a file its name at once, in place of what had it."""
    made.replace(path)
    _sync(path.parent)


def set_aside(path: Path, kept: Path) -> None:
    """Keep a file under a second name, with what lies beside it."""
    if path.exists():
        kept.hardlink_to(path)
    for suffix in _BESIDE:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))


def has_leftovers(path: Path) -> bool:
    """Tell whether anything lies beside a file that may not be there itself."""
    return any(path.with_name(path.name + suffix).exists() for suffix in _BESIDE)


def remove(path: Path) -> None:
    """Remove a file and what lies beside it, as far as it is there."""
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
