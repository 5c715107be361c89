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
from typing import get_args

from pydantic import BaseModel

from app.core.digest import content_digest
from app.core.errors import BadParameterError
from app.core.messages import Template

Key = str | int | None
CURSOR_REFUSED = Template(
    "cursor.refused",
    "This cursor is not one of this query; take next_cursor of the page before, unchanged.",
)()
# Parameters that neither filter nor order: they may differ from page to page.
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
    """Return a short digest of the filters and the order of a query."""
    chosen = query.model_dump(mode="json", exclude=_UNMARKED, exclude_defaults=True)
    return content_digest([*more, {name: str(value) for name, value in chosen.items()}])[:16]


def read_cursor(text: str, mark: str, types: Sequence[object]) -> Cursor:
    """Read a cursor of the query ``mark`` whose keys have the given types, as in ``int | None``."""
    cursor = decode_cursor(text)
    fits = len(cursor.keys) == len(types) and all(map(_fits, cursor.keys, types))
    if cursor.mark != mark or not fits:
        raise BadParameterError.of("cursor", CURSOR_REFUSED)
    return cursor


def _fits(key: Key, kind: object) -> bool:
    """Return whether a key has a type, and is a value that both databases can compare with."""
    if type(key) not in (get_args(kind) or (kind,)):
        return False
    if isinstance(key, int):
        return abs(key) < 2**63
    return key is None or ("\0" not in key and key.encode(errors="ignore").decode() == key)


def decode_cursor(text: str) -> Cursor:
    """Return the cursor that a text encodes; ``BadParameterError`` if it encodes none."""
    try:
        mark, revision, day, *keys = loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(mark, revision, date.fromisoformat(day), tuple(keys))
    except (Base64Error, JSONDecodeError, ValueError, TypeError, RecursionError) as error:
        raise BadParameterError.of("cursor", CURSOR_REFUSED) from error
    if type(revision) is not int or not 0 <= revision < 2**53:
        raise BadParameterError.of("cursor", CURSOR_REFUSED)
    return cursor
