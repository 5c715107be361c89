"""Whether the audit log accounts for rows outside the ledger that matter for security.

Keys, sessions and proposals are as entries of the log made them, and the log is a chain. Answers
that are kept for repeated requests, and files of imports, have digests of their own.
"""

import zlib
from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import Connection, LargeBinary, select, type_coerce, update

from app.access.links import KEYS, SESSIONS, cover, find_broken_link, found_rows, link_faults
from app.core.digest import JsonObject
from app.database import Database
from app.database.connections import AnyRow
from app.database.tables import REVISION_COUNTER
from app.imports.store import DRAFTS, DraftState, unpack
from app.ledger.idempotency import answer_digest
from app.ledger.tables import ERASURES, IDEMPOTENCY_KEYS
from app.ledger.verification import outside
from app.proposals.store import ACCOUNTED as PROPOSALS
from app.upkeep.anchors import ANCHORED

ACCOUNTED = (KEYS, SESSIONS, PROPOSALS, ANCHORED)
"""The tables of which the audit log accounts for each row."""
_K, _D, _E = IDEMPOTENCY_KEYS.c, DRAFTS.c, ERASURES.c
_BATCH = 100
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, zlib.error)
"""What a packed outcome raises that no release has written."""


async def account(database: Database, *, changed: bool = False) -> list[str]:
    """Let the audit log account for what nothing accounts for; return what that is.

    That is everything in a register of an earlier release. With ``changed`` also for what is not as
    the log has it, as after a restoration that an administrator accepted.
    """

    def work(connection: Connection) -> list[str]:
        undigested = select(IDEMPOTENCY_KEYS).where(_K.digest.is_(None))
        for row in connection.execute(undigested).mappings().all():
            is_row = (_K.author == row["author"], _K.key == row["key"])
            digested = update(IDEMPOTENCY_KEYS).where(*is_row)
            connection.execute(digested.values(digest=answer_digest(dict(row))))
        return cover(connection, ACCOUNTED, changed=changed)

    async with database.write() as session:
        return await (await session.connection()).run_sync(work)


async def account_faults(database: Database) -> list[str]:
    """Return what the audit log does not account for, and what does not match its own digest."""
    first = await _faults(database)
    # Rows and entries are read one after the other: what was written in between fits later.
    return first and [fault for fault in await _faults(database) if fault in first]


async def rests_on(database: Database) -> list[str]:
    """Return what verification has to believe, one sentence each.

    That rows were as they were found when nothing accounted for them, and that an erasure left what
    it did not name as it was.
    """
    async with database.read() as connection:
        # An anchor proves itself by its signature; no entry is about it.
        rows = await connection.run_sync(found_rows)
        found = [about for about in rows if not about.startswith(ANCHORED.about(""))]
        query = select(_E.revision, _E.about, _E.members, _E.erased_revision)
        erased = (await connection.execute(query.order_by(_E.revision, _E.id))).all()
    sentences = [f"In no entry of the log, but found there: {', '.join(found)}."] if found else []
    for row in erased:
        what = f"{row.about} ({', '.join(row.members)})" if row.members else row.about
        rests = f"; what else revision {row.erased_revision} holds rests on it"
        sentences.append(
            f"Erased in revision {row.revision}: {what}{rests if row.erased_revision else ''}."
        )
    return sentences


async def broken_link(database: Database) -> str | None:
    """Return the first link of the audit log that is broken, and why; ``None`` if none is."""
    async with database.read(at_length=True) as connection:
        return await connection.run_sync(find_broken_link)


async def _faults(database: Database) -> list[str]:
    def look(connection: Connection) -> list[str]:
        return [
            *link_faults(connection, ACCOUNTED),
            *_answer_faults(connection),
            *_file_faults(connection),
            *_number_faults(connection),
            *_state_faults(connection),
        ]

    async with database.read(at_length=True) as connection:
        return await connection.run_sync(look)


def _answer_faults(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(IDEMPOTENCY_KEYS)).mappings():
        name = f"the answer kept for {row['author']}, key {row['key']}"
        if row["digest"] is None:
            yield f"{name}, has no digest"
        elif not _matches(dict(row)):
            yield f"{name}, does not match its digest"


def _matches(row: JsonObject) -> bool:
    try:
        return bool(answer_digest(row) == row["digest"])
    except (TypeError, AttributeError):
        return False


def _file_faults(connection: Connection) -> Iterator[str]:
    last = ""
    files = select(_D.id, _D.file_hash, _D.content).order_by(_D.id).limit(_BATCH)
    while rows := connection.execute(files.where(_D.id > last)).all():
        for draft_id, file_hash, content in rows:
            if sha256(content).hexdigest() != file_hash:
                yield f"the file of import {draft_id} does not match its hash"
        last = rows[-1].id


def _number_faults(connection: Connection) -> Iterator[str]:
    counted = select(REVISION_COUNTER.c.number).scalar_subquery()
    for column in (_D.revision, _D.retracted_in):
        query = select(_D.id).where(outside(column, counted)).limit(1)
        for draft_id in connection.execute(query).scalars():
            yield f"the {column.name} of import {draft_id} names no revision of the register"


def _state_faults(connection: Connection) -> Iterator[str]:
    """Yield the imports whose state is not what their revisions and their outcome say."""
    packed = type_coerce(_D.outcome, LargeBinary).label("packed")
    columns = select(_D.id, _D.state, _D.revision, _D.retracted_in, _D.expires_at, packed)
    for row in connection.execute(columns.order_by(_D.id)):
        try:
            is_fit = _is_fit(row)
        except _UNREADABLE:
            is_fit = False
        if not is_fit:
            yield f"the state of import {row.id} is not what was recorded of it"


def _is_fit(row: AnyRow) -> bool:
    done = None if row.packed is None else unpack(row.packed).get("outcome")
    if row.state not in {DraftState.committed, DraftState.retracted}:
        return row.revision is None and row.retracted_in is None
    is_lasting = (row.revision is None) == (row.expires_at is not None)
    is_retracted = row.state == DraftState.retracted
    if (row.retracted_in is not None and not is_retracted) or (is_retracted and not row.revision):
        return False
    return is_lasting and done is not None and done["revision"] == row.revision
