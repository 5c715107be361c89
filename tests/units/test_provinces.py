"""Provinces as dated units, and what documents state of them."""

from typing import Any

import httpx
import pytest

from tests.support.http import (
    as_problem,
    ids,
    latest_revision,
    observe,
    pointers,
    read,
    refused,
    said,
)
from tests.support.registers import get, post

BAC_KAN = "/v1/provinces/06"


def links(units: list[Any]) -> list[tuple[str, str]]:
    return [(unit["code"], unit["name"]) for unit in units]


# Dated units


async def test_the_provinces_of_a_date(documents: httpx.AsyncClient) -> None:
    before = await get(documents, "/v1/provinces", as_of="2025-06-30")
    since = await get(documents, "/v1/provinces", as_of="2025-07-01")
    today = await get(documents, "/v1/provinces")

    assert (len(before["items"]), len(since["items"])) == (63, 34)
    assert today["items"] == since["items"]
    assert (before["as_of"], before["next_cursor"]) == ("2025-06-30", None)
    for page in (before, since):
        codes = [province["code"] for province in page["items"]]
        assert codes == sorted(codes)
    gone = {p["code"] for p in before["items"]} - {p["code"] for p in since["items"]}
    assert {"06", "17", "26"} <= gone


async def test_a_province_that_was_merged_away(documents: httpx.AsyncClient) -> None:
    province = await get(documents, BAC_KAN, as_of="2024-01-01")
    assert province == {
        "code": "06",
        "name": "Bắc Kạn",
        "type": "province",
        "iso_3166_2": "VN-53",
        "valid_from": None,
        "valid_to": "2025-07-01",
        "predecessors": [],
        "successors": [
            {"code": "19", "name": "Thái Nguyên", "valid_from": "2025-07-01", "valid_to": None}
        ],
        "as_of": "2024-01-01",
        "as_of_note": None,
        "as_of_note_vi": None,
    }
    last = await get(documents, BAC_KAN)
    assert last["as_of"] == "2025-06-30"
    assert "2025-07-01" in last["as_of_note"]
    assert "became part of Thái Nguyên (19)" in last["as_of_note"]
    assert "sáp nhập vào Thái Nguyên (19)" in last["as_of_note_vi"]


async def test_one_code_for_two_territories(documents: httpx.AsyncClient) -> None:
    old = await get(documents, "/v1/provinces/25", as_of="2025-06-30")
    new = await get(documents, "/v1/provinces/25", as_of="2025-07-01")
    today = await get(documents, "/v1/provinces/25")

    assert (old["name"], old["valid_to"], new["valid_from"]) == (
        "Phú Thọ",
        "2025-07-01",
        "2025-07-01",
    )
    assert links(old["successors"]) == [("25", "Phú Thọ")]
    # Hòa Bình (17), the old Phú Thọ (25) and Vĩnh Phúc (26).
    assert links(new["predecessors"]) == [
        ("17", "Hòa Bình"),
        ("25", "Phú Thọ"),
        ("26", "Vĩnh Phúc"),
    ]
    assert today == new | {"as_of": today["as_of"]}
    # 24 was Bắc Giang and is Bắc Ninh.
    assert (await get(documents, "/v1/provinces/24", as_of="2025-06-30"))["name"] == "Bắc Giang"
    assert (await get(documents, "/v1/provinces/24"))["name"] == "Bắc Ninh"


@pytest.mark.parametrize("path", ["", "/observations", "/rollup"])
async def test_a_date_on_which_a_province_did_not_exist(
    documents: httpx.AsyncClient, path: str
) -> None:
    for code, day in (("06", "2025-07-01"), ("06", "2199-12-31")):
        url = f"/v1/provinces/{code}{path}?as_of={day}"
        problem = await refused(documents, "GET", url, 404)
        assert problem["type"] == "/problems/unit-not-valid"
        assert links(problem["successors"]) == [("19", "Thái Nguyên")]
        assert "Thái Nguyên (19)" in problem["detail"]


