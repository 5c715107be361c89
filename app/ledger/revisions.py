"""Appending to the ledger: numbering, chaining and inserting a revision with what it records."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.principals import Principal
from app.core.digest import GENESIS, chain_digest
from app.core.errors import PreconditionFailedError
from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.tables import REVISION_COUNTER
from app.ledger.idempotency import WriteRequest
from app.ledger.snapshots import note_revision
from app.ledger.tables import (
    REGISTRATIONS,
    REVISIONS,
    STATEMENTS,
    Organization,
    Project,
    Revision,
    Site,
    Source,
    Statement,
)
from app.units.queries import check_units_edition
from app.units.units import Units


@dataclass(frozen=True, slots=True)
class Precondition:
    """The states that a client names: by the revisions that changed them last, or any at all."""

    changed_in: frozenset[int]
    is_any: bool = False

    def check(self, changed_in: int) -> None:
        """Refuse a write where the subject changed after what the client has seen."""
        if self.is_any or changed_in in self.changed_in:
            return
        detail = (
            f"It was changed in revision {changed_in}, after what If-Match names. Read it again, "
            "see whether the change is still wanted, and send it with the new ETag."
        )
        raise PreconditionFailedError(detail, members={"changed_in": changed_in})


Entry = Source | Organization | Site | Project | Statement
MARKS = {"withdrawn_in", "withdrawal_reason", "retracted_in", "retraction_reason"}
"""Columns of the ledger that are set later, by a revision of their own."""
# The number is told once for all rows; the digest of a statement follows from its content.
_NOT_CONTENT = MARKS | {"revision", "content_digest"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and with what."""

    database: Database
    units: Units
    author: str
    request: WriteRequest | None = None
    """The request that the write belongs to; without one, each revision is its own transaction."""
    precondition: Precondition | None = None
    """Which state of the subject the client has seen, where it said so."""
    principal: Principal | None = None
    """Whose rights count; without one, as on the command line, everything may be written."""

    def having_seen(self, precondition: Precondition) -> "Writer":
        """Return the writer with the state that its client has seen."""
        return replace(self, precondition=precondition)


@dataclass(slots=True)
class Draft:
    """A revision in the making: its number is taken, nothing is inserted yet."""

    session: AsyncSession
    writer: Writer
    number: int
    reason: str | None
    entries: list[Entry] = field(default_factory=list)
    retractions: dict[str, str] = field(default_factory=dict)
    withdrawals: dict[tuple[SubjectType, str], str] = field(default_factory=dict)
    appended: bool = False


def content_of(
    number: int,
    recorded_at: datetime,
    author: str,
    principal_id: str | None,
    reason: str | None,
    entries: Iterable[tuple[str, Mapping[str, Any]]],
    retractions: Mapping[str, str],
    withdrawals: Mapping[str, str],
) -> dict[str, Any]:
    """Return the content of a revision, as it is digested.

    ``entries`` are pairs of table name and row. The order of rows does not matter. Retractions are
    by id of the statement, withdrawals by type and id of the subject, as in ``site/ccn-quang-chu``.
    Revisions without a principal are digested as those from before principals were recorded.
    """
    listed: dict[str, list[dict[str, Any]]] = {}
    for table, row in entries:
        listed.setdefault(table, []).append(_plain(row))
    who = {"author": author} | ({"principal_id": principal_id} if principal_id else {})
    return {
        "number": number,
        "recorded_at": recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        **who,
        "reason": reason,
        "entries": {table: sorted(rows, key=lambda r: r["id"]) for table, rows in listed.items()},
        "retractions": dict(retractions),
        "withdrawals": dict(withdrawals),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in _NOT_CONTENT}
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in kept.items()}


@asynccontextmanager
async def revision(writer: Writer, reason: str | None) -> AsyncIterator[Draft]:
    """Open a draft of the next revision; the caller fills it and calls ``append`` before leaving.

    Taking the number locks the counter until the commit, so writers follow one another, numbers
    have no gaps and their order is the order of commits.
    """
    request = writer.request
    async with writer.database.write() if request is None else request.session() as session:
        counter = REVISION_COUNTER.c
        taken = update(REVISION_COUNTER).values(number=counter.number + 1)
        found = await session.execute(taken.returning(counter.number, counter.units_edition))
        number, edition = found.one()
        note_revision(number - 1)
        if request is not None:
            await request.refuse_repeat()
        check_units_edition(writer.units, edition)
        draft = Draft(session, writer, number, reason)
        note_revision(draft.number)
        yield draft
        if not draft.appended:
            message = f"revision {draft.number} was taken and never appended"
            raise RuntimeError(message)


async def append(draft: Draft) -> None:
    """Insert the revision of a draft and everything it records."""
    session = draft.session
    last = select(REVISIONS.c.digest, REVISIONS.c.recorded_at).where(
        REVISIONS.c.number == draft.number - 1
    )
    previous = (await session.execute(last)).one_or_none()
    now = datetime.now(UTC)
    # A clock that was set back must not make time run backwards in the ledger.
    recorded_at = max(now, previous.recorded_at) if previous else now
    principal = draft.writer.principal
    principal_id = None if principal is None else principal.id
    content = content_of(
        draft.number,
        recorded_at,
        draft.writer.author,
        principal_id,
        draft.reason,
        [(str(entry.__tablename__), entry.model_dump()) for entry in draft.entries],
        draft.retractions,
        {f"{what}/{key}": why for (what, key), why in draft.withdrawals.items()},
    )
    row = Revision(
        number=draft.number,
        recorded_at=recorded_at,
        author=draft.writer.author,
        principal_id=principal_id,
        reason=draft.reason,
        digest=chain_digest(previous.digest if previous else GENESIS, content),
    )
    await _insert(session, [row])
    await _insert(session, draft.entries)
    await _mark(draft)
    draft.appended = True


async def _insert(session: AsyncSession, rows: Sequence[Entry | Revision]) -> None:
    """Insert rows in the order given: what is referred to comes first."""
    for row in rows:
        await session.execute(insert(type(row)).values(row.model_dump()))


async def _mark(draft: Draft) -> None:
    for statement_id, reason in draft.retractions.items():
        marks = {"retracted_in": draft.number, "retraction_reason": reason}
        found = update(STATEMENTS).where(STATEMENTS.c.id == statement_id)
        await draft.session.execute(found.values(marks))
    for (what, key), reason in draft.withdrawals.items():
        marks = {"withdrawn_in": draft.number, "withdrawal_reason": reason}
        table = REGISTRATIONS[what]
        await draft.session.execute(update(table).where(table.c.id == key).values(marks))
