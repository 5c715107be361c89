"""Which changes of a project are the usual course, and which ask for a reason."""

from itertools import permutations

import pytest

from app.core.vocabulary import LicenceStatus, ProjectOperationStatus
from app.subjects.state_machine import PROJECT_STATES, violations
from tests.support.timelines import FIRST, SECOND, THIRD, Judged, judged_by, yearly

ORDERLY = {
    "licence_status": {
        "policy_approved": {"licensed", "revoked"},
        "licensed": {"revoked"},
        "revoked": set(),
    },
    "operation_status": {
        "preparing": {"under_construction", "trial", "operating", "closed"},
        "under_construction": {"trial", "operating", "idle", "closed"},
        "trial": {"operating", "idle", "closed"},
        "operating": {"idle", "closed"},
        # A plant that stands still may run again, after a trial or without one.
        "idle": {"trial", "operating", "closed"},
        "closed": set(),
    },
}
REVOKED = {"licence_status": "revoked"}
RUNNING = ("trial", "operating")


def judged(*states: dict[str, str]) -> list[Judged]:
    return judged_by(PROJECT_STATES, *states)


def test_every_status_has_its_course() -> None:
    assert set(ORDERLY["licence_status"]) == set(LicenceStatus)
    assert set(ORDERLY["operation_status"]) == set(ProjectOperationStatus)
    assert set(PROJECT_STATES.orderly) == set(ORDERLY)


@pytest.mark.parametrize(
    ("track", "old", "new"),
    [(track, *pair) for track, course in ORDERLY.items() for pair in permutations(course, 2)],
)
def test_a_change_is_orderly_or_irregular_but_never_impossible(
    track: str, old: str, new: str
) -> None:
    expected = [] if new in ORDERLY[track][old] else [(track, SECOND, True)]
    assert judged({track: old}, {track: new}) == expected


@pytest.mark.parametrize(("track", "course"), ORDERLY.items())
def test_a_project_may_begin_with_any_status_and_keep_it(
    track: str, course: dict[str, set[str]]
) -> None:
    for status in course:
        assert judged({track: status}) == []
        assert judged({track: status}, {track: status, "product": "Giày dép"}) == []


def test_a_status_that_was_unknown_for_a_while_is_judged_by_the_last_one_known() -> None:
    closed, idle = {"operation_status": "closed"}, {"operation_status": "idle"}
    assert judged(closed, {}, idle) == [("operation_status", THIRD, True)]
    assert judged({}, idle) == []


def test_an_irregular_change_says_from_what_to_what() -> None:
    timeline = yearly({"licence_status": "revoked"}, {"licence_status": "licensed"})
    (found,) = violations(timeline, PROJECT_STATES)
    assert str(found.reason) == (
        "licence_status goes from revoked to licensed, which is not the usual course."
    )


# Running without a licence


@pytest.mark.parametrize("status", RUNNING)
def test_starting_to_run_after_the_licence_was_revoked_is_irregular(status: str) -> None:
    start = {**REVOKED, "operation_status": status}
    found = [("operation_status", FIRST, True)]
    assert judged(start) == found
    for before in ("preparing", "under_construction", "idle"):
        assert judged({**REVOKED, "operation_status": before}, start) == [
            ("operation_status", SECOND, True)
        ]
    (violation,) = violations(yearly(start), PROJECT_STATES)
    assert (
        str(violation.reason) == f"the licence is revoked, yet operation_status becomes {status}."
    )


@pytest.mark.parametrize("status", RUNNING)
@pytest.mark.parametrize("licence", [None, "policy_approved", "licensed"])
def test_starting_to_run_is_orderly_with_a_licence_or_where_none_is_known(
    licence: str | None, status: str
) -> None:
    known = {} if licence is None else {"licence_status": licence}
    assert judged(known, {**known, "operation_status": status}) == []


def test_what_runs_may_run_on_for_a_while_after_its_licence_was_revoked() -> None:
    licensed = {"licence_status": "licensed", "operation_status": "trial"}
    assert judged(licensed, {**REVOKED, "operation_status": "operating"}) == []
    assert judged(licensed, {**licensed, **REVOKED}, {"operation_status": "closed"}) == []


@pytest.mark.parametrize("status", ["preparing", "under_construction", "idle", "closed"])
def test_what_does_not_run_needs_no_licence(status: str) -> None:
    assert judged({**REVOKED, "operation_status": status}) == []


def test_nothing_of_a_project_is_impossible() -> None:
    assert PROJECT_STATES.states == ()
