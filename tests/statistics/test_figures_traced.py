"""Each figure of a rollup leads to the values that it is the sum of, and to who said each."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.http import as_problem, pointers, read, register, said, state
from tests.support.registers import get, post

THEN = "2024-01-01"
SUMS = {"total_ha", "leased_ha"}


def sums(figures: Any, path: str = "") -> Iterator[tuple[str, Any, str | None]]:
    """Yield each sum of a rollup with its place and the address of what it adds up."""
    if isinstance(figures, dict):
        if "values" in figures and path != "planned.listed_area":
            total = figures.get("total_ha", figures.get("leased_ha"))
            yield path, total, figures["values"]
        for name, value in figures.items():
            yield from sums(value, f"{path}.{name}".strip("."))


async def check(client: httpx.AsyncClient, figures: Any) -> int:
    """Check that what is said behind each sum adds up to it, and is in force; return how many."""
    found = 0
    for path, total, address in sums(figures):
        if address is None:
            assert not total, path
            continue
        page = await read(client, f"{address}&limit=1000")
        added = sum((Decimal(str(item["value"])) for item in page["items"]), Decimal())
        assert added == Decimal(str(total)), (path, address)
        for item in page["items"]:
            statement = await read(client, f"/v1/statements/{item['statement_id']}")
            assert statement["values"][item["attribute"]] == item["value"]
            assert statement["subject_id"] == item["site_id"]
            assert statement["source_title"] == item["source_title"]
        found += 1
    return found


@pytest.mark.parametrize(
    "query",
    [
        "province_code",
        "country",
        "stage&group_by=province_code",
        "clearance_status",
        "planning_status&group_by=legal_status",
        "operation_status",
    ],
)
@pytest.mark.parametrize("boundaries", ["then", "now"])
async def test_what_is_said_adds_up_to_each_figure(
    catalogue: httpx.AsyncClient, query: str, boundaries: str
) -> None:
    rollups = await read(
        catalogue, f"/v1/rollups?as_of={THEN}&boundaries={boundaries}&group_by={query}"
    )
    assert sum([await check(catalogue, item) for item in rollups["items"]]) > 5
    for item in rollups["items"]:
        count = sum(item["sites"]["by_stage"].values())
        assert (item["sites"]["listed"] is None) == (count == 0)
        if count:
            page = await read(catalogue, f"{item['sites']['listed']}&limit=1000")
            assert len(page["items"]) == count


async def test_the_figures_of_a_province_as_known_then(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await register(client, "ccn-a", area_ha=10.5, to_clear_ha=4, cleared_ha=3)
    b = await register(client, "ccn-b", area_ha=20, clearance_status="completed")
    await register(client, "ccn-gone", area_ha=7, planning_status="planned")
    await state(client, "ccn-gone", "2022", planning_status="removed")
    await register(client, "ccn-no-area")
    last = await state(client, "ccn-a", "2023", area_ha=12.25)
    rollup = await get(client, "/v1/provinces/06/rollup", as_of=THEN, kind="cluster")
    (figures,) = rollup["rollups"]
    assert figures["area"]["total_ha"] == 32.25
    assert await check(client, figures) == 4
    # What is written later does not change what stands behind the figure of that revision.
    await state(client, "ccn-b", "2023-06", "as the page says", area_ha=744000)
    page = await read(client, figures["area"]["values"])
    assert [(i["site_id"], i["value"], i["statement_id"]) for i in page["items"]] == [
        ("ccn-a", 12.25, last["id"]),
        ("ccn-b", 20, b["id"]),
    ]
    assert (
        page["items"][0].items()
        >= {
            "site_name": "ccn-a",
            "attribute": "area_ha",
            "source_id": "article",
            "source_title": "The article",
            "effective_from": "2023",
            "author": "tester",
        }.items()
    )
    assert figures["area"]["values"] == (
        "/v1/values?attribute=area_ha&counted=true&kind=cluster"
        f"&as_of={THEN}&revision={last['revision']}&province_code=06"
    )
    completed = await read(client, figures["clearance"]["completed_area_ha"]["values"])
    assert [(i["site_id"], i["value"]) for i in completed["items"]] == [("ccn-b", 20)]


async def test_values_are_listed_in_pages_and_counted(catalogue: httpx.AsyncClient) -> None:
    query = {"attribute": "area_ha", "as_of": THEN, "sort": "-area_ha", "count": "exact"}
    whole = await get(catalogue, "/v1/values", **query, limit=1000)
    areas = [item["value"] for item in whole["items"]]
    assert areas == sorted(areas, reverse=True)
    assert whole["count"] == len(areas) > 3
    first = await get(catalogue, "/v1/values", **query, limit=2)
    following = await get(catalogue, "/v1/values", **query, limit=2, cursor=first["next_cursor"])
    assert first["items"] + following["items"] == whole["items"][:4]


async def test_a_value_that_is_planned_is_no_value(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-planned")
    body = said("2021", basis="plan", values={"industrial_land_ha": 40})
    await post(sourced_client, "/v1/sites/ccn-planned/statements", body)
    page = await get(sourced_client, "/v1/values", attribute="industrial_land_ha")
    assert page["items"] == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "query", ["", "attribute=stage", "attribute=aera_ha", "attribute=geometry"]
)
async def test_an_attribute_must_be_named(catalogue: httpx.AsyncClient, query: str) -> None:
    problem = as_problem(await catalogue.get(f"/v1/values?{query}"), 400)
    assert pointers(problem) == ["attribute"]