@pytest.mark.parametrize("path", ["", "/observations", "/rollup", "/statements"])
@pytest.mark.parametrize("code", ["99", "0", "6", "bac-kan", "006", "06 "])
async def test_codes_that_no_province_ever_had(
    documents: httpx.AsyncClient, code: str, path: str
) -> None:
    problem = await refused(documents, "GET", f"/v1/provinces/{code}{path}", 404)
    assert problem["type"] == "/problems/not-found"


@pytest.mark.parametrize("day", ["2024", "2024-06", "2024-02-30", "20240101", "today", ""])
async def test_days_are_given_in_full(documents: httpx.AsyncClient, day: str) -> None:
    for path in ("/v1/provinces", BAC_KAN, f"{BAC_KAN}/rollup", f"{BAC_KAN}/observations"):
        problem = await refused(documents, "GET", f"{path}?as_of={day}", 400)
        assert pointers(problem) == ["as_of"]


# Observations


async def test_an_observation_shows_all_that_was_stated(documents: httpx.AsyncClient) -> None:
    page = await read(documents, "/v1/provinces/17/observations?as_of=2024-06-30&kind=zone")
    (statement_id,) = {item.pop("statement_id") for item in page["items"]}
    assert page["items"] == [
        {
            "province_code": "17",
            "province_name": "Hòa Bình",
            "indicator": "zone_occupancy_pct",
            "kind": "zone",
            "unit": "pct",
            "value": 46.77,
            "value_to": None,
            "qualifier": "exact",
            "basis": "actual",
            "period": "2024-06-24",
            "period_from": "2024-06-24",
            "period_to": "2024-06-24",
            "pct_of_target": 58.46,
            "price_base": None,
            "trend": None,
            "effective_from": "2024-06-24",
            "date_basis": "publication",
            "source_id": "hoa-binh-portal-2024-06-24",
            "source_title": "Kết quả triển khai Đề án số 07-ĐA/TU",
            "in_force": True,
        }
    ]
    assert (page["as_of"], page["as_of_note"]) == ("2024-06-30", None)
    statement = await get(documents, f"/v1/statements/{statement_id}")
    assert "values" not in statement
    (observation,) = statement["observations"]
    assert (observation["value"], observation["pct_of_target"]) == (46.77, 58.46)
    before = await read(documents, "/v1/provinces/17/observations?as_of=2024-06-23")
    assert before["items"] == []


async def test_observations_by_filter(documents: httpx.AsyncClient) -> None:
    async def codes(query: str) -> list[str]:
        page = await read(documents, f"{BAC_KAN}/observations?{query}")
        return [item["indicator"] for item in page["items"]]

    targets = [
        "cluster_infrastructure_completed_count",
        "cluster_occupancy_pct",
        "cluster_operating_count",
    ]
    assert await codes("basis=target&kind=cluster") == targets
    assert await codes("basis=target") == [
        *targets,
        "industrial_output_growth_pct",
        "industrial_output_value",
        "industry_budget_revenue_growth_pct",
        "industry_growth_avg_pct",
        *["industry_share_of_grdp_pct"] * 2,
    ]
    assert await codes("basis=plan&kind=zone") == ["zone_seeking_planning_count"]
    assert await codes("basis=plan") == [
        "cluster_planned_area_ha",
        "cluster_planned_count",
        "zone_seeking_planning_count",
    ]
    assert await codes("indicator=cluster_operating_count") == ["cluster_operating_count"] * 2
    assert await codes("indicator=cluster_operating_count&basis=actual") == targets[-1:]
    assert await codes("indicator=cluster_planned_count&indicator=cluster_occupancy_pct") == [
        "cluster_occupancy_pct",
        "cluster_planned_count",
    ]
    assert await codes("as_of=2021-06-30&kind=cluster") == [
        "cluster_established_area_ha",
        "cluster_established_count",
    ]
    assert await codes("kind=craft_village") == []
    problem = as_problem(
        await documents.get(f"{BAC_KAN}/observations?indicator=cluster_number"), 400
    )
    assert pointers(problem) == ["indicator"]


