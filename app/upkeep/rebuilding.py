"""Rebuilding the projections from the ledger, and loading another edition of units.

New units come with projections made by them, in one transaction.
"""

import csv
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.connections import AnyRow, Executor, read_rows
from app.database.tables import REVISION_COUNTER, insert_rows
from app.ledger.entries import merges_at
from app.ledger.tables import OPEN_REVISION, STATEMENTS, Statement
from app.statistics.projection import OBSERVATIONS, observation_rows
from app.subjects.histories import HISTORIES, History, Values, subject_of
from app.subjects.projection import replay, word_rows
from app.units.tables import ADMIN_SUCCESSIONS, ADMIN_UNITS, check_units_edition, read_units
from app.units.units import Units

_BATCH = 500
_ROWS_PER_INSERT = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How many subjects of the total are done, and how many rows they have."""

    done: int
    total: int
    rows: int


async def rebuild(database: Database, units: Units) -> AsyncIterator[Progress]:
    """Replace all projections by those that the ledger yields, in one transaction.

    Readers see the old rows until the new ones are complete; writers wait. The units get a new
    edition, though they are the same: answers that were made from the old rows have other keys.
    """
    async with database.write() as session:
        async for progress in rebuild_in(session, units):
            yield progress
        await count_edition(session)


async def rebuild_in(session: AsyncSession, units: Units) -> AsyncIterator[Progress]:
    """Replace all projections within an open transaction.

    ``UnitsChangedError`` if the register has another edition of units by now.
    """
    # Locking the counter keeps writers out until the commit.
    edition = select(REVISION_COUNTER.c.units_edition).with_for_update()
    check_units_edition(units, (await session.execute(edition)).scalar_one())
    for history in HISTORIES.values():
        await session.execute(delete(history.versions))
        await session.execute(delete(history.words))
    await session.execute(delete(OBSERVATIONS))
    rows = await _rebuild_observations(session)
    total = await count_subjects(session)
    done = 0
    yield Progress(done, total, rows)
    for history in HISTORIES.values():
        last = ""
        while registered := await next_subjects(session, history, last, _BATCH):
            versions = await versions_of(session, history, registered, units)
            words = word_rows(history, versions)
            await _insert(session, history.versions, versions)
            await insert_rows(session, history.words, words)
            done, last = done + len(registered), registered[-1].id
            rows += len(versions) + len(words)
            yield Progress(done, total, rows)


async def count_subjects(connection: Executor) -> int:
    """Return the number of subjects that have a history."""
    counted = [
        select(func.count()).select_from(history.registrations) for history in HISTORIES.values()
    ]
    return sum([int((await connection.execute(query)).scalar_one()) for query in counted])


async def next_subjects(
    connection: Executor, history: History, after: str, limit: int
) -> Sequence[AnyRow]:
    """Return registrations of one type, those after an id, in the order of ids."""
    table = history.registrations
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
    return (await connection.execute(query)).all()


async def versions_of(
    connection: Executor, history: History, registered: Sequence[AnyRow], units: Units
) -> list[Values]:
    """Return all version rows that the ledger yields for registered subjects of one type."""
    query = (
        select(STATEMENTS)
        .where(
            STATEMENTS.c.subject_type == history.type.value,
            STATEMENTS.c.subject_id.in_([row.id for row in registered]),
        )
        .order_by(STATEMENTS.c.revision, STATEMENTS.c.position)
    )
    merges = await merges_at(connection, OPEN_REVISION)
    statements: dict[str, list[Statement]] = defaultdict(list)
    for row in await read_rows(connection, Statement, query):
        statements[row.subject_id].append(row)
    return [
        version
        for subject in registered
        for version in replay(
            subject_of(history.type, subject),
            statements[subject.id],
            subject.withdrawn_in,
            units,
            merges,
        )
    ]


async def rebuild_subjects(
    session: AsyncSession, history: History, keys: Sequence[str], units: Units
) -> None:
    """Replace the projections of some subjects by those that the ledger yields now."""
    table = history.registrations
    registered = (await session.execute(select(table).where(table.c.id.in_(keys)))).all()
    versions = await versions_of(session, history, registered, units)
    for projection in (history.versions, history.words):
        await session.execute(delete(projection).where(projection.c[history.key].in_(keys)))
    await _insert(session, history.versions, versions)
    await insert_rows(session, history.words, word_rows(history, versions))


async def _rebuild_observations(session: AsyncSession) -> int:
    query = select(STATEMENTS).where(STATEMENTS.c.subject_type == SubjectType.province.value)
    statements = (await session.execute(query)).mappings().all()
    rows = [row for one in statements for row in observation_rows(dict(one))]
    await _insert(session, OBSERVATIONS, rows)
    return len(rows)


async def _insert(session: AsyncSession, table: Table, rows: Sequence[Values]) -> None:
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        await session.execute(insert(table), rows[start : start + _ROWS_PER_INSERT])


_FILES = (
    ("admin-units.csv", ADMIN_UNITS),
    ("admin-successions.csv", ADMIN_SUCCESSIONS),
)


async def load_units(
    database: Database, folder: Path, show: Callable[[Progress], None] | None = None
) -> bool:
    """Make the tables of units equal to the files in a folder; return whether anything changed.

    If so, the projections are rebuilt in the same transaction, so that no reader meets new units
    with projections made by the old ones; ``show`` is called with the progress.
    """
    async with database.write() as session:
        # Taken first, as in every write, so that each uses either the old units or the new ones.
        await session.execute(select(REVISION_COUNTER).with_for_update())
        changed = [await _replace(session, table, rows) for table, rows in unit_files(folder)]
        if not any(changed):
            return False
        await count_edition(session)
        async for progress in rebuild_in(session, await read_units(session)):
            if show is not None:
                show(progress)
        return True


def unit_files(folder: Path) -> Iterator[tuple[Table, list[dict[str, object]]]]:
    """Yield the tables of units and their rows by the files in a folder."""
    for name, table in _FILES:
        yield table, list(_read(folder / name, table))


async def count_edition(session: AsyncSession) -> None:
    """Give the register another edition of units, so that no answer of before is given again."""
    edition = REVISION_COUNTER.c.units_edition
    await session.execute(update(REVISION_COUNTER).values(units_edition=edition + 1))


async def _replace(session: AsyncSession, table: Table, rows: list[dict[str, object]]) -> bool:
    columns = [table.c[name] for name in rows[0]]
    present = {tuple(row) for row in (await session.execute(select(*columns))).all()}
    if present == {tuple(row.values()) for row in rows}:
        return False
    await session.execute(delete(table))
    await session.execute(insert(table), rows)
    return True


def _read(path: Path, table: Table) -> Iterator[dict[str, object]]:
    names = [column.key for column in table.c if column.key != "id"]
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: _value(name, row[name]) for name in names}


def _value(name: str, text: str) -> object:
    if text == "":
        return None
    if name in {"longitude", "latitude"}:
        return Decimal(text)
    is_date = name in {"valid_from", "valid_to", "effective_on"}
    return date.fromisoformat(text) if is_date else text
