"""Appending to the ledger: numbering, chaining and inserting a revision with what it records."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.principals import Principal
from app.core.digest import GENESIS, chain_digest
from app.core.errors import PreconditionFailedError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.tables import REVISION_COUNTER, table_of
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

_CHANGED_SINCE = Template(
    "ledger.changed-since",
    "It was changed in revision {changed_in}, after what If-Match names. Read it again, "
    "see whether the change is still wanted, and send it with the new ETag.",
)
# Statements that every write needs are built once: building costs more than executing.
_COUNTER = REVISION_COUNTER.c
_TAKE_NUMBER = (
    update(REVISION_COUNTER)
    .values(number=_COUNTER.number + 1)
    .returning(_COUNTER.number, _COUNTER.units_edition)
)
_PREVIOUS = select(REVISIONS.c.digest, REVISIONS.c.recorded_at).where(
    REVISIONS.c.number == bindparam("previous")
)


@dataclass(frozen=True, slots=True)
class Precondition:
    """The states that a client accepts: each by the last revision that changed it, or any."""

    changed_in: frozenset[int]
    is_any: bool = False

    def check(self, changed_in: int) -> None:
        """Refuse a write where the subject changed after what the client has seen."""
        if self.is_any or changed_in in self.changed_in:
            return
        raise PreconditionFailedError(
            _CHANGED_SINCE(changed_in=changed_in), members={"changed_in": changed_in}
        )


Entry = Source | Organization | Site | Project | Statement
MARKS = {"withdrawn_in", "withdrawal_reason", "retracted_in", "retraction_reason"}
"""Columns of the ledger that are set later, by a revision of their own."""
# The number stands once for all rows; the digest of a statement follows from its content.
_NOT_CONTENT = MARKS | {"revision", "content_digest"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and by what means."""

    database: Database
    units: Units
    author: str
    request: WriteRequest | None = None
    """The request that the write belongs to; without one, each revision is its own transaction."""
    precondition: Precondition | None = None
    """The state of the subject that the client has seen, if it names one."""
    principal: Principal | None = None
    """Whose rights apply; without one, as on the command line, everything may be written."""

    def having_seen(self, precondition: Precondition) -> "Writer":
        """Return the writer with the state that its client has seen as precondition."""
        return replace(self, precondition=precondition)


@dataclass(slots=True)
class Draft:
    """A revision being made: its number is taken, nothing is inserted yet."""

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
    """Return the content of a revision in the form that is digested.

    ``entries`` are pairs of table name and row. The order of rows does not matter. The keys of
    retractions are ids of statements, those of withdrawals type and id of the subject, as in
    ``site/ccn-quang-chu``. Revisions without a principal are digested like those from before
    principals were recorded.
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
        number, edition = (await session.execute(_TAKE_NUMBER)).one()
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


async def append(draft: Draft) -> Revision:
    """Insert the revision of a draft and everything it records; return its row."""
    session = draft.session
    found = await session.execute(_PREVIOUS, {"previous": draft.number - 1})
    previous = found.one_or_none()
    rows = [(table_of(type(entry)), entry.model_dump()) for entry in draft.entries]
    draft.writer.database.clock.check(previous.recorded_at if previous else None)
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
        [(table.name, row) for table, row in rows],
        draft.retractions,
        {f"{what}/{key}": why for (what, key), why in draft.withdrawals.items()},
    )
    recorded = Revision(
        number=draft.number,
        recorded_at=recorded_at,
        author=draft.writer.author,
        principal_id=principal_id,
        reason=draft.reason,
        digest=chain_digest(previous.digest if previous else GENESIS, content),
    )
    # In this order: what is referred to comes first.
    for table, row in [(REVISIONS, recorded.model_dump()), *rows]:
        await session.execute(insert(table), row)
    await _mark(draft)
    draft.appended = True
    return recorded


async def _mark(draft: Draft) -> None:
    for statement_id, reason in draft.retractions.items():
        marks = {"retracted_in": draft.number, "retraction_reason": reason}
        await _update(draft.session, STATEMENTS, statement_id, marks)
    for (what, key), reason in draft.withdrawals.items():
        marks = {"withdrawn_in": draft.number, "withdrawal_reason": reason}
        await _update(draft.session, REGISTRATIONS[what], key, marks)


async def _update(session: AsyncSession, table: Table, key: str, marks: Mapping[str, Any]) -> None:
    await session.execute(update(table).where(table.c.id == key).values(marks))
