"""Making the projections anew from the ledger."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.subjects import Subject
from app.domain.units import Units
from app.domain.vocabulary import SubjectType
from app.repositories.histories import HISTORIES, History, subject_of
from app.repositories.tables import OBSERVATIONS, REVISION_COUNTER, STATEMENTS
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
    """Replace all projections within a transaction that is open already."""
    # Locking the counter keeps writers out until the commit.
    await session.execute(select(REVISION_COUNTER).with_for_update())
    for history in HISTORIES.values():
        await session.execute(delete(history.versions))
    await session.execute(delete(OBSERVATIONS))
    rows = await _rebuild_observations(session)
    total = sum([await _count(session, history) for history in HISTORIES.values()])
    done = 0
    yield Progress(done, total, rows)
    for history in HISTORIES.values():
        last = ""
        while registered := await _next_subjects(session, history, last):
            subjects = [(subject_of(history.type, row), row.withdrawn_in) for row in registered]
            versions = await _versions(session, subjects, units)
            await _insert(session, history.versions, versions)
            done, rows, last = done + len(subjects), rows + len(versions), registered[-1].id
            yield Progress(done, total, rows)


async def _count(session: AsyncSession, history: History) -> int:
    counted = select(func.count()).select_from(history.registrations)
    return int((await session.execute(counted)).scalar_one())


async def _next_subjects(session: AsyncSession, history: History, after: str) -> Sequence[Row[Any]]:
    table = history.registrations
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(_BATCH)
    return (await session.execute(query)).all()


async def _versions(
    session: AsyncSession, subjects: Sequence[tuple[Subject, int | None]], units: Units
) -> list[dict[str, Any]]:
    """Return the version rows of some subjects of one type, with when they were withdrawn."""
    query = (
        select(STATEMENTS)
        .where(
            STATEMENTS.c.subject_type == subjects[0][0].type.value,
            STATEMENTS.c.subject_id.in_([subject.id for subject, _ in subjects]),
        )
        .order_by(STATEMENTS.c.revision, STATEMENTS.c.position)
    )
    statements: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (await session.execute(query)).all():
        statements[row.subject_id].append(row)
    return [
        row
        for subject, withdrawn_in in subjects
        for row in replay(subject, statements[subject.id], withdrawn_in, units)
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
