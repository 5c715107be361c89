"""The chain over the audit log, and over keys, sessions and proposals, which the log accounts for.

Each entry of the log has a link, whose digest covers the entry and the digest before it. A link
also has the digest of the row that the action made what it is. So an entry that was changed or
removed shows, and a row that is not as the log last has it. Whoever computes the whole chain anew
shows only by an anchor (``app/upkeep/anchors.py``), which names its end as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, TypeDecorator, func, insert, select, text
from sqlalchemy import type_coerce as as_type

from app.access.tables import ACCESS_KEYS, ACCESS_SESSIONS, AUDIT_ENTRIES, AUDIT_LINKS
from app.core.digest import GENESIS, JsonObject, chain_digest, content_digest
from app.database.connections import AnyColumn, AnySelect

_BATCH = 5000
# Taken last in each transaction, so that no two wait for each other; SQLite has one writer anyway.
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtext('icr audit'))")
_L = AUDIT_LINKS.c
_IS_LINKED = AUDIT_ENTRIES.c.id == _L.entry_id
_UNREADABLE = (ValueError, TypeError, AttributeError)
"""What values raise that no release has written."""


@dataclass(frozen=True, slots=True)
class Accounted:
    """A table of which each row is as an entry of the audit log made it.

    ``left_out`` are the columns that change without an entry, ``later`` those that were added after
    migration 0029: digested only where they are not null. Of a table that is not ``lasting`` rows
    may be deleted.
    """

    name: str
    table: Table
    left_out: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    lasting: bool = True

    def about(self, key: str) -> str:
        """Return the name of a row."""
        return f"{self.name}/{key}"

    @property
    def key(self) -> AnyColumn:
        """The column by which a row is named."""
        return next(iter(self.table.primary_key.columns))

    @property
    def rows(self) -> AnySelect:
        """Select the rows as they are digested."""
        return select(*(_digested(c) for c in self.table.c if c.name not in self.left_out))

    def state(self, row: Mapping[str, Any]) -> str:
        """Return the digest of a row."""
        known = {n: v for n, v in row.items() if v is not None or n not in self.later}
        return content_digest({name: _plain(value) for name, value in known.items()})

    def state_of(self, connection: Connection, key: str) -> str:
        """Return the digest of a row as it is now."""
        found = connection.execute(self.rows.where(self.key == key)).mappings().one()
        return self.state(dict(found))


KEYS = Accounted("key", ACCESS_KEYS, frozenset({"last_used_at"}))
SESSIONS = Accounted("session", ACCESS_SESSIONS, frozenset({"seen_at"}), lasting=False)


def _digested(column: AnyColumn) -> Any:
    """Return a column, packed ones as they are stored."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return as_type(column, kind).label(column.name) if isinstance(kind, LargeBinary) else column


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return sha256(value).hexdigest() if isinstance(value, bytes) else value


@dataclass(frozen=True, slots=True)
class Link:
    """What a link covers: an entry of the log, the state of a row, or both."""

    entry: Mapping[str, Any] | None = None
    about: str | None = None
    state: str | None = None

    def chained(self, previous: str, number: int) -> str:
        """Return the digest of the link, whose number and digest before are given."""
        entry = self.entry and {c.name: _plain(self.entry.get(c.name)) for c in AUDIT_ENTRIES.c}
        content = {"number": number, "entry": entry, "about": self.about, "state": self.state}
        return chain_digest(previous, content)


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last link of the chain: its number and its digest."""

    number: int = 0
    digest: str = GENESIS


def end_of_links(connection: Connection, number: int | None = None) -> ChainEnd:
    """Return the end of the chain, or the link of that number, if there is one."""
    query = select(_L.number, _L.digest).order_by(_L.number.desc()).limit(1)
    if number is not None:
        query = query.where(_L.number == number)
    row = connection.execute(query).one_or_none()
    return ChainEnd(*row) if row else ChainEnd()


def append_links(connection: Connection, links: Sequence[Link]) -> None:
    """Append links to the chain, in the transaction of what they cover."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_BY_ONE)
    end, rows = end_of_links(connection), list[JsonObject]()
    for link in links:
        end = ChainEnd(end.number + 1, link.chained(end.digest, end.number + 1))
        entry_id = link.entry and link.entry["id"]
        covered = {"entry_id": entry_id, "about": link.about, "state": link.state}
        rows.append({"number": end.number, **covered, "digest": end.digest})
    if rows:
        connection.execute(insert(AUDIT_LINKS), rows)


