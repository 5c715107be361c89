"""The catalogue of indicators, what their values may be, and their series."""

from typing import Any

import httpx
import pytest

from tests.support.http import as_problem, pointers, read, refused, said
from tests.support.registers import get, post

OUTPUT, GROWTH = "industrial_output_value", "industrial_output_growth_pct"
BAC_KAN = "/v1/provinces/06"
SERIES = f"{BAC_KAN}/indicators/{OUTPUT}"


async def test_the_catalogue(documents: httpx.AsyncClient) -> None:
    page = await get(documents, "/v1/indicators")
    by_code = {item["code"]: item for item in page["items"]}
    assert len(by_code) == len(page["items"])
    assert by_code["cluster_in_progress_area_ha"] == {
        "code": "cluster_in_progress_area_ha",
        "kind": "cluster",
        "unit": "ha",
        "name_vi": "Diện tích cụm công nghiệp đang triển khai",
        "name_en": "Area of industrial clusters in progress",
        "meaning": "The whole area of the industrial clusters from their establishment until they "
        "operate.",
        "adds_up": "stock",
        "price_base": None,
        "part_of": None,
        "part_group": "",
        "some_of": None,
        "growth_of": None,
        "computed": True,
    }
    mining = by_code["industrial_output_mining_value"]
    assert (mining["unit"], mining["adds_up"]) == ("billion_vnd", "flow")
    assert (mining["part_of"], mining["part_group"]) == (OUTPUT, "sector")
    assert (by_code[GROWTH]["growth_of"], by_code[GROWTH]["adds_up"]) == (OUTPUT, "ratio")
    assert by_code["exports_value"]["price_base"] == "current"
    assert by_code["cluster_planned_count"]["computed"] is False
    assert by_code["zone_and_cluster_land_ha"]["kind"] is None
    assert by_code["craft_village_brocade_count"]["kind"] == "craft_village"
    units = {"count", "ha", "pct", "billion_vnd", "million_usd"}
    assert {item["unit"] for item in page["items"]} == units


# What values may be


@pytest.mark.parametrize(
    ("observation", "pointer"),
    [
        ({"indicator": OUTPUT, "value": -1}, "value"),
        ({"indicator": "exports_value", "value": -0.5}, "value"),
        ({"indicator": "mining_share_of_industry_pct", "value": -1}, "value"),
        ({"indicator": "grid_electricity_households_pct", "value": 100.1}, "value"),
        ({"indicator": "industry_share_of_grdp_pct", "value": 101}, "value"),
        (
            {
                "indicator": "industry_share_of_grdp_pct",
                "value": 99,
                "value_to": 101,
                "qualifier": "range",
            },
            "value_to",
        ),
        ({"indicator": GROWTH, "value": -100.1}, "value"),
        ({"indicator": "craft_village_workers_count", "value": 1300.5}, "value"),
        ({"indicator": OUTPUT, "value": 5, "pct_of_target": -1}, "pct_of_target"),
        ({"indicator": GROWTH, "value": 5, "price_base": "current"}, "price_base"),
        ({"indicator": "cluster_area_ha", "value": 5, "price_base": "current"}, "price_base"),
        (
            {"indicator": "exports_value", "value": 5, "price_base": "constant_2010"},
            "price_base",
        ),
        ({"indicator": OUTPUT, "value": 5, "price_base": "constant_1994"}, "price_base"),
        ({"indicator": OUTPUT, "value": 5, "trend": "up"}, "trend"),
    ],
    ids=repr,
)
async def test_values_that_do_not_fit_the_indicator(
    shared: httpx.AsyncClient, observation: dict[str, Any], pointer: str
) -> None:
    body = said("2024", observations=[observation])
    problem = await refused(shared, "POST", "/v1/provinces/12/statements", 422, json=body)
    assert pointers(problem) == [f"#/observations/0/{pointer}"]


