"""Making the projections anew from the ledger."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.site_timeline import Site
from app.domain.units import Units
from app.domain.vocabulary import SiteKind, SubjectType
from app.repositories.tables import OBSERVATIONS, REVISION_COUNTER, SITE_VERSIONS, SITES, STATEMENTS
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
    await session.execute(delete(SITE_VERSIONS))
    await session.execute(delete(OBSERVATIONS))
    rows = await _rebuild_observations(session)
    total = (await session.execute(select(func.count()).select_from(SITES))).scalar_one()
    done, last = 0, ""
    yield Progress(done, total, rows)
    while sites := await _next_sites(session, last):
        versions = await _versions(session, sites, units)
        await _insert(session, SITE_VERSIONS, versions)
        done, rows, last = done + len(sites), rows + len(versions), sites[-1].id
        yield Progress(done, total, rows)


async def _next_sites(session: AsyncSession, after: str) -> Sequence[Row[Any]]:
    query = select(SITES).where(SITES.c.id > after).order_by(SITES.c.id).limit(_BATCH)
    return (await session.execute(query)).all()


async def _versions(
    session: AsyncSession, sites: Sequence[Row[Any]], units: Units
) -> list[dict[str, Any]]:
    query = (
        select(STATEMENTS)
        .where(
            STATEMENTS.c.subject_type == SubjectType.site.value,
            STATEMENTS.c.subject_id.in_([site.id for site in sites]),
        )
        .order_by(STATEMENTS.c.revision, STATEMENTS.c.position)
    )
    statements: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (await session.execute(query)).all():
        statements[row.subject_id].append(row)
    return [
        row
        for site in sites
        for row in replay(
            Site(site.id, SiteKind(site.kind)), statements[site.id], site.withdrawn_in, units
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
