"""Imports: a file is sent, reviewed beside what it was read as, committed and undone.

The functions are those that ``/v1/imports`` calls, with the same rights and limits.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from app.core.dates import today
from app.core.errors import BadBodyError, RegistryError
from app.core.messages import MessageError, Template
from app.core.types import Line
from app.core.validation import Faults
from app.core.vocabulary import Language
from app.http.access import principal_of
from app.http.importing import file_reader_of, go_on_committing, remarks_file, template_file
from app.http.languages import CATALOGUES
from app.http.readers import reader_of
from app.http.reviewing import is_reviewed
from app.http.service import service_of
from app.http.sessions import PRIVATE
from app.http.strict_routes import ImportDraftRoute, ImportRoute
from app.imports.correcting import Gone
from app.imports.draft_schemas import (
    ImportFields,
    ImportRemarksQuery,
    ImportsQuery,
    ImportTemplateQuery,
)
from app.imports.kept import SentFile
from app.imports.limits import MOST_BYTES
from app.imports.recorded import ImportCommit, ImportRetractionWrite, retract
from app.imports.reviewing import PASTED, name_of
from app.imports.shown import list_page
from app.imports.store import DISPOSABLE, DraftState
from app.imports.typed import typed_date
from app.ledger.revisions import Precondition, Writer
from app.pages.faults import at_fields
from app.pages.forms import as_body, form_router, see
from app.pages.import_answers import GIVEN, field_of, labels_of, patch_of
from app.pages.import_effects import (
    effect_of,
    find_import,
    retraction_of,
)
from app.pages.import_pages import Asking, draft_page, sources_for
from app.pages.import_words import sentence
from app.pages.pages import Figures, province_names, without_place
from app.pages.sending import Refusal, SentForm, carried_out, form_of, once, refusal_of
from app.pages.speech import speech_of
from app.pages.views import ReaderQuery
from app.pages.write_effects import effect_figures
from app.units.units import UnitLevel

router = form_router(ImportDraftRoute)
retraction_router = form_router(ImportRoute)
_VIETNAMESE = CATALOGUES["vi"]
_HERE = "/imports"
_DATES = ("effective_from", "source_published_on")
_WHOLE = re.compile(r"[0-9]{1,18}")
_NEITHER = Template("imports.form.no-file", "Choose a file, or paste the cells of a table.")
_BOTH = Template("imports.form.both", "Send either a file or cells: leave one of them empty.")
ImportId = Annotated[str, Path(max_length=50)]
Words = Annotated[str, Field(max_length=200)]


class ListView(ReaderQuery):
    """Which imports are listed."""

    state: DraftState | Literal[""] = ""
    cursor: Annotated[str, Field(max_length=2000)] | None = None


class NewView(ReaderQuery):
    """What is sought for a new import: a source by words, and an import that it corrects."""

    source: Words = ""
    corrects: Annotated[str, Field(max_length=50)] = ""


class DraftView(ReaderQuery):
    """Which part of an import is looked at."""

    source: Words = ""
    first: Annotated[int, Field(ge=1)] = 1
    row: Annotated[int, Field(ge=1)] | None = None

    @property
    def asking(self) -> Asking:
        """Return it as pages take it."""
        return Asking(self.first, self.row, self.source)


class EffectView(ReaderQuery):
    """How an import would be recorded."""

    gone: Gone | Literal[""] = ""
    override_reason: Line | Literal[""] = ""


def _page(
    request: Request, template: str, figures: Figures, refusal: Refusal | None = None
) -> HTMLResponse:
    """Return a page that is kept nowhere, with what was refused on top."""
    form: SentForm | None = getattr(request.state, "form", None)
    typed = form.texts if form else {}
    shown: dict[str, object] = {
        "refusal": refusal,
        "once": once(),
        "typed": typed,
        "most_bytes": MOST_BYTES,
    }
    shown["keeper"] = principal_of(request).id
    shown["proposes"] = is_reviewed(request)
    shown["sentence"] = partial(sentence, speech=speech_of(request))
    shown["province_names"] = partial(province_names, service_of(request).units, today())
    faults = at_fields(refusal.errors, field_of) if refusal else {}
    shown["faults"], shown["labels"] = faults, labels_of(faults, speech_of(request))
    headers = {"Cache-Control": PRIVATE, **(refusal.headers if refusal else {})}
    status = refusal.status if refusal else 200
    return without_place(request, template, {**shown, **figures}, status, headers)


@router.get(_HERE)
async def show_imports(request: Request, query: Annotated[ListView, Query()]) -> HTMLResponse:
    """List one's own imports, newest first; administrators see all."""
    asked = ImportsQuery(state=[query.state] if query.state else [], cursor=query.cursor)
    async with service_of(request).database.read() as connection:
        page = await list_page(connection, principal_of(request), asked)
    return _page(request, "imports.html", {"page": page, "view": query, "states": list(DraftState)})


