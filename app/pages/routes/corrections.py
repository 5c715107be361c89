"""Taking back and correcting what is wrong: statements, subjects, sources and organizations."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app.core.errors import BadBodyError
from app.core.messages import Message, MessageError
from app.core.vocabulary import HISTORIC, ChangeSubjectType, SourceKind, SubjectType
from app.entry import writes
from app.entry.schemas import Retraction
from app.entry.statement_queries import get_statement
from app.imports.typed import typed_date
from app.ledger.revisions import Writer
from app.ledger.schemas import (
    CorrectionQuery,
    EntryWithdrawal,
    OrganizationMerge,
    OrganizationPatch,
    SourcePatch,
)
from app.ledger.sources import get_organization, get_source
from app.pages.forms import as_body, form_router
from app.pages.lookups import Lookup
from app.pages.sayings import in_words, path_of
from app.pages.speech import Speech, speech_of
from app.pages.views import Key, ReaderQuery
from app.pages.write_forms import (
    Form,
    Typed,
    answered,
    having_seen,
    texts_of,
)
from app.pages.write_subjects import known, looking_up
from app.subjects.schemas import WithdrawalWrite

router = form_router()
_TEMPLATE, _ENTRY = "correction.html", "entry.html"
_LISTS = {"aliases"}
_DATES = {"published_on"}
_ISSUER = "issuer_id"


def _of(typed: Typed, *names: str) -> dict[str, str]:
    return {name: typed.get(name, "").strip() for name in names}


def _figures(request: Request, deed: str, name: str, back: str, **more: object) -> dict[str, Any]:
    shown = {"deed": deed, "name": name, "back_to": back, "stated": None, "asks_into": False}
    return {**shown, "action": request.url.path, **more}


async def _retraction(request: Request, statement_id: str, typed: Typed) -> Form:
    async with looking_up(request) as lookup:
        snapshot = lookup.snapshot
        statement = await get_statement(lookup.connection, statement_id, snapshot.at.revision)
        speech = speech_of(request)
        (stated,) = await in_words(lookup.connection, [statement], snapshot, speech)
    what, key = statement.subject_type, statement.subject_id
    back = path_of(what, key)
    figures = _figures(request, "retraction", stated.subject.text, back, stated=stated)
    return Form(request, _TEMPLATE, figures, typed, lambda _answer: back)


@router.get("/statements/{statement_id}/retraction")
async def show_retraction(
    request: Request, statement_id: Key, _: Annotated[ReaderQuery, Query()]
) -> HTMLResponse:
    """Show what a statement says, and ask why it is taken back."""
    return (await _retraction(request, statement_id, {})).page()


@router.post("/statements/{statement_id}/retraction")
async def send_retraction(
    request: Request, statement_id: Key, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Retract a statement."""
    typed = await texts_of(request)

    async def act(writer: Writer) -> Any:
        body = as_body(Retraction, _of(typed, "reason", "override_reason"))
        answer = await writes.retract(writer, statement_id, body)
        revision = answer.retraction.revision if answer.retraction else answer.revision
        return answer.model_copy(update={"revision": revision})

    return await answered(await _retraction(request, statement_id, typed), act)


