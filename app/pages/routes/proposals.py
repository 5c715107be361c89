"""Proposals: those that concern the reader, what each would do, and what becomes of it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import model_validator

from app.access.principals import ALLOWED, Access, Principal
from app.core.errors import RegistryError
from app.database.connections import Executor
from app.entry.bulk import LISTS, BulkAnswer, BulkFault
from app.http.access import principal_of
from app.http.readers import reader_of
from app.http.reviewing import reviewer_of
from app.http.service import service_of
from app.http.strict_routes import StrictRoute
from app.imports.store import Draft, find_draft, may_see
from app.ledger.revisions import Precondition, Writer
from app.pages.addresses import KNOWN_AT
from app.pages.forms import ProposingPage, as_body, form_router, own_page
from app.pages.proposed import proposed_in_words
from app.pages.sending import Refusal, carried_out, form_of, once, refusal_of
from app.pages.speech import speech_of
from app.pages.views import Key, ReaderQuery, as_forms_send_it
from app.pages.write_effects import effect_figures
from app.proposals.reviews import Reviewer
from app.proposals.schemas import (
    ProposalApproval,
    ProposalReturn,
    ProposalsQuery,
    ProposalWithdrawal,
)
from app.proposals.shown import detail_of, list_page
from app.proposals.states import BEGINS_IN, ProposalState, Step
from app.proposals.store import Proposal
from app.units.units import UnitLevel, Units


class DecidingPage(StrictRoute):
    """A form for those who decide."""

    special_access = Access.deciding


router = form_router(ProposingPage)
decisions_router = form_router(DecidingPage)


class ProposalsView(ProposalsQuery):
    """Which proposals to show."""

    lang: Literal["vi", "en"] | None = None

    @model_validator(mode="before")
    @classmethod
    def read_form(cls, given: Any) -> Any:
        """Leave out fields that the form left empty."""
        return as_forms_send_it(given, KNOWN_AT)


class ProposalView(ReaderQuery):
    """A proposal; ``sent`` says that it was just sent."""

    sent: bool = False


@router.get("/proposals")
async def show_proposals(
    request: Request, query: Annotated[ProposalsView, Query()]
) -> HTMLResponse:
    """Show the proposals that concern the reader."""
    service, who = service_of(request), principal_of(request)
    async with service.database.read() as connection:
        page = await list_page(connection, who, service.units, query)
    names = {one.id: _names(service.units, one.province_codes) for one in page.items}
    shown = {"page": page, "view": query, "names": names, "states": [*ProposalState]}
    return own_page(request, "proposals.html", shown)


@router.get("/proposals/{proposal_id}")
async def show_proposal(
    request: Request, proposal_id: Key, query: Annotated[ProposalView, Query()]
) -> HTMLResponse:
    """Show what a proposal would do now, and what can be done with it."""
    return await _page(request, proposal_id, sent=query.sent)


@router.post("/proposals/{proposal_id}/withdrawal")
async def withdraw_by_form(
    request: Request, proposal_id: Key, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Withdraw one's own proposal."""

    async def do(reviewer: Reviewer, texts: dict[str, str]) -> None:
        await reviewer.withdraw(proposal_id, as_body(ProposalWithdrawal, texts).reason)

    return await _done(request, proposal_id, do)


@decisions_router.post("/proposals/{proposal_id}/return")
async def return_by_form(
    request: Request, proposal_id: Key, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Return a proposal with what is to be changed."""

    async def do(reviewer: Reviewer, texts: dict[str, str]) -> None:
        await reviewer.give_back(proposal_id, as_body(ProposalReturn, texts).reason)

    return await _done(request, proposal_id, do)


@decisions_router.post("/proposals/{proposal_id}/approval")
async def approve_by_form(
    request: Request, proposal_id: Key, _: Annotated[ReaderQuery, Query()]
) -> Response:
    """Record a proposal as it was seen."""

    async def do(reviewer: Reviewer, texts: dict[str, str]) -> None:
        await reviewer.approve(proposal_id, as_body(ProposalApproval, texts).reason)

    return await _done(request, proposal_id, do)


async def _done(
    request: Request,
    proposal_id: str,
    do: Callable[[Reviewer, dict[str, str]], Awaitable[None]],
) -> Response:
    """Carry a step out and lead to the proposal; a refusal is shown with it."""
    texts = dict((await form_of(request)).texts)
    seen = texts.pop("seen", "")
    texts.pop("once", None)

    async def act(writer: Writer) -> str:
        known = {int(seen)} if seen.isdecimal() and seen.isascii() else set()
        writer = writer.having_seen(Precondition(frozenset(known)))
        given = {name: text for name, text in texts.items() if text.strip()}
        await do(reviewer_of(request, writer, reader_of(request).language), given)
        return f"/proposals/{proposal_id}"

    try:
        return await carried_out(request, act)
    except RegistryError as error:
        return await _page(request, proposal_id, refusal_of(request, error), texts)


async def _page(
    request: Request,
    proposal_id: str,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
    *,
    sent: bool = False,
) -> HTMLResponse:
    service, who = service_of(request), principal_of(request)
    writer = Writer(service.database, service.units, who.name, principal=who)
    reviewer = reviewer_of(request, writer, reader_of(request).language)
    async with service.database.read() as connection:
        proposal = await reviewer.read(connection, proposal_id)
        speech = speech_of(request)
        draft = await _import_of(connection, proposal, who)
        said = await proposed_in_words(connection, proposal.body, service.units, speech)
    effect = await reviewer.effect(proposal)
    is_mine = proposal.principal_id == who.id
    can_approve = reviewer.rules.own_approval or not is_mine
    steps = {step.value for step in Step if proposal.state in BEGINS_IN[step]}
    context = {
        "one": detail_of(proposal, None),
        "said": said,
        "sent": sent,
        "draft": draft,
        "where": _names(service.units, proposal.province_codes),
        "is_mine": is_mine,
        "decides": who.role in ALLOWED[Access.deciding],
        "can_approve": can_approve,
        "steps": steps,
        "faults": [*_refused(effect)] if effect else [],
        "effect": effect,
        "refusal": refusal,
        "typed": typed or {},
        "once": once(),
        **effect_figures(effect, speech),
    }
    return own_page(request, "proposal.html", context, refusal.status if refusal else 200)


async def _import_of(connection: Executor, proposal: Proposal, who: Principal) -> Draft | None:
    """Return the import that a proposal is of, if it is there and the reader may see it."""
    draft = await find_draft(connection, proposal.import_id) if proposal.import_id else None
    return draft if draft and may_see(who, draft.principal_id) else None


def _refused(effect: BulkAnswer) -> Iterable[BulkFault]:
    for name in LISTS:
        for item in getattr(effect, name):
            yield from item.errors


def _names(units: Units, codes: Iterable[str]) -> list[str]:
    """Return the names of provinces by their codes, those that a code has or had last."""
    found = (units.eras(UnitLevel.province, code)[-1:] for code in codes)
    return list(dict.fromkeys(unit.name for eras in found for unit in eras))
