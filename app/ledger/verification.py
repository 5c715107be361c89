"""Verification: the digest chain is walked and the file checked for lost or changed records."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import SimpleNamespace

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    Text,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.digest import GENESIS, JsonObject, chain_digest, content_digest
from app.database import Database
from app.database.connections import AnyColumn
from app.database.tables import REVISION_COUNTER, stored_form
from app.ledger.lines import Recorded
from app.ledger.revisions import content_of
from app.ledger.snapshots import latest_revision
from app.ledger.statements import recorded_digest
from app.ledger.tables import (
    ERASURES,
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
)

_BATCH = 1000
_MOST_STATEMENTS = 10_000
"""A batch holds so many at most, or one revision."""
_UNREADABLE = (ValueError, TypeError, AttributeError)
"""What values raise that no release has written."""
_ODD = "it holds what no release writes ({})"
_WITHDRAWABLE = tuple(REGISTRATIONS.values())
_MARKS = {"withdrawn_in": "withdrawal_reason", "retracted_in": "retraction_reason"}
_ENTRY_TABLES = (
    SOURCES,
    SOURCE_CORRECTIONS,
    ORGANIZATIONS,
    ORGANIZATION_CORRECTIONS,
    *_WITHDRAWABLE,
    STATEMENTS,
    ERASURES,
)
_ALL = (REVISIONS, *_ENTRY_TABLES)


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """A revision and its digest, which distinguish the ledger from any other once noted.

    No other ledger comes to the same digest, and it follows from everything recorded until then.
    """

    revision: int = 0
    digest: str = GENESIS

    def __str__(self) -> str:
        """Return both in the form in which they are noted."""
        return f"{self.revision}:{self.digest}"

    @classmethod
    def parse(cls, noted: str) -> "LedgerEnd":
        """Read the noted form; ``ValueError`` for anything else."""
        revision, _, digest = noted.strip().partition(":")
        return cls(int(revision), digest)


async def find_end(database: Database, revision: int | None = None) -> LedgerEnd | None:
    """Return the digest of a revision, or of the last one; ``None`` where there is none such.

    Of a ledger that holds nothing yet there is revision 0.
    """
    query = select(REVISIONS.c.number, REVISIONS.c.digest).order_by(REVISIONS.c.number.desc())
    if revision is not None:
        query = query.where(REVISIONS.c.number == revision)
    async with database.read() as connection:
        row = (await connection.execute(query.limit(1))).one_or_none()
    return LedgerEnd(*row) if row else (None if revision else LedgerEnd())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the walk has come, and the first revision that does not match, if one was met."""

    checked: int
    total: int
    broken: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """The stored part of a revision: its digest, its content, and its statements."""

    digest: str
    content: JsonObject
    statements: Sequence[JsonObject]
    left_digest: str | None = None
    """The digest of what an erasure left of the content, where there was one."""


async def verify(database: Database) -> AsyncIterator[Progress]:
    """Recompute the chain batch by batch; stop at the first revision that does not match."""
    async with database.read() as connection:
        total = await latest_revision(connection)
        stray = await _stray_revision(connection)
        previous = GENESIS
        async for first, last in _batches(connection, total):
            contents = await _readable(connection, first, last)
            for number in range(first, last + 1):
                stored = contents.get(number)
                reason = _mismatch(stored, previous)
                if reason or not isinstance(stored, _Stored):
                    yield Progress(number - 1, total, number, reason)
                    return
                previous = stored.digest
            yield Progress(last, total)
        if stray is not None:
            yield Progress(total, total, stray, f"it is numbered {_place_of(stray, total)}")
            return
        if (strange := await strange_number(connection)) is not None:
            yield Progress(total, total, *strange)


def _place_of(stray: float, total: int) -> str:
    if stray < 1:
        return "below 1"
    return f"above the counter ({total})" if stray > total else "between two others"


