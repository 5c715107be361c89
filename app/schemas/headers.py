"""Header fields of requests: what is accepted and how it is read."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from app.schemas.types import Matching

_QUOTE = '"'


def _unquoted(value: str) -> str:
    """Read a string of structured fields (RFC 9651) as its text; bare text is taken as it is."""
    quoted = len(value) > 1 and value[0] == value[-1] == _QUOTE
    text = value[1:-1] if quoted else value
    if not text.strip():
        message = "write a key, as in 8e03978e-40d5-43e8-bc93-6894a57f9324"
        raise ValueError(message)
    return text


IdempotencyKeyText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    Matching(r"^[ -~]+$", "write printable ASCII only"),
    AfterValidator(_unquoted),
]
"""A text of the client's own that names a request."""
