"""The imports that a process is recording, each apart from the request that began it.

An import says that it is being committed until the transaction of its revision says otherwise:
whatever happens to the process, either both are there or neither is. While it works, a process
says so from time to time; of one that is silent for too long nothing was recorded.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.digest import JsonObject
from app.core.errors import ForbiddenError, RegistryError, UnavailableError
from app.core.messages import Template
from app.database import Database
from app.database.connections import Places
from app.entry.recording import Recorded
from app.imports import store
from app.imports.commits import ImportedFile, Terms, record
from app.imports.correcting import Correction
from app.imports.kept import answers_of, register_for
from app.imports.outcomes import Outcome, failure_of
from app.imports.reading import read_report
from app.imports.references import Document
from app.imports.store import Draft, DraftState
from app.ledger.revisions import Writer

_log = logging.getLogger("icr")
_INTERRUPTED = Template(
    "imports.interrupted",
    "The process that recorded the import ended before that was done. Nothing was recorded: "
    "commit it again.",
)
_FAILED = Template(
    "imports.failed", "Recording failed for a fault of the service. Nothing was recorded."
)
_COMMITTING = frozenset({DraftState.committing})


class _LostError(Exception):
    """Another attempt has taken the import over, or its commit was never begun."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to commit an import; ``attempt`` identifies it."""

    draft_id: str
    attempt: str
    writer: Writer
    terms: Terms
    note_refusal: Callable[[RegistryError], None] | None = None
    """Leaves what is refused for want of a right for the audit log."""

    def note(self, refusal: RegistryError | None) -> None:
        """Leave a refusal for the audit log, if it is for want of a right."""
        if self.note_refusal is not None and isinstance(refusal, ForbiddenError):
            self.note_refusal(refusal)


class Jobs:
    """The commits of a process."""

    interval = 5.0
    """Seconds between two signs of life, and two looks for imports without them."""

    patience = timedelta(seconds=60)
    """How long a process may be silent; while it appends a revision it is."""

    def __init__(self, database: Database, places: Places) -> None:
        """Begin without any; ``places`` are those for reading files."""
        self._database = database
        self.places = places
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self) -> None:
        """Begin to look after the commits of processes that ended."""
        self._go(self._watch())

    def take(self, job: Job) -> None:
        """Begin to record an import that says it is being committed."""
        self._go(self.run(job))

    def _go(self, work: Any) -> None:
        # Without the context of the request: what its client has seen is no concern of it.
        task = asyncio.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop; what is not recorded yet says so."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self, job: Job) -> None:
        """Record an import, and let it say what became of it."""
        progress: JsonObject = {"attempt": job.attempt, "done": 0, "of": None}
        beat = asyncio.create_task(self._beat(job, progress))
        try:
            outcome = await self._record(job, progress)
            job.note(outcome.forbidden)
            if outcome.revision is None:
                # Where all is refused, there is something to answer yet.
                state = DraftState.draft if outcome.refused else DraftState.committed
                await self._end(job, state, {"outcome": outcome.kept()})
        except _LostError:
            _log.warning("import %s is not recorded: it is no longer being committed", job.draft_id)
        except RegistryError as error:
            job.note(error)
            await self._end(job, DraftState.failed, _kept(error))
        except asyncio.CancelledError:
            await self._end(job, DraftState.failed, _kept(interrupted()))
            raise
        except Exception:  # noqa: BLE001  (whatever it is, the import must say so)
            _log.exception("import %s cannot be recorded", job.draft_id)
            await self._end(job, DraftState.failed, _kept(UnavailableError(_FAILED())))
        finally:
            beat.cancel()

    async def _record(self, job: Job, progress: JsonObject) -> Outcome:
        # The transaction of the request that begins it ends before this one.
        async with self._database.write() as session:
            draft = await _mine(session, job)
        file = await self._read(job, draft)

        def show(done: int, of: int) -> None:
            progress.update(done=done, of=of)

        async def note(done: Recorded, outcome: Outcome) -> None:
            await _mine(done.session, job)
            members = {"revision": done.number, "expires_at": None}
            kept = {"outcome": outcome.kept()}
            await _change(done.session, job, DraftState.committed, kept, **members)

        return await record(replace(job.writer, progress=show), file, job.terms, note)

    async def _read(self, job: Job, draft: Draft) -> ImportedFile:
        return await read_again(job.writer, self.places, draft, job.terms)

    async def _beat(self, job: Job, progress: Mapping[str, Any]) -> None:
        while True:
            await asyncio.sleep(self.interval)
            try:
                async with self._database.write() as session:
                    await _mine(session, job)
                    await _change(session, job, DraftState.committing, progress)
            except _LostError:
                return
            except (RegistryError, SQLAlchemyError):
                # The next one may succeed; without any the import is given up.
                continue

    async def _end(self, job: Job, state: DraftState, kept: Mapping[str, Any]) -> None:
        async with self._database.write() as session:
            with suppress(_LostError):
                await _mine(session, job)
                await _change(session, job, state, kept)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self.interval)
            try:
                await self.settle()
            except (RegistryError, SQLAlchemyError, OSError):
                _log.warning("imports that were interrupted cannot be settled", exc_info=True)

    async def settle(self) -> None:
        """Let the imports of processes that ended say that nothing was recorded."""
        before = datetime.now(UTC) - self.patience
        async with self._database.read() as connection:
            silent = await store.silent_drafts(connection, before)
        if not silent:
            return
        async with self._database.write() as session:
            for draft_id in await store.silent_drafts(session, before):
                kept = {"failure": failure_of(interrupted())}
                await store.change_draft(
                    session,
                    draft_id,
                    where=_COMMITTING,
                    state=DraftState.failed.value,
                    outcome=kept,
                )


