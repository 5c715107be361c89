"""What can be written of a project, and what is refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.http import pointers, refused, said
from tests.support.registers import get, post
from tests.support.subjects import PROJECTS, SITES

STATEMENTS = f"{PROJECTS.at('refusing')}/statements"


@pytest.mark.parametrize(
    ("values", "more", "pointer"),
    [
        ({"design_capacity": 0}, {}, "#/values/design_capacity"),
        ({"design_capacity": -1}, {}, "#/values/design_capacity"),
        ({"design_capacity": 0.00001}, {}, "#/values/design_capacity"),
        ({"design_capacity": 10**11 + 1}, {}, "#/values/design_capacity"),
        ({"design_capacity": "5"}, {}, "#/values/design_capacity"),
        ({"design_capacity": True}, {}, "#/values/design_capacity"),
        ({"design_capacity": [5]}, {}, "#/values/design_capacity"),
        ({"design_capacity_unit": ""}, {}, "#/values/design_capacity_unit"),
        ({"design_capacity_unit": "a\nb"}, {}, "#/values/design_capacity_unit"),
        ({"design_capacity_unit": 5}, {}, "#/values/design_capacity_unit"),
        ({"design_capacity_period": "week"}, {}, "#/values/design_capacity_period"),
        ({"design_capacity_period": ""}, {}, "#/values/design_capacity_period"),
        ({"registered_capital_vnd": 1.5}, {}, "#/values/registered_capital_vnd"),
        ({"registered_capital_vnd": -1}, {}, "#/values/registered_capital_vnd"),
        ({"registered_capital_vnd": 10**15 + 1}, {}, "#/values/registered_capital_vnd"),
        ({"registered_capital_vnd": "90"}, {}, "#/values/registered_capital_vnd"),
        ({"registered_capital_vnd": True}, {}, "#/values/registered_capital_vnd"),
        ({"licence_status": "established"}, {}, "#/values/licence_status"),
        ({"operation_status": "suspended"}, {}, "#/values/operation_status"),
        ({"product": ""}, {}, "#/values/product"),
        ({"product": "A" * 501}, {}, "#/values/product"),
        ({"expected_operation": "soon"}, {}, "#/values/expected_operation"),
        ({"name": None}, {}, "#/values/name"),
        ({"province_code": None}, {}, "#/values/province_code"),
        ({"site": "ccn-nowhere"}, {}, "#/values/site"),
        ({"site": "Ccn An"}, {}, "#/values/site"),
        # A project is no site.
        ({"site": "du-an-refusing"}, {}, "#/values/site"),
        ({"investor": "nobody"}, {}, "#/values/investor"),
        ({"area_ha": 5}, {}, "#/values/area_ha"),
        ({"stage": "planned"}, {}, "#/values/stage"),
        ({"managing_body": "board"}, {}, "#/values/managing_body"),
        ({"province_code": "99"}, {}, "#/values/province_code"),
        ({"province_code": "19", "commune_code": "02131"}, {}, "#/values/province_code"),
        ({"commune_code": "02131"}, {"effective_from": "2025-07-01"}, "#/values/commune_code"),
        ({"licence_status": "licensed"}, {"basis": "plan"}, "#/basis"),
        ({"operation_status": "operating"}, {"basis": "target"}, "#/basis"),
        ({"product": "Thép"}, {"source_id": "nothing"}, "#/source_id"),
        ({"product": "Thép"}, {"cites": ["plan", "nothing"]}, "#/cites/1"),
        ({"product": "Thép"}, {"cites": ["No Slug"]}, "#/cites/0"),
        ({"product": "Thép"}, {"kind": "cluster"}, "#/kind"),
        ({}, {}, "#"),
    ],
    ids=repr,
)
async def test_statements_that_do_not_fit(
    shared: httpx.AsyncClient, values: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    await PROJECTS.register_once(shared, "refusing", commune_code="02131")
    body = said("2024") | {"values": values} | more
    problem = await refused(shared, "POST", STATEMENTS, 422, json=body)
    assert pointers(problem) == [pointer]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "cluster"}, "#/kind"),
        ({"id": "Du-an"}, "#/id"),
        ({"id": "a--b"}, "#/id"),
        ({"id": "a" * 101}, "#/id"),
        ({"values": {"province_code": "06"}}, "#/values/name"),
        ({"values": {"name": "A"}}, "#/values/province_code"),
        ({"values": {"name": "A", "site": "ccn-refusing"}}, "#/values/province_code"),
        ({"values": {"name": "工业", "province_code": "06"}}, "#/id"),
        (
            {"values": {"name": "A", "province_code": "06", "site": "ccn-nowhere"}},
            "#/values/site",
        ),
        (
            {"values": {"name": "A", "province_code": "06"}, "effective_from": "2026"},
            "#/values/province_code",
        ),
    ],
    ids=repr,
)
async def test_registrations_that_do_not_fit(
    shared: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    await SITES.register_once(shared, "refusing")
    whole = said("2021", values={"name": "A", "province_code": "06"}) | body
    problem = await refused(shared, "POST", "/v1/projects", 422, json=whole)
    assert pointers(problem) == [pointer]


# Quantities


@pytest.mark.parametrize(
    "capacity",
    [
        {"design_capacity": 3_000_000, "design_capacity_unit": "đôi"},
        {"design_capacity": 0.0001, "design_capacity_unit": "m3", "design_capacity_period": "day"},
        # As many digits as a JSON number tells apart.
        {"design_capacity": 99_999_999_999.9986},
        {"design_capacity": 10**11, "design_capacity_unit": "đơn vị chưa ai biết"},
        {"design_capacity_unit": "t", "design_capacity_period": "month"},
    ],
    ids=repr,
)
async def test_a_capacity_in_any_unit_over_any_period_or_none(
    shared: httpx.AsyncClient, capacity: dict[str, Any]
) -> None:
    name = uuid4().hex
    await PROJECTS.register(shared, name, "2020", **capacity)
    found = await PROJECTS.read(shared, name)
    wanted = ("design_capacity", "design_capacity_unit", "design_capacity_period")
    assert {key: found[key] for key in wanted} == dict.fromkeys(wanted) | capacity


@pytest.mark.parametrize("capital", [0, 1, 90_000_000_000, 10**15])
async def test_capital_in_whole_vnd(shared: httpx.AsyncClient, capital: int) -> None:
    await PROJECTS.register(shared, f"capital-{capital}", "2020", registered_capital_vnd=capital)
    response = await shared.get(PROJECTS.at(f"capital-{capital}"))
    assert f'"registered_capital_vnd":{capital},' in response.text


async def test_what_is_foreseen_may_be_stated_as_a_plan(shared: httpx.AsyncClient) -> None:
    await PROJECTS.register(shared, "foreseen")
    await SITES.register_once(shared, "refusing")
    values = {
        "site": "ccn-refusing",
        "investor": "builder",
        "product": "Giày dép",
        "design_capacity": 3_000_000,
        "design_capacity_unit": "pairs",
        "design_capacity_period": "year",
        "registered_capital_vnd": 90_000_000_000,
        "expected_operation": "2027-01",
    }
    body = said("2024", basis="plan", values=values)
    statement = await post(shared, f"{PROJECTS.at('foreseen')}/statements", body)
    assert (statement["basis"], statement["values"]) == ("plan", values)
    project = await PROJECTS.read(shared, "foreseen", as_of="2024-01-01")
    assert {name: project[name] for name in values} == values


# Courses


@pytest.mark.parametrize(
    ("first", "then", "at_fault"),
    [
        ({"licence_status": "licensed"}, {"licence_status": "policy_approved"}, "licence_status"),
        ({"licence_status": "revoked"}, {"licence_status": "licensed"}, "licence_status"),
        ({"operation_status": "closed"}, {"operation_status": "operating"}, "operation_status"),
        ({"operation_status": "trial"}, {"operation_status": "preparing"}, "operation_status"),
        ({"licence_status": "revoked"}, {"operation_status": "trial"}, "operation_status"),
    ],
    ids=repr,
)
async def test_irregular_changes_of_a_project(
    shared: httpx.AsyncClient, first: dict[str, Any], then: dict[str, Any], at_fault: str
) -> None:
    name = uuid4().hex
    await PROJECTS.register(shared, name, "2020", **first)
    path = f"{PROJECTS.at(name)}/statements"
    problem = await refused(shared, "POST", path, 409, json=said("2022", values=then))
    assert problem["type"] == "/problems/irregular-change"
    assert pointers(problem) == [f"#/values/{at_fault}"]
    await post(shared, path, said("2022", values=then, override_reason="Đã kiểm tra"))


async def test_a_revoked_project_cannot_be_registered_as_running_without_a_reason(
    shared: httpx.AsyncClient,
) -> None:
    values = {"licence_status": "revoked", "operation_status": "operating"}
    body = PROJECTS.registration("revoked", values=values)
    problem = await refused(shared, "POST", "/v1/projects", 409, json=body)
    assert pointers(problem) == ["#/values/operation_status"]
    await post(shared, "/v1/projects", body | {"override_reason": "Vẫn chạy sau thu hồi"})


@pytest.mark.parametrize(
    ("track", "course"),
    [
        ("licence_status", ["policy_approved", "licensed", "revoked"]),
        ("operation_status", ["preparing", "under_construction", "trial", "operating", "closed"]),
        ("operation_status", ["under_construction", "idle", "trial", "idle", "operating"]),
    ],
)
async def test_the_usual_course_needs_no_reason(
    shared: httpx.AsyncClient, track: str, course: list[str]
) -> None:
    name = uuid4().hex
    await PROJECTS.register(shared, name, "2010", **{track: course[0]})
    for year, status in enumerate(course[1:], start=2011):
        await PROJECTS.state(shared, name, str(year), **{track: status})
    timeline = await get(shared, f"{PROJECTS.at(name)}/timeline")
    assert [v[track] for v in timeline["items"] if v["valid_from"] < "2020"] == course


async def test_a_late_revocation_is_judged_by_what_came_after(shared: httpx.AsyncClient) -> None:
    await PROJECTS.register(shared, "late-revoked", "2020", operation_status="under_construction")
    await PROJECTS.state(shared, "late-revoked", "2024", operation_status="operating")
    path = f"{PROJECTS.at('late-revoked')}/statements"
    body = said("2022", values={"licence_status": "revoked"})
    problem = await refused(shared, "POST", path, 409, json=body)
    assert problem["type"] == "/problems/irregular-change"
    assert "2024-01-01" in problem["detail"]
    # What it makes irregular is known already, so the member is named that it does not fit.
    assert pointers(problem) == ["#/values/licence_status"]
    await post(shared, path, said("2024-02", values={"licence_status": "revoked"}))


# The sites that projects are in


async def test_a_project_may_name_a_site_that_is_registered_only(
    shared: httpx.AsyncClient,
) -> None:
    body = PROJECTS.registration("in-a-site", values={"site": "ccn-later"})
    problem = await refused(shared, "POST", "/v1/projects", 422, json=body)
    assert pointers(problem) == ["#/values/site"]
    assert "'ccn-later'" in problem["detail"]
    await SITES.register(shared, "later")
    await post(shared, "/v1/projects", body)
    assert (await PROJECTS.read(shared, "in-a-site"))["site"] == "ccn-later"
