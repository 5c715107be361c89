"""The consistency token: with it, no client goes back in time, whichever server answers it.

Every answer from the register carries the latest revision that was there, and a client that sends
it along is answered by a server that has that revision.
"""

from fastapi import Request

from app.core.errors import BadParameterError
from app.core.messages import Template

HEADER = "Register-Revision"
_NAME = HEADER.lower().encode()
_MOST = 2**63 - 1
_MALFORMED = Template(
    "http.consistency-token", "Send {header} once, as it was answered, as in 152, or leave it out."
)


def read_token(request: Request) -> int:
    """Return the revision that the client has seen; 0 where it sends no token."""
    given = [value for name, value in request.scope["headers"] if name == _NAME]
    if not given:
        return 0
    value = given[0]
    is_number = value.isdigit() and len(value) <= len(str(_MOST)) and int(value) <= _MOST
    if len(given) > 1 or not is_number:
        raise BadParameterError.of(HEADER, _MALFORMED(header=HEADER))
    return int(value)


def standby_since(request: Request) -> int | None:
    """Return the revision that a standby must have to answer; ``None`` where it must not.

    A server that may lag behind an instant does not know what was known at it.
    """
    if getattr(request.state, "at_primary", False) or "known_at" in request.query_params:
        return None
    return read_token(request)
