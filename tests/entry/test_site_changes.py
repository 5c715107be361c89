"""Which states and changes of a site are refused, and which pass with a reason."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.http import MISTAKE, pointers, refused, register, said, state
from tests.support.registers import get, post

Values = dict[str, Any]


@pytest.fixture
def site_id() -> str:
    """Return an id for a site of this test alone."""
    return f"ccn-{uuid4().hex}"


async def restate(
    client: httpx.AsyncClient, site_id: str, values: Values, expected: str, **more: Any
) -> Any:
    """State something from 2022 on that must be refused."""
    body = said("2022", values=values, **more)
    problem = await refused(client, "POST", f"/v1/sites/{site_id}/statements", 409, json=body)
    assert problem["type"] == f"/problems/{expected}"
    return problem


IMPOSSIBLE = [
    ({"to_clear_ha": 10}, {"cleared_ha": 10.0001}, "cleared_ha"),
    ({}, {"to_clear_ha": 0, "cleared_ha": 0.0001}, "cleared_ha"),
    ({"industrial_land_ha": 8}, {"leased_ha": 8.0001}, "leased_ha"),
    ({"area_ha": 8}, {"leased_ha": 8.0001}, "leased_ha"),
    ({"legal_status": "abolished"}, {"operation_status": "operating"}, "operation_status"),
    ({"legal_status": "abolished"}, {"operation_status": "trial"}, "operation_status"),
    ({}, {"legal_status": "abolished", "operation_status": "trial"}, "operation_status"),
]


@pytest.mark.parametrize(("first", "then", "at_fault"), IMPOSSIBLE, ids=repr)
async def test_what_contradicts_itself_is_refused_whatever_the_reason(
    shared: httpx.AsyncClient, site_id: str, first: Values, then: Values, at_fault: str
) -> None:
    await register(shared, site_id, "2020")
    for more in ({}, {"override_reason": "Đã kiểm tra"}):
        problem = await restate(shared, site_id, first | then, "impossible-state", **more)
        assert pointers(problem) == [f"#/values/{at_fault}"]
        assert "2022-01-01" in problem["detail"]


@pytest.mark.parametrize(("first", "then", "at_fault"), IMPOSSIBLE, ids=repr)
async def test_what_contradicts_itself_cannot_be_registered(
    shared: httpx.AsyncClient, first: Values, then: Values, at_fault: str
) -> None:
    values = {"name": "Không thể", "province_code": "06"} | first | then
    body = said("2020", id="ccn-impossible", kind="cluster", values=values)
    problem = await refused(shared, "POST", "/v1/sites", 409, json=body)
    assert problem["type"] == "/problems/impossible-state"
    assert pointers(problem) == [f"#/values/{at_fault}"]


TOGETHER = [pair for *pair, _ in IMPOSSIBLE if pair[0]]
"""What two sources say that cannot both be right."""


@pytest.mark.parametrize(("first", "then"), TOGETHER, ids=repr)
@pytest.mark.parametrize("is_swapped", [False, True], ids=["as they come", "swapped"])
async def test_what_contradicts_others_needs_a_reason_in_any_order(
    shared: httpx.AsyncClient, site_id: str, first: Values, then: Values, is_swapped: bool
) -> None:
    await register(shared, site_id, "2020")
    one, other = (then, first) if is_swapped else (first, then)
    path = f"/v1/sites/{site_id}/statements"
    await post(shared, path, said("2022", "article", values=one))
    body = said("2022", "report", values=other)
    problem = await refused(shared, "POST", path, 409, json=body)
    assert problem["type"] == "/problems/irregular-change"
    assert "2022-01-01" in problem["detail"]
    kept = await post(shared, path, {**body, "override_reason": "Nguồn nói khác nhau"})
    assert kept["override_reason"] == "Nguồn nói khác nhau"
    now = await get(shared, f"/v1/sites/{site_id}", as_of="2022-06-30")
    assert {name: now[name] for name in first | then} == first | then
    assert (now["clearance_pct"], now["occupancy_pct"]) == (None, None)


async def test_a_late_statement_is_judged_by_what_came_after(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    await register(shared, site_id, "2020", operation_status="not_operating")
    await state(shared, site_id, "2024", operation_status="operating", cleared_ha=5)
    problem = await restate(shared, site_id, {"legal_status": "abolished"}, "irregular-change")
    assert "2024-01-01" in problem["detail"]
    await restate(shared, site_id, {"to_clear_ha": 4}, "irregular-change")
    # Before 2024 nothing was cleared, so less could be stated for then alone.
    await state(shared, site_id, "2024", to_clear_ha=5)
    await state(shared, site_id, "2022", to_clear_ha=4)


async def test_what_can_be_leased_in_a_zone_depends_on_the_day(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    # Industrial land until 2022-07-15, industrial and service land since.
    await register(
        shared,
        site_id,
        "2020",
        "zone",
        name=f"KCN {site_id}",
        industrial_land_ha=8,
        service_land_ha=2,
        area_ha=20,
    )
    path = f"/v1/sites/{site_id}/statements"
    before = said("2022-07-14", values={"leased_ha": 9})
    problem = await refused(shared, "POST", path, 409, json=before)
    assert problem["type"] == "/problems/irregular-change"
    await post(shared, path, said("2022-07-15", values={"leased_ha": 9}))
    too_much = said("2023", values={"leased_ha": 10.0001})
    await refused(shared, "POST", path, 409, json=too_much)


IRREGULAR = {
    "planning_status": [("planned", "proposed"), ("removed", "planned")],
    "legal_status": [
        ("established", "not_established"),
        ("expanded", "established"),
        ("abolished", "established"),
        ("not_established", "expanded"),
    ],
    "clearance_status": [("completed", "in_progress"), ("in_progress", "not_started")],
    "construction_status": [("completed", "in_progress"), ("in_progress", "preparing")],
    "operation_status": [
        ("operating", "trial"),
        ("operating", "not_operating"),
        ("closed", "operating"),
        ("not_operating", "suspended"),
    ],
}


@pytest.mark.parametrize(
    ("track", "old", "new"),
    [(track, *pair) for track, pairs in IRREGULAR.items() for pair in pairs],
)
async def test_irregular_changes_need_a_reason_which_is_kept(
    shared: httpx.AsyncClient, site_id: str, track: str, old: str, new: str
) -> None:
    await register(shared, site_id, "2020", **{track: old})
    problem = await restate(shared, site_id, {track: new}, "irregular-change")
    assert pointers(problem) == [f"#/values/{track}"]
    assert old in problem["detail"]
    assert new in problem["detail"]

    reason = "Theo quyết định mới"
    body = said("2022", values={track: new}, override_reason=reason)
    statement = await post(shared, f"/v1/sites/{site_id}/statements", body)
    assert statement["override_reason"] == reason
    site = await get(shared, f"/v1/sites/{site_id}", as_of="2022-01-01")
    assert site[track] == new
    history = await get(shared, f"/v1/sites/{site_id}/statements")
    assert history["items"][0]["override_reason"] == reason


async def test_operating_before_the_decision_needs_a_reason(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    await register(shared, site_id, "2020", legal_status="not_established")
    values = {"operation_status": "operating"}
    problem = await restate(shared, site_id, values, "irregular-change")
    assert pointers(problem) == ["#/values/operation_status"]
    body = said("2022", values=values, override_reason="Hoạt động trước quyết định")
    await post(shared, f"/v1/sites/{site_id}/statements", body)


@pytest.mark.parametrize(
    ("track", "course"),
    [
        ("planning_status", ["proposed", "planned", "removed", "proposed"]),
        ("legal_status", ["not_established", "established", "expanded", "abolished"]),
        ("clearance_status", ["in_progress", "suspended", "in_progress", "completed"]),
        ("construction_status", ["not_started", "preparing", "in_progress", "completed"]),
        ("operation_status", ["not_operating", "trial", "operating", "suspended", "operating"]),
        ("operation_status", ["not_operating", "operating", "closed"]),
    ],
)
async def test_the_usual_course_needs_no_reason(
    shared: httpx.AsyncClient, site_id: str, track: str, course: list[str]
) -> None:
    await register(shared, site_id, "2010", **{track: course[0]})
    for year, status in enumerate(course[1:], start=2011):
        await state(shared, site_id, str(year), **{track: status})
    timeline = await get(shared, f"/v1/sites/{site_id}/timeline")
    assert [v[track] for v in timeline["items"] if v["valid_from"] < "2020"] == course


async def test_a_new_phase_starts_clearance_anew(shared: httpx.AsyncClient, site_id: str) -> None:
    await register(shared, site_id, "2020", clearance_status="completed", clearance_phase=1)
    anew = {"clearance_status": "in_progress"}
    await restate(shared, site_id, anew, "irregular-change")
    await state(shared, site_id, "2022", **anew, clearance_phase=2)


async def test_an_expansion_starts_construction_anew(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    built = {"construction_status": "completed", "legal_status": "established"}
    await register(shared, site_id, "2020", **built)
    anew = {"construction_status": "in_progress"}
    await restate(shared, site_id, anew, "irregular-change")
    await state(shared, site_id, "2022", **anew, legal_status="expanded")


async def test_every_irregular_change_needs_a_reason_of_its_own(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    path = f"/v1/sites/{site_id}/statements"
    reopened = {"construction_status": "in_progress"}
    await register(shared, site_id, "2015", construction_status="completed")
    await post(shared, path, said("2017", values=reopened, override_reason="Làm lại đường"))
    await state(shared, site_id, "2019", construction_status="completed")
    # The same change once more, five years later.
    await restate(shared, site_id, reopened, "irregular-change")


async def test_what_was_irregular_before_is_not_the_fault_of_a_later_statement(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    await register(shared, site_id, "2015", operation_status="closed")
    values = {"operation_status": "operating"}
    body = said("2017", values=values, override_reason="Mở lại")
    await post(shared, f"/v1/sites/{site_id}/statements", body)
    await state(shared, site_id, "2018", area_ha=10)
    await state(shared, site_id, "2016", address="Thôn 2")


async def test_a_contradiction_that_a_retraction_leaves_has_no_rate(
    shared: httpx.AsyncClient, site_id: str
) -> None:
    """What was leased is then a million times what can be leased: no percentage of anything."""
    await register(shared, site_id, "2020", industrial_land_ha=0.0001, to_clear_ha=0.0001)
    right = await state(shared, site_id, "2021", industrial_land_ha=120, to_clear_ha=120)
    await state(shared, site_id, "2022", leased_ha=100, cleared_ha=100)
    await post(shared, f"/v1/statements/{right['id']}/retraction", MISTAKE)
    site = await get(shared, f"/v1/sites/{site_id}", as_of="2023-01-01")
    assert (site["leased_ha"], site["leasable_ha"], site["occupancy_pct"]) == (100, 0.0001, None)
    assert (site["cleared_ha"], site["to_clear_ha"], site["clearance_pct"]) == (100, 0.0001, None)
