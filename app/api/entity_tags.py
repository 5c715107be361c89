"""Entity tags: made from what is answered, and compared with what a client has (RFC 9110, 8.8.3).

A tag is strong: the same tag means the same bytes. As the bytes of each content coding differ, so
do their tags: that of a coded answer ends in the name of the coding, ``"…-zstd"``.
"""

import re
from hashlib import sha256

from app.api.codings import CODINGS

_BYTES = 16
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_CODED = re.compile(rf'-(?:{"|".join(CODINGS)})"$')


def tag_of(body: bytes) -> str:
    """Return the tag of a body that no coding is applied to."""
    return f'"{sha256(body, usedforsecurity=False).digest()[:_BYTES].hex()}"'


def coded(tag: str, coding: str | None) -> str:
    """Return the tag of an answer in a content coding, from that of the answer without one."""
    return f'{tag[:-1]}-{coding}"' if coding else tag


def uncoded(tag: str) -> str:
    """Return the tag of the answer without a coding, from that in any coding."""
    return _CODED.sub('"', tag)


def read_tags(header: str) -> list[str]:
    """Return the tags of an If-Match or If-None-Match header, without W/."""
    return _TAG.findall(header)


def is_known(header: str, tag: str | None) -> bool:
    """Tell whether If-None-Match names the tag; compared weakly, as the header asks for."""
    return header.strip() == "*" or (tag is not None and _strong(tag) in read_tags(header))


def _strong(tag: str) -> str:
    return tag.removeprefix("W/")
