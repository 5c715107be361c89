"""What limits the values of one type: codes, bounds, formats, patterns.

Each rule gets the alternative that must lie within the other one, and returns the keywords that
differ so that it does not.
"""

import re
from collections.abc import Iterator
from math import inf
from typing import Any

from openapi.contract.alternatives import Alternative
from openapi.contract.documents import Json

_WORDS = re.compile(r"\^(-\?)?\(([a-z0-9_|]+)\)\$")
"""A pattern that one of some words fits, as names of members and sort keys do."""
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_SOME_TEXT = r"]*[^\s"
"""A part of the patterns that want more than blanks, and left control characters out."""
_NUMBERS = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))
_SIZES = (
    ("minLength", 1),
    ("maxLength", -1),
    ("minItems", 1),
    ("maxItems", -1),
    ("minProperties", 1),
    ("maxProperties", -1),
)
_MEANINGS = ("format", "contentEncoding", "contentMediaType")
# Every value of the first is one of the second.
_WITHIN = {("int32", "int64"), ("float", "double")}


def loosened(inner: Alternative, outer: Alternative) -> Iterator[str]:
    """Name the words by which ``inner`` has values that ``outer`` has not; codes aside."""
    yield from _bounds(inner.words, outer.words)
    yield from (name for name in _MEANINGS if _means_else(inner.words, outer.words, name))
    if not all(any(_within(p, wanted) for p in inner.patterns) for wanted in outer.patterns):
        yield "pattern"
    if outer.words.get("uniqueItems") is True and inner.words.get("uniqueItems") is not True:
        yield "uniqueItems"
    step = outer.words.get("multipleOf")
    if step and (not inner.words.get("multipleOf") or inner.words["multipleOf"] % step):
        yield "multipleOf"


def _within(inner: str, outer: str) -> bool:
    """Return whether all that fits one pattern surely fits another: fewer words, or the same.

    Or the other takes just the same and some words besides.
    """
    inner, outer = _plain(inner), _plain(outer)
    found, wanted = _WORDS.fullmatch(inner), _WORDS.fullmatch(outer)
    if found is None or wanted is None:
        wider = re.escape(f"^({inner[1:-1]}|") + "[a-z0-9_|]+" + re.escape(")$")
        return inner == outer or re.fullmatch(wider, outer) is not None
    has_fewer = set(found[2].split("|")) <= set(wanted[2].split("|"))
    return has_fewer and found[1] == wanted[1]


def _plain(pattern: str) -> str:
    """Return a pattern without control characters: no text of the register has any."""
    return r"\S" if _SOME_TEXT in pattern else pattern.replace(_CONTROLS, "")


def _bounds(inner: Json, outer: Json) -> Iterator[str]:
    for name, exclusive, sign in _NUMBERS:
        if _bound(inner, name, exclusive, sign) < _bound(outer, name, exclusive, sign):
            yield name
    for name, sign in _SIZES:
        if sign * inner.get(name, -sign * inf) < sign * outer.get(name, -sign * inf):
            yield name


def _bound(words: Json, name: str, exclusive: str, sign: int) -> tuple[float, bool]:
    """Return a bound so that the tighter one is greater; an exclusive one is tighter."""
    found = [(-inf, False)]
    if name in words:
        # OpenAPI 3.0 says by a boolean that the bound itself is left out.
        found.append((sign * words[name], words.get(exclusive) is True))
    if exclusive in words and not isinstance(words[exclusive], bool):
        found.append((sign * words[exclusive], True))
    return max(found)


def _means_else(inner: Json, outer: Json, name: str) -> bool:
    wanted, found = outer.get(name), inner.get(name)
    return wanted is not None and found != wanted and (found, wanted) not in _WITHIN


def missing_codes(released: Alternative, current: Alternative) -> list[Any]:
    """Return the codes that were known and are not any more."""
    if "enum" not in released.words or "enum" not in current.words:
        return []
    return [code for code in released.words["enum"] if code not in current.words["enum"]]
