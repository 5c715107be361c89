"""All that is wrong with a form at once: what hides behind a fault is found without it.

The service judges in layers: what does not fit is not compared with the register, and what names
nothing is not judged. So a body that is refused is tried again without the members at fault, until
nothing new is found; nothing of that is recorded.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from app.core.dates import today
from app.core.errors import (
    BadBodyError,
    BulkRefusedError,
    Fault,
    PreconditionFailedError,
    RegistryError,
)
from app.core.validation import sentences_of
from app.core.vocabulary import SourceKind
from app.pages.faults import REASON
from app.pages.statement_reading import field_of

_MOST_LAYERS = 4
_STALE = PreconditionFailedError.type
_VALUES = ("values", "qualifiers", "values_to")
_STAND_IN = {"id": "stand-in", "kind": SourceKind.report, "title": "Stand-in"}
Body = Mapping[str, Any]
Try = Callable[[Body], Awaitable[object]]
"""Tries to write a body, and keeps nothing of it."""


async def with_all_faults(error: RegistryError, body: Body, attempt: Try) -> RegistryError:
    """Return the refusal of a body of one statement with whatever else is wrong with it."""
    types = {one.type for one in error.errors}
    if not isinstance(error, BadBodyError | BulkRefusedError) or _STALE in types:
        return error
    found: list[Fault] = list(error.errors)
    for _ in range(_MOST_LAYERS):
        body = _without(body, found)
        further = await _faults(body, attempt)
        if "effective_from" in _refused(found):
            # Nobody typed the day that stands in for one that cannot be read.
            further = [one for one in further if today().isoformat() not in str(one.detail)]
        known = _refused(found)
        new = [one for one in further if one.code or field_of(one.pointer or "") not in known]
        if not new:
            break
        found += new
    return type(error)(sentences_of(found), errors=found)


def _refused(found: Sequence[Fault]) -> set[str]:
    """Return the fields with a fault that no reason mends."""
    return {field_of(one.pointer or "") for one in found if one.code is None}


async def _faults(body: Body, attempt: Try) -> Sequence[Fault]:
    try:
        await attempt(body)
    except RegistryError as error:
        return error.errors
    return ()


def _without(body: Body, faults: Sequence[Fault]) -> Body:
    """Return a body without the members at fault, with others in place of those it needs."""
    (name,) = (one for one in body if one not in {"sources", "organizations", "reason"})
    statement = {**body[name][0], **{one: dict(body[name][0].get(one, {})) for one in _VALUES}}
    given = {**body, "reason": body.get("reason") or "-"}
    for fault in faults:
        parts = (fault.pointer or "").removeprefix("#/").split("/")
        of, parts = (parts[0], parts[2:]) if parts[0] in body and parts[2:] else (name, parts)
        if fault.code:
            statement[REASON] = "-"
        elif of == "sources" or "source_id" in parts:
            given["sources"] = [_STAND_IN]
            statement["source_id"] = _STAND_IN["id"]
        elif parts[0] == "effective_from":
            statement["effective_from"] = today().isoformat()
        elif parts[0] in _VALUES and len(parts) > 1:
            for members in _VALUES:
                statement[members].pop(parts[1], None)
        else:
            statement.pop(parts[0], None)
    if not statement["values"]:
        statement["note"] = statement.get("note") or "-"
    return {**given, name: [{k: v for k, v in statement.items() if v != {} or k == "values"}]}
