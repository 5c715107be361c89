"""Whether this process can serve, and how much the projections of its register hold."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import UnavailableError
from app.database import Database
from app.database.connections import Executor
from app.database.schema import current, head, known
from app.database.standby import Standby
from app.ledger.snapshots import latest_revision
from app.statistics.tables import OBSERVATIONS
from app.subjects.tables import PROJECT_VERSIONS, SITE_VERSIONS


@dataclass(frozen=True, slots=True)
class Check:
    """What one probe found."""

    name: str
    is_ready: bool
    detail: str


Probe = Callable[[], Awaitable[Check]]


class Readiness:
    """The probes of one process; they are asked side by side."""

    patience = 5.0
    """Seconds that a probe may take."""

    def __init__(self, database: Database) -> None:
        """Begin with the probes that every register needs."""
        self._database = database
        # The release does not change while it runs, and reading its migrations takes a while.
        self._head, self._known = head(), known()
        self._probes: dict[str, Probe] = {
            "database": self._reachable,
            "migration": self._migrated,
        }
        if database.standby is not None:
            self._probes["standby"] = partial(self._behind, database.standby)

    def add(self, name: str, probe: Probe) -> None:
        """Have one more probe asked."""
        self._probes[name] = probe

    async def checks(self) -> list[Check]:
        """Ask every probe; one that fails or does not answer in time is not ready."""
        asked = (self._asked(name, probe) for name, probe in self._probes.items())
        return list(await asyncio.gather(*asked))

    async def _reachable(self) -> Check:
        async with self._database.read() as connection:
            revision = await latest_revision(connection)
        return Check("database", is_ready=True, detail=f"at revision {revision}")

    async def _migrated(self) -> Check:
        """While a release is replaced, the old one goes on with what the new one migrated to."""
        at = await current(self._database)
        if at == self._head:
            return Check("migration", is_ready=True, detail=f"at {at}")
        if at is not None and at not in self._known:
            return Check("migration", is_ready=True, detail=f"at {at}, of a later release")
        detail = f"at {at}, this release needs {self._head}: icr migrate"
        return Check("migration", is_ready=False, detail=detail)

    async def _behind(self, standby: Standby) -> Check:
        """Tell how far the standby is; the primary answers what it cannot, so it may be missing."""
        reached = await standby.reached()
        if reached is None:
            return Check("standby", is_ready=True, detail="cannot be reached; the primary is read")
        detail = f"at revision {reached}"
        with suppress(UnavailableError, SQLAlchemyError):
            async with self._database.read() as connection:
                behind = max(0, await latest_revision(connection) - reached)
            detail += f", {behind} behind"
        return Check("standby", is_ready=True, detail=detail)

    async def _asked(self, name: str, probe: Probe) -> Check:
        try:
            async with asyncio.timeout(self.patience):
                return await probe()
        except TimeoutError:
            return Check(name, is_ready=False, detail="no answer in time")
        except (SQLAlchemyError, OSError, UnavailableError):
            # What the driver says may name hosts and users, and whoever asks is not known.
            return Check(name, is_ready=False, detail="cannot be reached")


_PROJECTIONS = (SITE_VERSIONS, PROJECT_VERSIONS, OBSERVATIONS)


@dataclass(frozen=True, slots=True)
class ProjectionCount:
    """How many rows a projection has, and the latest revision that any of them came with."""

    rows: int
    latest: int


@dataclass(frozen=True, slots=True)
class ProjectionStatistics:
    """The latest revision and the projections; none of them may be ahead of it."""

    revision: int
    projections: Mapping[str, ProjectionCount]


async def read_projection_statistics(connection: Executor) -> ProjectionStatistics:
    """Look at all rows of the projections."""
    projections = {}
    for table in _PROJECTIONS:
        query = select(func.count(), func.max(table.c.known_from)).select_from(table)
        counted: Any = (await connection.execute(query)).one()
        projections[table.name] = ProjectionCount(counted[0], counted[1] or 0)
    # Read last: a write that comes between makes no projection look ahead of the ledger.
    return ProjectionStatistics(await latest_revision(connection), projections)
