"""What is told when the database fails: whether anything was recorded, and what to do.

SQLSTATE codes are those of PostgreSQL's documentation, appendix A.
"""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.errors import (
    DatabaseBusyError,
    DatabaseLostError,
    OutcomeUnknownError,
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
