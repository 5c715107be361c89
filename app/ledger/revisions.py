"""Appending to the ledger: numbering, chaining and inserting a revision with what it records."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.principals import Principal
from app.core.digest import GENESIS, chain_digest, content_digest
from app.core.errors import PreconditionFailedError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.connections import Executor
from app.database.prepared import Prepared
from app.database.tables import REVISION_COUNTER, insert_rows
from app.ledger.entries import HAS_MERGES
from app.ledger.idempotency import WriteRequest
from app.ledger.snapshots import note_revision
from app.ledger.statements import LATER
from app.ledger.tables import (
    ERASURES,
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
    Revision,
)
from app.units.tables import check_units_edition
from app.units.units import Unit, Units

_CHANGED_SINCE = Template(
    "ledger.changed-since",
    "It was changed in revision {changed_in}, after what If-Match names. Read it again, "
    "see whether the change is still wanted, and send it with the new ETag.",
)
_WEAK_TAG = Template(
    "ledger.weak-tag",
    'It is still as revision {changed_in} made it, but If-Match names that by a weak tag, W/"…", '
    "which never matches (a proxy that compresses answers makes tags weak). Send If-Match: "
    '"{changed_in}", the changed_in of what was read.',
)
# Statements that every write needs are built once: building costs more than executing.
_COUNTER = REVISION_COUNTER.c
_TAKE_NUMBER = (
    update(REVISION_COUNTER)
    .values(number=_COUNTER.number + 1)
    .returning(_COUNTER.number, _COUNTER.units_edition)
)
_LAST = REVISIONS.c.digest, REVISIONS.c.recorded_at
_HEAD = Prepared(
    select(_COUNTER.number, _COUNTER.units_edition, *_LAST, HAS_MERGES).outerjoin(
        REVISIONS, REVISIONS.c.number == _COUNTER.number
    )
)
_PREVIOUS = select(*_LAST).where(REVISIONS.c.number == bindparam("previous"))
DIGESTED_FROM: Final = 100
"""A revision of so many entries or more digests the digests of its entries."""
OF_DIGESTS: Final = 2
"""The format of such a digest, as it is recorded; that of all others is not recorded."""
IN_ORDER = (
    ORGANIZATIONS,
    ORGANIZATION_CORRECTIONS,
    SOURCES,
    SOURCE_CORRECTIONS,
    *REGISTRATIONS.values(),
    STATEMENTS,
    ERASURES,
)
"""The order in which rows are inserted: what is referred to comes first."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """The states that a client accepts: each by the last revision that changed it, or any."""

    changed_in: frozenset[int]
    is_any: bool = False
    weak: frozenset[int] = frozenset()
    """The states that it names by weak tags, which do not count."""

    def check(self, changed_in: int) -> None:
        """Refuse a write where the subject changed after what the client has seen."""
        if self.is_any or changed_in in self.changed_in:
            return
        kind = _WEAK_TAG if changed_in in self.weak else _CHANGED_SINCE
        raise PreconditionFailedError(
            kind(changed_in=changed_in), members={"changed_in": changed_in}
        )


MARKS = {"withdrawn_in", "withdrawal_reason", "retracted_in", "retraction_reason"}
"""Columns of the ledger that are set later, by a revision of their own."""
ADDED_LATER = ("principal_id", "digest_format", "approved_by", "approver_id")
"""Columns of revisions that older ones do not have."""
# The number stands once for all rows; the digest of a statement follows from its content.
NOT_CONTENT = MARKS | {"revision", "content_digest"}


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposed what another approves."""

    name: str
    principal_id: str


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
    progress: Callable[[int, int], None] | None = None
    """Called with the number of items that are judged, and of all."""
    proposer: Proposer | None = None
    """Who proposed what the writer approves: the author of its revision."""
    concerned: set[Unit] | None = None
    """Takes the provinces in which the rights of the writer were looked at, where one is given."""

    @property
    def looks_at_provinces(self) -> bool:
        """Whether it matters in which provinces lies what is written about."""
        is_bound = self.principal is not None and self.principal.is_bound
        return is_bound or self.concerned is not None

    def having_seen(self, precondition: Precondition) -> "Writer":
        """Return the writer with the state that its client has seen as precondition."""
        return replace(self, precondition=precondition)

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Lend a session in a transaction: that of the request, or one of its own."""
        return self.database.write() if self.request is None else self.request.session()

    async def refuse_repeat(self, connection: Executor | None = None) -> None:
        """Raise ``RepeatedError`` where the request was answered before; see ``WriteRequest``."""
        if self.request is not None:
            await self.request.refuse_repeat(connection)


Row = dict[str, Any]


@dataclass(slots=True)
class Entry:
    """A row to be recorded, without the number of its revision.

    ``digest`` is that of its content, where the revision is large enough to need it.
    """

    table: Table
    row: Row
    digest: str | None = None

    @property
    def digested(self) -> Row:
        """The part of the row that a revision of digests covers."""
        return {"id": self.row["id"], "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the ledger: its last revision, and the edition of units it is projected by."""

    number: int
    units_edition: int
    digest: str
    recorded_at: datetime | None
    has_merges: bool = True
    """Whether any organization was merged; where that is not known, it may be."""


async def read_head(connection: Executor) -> Head:
    """Return the end of the ledger as it is now."""
    ((number, edition, digest, recorded_at, has_merges),) = await _HEAD.rows(connection, {})
    note_revision(number)
    return Head(number, edition, digest or GENESIS, recorded_at, bool(has_merges))


