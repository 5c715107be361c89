"""Anchors: the ends of the ledger and of the audit log, signed at an instant and kept elsewhere.

Whoever may write to the database may compute all its digests anew. An anchor that somebody else
keeps names one that cannot be had again. Those in the database are there to be handed out.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, Connection, Text, insert, select
from sqlmodel import Field, SQLModel

from app.access.links import Accounted, Link, append_links, end_of_links
from app.core.numbers import Whole
from app.core.query_parameters import PageQuery
from app.core.signed_notes import Checkpoint, Signer
from app.core.types import Answer
from app.database import Database
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.database.tables import Instant, ordered_text, table_of
from app.imports.store import new_id
from app.ledger.verification import LedgerEnd, find_end


class Anchor(SQLModel, table=True):
    """An anchor as it was signed; ids are in chronological order."""

    __tablename__ = "anchor"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: str = Field(primary_key=True, sa_type=ordered_text())
    revision: int = Field(sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=Instant)
    note: str = Field(sa_type=Text)


ANCHORS = table_of(Anchor)
ANCHORED = Accounted("anchor", ANCHORS)
"""The chain of the audit log goes on over each anchor: it is there as it was signed."""
_A = ANCHORS.c


async def sign_anchor(database: Database, signer: Signer) -> str:
    """Sign the ends of the ledger and of the audit log as they are now; return the note."""
    now = datetime.now(UTC).replace(microsecond=0)
    async with database.read() as connection:
        audit = await connection.run_sync(end_of_links)
    end = await find_end(database) or LedgerEnd()
    ends = (end.revision, end.digest, now, audit.number, audit.digest)
    note = signer.signed(str(Checkpoint(signer.name, *ends)))
    row = {"id": new_id(datetime.now(UTC)), "revision": end.revision, "recorded_at": now}
    async with database.write() as session:
        await session.execute(insert(ANCHORS).values(**row, note=note))
        connection = await session.connection()
        await connection.run_sync(_link, str(row["id"]))
    return note


def _link(connection: Connection, key: str) -> None:
    state = ANCHORED.state_of(connection, key)
    append_links(connection, [Link(about=ANCHORED.about(key), state=state)])


async def stored_notes(database: Database) -> Sequence[str]:
    """Return the anchors that the register itself has, as they were signed."""
    async with database.read() as connection:
        return (await connection.execute(select(_A.note).order_by(_A.id))).scalars().all()


async def unfit_anchors(database: Database, anchors: Iterable[Checkpoint]) -> list[str]:
    """Return which anchors do not fit the register and why, in their order."""
    found = []
    for anchor in anchors:
        reason = await _unfit(database, anchor)
        if reason is not None:
            found.append(f"the anchor of {anchor.at:%Y-%m-%dT%H:%M:%SZ}: {reason}")
    return found


async def _unfit(database: Database, anchor: Checkpoint) -> str | None:
    end = await find_end(database, anchor.revision)
    if end is None:
        return f"the register has no revision {anchor.revision}"
    if end.digest != anchor.digest:
        return f"revision {anchor.revision} is another one"
    async with database.read() as connection:
        link = await connection.run_sync(end_of_links, anchor.audit_number)
    if link.number != anchor.audit_number:
        return f"the audit log has no link {anchor.audit_number}"
    if link.digest != anchor.audit_digest:
        return f"link {anchor.audit_number} of the audit log is another one"
    return None


class AnchorAnswer(Answer):
    """An anchor as it was signed."""

    revision: Whole = Field(description="The last revision at that time.")
    recorded_at: datetime = Field(description="When it was signed.")
    note: str = Field(
        description="The checkpoint with its signature (c2sp.org/tlog-checkpoint): name of the "
        "register, revision, its digest in Base64, time, and the end of the audit log."
    )


class AnchorPage(Answer):
    """A page of anchors, newest first."""

    items: list[AnchorAnswer]
    next_cursor: str | None


async def list_anchors(connection: Executor, query: PageQuery) -> AnchorPage:
    """Return one page of anchors, newest first."""
    mark = mark_of(query, "anchors")
    selected = select(ANCHORS).order_by(_A.id.desc()).limit(query.limit + 1)
    if query.cursor is not None:
        selected = selected.where(_A.id < read_cursor(query.cursor, mark, [str]).keys[0])
    rows = (await connection.execute(selected)).mappings().all()
    shown = rows[: query.limit]
    items = [
        AnchorAnswer.model_validate({n: row[n] for n in AnchorAnswer.model_fields}) for row in shown
    ]
    more = len(rows) > query.limit
    cursor = Cursor(mark, 0, date.min, (shown[-1]["id"],)).encode() if more else None
    return AnchorPage(items=items, next_cursor=cursor)
