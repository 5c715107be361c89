"""Recording an import as one revision: all of it, or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from app.core.errors import ConflictError, DuplicateStatementError, Fault, RegistryError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.entry.bulk import changed, missing_rights
from app.entry.dry_run import with_dry_run
from app.entry.items import Stating, named_by
from app.entry.known import Key, touched_since
from app.entry.recording import Recorded, recording
from app.imports.committing import Intended, intended, place_of, sought_by
from app.imports.contexts import Candidates
from app.imports.correcting import Correction, Gone
from app.imports.existing import read_existing
from app.imports.outcomes import Effects, Outcome, missing_sites, refused_rows
from app.imports.references import Document
from app.imports.report import Report
from app.ledger.idempotency import InFlight, WriteRequest
from app.ledger.revisions import Writer

_CHANGED_SINCE = Template(
    "imports.subjects-changed",
    "Since revision {reviewed}, which was reviewed, others changed {subjects}. Read the import "
    "again, and commit it with the revision that it names then.",
)
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that was read, with all that its commit depends on."""

    report: Report
    candidates: Candidates
    document: Document
    correction: Correction | None = None
    """Of what earlier edition it is a newer one."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How an import is to be recorded.

    ``reviewed`` is the revision at which its report was read: nothing that it is about may have
    changed since. ``override_reason`` says why what guards doubt is right, ``gone`` what becomes of
    what an earlier edition said of sites that this one has no row of.
    """

    skip_refused: bool = False
    override_reason: str | None = None
    reviewed: int | None = None
    reason: str | None = None
    gone: Gone | None = None


Noting = Callable[[Recorded], Awaitable[None]]
"""Keeps something in the transaction of a revision."""
NotingOutcome = Callable[[Recorded, Outcome], Awaitable[None]]


async def record(
    writer: Writer, file: ImportedFile, terms: Terms, note: NotingOutcome | None = None
) -> Outcome:
    """Record what a file says as one revision.

    ``BulkRefusedError`` names what is refused, unless that may be skipped.
    """
    found = await found_in(writer, file)
    async with recording(
        writer,
        found.items,
        terms.reason or file.document.name,
        skip_refused=terms.skip_refused,
        override_reason=terms.override_reason,
    ) as done:
        outcome = _outcome(done, file, found)
        if done.draft is None:
            return outcome
        if terms.reviewed is not None:
            about = {key for n in done.plan.accepted for key in named_by(done.plan.items[n])}
            await check_unchanged(done.session, about, terms.reviewed, done.number - 1)
        if note is not None:
            await note(done, outcome)
        changes = await with_dry_run(done, changed(done), outcome.effects)
        return replace(outcome, effects=changes)


async def found_in(writer: Writer, file: ImportedFile) -> Intended:
    """Return what is to be recorded of a file, by what the register says now."""
    async with writer.database.read(at_length=True) as connection:
        sought = sought_by(file.report, file.document, file.correction)
        existing = await read_existing(connection, sought)
    arguments = (file.report, file.candidates, existing, file.document)
    return await asyncio.to_thread(intended, *arguments)


async def effects(writer: Writer, file: ImportedFile, terms: Terms) -> Outcome:
    """Return what a commit would do; nothing is recorded."""
    async with WriteRequest(writer.database, InFlight(), is_dry_run=True) as request:
        return await record(
            replace(writer, request=request), file, replace(terms, skip_refused=True)
        )


async def check_unchanged(connection: Executor, about: set[Key], reviewed: int, until: int) -> None:
    """Refuse to record what others changed after the revision that was reviewed."""
    touched = await touched_since(connection, reviewed, until)
    if both := sorted(touched & about):
        named = ", ".join(key for _, key in both[:_MOST_NAMED])
        detail = _CHANGED_SINCE(reviewed=reviewed, subjects=named)
        raise ConflictError(detail, errors=[Fault(detail, pointer="#/revision")])


def _outcome(done: Recorded, file: ImportedFile, found: Intended) -> Outcome:
    by_place: dict[str, list[RegistryError]] = {}
    for number, error in sorted(done.plan.refused.items()):
        if not isinstance(error, DuplicateStatementError):
            by_place.setdefault(done.plan.items[number].place, []).append(error)
    return Outcome(
        revision=None if done.draft is None else done.number,
        source_id=found.source,
        recorded=sum(len(done.plan.accepted[number]) for number in done.plan.recorded),
        unchanged=tuple(found.unchanged),
        refused=refused_rows(by_place, file.report, place_of),
        missing=missing_sites(file.report, file.candidates),
        effects=Effects(),
        new_sites=tuple(_new_sites(done)),
        forbidden=next(missing_rights(done), None),
    )


def _new_sites(done: Recorded) -> Iterator[str]:
    for number in done.plan.recorded:
        item = done.plan.items[number]
        if isinstance(item, Stating) and item.registers and item.subject[0] == SubjectType.site:
            yield item.subject[1]
