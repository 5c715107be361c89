"""Proposals: sent and changed by those who may not record themselves, decided by editors."""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Path, Query, Request, Response

from app.entry.bulk import BulkAnswer, BulkWrite
from app.http.access import principal_of
from app.http.languages import language_of
from app.http.reading import TheDatabase, TheUnits, link
from app.http.responses import PATCHED, READ_STATE, Responses, created, created_if_match
from app.http.reviewing import reviewer_of
from app.http.strict_routes import DecisionRoute, ProposalRoute, strict_router
from app.http.writing import Writing, WritingIfMatch
from app.imports.store import as_json
from app.ledger.revisions import Writer
from app.proposals import store
from app.proposals.reviews import Reviewer
from app.proposals.schemas import (
    ProposalApproval,
    ProposalDetail,
    ProposalPage,
    ProposalReturn,
    ProposalsQuery,
    ProposalWithdrawal,
)
from app.proposals.shown import detail_of, list_page

router = strict_router("/proposals", "proposals", ProposalRoute)
decisions_router = strict_router("/proposals", "proposals", DecisionRoute)
ProposalId = Annotated[
    str,
    Path(description="Id of a proposal, as in 20261130-120733000000-5b0f3a3c.", max_length=50),
]
_KEY_LENGTH = 32
_TRIED = "dry-run"
_UNTOLD = {HTTPStatus.GONE, HTTPStatus.PRECONDITION_REQUIRED}
_EDITED: Responses = {key: answer for key, answer in PATCHED.items() if key not in _UNTOLD}
_APPROVED: Responses = {
    **{k: a for k, a in created_if_match(ProposalDetail).items() if k != HTTPStatus.GONE},
    428: PATCHED[428],
}
_LANGUAGE = {"description": "The language of what the effect says.", "schema": {"type": "string"}}
_READ: Responses = {200: {"headers": {**READ_STATE[200]["headers"], "Content-Language": _LANGUAGE}}}
# By reference, what requests may hold would be promised of answers, and could never be widened.
_BODY: Responses = {
    200: {
        "description": "As it was sent: a body of `POST /v1/statements/bulk`.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


async def reviewing(request: Request, response: Response, writer: Writing) -> Reviewer:
    """Return who proposes in a request."""
    return _reviewer(request, response, writer)


async def reviewing_if_match(
    request: Request, response: Response, writer: WritingIfMatch
) -> Reviewer:
    """Return who proposes or decides, and knows which state of a proposal the client has seen."""
    return _reviewer(request, response, writer)


def _reviewer(request: Request, response: Response, writer: Writer) -> Reviewer:
    language = language_of(request)
    response.headers["Content-Language"] = language
    return reviewer_of(request, writer, language)


Reviewing = Annotated[Reviewer, Depends(reviewing)]
ReviewingIfMatch = Annotated[Reviewer, Depends(reviewing_if_match)]


@router.post(
    "",
    status_code=201,
    summary="Propose statements",
    responses=created(ProposalDetail),
)
async def create_proposal(
    reviewer: Reviewing, body: BulkWrite, request: Request, response: Response
) -> ProposalDetail:
    """Propose what is to be recorded as one revision: nothing counts until somebody approves it.

    The body is that of `POST /v1/statements/bulk`. It is judged as if it were recorded now, and
    refused as that would be; `effect` says what it would change.
    """
    proposal, effect = await reviewer.submit(body)
    response.headers["Location"] = f"{request.url.path}/{proposal.id}"
    shown = _shown(response, proposal, effect)
    return shown.model_copy(update={"id": _TRIED}) if reviewer.is_dry_run else shown


@router.get("", summary="List proposals")
async def list_proposals(
    database: TheDatabase,
    units: TheUnits,
    query: Annotated[ProposalsQuery, Query()],
    request: Request,
    response: Response,
) -> ProposalPage:
    """List the proposals that concern one, newest first.

    Contributors see their own, editors also those about their provinces, administrators all.
    """
    async with database.read() as connection:
        page = await list_page(connection, principal_of(request), units, query)
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page


@router.get("/{proposal_id}", summary="Read a proposal", responses=_READ)
async def get_proposal(
    database: TheDatabase,
    units: TheUnits,
    proposal_id: ProposalId,
    request: Request,
    response: Response,
) -> ProposalDetail:
    """Read a proposal, and what its approval would do to the register as it is now."""
    who = principal_of(request)
    writer = Writer(database, units, who.name, principal=who)
    reviewer = _reviewer(request, response, writer)
    async with database.read() as connection:
        proposal = await reviewer.read(connection, proposal_id)
    effect = await reviewer.effect(proposal)
    return _shown(response, proposal, effect)


@router.get(
    "/{proposal_id}/body",
    summary="Read what a proposal states",
    response_class=Response,
    responses=_BODY,
)
async def get_proposal_body(
    database: TheDatabase, units: TheUnits, proposal_id: ProposalId, request: Request
) -> Response:
    """Read the body of a proposal as it was sent, to change it or to send it elsewhere.

    Of a withdrawn one nothing is left.
    """
    async with database.read() as connection:
        who = principal_of(request)
        proposal = await store.get_proposal(connection, proposal_id, who, units)
    content = await to_thread.run_sync(as_json, proposal.body)
    return Response(content, media_type="application/json")


@router.put("/{proposal_id}/body", summary="Change a proposal", responses=_EDITED)
async def change_proposal(
    reviewer: ReviewingIfMatch, proposal_id: ProposalId, body: BulkWrite, response: Response
) -> ProposalDetail:
    """Put another body in the place of one's own proposal, and submit it again.

    It may have been returned, or not be decided yet.
    """
    proposal, effect = await reviewer.change(proposal_id, body)
    return _shown(response, proposal, effect)


@router.post("/{proposal_id}/withdrawal", summary="Withdraw a proposal", responses=_EDITED)
async def withdraw_proposal(
    reviewer: ReviewingIfMatch,
    proposal_id: ProposalId,
    body: ProposalWithdrawal,
    response: Response,
) -> ProposalDetail:
    """Withdraw one's own proposal: nothing will become of it."""
    proposal = await reviewer.withdraw(proposal_id, body.reason)
    return _shown(response, proposal)


@decisions_router.post("/{proposal_id}/return", summary="Return a proposal", responses=_EDITED)
async def return_proposal(
    reviewer: ReviewingIfMatch,
    proposal_id: ProposalId,
    body: ProposalReturn,
    response: Response,
) -> ProposalDetail:
    """Return a proposal to its author, who may change it and submit it again, or withdraw it."""
    proposal = await reviewer.give_back(proposal_id, body.reason)
    return _shown(response, proposal)


@decisions_router.post(
    "/{proposal_id}/approval",
    status_code=201,
    summary="Approve a proposal",
    responses=_APPROVED,
)
async def approve_proposal(
    reviewer: ReviewingIfMatch,
    proposal_id: ProposalId,
    body: ProposalApproval,
    response: Response,
) -> ProposalDetail:
    """Record a proposal as one revision, which names its author and who approved it.

    It is judged anew by the rights of whoever approves it and against the register as it is now:
    all of it is recorded, or nothing. If-Match must name what was read. Nobody approves what is
    one's own, unless a setting says otherwise.
    """
    proposal, effect = await reviewer.approve(proposal_id, body.reason)
    response.headers["Location"] = f"/v1/revisions/{proposal.revision}"
    return _shown(response, proposal, effect)


def _shown(
    response: Response,
    proposal: store.Proposal,
    effect: BulkAnswer | None = None,
) -> ProposalDetail:
    """Return a proposal with the tag of its state and of what it does; see If-Match."""
    shown = detail_of(proposal, effect)
    key = sha256(shown.model_dump_json().encode(), usedforsecurity=False)
    response.headers["ETag"] = f'"{shown.edited}-{key.hexdigest()[:_KEY_LENGTH]}"'
    return shown
