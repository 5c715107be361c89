"""Database errors as problems: what happened, whether anything was recorded, and how to go on.

Errors are recognised by codes, never by wording: SQLite's result codes, and PostgreSQL's SQLSTATE
(appendix A of its documentation). ``failure_of`` is for a connection or transaction that is lost or
has to wait, ``problem_of`` for the storage below it.
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
from app.core.messages import Message, Template

FAILURES = (SQLAlchemyError, ConnectionError, TimeoutError)
"""The exceptions that a failing database raises; some are raised for invalid requests, too."""
READ_ONLY = "25006"
_RETRY = {"Retry-After": "1"}
ALL_IN_USE = Template("database.all-in-use", "All connections to the database are in use.")
_NOTHING_RECORDED = Template(
    "database.nothing-recorded", "{why} Nothing was recorded; send it again."
)
_GONE_WHILE_COMMITTING = Template(
    "database.gone-while-committing",
    "The database went away while this was being recorded: it may have been recorded or not. "
    "Send it again with the same Idempotency-Key; without one, look first.",
)
_UNREACHABLE = Template(
    "database.unreachable",
    "The database cannot be reached. Nothing was recorded; send it again in a moment.",
)
# Cancelled or rolled back as a whole: the transaction can be repeated from its beginning.
_GAVE_WAY = Template("database.gave-way", "The database gave way to another transaction.")
_UNDONE = {
    "0A000": Template("database.tables-changed", "The database changed its tables meanwhile."),
    READ_ONLY: Template(
        "database.is-standby", "The database takes no writes: it is a standby now."
    ),
    "25P03": Template(
        "database.was-idle", "The database ended a transaction that was idle for too long."
    ),
    "40001": _GAVE_WAY,
    "40P01": _GAVE_WAY,
}
# The server stops, starts, or does not answer; class 08 is about connections.
_GONE = {"57P01", "57P02", "57P03", "57P05"}
_BUSY = {
    "53300": Template("database.no-connection", "The database has no connection left."),
    "55P03": Template(
        "database.lock-not-free",
        "The database did not free a lock in time; something else is at work there.",
    ),
    "57014": Template(
        "database.too-slow",
        "The database did not end the work in time; ask for less at once.",
    ),
}


def failure_of(error: Exception, *, committing: bool = False) -> UnavailableError | None:
    """Return the problem for an error; ``None`` if it is not the database that failed.

    If the connection is lost while ``committing``, it is unknown whether the commit took place.
    """
    if isinstance(error, PoolTimeoutError):
        return busy(ALL_IN_USE())
    code = sqlstate(error)
    if code in _BUSY:
        return busy(_BUSY[code]())
    if code in _UNDONE:
        return DatabaseLostError(_NOTHING_RECORDED(why=_UNDONE[code]()), headers=_RETRY)
    if not is_gone(error):
        return None
    if committing:
        return OutcomeUnknownError(_GONE_WHILE_COMMITTING(), headers=_RETRY)
    return DatabaseLostError(_UNREACHABLE(), headers=_RETRY)


def busy(why: Message) -> DatabaseBusyError:
    """Return the problem for something that did not become free in time."""
    return DatabaseBusyError(_NOTHING_RECORDED(why=why), headers=_RETRY)


def sqlstate(error: BaseException) -> str:
    """Return the code of an error of PostgreSQL; an empty text for any other error."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def is_gone(error: Exception) -> bool:
    """Return whether a server has stopped answering, at least on this connection."""
    code = sqlstate(error)
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or code in _GONE or code.startswith("08")


DatabaseError = DBAPIError
"""The errors of drivers, for rooms that do not import SQLAlchemy."""
_RETRY_SECONDS = 5
_FULL = Template(
    "storage.full",
    "The disk that holds the register is full: nothing of this request was recorded. Reading goes "
    "on; send the request again when the operator has made room.",
)
_REFUSING = Template(
    "storage.refusing",
    "The disk that holds the register takes no more: it is full, a quota is used up, or it fails. "
    "Nothing of this request was recorded; send it again when the operator has seen to it.",
)
_FAILING = Template(
    "storage.failing",
    "The disk that holds the register cannot be read or written. Nothing of this request was "
    "recorded; the operator must look at the disk.",
)
_DAMAGED = Template(
    "storage.damaged",
    "The file of the register is damaged. Nothing of this request was recorded; the operator must "
    "restore a backup.",
)
_NOT_PERMITTED = Template(
    "storage.not-permitted",
    "The register cannot be opened or written: its file or folder does not allow it. Nothing of "
    "this request was recorded; the operator must give the service the right to write.",
)
_LOCKED = Template(
    "storage.locked",
    "Others keep the register busy. Nothing of this request was recorded; send it again.",
)
_OVERLOADED = Template(
    "storage.overloaded",
    "The database has no connections or memory left for this request. Nothing of it was recorded; "
    "send it again in a moment.",
)
# An extended code says more than the primary one in its lowest byte.
_SQLITE: Mapping[int, Template] = {
    sqlite3.SQLITE_FULL: _FULL,
    # SQLite reports an exhausted quota and a limit on file sizes with these.
    sqlite3.SQLITE_IOERR_WRITE: _REFUSING,
    sqlite3.SQLITE_IOERR_TRUNCATE: _REFUSING,
    sqlite3.SQLITE_IOERR_SHMSIZE: _REFUSING,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _NOT_PERMITTED,
    sqlite3.SQLITE_PERM: _NOT_PERMITTED,
    sqlite3.SQLITE_CANTOPEN: _NOT_PERMITTED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_NOMEM: _OVERLOADED,
}
_POSTGRESQL: Mapping[str, Template] = {
    "53100": _FULL,  # disk_full
    "53200": _OVERLOADED,  # out_of_memory
    "53300": _OVERLOADED,  # too_many_connections
    "58030": _FAILING,  # io_error
    "XX001": _DAMAGED,  # data_corrupted
    "XX002": _DAMAGED,  # index_corrupted
}


def problem_of(error: DBAPIError) -> RegistryError | None:
    """Return the problem with the storage behind a driver's error; ``None`` for other errors."""
    what = _what_failed(error)
    if what is None:
        return None
    if what in {_FULL, _REFUSING}:
        return StorageFullError(what())
    if what in {_LOCKED, _OVERLOADED}:
        return UnavailableError(what(), headers={"Retry-After": str(_RETRY_SECONDS)})
    return StorageFaultError(what())


def _what_failed(error: DBAPIError) -> Template | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
        return _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    return _POSTGRESQL.get(sqlstate(error))
