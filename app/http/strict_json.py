"""Reading JSON exactly: numbers as decimals, no NaN, no repeated members, not too deep."""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import NoReturn

from app.core.digest import JsonObject
from app.core.errors import BadBodyError
from app.core.messages import Template

# Far more than any number of a register has; Python takes long over thousands.
_MOST_DIGITS = 1000
# Far more than any object of a body; each that is unknown would be found and described by itself.
_MOST_MEMBERS = 1000
_NOT_UTF_8 = Template("json.not-utf-8", "The body is not UTF-8: byte {position} does not fit.")
_NOT_JSON = Template(
    "json.not-json", "The body is not JSON: {reason} at line {line}, column {column}."
)
_UNREADABLE = Template("json.unreadable", "The body cannot be read: {reason}.")
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
    repeated: list[_Repeated] = []
    try:
        content = json.loads(
            text,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=partial(_unique, repeated),
        )
    except json.JSONDecodeError as error:
        detail = _NOT_JSON(reason=error.msg, line=error.lineno, column=error.colno)
        raise BadBodyError.of("#", detail) from error
    except RecursionError as error:
        raise _too_deep(most_depth) from error
    except ValueError as error:
        raise BadBodyError.of("#", _UNREADABLE(reason=str(error))) from error
    if not _is_shallow(content, most_depth):
        raise _too_deep(most_depth)
    if repeated:
        _check_members(content, "#")
    return content


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


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > 40:  # noqa: PLR2004  (far beyond any quantity of the register)
        raise BadBodyError.of("#", _OUT_OF_RANGE(number=text[:40]))
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise BadBodyError.of("#", _TOO_LONG(digits=len(text), most=_MOST_DIGITS))
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise BadBodyError.of("#", _NO_NUMBER(name=name))


class _Repeated(JsonObject):
    """Members of which one was given more than once; refused when it is known where they stand."""

    name: str


def _unique(repeated: list[_Repeated], pairs: list[tuple[str, object]]) -> JsonObject:
    if len(pairs) > _MOST_MEMBERS:
        raise BadBodyError.of("#", _TOO_MANY(count=len(pairs), most=_MOST_MEMBERS))
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    found = _Repeated(members)
    found.name = next(name for name, count in counts.items() if count > 1)
    repeated.append(found)
    return found


def _check_members(content: object, pointer: str) -> None:
    """Refuse repeated members, with their place."""
    if isinstance(content, _Repeated):
        place = f"{pointer}/{_as_token(content.name)}"
        raise BadBodyError.of(place, _REPEATED(name=content.name))
    if isinstance(content, dict | list):
        named = content.items() if isinstance(content, dict) else enumerate(content)
        for name, child in named:
            _check_members(child, f"{pointer}/{_as_token(name)}")


def _as_token(name: str | int) -> str:
    """Write a name as a token of a JSON pointer, lone surrogates in their escaped form."""
    text = str(name).encode(errors="backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
