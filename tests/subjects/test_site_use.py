"""What tables of officers have of a site: money, households, tenants, workers, wastewater."""

from typing import Any

import httpx
import pytest

from tests.support.http import ids, pointers, refused, register, register_once, said, state
from tests.support.registers import get, post

STATED: dict[str, Any] = {
    "households_inventoried": 75,
    "households_paid": 18,
    "paid_vnd": 10_006_866_385,
    "infrastructure_investment_vnd": 496_651_000_000,
    "tenants": 12,
    "tenants_foreign": 0,
    "tenants_operating": 12,
    "workers": 1340,
    "revenue_vnd": 999_999_999_999_999,
    "budget_vnd": 1,
    "wastewater_treatment": "compliant",
}


async def test_a_site_of_any_kind_has_them_to_the_last_dong(shared: httpx.AsyncClient) -> None:
    for kind in ("cluster", "zone", "craft_village"):
        site_id = f"used-{kind.replace('_', '-')}"
        await register(shared, site_id, "2020", kind, affected_households=76, **STATED)
        await state(shared, site_id, "2022", tenants=None, wastewater_treatment="built")
        then = await get(shared, f"/v1/sites/{site_id}", as_of="2021-12-31")
        assert {name: then[name] for name in STATED} == STATED
        now = await get(shared, f"/v1/sites/{site_id}")
        changed = {"tenants": None, "wastewater_treatment": "built"}
        assert {name: now[name] for name in STATED} == STATED | changed


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("households_inventoried", "affected_households"),
        ("households_paid", "affected_households"),
        ("households_paid", "households_inventoried"),
        ("tenants_foreign", "tenants"),
        ("tenants_operating", "tenants"),
    ],
)
async def test_a_part_is_not_more_than_its_whole(
    shared: httpx.AsyncClient, part: str, whole: str
) -> None:
    site_id = f"parts-{part}-{whole}".replace("_", "-")
    await register(shared, site_id, "2020")
    path = f"/v1/sites/{site_id}/statements"
    # Alone it contradicts itself, so that no reason helps.
    both = said("2021", values={part: 21, whole: 20}) | {"override_reason": "It says so."}
    problem = await refused(shared, "POST", path, 409, json=both)
    assert pointers(problem) == [f"#/values/{part}"]
    assert f"{part} 21 is more than {whole} 20" in problem["detail"]
    # What two sources say may be kept, with a reason.
    await post(shared, path, said("2022", values={whole: 20}))
    other = said("2023", values={part: 21})
    problem = await refused(shared, "POST", path, 409, json=other)
    assert pointers(problem) == [f"#/values/{part}"]
    await post(shared, path, other | {"override_reason": "Counted anew."})
    await post(shared, path, said("2024", values={whole: 21}))


async def test_a_part_that_may_be_as_small_as_its_whole_is_kept(shared: httpx.AsyncClient) -> None:
    await register(shared, "hedged-tenants", "2020")
    values = {"tenants": 20, "tenants_operating": 21}
    about = said("2021", values=values) | {"qualifiers": {"tenants_operating": "about"}}
    await post(shared, "/v1/sites/hedged-tenants/statements", about)
    assert (await get(shared, "/v1/sites/hedged-tenants"))["tenants_operating"] == 21


@pytest.mark.parametrize(
    "values",
    [
        {"paid_vnd": -1},
        {"paid_vnd": 0.5},
        {"revenue_vnd": 10**15 + 1},
        {"tenants": "12"},
        {"workers": 1.5},
        {"wastewater_treatment": "none"},
    ],
    ids=repr,
)
async def test_what_cannot_be_said(shared: httpx.AsyncClient, values: dict[str, Any]) -> None:
    await register_once(shared, "ccn-refusing")
    body = said("2024", values=values)
    problem = await refused(shared, "POST", "/v1/sites/ccn-refusing/statements", 422, json=body)
    assert pointers(problem) == [f"#/values/{next(iter(values))}"]


async def test_lists_filter_and_sort_by_them(shared: httpx.AsyncClient) -> None:
    stated = {"filtered-one": (10**9, "built"), "filtered-two": (2 * 10**9, "compliant")}
    for site_id, (money, treatment) in stated.items():
        await register(
            shared,
            site_id,
            "2020",
            district_code="064",
            infrastructure_investment_vnd=money,
            wastewater_treatment=treatment,
        )
    await register(shared, "filtered-three", "2020", district_code="064")
    query = {"district_code": "064", "as_of": "2024-01-01"}
    ordered = await get(shared, "/v1/sites", sort="-infrastructure_investment_vnd", **query)
    assert ids(ordered) == ["filtered-two", "filtered-one", "filtered-three"]
    assert ids(await get(shared, "/v1/sites", wastewater_treatment="compliant", **query)) == [
        "filtered-two"
    ]
    unknown = await get(shared, "/v1/sites", infrastructure_investment_vnd="null", **query)
    assert ids(unknown) == ["filtered-three"]


async def test_a_project_has_its_total_investment(shared: httpx.AsyncClient) -> None:
    values = {"name": "Dự án A", "province_code": "06", "total_investment_vnd": 3 * 10**12}
    values |= {"registered_capital_vnd": 10**12}
    await post(shared, "/v1/projects", said("2020", id="du-an-a", values=values))
    project = await get(shared, "/v1/projects/du-an-a")
    assert project["total_investment_vnd"] == 3_000_000_000_000
    assert project["registered_capital_vnd"] == 1_000_000_000_000
