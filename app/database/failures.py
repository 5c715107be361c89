"""Database errors as problems: what happened, whether anything was recorded, and how to go on.

What happened is read from codes, never from wording: SQLite's result codes, and PostgreSQL's
SQLSTATE (appendix A of its documentation).
"""

import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.errors import (
    DatabaseBusyError,
    DatabaseLostError,
    OutcomeUnknownError,
    RegistryError,
    StorageFaultError,
    StorageFullError,
    UnavailableError,
)

FAILURES = (SQLAlchemyError, ConnectionError, TimeoutError)
"""What a database raises when it fails, among what it raises when a request does not fit."""
READ_ONLY = "25006"
_RETRY = {"Retry-After": "1"}
# Broken off or undone as a whole: the transaction can be made again from its beginning.
_UNDONE = {
    "0A000": "changed its tables meanwhile",
    "25006": "takes no writes: it is a standby now",
    "25P03": "ended a transaction that was idle for too long",
    "40001": "gave way to another transaction",
    "40P01": "gave way to another transaction",
}
# The server stops, starts, or does not answer; class 08 is of connections.
_GONE = {"57P01", "57P02", "57P03", "57P05"}
_BUSY = {
    "53300": "has no connection left",
    "55P03": "did not free a lock in time; something else is at work there",
    "57014": "did not end the work in time; ask for less at once",
}


def failure_of(error: Exception, *, committing: bool = False) -> UnavailableError | None:
    """Return what to tell of an error; ``None`` where the database itself did not fail.

    An answer that is lost while committing leaves open whether the commit took place.
    """
    if isinstance(error, PoolTimeoutError):
        return busy("All connections to the database are in use.")
    code = sqlstate(error)
    if code in _BUSY:
        return busy(f"The database {_BUSY[code]}.")
    if code in _UNDONE:
        detail = f"The database {_UNDONE[code]}. Nothing was recorded; send it again."
        return DatabaseLostError(detail, headers=_RETRY)
    if not is_gone(error):
        return None
    if committing:
        detail = (
            "The database went away while this was being recorded: it may have been recorded or "
            "not. Send it again with the same Idempotency-Key; without one, look first."
        )
        return OutcomeUnknownError(detail, headers=_RETRY)
    detail = "The database cannot be reached. Nothing was recorded; send it again in a moment."
    return DatabaseLostError(detail, headers=_RETRY)


def busy(why: str) -> DatabaseBusyError:
    """Return what to tell when something did not come free in time."""
    return DatabaseBusyError(f"{why} Nothing was recorded; send it again.", headers=_RETRY)


def sqlstate(error: BaseException) -> str:
    """Return the code that PostgreSQL gave with an error; none if it is not one of its."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def is_gone(error: Exception) -> bool:
    """Tell whether a server does not answer any more, at least on this connection."""
    code = sqlstate(error)
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or code in _GONE or code.startswith("08")


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
_LOCKED = UnavailableError(
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
    sqlite3.SQLITE_BUSY: _LOCKED,
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