async def test_what_is_stated_of_money_and_growth_is_given_back(shared: httpx.AsyncClient) -> None:
    observations = [
        {"indicator": OUTPUT, "value": 2023.72, "price_base": "constant_2010"},
        # The same at other prices is another value.
        {"indicator": OUTPUT, "value": 2950.5, "price_base": "current"},
        {"indicator": "exports_value", "value": 35},
        {"indicator": GROWTH, "value": -3.25, "trend": "falling", "pct_of_target": -32.5},
        {"indicator": "iip_growth_avg_pct", "value": -100},
    ]
    body = said("2024", basis="estimate", observations=observations)
    statement = await post(shared, "/v1/provinces/20/statements", body)
    shown = [
        {name: found[name] for name in sent}
        for found, sent in zip(statement["observations"], observations, strict=True)
    ]
    assert shown == observations
    assert statement["observations"][2]["price_base"] is None

    page = await get(shared, "/v1/provinces/20/observations", as_of="2024-12-31")
    members = ("indicator", "value", "price_base", "trend", "pct_of_target", "in_force")
    assert [tuple(item[name] for name in members) for item in page["items"]] == [
        # Exports are counted at current prices, though the source does not say so.
        ("exports_value", 35, "current", None, None, True),
        ("iip_growth_avg_pct", -100, None, None, None, True),
        (GROWTH, -3.25, None, "falling", -32.5, True),
        (OUTPUT, 2023.72, "constant_2010", None, None, True),
        (OUTPUT, 2950.5, "current", None, None, True),
    ]
    # As an explicit base, the one of the catalogue is the same.
    exports = {"indicator": "exports_value", "value": 36}
    twice = said("2024-02", observations=[exports, {**exports, "price_base": "current"}])
    problem = await refused(shared, "POST", "/v1/provinces/20/statements", 422, json=twice)
    assert pointers(problem) == ["#/observations/1"]


async def test_craft_villages_by_kind(shared: httpx.AsyncClient) -> None:
    counts = [
        {"indicator": "craft_village_recognised_count", "value": 11},
        {"indicator": "cluster_count", "value": 4},
    ]
    await post(shared, "/v1/provinces/17/statements", said("2024-06-24", observations=counts))
    url = "/v1/provinces/17/observations?as_of=2024-06-24&kind=craft_village"
    (found,) = (await read(shared, url))["items"]
    assert (found["indicator"], found["kind"], found["value"]) == (
        "craft_village_recognised_count",
        "craft_village",
        11,
    )


# The series of Bắc Kạn's output


