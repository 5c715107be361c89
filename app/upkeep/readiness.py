"""Whether this process can serve, and the projection statistics of its register."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import StorageFaultError, UnavailableError
from app.core.messages import Message, Template
from app.database import Database
from app.database.connections import Executor
from app.database.schema import current, head, known
from app.database.standby import Standby
from app.ledger.snapshots import latest_revision
from app.ledger.tables import REVISIONS
from app.statistics.projection import OBSERVATIONS
from app.subjects.tables import VERSIONS

_AT_REVISION = Template("readiness.at-revision", "at revision {revision}")
_BEHIND = Template("readiness.behind", "at revision {revision}, {behind} behind")
_AT_MIGRATION = Template("readiness.at-migration", "at {migration}")
_LATER_RELEASE = Template("readiness.later-release", "at {migration}, of a later release")
_NOT_MIGRATED = Template(
    "readiness.not-migrated", "at {migration}, this release needs {head}: icr migrate"
)
_NO_STANDBY = Template("readiness.no-standby", "cannot be reached; the primary is read")
_TIMED_OUT = Template("readiness.timed-out", "no answer in time")
_UNREACHABLE = Template("readiness.unreachable", "cannot be reached")
_CLOCK = Template("readiness.clock", "not ahead")
_LATEST_AT = select(REVISIONS.c.recorded_at).order_by(REVISIONS.c.number.desc()).limit(1)
_PROJECTIONS = (*VERSIONS.values(), OBSERVATIONS)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one probe."""

    name: str
    is_ready: bool
    detail: Message


Probe = Callable[[], Awaitable[Check]]


@cache
def _migrations() -> tuple[str | None, frozenset[str]]:
    """Return the newest migration of this release, and all of them.

    A release does not change while it runs, and reading its migrations takes a while.
    """
    return head(), known()


class Readiness:
    """The probes of one process, which run concurrently."""

    patience = 5.0
    """The seconds that a probe may take."""

    def __init__(self, database: Database) -> None:
        """Begin with the probes that every register needs."""
        self._database = database
        self._head, self._known = _migrations()
        self._probes: dict[str, Probe] = {
            "database": self._reachable,
            "migration": self._migrated,
            "clock": self._dated,
        }
        if database.standby is not None:
            self._probes["standby"] = partial(self._behind, database.standby)

    def add(self, name: str, probe: Probe) -> None:
        """Add another probe."""
        self._probes[name] = probe

    async def checks(self) -> list[Check]:
        """Run every probe; one that fails or does not answer in time is not ready."""
        running = (self._run(name, probe) for name, probe in self._probes.items())
        return list(await asyncio.gather(*running))

    async def _reachable(self) -> Check:
        self._database.check_file()
        async with self._database.read() as connection:
            revision = await latest_revision(connection)
        return Check("database", is_ready=True, detail=_AT_REVISION(revision=revision))

    async def _migrated(self) -> Check:
        """While a release is being replaced, the old one works with the schema of the new."""
        at = await current(self._database)
        if at == self._head:
            return Check("migration", is_ready=True, detail=_AT_MIGRATION(migration=at))
        if at is not None and at not in self._known:
            return Check("migration", is_ready=True, detail=_LATER_RELEASE(migration=at))
        detail = _NOT_MIGRATED(migration=at, head=self._head)
        return Check("migration", is_ready=False, detail=detail)

    async def _dated(self) -> Check:
        """Report a clock that cannot be right: writes are refused then, and reads are answered."""
        async with self._database.read() as connection:
            latest = (await connection.execute(_LATEST_AT)).scalar_one_or_none()
        fault = self._database.clock.fault(latest)
        return Check("clock", is_ready=True, detail=fault or _CLOCK())

    async def _behind(self, standby: Standby) -> Check:
        """Report how far the standby is; it may be missing, since the primary answers then."""
        reached = await standby.reached()
        if reached is None:
            return Check("standby", is_ready=True, detail=_NO_STANDBY())
        detail = _AT_REVISION(revision=reached)
        with suppress(UnavailableError, SQLAlchemyError):
            async with self._database.read() as connection:
                behind = max(0, await latest_revision(connection) - reached)
            detail = _BEHIND(revision=reached, behind=behind)
        return Check("standby", is_ready=True, detail=detail)

    async def _run(self, name: str, probe: Probe) -> Check:
        try:
            async with asyncio.timeout(self.patience):
                return await probe()
        except TimeoutError:
            return Check(name, is_ready=False, detail=_TIMED_OUT())
        except StorageFaultError as error:
            return Check(name, is_ready=False, detail=error.detail)
        except (SQLAlchemyError, OSError, UnavailableError):
            # The driver's text may name hosts and users, and the client is not authenticated.
            return Check(name, is_ready=False, detail=_UNREACHABLE())


@dataclass(frozen=True, slots=True)
class ProjectionCount:
    """How many rows a projection has, and the latest revision among them."""

    rows: int
    latest: int


@dataclass(frozen=True, slots=True)
class ProjectionStatistics:
    """The latest revision and the projections; none of them may be ahead of it."""

    revision: int
    projections: Mapping[str, ProjectionCount]


async def read_projection_statistics(connection: Executor) -> ProjectionStatistics:
    """Count all rows of the projections."""
    projections = {}
    for table in _PROJECTIONS:
        query = select(func.count(), func.max(table.c.known_from)).select_from(table)
        rows, latest = (await connection.execute(query)).one()
        projections[table.name] = ProjectionCount(rows, latest or 0)
    # Read last: a write in between must not make a projection look ahead of the ledger.
    return ProjectionStatistics(await latest_revision(connection), projections)
