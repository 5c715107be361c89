"""What is possible but hardly right: it needs a reason, and the likely reading is given."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.dates import today
from app.entry.guards.catalogue import ENTRY_GUARDS, LOSS_GUARDS, STATEMENT_GUARDS
from tests.support.http import MERGE_PATCH, as_problem, pointers, refused, register, said
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
        # Accents and case do not tell names apart, as in the finding.
        ("CCN Quang Chu", "cluster", "02131", "in the same commune 02131"),
        ("CCN QUÃNG CHU", "cluster", None, "in the same province 06"),
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
    await register(sourced_client, "longer", name="CCN Quảng Chu 2")
    await register(sourced_client, "elsewhere", name="CCN Quảng Chu", province_code="01")
    # The same name of the same site again.
    body = said("2024", "report", values={"name": "CCN Quảng Chu"})
    await post(sourced_client, "/v1/sites/first/statements", body)


async def register_project(client: httpx.AsyncClient, key: str, name: str, **values: Any) -> Any:
    """Register a project in Bắc Kạn, or where the values say."""
    values = {"name": name, "province_code": "06"} | values
    return await post(client, "/v1/projects", said("2022", id=key, values=values))


@pytest.mark.parametrize(
    ("first", "second"),
    [({}, {}), ({"site": "a"}, {}), ({"site": "a"}, {"site": "a"})],
    ids=repr,
)
async def test_a_project_that_exists(
    sourced_client: httpx.AsyncClient, first: dict[str, str], second: dict[str, str]
) -> None:
    await register(sourced_client, "a")
    await register_project(sourced_client, "first", "Dự án may Đông Hoà", **first)
    values = {"name": "May Đông Hòa", "province_code": "06", **second}
    body = said("2022", id="second", values=values)
    problem = await doubted(sourced_client, "/v1/projects", body)
    assert codes(problem) == ["name_exists"]
    assert "The project 'first', Dự án may Đông Hoà" in problem["detail"]


async def test_projects_of_one_name_in_two_places_are_two(
    sourced_client: httpx.AsyncClient,
) -> None:
    for site in ("a", "b"):
        await register(sourced_client, site)
        await register_project(sourced_client, f"may-{site}", "May Đông Hoà", site=site)
    for commune in ("02131", "02008"):
        values = {"commune_code": commune}
        await register_project(sourced_client, f"go-{commune}", "Gỗ Thanh Mai", **values)
    await register_project(sourced_client, "elsewhere", "May Đông Hoà", province_code="01")
    # A project and a site of one name are two.
    await register_project(sourced_client, "of-a", "Dự án a")


async def test_a_project_named_as_a_site(sourced_client: httpx.AsyncClient) -> None:
    values = {"name": "CCN Đông", "province_code": "06"}
    body = said("2022", id="x", values=values)
    problem = await doubted(sourced_client, "/v1/projects", body)
    assert codes(problem) == ["name_of_another_kind"]
    assert "named as a cluster, and registered as a project" in problem["detail"]


COMPANY = "Công ty cổ phần Đầu tư Xây dựng Đông Á"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "CTCP ĐT XD Đông Á"}, "#/name"),
        ({"name": "Cty CP Dau tu Xay dung Dong A"}, "#/name"),
        ({"name": "Tập đoàn Đông Á", "aliases": ["ĐA", "CT CP ĐT Á", "DAIC"]}, "#/aliases/2"),
        ({"name": "Tập đoàn Đông Á", "name_en": "East Asia JSC"}, "#/name_en"),
    ],
    ids=repr,
)
async def test_an_organization_that_is_registered(
    sourced_client: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    first = {"id": "dong-a", "name": COMPANY, "name_en": "East Asia JSC", "aliases": ["DAIC"]}
    await post(sourced_client, "/v1/organizations", first)
    problem = await doubted(sourced_client, "/v1/organizations", {"id": "again", **body})
    assert (codes(problem), pointers(problem)) == (["organization_exists"], [pointer])
    assert f"is registered as 'dong-a', {COMPANY}." in problem["detail"]
    revision = await get(sourced_client, "/v1/revisions", limit=1)
    assert revision["items"][0]["reason"] == "again: So it is in the decision"


async def test_organizations_that_are_not_registered(sourced_client: httpx.AsyncClient) -> None:
    await post(sourced_client, "/v1/organizations", {"id": "gone", "name": COMPANY})
    await post(sourced_client, "/v1/organizations/gone/withdrawal", {"reason": "Nhầm"})
    twice = [{"id": key, "name": name} for key, name in (("one", COMPANY), ("two", "DAIC"))]
    answer = await post(sourced_client, "/v1/statements/bulk", {"organizations": twice})
    assert answer["recorded"] == 2
    twice = [{"id": key, "name": "TNHH Tây Á"} for key in ("three", "four")]
    path = "/v1/statements/bulk"
    problem = await refused(sourced_client, "POST", path, 422, json={"organizations": twice})
    assert [(f["pointer"], f["code"]) for f in problem["errors"]] == [
        ("#/organizations/1/name", "organization_exists")
    ]


async def test_corrections_of_entries_are_doubted_as_registrations_are(
    sourced_client: httpx.AsyncClient,
) -> None:
    act = {"kind": "decision", "title": "A", "number": "1/QĐ-UBND", "published_on": "2021-01-04"}
    await post(sourced_client, "/v1/sources", {"id": "first", **act})
    await post(sourced_client, "/v1/sources", {"id": "second", **act, "number": "2/QĐ-UBND"})
    await post(sourced_client, "/v1/organizations", {"id": "dong-a", "name": COMPANY})
    await post(sourced_client, "/v1/organizations", {"id": "tay-a", "name": "Tây Á"})
    corrections: list[tuple[str, dict[str, Any], str, str]] = [
        ("/v1/sources/second", {"number": "01/QĐ-UBND"}, "", ""),
        ("/v1/sources/second", {"number": "1/qđ-ubnd"}, "decision_exists", "#/number"),
        ("/v1/sources/second", {"published_on": "2199"}, "published_far_off", "#/published_on"),
        ("/v1/organizations/tay-a", {"name": "CTCP ĐTXD Đông Á"}, "organization_exists", "#/name"),
    ]
    for path, patch, code, pointer in corrections:
        answer = await sourced_client.patch(f"{path}?reason=r", json=patch, headers=MERGE_PATCH)
        if not code:
            assert answer.status_code == 200
            continue
        problem = as_problem(answer, 409)
        assert (codes(problem), pointers(problem)) == ([code], [pointer])
        url = f"{path}?reason=r&override_reason=Đúng"
        answer = await sourced_client.patch(url, json=patch, headers=MERGE_PATCH)
        assert answer.status_code == 200, answer.text
        # What was so before is not doubted again.
        member = "name_en" if "organizations" in path else "note"
        answer = await sourced_client.patch(
            f"{path}?reason=r", json={member: code}, headers=MERGE_PATCH
        )
        assert answer.status_code == 200, answer.text
    (last, *_, second) = (await get(sourced_client, "/v1/revisions", limit=3))["items"]
    assert (last["reason"], second["reason"]) == ("r", "r")
    reasons = [one["reason"] for one in (await get(sourced_client, "/v1/revisions"))["items"]]
    assert "r; tay-a: Đúng" in reasons


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
    codes = [one.code for one in STATEMENT_GUARDS] + [one.code for one in LOSS_GUARDS]
    codes += [one.code for guards in ENTRY_GUARDS.values() for one in guards]
    assert all(f"| `{code}` |" in table for code in codes)
    assert len(set(codes)) == len(codes) == 13