def _add_withdrawal(what: SubjectType) -> None:
    """Add the form that takes a subject out of the register."""
    path = f"/{what}s/{{key}}/withdrawal"

    async def form(request: Request, key: str, typed: Typed | None) -> Form:
        async with looking_up(request) as lookup:
            subject = await known(lookup, what, key)
        figures = _figures(request, "withdrawal", subject.name, subject.path)
        seen = {"seen": str(subject.changed_in)}
        return Form(
            request, _TEMPLATE, figures, seen if typed is None else typed, lambda _: "/changes"
        )

    @router.get(path, name=f"withdrawal_of_{what}")
    async def show(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> HTMLResponse:
        return (await form(request, key, None)).page()

    @router.post(path, name=f"withdraw_{what}_by_form")
    async def send(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> Response:
        typed = await texts_of(request)

        async def act(writer: Writer) -> Any:
            body = as_body(WithdrawalWrite, _of(typed, "reason"))
            return await writes.withdraw(having_seen(writer, typed), what, key, body)

        return await answered(await form(request, key, typed), act)


for _what in HISTORIC:
    _add_withdrawal(_what)


_ENTRIES: Mapping[str, tuple[type[BaseModel], Callable[..., Any], Callable[..., Any]]] = {
    ChangeSubjectType.organization: (
        OrganizationPatch,
        get_organization,
        writes.correct_organization,
    ),
    ChangeSubjectType.source: (SourcePatch, get_source, writes.correct_source),
}
"""Of each type of entries the members that can be corrected, and what reads and writes them."""


def _merged(typed: Typed, now: Mapping[str, str]) -> Typed:
    """Return what was typed; what was not changed by it as others have changed it meanwhile."""
    untouched = {name for name in now if typed.get(name, "") == typed.get(f"was.{name}", "")}
    return {**typed, **{name: now[name] for name in untouched}}


async def _entry(what: str, lookup: Lookup, key: str) -> Any:
    return await _ENTRIES[what][1](lookup.connection, key, lookup.snapshot.at.revision)


def _typed_of_entry(what: str, entry: Any, speech: Speech) -> dict[str, str]:
    given = {name: getattr(entry, name) for name in _ENTRIES[what][0].model_fields}
    texts = {
        name: "\n".join(value) if isinstance(value, list) else str(getattr(value, "value", value))
        for name, value in given.items()
        if value is not None
    }
    texts |= {name: speech.partial_date(texts[name]) for name in _DATES & texts.keys()}
    return {name: texts.get(name, "") for name in given}


def _patch(what: str, typed: Typed) -> Any:
    """Return the members of an entry that were typed otherwise than the form had them."""
    given: dict[str, object] = {}
    for name in _ENTRIES[what][0].model_fields:
        text = typed.get(name, "").strip()
        if text != typed.get(f"was.{name}", ""):
            given[name] = _given(name, text) or None
    return as_body(_ENTRIES[what][0], given)


def _given(name: str, text: str) -> object:
    """Return what was typed into a field as the member that it is."""
    if name in _LISTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if name in _DATES and text:
        # A text that is not a date is reported with the faults of the other members.
        with suppress(MessageError):
            return typed_date(text)
    return text


def _add_entry(what: ChangeSubjectType) -> None:
    """Add the forms that correct and withdraw an entry."""
    path = f"/{what}s/{{key}}"

    async def form(request: Request, key: str, typed: Typed | None) -> Form:
        async with looking_up(request) as lookup:
            entry = await _entry(what, lookup, key)
        now = _typed_of_entry(what, entry, speech_of(request))
        began = {f"was.{name}": text for name, text in now.items()}
        begun = {**now, **began, "seen": str(entry.changed_in)}
        name = getattr(entry, "name", None) or entry.title
        figures = _figures(request, "correction", name, f"/{what}s/{entry.id}")
        more = {"fields": list(now), "now": now, "now_seen": entry.changed_in}
        more |= {"kinds": list(SourceKind), "what": what, "long_fields": _LISTS | {"note"}}
        shown = begun if typed is None else _merged(typed, now)
        return Form(request, _ENTRY, figures | more, shown, lambda _: f"/{what}s/{entry.id}")

    @router.get(f"{path}/correction", name=f"correction_of_{what}")
    async def show(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> HTMLResponse:
        return (await form(request, key, None)).page()

    @router.post(f"{path}/correction", name=f"correct_{what}_by_form")
    async def send(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> Response:
        typed = await texts_of(request)
        sent = await form(request, key, typed)

        async def act(writer: Writer) -> Any:
            patch = _patch(what, await _with_issuer(request, typed))
            query = as_body(CorrectionQuery, _of(typed, "reason", "override_reason"))
            found = await _ENTRIES[what][2](having_seen(writer, typed), key, patch, query)
            return found.model_copy(update={"revision": found.changed_in})

        return await answered(sent, act)


def _add_going(what: ChangeSubjectType, deed: str) -> None:
    """Add the form that withdraws an entry, or merges an organization into another."""
    path = f"/{what}s/{{key}}/{deed}"

    async def form(request: Request, key: str, typed: Typed | None) -> Form:
        async with looking_up(request) as lookup:
            entry = await _entry(what, lookup, key)
        name = getattr(entry, "name", None) or entry.title
        back = f"/{what}s/{entry.id}"
        figures = _figures(request, deed, name, back, asks_into=deed == "merge")
        begun = {"seen": str(entry.changed_in)}
        to = (lambda answer: f"/{what}s/{answer.into}") if deed == "merge" else lambda _: "/changes"
        return Form(request, _TEMPLATE, figures, begun if typed is None else typed, to)

    @router.get(path, name=f"{deed}_of_{what}")
    async def show(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> HTMLResponse:
        return (await form(request, key, None)).page()

    @router.post(path, name=f"{deed}_{what}_by_form")
    async def send(request: Request, key: Key, _: Annotated[ReaderQuery, Query()]) -> Response:
        typed = await texts_of(request)

        async def act(writer: Writer) -> Any:
            seen = having_seen(writer, typed)
            if deed != "merge":
                body = as_body(EntryWithdrawal, _of(typed, "reason"))
                return await writes.withdraw_entry(seen, what, key, body)
            into = await _organization(request, typed, "into")
            merge = as_body(OrganizationMerge, _of(typed, "reason") | {"into": into})
            return await writes.merge_organization(seen, key, merge)

        return await answered(await form(request, key, typed), act)


async def _organization(request: Request, typed: Typed, name: str) -> str:
    """Return the id of the organization in a field; ``BadBodyError`` if several are meant."""
    async with looking_up(request) as lookup:
        found = await lookup.id_of("organizations", typed.get(name, ""))
    if isinstance(found, Message):
        raise BadBodyError.of(f"#/{name}", found)
    return found


async def _with_issuer(request: Request, typed: Typed) -> Typed:
    if not typed.get(_ISSUER):
        return typed
    return {**typed, _ISSUER: await _organization(request, typed, _ISSUER)}


for _entry_type in (ChangeSubjectType.organization, ChangeSubjectType.source):
    _add_entry(_entry_type)
    _add_going(_entry_type, "withdrawal")
_add_going(ChangeSubjectType.organization, "merge")
