"""Entity tags (RFC 9110, 8.8.3) and content codings (12.5.3).

A tag is strong: the same tag means the same bytes. As the bytes of each content coding differ, so
do their tags: that of a coded answer ends in the name of the coding, ``"…-zstd"``.

The tag of a read of the register is the key of its answer (``app/http/reading.py``). That of a site
or project reads ``"57-1f0c…"``: the revision that last changed the subject comes first. The answer
to a write has the first part alone, ``"58"``. If-Match compares the first part;
docs/decisions/0014-writing-safely.md says why.
"""

import re
from functools import lru_cache
from hashlib import sha256

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.ledger.revisions import Precondition

CODINGS = ("zstd", "br", "gzip")
"""The codings of the service; among those that a client likes equally the first is taken."""
# What every client reads: the others only go to those that name them.
_UNNAMED = "gzip"
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_ALIASES = {"x-gzip": "gzip"}


@lru_cache(maxsize=256)
def preferred_coding(accepted: str) -> str | None:
    """Return the coding that an Accept-Encoding header prefers; ``None`` for no coding at all.

    Where a client refuses everything, the answer is sent without a coding all the same: that
    serves it better than a refusal.
    """
    liked = {
        _ALIASES.get(coding, coding): quality for coding, quality in qualities(accepted).items()
    }
    liked.setdefault(_UNNAMED, liked.get("*", 0.0))
    best = max(CODINGS, key=lambda coding: liked.get(coding, 0.0))
    quality = liked.get(best, 0.0)
    return best if quality > 0 and quality >= liked.get("identity", 0.0) else None


def qualities(accepted: str) -> dict[str, float]:
    """Return the quality, from 0 (refused) to 1, of each item that an Accept-… header lists.

    Items are in lower case; what is malformed is left out (RFC 9110, 12.4.2).
    """
    found = {}
    for item in accepted.lower().split(","):
        name, separator, parameter = (part.strip() for part in item.partition(";"))
        quality = _QUALITY.fullmatch(parameter)
        if name and (quality or not separator):
            found[name] = float(quality[1]) if quality else 1.0
    return found


_BYTES = 16
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_STATE = re.compile(r"^[0-9]{1,18}-")


def tag_of(body: bytes) -> str:
    """Return the tag of a body that no coding is applied to."""
    return f'"{sha256(body, usedforsecurity=False).digest()[:_BYTES].hex()}"'


def read_tags(header: str) -> list[str]:
    """Return the tags of an If-Match or If-None-Match header, without W/."""
    return _TAG.findall(header)


class NotModified(Exception):  # noqa: N818  (no error: the client has the answer)
    """Ends a read whose answer the client has, before the answer is made."""

    def __init__(self, tag: str) -> None:
        """Keep the tag that the client named."""
        super().__init__(tag)
        self.tag = tag


def known_tag(header: str, key: str, coding: str | None) -> str | None:
    """Return the tag by which If-None-Match names the answer of a key, or ``None``.

    It may be that of the answer in a coding, or of the one without: which of the two is sent
    depends on the length of the answer, and the client can read both.
    """
    names = {key, f"{key}-{coding}"}
    return next((tag for tag in read_tags(header) if _STATE.sub("", tag[1:-1]) in names), None)


def is_known(header: str, tag: str | None) -> bool:
    """Return whether If-None-Match names the tag, by weak comparison (RFC 9110, 13.1.2)."""
    return header.strip() == "*" or (tag is not None and _strong(tag) in read_tags(header))


def _strong(tag: str) -> str:
    return tag.removeprefix("W/")


IF_MATCH = "If-Match"
_STATE_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"{_STATE_TAG}(?:[ \t]*,[ \t]*{_STATE_TAG})*")
_ASCII_TAG = '(W/)?"[!#-~]*"'
IF_MATCH_PATTERN = rf"^(\*|{_ASCII_TAG}(, *{_ASCII_TAG})*)$"
"""A simple form of what If-Match may hold: tags of this service have nothing else."""
_STATES = re.compile(r'(W/)?"([0-9]{1,18})(?:-[^"]*)?"')


def state_tag(changed_in: int) -> str:
    """Return the tag of the state of a subject that a revision made."""
    return f'"{changed_in}"'


_MALFORMED = Template(
    "http.if-match", 'Send the ETag as it was answered, in its quotes, as in "57-1f0c", or *.'
)


def read_precondition(value: str) -> Precondition:
    """Read the value of If-Match; tags that are not the service's match nothing.

    Nor do weak ones (RFC 9110, section 13.1.1): they are kept so that the refusal can name them.
    """
    if value == "*":
        return Precondition(frozenset(), is_any=True)
    if not _LIST.fullmatch(value):
        raise BadParameterError.of(IF_MATCH, _MALFORMED())
    found = [(weak, int(state)) for weak, state in _STATES.findall(value)]
    strong = frozenset(state for weak, state in found if not weak)
    return Precondition(strong, weak=frozenset(state for weak, state in found if weak))
