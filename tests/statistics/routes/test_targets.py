"""The targets of a province: stated and implied, with what was reached."""

from typing import Any

import httpx
import pytest

from tests.support.http import as_problem, pointers, read, refused, register, said, state
from tests.support.registers import get, post

SHOWN = (
    "indicator",
    "period",
    "value",
    "implied",
    "reached",
    "reached_basis",
    "reached_pct",
    "met",
)
HOA_BINH = "/v1/provinces/17"


def of(indicator: str, value: float, period: str | None = None, **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "value": value, "period": period, **more}


async def observe_all(
    client: httpx.AsyncClient, code: str, day: str, basis: str, *observations: dict[str, Any]
) -> Any:
    body = said(day, basis=basis, observations=list(observations))
    return await post(client, f"/v1/provinces/{code}/statements", body)


def shown(items: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(item[name] for name in SHOWN) for item in items]


@pytest.fixture
async def hoa_binh(sourced_client: httpx.AsyncClient) -> tuple[httpx.AsyncClient, Any]:
    """State what Hòa Bình reported of its targets, none of which it states."""
    statement = await observe_all(
        sourced_client,
        "17",
        "2024-06-24",
        "actual",
        of("zone_occupancy_pct", 46.77, pct_of_target=58.46),
        of("cluster_occupancy_pct", 41.3, pct_of_target=82.4),
        of("zone_and_cluster_land_ha", 6113.48, pct_of_target=132.9, qualifier="about"),
        of("iip_growth_avg_pct", 0.41, "2021/2023", pct_of_target=4.56),
        of("craft_village_recognised_count", 11),
    )
    return sourced_client, statement


# By hand: 46.77 / 0.5846 = 80.003..., 41.3 / 0.824 = 50.121..., 6113.48 / 1.329 = 4600.060...,
# 0.41 / 0.0456 = 8.991...
IMPLIED = {
    "cluster": ("cluster_occupancy_pct", "2024-06-24", 50.12, True, 41.3, "actual", 82.4, False),
    "zone": ("zone_occupancy_pct", "2024-06-24", 80, True, 46.77, "actual", 58.46, False),
    "iip": ("iip_growth_avg_pct", "2021/2023", 8.99, True, 0.41, "actual", 4.56, False),
    "land": (
        "zone_and_cluster_land_ha",
        "2024-06-24",
        4600.06,
        True,
        6113.48,
        "actual",
        132.9,
        True,
    ),
}


async def test_targets_that_only_their_share_implies(
    hoa_binh: tuple[httpx.AsyncClient, Any],
) -> None:
    client, statement = hoa_binh
    page = await get(client, f"{HOA_BINH}/targets", as_of="2024-06-30")
    assert shown(page["items"]) == [IMPLIED[key] for key in ("cluster", "iip", "land", "zone")]
    assert (page["as_of"], page["as_of_note"]) == ("2024-06-30", None)
    assert (page["next_cursor"], page["revision"]) == (None, statement["revision"])
    assert page["items"][3] == {
        "province_code": "17",
        "indicator": "zone_occupancy_pct",
        "unit": "pct",
        "value": 80,
        "value_to": None,
        "qualifier": "about",
        "price_base": None,
        "trend": None,
        "basis": "target",
        "period": "2024-06-24",
        "effective_from": "2024-06-24",
        "date_basis": "stated",
        "source_id": "article",
        "source_title": "The article",
        "statement_id": statement["id"],
        "implied": True,
        "reached": 46.77,
        "reached_qualifier": "exact",
        "reached_basis": "actual",
        "reached_price_base": None,
        "reached_on": "2024-06-24",
        "reached_pct": 58.46,
        "reached_statement_id": statement["id"],
        "reached_source_id": "article",
        "computed_qualifier": None,
        "computed_known": None,
        "computed_unknown": None,
        "met": False,
    }


async def test_implied_targets_in_the_rollup(hoa_binh: tuple[httpx.AsyncClient, Any]) -> None:
    client, _ = hoa_binh
    rollup = await read(client, f"{HOA_BINH}/rollup?as_of=2024-06-30")
    by_kind = {kind["kind"]: shown(kind["targets"]) for kind in rollup["rollups"]}
    assert by_kind == {
        "zone": [IMPLIED["zone"]],
        "cluster": [IMPLIED["cluster"]],
        "craft_village": [],
    }
    # What is of no kind stands at the top, whichever kinds are asked for.
    some = await read(client, f"{HOA_BINH}/rollup?as_of=2024-06-30&kind=zone")
    for answer in (rollup, some):
        assert shown(answer["targets"]) == [IMPLIED["iip"], IMPLIED["land"]]
    before = await read(client, f"{HOA_BINH}/rollup?as_of=2024-06-23")
    assert before["targets"] == []
    # Phú Thọ of today is Hòa Bình, Vĩnh Phúc and the old Phú Thọ.
    merged = await read(client, "/v1/provinces/25/rollup?as_of=2024-06-30&boundaries=now")
    assert merged["targets"] == rollup["targets"]
    country = await read(client, "/v1/rollups?as_of=2024-06-30")
    assert [shown(item["targets"]) for item in country["items"]] == [
        [IMPLIED["zone"]],
        [IMPLIED["cluster"]],
    ]


