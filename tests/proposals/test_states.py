"""The states of proposals over random histories, held against a plain account of them."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proposals.states import BEGINS_IN, LEADS_TO, ProposalState, Step
from tests.proposals.test_proposals import PATH, SITE, People, serve, stated
from tests.support.http import latest_revision
from tests.support.registers import Templates, get

STEPS = ["change", "return", "approve", "withdraw"]


@dataclass
class Account:
    """What is to become of a proposal, written out as people would say it."""

    state: str = "submitted"
    steps: list[str] = field(default_factory=list)

    def take(self, step: str) -> bool:
        """Take a step if it can be taken; return whether it could."""
        self.steps.append(step)
        if self.state in {"approved", "withdrawn"}:
            return False
        if step in {"return", "approve"} and self.state == "returned":
            return False
        self.state = {
            "change": "submitted",
            "return": "returned",
            "approve": "approved",
            "withdraw": "withdrawn",
        }[step]
        return True


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_states_follow_from_steps(steps: list[str]) -> None:
    account, state = Account(), ProposalState.submitted
    for name in steps:
        step = Step(name)
        can_be_taken = state in BEGINS_IN[step]
        assert can_be_taken is account.take(name)
        state = LEADS_TO[step] if can_be_taken else state
        assert state.value == account.state


HISTORIES = (
    ("return", "approve", "change", "return", "withdraw", "change"),
    ("change", "change", "approve", "withdraw", "return", "change", "approve"),
    ("withdraw", "return", "approve", "change"),
    ("return", "return", "change", "approve", "approve"),
)


async def take(people: People, proposal_id: str, step: str, area: float) -> int:
    """Take a step over HTTP; return the status of the answer."""
    path = f"{PATH}/{proposal_id}"
    match step:
        case "change":
            answer = await people.send(people.contributor, "put", f"{path}/body", stated(area))
        case "return":
            answer = await people.send(people.editor, "post", f"{path}/return", {"reason": "Sai"})
        case "approve":
            address = f"{path}/approval"
            answer = await people.send(people.editor, "post", address, {}, if_match="*")
        case _:
            answer = await people.send(people.contributor, "post", f"{path}/withdrawal", {})
    return answer.status_code


@pytest.mark.parametrize("steps", HISTORIES, ids="-".join)
async def test_histories_over_http(kind: str, templates: Templates, steps: tuple[str, ...]) -> None:
    """At every step the state is that of the account, and only an approval makes a revision."""
    async for people in serve(templates, kind):
        before = await latest_revision(people.client)
        proposed = area = 12.0
        proposal_id = (await people.propose(area))["id"]
        account = Account()
        for step in steps:
            area += 1
            can_be_taken = account.take(step)
            status = await take(people, proposal_id, step, area)
            assert status == ((201 if step == "approve" else 200) if can_be_taken else 409)
            proposed = area if step == "change" and can_be_taken else proposed
            shown = await get(people.client, f"{PATH}/{proposal_id}")
            assert shown["state"] == account.state
            assert (shown["effect"] is None) is (account.state in {"approved", "withdrawn"})
            is_approved = account.state == "approved"
            assert await latest_revision(people.client) == before + is_approved
            assert (await get(people.client, SITE))["area_ha"] == (proposed if is_approved else 10)
