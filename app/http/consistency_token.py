"""The revision token: with it, no client goes back in time, whichever server answers it.

Every answer that looked at the register tells the latest revision that was there, and a client
that sends it along is answered by a server that has that revision.
"""

from fastapi import Request

from app.core.errors import BadParameterError

HEADER = "Register-Revision"
_NAME = HEADER.lower().encode()
_MOST = 2**63 - 1


def read_token(request: Request) -> int:
    """Return the revision that the client has seen; 0 where it says nothing."""
    given = [value for name, value in request.scope["headers"] if name == _NAME]
    if not given:
        return 0
    value = given[0]
    is_number = value.isdigit() and len(value) <= len(str(_MOST)) and int(value) <= _MOST
    if len(given) > 1 or not is_number:
        detail = f"Send {HEADER} once, as it was answered, as in 152, or leave it out."
        raise BadParameterError.of(HEADER, detail)
    return int(value)


def standby_since(request: Request) -> int | None:
    """Return the revision that a standby must have to answer; ``None`` where it must not.

    What was known at an instant cannot be told by a server that may lag behind that instant.
    """
    if getattr(request.state, "at_primary", False) or "known_at" in request.query_params:
        return None
    return read_token(request)
