"""Files on their way into the ledger: sent, read into a report, answered, deleted."""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, TypeVar

from anyio import to_thread
from fastapi import Depends, Form, Path, Query, Request, Response, UploadFile
from pydantic import Field
from starlette.convertors import StringConvertor, register_url_convertor

from app.entry.bulk import BulkQuery
from app.exports.formats import XLSX
from app.http.access import principal_of
from app.http.importing import (
    file_reader_of,
    go_on_committing,
    remarks_file,
    template_file,
)
from app.http.languages import CATALOGUES
from app.http.reading import TheDatabase, link
from app.http.responses import (
    PATCHED,
    READ_STATE,
    REPLAYED,
    Responses,
    begun,
    created,
    file_of,
)
from app.http.service import service_of
from app.http.strict_routes import ImportDraftRoute, ImportRoute, strict_router
from app.http.writing import AS_MERGE_PATCH, FORM, Writing, WritingIfMatch
from app.imports import store
from app.imports.draft_schemas import (
    ImportDetail,
    ImportFields,
    ImportLayout,
    ImportLayoutList,
    ImportPage,
    ImportPatch,
    ImportRemarksQuery,
    ImportRowPage,
    ImportRowsQuery,
    ImportsQuery,
    ImportSummary,
    ImportTemplateQuery,
)
from app.imports.kept import SentFile
from app.imports.recorded import (
    ImportCommit,
    ImportRetractionWrite,
    retract,
    try_commit,
)
from app.imports.retractions import ImportRetraction
from app.imports.reviewing import FileReader, name_of
from app.imports.shown import import_of, layout_of, list_page, rows_page, summary_of
from app.imports.store import Draft

_APage = TypeVar("_APage", ImportPage, ImportRowPage)
_KEY_LENGTH = 32
_TRIED = "dry-run"
_VIETNAMESE = CATALOGUES["vi"]
router = strict_router("/imports", "imports", ImportDraftRoute)
retraction_router = strict_router("/imports", "imports", ImportRoute)


class _AnyImport(StringConvertor):
    """What may be the id of an import: ``layouts`` is a path of its own."""

    regex = r"(?!layouts$|template\.xlsx$)[^/]+"


register_url_convertor("any_import", _AnyImport())
ImportId = Annotated[
    str,
    Path(description="Id of an import, as in 20261130-120733000000-5b0f3a3c.", max_length=50),
]
LayoutId = Annotated[
    str,
    Path(description="Id of a layout, as in 20261130-120733000000-5b0f3a3c.", max_length=50),
]
_EDITED: Responses = {key: answer for key, answer in PATCHED.items() if key != HTTPStatus.GONE}
_READ: Responses = {200: READ_STATE[200]}
_RETRACTED: Responses = {200: REPLAYED, 409: PATCHED[409]}
_DELETED: Responses = {200: REPLAYED, 409: PATCHED[409]}


class ImportForm(ImportFields):
    """A file to import, with what it does not say."""

    file: UploadFile = Field(
        json_schema_extra={"format": "binary"},
        description="XLSX, XLSM, XLS, ODS, CSV or DOCX, up to 10 MB and 50,000 rows; cells pasted "
        "as text have the media type text/tab-separated-values.",
    )


async def reading(request: Request, writer: Writing) -> FileReader:
    """Return who reads files for the principal of a request."""
    return file_reader_of(request, writer)


async def reading_if_match(request: Request, writer: WritingIfMatch) -> FileReader:
    """Return who reads files, and knows which state of an import the client has seen."""
    return file_reader_of(request, writer)


Reading = Annotated[FileReader, Depends(reading)]
ReadingIfMatch = Annotated[FileReader, Depends(reading_if_match)]


@router.post(
    "",
    status_code=201,
    summary="Send a file to import",
    responses=created(ImportDetail),
)
async def create_import(
    reader: Reading,
    form: Annotated[ImportForm, Form(media_type=FORM)],
    request: Request,
    response: Response,
) -> ImportDetail:
    """Read a file into a draft: nothing is recorded of what it says.

    The answer says what was read and what is in doubt; its rows have a path of their own. A draft
    is seen by its author and administrators, and is deleted 30 days after it was sent. With
    `dry_run=true` the file is read and not kept.
    """
    # Read again where the attempt before was rolled back.
    await form.file.seek(0)
    name = name_of(form.file.filename, form.file.content_type)
    draft = await reader.receive(SentFile(name, await form.file.read()), form)
    if reader.is_dry_run:
        return _shown(draft, request, response).model_copy(update={"id": _TRIED})
    response.headers["Location"] = f"{request.url.path}/{draft.id}"
    return _shown(draft, request, response)


@router.get("", summary="List imports")
async def list_imports(
    database: TheDatabase,
    query: Annotated[ImportsQuery, Query()],
    request: Request,
    response: Response,
) -> ImportPage:
    """List one's own imports, newest first; administrators see all."""
    async with database.read() as connection:
        page = await list_page(connection, principal_of(request), query)
    return _linked(page, request, response)


@router.get("/layouts", summary="List layouts")
async def list_import_layouts(database: TheDatabase, request: Request) -> ImportLayoutList:
    """List what was answered about columns and is taken over for the next file of the same shape.

    A shape is an issuer and a header, whatever dates and numbers stand in it.
    """
    async with database.read() as connection:
        found = await store.list_layouts(connection, principal_of(request))
    return ImportLayoutList(items=[layout_of(one) for one in found])


@router.get(
    "/template.xlsx",
    summary="Download an empty workbook to fill",
    response_class=Response,
    responses=file_of(XLSX.media_type, "A workbook (Office Open XML) in Vietnamese."),
)
async def get_import_template(
    query: Annotated[ImportTemplateQuery, Query()], request: Request
) -> Response:
    """Download the register's own columns with lists of codes to choose from, and an explanation.

    Filled, it is imported without a question.
    """
    return await template_file(request, query.province_code, query.as_of)