async def test_what_is_stated_later_or_by_more_weight_supersedes(
    shared: httpx.AsyncClient,
) -> None:
    path = "/v1/provinces/01"

    async def values(query: str) -> list[tuple[float, bool]]:
        page = await read(shared, f"{path}/observations?indicator=cluster_count&{query}")
        return [(item["value"], item["in_force"]) for item in page["items"]]

    def body(day: str, value: int, source: str = "article", **more: Any) -> dict[str, Any]:
        observation = {"indicator": "cluster_count", "value": value, "period": "2022"} | more
        return said(day, source, observations=[observation])

    await post(shared, f"{path}/statements", body("2022-12", 10))
    later = await post(shared, f"{path}/statements", body("2023-06", 11))
    await post(shared, f"{path}/statements", body("2023-06-01", 12, "decision"))
    await post(shared, f"{path}/statements", body("2023-06", 13))
    await post(shared, f"{path}/statements", body("2023-06", 20, period="2023"))

    assert await values("as_of=2022-11-30") == []
    assert await values("as_of=2023-05-31") == [(10, True)]
    # The decision of the same day weighs more than the article recorded after it.
    assert await values("as_of=2024-01-01") == [(12, True), (20, True)]
    assert await values("as_of=2024-01-01&include_superseded=true") == [
        (10, False),
        (11, False),
        (13, False),
        (12, True),
        (20, True),
    ]
    assert await values(f"as_of=2024-01-01&revision={later['revision']}") == [(11, True)]


async def test_a_retracted_observation_stops_counting(shared: httpx.AsyncClient) -> None:
    path = "/v1/provinces/02/observations"
    first = await observe(shared, "02", "2023", "actual", zone_count=3)
    second = await observe(shared, "02", "2024", "actual", zone_count=4, zone_area_ha=50.5)
    asked = {"as_of": "2024-06-30", "include_superseded": True}
    before = await get(shared, path, **asked)
    reason = {"reason": "Đọc nhầm"}
    await post(shared, f"/v1/statements/{second['id']}/retraction", reason)

    after = await get(shared, path, **asked)
    assert [(i["statement_id"], i["value"]) for i in after["items"]] == [(first["id"], 3)]
    again = await get(shared, path, **asked, revision=second["revision"])
    assert again == before
    history = await get(shared, "/v1/provinces/02/statements")
    assert ids(history) == [second["id"], first["id"]]
    assert history["items"][0]["retraction"]["reason"] == "Đọc nhầm"


async def test_what_was_stated_of_the_old_province_is_not_of_the_new(
    shared: httpx.AsyncClient,
) -> None:
    old = await observe(shared, "19", "2025-01", "actual", cluster_count=30)
    new = await observe(shared, "19", "2025-07-01", "actual", cluster_count=45)
    path = "/v1/provinces/19/observations"

    for day, statement in (("2025-06-30", old), ("2025-07-01", new)):
        page = await get(shared, path, as_of=day, include_superseded=True)
        assert [item["statement_id"] for item in page["items"]] == [statement["id"]]
    # The history of a code shows both.
    assert ids(await get(shared, "/v1/provinces/19/statements")) == [new["id"], old["id"]]
    by_day = await get(shared, "/v1/provinces/19/statements", as_of="2025-06-30")
    assert ids(by_day) == [old["id"]]


