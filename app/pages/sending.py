"""Forms that pages send: carried out once, however often they are sent, and then led on.

Each form has a field ``once`` of its own. The same form with the same content is the same request,
by the rules of ``Idempotency-Key``; a reader who comes back and changes it sends another one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from time import monotonic

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from app.core.errors import (
    ForbiddenError,
    RegistryError,
    RequestInFlightError,
    UnitsChangedError,
)
from app.http.access import note_refusal, principal_of
from app.http.problems import members_of_fault
from app.http.service import service_of
from app.http.writing import digest_of, repeated
from app.imports.kept import SentFile
from app.imports.reviewing import name_of
from app.ledger.idempotency import KeptAnswer, RepeatedError, RequestKey, WriteRequest
from app.ledger.revisions import Writer
from app.pages.faults import in_words
from app.pages.speech import speech_of

_MOST_FIELDS = 5_000
_MOST_ONCE = 100
_PATIENCE = 30.0
"""Seconds for which the second click of a double click waits for what the first one does."""
_PAUSE = 0.2
_HTML = "text/html; charset=utf-8"
Doing = Callable[[Writer], Awaitable[str]]
"""Does what a form asks for, and returns the address that the reader is led to."""


def once() -> str:
    """Return the text by which a form is known when it is sent again."""
    return token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a form sent: its texts by name, and its file, if one was chosen."""

    texts: Mapping[str, str]
    file: SentFile | None = None


async def form_of(request: Request) -> SentForm:
    """Return what a form sent; ``BadBodyError`` where the body is none."""
    if not hasattr(request.state, "form"):
        most: int = service_of(request).settings.max_import_body_bytes
        async with request.form(max_fields=_MOST_FIELDS, max_part_size=most) as form:
            texts = {name: text for name, text in form.items() if isinstance(text, str)}
            files = [file for file in form.values() if isinstance(file, UploadFile)]
            request.state.form = SentForm(texts, await _file_of(files))
    found: SentForm = request.state.form
    return found


async def _file_of(files: Sequence[UploadFile]) -> SentFile | None:
    """Return the file that was chosen: browsers send one without a name where none was."""
    chosen = next((one for one in files if one.filename or one.size), None)
    if chosen is None:
        return None
    return SentFile(name_of(chosen.filename, chosen.content_type), await chosen.read())


async def carried_out(request: Request, do: Doing) -> Response:
    """Carry out a form in one transaction, and lead to where it says (303)."""
    since = monotonic()
    while True:
        try:
            return await _attempted(request, do)
        except RequestInFlightError:
            if monotonic() - since > _PATIENCE:
                raise
            await asyncio.sleep(_PAUSE)


async def _attempted(request: Request, do: Doing) -> Response:
    service, who = service_of(request), principal_of(request)
    given, digest = (await form_of(request)).texts.get("once"), await digest_of(request)
    key = RequestKey(who.id, f"{given[:_MOST_ONCE]} {digest}", digest) if given else None
    write = WriteRequest(service.database, service.in_flight, key)
    try:
        async with write:
            to = await do(Writer(service.database, service.units, who.name, write, principal=who))
            answer = KeptAnswer(303, _HTML, {"location": to}, b"")
            await write.keep(answer)
    except RepeatedError as found:
        return repeated(found.answer)
    return Response(b"", answer.status, answer.headers, answer.media_type)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was refused, in the language of the reader."""

    status: int
    title: str
    detail: str
    errors: Sequence[Mapping[str, str]]
    headers: Mapping[str, str]


def refusal_of(request: Request, error: RegistryError) -> Refusal:
    """Return a refusal to be shown with the form; a missing right is left for the audit log.

    Units that were changed meanwhile are none: the request is answered again with those of now.
    """
    if isinstance(error, UnitsChangedError):
        raise error
    if isinstance(error, ForbiddenError):
        note_refusal(request, error)
    speech = speech_of(request)
    return Refusal(
        error.status,
        in_words(error.title(), speech),
        in_words(error.detail, speech),
        [members_of_fault(fault, in_words(fault.detail, speech)) for fault in error.errors],
        error.headers,
    )