@router.delete("/layouts/{layout_id}", summary="Forget a layout", responses=_DELETED)
async def forget_import_layout(reader: Reading, layout_id: LayoutId) -> ImportLayout:
    """Forget what was answered about columns; imports that took it over stay as they are."""
    return layout_of(await reader.forget(layout_id))


@router.get("/{import_id:any_import}", summary="Read an import", responses=_READ)
async def get_import(
    database: TheDatabase, import_id: ImportId, request: Request, response: Response
) -> ImportDetail:
    """Read what a file says and what is in doubt: all of the report but its rows."""
    async with database.read() as connection:
        draft = await store.get_draft(connection, import_id, principal_of(request))
    return _shown(draft, request, response)


@router.get("/{import_id:any_import}/rows", summary="List the rows of an import")
async def list_import_rows(
    database: TheDatabase,
    import_id: ImportId,
    query: Annotated[ImportRowsQuery, Query()],
    request: Request,
    response: Response,
) -> ImportRowPage:
    """List the rows of the file in its order, each with what it says and what is in doubt.

    With `having`: those with errors, with warnings, or to be confirmed.
    """
    async with database.read() as connection:
        draft = await store.get_draft(connection, import_id, principal_of(request))
        packed = await store.rows_of(connection, import_id)
    page = await to_thread.run_sync(rows_page, draft, packed, query, _VIETNAMESE)
    return _linked(page, request, response)


@router.get(
    "/{import_id:any_import}/remarks.xlsx",
    summary="Download the file of an import with remarks",
    response_class=Response,
    responses=file_of(XLSX.media_type, "The file (Office Open XML) with remarks."),
)
async def get_import_remarks(
    import_id: ImportId,
    query: Annotated[ImportRemarksQuery, Query()],
    request: Request,
) -> Response:
    """Download one's own file with each remark beside its cell: comments, colours, a column.

    A workbook keeps its look. Formulas become values; macros and links are left behind.
    """
    return await remarks_file(request, import_id, query.lang)


@router.patch("/{import_id:any_import}", summary="Answer an import", responses=_EDITED)
async def answer_import(
    reader: ReadingIfMatch,
    import_id: ImportId,
    body: Annotated[ImportPatch, AS_MERGE_PATCH],
    request: Request,
    response: Response,
) -> ImportDetail:
    """Say what columns hold, what rows are about, which values are right, what is left out.

    The file is read anew with all answers, against the register as it is now; an empty patch does
    just that. Answers about columns are remembered for the next file of the same shape.
    """
    draft = await reader.answer(import_id, body)
    return _shown(draft, request, response)


@router.post(
    "/{import_id:any_import}/commit",
    status_code=202,
    summary="Commit an import",
    responses=begun(ImportDetail),
)
async def commit_import(
    writer: WritingIfMatch,
    import_id: ImportId,
    body: ImportCommit,
    query: Annotated[BulkQuery, Query()],
    request: Request,
    response: Response,
) -> ImportDetail:
    """Record what was reviewed as one revision: new sources, organizations and sites with it.

    It goes on when the client is gone; the import says how far it is, and at last what became of
    it. Rows with errors, or that are not confirmed, refuse all, and so does what guards doubt
    and what is in provinces of others; with `skip_refused=true` the rest is recorded. What the
    register says already is left out. Of a contributor, it becomes a proposal, to which `Location`
    leads, or changes that where it is not decided yet; the import stays open until that is
    approved. With `dry_run=true` the outcome says what would change.
    """
    if writer.request is not None and writer.request.is_dry_run:
        who, places = principal_of(request), service_of(request).reading_files
        draft, outcome = await try_commit(writer, who, import_id, body, places)
        tried = {"outcome": outcome.shown(_VIETNAMESE)}
        return _shown(draft, request, response).model_copy(update=tried)
    skip = query.skip_refused
    draft, proposal_id = await go_on_committing(request, writer, import_id, body, skip_refused=skip)
    here = request.url.path.removesuffix("/commit")
    response.headers["Location"] = f"/v1/proposals/{proposal_id}" if proposal_id else here
    return _shown(draft, request, response)


@retraction_router.post(
    "/{import_id:any_import}/retraction", summary="Retract an import", responses=_RETRACTED
)
async def retract_import(
    writer: Writing,
    import_id: ImportId,
    body: ImportRetractionWrite,
    request: Request,
) -> ImportRetraction:
    """Undo an import, as one revision: retract what still counts of it, withdraw what only it has.

    What others state more of, cite or refer to stays, and the answer says why. With `dry_run=true`
    nothing is recorded.
    """
    who = principal_of(request)
    return await retract(writer, who, import_id, body.reason, _VIETNAMESE)


@router.delete("/{import_id:any_import}", summary="Delete an import", responses=_DELETED)
async def delete_import(reader: Reading, import_id: ImportId) -> ImportSummary:
    """Delete an import of which nothing was recorded, with its file."""
    return ImportSummary.model_validate(summary_of(await reader.delete(import_id)))


def _shown(draft: Draft, request: Request, response: Response) -> ImportDetail:
    """Return a draft with the tag of its state; see If-Match."""
    made_of = (service_of(request).release, draft.id, draft.edited, draft.changed_at)
    key = sha256(repr(made_of).encode(), usedforsecurity=False)
    response.headers["ETag"] = f'"{draft.edited}-{key.hexdigest()[:_KEY_LENGTH]}"'
    return import_of(draft, _VIETNAMESE)


def _linked(page: _APage, request: Request, response: Response) -> _APage:
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page