def outside(number: AnyColumn, counted: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that something is no number of a revision: SQLite takes 5.5, too."""
    return or_(number < 1, number > counted, number != cast(number, BigInteger))


async def strange_number(connection: AsyncConnection) -> tuple[int, str] | None:
    """Return a number outside the revisions that a row of the ledger names, and where.

    A mark without its reason, or a reason without its mark, is none of a release either.
    """
    opened = select(REVISION_COUNTER.c.erasing).where(REVISION_COUNTER.c.erasing.is_not(None))
    for number in (await connection.execute(opened)).scalars():
        return number, "rows may be changed in its name: its erasure was left open"
    counted = select(REVISION_COUNTER.c.number).scalar_subquery()
    for table in _ENTRY_TABLES:
        for column in (c for c in table.c if c.name in {"revision", "erased_revision", *_MARKS}):
            strange = outside(column, counted)
            if column.name in _MARKS:
                reason = table.c[_MARKS[column.name]]
                strange = or_(strange, column.is_(None) != reason.is_(None))
            query = select(column).where(strange).limit(1)
            for (number,) in (await connection.execute(query)).all():
                return (
                    number or 0,
                    f"a {column.name} of {table.name} names no revision of the register",
                )
    return None


async def _batches(connection: AsyncConnection, total: int) -> AsyncIterator[tuple[int, int]]:
    """Yield the first and last revision of each batch: few where they recorded much."""
    number = STATEMENTS.c.revision
    first = 1
    while first <= total:
        last = min(first + _BATCH - 1, total)
        counted = select(number, func.count()).where(number.between(first, last)).group_by(number)
        statements = 0
        for revision, count in (await connection.execute(counted.order_by(number))).all():
            statements += count
            if statements > _MOST_STATEMENTS and revision > first:
                last = revision - 1
                break
        yield first, last
        first = last + 1


def _mismatch(stored: _Stored | str | None, previous: str) -> str | None:
    if stored is None:
        return "it is missing"
    if isinstance(stored, str):
        return stored
    try:
        return _undigested(stored, previous)
    except _UNREADABLE as error:
        return _ODD.format(error)


def _undigested(stored: _Stored, previous: str) -> str | None:
    if stored.left_digest is not None:
        # Its own digest is of what was there, and vouched for by that of the next revision.
        if content_digest(stored.content) != stored.left_digest:
            return "what was left of it does not match the digest of its erasure"
    elif chain_digest(previous, stored.content) != stored.digest:
        return "its content does not match its digest"
    for row in stored.statements:
        if recorded_digest(row) != row["content_digest"]:
            return f"the digest of statement {row['id']} does not match what it says"
    return None


async def _stray_revision(connection: AsyncConnection) -> int | None:
    """Return a revision that the counter never issued; in one query, since writers go on."""
    number = REVISIONS.c.number
    counted = select(REVISION_COUNTER.c.number).scalar_subquery()
    query = select(func.min(number)).where(outside(number, counted))
    found: int | None = (await connection.execute(query)).scalar_one()
    return found


async def _readable(
    connection: AsyncConnection, first: int, last: int
) -> Mapping[int, _Stored | str]:
    """Return the stored part of each revision of a batch, or why it cannot be read."""
    try:
        written = [await _rewritten(connection, table, first, last) for table in _ALL]
        return {**await _contents(connection, first, last), **dict(chain.from_iterable(written))}
    except _UNREADABLE as error:
        if first == last:
            return {first: _ODD.format(error)}
    return {
        n: found
        for one in range(first, last + 1)
        for n, found in (await _readable(connection, one, one)).items()
    }


async def _contents(connection: AsyncConnection, first: int, last: int) -> dict[int, _Stored]:
    """Return the stored part of each revision of a batch."""
    return {
        one.revision.number: _Stored(
            digest=one.revision.digest,
            content=one.content,
            statements=[e for table, e in one.entries if table == STATEMENTS.name],
            left_digest=one.left_digest,
        )
        for one in await _recorded(connection, first, last)
    }


async def recorded(connection: AsyncConnection, total: int) -> AsyncIterator[Recorded]:
    """Yield the revisions up to one with all that they recorded, in their order."""
    async for first, last in _batches(connection, total):
        for one in await _recorded(connection, first, last):
            yield one


async def _recorded(connection: AsyncConnection, first: int, last: int) -> list[Recorded]:
    entries = await _entries(connection, first, last)
    retractions = await _marks(
        connection, STATEMENTS, "retracted_in", "retraction_reason", first, last
    )
    withdrawals = await _withdrawals(connection, first, last)
    left = await _left(connection, first, last)
    number = REVISIONS.c.number
    query = select(REVISIONS).where(number.between(first, last)).order_by(number)
    return [
        Recorded(
            row,
            entries[row.number],
            retractions[row.number],
            withdrawals[row.number],
            left.get(row.number),
        )
        for row in (await connection.execute(query)).all()
    ]


async def _rewritten(
    connection: AsyncConnection, table: Table, first: int, last: int
) -> list[tuple[int, str]]:
    """Return the revisions of which a value is not written as releases write it, and why.

    A date or JSON can be written so that it is read as before, and is ordered or searched as
    something else.
    """
    number = table.c.number if table is REVISIONS else table.c.revision
    dialect = connection.dialect.name
    columns = [column for column in table.c if stored_form(column, dialect)]
    if not columns:
        return []
    stored = [type_coerce(cast(c, Text), Text).label(f"{c.name}_stored") for c in columns]
    query = select(number.label("of_revision"), *columns, *stored)
    return [
        (row["of_revision"], f"a {column.name} of {table.name} is not written as a release does")
        for row in (await connection.execute(query.where(number.between(first, last)))).mappings()
        for column in columns
        if (write := stored_form(column, dialect)) is not None
        and row[column.name] is not None
        and row[f"{column.name}_stored"] != write(row[column.name])
    ]


async def _entries(
    connection: AsyncConnection, first: int, last: int
) -> Mapping[int, list[tuple[str, JsonObject]]]:
    found: dict[int, list[tuple[str, JsonObject]]] = defaultdict(list)
    for table in _ENTRY_TABLES:
        query = select(table).where(table.c.revision.between(first, last))
        for row in (await connection.execute(query)).mappings():
            found[row["revision"]].append((table.name, dict(row)))
    return found


async def _left(connection: AsyncConnection, first: int, last: int) -> Mapping[int, str]:
    """Return the digests of what the last erasures left of revisions."""
    columns = ERASURES.c
    query = select(columns.erased_revision, columns.left_digest).order_by(columns.revision)
    rows = await connection.execute(query.where(columns.erased_revision.between(first, last)))
    return {row.erased_revision: row.left_digest for row in rows}


async def left_digest(
    connection: AsyncConnection, number: int, blanked: Callable[[str, JsonObject], JsonObject]
) -> str:
    """Return the digest of the content of a revision, with its rows as they are to be.

    ``blanked`` returns a row of a table as it is to be; marks are rows with an id and a reason.
    """
    entries = [
        (table, blanked(table, row))
        for table, row in (await _entries(connection, number, number))[number]
    ]
    marked = await _marks(
        connection, STATEMENTS, "retracted_in", "retraction_reason", number, number
    )
    retractions = {
        key: blanked(STATEMENTS.name, {"id": key, "retraction_reason": reason})["retraction_reason"]
        for key, reason in marked[number].items()
    }
    withdrawals = {}
    for name, reason in (await _withdrawals(connection, number, number))[number].items():
        table, _, key = name.partition("/")
        row = blanked(table, {"id": key, "withdrawal_reason": reason})
        withdrawals[name] = row["withdrawal_reason"]
    query = select(REVISIONS).where(REVISIONS.c.number == number)
    row = dict((await connection.execute(query)).mappings().one())
    revision = SimpleNamespace(**blanked(REVISIONS.name, row))
    return content_digest(content_of(revision, entries, retractions, withdrawals))


async def _withdrawals(
    connection: AsyncConnection, first: int, last: int
) -> Mapping[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for table in _WITHDRAWABLE:
        marks = ("withdrawn_in", "withdrawal_reason")
        for number, reasons in (await _marks(connection, table, *marks, first, last)).items():
            found[number] |= {f"{table.name}/{key}": reason for key, reason in reasons.items()}
    return found


async def _marks(
    connection: AsyncConnection, table: Table, mark: str, reason: str, first: int, last: int
) -> Mapping[int, dict[str, str]]:
    query = select(table.c.id, table.c[mark], table.c[reason])
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (await connection.execute(query.where(table.c[mark].between(first, last)))).all():
        found[row[1]][row[0]] = row[2]
    return found