@pytest.mark.parametrize(
    ("observation", "shown"),
    [
        ({"value": 4, "qualifier": "at_least"}, (4, None, "at_least")),
        ({"value": 4, "qualifier": "about"}, (4, None, "about")),
        ({"value": 4, "qualifier": "over"}, (4, None, "over")),
        ({"value": 4, "qualifier": "up_to"}, (4, None, "up_to")),
        ({"value": 4, "qualifier": "range", "value_to": 6}, (4, 6, "range")),
        ({"value": 0}, (0, None, "exact")),
        ({"value": 4.0}, (4, None, "exact")),
    ],
    ids=repr,
)
async def test_qualifiers_are_kept(
    shared: httpx.AsyncClient, observation: dict[str, Any], shown: tuple[Any, ...]
) -> None:
    body = said(
        "2023", observations=[{"indicator": "zone_count"} | observation], locator=repr(shown)
    )
    statement = await post(shared, "/v1/provinces/04/statements", body)
    page = await get(
        shared, "/v1/provinces/04/observations", include_superseded=True, as_of="2024-01-01"
    )
    (found,) = [i for i in page["items"] if i["statement_id"] == statement["id"]]
    assert (found["value"], found["value_to"], found["qualifier"]) == shown


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (None, "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-06", "2023-06-01", "2023-06-30"),
        ("2023-06-05", "2023-06-05", "2023-06-05"),
        ("2016/2020", "2016-01-01", "2020-12-31"),
        ("2021-07/2022", "2021-07-01", "2022-12-31"),
    ],
)
async def test_periods(
    shared: httpx.AsyncClient, period: str | None, first: str, last: str
) -> None:
    observation = {"indicator": "zone_leased_ha", "value": 33.3333, "period": period}
    body = said("2024-02", observations=[observation])
    await post(shared, "/v1/provinces/08/statements", body)
    page = await get(shared, "/v1/provinces/08/observations", as_of="2024-12-31")
    found = {i["period"]: (i["period_from"], i["period_to"], i["value"]) for i in page["items"]}
    assert found[period or "2024-02"] == (first, last, 33.3333)


async def test_a_statement_of_a_province(shared: httpx.AsyncClient) -> None:
    body = said(
        "2023-12",
        "plan",
        basis="plan",
        date_basis="inferred",
        locator="dòng 9",
        note="Theo quy hoạch",
        cites=["decision", "report"],
        observations=[
            {"indicator": "cluster_planned_count", "value": 27, "period": "2030"},
            {"indicator": "cluster_planned_area_ha", "value": 100.40, "qualifier": "about"},
        ],
    )
    response = await shared.post("/v1/provinces/10/statements", json=body)

    assert response.status_code == 201, response.text
    answer = response.json()
    assert response.headers["location"] == f"/v1/statements/{answer['id']}"
    assert answer.pop("findings") == {"raised": [], "settled": []}
    assert await get(shared, response.headers["location"]) == answer
    assert answer["subject_type"] == "province"
    assert answer["subject_id"] == "10"
    assert answer["cites"] == ["decision", "report"]
    assert "values" not in answer
    unsaid = {"value_to": None, "pct_of_target": None, "price_base": None, "trend": None}
    assert answer["observations"] == [
        {
            "indicator": "cluster_planned_count",
            "value": 27,
            "qualifier": "exact",
            "period": "2030",
            **unsaid,
        },
        {
            "indicator": "cluster_planned_area_ha",
            "value": 100.4,
            "qualifier": "about",
            "period": None,
            **unsaid,
        },
    ]
    twice = await refused(shared, "POST", "/v1/provinces/10/statements", 409, json=body)
    assert twice["type"] == "/problems/duplicate-statement"
    assert twice["statement_id"] == answer["id"]


async def test_a_remark_on_a_province(shared: httpx.AsyncClient) -> None:
    body = said("2023", note="Thu hút vốn còn khó.")
    remark = await post(shared, "/v1/provinces/11/statements", body)
    assert (remark["observations"], remark["note"]) == (None, "Thu hút vốn còn khó.")
    assert ids(await get(shared, "/v1/provinces/11/statements")) == [remark["id"]]
    page = await get(shared, "/v1/provinces/11/observations", as_of="2024-01-01")
    assert page["items"] == []


COUNT = {"indicator": "cluster_count", "value": 5}