@router.get(f"{_HERE}/new")
async def show_new_import(request: Request, query: Annotated[NewView, Query()]) -> HTMLResponse:
    """Show the form for a file or pasted cells."""
    return await _new(request, query)


async def _new(request: Request, query: NewView, refusal: Refusal | None = None) -> HTMLResponse:
    provinces = service_of(request).units.all_at(UnitLevel.province, today())
    found = {"view": query, "sources": await sources_for(request, query.source)}
    return _page(request, "import-new.html", {**found, "provinces": provinces}, refusal)


@router.get(f"{_HERE}/template.xlsx")
async def download_template(
    request: Request, query: Annotated[ImportTemplateQuery, Query()]
) -> Response:
    """Download an empty workbook to fill."""
    return await template_file(request, query.province_code or None, query.as_of)


@router.post(_HERE)
async def send_import(request: Request) -> Response:
    """Read a file into a draft, and lead to it."""
    try:
        file, given = _sent(await form_of(request))

        async def send(writer: Writer) -> str:
            draft = await file_reader_of(request, writer).receive(file, given)
            return f"{_HERE}/{draft.id}"

        return await carried_out(request, send)
    except RegistryError as error:
        return await _new(request, NewView(), refusal_of(request, error))


def _sent(form: SentForm) -> tuple[SentFile, ImportFields]:
    """Return the file and what is given beside it; ``BadBodyError`` names all that is wrong."""
    found = Faults()
    file, given = None, None
    with found.apart():
        file = _file(form)
    with found.apart():
        given = _fields(form.texts)
    for name in _DATES:
        with found.apart():
            _check_date(name, form.texts.get(f"given.{name}", "").strip())
    found.refuse()
    assert file is not None and given is not None, "nothing was refused"  # noqa: S101, PT018
    return file, given


def _check_date(name: str, text: str) -> None:
    try:
        typed_date(text or "2000")
    except MessageError as error:
        raise BadBodyError.of(f"#/{name}", error.message) from error


def _file(form: SentForm) -> SentFile:
    """Return the file that was chosen, or the cells that were pasted."""
    cells = form.texts.get("cells", "")
    if form.file and cells.strip():
        raise BadBodyError.of("#/file", _BOTH())
    if form.file:
        return form.file
    if not cells.strip():
        raise BadBodyError.of("#/file", _NEITHER())
    return SentFile(name_of(None, PASTED), cells.encode())


def _fields(fields: Mapping[str, str]) -> ImportFields:
    names = {**{f"given.{name}": name for name in GIVEN}, "corrects": "corrects"}
    given = {to: fields[name].strip() for name, to in names.items() if fields.get(name, "").strip()}
    return as_body(ImportFields, given)


@router.get(_HERE + "/{import_id}")
async def show_import(
    request: Request, import_id: ImportId, query: Annotated[DraftView, Query()]
) -> HTMLResponse:
    """Show a file beside what was understood of it, and what is asked."""
    return _page(request, "import.html", await draft_page(request, import_id, query.asking))


@router.get(_HERE + "/{import_id}/remarks.xlsx")
async def download_remarks(
    request: Request, import_id: ImportId, query: Annotated[ImportRemarksQuery, Query()]
) -> Response:
    """Download the file with remarks, in the language of the reader unless one is named."""
    given = "lang" in query.model_fields_set
    language = query.lang if given else Language(reader_of(request).language)
    return await remarks_file(request, import_id, language)


@router.post(_HERE + "/{import_id}/answers")
async def answer_import(request: Request, import_id: ImportId) -> Response:
    """Take answers, read the file anew with them, and lead back to it."""
    one = await find_import(request, import_id)
    try:
        fields = (await form_of(request)).texts
        patch = patch_of(fields, one)
        seen = Precondition(frozenset({_whole(fields.get("edited", ""))}))

        async def answer(writer: Writer) -> str:
            reader = file_reader_of(request, writer.having_seen(seen))
            await reader.answer(import_id, patch)
            return f"{_HERE}/{import_id}"

        return await carried_out(request, answer)
    except RegistryError as error:
        refusal = refusal_of(request, error)
        return _page(
            request, "import.html", await draft_page(request, import_id, Asking()), refusal
        )


