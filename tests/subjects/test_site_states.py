"""Which states and changes of a site make sense."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from app.subjects.state_machine import SITE_STATES, violations
from tests.support.timelines import FIRST, SECOND, THIRD, Judged, hectares, judged_by, yearly


def judged(*states: Mapping[str, Any]) -> list[Judged]:
    return judged_by(SITE_STATES, *states)


# Impossible states


@pytest.mark.parametrize(
    ("values", "attribute"),
    [
        (hectares(cleared_ha="10.0001", to_clear_ha="10"), "cleared_ha"),
        (hectares(cleared_ha="0.0001", to_clear_ha="0"), "cleared_ha"),
        (hectares(leased_ha="40.0001", leasable_ha="40"), "leased_ha"),
        (hectares(leased_ha="44", area_ha="43"), "leased_ha"),
    ],
)
def test_more_than_there_is_is_impossible(values: dict[str, Decimal], attribute: str) -> None:
    assert judged(values) == [(attribute, FIRST, False)]


@pytest.mark.parametrize(
    "values",
    [
        hectares(cleared_ha="10", to_clear_ha="10"),
        hectares(cleared_ha="10"),
        hectares(to_clear_ha="10"),
        hectares(leased_ha="40", leasable_ha="40.0", area_ha="40"),
        hectares(leased_ha="40"),
        hectares(leasable_ha="50", area_ha="43"),
        {},
    ],
)
def test_as_much_as_there_is_or_an_unknown_side_is_possible(values: dict[str, Decimal]) -> None:
    assert judged(values) == []


def test_an_impossible_state_says_the_numbers() -> None:
    found = violations(yearly(hectares(cleared_ha="12.50", to_clear_ha="1E+1")), SITE_STATES)
    assert str(found[0].reason).startswith("cleared_ha 12.50 is more than to_clear_ha 10")


def test_leasing_more_than_both_bounds_breaks_both() -> None:
    values = hectares(leased_ha="60", leasable_ha="40", area_ha="50")
    assert judged(values) == [("leased_ha", FIRST, False)] * 2


@pytest.mark.parametrize("status", ["operating", "trial"])
def test_an_abolished_site_cannot_start_to_operate(status: str) -> None:
    abolished = {"legal_status": "abolished"}
    start = {**abolished, "operation_status": status}
    assert judged(abolished, start) == [("operation_status", SECOND, False)]
    assert judged({**abolished, "operation_status": "suspended"}, start) == [
        ("operation_status", SECOND, False)
    ]
    assert judged(start) == [("operation_status", FIRST, False)]


def test_a_site_that_is_abolished_may_still_be_operating_for_a_while() -> None:
    running = {"legal_status": "established", "operation_status": "operating"}
    ending = {"legal_status": "abolished", "operation_status": "operating"}
    closed = {"legal_status": "abolished", "operation_status": "closed"}
    assert judged(running, ending, closed) == []


# Irregular and orderly changes


@pytest.mark.parametrize("status", ["operating", "trial"])
def test_operating_without_being_established_is_irregular(status: str) -> None:
    start = {"legal_status": "not_established", "operation_status": status}
    assert judged(start) == [("operation_status", FIRST, True)]
    assert judged({"legal_status": "not_established"}, start) == [
        ("operation_status", SECOND, True)
    ]


@pytest.mark.parametrize("legal", [None, "established", "expanded"])
def test_operating_is_orderly_when_established_or_not_known(legal: str | None) -> None:
    state = {"legal_status": legal} if legal else {}
    assert judged(state, {**state, "operation_status": "operating"}) == []


def test_going_on_operating_is_not_starting() -> None:
    trial = {"legal_status": "not_established", "operation_status": "trial"}
    assert judged(trial, {**trial, "operation_status": "operating"}) == [
        ("operation_status", FIRST, True)
    ]


# Every status of each track with those that may follow it without a reason.
ORDERLY = {
    "planning_status": {
        "proposed": "planned removed",
        "planned": "removed",
        "removed": "proposed",
    },
    "legal_status": {
        "not_established": "established",
        "established": "expanded abolished",
        "expanded": "abolished",
        "abolished": "",
    },
    "clearance_status": {
        "not_started": "in_progress completed suspended",
        "in_progress": "completed suspended",
        "suspended": "in_progress completed",
        "completed": "",
    },
    "construction_status": {
        "not_started": "preparing in_progress completed",
        "preparing": "in_progress completed",
        "in_progress": "completed",
        "completed": "",
    },
    "operation_status": {
        "not_operating": "trial operating",
        "trial": "operating suspended closed",
        "operating": "suspended closed",
        "suspended": "trial operating closed",
        "closed": "",
    },
}
CHANGES = [
    (track, old, new, new in followers[old].split())
    for track, followers in ORDERLY.items()
    for old, new in permutations(followers, 2)
]


@pytest.mark.parametrize(("track", "old", "new", "is_orderly"), CHANGES)
def test_a_change_of_status(track: str, old: str, new: str, is_orderly: bool) -> None:
    found = judged({track: old}, {track: new})
    assert found == ([] if is_orderly else [(track, SECOND, True)])


@pytest.mark.parametrize("track", ORDERLY)
def test_any_status_may_be_the_first_to_be_known_and_may_stay(track: str) -> None:
    for status in ORDERLY[track]:
        assert judged({"name": "a"}, {track: status}, {track: status, "name": "b"}) == []


def test_a_change_through_the_unknown_is_judged_by_the_last_known() -> None:
    """Clearing a status for a while is no way around giving the reason of a change."""
    found = violations(
        yearly({"planning_status": "planned"}, {}, {"planning_status": "proposed"}), SITE_STATES
    )
    assert [(v.attribute, v.possible) for v in found] == [("planning_status", True)]
    assert "planning_status goes from planned to proposed" in str(found[0].reason)


def test_an_irregular_change_says_what_changed() -> None:
    found = violations(
        yearly({"legal_status": "abolished"}, {"legal_status": "established"}), SITE_STATES
    )
    assert "legal_status goes from abolished to established" in str(found[0].reason)


def test_everything_wrong_is_found_oldest_first() -> None:
    assert judged(
        {"planning_status": "planned", **hectares(cleared_ha="3", to_clear_ha="2")},
        {"planning_status": "proposed"},
        {"planning_status": "proposed", **hectares(leased_ha="3", area_ha="2")},
    ) == [
        ("cleared_ha", FIRST, False),
        ("planning_status", SECOND, True),
        ("leased_ha", THIRD, False),
    ]


# A new phase, an expansion


def clearing(status: str, phase: int | None) -> dict[str, Any]:
    return {"clearance_status": status} | ({"clearance_phase": phase} if phase else {})


@pytest.mark.parametrize(
    ("old", "new", "is_orderly"),
    [(1, 2, True), (1, 3, True), (None, 2, True), (1, 1, False), (2, 1, False), (1, None, False),
     (None, None, False)],
)  # fmt: skip
def test_clearance_starts_anew_with_a_new_phase(
    old: int | None, new: int | None, is_orderly: bool
) -> None:
    for status in ("not_started", "in_progress"):
        found = judged(clearing("completed", old), clearing(status, new))
        assert found == ([] if is_orderly else [("clearance_status", SECOND, True)])


def building(status: str, legal: str) -> dict[str, Any]:
    return {"construction_status": status, "legal_status": legal}


@pytest.mark.parametrize("status", ["not_started", "preparing", "in_progress"])
def test_construction_starts_anew_with_an_expansion(status: str) -> None:
    done = building("completed", "established")
    assert judged(done, building(status, "expanded")) == []
    assert judged(done, building("completed", "expanded"), building(status, "expanded")) == []
    assert judged(done, building(status, "established")) == [("construction_status", SECOND, True)]


def test_a_new_phase_or_an_expansion_excuses_no_other_track() -> None:
    old = {"clearance_phase": 1, "legal_status": "established"}
    new = {"clearance_phase": 2, "legal_status": "established"}
    assert judged(
        {**old, "construction_status": "completed"}, {**new, "construction_status": "preparing"}
    ) == [("construction_status", SECOND, True)]
    assert judged(
        {"legal_status": "established", "clearance_status": "completed"},
        {"legal_status": "expanded", "clearance_status": "in_progress"},
    ) == [("clearance_status", SECOND, True)]
