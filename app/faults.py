"""What the databases report of themselves, as the problems that it comes down to.

Codes, not wordings, tell what happened: SQLite's result codes and PostgreSQL's SQLSTATE.
"""

import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from app.errors import RegistryError, StorageFaultError, StorageFullError, UnavailableError

DatabaseError = DBAPIError
"""What a driver raises, for those floors that know nothing of databases."""

_RETRY_SECONDS = 5
_FULL = StorageFullError(
    "The disk that holds the register is full: nothing of this request was recorded. Reading goes "
    "on; send the request again when the operator has made room."
)
_REFUSING = StorageFullError(
    "The disk that holds the register takes no more: it is full, a quota is used up, or it fails. "
    "Nothing of this request was recorded; send it again when the operator has seen to it."
)
_FAILING = StorageFaultError(
    "The disk that holds the register cannot be read or written. Nothing of this request was "
    "recorded; the operator must look at the disk."
)
_DAMAGED = StorageFaultError(
    "The file of the register is damaged. Nothing of this request was recorded; the operator must "
    "restore a backup."
)
_LOCKED_UP = StorageFaultError(
    "The register cannot be opened or written: its file or folder does not allow it. Nothing of "
    "this request was recorded; the operator must give the service the right to write."
)
_BUSY = UnavailableError(
    "Others keep the register busy. Nothing of this request was recorded; send it again.",
    headers={"Retry-After": str(_RETRY_SECONDS)},
)
_OVERLOADED = UnavailableError(
    "The database has no connections or memory left for this request. Nothing of it was recorded; "
    "send it again in a moment.",
    headers={"Retry-After": str(_RETRY_SECONDS)},
)

# An extended code says more than the primary one in its lowest byte.
_SQLITE: Mapping[int, RegistryError] = {
    sqlite3.SQLITE_FULL: _FULL,
    # What a used up quota and a limit of file sizes come as.
    sqlite3.SQLITE_IOERR_WRITE: _REFUSING,
    sqlite3.SQLITE_IOERR_TRUNCATE: _REFUSING,
    sqlite3.SQLITE_IOERR_SHMSIZE: _REFUSING,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _LOCKED_UP,
    sqlite3.SQLITE_PERM: _LOCKED_UP,
    sqlite3.SQLITE_CANTOPEN: _LOCKED_UP,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_NOMEM: _OVERLOADED,
}
_POSTGRESQL: Mapping[str, RegistryError] = {
    "53100": _FULL,  # disk_full
    "53200": _OVERLOADED,  # out_of_memory
    "53300": _OVERLOADED,  # too_many_connections
    "58030": _FAILING,  # io_error
    "XX001": _DAMAGED,  # data_corrupted
    "XX002": _DAMAGED,  # index_corrupted
}


def problem_of(error: DBAPIError) -> RegistryError | None:
    """Return the problem that a driver's error comes down to; ``None`` for any other error."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
        return _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    return _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
