"""Entity tags: which state of a subject a representation shows, and which one exactly it is.

The tag of a site or project reads ``"57-1f0c…"``: the revision that last changed the subject, and
a digest of the representation. The answer to a write has the first part alone, ``"58"``. If-Match
compares the first part; docs/decisions/0014-writing-safely.md says why.
"""

import re

from fastapi import Response
from fastapi.responses import StreamingResponse

from app.api.entity_tags import tag_of
from app.errors import BadParameterError
from app.services.preconditions import Precondition

IF_MATCH = "If-Match"
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_ASCII_TAG = '(W/)?"[!#-~]*"'
IF_MATCH_PATTERN = rf"^(\*|{_ASCII_TAG}(, *{_ASCII_TAG})*)$"
"""What may stand in If-Match, told simply: tags of this service have nothing else."""

# Weak tags never match here (RFC 9110, section 13.1.1).
_STATES = re.compile(r'(?<!W/)"([0-9]{1,18})(?:-[^"]*)?"')


def state_tag(changed_in: int) -> str:
    """Return the tag of the state of a subject that a revision made."""
    return f'"{changed_in}"'


def tag_representation(response: Response) -> None:
    """Make the tag of a state, where a read has one, that of the very bytes that show it."""
    state = response.headers.get("ETag")
    if state is not None and not isinstance(response, StreamingResponse):
        response.headers["ETag"] = f"{state[:-1]}-{tag_of(bytes(response.body))[1:]}"


def read_precondition(value: str) -> Precondition:
    """Read the value of If-Match; tags that are not the service's match nothing."""
    if value == "*":
        return Precondition(frozenset(), is_any=True)
    if not _LIST.fullmatch(value):
        detail = 'Send the ETag as it was answered, in its quotes, as in "57-1f0c", or *.'
        raise BadParameterError.of(IF_MATCH, detail)
    return Precondition(frozenset(map(int, _STATES.findall(value))))
