"""Stating something by a form: of a subject, of a new one, or in place of another statement."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from app.core.vocabulary import HISTORIC, SiteKind, SubjectType
from app.entry import bulk
from app.entry.bulk import BulkAnswer, BulkFault
from app.entry.schemas import StatementAnswer
from app.entry.statement_queries import get_statement
from app.http.access import note_refusal
from app.http.languages import CATALOGUES
from app.http.problems import rendered
from app.http.readers import reader_of
from app.ledger.revisions import Writer
from app.pages.forms import form_router
from app.pages.lookups import KINDS, names_by_text
from app.pages.pages import Figures
from app.pages.statement_fields import groups_of
from app.pages.statement_reading import About, Reading, day_typed, typed_of
from app.pages.views import Key
from app.pages.write_forms import Form, Typed, answered, having_seen, speech_of, texts_of
from app.pages.write_subjects import Known, known, looking_up

router = form_router()
_TEMPLATE = "state.html"


class FormView(BaseModel):
    """The query of a form."""

    lang: Literal["vi", "en"] | None = None


class StateView(FormView):
    """Which attribute the form begins with."""

    attribute: Annotated[str, Field(max_length=100)] = ""


class NewView(FormView):
    """What kind of site is to be registered."""

    kind: SiteKind | None = None


class ChoicesView(FormView):
    """The words of what is looked up, and the day of which names are."""

    q: Annotated[str, Field(max_length=500)] = ""
    on: date | None = None


@router.get("/choices/{what}")
async def list_choices(
    request: Request,
    what: Literal[KINDS],  # type: ignore[valid-type]
    query: Annotated[ChoicesView, Query()],
) -> JSONResponse:
    """Return what has some words in its name, for the list of a field."""
    async with looking_up(request, query.on) as lookup:
        found = await lookup.found(what, query.q)
    return JSONResponse(names_by_text(found), headers={"Cache-Control": "private, no-store"})


def _figures(request: Request, about: About, subject: Known | None, **more: object) -> Figures:
    return {
        "about": about,
        "subject": subject,
        "groups": groups_of(about.what, about.kind, speech_of(request)),
        "attribute": "",
        "replaced": None,
        "action": request.url.path,
        **more,
    }


def _led_to(about: About, answer: BulkAnswer) -> str:
    key = about.key or getattr(answer, f"{about.what}s")[0].subject_id
    return f"/{about.what}s/{key}"


async def _state(
    request: Request, about: About, typed: Typed, figures: Mapping[str, object]
) -> Response:
    """Answer a form that states something."""
    language = reader_of(request).language
    catalogue = CATALOGUES.get(language, {})

    async def act(writer: Writer) -> BulkAnswer:
        async with looking_up(request, day_typed(typed)) as lookup:
            body = await Reading(typed, lookup, language).body(about)
        seen = having_seen(writer, typed) if typed.get("seen") else writer
        return await bulk.state_bulk(
            seen,
            body,
            skip_refused=False,
            render=lambda fault: BulkFault.model_validate(rendered(fault, catalogue)),
            note=partial(note_refusal, request),
        )

    form = Form(request, _TEMPLATE, figures, typed, partial(_led_to, about))
    return await answered(form, act)


def _new_about(what: SubjectType, query: NewView) -> About:
    return About(what, None, query.kind if what is SubjectType.site else None)


def _add_new(what: SubjectType) -> None:
    """Add the form that registers a subject of a type."""
    path = f"/{what}s/new"

    def figures(request: Request, query: NewView) -> tuple[About, Figures]:
        about = _new_about(what, query)
        is_open = what is SubjectType.site and about.kind is None
        action = f"{path}?kind={about.kind}" if about.kind else path
        return about, _figures(request, about, None, action=action, asks_kind=is_open)

    @router.get(path, name=f"new_{what}")
    async def show(request: Request, query: Annotated[NewView, Query()]) -> HTMLResponse:
        about, found = figures(request, query)
        return Form(request, _TEMPLATE, found, {}, partial(_led_to, about)).page()

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
        return about, _figures(request, about, subject, asks_kind=False, **more)

    @router.get(path, name=f"state_{what}_form")
    async def show(
        request: Request, key: Key, query: Annotated[StateView, Query()]
    ) -> HTMLResponse:
        about, found = await figures(request, key, attribute=query.attribute)
        return Form(request, _TEMPLATE, found, _seen(found), partial(_led_to, about)).page()

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
    return about, _figures(request, about, subject, asks_kind=False, replaced=statement), statement


@router.get("/statements/{statement_id}/replacement")
async def show_replacement(
    request: Request, statement_id: Key, _: Annotated[FormView, Query()]
) -> HTMLResponse:
    """Show what a statement says in a form, to be corrected."""
    about, found, statement = await _replaced(request, statement_id)
    typed = typed_of(statement, reader_of(request).language) | _seen(found)
    return Form(request, _TEMPLATE, found, typed, partial(_led_to, about)).page()


@router.post("/statements/{statement_id}/replacement")
async def send_replacement(
    request: Request, statement_id: Key, _: Annotated[FormView, Query()]
) -> Response:
    """Record a statement in place of another."""
    about, found, _statement = await _replaced(request, statement_id)
    return await _state(request, about, await texts_of(request), found)
