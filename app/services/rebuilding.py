"""Making the projections anew from the ledger."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.units import Units
from app.domain.vocabulary import SubjectType
from app.repositories.histories import HISTORIES, History, subject_of
from app.repositories.snapshots import Executor
from app.repositories.tables import OBSERVATIONS, REVISION_COUNTER, STATEMENTS
from app.services.editions import check_edition
from app.services.projection import observation_rows, replay

_BATCH = 500
_ROWS_PER_INSERT = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How many subjects are done, of how many, and how many rows they came to."""

    done: int
    total: int
    rows: int


async def rebuild(database: Database, units: Units) -> AsyncIterator[Progress]:
    """Replace all projections by what the ledger says, in one transaction.

    Readers see the old rows until the new ones are complete; writers wait.
    """
    async with database.write() as session:
        async for progress in rebuild_in(session, units):
            yield progress


async def rebuild_in(session: AsyncSession, units: Units) -> AsyncIterator[Progress]:
    """Replace all projections within a transaction that is open already.

    ``UnitsChangedError`` where the units are not those that the register has by now.
    """
    # Locking the counter keeps writers out until the commit.
    edition = select(REVISION_COUNTER.c.units_edition).with_for_update()
    check_edition(units, (await session.execute(edition)).scalar_one())
    for history in HISTORIES.values():
        await session.execute(delete(history.versions))
    await session.execute(delete(OBSERVATIONS))
    rows = await _rebuild_observations(session)
    total = await count_subjects(session)
    done = 0
    yield Progress(done, total, rows)
    for history in HISTORIES.values():
        last = ""
        while registered := await next_subjects(session, history, last, _BATCH):
            versions = await versions_of(session, history, registered, units)
            await _insert(session, history.versions, versions)
            done, rows, last = done + len(registered), rows + len(versions), registered[-1].id
            yield Progress(done, total, rows)


async def count_subjects(connection: Executor) -> int:
    """Return how many subjects have a history."""
    counted = [
        select(func.count()).select_from(history.registrations) for history in HISTORIES.values()
    ]
    return sum([int((await connection.execute(query)).scalar_one()) for query in counted])


async def next_subjects(
    connection: Executor, history: History, after: str, limit: int
) -> Sequence[Row[Any]]:
    """Return the registrations of some subjects of a type, in the order of their ids."""
    table = history.registrations
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
    return (await connection.execute(query)).all()


async def versions_of(
    connection: Executor, history: History, registered: Sequence[Row[Any]], units: Units
) -> list[dict[str, Any]]:
    """Return all version rows that the ledger gives of some registered subjects of one type."""
    query = (
        select(STATEMENTS)
        .where(
            STATEMENTS.c.subject_type == history.type.value,
            STATEMENTS.c.subject_id.in_([row.id for row in registered]),
        )
        .order_by(STATEMENTS.c.revision, STATEMENTS.c.position)
    )
    statements: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (await connection.execute(query)).all():
        statements[row.subject_id].append(row)
    return [
        version
        for row in registered
        for version in replay(
            subject_of(history.type, row), statements[row.id], row.withdrawn_in, units
        )
    ]


async def _rebuild_observations(session: AsyncSession) -> int:
    query = select(STATEMENTS).where(STATEMENTS.c.subject_type == SubjectType.province.value)
    statements = (await session.execute(query)).all()
    rows = [row for statement in statements for row in observation_rows(statement)]
    await _insert(session, OBSERVATIONS, rows)
    return len(rows)


async def _insert(session: AsyncSession, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        await session.execute(insert(table), rows[start : start + _ROWS_PER_INSERT])
