"""The keys of a backup that open what the register that it replaces does not open with them."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# The last use says nothing of what a key opens, and revocation is compared on its own.
_COMPARED = {
    "name": "name",
    "role": "role",
    "provinces": "provinces",
    "secret_hash": "secret",
    "expires_at": "end",
}


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key that a restoration would bring into force, and what is new about it."""

    id: str
    name: str
    role: str
    provinces: str
    expires_at: str
    change: str


def changed_keys(
    backup: sqlite3.Connection, register: sqlite3.Connection | None
) -> list[KeyChange]:
    """Return the keys in force in a backup that are new or differ, all where nothing is known."""
    known = {} if register is None else keys_of(register)
    # As it is stored.
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return [
        KeyChange(
            _plain(key_id),
            _plain(key["name"]),
            _plain(key["role"]),
            _plain(key["provinces"]),
            _plain(key["expires_at"]),
            change,
        )
        for key_id, key in sorted(keys_of(backup).items())
        if key["revoked_at"] is None and str(key["expires_at"]) > now
        if (change := "; ".join(_changes(key, known.get(key_id))))
    ]


def _changes(key: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None:
        yield "new"
        return
    if before["revoked_at"] is not None:
        yield "revoked since"
    for column, label in _COMPARED.items():
        if key[column] != before[column]:
            shown = "" if column == "secret_hash" else f" was {_plain(before[column])}"
            yield f"other {label}{shown}"


def keys_of(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Return the rows of all keys by their ids; none from a release that had no keys."""
    return {row["id"]: row for row in rows_of(connection, "access_key")}


def rows_of(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as they are stored; none where there is no such table."""
    if not has_table(connection, table):
        return []
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 (own names)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether there is a table of that name."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(sql, [name]).fetchone() is not None


def _plain(value: object) -> str:
    """Return a text that a terminal shows as it is: whoever wrote the backup chose it."""
    return "".join(c if c.isprintable() else "?" for c in str(value))
