"""How a command ends that a file or the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from app.cli.common import ERR
from app.core.errors import UnavailableError


@contextmanager
def reporting() -> Iterator[None]:
    """Report in one line what a file or the database refuses, and end."""
    try:
        yield
    except (OSError, SQLAlchemyError, UnavailableError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            ERR.print(f"{error.filename}: {error.strerror}. Name another file or folder.")
            raise SystemExit(2) from error
        # The message for clients hides what the driver says, and that is what helps here.
        cause = error.__cause__ if isinstance(error, UnavailableError) else error
        reason = str(getattr(cause, "orig", None) or cause or error).partition("\n")[0]
        ERR.print(f"The database cannot be used: {reason}. ICR_DATABASE_URL says which it is.")
        raise SystemExit(2) from error