def cover(
    connection: Connection, tables: Iterable[Accounted], *, changed: bool = False
) -> list[str]:
    """Append links of all entries and rows that have none; return how each is named.

    With ``changed`` also of rows that are not, or not as, the log has them. A register of an
    earlier release has no links, and an earlier one that goes on serving makes none.
    """
    entries = select(AUDIT_ENTRIES).outerjoin(AUDIT_LINKS, _IS_LINKED).where(_L.number.is_(None))
    found = connection.execute(entries.order_by(AUDIT_ENTRIES.c.id)).mappings().all()
    links = [Link(entry=dict(row)) for row in found]
    append_links(connection, links)
    known = _states(connection)
    rows = [
        Link(about=about, state=state)
        for about, state in _unaccounted(connection, known, tables)
        if changed or about not in known
    ]
    append_links(connection, rows)
    return [*(f"entry {row['id']}" for row in found), *(str(row.about) for row in rows)]


def _states(connection: Connection) -> dict[str, str | None]:
    """Return how the log last has each row."""
    query = select(_L.about, _L.state).where(_L.about.is_not(None)).order_by(_L.number)
    return {row.about: row.state for row in connection.execute(query)}


def _unaccounted(
    connection: Connection, known: Mapping[str, str | None], tables: Iterable[Accounted]
) -> Iterator[tuple[str, str | None]]:
    """Yield the rows that are not as the log has them, with their states; null if they are gone."""
    for table in tables:
        present = {
            table.about(row[table.key.name]): table.state(dict(row))
            for row in connection.execute(table.rows).mappings()
        }
        yield from ((k, state) for k, state in present.items() if known.get(k) != state)
        if table.lasting:
            of_table = (k for k, state in known.items() if state and k.startswith(table.about("")))
            yield from ((about, None) for about in of_table if about not in present)


def link_faults(connection: Connection, tables: Iterable[Accounted]) -> Iterator[str]:
    """Yield what does not fit: the first link that is broken, else entries and rows without one."""
    try:
        broken = find_broken_link(connection)
        if broken is not None:
            yield broken
            return
        yield from _uncovered(connection)
        known = _states(connection)
        for about, state in _unaccounted(connection, known, tables):
            missing = "is missing" if state is None else "is not as the audit log has it"
            yield f"{about} {missing}" if about in known else f"{about} is in no entry of the log"
    except _UNREADABLE as error:
        yield f"a row cannot be read ({error})"


def found_rows(connection: Connection) -> list[str]:
    """Return the rows that are as they were found, by a link without an entry."""
    last = select(func.max(_L.number)).where(_L.about.is_not(None)).group_by(_L.about)
    query = select(_L.about).where(
        _L.number.in_(last), _L.entry_id.is_(None), _L.state.is_not(None)
    )
    return sorted(connection.execute(query).scalars())


def find_broken_link(connection: Connection) -> str | None:
    """Return the first link that is broken, and why; ``None`` if none is."""
    end = ChainEnd()
    joined = AUDIT_LINKS.outerjoin(AUDIT_ENTRIES, _IS_LINKED)
    columns = [column.label(f"link_{column.name}") for column in _L]
    query = select(*columns, *AUDIT_ENTRIES.c).select_from(joined).order_by(_L.number)
    below = connection.execute(select(_L.number).where(_L.number < 1).limit(1)).scalar()
    if below is not None:
        return f"link {below} of the audit log is numbered below 1"
    while rows := _some(connection, query.where(_L.number > end.number)):
        for row in rows:
            try:
                end, reason = _next(end, row)
            except _UNREADABLE as error:
                reason = f"it cannot be read ({error})"
            if reason:
                return f"link {row['link_number']} of the audit log is broken: {reason}"
    return None


def _some(connection: Connection, query: AnySelect) -> list[JsonObject]:
    return [dict(row) for row in connection.execute(query.limit(_BATCH)).mappings()]


def _next(end: ChainEnd, row: Mapping[str, Any]) -> tuple[ChainEnd, str | None]:
    number, entry_id = end.number + 1, row["link_entry_id"]
    if row["link_number"] != number:
        return end, f"link {number} is missing"
    if entry_id is not None and row["id"] is None:
        return end, f"its entry {entry_id} is missing"
    link = Link(None if entry_id is None else row, row["link_about"], row["link_state"])
    if link.chained(end.digest, number) != row["link_digest"]:
        return end, "its content does not match its digest"
    return ChainEnd(number, row["link_digest"]), None


def _uncovered(connection: Connection) -> Iterator[str]:
    entries = (
        select(AUDIT_ENTRIES.c.id).outerjoin(AUDIT_LINKS, _IS_LINKED).where(_L.number.is_(None))
    )
    for entry_id in connection.execute(entries.limit(1)).scalars():
        yield f"entry {entry_id} of the audit log has no link"
