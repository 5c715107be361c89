"""Imports committed and retracted on request: who may, and what keeps them from it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Any

from anyio import to_thread
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.principals import Principal
from app.core.errors import BadBodyError, ConflictError, Fault, RegistryError
from app.core.messages import Catalogue, Template
from app.core.numbers import Whole
from app.core.types import Body, Line
from app.core.validation import refusal_of_many
from app.core.vocabulary import SubjectType
from app.database.connections import Executor, Places
from app.entry.known import Key
from app.entry.recording import Recorded
from app.imports import store
from app.imports.commits import Terms, check_unchanged, record
from app.imports.committing import UNCONFIRMED, place_of
from app.imports.correcting import Gone
from app.imports.jobs import Job, read_again
from app.imports.outcomes import Outcome
from app.imports.retractions import ImportRetraction, retract_import
from app.imports.reviewing import changed_since, not_open
from app.imports.store import DISPOSABLE, Draft, DraftState, unpack
from app.ledger.revisions import Writer
from app.ledger.snapshots import latest_revision

_READ_AGAIN = Template(
    "imports.read-again",
    "The import was read at revision {read_at}, not at {revision}: review it as it is now.",
)
_ANSWERED = Template(
    "imports.answered-meanwhile",
    "The import was changed while this was under way: review it as it is now.",
)
_HAS_ERRORS = Template(
    "imports.row-has-errors", "The row has errors: answer them, or leave the row out."
)
_NOT_COMMITTED = Template(
    "imports.nothing-to-retract", "Import {id} is {state}: there is nothing of it to retract."
)


class ImportCommit(Body):
    """How a reviewed import is to be recorded."""

    revision: Whole = Field(description="The `read_at` of the import that was reviewed.")
    reason: Line | None = Field(
        default=None, description="Why this is recorded now; the name of the file when absent."
    )
    gone: Gone | None = Field(
        default=None,
        description="Of a file that corrects an earlier import: what becomes of what that said "
        "of sites which this one has no row of.",
    )
    override_reason: Line | None = Field(
        default=None,
        description="Why what guards doubt is right all the same; only what is doubted keeps it.",
    )

    def terms(self, *, skip_refused: bool) -> Terms:
        """Return it as a commit takes it."""
        return Terms(skip_refused, self.override_reason, self.revision, self.reason, self.gone)


class ImportRetractionWrite(Body):
    """Why an import is undone."""

    reason: Line


async def begin_commit(
    writer: Writer, who: Principal, draft_id: str, body: ImportCommit, *, skip_refused: bool
) -> tuple[Draft, Job]:
    """Mark an import as being committed; return it, and the job that commits it.

    ``ConflictError`` if it is not open, or if a subject of it has changed since the review.
    """
    await writer.refuse_repeat()
    async with writer.database.read() as connection:
        draft, rows = await checked(connection, writer, who, draft_id, body)
    if not skip_refused:
        check_answered(rows)
    apart = replace(writer, request=None, precondition=None)
    job = Job(draft_id, token_hex(8), apart, body.terms(skip_refused=skip_refused))
    async with writer.session() as session:
        await writer.refuse_repeat(session)
        began = {"attempt": job.attempt, "done": 0, "of": None}
        changed = await store.change_draft(
            session,
            draft_id,
            where=DISPOSABLE,
            seen=draft.edited,
            state=DraftState.committing.value,
            outcome=began,
        )
        begun = await store.get_draft(session, draft_id, who)
        if not changed:
            raise _overtaken(begun)
        return begun, job


async def try_commit(
    writer: Writer, who: Principal, draft_id: str, body: ImportCommit, places: Places
) -> tuple[Draft, Outcome]:
    """Return what a commit would do; nothing is recorded."""
    async with writer.database.read() as connection:
        draft, _ = await checked(connection, writer, who, draft_id, body)
    terms = body.terms(skip_refused=True)
    file = await read_again(writer, places, draft, terms)
    return draft, await record(replace(writer, precondition=None), file, terms)


async def checked(
    connection: Executor, writer: Writer, who: Principal, draft_id: str, body: ImportCommit
) -> tuple[Draft, list[dict[str, Any]]]:
    """Return a draft that may be committed, and its rows; many take a while to unpack."""
    draft = await store.get_draft(connection, draft_id, who)
    seen = writer.precondition
    if seen is not None and not seen.is_any and draft.edited not in seen.changed_in:
        raise changed_since(draft)
    if draft.state not in DISPOSABLE:
        raise not_open(draft)
    if draft.read_at != body.revision:
        detail = _READ_AGAIN(read_at=draft.read_at, revision=body.revision)
        raise ConflictError(detail, errors=[Fault(detail, pointer="#/revision")])
    rows = await to_thread.run_sync(unpack, await store.rows_of(connection, draft_id))
    latest = await latest_revision(connection)
    await check_unchanged(connection, set(_about(draft, rows)), draft.read_at, latest)
    return draft, rows


def _about(draft: Draft, rows: list[dict[str, Any]]) -> Iterator[Key]:
    """Yield the sites, and the province, that an import is about."""
    for row in rows:
        if key := (row.get("match") or {}).get("id"):
            yield SubjectType.site, key
    if subject := draft.report.get("subject"):
        yield SubjectType.province, subject["code"]


def check_answered(rows: list[dict[str, Any]]) -> None:
    """Refuse to record rows that have errors, or questions that are not answered."""
    refused = [(place_of(row["row"]), error) for row in rows for error in _open(row)]
    if refused:
        raise refusal_of_many(refused, len(rows))


def _open(row: Mapping[str, Any]) -> Iterator[RegistryError]:
    if row.get("errors"):
        yield BadBodyError(_HAS_ERRORS())
    elif row["role"] == "data":
        unconfirmed = [*row.get("needs_confirmation", ())]
        unconfirmed += ["match"] * bool((row.get("match") or {}).get("needs_confirmation"))
        unconfirmed += [s["from"] for s in row.get("statements", ()) if s.get("needs_confirmation")]
        if unconfirmed:
            yield BadBodyError(UNCONFIRMED(what=", ".join(unconfirmed)))


async def retract(
    writer: Writer, who: Principal, draft_id: str, reason: str, vietnamese: Catalogue
) -> ImportRetraction:
    """Undo what was recorded of an import; it says so in the same transaction.

    Where all of it stays, the import stays committed.
    """
    await writer.refuse_repeat()
    async with writer.database.read() as connection:
        draft = await store.get_draft(connection, draft_id, who)
    if draft.state != DraftState.committed or draft.revision is None:
        raise ConflictError(_NOT_COMMITTED(id=draft.id, state=draft.state))

    async def note(session: AsyncSession, number: int | None) -> None:
        committed = {DraftState.committed}
        is_changed = await store.change_draft(
            session,
            draft_id,
            where=committed,
            state=DraftState.retracted.value,
            retracted_in=number,
        )
        if not is_changed:
            raise ConflictError(_NOT_COMMITTED(id=draft.id, state=DraftState.retracted.value))

    async def note_revision(done: Recorded) -> None:
        await note(done.session, done.number)

    answer = await retract_import(writer, draft.revision, reason, vietnamese, note_revision)
    if answer.revision is None and not answer.stays:
        async with writer.session() as session:
            await note(session, None)
    return answer


async def hold_open(session: AsyncSession, who: Principal, draft_id: str, seen: int) -> None:
    """Keep an import from being changed, committed or erased until the transaction ends.

    ``ConflictError`` where it is not open any more, or was answered after it was read.
    """
    if not await store.lock_draft(session, draft_id, where=DISPOSABLE, seen=seen):
        raise _overtaken(await store.get_draft(session, draft_id, who))


def _overtaken(draft: Draft) -> ConflictError:
    """Return why a commit is refused that another request was faster than."""
    return ConflictError(_ANSWERED()) if draft.state in DISPOSABLE else not_open(draft)


async def note_approved(
    session: AsyncSession, draft_id: str, seen: int | None, outcome: Outcome
) -> None:
    """Note that what was proposed of an import is recorded, if the import is still there.

    One that was answered after that (``seen`` counts its changes) says something else now.
    """
    await store.change_draft(
        session,
        draft_id,
        where=DISPOSABLE,
        seen=seen,
        state=DraftState.committed.value,
        revision=outcome.revision,
        expires_at=None,
        outcome={"outcome": outcome.kept()},
    )
