"""Changing one's own proposal by the form that states what a member of it says."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from app.core.vocabulary import SiteKind
from app.entry.bulk import BulkAnswer, BulkWrite
from app.http.access import principal_of
from app.http.readers import reader_of
from app.http.reviewing import reviewer_of
from app.http.service import service_of
from app.ledger.revisions import Writer
from app.pages.forms import ProposingPage, form_router
from app.pages.proposed_members import Member
from app.pages.routes.statements import (
    STATE_TEMPLATE,
    carry_out,
    figures_of,
    read_body,
)
from app.pages.statement_reading import About
from app.pages.views import Key, ReaderQuery
from app.pages.write_forms import Form, Typed, answered, having_seen, texts_of
from app.pages.write_subjects import Known, known, looking_up
from app.proposals.reviews import Reviewer, check_unchanged
from app.proposals.store import Proposal

router = form_router(ProposingPage)
_PATH = "/proposals/{proposal_id}/{name}/{number}"
Number = Annotated[int, Path(ge=0, le=99_999)]
ListName = Annotated[str, Path(max_length=30)]


@dataclass(frozen=True, slots=True)
class _Changing:
    """A member of a proposal of the reader that is to be changed, and what it is about."""

    request: Request
    proposal: Proposal
    member: Member
    about: About
    subject: Known | None

    def form(self, typed: Typed) -> Form:
        """Return the form with what is typed."""
        more = {"asks_kind": False, "proposes": True, "proposal": self.proposal}
        figures = figures_of(self.request, self.about, self.subject, **more)
        return Form(self.request, STATE_TEMPLATE, figures, typed, lambda _: "/proposals")

    async def body(self, typed: Typed) -> BulkWrite:
        """Return the proposal as it is to be."""
        return self.member.put(await read_body(self.request, self.about, typed))


async def _changing(request: Request, proposal_id: str, name: str, number: int) -> _Changing:
    service, who = service_of(request), principal_of(request)
    writer = Writer(service.database, service.units, who.name, principal=who)
    reviewer = reviewer_of(request, writer, reader_of(request).language)
    proposal = await reviewer.find_mine(proposal_id)
    member = Member(proposal.body, name, number)
    subject = await _subject(request, member)
    about = member.about(subject.kind if subject else None)
    return _Changing(request, proposal, member, about, subject)


async def _subject(request: Request, member: Member) -> Known | None:
    """Return what a statement is about, also where the proposal itself registers it."""
    about = member.about(None)
    if about.key is None:
        return None
    new = member.registration(about.what, about.key)
    if new is not None:
        name = (new.get("values") or {}).get("name") or new.get("title") or about.key
        kind = SiteKind(new["kind"]) if new.get("kind") else None
        return Known(about.what, about.key, str(name), kind, None)
    async with looking_up(request) as lookup:
        return replace(await known(lookup, about.what, about.key), changed_in=None)


@router.get(_PATH)
async def show_change(
    request: Request,
    proposal_id: Key,
    name: ListName,
    number: Number,
    _: Annotated[ReaderQuery, Query()],
) -> HTMLResponse:
    """Show what a member of a proposal says in a form, to be changed."""
    found = await _changing(request, proposal_id, name, number)
    typed = found.member.typed(reader_of(request).language)
    return found.form({**typed, "seen": str(found.proposal.edited)}).page()


@router.post(_PATH)
async def send_change(
    request: Request,
    proposal_id: Key,
    name: ListName,
    number: Number,
    _: Annotated[ReaderQuery, Query()],
) -> Response:
    """Put what the form says in the place of the member, and submit the proposal again."""
    typed = await texts_of(request)
    found = await _changing(request, proposal_id, name, number)

    async def act(writer: Writer) -> BulkAnswer:
        with found.member.pointing():
            check_unchanged(found.proposal, having_seen(writer, typed).precondition)
            return await carry_out(request, writer, await found.body(typed))

    async def propose(reviewer: Reviewer) -> Proposal:
        with found.member.pointing():
            seen = replace(reviewer, writer=having_seen(reviewer.writer, typed))
            changed, _ = await seen.change(proposal_id, await found.body(typed))
            return changed

    return await answered(found.form(typed), act, propose)
