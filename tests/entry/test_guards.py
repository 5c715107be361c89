"""What is possible but hardly right: it needs a reason, and the likely reading is given."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.dates import today
from app.entry.guards.catalogue import SOURCE_GUARDS, STATEMENT_GUARDS
from tests.support.http import MERGE_PATCH, pointers, refused, register, said
from tests.support.registers import get, post

_TABLE = Path(__file__).parents[2] / "docs" / "guards.md"
_OVERRIDE = " Give override_reason if it is right all the same."


def codes(problem: dict[str, Any]) -> list[str | None]:
    return [fault.get("code") for fault in problem["errors"]]


async def doubted(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    """Have something refused for a doubt, and recorded with a reason; return the problem."""
    problem = await refused(client, "POST", path, 409, json=body)
    assert problem["type"] == "/problems/irregular-change"
    dry = await refused(client, "POST", f"{path}?dry_run=true", 409, json=body)
    assert dry["errors"] == problem["errors"]
    reason = {"override_reason": "So it is in the decision"}
    answer = await post(client, path, body | reason)
    if "statement" in path or path == "/v1/sites":
        found = await get(client, f"/v1/statements/{answer['id']}")
        assert found["override_reason"] == reason["override_reason"]
    return problem


@pytest.mark.parametrize(
    ("what", "values", "code", "likely"),
    [
        # 74.4 ha are 744,000 square metres, 0.744 square kilometres, 0.0744 thousand hectares.
        ("cluster", {"area_ha": 744000}, "area_far_from_law", "Square metres? Write 74.4."),
        ("cluster", {"area_ha": 0.0744}, "area_far_from_law", "Thousand hectares? Write 74.4."),
        ("cluster", {"area_ha": 0.12}, "area_far_from_law", "Square kilometres? Write 12."),
        (
            "cluster",
            {"planned_area_ha": 744},
            "area_far_from_law",
            "decimal comma lost? Write 74.4.",
        ),
        ("zone", {"area_ha": 807000}, "area_far_from_law", "Square metres? Write 80.7."),
        ("cluster", {"leased_ha": 120000}, "area_far_from_law", "Square metres? Write 12."),
        ("cluster", {"stated_occupancy_pct": 0.595}, "occupancy_likely_a_fraction", "Write 59.5."),
        ("cluster", {"area_ha": 50, "industrial_land_ha": 51.1}, "land_beyond_area", "50 ha"),
        ("cluster", {"area_ha": 50, "cleared_ha": 60}, "land_beyond_area", "cleared_ha 60 ha"),
        (
            "cluster",
            {"area_ha": 50, "industrial_land_ha": 40, "service_land_ha": 20},
            "land_beyond_area",
            "industrial_land_ha + service_land_ha 60 ha",
        ),
        ("cluster", {"planned_area_ha": 50, "leased_ha": 60}, "land_beyond_area", "leased_ha 60"),
    ],
    ids=repr,
)
async def test_figures_that_are_hardly_right(
    sourced_client: httpx.AsyncClient, what: str, values: dict[str, Any], code: str, likely: str
) -> None:
    await register(sourced_client, "a", kind=what)
    body = said("2024", values=values)
    problem = await doubted(sourced_client, "/v1/sites/a/statements", body)
    assert codes(problem) == [code]
    assert likely in problem["errors"][0]["detail"]
    assert problem["errors"][0]["detail"].endswith(_OVERRIDE)
    assert pointers(problem)[0].removeprefix("#/values/") in values


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("cluster", {"area_ha": 75}),
        ("cluster", {"area_ha": 5, "stated_occupancy_pct": 0}),
        ("zone", {"area_ha": 3000, "stated_occupancy_pct": 1}),
        # 50 ha are up to 50.5, and 51 ha at least 50.5: only rounding is between them.
        ("cluster", {"area_ha": 50.4, "industrial_land_ha": 50}),
        ("cluster", {"area_ha": 50, "planned_area_ha": 75, "industrial_land_ha": 60}),
        ("cluster", {"area_ha": 50, "to_clear_ha": 55}),
        ("cluster", {"industrial_land_ha": 60}),
    ],
    ids=repr,
)
async def test_figures_that_may_be_right(
    sourced_client: httpx.AsyncClient, what: str, values: dict[str, Any]
) -> None:
    await register(sourced_client, "a", kind=what)
    await post(sourced_client, "/v1/sites/a/statements", said("2024", values=values))


async def test_a_hedged_figure_may_exceed_its_whole(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "a", area_ha=50)
    body = said(
        "2024", values={"industrial_land_ha": 52}, qualifiers={"industrial_land_ha": "about"}
    )
    await post(sourced_client, "/v1/sites/a/statements", body)


async def test_land_is_judged_by_what_is_in_force_on_its_day(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "a", "2020", area_ha=50)
    await post(sourced_client, "/v1/sites/a/statements", said("2024", values={"area_ha": 70}))
    path, land = "/v1/sites/a/statements", {"industrial_land_ha": 60}
    problem = await refused(sourced_client, "POST", path, 409, json=said("2022", values=land))
    assert codes(problem) == ["land_beyond_area"]
    await post(sourced_client, path, said("2024", values=land))
    # What was so before is not doubted again, by whom ever it is said.
    smaller = said("2025", values={"area_ha": 55}, override_reason="Thu hẹp")
    await post(sourced_client, path, smaller)
    await post(sourced_client, path, said("2025", "report", values={"area_ha": 55, **land}))


async def test_all_doubts_are_listed_at_once(sourced_client: httpx.AsyncClient) -> None:
    values = {
        "name": "Khu công nghiệp Chợ Mới",
        "province_code": "06",
        "area_ha": 744000,
        "stated_occupancy_pct": 0.5,
    }
    body = said("1942", id="a", kind="cluster", values=values)
    problem = await doubted(sourced_client, "/v1/sites", body)
    assert list(zip(codes(problem), pointers(problem), strict=True)) == [
        ("area_far_from_law", "#/values/area_ha"),
        ("occupancy_likely_a_fraction", "#/values/stated_occupancy_pct"),
        ("name_of_another_kind", "#/values/name"),
        ("date_far_off", "#/effective_from"),
    ]


@pytest.mark.parametrize(
    ("name", "what", "commune", "said_so"),
    [
        ("CCN Quảng Chu", "cluster", "02131", "in the same commune 02131"),
        ("Cụm công nghiệp Quảng Chu", "cluster", None, "in the same province 06"),
        ("Quảng Chu", "cluster", "02008", "in the same province 06"),
        ("KCN Quảng Chu", "zone", "02131", "in the same commune 02131"),
        ("KCN Quảng Chu", "zone", None, "in the same province 06"),
    ],
)
async def test_a_name_that_exists(
    sourced_client: httpx.AsyncClient, name: str, what: str, commune: str | None, said_so: str
) -> None:
    place = {"province_code": "06", "commune_code": "02131"}
    await register(sourced_client, "first", name="CCN Quảng Chu", **place)
    values = {"name": name, "province_code": "06"} | ({"commune_code": commune} if commune else {})
    body = said("2022", id="second", kind=what, values=values)
    problem = await doubted(sourced_client, "/v1/sites", body)
    assert codes(problem) == ["name_exists"]
    assert "'first', CCN Quảng Chu" in problem["detail"]
    assert said_so in problem["detail"]


async def test_names_that_do_not_exist_there(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "first", name="CCN Quảng Chu", commune_code="02131")
    await register(sourced_client, "zone", kind="zone", name="KCN Quảng Chu", commune_code="02008")
    await register(sourced_client, "tone", name="CCN Quang Chu")
    await register(sourced_client, "elsewhere", name="CCN Quảng Chu", province_code="01")
    # The same name of the same site again.
    body = said("2024", "report", values={"name": "CCN Quảng Chu"})
    await post(sourced_client, "/v1/sites/first/statements", body)


async def test_names_within_one_request_are_compared_too(
    sourced_client: httpx.AsyncClient,
) -> None:
    sites = [
        said("2020", id=key, kind="cluster", values={"name": "CCN Đông", "province_code": "06"})
        for key in ("one", "two")
    ]
    problem = await refused(
        sourced_client, "POST", "/v1/statements/bulk", 422, json={"sites": sites}
    )
    assert [(f["pointer"], f["code"]) for f in problem["errors"]] == [
        ("#/sites/1/values/name", "name_exists")
    ]
    sites[1]["override_reason"] = "Hai cụm khác nhau"
    answer = await sourced_client.post("/v1/statements/bulk", json={"sites": sites})
    assert answer.json()["recorded"] == 2


async def test_a_decision_that_is_another_source(sourced_client: httpx.AsyncClient) -> None:
    await post(sourced_client, "/v1/organizations", {"id": "ubnd", "name": "UBND tỉnh Bắc Kạn"})
    decision = {
        "id": "first",
        "kind": "decision",
        "title": "Thành lập CCN Vằng Mười",
        "number": "1747/QĐ-UBND",
        "published_on": "2021-09-21",
        "issuer": "UBND tỉnh Bắc Kạn",
        "issuer_id": "ubnd",
    }
    await post(sourced_client, "/v1/sources", decision)
    others: list[dict[str, Any]] = [
        {"issuer": "UBND tỉnh Thái Nguyên", "issuer_id": None},
        {"number": "1748/QĐ-UBND"},
        {"published_on": "2021-09-22"},
    ]
    for number, other in enumerate(others):
        await post(sourced_client, "/v1/sources", decision | other | {"id": f"other-{number}"})
    again = decision | {"id": "again", "number": "1747/qd-ubnd", "issuer": None, "issuer_id": None}
    problem = await refused(sourced_client, "POST", "/v1/sources", 409, json=again)
    assert (codes(problem)[0], pointers(problem)[0]) == ("decision_exists", "#/number")
    assert "'first', Thành lập CCN Vằng Mười" in problem["errors"][0]["detail"]
    found = await post(sourced_client, "/v1/sources", again | {"override_reason": "Hai bản"})
    revision = await get(sourced_client, f"/v1/revisions/{found['revision']}")
    assert revision["reason"] == "again: Hai bản"
    twice = [decision | {"id": key, "number": "9/QĐ-UBND"} for key in ("x", "y")]
    problem = await refused(
        sourced_client, "POST", "/v1/statements/bulk", 422, json={"sources": twice}
    )
    assert [(f["pointer"], f["code"]) for f in problem["errors"]] == [
        ("#/sources/1/number", "decision_exists")
    ]


@pytest.mark.parametrize(
    ("issuer", "published_on", "place", "is_doubted"),
    [
        ("UBND tỉnh Bắc Kạn", "2021-09-21", "06", False),
        ("UBND tỉnh Bắc Kạn", "2021-09-21", "19", True),
        # Bắc Kạn became a part of Thái Nguyên on 2025-07-01.
        ("UBND tỉnh Thái Nguyên", "2025-08-01", "06", False),
        ("UBND tỉnh Phú Thọ", "2025-08-01", "06", True),
        ("Thủ tướng Chính phủ", "2021-09-21", "19", False),
        # A commune of the name of a province.
        ("UBND xã Hòa Bình", "2021-09-21", "19", False),
    ],
)
async def test_a_place_outside_the_province_of_the_issuer(
    sourced_client: httpx.AsyncClient, issuer: str, published_on: str, place: str, is_doubted: bool
) -> None:
    source = {"id": "act", "kind": "decision", "title": "Quyết định", "issuer": issuer}
    await post(sourced_client, "/v1/sources", source | {"published_on": published_on})
    values = {"name": "CCN Đông", "province_code": place}
    body = said("2021-09-21", "act", id="a", kind="cluster", values=values)
    if is_doubted:
        problem = await doubted(sourced_client, "/v1/sites", body)
        assert codes(problem) == ["place_outside_issuers_province"]
        assert pointers(problem) == ["#/values/province_code"]
    else:
        await post(sourced_client, "/v1/sites", body)


@pytest.mark.parametrize(
    ("body", "pointer", "likely"),
    [
        ({"effective_from": "2042-06"}, "#/effective_from", "2024-06?"),
        ({"effective_from": "1904"}, "#/effective_from", None),
        ({"values": {"expected_operation": "2082-Q1"}}, "#/values/expected_operation", "2028-Q1?"),
        ({"effective_to": "2082"}, "#/effective_to", "2028?"),
    ],
    ids=repr,
)
async def test_dates_that_are_far_off(
    sourced_client: httpx.AsyncClient, body: dict[str, Any], pointer: str, likely: str | None
) -> None:
    await register(sourced_client, "a")
    body = said("2023", values={"legal_status": "established"}) | body
    problem = await doubted(sourced_client, "/v1/sites/a/statements", body)
    assert (codes(problem), pointers(problem)) == (["date_far_off"], [pointer])
    assert likely is None or likely in problem["detail"]


async def test_a_patch_names_its_parameters(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "a")
    path = "/v1/sites/a?source_id=article&effective_from=2042"
    answer = await sourced_client.patch(path, json={"area_ha": 744000}, headers=MERGE_PATCH)
    assert answer.status_code == 409
    assert [
        (fault["code"], fault.get("pointer"), fault.get("parameter"))
        for fault in answer.json()["errors"]
    ] == [
        ("area_far_from_law", "#/area_ha", None),
        ("date_far_off", None, "effective_from"),
    ]
    answer = await sourced_client.patch(
        f"{path}&override_reason=Đúng", json={"area_ha": 744000}, headers=MERGE_PATCH
    )
    assert answer.json()["override_reason"] == "Đúng"


async def test_what_is_said_of_provinces_and_documents(sourced_client: httpx.AsyncClient) -> None:
    observed = {"indicator": "cluster_occupancy_pct", "value": 0.4677}
    body = said("2023", observations=[observed])
    problem = await doubted(sourced_client, "/v1/provinces/06/statements", body)
    assert codes(problem) == ["occupancy_likely_a_fraction"]
    assert pointers(problem) == ["#/observations/0/value"]
    body = said("2042", values={"status": "approved"})
    problem = await doubted(sourced_client, "/v1/sources/plan/statements", body)
    assert codes(problem) == ["date_far_off"]


async def test_a_document_cannot_know_what_is_long_after_it(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "a")
    source = {"id": "old", "kind": "report", "title": "Báo cáo", "published_on": "2021-06"}
    await post(sourced_client, "/v1/sources", source)
    path = "/v1/sites/a/statements"
    await post(sourced_client, path, said("2022-06-30", "old", values={"area_ha": 40}))
    problem = await doubted(sourced_client, path, said("2022-07", "old", values={"area_ha": 41}))
    assert codes(problem) == ["date_after_source"]
    plan = said("2030", "old", basis="plan", values={"planned_area_ha": 50})
    await post(sourced_client, path, plan)


async def test_a_document_of_a_day_to_come(sourced_client: httpx.AsyncClient) -> None:
    following = date(today().year + 1, 1, 1).isoformat()
    body = {"id": "x", "kind": "report", "title": "Báo cáo", "published_on": following}
    problem = await refused(sourced_client, "POST", "/v1/sources", 409, json=body)
    assert (codes(problem), pointers(problem)) == (["published_far_off"], ["#/published_on"])
    await post(sourced_client, "/v1/sources", body | {"published_on": today().isoformat()})


def test_each_guard_is_in_the_table_of_the_docs() -> None:
    table = _TABLE.read_text(encoding="utf-8")
    codes = [one.code for one in STATEMENT_GUARDS] + [one.code for one in SOURCE_GUARDS]
    assert all(f"| `{code}` |" in table for code in codes)
    assert len(set(codes)) == len(codes) == 10