@pytest.mark.parametrize(
    ("observations", "pointer"),
    [
        ([{**COUNT, "indicator": "clusters"}], "#/observations/0/indicator"),
        ([{**COUNT, "value": 5.5}], "#/observations/0/value"),
        ([{**COUNT, "value": -1}], "#/observations/0/value"),
        ([{**COUNT, "value": "5"}], "#/observations/0/value"),
        ([{**COUNT, "value": True}], "#/observations/0/value"),
        ([{**COUNT, "value": None}], "#/observations/0/value"),
        ([{**COUNT, "value": 10**16}], "#/observations/0/value"),
        ([{"indicator": "cluster_area_ha", "value": 0.00001}], "#/observations/0/value"),
        ([{"indicator": "cluster_occupancy_pct", "value": 100.1}], "#/observations/0/value"),
        ([{**COUNT, "qualifier": "roughly"}], "#/observations/0/qualifier"),
        ([{**COUNT, "qualifier": "range"}], "#/observations/0"),
        ([{**COUNT, "value_to": 6}], "#/observations/0"),
        ([{**COUNT, "qualifier": "range", "value_to": 5}], "#/observations/0"),
        ([{**COUNT, "qualifier": "range", "value_to": 6.5}], "#/observations/0/value_to"),
        ([{**COUNT, "period": "2024/2023"}], "#/observations/0/period"),
        ([{**COUNT, "period": "2024/"}], "#/observations/0/period"),
        ([{**COUNT, "unit": "count"}], "#/observations/0/unit"),
        ([COUNT, {**COUNT, "value": 6}], "#/observations/1"),
        # Without a period the observation is about the statement's own date.
        ([COUNT, {**COUNT, "value": 6, "period": "2024-03"}], "#/observations/1"),
        ([COUNT] * 201, "#/observations"),
        ([{}], "#/observations/0/indicator"),
        ({}, "#/observations"),
        ([], "#"),
    ],
    ids=lambda value: repr(value)[:160],
)
async def test_observations_that_do_not_fit(
    shared: httpx.AsyncClient, observations: Any, pointer: str
) -> None:
    body = said("2024-03", observations=observations)
    problem = await refused(shared, "POST", "/v1/provinces/12/statements", 422, json=body)
    assert pointers(problem)[0] == pointer


@pytest.mark.parametrize("basis", ["actual", "estimate", "plan", "target"])
@pytest.mark.parametrize(
    "indicator",
    [
        "cluster_planned_count",
        "cluster_planned_area_ha",
        "zone_planned_count",
        "zone_planned_area_ha",
    ],
)
async def test_what_a_plan_foresees_is_stated_as_a_plan(
    shared: httpx.AsyncClient, indicator: str, basis: str
) -> None:
    body = said("2024-03", basis=basis, observations=[{"indicator": indicator, "value": 5}])
    path = "/v1/provinces/12/statements"
    if basis in {"plan", "target"}:
        answer = await shared.post(f"{path}?dry_run=true", json=body)
        assert answer.status_code == 200, answer.text
        return
    problem = await refused(shared, "POST", path, 422, json=body)
    assert pointers(problem) == ["#/basis"]
    assert problem["detail"] == (
        f"{indicator} is what a plan foresees, so basis {basis} does not fit: use plan."
    )


async def test_statements_of_provinces_that_did_not_exist(shared: httpx.AsyncClient) -> None:
    ended = said("2025-07-01", observations=[COUNT])
    problem = await refused(shared, "POST", f"{BAC_KAN}/statements", 404, json=ended)
    assert problem["type"] == "/problems/unit-not-valid"
    assert links(problem["successors"]) == [("19", "Thái Nguyên")]
    never = await refused(shared, "POST", "/v1/provinces/99/statements", 404, json=ended)
    assert never["type"] == "/problems/not-found"
    unknown = said("2024", "nothing", observations=[COUNT])
    problem = await refused(shared, "POST", f"{BAC_KAN}/statements", 422, json=unknown)
    assert pointers(problem) == ["#/source_id"]
    before = await latest_revision(shared)
    await post(shared, f"{BAC_KAN}/statements", said("2025-01", observations=[COUNT]))
    assert await latest_revision(shared) == before + 1


async def test_a_code_without_its_leading_zero(documents: httpx.AsyncClient) -> None:
    for query in ("", "?as_of=2024-01-01", "?as_of=2026-01-01"):
        problem = as_problem(await documents.get(f"/v1/provinces/6{query}"), 404)
        assert problem["detail"] == (
            "No province ever had the code '6'; codes have their leading zeros: 06."
        )
    # There is none of that code with a zero either.
    problem = as_problem(await documents.get("/v1/provinces/3"), 404)
    assert "zero" not in problem["detail"]
