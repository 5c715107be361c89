"""Stating something by a form: of a subject, of a new one, or in place of another statement."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field

from app.core.vocabulary import HISTORIC, SiteKind, SubjectType
from app.entry import bulk
from app.entry.bulk import BulkAnswer, BulkFault, BulkWrite
from app.entry.schemas import StatementAnswer
from app.entry.statement_queries import get_statement
from app.http.access import note_refusal
from app.http.problems import rendered
from app.http.readers import reader_of
from app.http.reviewing import is_reviewed
from app.ledger.revisions import Writer
from app.pages.all_faults import with_all_faults
from app.pages.forms import ProposingPage, as_body, form_router
from app.pages.lookups import KINDS, names_by_text
from app.pages.pages import Figures
from app.pages.speech import speech_of
from app.pages.statement_fields import groups_of
from app.pages.statement_reading import About, Reading, day_typed, typed_of
from app.pages.views import Key, ReaderQuery
from app.pages.write_forms import Form, Typed, answered, having_seen, texts_of, tried
from app.pages.write_subjects import Known, known, looking_up
from app.proposals.reviews import Reviewer
from app.proposals.store import Proposal

router = form_router(ProposingPage)
STATE_TEMPLATE = "state.html"


class StateView(ReaderQuery):
    """Which attribute the form begins with."""

    attribute: Annotated[str, Field(max_length=100)] = ""


class NewView(ReaderQuery):
    """What kind of site is to be registered."""

    kind: SiteKind | None = None


class ChoicesView(ReaderQuery):
    """The words of what is looked up, and the day of which names are."""

    q: Annotated[str, Field(max_length=500)] = ""
    on: Annotated[str, Field(max_length=100)] = ""


@router.get("/choices/{what}")
async def list_choices(
    request: Request,
    what: Literal[KINDS],  # type: ignore[valid-type]
    query: Annotated[ChoicesView, Query()],
) -> JSONResponse:
    """Return what has some words in its name, for the list of a field."""
    async with looking_up(request, day_typed({"effective_from": query.on})) as lookup:
        found = await lookup.found(what, query.q)
    return JSONResponse(names_by_text(found), headers={"Cache-Control": "private, no-store"})


def figures_of(request: Request, about: About, subject: Known | None, **more: object) -> Figures:
    """Return what the page of a form shows: what it is about, and the fields in groups."""
    return {
        "about": about,
        "subject": subject,
        "groups": groups_of(about.what, about.kind, speech_of(request)),
        "attribute": "",
        "replaced": None,
        "proposal": None,
        "action": request.url.path,
        **more,
    }


def _led_to(about: About, answer: BulkAnswer) -> str:
    key = about.key or getattr(answer, f"{about.what}s")[0].subject_id
    return f"/{about.what}s/{key}"


async def read_body(request: Request, about: About, typed: Typed) -> BulkWrite:
    """Return what a form asks to record; ``BadBodyError`` names what cannot be read."""
    reading, body = await _read(request, about, typed)
    reading.refuse()
    return as_body(BulkWrite, body)


async def _read(request: Request, about: About, typed: Typed) -> tuple[Reading, dict[str, Any]]:
    """Read a form; what cannot be read is kept with the reading, and left out of the body."""
    async with looking_up(request, day_typed(typed)) as lookup:
        reading = Reading(typed, lookup, speech_of(request))
        return reading, await reading.body(about)


async def carry_out(request: Request, writer: Writer, body: BulkWrite) -> BulkAnswer:
    """Record what a form asks for, or try it."""
    catalogue = speech_of(request).catalogue
    return await bulk.state_bulk(
        writer,
        body,
        skip_refused=False,
        render=lambda fault: BulkFault.model_validate(rendered(fault, catalogue)),
        note=partial(note_refusal, request),
    )


async def _state(
    request: Request, about: About, typed: Typed, figures: Mapping[str, object]
) -> Response:
    """Answer a form that states something, or proposes it."""
    reading, body = await _read(request, about, typed)

    async def write(body: Mapping[str, Any], writer: Writer) -> BulkAnswer:
        seen = having_seen(writer, typed) if typed.get("seen") else writer
        return await carry_out(request, seen, as_body(BulkWrite, body))

    async def attempt(body: Mapping[str, Any]) -> object:
        return await tried(request, partial(write, body))

    async def act(writer: Writer) -> BulkAnswer:
        reading.refuse()
        return await write(body, writer)

    async def propose(reviewer: Reviewer) -> Proposal:
        reading.refuse()
        proposal, _ = await reviewer.submit(as_body(BulkWrite, body))
        return proposal

    complete = partial(with_all_faults, body=body, attempt=attempt)
    form = Form(request, STATE_TEMPLATE, figures, typed, partial(_led_to, about), complete)
    return await answered(form, act, propose if is_reviewed(request) else None)


def _new_about(what: SubjectType, query: NewView) -> About:
    return About(what, None, query.kind if what is SubjectType.site else None)


def _add_new(what: SubjectType) -> None:
    """Add the form that registers a subject of a type."""
    path = f"/{what}s/new"

    def figures(request: Request, query: NewView) -> tuple[About, Figures]:
        about = _new_about(what, query)
        is_open = what is SubjectType.site and about.kind is None
        action = f"{path}?kind={about.kind}" if about.kind else path
        return about, figures_of(request, about, None, action=action, asks_kind=is_open)

    @router.get(path, name=f"new_{what}")
    async def show(request: Request, query: Annotated[NewView, Query()]) -> HTMLResponse:
        about, found = figures(request, query)
        return Form(request, STATE_TEMPLATE, found, {}, partial(_led_to, about)).page()

    @router.post(path, name=f"register_{what}_by_form")
    async def send(request: Request, query: Annotated[NewView, Query()]) -> Response:
        about, found = figures(request, query)
        return await _state(request, about, await texts_of(request), found)


def _add_state(what: SubjectType) -> None:
    """Add the form that states something of a subject of a type."""
    path = f"/{what}s/{{key}}/state"

    async def figures(request: Request, key: str, **more: object) -> tuple[About, Figures]:
        async with looking_up(request) as lookup:
            subject = await known(lookup, what, key)
        about = About(what, key, subject.kind)
        return about, figures_of(request, about, subject, asks_kind=False, **more)

    @router.get(path, name=f"state_{what}_form")
    async def show(
        request: Request, key: Key, query: Annotated[StateView, Query()]
    ) -> HTMLResponse:
        about, found = await figures(request, key, attribute=query.attribute)
        return Form(request, STATE_TEMPLATE, found, _seen(found), partial(_led_to, about)).page()

    @router.post(path, name=f"state_{what}_by_form")
    async def send(request: Request, key: Key, _: Annotated[StateView, Query()]) -> Response:
        about, found = await figures(request, key)
        return await _state(request, about, await texts_of(request), found)


def _seen(figures: Mapping[str, Any]) -> dict[str, str]:
    """Return the field that says which state a form was made of."""
    subject: Known = figures["subject"]
    return {} if subject.changed_in is None else {"seen": str(subject.changed_in)}


for _what in HISTORIC:
    _add_new(_what)
for _what in (*HISTORIC, SubjectType.source):
    _add_state(_what)


async def _replaced(request: Request, statement_id: str) -> tuple[About, Figures, StatementAnswer]:
    async with looking_up(request) as lookup:
        revision = lookup.snapshot.at.revision
        statement = await get_statement(lookup.connection, statement_id, revision)
        subject = await known(lookup, statement.subject_type, statement.subject_id)
    about = About(subject.what, subject.key, subject.kind, replaces=statement_id)
    return (
        about,
        figures_of(request, about, subject, asks_kind=False, replaced=statement),
        statement,
    )


@router.get("/statements/{statement_id}/replacement")
async def show_replacement(
    request: Request, statement_id: Key, _: Annotated[ReaderQuery, Query()]
) -> HTMLResponse:
    """Show what a statement says in a form, to be corrected."""
    about, found, statement = await _replaced(request, statement_id)
    typed = typed_of(statement, reader_of(request).language) | _seen(found)
    return Form(request, STATE_TEMPLATE, found, typed, partial(_led_to, about)).page()


@router.post("/statements/{statement_id}/replacement")
async def send_replacement(
    request: Request, statement_id: Key, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Record a statement in place of another."""
    about, found, _statement = await _replaced(request, statement_id)
    return await _state(request, about, await texts_of(request), found)