@dataclass(slots=True)
class Draft:
    """A revision being made: its number is taken, nothing is inserted yet."""

    session: AsyncSession
    writer: Writer
    number: int
    reason: str | None
    previous: Head
    """The revision before this one."""
    entries: Sequence[Entry] = ()
    retractions: dict[str, str] = field(default_factory=dict)
    withdrawals: dict[tuple[SubjectType, str], str] = field(default_factory=dict)


def content_of(
    revision: Any,
    entries: Iterable[tuple[str, Mapping[str, Any]]],
    retractions: Mapping[str, str],
    withdrawals: Mapping[str, str],
) -> Row:
    """Return the content of a revision, which is its row, in the form that is digested.

    ``entries`` are pairs of table name and row. The order of rows does not matter. The keys of
    retractions are ids of statements, those of withdrawals type and id of the subject, as in
    ``site/ccn-quang-chu``. What was added later (principals, the format, approval) is left out
    where it is null, so that older revisions keep their form.
    """
    later = {name: getattr(revision, name) for name in ADDED_LATER}
    are_digested = revision.digest_format == OF_DIGESTS
    return {
        "number": revision.number,
        "recorded_at": revision.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "author": revision.author,
        **{name: value for name, value in later.items() if value is not None},
        "reason": revision.reason,
        "entries": _digested(entries) if are_digested else listed(entries),
        "retractions": dict(retractions),
        "withdrawals": dict(withdrawals),
    }


def listed(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[Row]]:
    """Return entries as revisions digest them, by table and in the order of ids."""
    found: dict[str, list[Row]] = {}
    for table, row in entries:
        found.setdefault(table, []).append(_plain(row))
    return {table: sorted(rows, key=lambda r: r["id"]) for table, rows in found.items()}


def _digested(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, str]]:
    digested: dict[str, dict[str, str]] = {}
    for table, row in entries:
        digested.setdefault(table, {})[row["id"]] = row.get("digest") or entry_digest(row)
    return digested


def entry_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of a row of a large revision.

    Its id is left out, since that of a statement is known only when the counter is taken: the
    digest of the revision covers it together with this one.
    """
    return content_digest({name: value for name, value in _plain(row).items() if name != "id"})


def _plain(row: Mapping[str, Any]) -> Row:
    kept = {
        n: v for n, v in row.items() if n not in NOT_CONTENT and (v is not None or n not in LATER)
    }
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in kept.items()}


@asynccontextmanager
async def revision(writer: Writer, reason: str | None, head: Head) -> AsyncIterator[Draft]:
    """Open a draft of the next revision, which was planned when the ledger ended with ``head``.

    Taking the number locks the counter until the commit, so writers follow one another, numbers
    have no gaps and their order is the order of commits.
    """
    async with writer.session() as session:
        number, edition = (await session.execute(_TAKE_NUMBER)).one()
        # Other processes may have had the counter until now; all of them wait for this one.
        writer.database.disturb()
        note_revision(number - 1)
        await writer.refuse_repeat(session)
        check_units_edition(writer.units, edition)
        if number - 1 != head.number:
            found = await session.execute(_PREVIOUS, {"previous": number - 1})
            head = Head(number - 1, edition, *found.one())
        note_revision(number)
        yield Draft(session, writer, number, reason, head)


async def append(draft: Draft) -> Revision:
    """Insert the revision of a draft and everything it records; return its row."""
    draft.writer.database.clock.check(draft.previous.recorded_at)
    previous = draft.previous
    is_large = len(draft.entries) >= DIGESTED_FROM
    recorded = Revision(
        number=draft.number,
        recorded_at=_next_instant(previous.recorded_at),
        **_persons(draft.writer),
        reason=draft.reason,
        digest_format=OF_DIGESTS if is_large else None,
        digest="",
    )
    content = content_of(
        recorded,
        [(e.table.name, e.digested if is_large else e.row) for e in draft.entries],
        draft.retractions,
        {f"{what}/{key}": why for (what, key), why in draft.withdrawals.items()},
    )
    recorded.digest = chain_digest(previous.digest, content)
    await insert_rows(draft.session, REVISIONS, [recorded.model_dump()])
    for table in IN_ORDER:
        rows = [{**e.row, "revision": draft.number} for e in draft.entries if e.table is table]
        await insert_rows(draft.session, table, rows)
    await _mark(draft)
    return recorded


def _persons(writer: Writer) -> Row:
    """Return who wrote a revision, and who approved it, where another did."""
    writing = writer.principal and writer.principal.id
    if writer.proposer is None:
        return {"author": writer.author, "principal_id": writing}
    return {
        "author": writer.proposer.name,
        "principal_id": writer.proposer.principal_id,
        "approved_by": writer.author,
        "approver_id": writing,
    }


def _next_instant(previous: datetime | None) -> datetime:
    """Return the first whole millisecond after now and after the revision before.

    A clock that was set back must not make time run backwards in the ledger. What was known at a
    millisecond that has begun stays known at it: no later revision is dated by that one.
    """
    now = datetime.now(UTC)
    last = max(now, previous or now)
    return last.replace(microsecond=last.microsecond // 1000 * 1000) + timedelta(milliseconds=1)


async def _mark(draft: Draft) -> None:
    for statement_id, reason in draft.retractions.items():
        marks = {"retracted_in": draft.number, "retraction_reason": reason}
        await _update(draft.session, STATEMENTS, statement_id, marks)
    for (what, key), reason in draft.withdrawals.items():
        marks = {"withdrawn_in": draft.number, "withdrawal_reason": reason}
        await _update(draft.session, REGISTRATIONS[what], key, marks)


async def _update(session: AsyncSession, table: Table, key: str, marks: Mapping[str, Any]) -> None:
    await session.execute(update(table).where(table.c.id == key).values(marks))
