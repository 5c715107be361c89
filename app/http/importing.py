"""What requests about imports share: those of ``/v1`` and those that pages send."""

from dataclasses import replace
from datetime import date
from functools import partial

from anyio import to_thread
from fastapi import Request, Response

from app.core.dates import today
from app.core.vocabulary import Language
from app.exports.formats import XLSX, file_headers
from app.http.access import note_refusal, principal_of
from app.http.languages import CATALOGUES, language_of
from app.http.reviewing import is_reviewed, reviewer_of
from app.http.service import service_of
from app.imports import store
from app.imports.kept import report_of
from app.imports.proposing import proposed
from app.imports.recorded import ImportCommit, begin_commit
from app.imports.remarked import remarked
from app.imports.reviewing import FileReader, Quota
from app.imports.store import Draft
from app.imports.template import template
from app.ledger.revisions import Writer
from app.units.provinces import check_province


def file_reader_of(request: Request, writer: Writer) -> FileReader:
    """Return who reads files for the principal of a request."""
    service = service_of(request)
    quota = Quota(service.settings.max_imports, service.settings.max_imports_bytes)
    return FileReader(writer, principal_of(request), service.reading_files, quota)


async def go_on_committing(
    request: Request, writer: Writer, import_id: str, body: ImportCommit, *, skip_refused: bool
) -> tuple[Draft, str | None]:
    """Begin to record an import, or propose it where its author is reviewed.

    Return it, and the id of the proposal.
    """
    if is_reviewed(request):
        return await _propose(request, writer, import_id, body, skip_refused=skip_refused)
    return await _begin(request, writer, import_id, body, skip_refused=skip_refused), None


async def _begin(
    request: Request, writer: Writer, import_id: str, body: ImportCommit, *, skip_refused: bool
) -> Draft:
    """Begin to record an import, which goes on when the client is gone; return it."""
    who = principal_of(request)
    draft, job = await begin_commit(writer, who, import_id, body, skip_refused=skip_refused)
    service_of(request).jobs.take(replace(job, note_refusal=partial(note_refusal, request)))
    return draft


async def _propose(
    request: Request, writer: Writer, import_id: str, body: ImportCommit, *, skip_refused: bool
) -> tuple[Draft, str]:
    """Propose what an import would record; return it, and the id of the proposal.

    The import stays as it is: its author may go on with it where the proposal is returned, and
    then changes that.
    """
    who, places = principal_of(request), service_of(request).reading_files
    await writer.refuse_repeat()
    draft, proposed_body = await proposed(
        writer, who, import_id, body, places, skip_refused=skip_refused
    )
    proposing = reviewer_of(request, replace(writer, precondition=None), language_of(request))
    proposal = await proposing.submit_import(proposed_body, draft)
    return draft, proposal.id


async def remarks_file(request: Request, import_id: str, language: Language) -> Response:
    """Return the file of an import with remarks beside its cells."""
    async with service_of(request).database.read() as connection:
        draft = await store.get_draft(connection, import_id, principal_of(request))
        content = await store.content_of(connection, import_id)
        packed = await store.rows_of(connection, import_id)
    report = report_of(draft.report, packed)
    catalogue = CATALOGUES.get(language, {})
    async with service_of(request).reading_files.take():
        made = await to_thread.run_sync(remarked, content, report, catalogue, draft.file_name)
    return Response(made, headers=file_headers(XLSX, f"remarks-{import_id}"))


async def template_file(request: Request, code: str | None, as_of: date | None) -> Response:
    """Return the empty workbook about a day, with the communes of a province to choose from."""
    units, day = service_of(request).units, as_of or today()
    if code is not None:
        check_province(units, code, day)
    content = await to_thread.run_sync(template, units, day, CATALOGUES["vi"], code)
    name = "-".join(filter(None, ("import-template", code, day.isoformat())))
    return Response(content, headers=file_headers(XLSX, name))
