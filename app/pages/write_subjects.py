"""What a form is about, as its page names it: a subject, in the state that is then changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from fastapi import Request

from app.core.dates import today
from app.core.errors import NotFoundError
from app.core.vocabulary import HISTORIC, Boundaries, SiteKind, SubjectType
from app.database.connections import Executor
from app.http.service import service_of
from app.ledger.snapshots import At, Snapshot, latest_revision
from app.ledger.sources import get_source
from app.pages.lookups import Lookup
from app.subjects.histories import HISTORIES
from app.subjects.queries import get_detail
from app.units.units import UnitLevel


@dataclass(frozen=True, slots=True)
class Known:
    """A subject as it is known now."""

    what: SubjectType
    key: str
    name: str
    kind: SiteKind | None
    changed_in: int | None
    """The revision that changed it last; ``None`` where statements make no state."""

    @property
    def path(self) -> str:
        """The page of the subject."""
        return f"/{self.what}s/{self.key}"


@asynccontextmanager
async def looking_up(request: Request, day: date | None = None) -> AsyncIterator[Lookup]:
    """Lend what looks things up, as they are known now on a day."""
    service = service_of(request)
    async with service.database.read() as connection:
        at = At(day or today(), await latest_revision(connection))
        yield Lookup(connection, Snapshot(at, today(), service.units))


async def known(lookup: Lookup, what: SubjectType, key: str) -> Known:
    """Return a subject; the errors of its page where it is not there."""
    snapshot = lookup.snapshot
    if what is SubjectType.province:
        name = snapshot.units.name_of(UnitLevel.province, key, snapshot.at.day)
        return Known(what, key, name or key, None, None)
    if what not in HISTORIC:
        source = await get_source(lookup.connection, key, snapshot.at.revision)
        return Known(what, key, source.title, None, None)
    state = await _state(lookup.connection, what, key, snapshot)
    kind = SiteKind(str(state["kind"])) if state.get("kind") else None
    return Known(what, key, str(state["name"]), kind, int(str(state["changed_in"])))


async def _state(
    connection: Executor, what: SubjectType, key: str, snapshot: Snapshot
) -> dict[str, object]:
    """Return the state of a subject on a day, or on the first of which anything is known."""
    history = HISTORIES[what]
    try:
        return dict(await get_detail(connection, history, key, snapshot, Boundaries.then))
    except NotFoundError as error:
        first = error.members.get("known_from")
        if first is None:
            raise
        on = Snapshot(
            At(date.fromisoformat(str(first)), snapshot.at.revision), snapshot.today, snapshot.units
        )
        return dict(await get_detail(connection, history, key, on, Boundaries.then))