async def state_output(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """State the output of 2023 and 2024 as two articles did, and then a revision of 2023."""

    def of(period: str, indicator: str, value: float, **more: Any) -> dict[str, Any]:
        return {"indicator": indicator, "value": value, "period": period, **more}

    bodies = [
        said(
            "2023-12",
            basis="estimate",
            observations=[
                of("2023", OUTPUT, 1780, pct_of_target=100.40),
                of("2023", GROWTH, 12.22),
            ],
        ),
        said("2023-12", basis="target", observations=[of("2024", OUTPUT, 1900)]),
        said(
            "2024-12",
            "other-article",
            basis="estimate",
            observations=[
                of("2024", OUTPUT, 2023.72, price_base="constant_2010", pct_of_target=106.51),
                of("2024", GROWTH, 13.38),
            ],
        ),
        said("2025-03", "report", basis="estimate", observations=[of("2023", OUTPUT, 1785.5)]),
    ]
    return [await post(client, f"{BAC_KAN}/statements", body) for body in bodies]


@pytest.fixture
async def output(
    sourced_client: httpx.AsyncClient,
) -> tuple[httpx.AsyncClient, list[dict[str, Any]]]:
    """Give a register of the output alone, with its statements."""
    return sourced_client, await state_output(sourced_client)


def implied(period: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(i["value"], i["rule"], i["basis"], i["price_base"]) for i in period["implied"]]


async def test_stated_and_implied_values_of_each_period(
    output: tuple[httpx.AsyncClient, list[dict[str, Any]]],
) -> None:
    client, (first, target, second, revised) = output
    series = await get(client, SERIES, as_of="2024-12-31")

    assert series["indicator"]["code"] == OUTPUT
    assert (series["province_code"], series["as_of"]) == ("06", "2024-12-31")
    assert (series["as_of_note"], series["next_cursor"]) == (None, None)
    assert series["revision"] == revised["revision"]
    before, year, after = series["items"]

    # 1780 / 1.1222 = 1586.1700...: nothing is stated of 2022.
    assert (before["period"], before["values"]) == ("2022", [])
    assert implied(before) == [(1586.17, "growth", "estimate", None)]

    # Two documents of 2023: 1780 as estimated, and 2023.72 / 1.1338 = 1784.9003...
    assert (year["period"], year["period_from"], year["period_to"]) == (
        "2023",
        "2023-01-01",
        "2023-12-31",
    )
    (value,) = year["values"]
    assert value == {
        "basis": "estimate",
        "price_base": None,
        "in_force": {
            "value": 1780,
            "value_to": None,
            "qualifier": "exact",
            "pct_of_target": 100.4,
            "trend": None,
            "effective_from": "2023-12",
            "date_basis": "stated",
            "source_id": "article",
            "source_title": "The article",
            "statement_id": first["id"],
            "known_from": first["revision"],
        },
        "revisions": [],
    }
    # 1780 / 1.0040 = 1772.908...
    assert implied(year) == [
        (1772.91, "pct_of_target", "target", None),
        (1784.9, "growth", "estimate", "constant_2010"),
    ]
    follows = year["implied"][1]
    assert follows["formula"] == "2023.72 × 100 ÷ (100 + 13.38)"
    assert [
        (p["indicator"], p["period"], p["value"], p["statement_id"], p["source_id"])
        for p in follows["follows_from"]
    ] == [
        (OUTPUT, "2024", 2023.72, second["id"], "other-article"),
        (GROWTH, "2024", 13.38, second["id"], "other-article"),
    ]

    assert after["period"] == "2024"
    assert [(v["basis"], v["in_force"]["value"]) for v in after["values"]] == [
        ("estimate", 2023.72),
        ("target", 1900),
    ]
    assert after["values"][1]["in_force"]["statement_id"] == target["id"]
    # 2023.72 / 1.0651 = 1900.028...
    assert implied(after) == [(1900.03, "pct_of_target", "target", "constant_2010")]


async def test_revised_values_stay_readable(
    output: tuple[httpx.AsyncClient, list[dict[str, Any]]],
) -> None:
    client, (first, _, _, revised) = output
    series = await get(client, SERIES)
    assert series["as_of"] == "2025-06-30"
    assert "2025-07-01" in series["as_of_note"]
    (value,) = series["items"][1]["values"]
    assert (value["in_force"]["value"], value["in_force"]["statement_id"]) == (
        1785.5,
        revised["id"],
    )
    assert [(r["value"], r["statement_id"], r["known_from"]) for r in value["revisions"]] == [
        (1780, first["id"], first["revision"])
    ]
    # 12.22 % is the growth of the article's own figure, not of the revised one.
    assert series["items"][0]["implied"][0]["value"] == 1586.17

    # As known before, and once the revision is withdrawn, the first figure is in force.
    known = await get(client, SERIES, revision=revised["revision"] - 1)
    assert known["items"][1]["values"][0]["in_force"]["value"] == 1780
    withdrawal = {"reason": "Sai số liệu"}
    await post(client, f"/v1/statements/{revised['id']}/retraction", withdrawal)
    (value,) = (await get(client, SERIES))["items"][1]["values"]
    assert (value["in_force"]["value"], value["revisions"]) == (1780, [])
    again = await get(client, SERIES, revision=revised["revision"])
    assert again["items"] == series["items"]


async def test_a_series_by_date(
    output: tuple[httpx.AsyncClient, list[dict[str, Any]]],
) -> None:
    client, _ = output
    early = await get(client, SERIES, as_of="2023-12-31")
    assert [item["period"] for item in early["items"]] == ["2022", "2023", "2024"]
    assert [v["basis"] for v in early["items"][2]["values"]] == ["target"]
    assert early["items"][2]["implied"] == []
    none = await get(client, SERIES, as_of="2023-11-30")
    assert none["items"] == []
    growth = await get(client, f"{BAC_KAN}/indicators/{GROWTH}", as_of="2024-12-31")
    assert [(i["period"], i["values"][0]["in_force"]["value"]) for i in growth["items"]] == [
        ("2023", 12.22),
        ("2024", 13.38),
    ]


async def test_series_that_are_not_there(documents: httpx.AsyncClient) -> None:
    for code in ("output", "INDUSTRIAL_OUTPUT_VALUE", "industrial_output"):
        problem = await refused(documents, "GET", f"{BAC_KAN}/indicators/{code}", 404)
        assert "/v1/indicators" in problem["detail"]
        assert code in problem["detail"]
    problem = await refused(documents, "GET", f"/v1/provinces/99/indicators/{OUTPUT}", 404)
    assert problem["type"] == "/problems/not-found"
    problem = await refused(documents, "GET", f"{SERIES}?as_of=2025-07-01", 404)
    assert problem["type"] == "/problems/unit-not-valid"
    for query in ("as_of=2024", "limit=5", "known_at=2024", "kind=zone"):
        problem = as_problem(await documents.get(f"{SERIES}?{query}"), 400)
        assert pointers(problem) == [query.partition("=")[0]]