def _whole(text: str) -> int:
    """Return the whole number of a hidden field; 0, which nothing has, where it holds none."""
    return int(text) if _WHOLE.fullmatch(text) else 0


@router.get(_HERE + "/{import_id}/effect")
async def show_effect(
    request: Request, import_id: ImportId, query: Annotated[EffectView, Query()]
) -> Response:
    """Show what a commit would change in figures, findings and sites."""
    if (await find_import(request, import_id)).state not in DISPOSABLE:
        return see(f"{_HERE}/{import_id}")
    return await _effect(request, import_id, query)


async def _effect(
    request: Request, import_id: ImportId, query: EffectView, refusal: Refusal | None = None
) -> HTMLResponse:
    one = await find_import(request, import_id)
    shown: Figures = {"one": one, "view": query, "outcome": None}
    if refusal is None:
        try:
            gone, reason = query.gone or None, query.override_reason or None
            outcome, left_out = await effect_of(request, one, gone, reason)
        except RegistryError as error:
            refusal = refusal_of(request, error)
        else:
            effect = effect_figures(outcome, speech_of(request))
            shown = {**shown, **effect, "outcome": outcome, "left_out": left_out}
    return _page(request, "import-effect.html", shown, refusal)


@router.post(_HERE + "/{import_id}/commit")
async def commit_import(request: Request, import_id: ImportId) -> Response:
    """Begin to record an import, and lead to where one sees how far it is."""
    one = await find_import(request, import_id)
    fields = (await form_of(request)).texts
    if one.state in {DraftState.committing, DraftState.committed}:
        # It was sent before, by another click or tab: what became of it is there.
        return see(f"{_HERE}/{import_id}")
    try:
        names = ("reason", "gone", "override_reason")
        given = {name: fields.get(name, "").strip() for name in names}
        revision = _whole(fields.get("revision", ""))
        body = as_body(ImportCommit, {**given, "revision": revision})
        skip = bool(fields.get("skip_refused"))

        async def act(writer: Writer) -> str:
            _, proposal_id = await go_on_committing(
                request, writer, import_id, body, skip_refused=skip
            )
            return f"/proposals/{proposal_id}?sent=true" if proposal_id else f"{_HERE}/{import_id}"

        return await carried_out(request, act)
    except RegistryError as error:
        return await _effect(request, import_id, EffectView(), refusal_of(request, error))


@retraction_router.get(_HERE + "/{import_id}/retraction")
async def show_retraction(
    request: Request, import_id: ImportId, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Show what undoing an import would do, and ask for the reason."""
    if (await find_import(request, import_id)).state != DraftState.committed:
        return see(f"{_HERE}/{import_id}")
    return await _retraction(request, import_id)


async def _retraction(
    request: Request, import_id: ImportId, refusal: Refusal | None = None
) -> HTMLResponse:
    one = await find_import(request, import_id)
    tried = None
    if refusal is None:
        try:
            tried = await retraction_of(request, one)
        except RegistryError as error:
            refusal = refusal_of(request, error)
    return _page(request, "import-retraction.html", {"one": one, "tried": tried}, refusal)


@retraction_router.post(_HERE + "/{import_id}/retraction")
async def retract_import(request: Request, import_id: ImportId) -> Response:
    """Undo an import, and lead to it."""
    try:
        fields = (await form_of(request)).texts
        body = as_body(ImportRetractionWrite, {"reason": fields.get("reason", "")})

        async def undo(writer: Writer) -> str:
            await retract(writer, principal_of(request), import_id, body.reason, _VIETNAMESE)
            return f"{_HERE}/{import_id}"

        return await carried_out(request, undo)
    except RegistryError as error:
        return await _retraction(request, import_id, refusal_of(request, error))


@router.post(_HERE + "/{import_id}/deletion")
async def delete_import(request: Request, import_id: ImportId) -> Response:
    """Delete an import of which nothing was recorded, and lead to the others."""

    async def delete(writer: Writer) -> str:
        await file_reader_of(request, writer).delete(import_id)
        return _HERE

    return await carried_out(request, delete)


@router.get(_HERE + "/{import_id}/answers")
@router.get(_HERE + "/{import_id}/commit")
@router.get(_HERE + "/{import_id}/deletion")
async def lead_back(import_id: ImportId, _: Annotated[ReaderQuery, Query()]) -> Response:
    """Lead to the import from where its forms are sent, as on a choice of another language."""
    return see(f"{_HERE}/{import_id}")
