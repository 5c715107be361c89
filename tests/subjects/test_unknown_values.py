"""Filters for what is unknown, and for what is known, of every attribute that lists compare."""

import csv
from io import StringIO
from typing import Any

import httpx
import pytest

from app.core.vocabulary import SubjectType
from app.subjects.definitions import DEFINITIONS
from app.subjects.query_parameters import QUERIES
from tests.support.catalogue import IN_2024
from tests.support.http import as_problem, ids, pointers, read
from tests.support.registers import get

OF_SITES = [
    "province_code",
    "district_code",
    "commune_code",
    "planning_status",
    "legal_status",
    "clearance_status",
    "clearance_stage",
    "construction_status",
    "operation_status",
    "investor",
    "managing_body",
    "area_ha",
    "planned_area_ha",
    "detailed_plan_area_ha",
    "industrial_land_ha",
    "service_land_ha",
    "leased_ha",
    "leasable_ha",
    "occupancy_pct",
    "occupancy_pct_definition",
    "to_clear_ha",
    "cleared_ha",
    "clearance_pct",
    "affected_households",
    "paid_vnd",
    "infrastructure_investment_vnd",
    "expected_operation",
    "tenants",
    "workers",
    "revenue_vnd",
    "budget_vnd",
    "wastewater_treatment",
]
OF_PROJECTS = [
    "province_code",
    "district_code",
    "commune_code",
    "site",
    "investor",
    "licence_status",
    "operation_status",
    "design_capacity",
    "registered_capital_vnd",
    "total_investment_vnd",
    "expected_operation",
]
BOTH = [("/v1/sites", name) for name in OF_SITES] + [("/v1/projects", n) for n in OF_PROJECTS]


@pytest.mark.databases("sqlite")
def test_every_attribute_that_lists_filter_or_sort_by_can_be_asked_for() -> None:
    for what, named in ((SubjectType.site, OF_SITES), (SubjectType.project, OF_PROJECTS)):
        assert set(named) <= QUERIES[what].many.model_fields.keys()
        members = DEFINITIONS[what].state.members.values()
        compared = [m.attribute for m in members if m.is_optional]
        wanted = {a.name for a in compared if a.filtered or a.range or a.sorts} - {"name"}
        assert wanted <= set(named)


@pytest.mark.parametrize(("path", "name"), BOTH)
@pytest.mark.parametrize("boundaries", ["then", "now"])
async def test_a_list_is_divided_by_what_is_known(
    catalogue: httpx.AsyncClient, path: str, name: str, boundaries: str
) -> None:
    about: dict[str, Any] = {"as_of": IN_2024, "boundaries": boundaries, "limit": 1000}
    whole = (await get(catalogue, path, **about))["items"]
    known = [item["id"] for item in whole if item[name] is not None]
    unknown = [item["id"] for item in whole if item[name] is None]
    assert ids(await get(catalogue, path, **about, **{name: "null"})) == unknown
    assert ids(await get(catalogue, path, **about, **{name: "not_null"})) == known


async def test_a_code_or_nothing(catalogue: httpx.AsyncClient) -> None:
    whole = (await get(catalogue, "/v1/sites", as_of=IN_2024))["items"]
    query = "clearance_status=null&clearance_status=completed"
    found = await read(catalogue, f"/v1/sites?as_of={IN_2024}&count=exact&{query}")
    wanted = [i["id"] for i in whole if i["clearance_status"] in {None, "completed"}]
    assert ids(found) == wanted
    assert found["count"] == len(wanted)
    assert len(wanted) < len(whole)
    query = "investor=null&investor=not_null"
    assert ids(await read(catalogue, f"/v1/sites?as_of={IN_2024}&{query}")) == [
        item["id"] for item in whole
    ]


async def test_files_have_what_the_list_has(catalogue: httpx.AsyncClient) -> None:
    query = f"as_of={IN_2024}&area_ha=null&clearance_status=null"
    wanted = ids(await read(catalogue, f"/v1/sites?{query}"))
    assert wanted
    response = await catalogue.get(f"/v1/sites.csv?{query}")
    rows = csv.DictReader(StringIO(response.content.decode("utf-8-sig")))
    assert [row["id"] for row in rows] == wanted
    features = (await read(catalogue, f"/v1/sites.geojson?{query}"))["features"]
    assert [feature["id"] for feature in features] == wanted


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "query", ["area_ha=5", "area_ha=", "clearance_status=unknown", "province_code=nil", "kind=null"]
)
async def test_what_is_neither_is_refused(catalogue: httpx.AsyncClient, query: str) -> None:
    problem = as_problem(await catalogue.get(f"/v1/sites?{query}"), 400)
    assert pointers(problem)[0].startswith(query.partition("=")[0])