def interrupted() -> RegistryError:
    """Return why nothing was recorded of an import whose process ended."""
    return UnavailableError(_INTERRUPTED())


def _kept(error: RegistryError) -> JsonObject:
    return {"failure": failure_of(error)}


async def read_again(writer: Writer, places: Places, draft: Draft, terms: Terms) -> ImportedFile:
    """Read the file of a draft with its answers, against the register as it is now."""
    async with writer.database.read() as connection:
        content = await store.content_of(connection, draft.id)
        register = await register_for(connection, draft.given, writer.units)
        earlier = draft.corrects and await store.find_draft(connection, draft.corrects)
    read = partial(
        read_report,
        content,
        draft.file_name,
        register.given,
        register.candidates,
        answers_of(draft.answers),
    )
    async with places.take(is_patient=True):
        report = await to_thread.run_sync(read)
    document = Document(draft.file_name, draft.given.get("source_id"))
    return ImportedFile(
        report,
        register.candidates,
        document,
        correction_of(earlier or None, draft.file_name, terms),
    )


def correction_of(earlier: Draft | None, file_name: str, terms: Terms) -> Correction | None:
    """Return what of an earlier import a newer edition corrects, and how."""
    if earlier is None or earlier.revision is None:
        return None
    return Correction(earlier.revision, terms.reason or file_name, terms.gone)


async def _mine(session: AsyncSession, job: Job) -> Draft:
    """Return an import, if it is still this attempt to commit it."""
    draft = await store.find_draft(session, job.draft_id)
    is_mine = draft is not None and (draft.outcome or {}).get("attempt") == job.attempt
    if draft is None or not is_mine or draft.state != DraftState.committing:
        raise _LostError
    return draft


async def _change(
    session: AsyncSession, job: Job, state: DraftState, kept: Mapping[str, Any], **members: Any
) -> None:
    changed = await store.change_draft(
        session, job.draft_id, where=_COMMITTING, state=state.value, outcome=kept, **members
    )
    if not changed:
        raise _LostError
