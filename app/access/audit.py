"""The audit log: actions recorded in their transaction, refusals journalled, entries listed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.audit_events import AuditAction, Refusal, Refusals
from app.access.links import Accounted, Link, append_links
from app.access.schemas import AuditEntry, AuditPage, AuditQuery
from app.access.tables import ACCESS_KEYS, ACCESS_SESSIONS, AUDIT_ENTRIES
from app.core.errors import OutcomeUnknownError, StorageFaultError, UnavailableError
from app.database import Database
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor

_log = logging.getLogger("icr")
# Between two flushes. Nobody can make principals up, but addresses are had easily.
_MOST_PRINCIPALS = 1000
_MOST_NETWORKS = 20
_MOST_REFUSALS = 5
# The exceptions of a failing database; the journal continues when it is back.
_NOT_WRITTEN = (SQLAlchemyError, OSError, UnavailableError, StorageFaultError)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever creates or revokes keys: a principal by name and id, or the command line."""

    name: str
    id: str | None = None
    address: str | None = None


async def record_action(
    session: AsyncSession,
    action: AuditAction,
    by: Actor,
    detail: str,
    of: tuple[Accounted, str] | None = None,
) -> None:
    """Add an administrative action to the log, in the transaction of the action.

    ``of`` is the row that it made what it is, by its table and key: the log accounts for it.
    """
    row = {"principal": by.name, "principal_id": by.id, "address": by.address, "detail": detail}
    await _add_entries(session, [_stamped(action, 1) | row], of)


async def _add_entries(
    session: AsyncSession,
    rows: Sequence[dict[str, object]],
    of: tuple[Accounted, str] | None = None,
) -> None:
    def add(connection: Connection) -> None:
        connection.execute(insert(AUDIT_ENTRIES), rows)
        about, state = None, None
        if of is not None:
            table, key = of
            about, state = table.about(key), table.state_of(connection, key)
        append_links(connection, [Link(row, about, state) for row in rows])

    await (await session.connection()).run_sync(add)


def _stamped(action: AuditAction, count: int) -> dict[str, object]:
    now = datetime.now(UTC)
    entry_id = f"{now:%Y%m%dT%H%M%S%f}-{token_hex(4)}"
    return {"id": entry_id, "recorded_at": now, "action": action.value, "count": count}


class Journal:
    """Refusals and last uses of keys and sessions, noted by requests and written later.

    A request that is refused, or only reads, takes no place in the queue of writers. The journal is
    bounded in what it holds and in what it writes: a flood of refusals becomes a few rows, and
    hides those of nobody else. A process that is killed loses the notes since the last flush.
    """

    interval = 10.0
    """Seconds between two flushes."""

    def __init__(self, database: Database) -> None:
        """Begin with an empty journal."""
        self._database = database
        self._refusals = Refusals(_MOST_PRINCIPALS, _MOST_NETWORKS, _MOST_REFUSALS)
        self._uses: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}
        self._visits: dict[str, datetime] = {}
        self._flushing = asyncio.Lock()

    def note_refusal(self, refusal: Refusal) -> None:
        """Note a refusal, to be written at the next flush."""
        self._refusals.add(refusal)

    def note_use(self, key_id: str) -> None:
        """Note that a key was used; once a minute is enough."""
        now = datetime.now(UTC)
        noted = self._noted.get(key_id)
        if noted is None or now - noted >= _MINUTE:
            self._noted[key_id] = self._uses[key_id] = now

    def note_visit(self, digest: str, seen_at: datetime) -> None:
        """Note that a session was used, which was known at an instant; once a minute is enough."""
        now = datetime.now(UTC)
        if now - seen_at >= _MINUTE:
            self._visits[digest] = now

    async def flush(self) -> None:
        """Write all notes; those that could not be written are kept for the next flush."""
        refusals, uses, visits = self._refusals.take(), self._uses, self._visits
        self._uses, self._visits = {}, {}
        if not refusals and not uses and not visits:
            return
        try:
            async with self._database.write() as session:
                await _write_uses(session, uses)
                await _write_visits(session, visits)
                # Last, as in all transactions: what others wait for is taken in one order.
                await _write_refusals(session, refusals)
        except OutcomeUnknownError:
            # They may have been written: twice would be worse than not at all.
            raise
        except _NOT_WRITTEN:
            for refusal, count in refusals:
                self._refusals.add(refusal, count)
            self._uses, self._visits = uses | self._uses, visits | self._visits
            raise

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Flush regularly in the background, and once more at the end."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            # A flush is never broken off: nobody would know whether its notes were written.
            async with self._flushing:
                keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await self._try_to_flush()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self.interval)
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        try:
            async with self._flushing:
                await self.flush()
        except _NOT_WRITTEN as error:
            _log.warning("the audit log cannot be written: %s", error)
        except Exception:  # noqa: BLE001  one invalid entry must not end the journal
            _log.exception("an entry of the audit log was lost")


async def _write_refusals(session: AsyncSession, refusals: list[tuple[Refusal, int]]) -> None:
    rows = [_stamped(AuditAction.refused, count) | asdict(refusal) for refusal, count in refusals]
    if rows:
        await _add_entries(session, rows)


async def _write_uses(session: AsyncSession, uses: dict[str, datetime]) -> None:
    """Set the last uses; another process may have written one within the minute."""
    last = ACCESS_KEYS.c.last_used_at
    for key_id, at in sorted(uses.items()):
        due = or_(last.is_(None), last <= at - _MINUTE)
        used = update(ACCESS_KEYS).where(ACCESS_KEYS.c.id == key_id, due)
        await session.execute(used.values(last_used_at=at))


async def _write_visits(session: AsyncSession, visits: dict[str, datetime]) -> None:
    seen = ACCESS_SESSIONS.c.seen_at
    for digest, at in sorted(visits.items()):
        used = update(ACCESS_SESSIONS).where(ACCESS_SESSIONS.c.digest == digest, seen < at)
        await session.execute(used.values(seen_at=at))


_E = AUDIT_ENTRIES.c


async def list_entries(connection: Executor, query: AuditQuery) -> AuditPage:
    """Return one page of the audit log, newest first."""
    mark = mark_of(query, "audit")
    selected = select(AUDIT_ENTRIES).order_by(_E.id.desc()).limit(query.limit + 1)
    if query.action:
        selected = selected.where(_E.action.in_(query.action))
    if query.cursor is not None:
        selected = selected.where(_E.id < read_cursor(query.cursor, mark, [str]).keys[0])
    rows = (await connection.execute(selected)).all()
    items = [AuditEntry.model_validate(dict(row._mapping)) for row in rows[: query.limit]]  # noqa: SLF001
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return AuditPage(items=items, next_cursor=cursor)
