"""Forms that write: tried first, to show what would change, and recorded when sent again.

What is sent first is carried out as a dry run. The page then shows what it would change, with the
fields as they were and a button that records. Whatever refuses it is shown with the form.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from app.core.errors import PreconditionFailedError, RegistryError
from app.http.access import principal_of
from app.http.readers import reader_of
from app.http.reviewing import is_reviewed, reviewer_of
from app.http.service import service_of
from app.ledger.idempotency import WriteRequest
from app.ledger.revisions import Precondition, Writer
from app.pages.addresses import RECORDED, address
from app.pages.faults import REASON, at_fields
from app.pages.forms import own_page
from app.pages.pages import Figures
from app.pages.sending import Refusal, carried_out, form_of, once, refusal_of
from app.pages.speech import speech_of
from app.pages.statement_reading import field_of
from app.pages.write_effects import effect_figures
from app.proposals.reviews import Reviewer
from app.proposals.store import Proposal

_STALE = f"/problems/{PreconditionFailedError.type}"
_STEPS = {"step", "once"}
Typed = Mapping[str, str]
Act = Callable[[Writer], Awaitable[Any]]
"""Writes, and returns the answer of ``/v1`` to it."""
Propose = Callable[[Reviewer], Awaitable[Proposal]]
"""Submits what a form asks to record to somebody who reviews it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its page, what it shows, and where its reader is led to once it is recorded."""

    request: Request
    template: str
    figures: Figures
    typed: Typed
    to: Callable[[Any], str]
    complete: Callable[[RegistryError], Awaitable[RegistryError]] | None = None
    """Returns a refusal with whatever else is wrong."""

    def page(self, refusal: Refusal | None = None, answer: Any = None) -> HTMLResponse:
        """Return the page: the form, or what it would change."""
        faults = at_fields(refusal.errors, field_of) if refusal else {}
        shown = {
            "typed": self.typed,
            "refusal": refusal,
            "faults": faults,
            "first_fault": next(iter(faults), None),
            "is_unusual": set(faults) == {REASON},
            "asks_reason": REASON in faults or bool(self.typed.get(REASON)),
            "is_stale": refusal is not None and is_stale(refusal),
            "labels": {},
            "once": once(),
            "keeper": principal_of(self.request).id,
            "proposes": is_reviewed(self.request),
            "effect": answer,
            **effect_figures(answer, speech_of(self.request)),
        }
        status = refusal.status if refusal else 200
        return own_page(self.request, self.template, {**shown, **self.figures}, status)


async def texts_of(request: Request) -> Typed:
    """Return the texts that were typed into a form; those of lines end as they do in Python."""
    given = (await form_of(request)).texts.items()
    return {name: text.replace("\r\n", "\n") for name, text in given if name not in _STEPS}


async def answered(form: Form, act: Act, propose: Propose | None = None) -> Response:
    """Answer a form: with what it would change, with what it led to, or with what refuses it.

    With ``propose`` nothing is recorded: what it asks for is submitted for review.
    """
    request = form.request
    step = (await form_of(request)).texts.get("step")
    if step == "edit":
        return form.page()
    try:
        if step != "record":
            return form.page(answer=await tried(request, act))

        async def record(writer: Writer) -> str:
            if propose is not None:
                reviewer = reviewer_of(request, writer, reader_of(request).language)
                return address(f"/proposals/{(await propose(reviewer)).id}", {"sent": "true"})
            answer = await act(writer)
            return address(form.to(answer), {RECORDED: answer.revision})

        return await carried_out(request, record)
    except RegistryError as error:
        whole = await form.complete(error) if form.complete else error
        return form.page(refusal_of(request, whole))


async def tried(request: Request, act: Act) -> Any:
    """Return the answer to a write that is not recorded."""
    service, who = service_of(request), principal_of(request)
    async with WriteRequest(service.database, service.in_flight, is_dry_run=True) as write:
        return await act(Writer(service.database, service.units, who.name, write, principal=who))


def having_seen(writer: Writer, typed: Typed) -> Writer:
    """Return a writer for somebody who has seen the state that a form was made of."""
    seen = typed.get("seen", "")
    known = frozenset({int(seen)}) if seen.isdecimal() and seen.isascii() else frozenset()
    return writer.having_seen(Precondition(known))


def is_stale(refusal: Refusal) -> bool:
    """Return whether others changed what the form was made of; many in one are refused as such."""
    types = {fault.get("type") for fault in refusal.errors}
    return refusal.status == PreconditionFailedError.status or _STALE in types
