"""Reading JSON exactly: numbers as decimals, no NaN, no repeated members, not too deep."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from app.core.digest import JsonObject
from app.core.errors import BadBodyError, Fault
from app.core.messages import Message, Template
from app.core.validation import sentences_of

# Far more than any number of a register has; Python takes long over thousands.
_MOST_DIGITS = 1000
# Far more than any object of a body; each that is unknown would be found and described by itself.
_MOST_MEMBERS = 1000
_NOT_UTF_8 = Template("json.not-utf-8", "The body is not UTF-8: byte {position} does not fit.")
_NOT_JSON = Template(
    "json.not-json", "The body is not JSON at line {line}, column {column}: {reason}."
)
_REASONS = {
    "Expecting value": Template("json.value", "a value is missing, or text is without quotes"),
    "Expecting property name enclosed in double quotes": Template(
        "json.name", "the name of a member must follow, in double quotes"
    ),
    "Expecting ':' delimiter": Template("json.colon", "a colon must follow the name of a member"),
    "Expecting ',' delimiter": Template("json.comma", "a comma or the end must follow a value"),
    "Extra data": Template("json.extra", "there is more after the end of the object"),
    "Unterminated string starting at": Template("json.open-text", "a text has no closing quote"),
    "Invalid control character at": Template(
        "json.control-character", "write line breaks and tabs within text as \\n and \\t"
    ),
}
"""What is said instead of what Python's reader does; of all else only the place is named."""
_ODD = Template("json.odd", "this is not JSON")
_DECIMAL_COMMA = Template(
    "json.decimal-comma", "write {number}, with a decimal point instead of the comma"
)
_COMMA_BEFORE = re.compile(r"[\s:\[,]([0-9]+),$")
_DIGITS_AFTER = re.compile(r"[0-9]+(?=\s*[,}\]])")
_UNREADABLE = Template("json.unreadable", "The body cannot be read; send JSON in UTF-8.")
_TOO_DEEP = Template(
    "json.too-deep", "The body is nested deeper than {most} levels; send it flatter."
)
_OUT_OF_RANGE = Template("json.out-of-range", "The number {number} is out of any range.")
_TOO_MANY = Template(
    "json.too-many-members", "An object has {count} members; none here has more than {most}."
)
_TOO_LONG = Template(
    "json.too-many-digits", "A number has {digits} digits; none here has more than {most}."
)
_NO_NUMBER = Template(
    "json.no-number", "{name} is not JSON; write a number, or null where unknown."
)
_REPEATED = Template(
    "json.repeated-member", "The member {name!r} is given more than once; give it once."
)


def read_json(body: bytes, most_depth: int) -> object:
    """Read JSON strictly (RFC 8259, with unique names as RFC 7493 asks)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBodyError.of("#", _NOT_UTF_8(position=error.start)) from error
    refused: _Found = []
    try:
        content = json.loads(
            text,
            parse_float=partial(_finite, refused),
            parse_int=partial(_whole, refused),
            parse_constant=partial(_no_number, refused),
            object_pairs_hook=partial(_unique, refused),
        )
    except json.JSONDecodeError as error:
        detail = _NOT_JSON(reason=_reason(error), line=error.lineno, column=error.colno)
        raise BadBodyError.of("#", detail) from error
    except RecursionError as error:
        raise _too_deep(most_depth) from error
    except ValueError as error:
        raise BadBodyError.of("#", _UNREADABLE()) from error
    if not _is_shallow(content, most_depth):
        raise _too_deep(most_depth)
    if refused:
        faults = list(_faults(content, "#"))
        raise BadBodyError(sentences_of(faults), errors=faults)
    return content


def _reason(error: json.JSONDecodeError) -> Message:
    """Return what is wrong with the text at the place that Python's reader came to."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos :]
    whole, decimals = _COMMA_BEFORE.search(before[-50:]), _DIGITS_AFTER.match(after[:50])
    if whole and decimals:
        return _DECIMAL_COMMA(number=f"{whole[1]}.{decimals[0]}")
    return _REASONS.get(error.msg, _ODD)()


def _too_deep(most: int) -> BadBodyError:
    return BadBodyError.of("#", _TOO_DEEP(most=most))


def _is_shallow(content: object, levels: int) -> bool:
    """Return whether no member lies deeper than so many levels; without recursion."""
    level = [content]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return True
    return False


def _children(parent: object) -> Iterable[object]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()


@dataclass(slots=True)
class _Refused:
    """Stands in the content for what is refused, until it is known at which member."""

    detail: Message


class _Repeated(JsonObject):
    """Members of which one was given more than once."""

    name: str


_Found = list[_Refused | _Repeated]


def _refuse(refused: _Found, detail: Message) -> _Refused:
    refused.append(_Refused(detail))
    return _Refused(detail)


def _finite(refused: _Found, text: str) -> Decimal | _Refused:
    number = Decimal(text)
    if abs(number.adjusted()) > 40:  # noqa: PLR2004  (far beyond any quantity of the register)
        return _refuse(refused, _OUT_OF_RANGE(number=text[:40]))
    return number


def _whole(refused: _Found, text: str) -> int | _Refused:
    if len(text) > _MOST_DIGITS:
        return _refuse(refused, _TOO_LONG(digits=len(text), most=_MOST_DIGITS))
    return int(text)


def _no_number(refused: _Found, name: str) -> _Refused:
    return _refuse(refused, _NO_NUMBER(name=name))


def _unique(refused: _Found, pairs: list[tuple[str, object]]) -> JsonObject:
    if len(pairs) > _MOST_MEMBERS:
        raise BadBodyError.of("#", _TOO_MANY(count=len(pairs), most=_MOST_MEMBERS))
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    found = _Repeated(members)
    found.name = next(name for name, count in counts.items() if count > 1)
    refused.append(found)
    return found


def _faults(content: object, pointer: str) -> Iterator[Fault]:
    """Yield what is refused, with its place."""
    if isinstance(content, _Refused):
        yield Fault(content.detail, pointer=pointer)
    if isinstance(content, _Repeated):
        place = f"{pointer}/{_as_token(content.name)}"
        yield Fault(_REPEATED(name=content.name), pointer=place)
    if isinstance(content, dict | list):
        named = content.items() if isinstance(content, dict) else enumerate(content)
        for name, child in named:
            yield from _faults(child, f"{pointer}/{_as_token(name)}")


def _as_token(name: str | int) -> str:
    """Write a name as a token of a JSON pointer, lone surrogates in their escaped form."""
    text = str(name).encode(errors="backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
