"""How far a proposal is, and what can be done with it then."""

from collections.abc import Mapping
from enum import StrEnum


class ProposalState(StrEnum):
    """How far a proposal is."""

    submitted = "submitted"
    returned = "returned"
    approved = "approved"
    withdrawn = "withdrawn"


class Step(StrEnum):
    """What is done with a proposal: the first and the last by its author, the others by editors."""

    change = "change"
    give_back = "return"
    approve = "approve"
    withdraw = "withdraw"


LEADS_TO: Mapping[Step, ProposalState] = {
    Step.change: ProposalState.submitted,
    Step.give_back: ProposalState.returned,
    Step.approve: ProposalState.approved,
    Step.withdraw: ProposalState.withdrawn,
}
UNDECIDED = frozenset({ProposalState.submitted, ProposalState.returned})
"""The states in which something can become of a proposal yet."""
BEGINS_IN: Mapping[Step, frozenset[ProposalState]] = {
    Step.change: UNDECIDED,
    Step.give_back: frozenset({ProposalState.submitted}),
    Step.approve: frozenset({ProposalState.submitted}),
    Step.withdraw: UNDECIDED,
}
