"""Reading JSON exactly: numbers as decimals, no NaN, no repeated members, not too deep."""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

from app.core.errors import BadBodyError

# Far more than any number of a register has; Python takes long over thousands.
_MOST_DIGITS = 1000


def read_json(body: bytes, most_depth: int) -> Any:
    """Read JSON strictly (RFC 8259, with unique names as RFC 7493 asks)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8: byte {error.start} does not fit."
        raise BadBodyError.of("#", detail) from error
    try:
        content = json.loads(
            text,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise BadBodyError.of("#", detail) from error
    except RecursionError as error:
        raise _too_deep(most_depth) from error
    except ValueError as error:
        raise BadBodyError.of("#", f"The body cannot be read: {error}.") from error
    if not _is_shallow(content, most_depth):
        raise _too_deep(most_depth)
    _check_members(content, "#")
    return content


def _too_deep(most: int) -> BadBodyError:
    return BadBodyError.of("#", f"The body is nested deeper than {most} levels; send it flatter.")


def _is_shallow(content: Any, levels: int) -> bool:
    """Tell whether no member lies deeper than so many levels; without recursion, level by level."""
    level = [content]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return True
    return False


def _children(parent: Any) -> Iterable[Any]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > 40:  # noqa: PLR2004  (far beyond any quantity of the register)
        raise BadBodyError.of("#", f"The number {text[:40]} is out of any range.")
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        detail = f"A number has {len(text)} digits; none here has more than {_MOST_DIGITS}."
        raise BadBodyError.of("#", detail)
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise BadBodyError.of("#", f"{name} is not JSON; write a number, or null where unknown.")


class _Repeated(dict[str, Any]):
    """Members of which one was given more than once; refused when it is known where they stand."""

    name: str


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    repeated = _Repeated(members)
    repeated.name = next(name for name, count in counts.items() if count > 1)
    return repeated


def _check_members(content: Any, pointer: str) -> None:
    """Refuse repeated members, with their place."""
    if isinstance(content, _Repeated):
        detail = f"The member {content.name!r} is given more than once; give it once."
        raise BadBodyError.of(f"{pointer}/{_as_token(content.name)}", detail)
    if isinstance(content, dict | list):
        named = content.items() if isinstance(content, dict) else enumerate(content)
        for name, child in named:
            _check_members(child, f"{pointer}/{_as_token(name)}")


def _as_token(name: str | int) -> str:
    """Write a name as a token of a JSON pointer, lone surrogates in their escaped form."""
    text = str(name).encode(errors="backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
