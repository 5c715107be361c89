"""Revisions as lines of JSON: all that one recorded, in the form that its digest covers.

A line is canonical JSON, so a revision has one line only, whichever database it is written from.
The entries are written out even where the digest covers digests of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Integer, Table

from app.core.digest import JsonObject, canonical_json, chain_digest, content_digest
from app.core.messages import MessageError, Template
from app.database.tables import CanonicalJson
from app.ledger.revisions import (
    ADDED_LATER,
    IN_ORDER,
    NOT_CONTENT,
    Row,
    content_of,
    listed,
)
from app.ledger.statements import recorded_digest
from app.ledger.tables import STATEMENTS, Revision

_NO_JSON = Template("lines.no-json", "the line is not valid JSON ({error})")
_LACKS = Template("lines.lacks", "{what} lacks {names}")
_UNKNOWN = Template("lines.unknown", "{what} has {names}, which this release does not know")
_NO_VALUE = Template("lines.no-value", "{name} of {what} cannot be {value}")
_OTHER_NUMBER = Template(
    "lines.other-number", "it holds revision {number}, where {expected} is expected"
)
_OTHER_DIGEST = Template("lines.other-digest", "its content does not match its digest")
_OTHER_FORM = Template("lines.other-form", "it is not written as icr dump writes it")
_TABLES: Mapping[str, Table] = {table.name: table for table in IN_ORDER}
_ALWAYS = {"number", "recorded_at", "author", "reason", "entries", "retractions", "withdrawals"}
_MEMBERS = _ALWAYS | {"digest"}
_LEFT = "left_digest"
_MOST = 2**63 - 1
_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revision with all that it recorded.

    ``entries`` are pairs of table name and row. The keys of retractions are ids of statements,
    those of withdrawals type and id of the subject, as in ``site/ccn-quang-chu``.
    """

    revision: Any
    entries: Sequence[tuple[str, JsonObject]]
    retractions: Mapping[str, str]
    withdrawals: Mapping[str, str]
    left_digest: str | None = None
    """The digest of what an erasure left of it; its own is that of what was there."""

    @property
    def content(self) -> JsonObject:
        """What the digest of the revision covers."""
        return content_of(self.revision, self.entries, self.retractions, self.withdrawals)

    @property
    def line(self) -> str:
        """The line of the revision, without its end."""
        whole = {"digest": self.revision.digest, "entries": listed(self.entries)}
        left = {} if self.left_digest is None else {_LEFT: self.left_digest}
        return canonical_json(self.content | whole | left)

    def follows(self, previous: str) -> bool:
        """Return whether its content is what its digest is of, or what an erasure left of that."""
        if self.left_digest is not None:
            return content_digest(self.content) == self.left_digest
        return chain_digest(previous, self.content) == str(self.revision.digest)


def read_line(line: str, number: int, previous: str) -> Recorded:
    """Read the line of a revision that follows on a digest; ``MessageError`` if it is none."""
    found = read_object(line)
    _check_members("the revision", found, _MEMBERS, (*ADDED_LATER, _LEFT))
    if found["number"] != number:
        raise MessageError(_OTHER_NUMBER(number=_shown(found["number"]), expected=number))
    try:
        return _read(found, line, number, previous)
    except MessageError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        # Fractions, half characters and the like, of which there is no canonical form.
        raise MessageError(_OTHER_FORM()) from error


def _read(found: JsonObject, line: str, number: int, previous: str) -> Recorded:
    recorded = Recorded(
        _revision(found),
        [
            (name, _row(name, row, number))
            for name, rows in _mapping("entries", found).items()
            for row in rows
        ],
        _texts("retractions", found),
        _texts("withdrawals", found),
        found.get(_LEFT),
    )
    strange = [key for key in recorded.withdrawals if key.partition("/")[0] not in _TABLES]
    if strange:
        raise MessageError(_UNKNOWN(what="the revision", names=_shown(strange[0])))
    if not recorded.follows(previous):
        raise MessageError(_OTHER_DIGEST())
    # Whoever computes the digests anew could write the same in many ways.
    if recorded.line != line:
        raise MessageError(_OTHER_FORM())
    return recorded


def read_object(line: str) -> JsonObject:
    """Return the object in a line; ``MessageError`` if there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(_NO_JSON(error=str(error))) from error
    if not isinstance(found, dict):
        raise MessageError(_NO_JSON(error="no object"))
    return found


def _revision(found: JsonObject) -> Revision:
    instant = found["recorded_at"]
    try:
        recorded_at = datetime.fromisoformat(instant)
    except (TypeError, ValueError) as error:
        raise _no_value("the revision", "recorded_at", instant) from error
    if recorded_at.tzinfo is None:
        raise _no_value("the revision", "recorded_at", instant)
    columns = Revision.__table__.c  # type: ignore[attr-defined]
    names = {"number", "author", "reason", "digest", *ADDED_LATER}
    values = {name: _value("the revision", columns[name], found.get(name)) for name in names}
    return Revision(**values, recorded_at=recorded_at)


def _row(name: str, row: object, number: int) -> Row:
    """Return a row of a table with all its columns, the marks not set yet."""
    if name not in _TABLES:
        raise MessageError(_UNKNOWN(what="the revision", names=f"entries of {_shown(name)}"))
    table = _TABLES[name]
    if not isinstance(row, dict):
        raise _no_value("the revision", f"entries of {name}", row)
    columns = {column.name: column for column in table.c if column.name not in NOT_CONTENT}
    later = {n for n, column in columns.items() if column.nullable and n not in row}
    _check_members(f"a row of {name}", row, columns.keys() - later, later)
    made: Row = dict.fromkeys(table.c.keys())
    made |= {n: _value(name, column, row.get(n)) for n, column in columns.items()}
    made["revision"] = number
    if table is STATEMENTS:
        made["content_digest"] = recorded_digest(made)
    return made


def _value(what: str, column: Column[Any], value: Any) -> Any:
    """Return a value as rows have it; ``MessageError`` where a column cannot hold it."""
    if value is None and column.nullable:
        return None
    if isinstance(column.type, CanonicalJson) and value is not None:
        return value
    try:
        if isinstance(column.type, Date):
            return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _no_value(what, column.name, value) from error
    is_fit = type(value) is str
    if isinstance(column.type, Integer):
        is_fit = type(value) is int and abs(value) <= _MOST
    if not is_fit:
        raise _no_value(what, column.name, value)
    return value


def _mapping(name: str, found: JsonObject) -> Mapping[str, list[Any]]:
    value = found[name]
    if not isinstance(value, dict) or not all(isinstance(rows, list) for rows in value.values()):
        raise _no_value("the revision", name, value)
    return value


def _texts(name: str, found: JsonObject) -> Mapping[str, str]:
    value = found[name]
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise _no_value("the revision", name, value)
    return value


def _check_members(what: str, found: JsonObject, always: Any, later: Any) -> None:
    if lacking := sorted(set(always) - found.keys()):
        raise MessageError(_LACKS(what=what, names=", ".join(lacking)))
    if unknown := sorted(found.keys() - set(always) - set(later)):
        raise MessageError(_UNKNOWN(what=what, names=_shown(", ".join(unknown))))


def _no_value(what: str, name: str, value: object) -> MessageError:
    return MessageError(_NO_VALUE(what=what, name=name, value=_shown(value)))


def _shown(value: object) -> str:
    """Return what a terminal can show of a value that anybody may have written."""
    text = json.dumps(value) if not isinstance(value, str) else value
    plain = "".join(one if one.isprintable() else "?" for one in text)
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…"
