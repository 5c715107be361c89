"""Cursors: a page continues after the last item of the one before, at the same revision.

A cursor carries the revision, the date and a mark of the query, so that pages neither skip nor
repeat while others write, and a cursor of another query is refused.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from json import JSONDecodeError, dumps, loads
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from app.domain.digest import content_digest
from app.errors import BadParameterError, NotRecordedYetError
from app.repositories.snapshots import Executor, resolve_revision
from app.schemas.queries import KnownQuery

Key = str | int | None
_REFUSED = "This cursor is not one of this query; take next_cursor of the page before, unchanged."
# What neither filters nor orders: it may differ from page to page.
_UNMARKED = {"cursor", "limit", "as_of", "revision", "known_at", "fields", "count"}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the query's mark, the point in time and the last item's keys."""

    mark: str
    revision: int
    day: date
    keys: tuple[Key, ...]

    def encode(self) -> str:
        """Write the cursor as URL-safe text."""
        content = [self.mark, self.revision, self.day.isoformat(), *self.keys]
        return (
            urlsafe_b64encode(dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")
        )


def mark_of(query: BaseModel, *more: str) -> str:
    """Return a short mark of what a query asks, paging and time aside."""
    asked = query.model_dump(mode="json", exclude=_UNMARKED, exclude_defaults=True)
    return content_digest([*more, {name: str(value) for name, value in asked.items()}])[:16]


def read_cursor(text: str, mark: str, types: Sequence[Any]) -> Cursor:
    """Read a cursor of the query ``mark`` whose keys have the given types, as in ``int | None``."""
    cursor = _decode(text)
    fits = len(cursor.keys) == len(types) and all(map(_fits, cursor.keys, types))
    if cursor.mark != mark or not fits:
        raise BadParameterError.of("cursor", _REFUSED)
    return cursor


def _fits(key: Key, kind: Any) -> bool:
    """Tell whether a key has a type, and whether a database can be asked for it."""
    if type(key) not in (get_args(kind) or (kind,)):
        return False
    if isinstance(key, int):
        return abs(key) < 2**63
    return key is None or ("\0" not in key and key.encode(errors="ignore").decode() == key)


def _decode(text: str) -> Cursor:
    try:
        content: Any = loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        mark, revision, day, *keys = content
        cursor = Cursor(mark, revision, date.fromisoformat(day), tuple(keys))
    except (Base64Error, JSONDecodeError, ValueError, TypeError, RecursionError) as error:
        raise BadParameterError.of("cursor", _REFUSED) from error
    if type(revision) is not int or not 0 <= revision < 2**53:
        raise BadParameterError.of("cursor", _REFUSED)
    return cursor


_Timed = TypeVar("_Timed", bound=KnownQuery)


async def pinned(connection: Executor, query: _Timed) -> tuple[_Timed, int]:
    """Return a paged query and its revision: those of its cursor, if it has one.

    Asking for another revision or date than the cursor's is refused: it would be another list.
    """
    text: str | None = getattr(query, "cursor", None)
    if text is None:
        return query, await resolve_revision(connection, query)
    cursor = _decode(text)
    newest = await resolve_revision(connection, query)
    if query.revision is None and cursor.revision > newest:
        raise NotRecordedYetError.of("cursor", _REFUSED)
    is_other = query.revision is not None and cursor.revision != newest
    if is_other or getattr(query, "as_of", None) not in {None, cursor.day}:
        raise BadParameterError.of("cursor", _REFUSED)
    if "as_of" not in type(query).model_fields or cursor.day in {date.min, date.max}:
        return query, cursor.revision
    return query.model_copy(update={"as_of": cursor.day}), cursor.revision
