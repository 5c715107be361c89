"""How much a register holds, for those who watch over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.repositories.snapshots import Executor, latest_revision
from app.repositories.tables import OBSERVATIONS, PROJECT_VERSIONS, SITE_VERSIONS

_PROJECTIONS = (SITE_VERSIONS, PROJECT_VERSIONS, OBSERVATIONS)


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows a projection has, and the latest revision that any of them came with."""

    rows: int
    latest: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """The latest revision and the projections; none of them may be ahead of it."""

    revision: int
    projections: Mapping[str, Held]


async def read_holdings(connection: Executor) -> Holdings:
    """Look at all rows of the projections."""
    projections = {}
    for table in _PROJECTIONS:
        query = select(func.count(), func.max(table.c.known_from)).select_from(table)
        counted: Any = (await connection.execute(query)).one()
        projections[table.name] = Held(counted[0], counted[1] or 0)
    # Read last: a write that comes between makes no projection look ahead of the ledger.
    return Holdings(await latest_revision(connection), projections)