async def test_which_targets(hoa_binh: tuple[httpx.AsyncClient, Any]) -> None:
    client, statement = hoa_binh

    async def codes(query: str) -> list[str]:
        page = await read(client, f"{HOA_BINH}/targets?as_of=2024-06-30&{query}")
        return [item["indicator"] for item in page["items"]]

    assert await codes("kind=zone&kind=craft_village") == ["zone_occupancy_pct"]
    assert await codes("indicator=iip_growth_avg_pct") == ["iip_growth_avg_pct"]
    assert await codes("indicator=iip_growth_avg_pct&kind=zone") == []
    assert await codes(f"revision={statement['revision'] - 1}") == []
    early = await get(client, f"{HOA_BINH}/targets", as_of="2024-06-23")
    assert early["items"] == []
    # The province ended, so it answers for its last day.
    last = await get(client, f"{HOA_BINH}/targets")
    assert (last["as_of"], len(last["items"])) == ("2025-06-30", 4)
    assert "2025-07-01" in last["as_of_note"]
    await post(client, f"/v1/statements/{statement['id']}/retraction", {"reason": "Nhầm tỉnh"})
    assert await codes("kind=zone") == []
    assert len(await codes(f"revision={statement['revision']}")) == 4


async def test_a_stated_target_beside_what_its_share_implies(
    sourced_client: httpx.AsyncClient,
) -> None:
    client, output = sourced_client, "industrial_output_value"
    target = await observe_all(
        client,
        "06",
        "2023-12",
        "target",
        of(output, 1900, "2024"),
        of("industry_share_of_grdp_pct", 8, "2025", value_to=10, qualifier="range"),
    )
    url = "/v1/provinces/06/targets"
    running = await get(client, url, as_of="2024-06-30")
    assert shown(running["items"]) == [
        (output, "2024", 1900, False, None, None, None, None),
        ("industry_share_of_grdp_pct", "2025", 8, False, None, None, None, None),
    ]
    assert [item["reached_on"] for item in running["items"]] == ["2024-06-30", "2024-06-30"]
    estimate = await observe_all(
        client,
        "06",
        "2024-12",
        "estimate",
        of(output, 2023.72, "2024", price_base="constant_2010", pct_of_target=106.51),
        of("industry_share_of_grdp_pct", 8.5, "2025"),
    )
    over = await get(client, url, as_of="2025-01-31")
    # 2023.72 / 1900 = 1.06511...; 2023.72 / 1.0651 = 1900.028...; 8.5 / 8 = 1.0625.
    assert shown(over["items"]) == [
        (output, "2024", 1900, False, 2023.72, "estimate", 106.51, True),
        (output, "2024", 1900.03, True, 2023.72, "estimate", 106.51, True),
        ("industry_share_of_grdp_pct", "2025", 8, False, 8.5, "estimate", 106.25, True),
    ]
    first, implied, share = over["items"]
    assert (first["statement_id"], first["reached_statement_id"]) == (
        target["id"],
        estimate["id"],
    )
    assert (first["price_base"], first["reached_price_base"]) == (None, "constant_2010")
    assert (implied["statement_id"], implied["price_base"]) == (estimate["id"], "constant_2010")
    assert (share["value_to"], share["qualifier"]) == (10, "range")


async def test_what_no_source_says_is_computed_from_the_sites(
    sourced_client: httpx.AsyncClient,
) -> None:
    client = sourced_client
    await register(client, "ccn-a", legal_status="established", area_ha=40)
    await register(client, "ccn-b", planning_status="planned")
    await state(client, "ccn-a", "2024-05", operation_status="operating")
    targets = [
        of("cluster_operating_count", 1, "2024", qualifier="at_least"),
        of("cluster_area_ha", 80, "2024"),
        of("zone_operating_count", 1, "2023"),
    ]
    await observe_all(client, "06", "2023", "target", *targets)
    url = "/v1/provinces/06/targets"

    early = await get(client, url, as_of="2024-04-30")
    assert shown(early["items"]) == [
        # Half of 80 ha is known, of one of two clusters.
        ("cluster_area_ha", "2024", 80, False, 40, "computed", 50, None),
        ("cluster_operating_count", "2024", 1, False, 0, "computed", 0, None),
        ("zone_operating_count", "2023", 1, False, 0, "computed", 0, False),
    ]
    area = early["items"][0]
    assert (area["computed_known"], area["computed_unknown"]) == (1, 1)
    assert (area["reached_statement_id"], area["reached_qualifier"]) == (None, None)

    late = await get(client, url, as_of="2025-01-31", kind="cluster")
    assert shown(late["items"]) == [
        # The period is over, but the other cluster may be of 40 ha or more.
        ("cluster_area_ha", "2024", 80, False, 40, "computed", 50, None),
        ("cluster_operating_count", "2024", 1, False, 1, "computed", 100, True),
    ]
    # The list and the rollup say the same.
    rollup = await read(client, "/v1/provinces/06/rollup?as_of=2025-01-31&kind=cluster")
    assert rollup["rollups"][0]["targets"] == late["items"]


async def test_targets_that_cannot_be_listed(documents: httpx.AsyncClient) -> None:
    url = "/v1/provinces/06/targets"
    problem = await refused(documents, "GET", "/v1/provinces/99/targets", 404)
    assert problem["type"] == "/problems/not-found"
    problem = await refused(documents, "GET", f"{url}?as_of=2025-07-01", 404)
    assert problem["type"] == "/problems/unit-not-valid"
    for query in ("indicator=clusters", "kind=park", "as_of=2024", "basis=target", "limit=5"):
        problem = as_problem(await documents.get(f"{url}?{query}"), 400)
        assert pointers(problem) == [query.partition("=")[0]]
