"""Proposals as answers show them."""

from datetime import date

from app.access.principals import Principal
from app.core.digest import JsonObject
from app.database.connections import Executor
from app.database.paging import Cursor, mark_of, read_cursor
from app.entry.bulk import BulkAnswer
from app.proposals import store
from app.proposals.schemas import (
    Proposal,
    ProposalDecision,
    ProposalDetail,
    ProposalPage,
    ProposalsQuery,
)
from app.units.units import Units


def _members(proposal: store.Proposal) -> JsonObject:
    same = {name: getattr(proposal, name) for name in Proposal.model_fields if name != "decision"}
    return same | {"decision": _decision(proposal)}


def _decision(proposal: store.Proposal) -> ProposalDecision | None:
    if proposal.decided_by is None or proposal.decider_id is None or proposal.decided_at is None:
        return None
    return ProposalDecision(
        author=proposal.decided_by,
        principal_id=proposal.decider_id,
        decided_at=proposal.decided_at,
        reason=proposal.decision_reason,
    )


def detail_of(proposal: store.Proposal, effect: BulkAnswer | None) -> ProposalDetail:
    """Return a proposal with what it does."""
    return ProposalDetail(**_members(proposal), effect=effect)


async def list_page(
    connection: Executor, who: Principal, units: Units, query: ProposalsQuery
) -> ProposalPage:
    """Return one page of the proposals that somebody may see, newest first."""
    mark = mark_of(query, "proposals")
    before = str(read_cursor(query.cursor, mark, [str]).keys[0]) if query.cursor else None
    found = await store.list_proposals(
        connection,
        who,
        units,
        query.limit + 1,
        before=before,
        states=query.state,
        codes=query.province_code,
        is_own=query.mine,
    )
    items = [Proposal(**_members(one)) for one in found[: query.limit]]
    more = len(found) > query.limit
    cursor = Cursor(mark, 0, date.min, (items[-1].id,)).encode() if more else None
    return ProposalPage(items=items, next_cursor=cursor)
