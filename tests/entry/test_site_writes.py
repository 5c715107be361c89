"""What is refused of sites."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.http import (
    pointers,
    refused,
    register,
    register_once,
    said,
)
from tests.support.registers import get, post

# Statements that are refused


@pytest.mark.parametrize(
    ("values", "more", "pointer"),
    [
        ({"area_ha": 0}, {}, "#/values/area_ha"),
        ({"area_ha": -1.5}, {}, "#/values/area_ha"),
        ({"planned_area_ha": 0}, {}, "#/values/planned_area_ha"),
        ({"industrial_land_ha": 0}, {}, "#/values/industrial_land_ha"),
        ({"leased_ha": -0.0001}, {}, "#/values/leased_ha"),
        ({"area_ha": 0.00001}, {}, "#/values/area_ha"),
        ({"area_ha": 1_000_000_001}, {}, "#/values/area_ha"),
        ({"stated_occupancy_pct": 100.01}, {}, "#/values/stated_occupancy_pct"),
        ({"affected_households": -1}, {}, "#/values/affected_households"),
        ({"affected_households": 1.5}, {}, "#/values/affected_households"),
        ({"clearance_phase": 0}, {}, "#/values/clearance_phase"),
        ({"name": None}, {}, "#/values/name"),
        ({"province_code": None}, {}, "#/values/province_code"),
        ({"name": ""}, {}, "#/values/name"),
        ({"aliases": ["A", ""]}, {}, "#/values/aliases/1"),
        ({"legal_status": "Established"}, {}, "#/values/legal_status"),
        ({"expected_operation": "soon"}, {}, "#/values/expected_operation"),
        ({"stage": "planned"}, {}, "#/values/stage"),
        ({"occupancy_pct": 50}, {}, "#/values/occupancy_pct"),
        ({"area_ha": 5}, {"source_id": "nothing"}, "#/source_id"),
        ({"area_ha": 5}, {"effective_from": "2024-02-30"}, "#/effective_from"),
        ({"area_ha": 5}, {"basis": "plan"}, "#/basis"),
        ({"legal_status": "established"}, {"basis": "target"}, "#/basis"),
        ({"operation_status": "operating"}, {"basis": "plan"}, "#/basis"),
        ({"leased_ha": 1}, {"basis": "target"}, "#/basis"),
        ({"investor": "nobody"}, {}, "#/values/investor"),
        ({"managing_body": "nobody"}, {}, "#/values/managing_body"),
        ({"province_code": "99"}, {}, "#/values/province_code"),
        ({"district_code": "999"}, {}, "#/values/district_code"),
        ({"commune_code": "99999"}, {}, "#/values/commune_code"),
        # Quảng Chu lay in Chợ Mới district (065) of Bắc Kạn (06).
        ({"province_code": "19", "commune_code": "02131"}, {}, "#/values/province_code"),
        ({"district_code": "061", "commune_code": "02131"}, {}, "#/values/district_code"),
        # Cồn Cỏ has been a commune-level unit since 2025-07-01; the districts ended that day.
        ({"commune_code": "19742"}, {"effective_from": "2025-06-30"}, "#/values/commune_code"),
        ({"commune_code": "02131"}, {"effective_from": "2025-07-01"}, "#/values/commune_code"),
        ({"district_code": "065"}, {"effective_from": "2025-07-01"}, "#/values/district_code"),
        ({}, {}, "#"),
        ({}, {"note": " "}, "#/note"),
    ],
    ids=repr,
)
async def test_statements_that_do_not_fit(
    shared: httpx.AsyncClient, values: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    await register_once(shared, "ccn-refusing", commune_code="02131")
    body = said("2024") | {"values": values} | more
    problem = await refused(shared, "POST", "/v1/sites/ccn-refusing/statements", 422, json=body)
    assert pointers(problem) == [pointer]


@pytest.mark.parametrize(
    "code", ["commune_code", "district_code", "province_code"], ids=lambda code: code[:-5]
)
async def test_a_unit_of_another_time_is_refused_with_what_became_of_it(
    shared: httpx.AsyncClient, code: str
) -> None:
    await register_once(shared, "ccn-refusing", commune_code="02131")
    old = {"commune_code": "02131", "district_code": "065", "province_code": "06"}[code]
    successors = {"commune_code": ["02086"], "district_code": [], "province_code": ["19"]}[code]
    problem = await refused(
        shared,
        "POST",
        "/v1/sites/ccn-refusing/statements",
        422,
        json=said("2026", values={code: old}),
    )
    assert [unit["code"] for unit in problem["successors"]] == successors


async def test_what_is_foreseen_may_be_stated_as_a_plan(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-foreseen")
    values = {"planned_area_ha": 50, "expected_operation": "2027", "to_clear_ha": 45}
    body = said("2024", basis="plan", values=values)
    assert (await post(shared, "/v1/sites/ccn-foreseen/statements", body))["basis"] == "plan"


@pytest.mark.parametrize(
    ("moved", "place"),
    [
        ({"province_code": "19"}, ("19", None, None)),
        ({"province_code": "19", "district_code": None}, ("19", None, None)),
        # Bạch Thông district and Cẩm Giàng commune in it.
        ({"district_code": "063"}, ("06", "063", None)),
        ({"commune_code": "02008"}, ("06", "063", "02008")),
        ({"province_code": "06"}, ("06", "065", "02131")),
    ],
    ids=repr,
)
async def test_a_later_place_moves_a_site(
    shared: httpx.AsyncClient, moved: dict[str, Any], place: tuple[str | None, ...]
) -> None:
    site_id = f"ccn-moved-{uuid4().hex}"
    await register(shared, site_id, commune_code="02131")
    path = f"/v1/sites/{site_id}/statements"
    if place[0] != "06":
        # A site does not get into another province without a word.
        await refused(shared, "POST", path, 409, json=said("2024", values=moved))
    await post(shared, path, said("2024", values=moved, override_reason="Nhầm tỉnh"))
    codes = ("province_code", "district_code", "commune_code")
    site = await get(shared, f"/v1/sites/{site_id}", as_of="2024-01-01")
    assert tuple(site[code] for code in codes) == place
    before = await get(shared, f"/v1/sites/{site_id}", as_of="2023-12-31")
    assert tuple(before[code] for code in codes) == ("06", "065", "02131")


@pytest.mark.parametrize("is_swapped", [False, True], ids=["as they come", "swapped"])
async def test_places_of_one_day_that_do_not_fit_need_a_reason_in_any_order(
    shared: httpx.AsyncClient, is_swapped: bool
) -> None:
    key = f"ccn-denied-{is_swapped}".lower()
    await register(shared, key)
    path = f"/v1/sites/{key}/statements"
    decision = said("2024", "decision", values={"commune_code": "02131"})
    article = said("2024", "article", values={"province_code": "19"})
    first, second = (article, decision) if is_swapped else (decision, article)
    reason = {"override_reason": "Báo viết nhầm"}
    # The article alone contradicts the registration, which places the site in Bắc Kạn.
    await post(shared, path, first | reason)
    problem = await refused(shared, "POST", path, 409, json=second)
    assert problem["type"] == "/problems/irregular-change"
    (name,) = second["values"]
    assert pointers(problem) == [f"#/values/{name}"]
    await post(shared, path, second | reason)
    now = await get(shared, f"/v1/sites/{key}", as_of="2024-06-30")
    assert (now["province_code"], now["commune_code"]) == ("06", "02131")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "park"}, "#/kind"),
        ({"kind": None}, "#/kind"),
        ({"id": "Ccn-a"}, "#/id"),
        ({"id": "a--b"}, "#/id"),
        ({"id": ""}, "#/id"),
        ({"id": "a" * 101}, "#/id"),
        ({"values": {"province_code": "06"}}, "#/values/name"),
        ({"values": {"name": "A"}}, "#/values/province_code"),
        ({"values": {"name": "工业", "province_code": "06"}}, "#/id"),
        ({"values": {"name": "A", "province_code": "19", "commune_code": "02131"}},
         "#/values/province_code"),
        ({"values": {"name": "A", "province_code": "06"}, "effective_from": "2026"},
         "#/values/province_code"),
    ],
    ids=repr,
)  # fmt: skip
async def test_registrations_that_do_not_fit(
    shared: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    whole = said("2021", kind="cluster", values={"name": "A", "province_code": "06"}) | body
    problem = await refused(shared, "POST", "/v1/sites", 422, json=whole)
    assert pointers(problem) == [pointer]
