"""Proposals as clients send and read them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.core.numbers import Whole
from app.core.query_parameters import PageQuery
from app.core.types import Answer, Body, Line, Shown, UnitCode
from app.entry.bulk import BulkAnswer
from app.proposals.states import ProposalState


class ProposalReturn(Body):
    """Why a proposal is returned to its author."""

    reason: Line = Field(description="What is to be changed, as its author will read it.")


class ProposalApproval(Body):
    """An approval, with a word where there is one to say."""

    reason: Line | None = Field(default=None, description="A remark for its author.")


class ProposalWithdrawal(Body):
    """A withdrawal by its author, with the reason where there is one to give."""

    reason: Line | None = None


class ProposalsQuery(PageQuery):
    """The filters of proposals."""

    state: list[ProposalState] = Field(default_factory=list, description="How far they are.")
    province_code: list[UnitCode] = Field(
        default_factory=list, description="Those that concern a province that has or had the code."
    )
    mine: bool = Field(default=False, description="Only one's own.")


class ProposalDecision(Answer):
    """The last decision on a proposal."""

    author: str = Field(description="Who decided.")
    principal_id: str
    decided_at: datetime
    reason: str | None


class Proposal(Answer):
    """Something to be recorded once another has approved it."""

    id: str = Field(description="dry-run for a proposal that was only tried, and is not kept.")
    state: Annotated[str, Shown(ProposalState)]
    edited: Whole = Field(description="How often it was changed; what If-Match compares.")
    author: str = Field(description="Who proposes it: the author of its revision.")
    principal_id: str = Field(description="Distinguishes authors of the same name.")
    created_at: datetime
    changed_at: datetime
    reason: str | None = Field(description="Why it is to be recorded.")
    members: Whole = Field(description="How many things are to be recorded.")
    province_codes: list[str] = Field(
        description="The provinces that it concerns, before and after; none for documents alone."
    )
    decision: ProposalDecision | None = Field(description="Null where nobody decided yet.")
    revision: Whole | None = Field(description="The revision that recorded it, once approved.")
    import_id: str | None = Field(
        description="The import that it is of: the commit of that changes it again."
    )


class ProposalDetail(Proposal):
    """A proposal with what it does."""

    effect: BulkAnswer | None = Field(
        description="What its approval by whoever reads this would do now, as a dry run; once "
        "approved, what it did, in the answer to the approval alone. Null where nothing can become "
        "of it any more."
    )


class ProposalPage(Answer):
    """A page of proposals, newest first."""

    items: list[Proposal]
    next_cursor: str | None
