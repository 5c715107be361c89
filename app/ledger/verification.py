"""Verification: the digest chain is walked and the file checked for lost or changed records."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, or_, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.digest import GENESIS, JsonObject, chain_digest
from app.database import Database, is_sqlite
from app.database.tables import REVISION_COUNTER
from app.ledger.revisions import content_of
from app.ledger.snapshots import latest_revision
from app.ledger.statements import recorded_digest
from app.ledger.tables import (
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
)

_MOST_FAULTS = 10
_BATCH = 1000
_MOST_STATEMENTS = 10_000
"""A batch holds so many at most, or one revision."""
_WITHDRAWABLE = tuple(REGISTRATIONS.values())
_ENTRY_TABLES = (
    SOURCES,
    SOURCE_CORRECTIONS,
    ORGANIZATIONS,
    ORGANIZATION_CORRECTIONS,
    *_WITHDRAWABLE,
    STATEMENTS,
)


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


async def file_faults(database: Database) -> list[str]:
    """Return the faults that SQLite finds in its file, or else rows that refer to nothing.

    A server is not checked: it looks after its files itself.
    """
    if not is_sqlite(database.url):
        return []
    try:
        async with database.read(at_length=True) as connection:
            rows = await connection.execute(text(f"PRAGMA integrity_check({_MOST_FAULTS})"))
            faults = [row[0] for row in rows.all() if row[0] != "ok"]
            return faults or await _loose_rows(connection)
    except OperationalError:
        raise
    except DatabaseError as error:
        # So damaged that it cannot even be checked.
        return [str(error.orig)]


async def _loose_rows(connection: AsyncConnection) -> list[str]:
    found = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    return [f"a row of {row[0]} refers to no row of {row[2]}" for row in found[:_MOST_FAULTS]]


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


async def verify(database: Database) -> AsyncIterator[Progress]:
    """Recompute the chain batch by batch; stop at the first revision that does not match."""
    async with database.read() as connection:
        total = await latest_revision(connection)
        stray = await _stray_revision(connection)
        previous = GENESIS
        async for first, last in _batches(connection, total):
            contents = await _contents(connection, first, last)
            for number in range(first, last + 1):
                stored = contents.get(number)
                reason = _mismatch(stored, previous)
                if reason or stored is None:
                    yield Progress(number - 1, total, number, reason)
                    return
                previous = stored.digest
            yield Progress(last, total)
        if stray is not None:
            counted = f"above the counter ({total})" if stray > total else "below 1"
            yield Progress(total, total, stray, f"it is numbered {counted}")


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


def _mismatch(stored: _Stored | None, previous: str) -> str | None:
    if stored is None:
        return "it is missing"
    if chain_digest(previous, stored.content) != stored.digest:
        return "its content does not match its digest"
    for row in stored.statements:
        if recorded_digest(row) != row["content_digest"]:
            return f"the digest of statement {row['id']} does not match what it says"
    return None


async def _stray_revision(connection: AsyncConnection) -> int | None:
    """Return a revision that the counter never issued; in one query, since writers go on."""
    number = REVISIONS.c.number
    counted = select(REVISION_COUNTER.c.number).scalar_subquery()
    query = select(func.min(number)).where(or_(number > counted, number < 1))
    found: int | None = (await connection.execute(query)).scalar_one()
    return found


async def _contents(connection: AsyncConnection, first: int, last: int) -> dict[int, _Stored]:
    """Return the stored part of each revision of a batch."""
    entries = await _entries(connection, first, last)
    retractions = await _marks(
        connection, STATEMENTS, "retracted_in", "retraction_reason", first, last
    )
    withdrawals = await _withdrawals(connection, first, last)
    query = select(REVISIONS).where(REVISIONS.c.number.between(first, last))
    return {
        row.number: _Stored(
            digest=row.digest,
            content=content_of(
                row, entries[row.number], retractions[row.number], withdrawals[row.number]
            ),
            statements=[e for table, e in entries[row.number] if table == STATEMENTS.name],
        )
        for row in (await connection.execute(query)).all()
    }


async def _entries(
    connection: AsyncConnection, first: int, last: int
) -> Mapping[int, list[tuple[str, JsonObject]]]:
    found: dict[int, list[tuple[str, JsonObject]]] = defaultdict(list)
    for table in _ENTRY_TABLES:
        query = select(table).where(table.c.revision.between(first, last))
        for row in (await connection.execute(query)).mappings():
            found[row["revision"]].append((table.name, dict(row)))
    return found


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
