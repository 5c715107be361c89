"""Reading one site: its attributes, its stage, its id."""

import httpx
import pytest

from tests.support.catalogue import IN_2024
from tests.support.http import said
from tests.support.registers import get, post


async def test_a_site_shows_every_attribute(catalogue: httpx.AsyncClient) -> None:
    site = await get(catalogue, "/v1/sites/ccn-an", as_of=IN_2024)

    assert site.pop("known_from") <= site.pop("changed_in") <= site.pop("revision")
    assert site == {
        "id": "ccn-an",
        "kind": "cluster",
        "stage": "operating",
        "name": "CCN An",
        "name_en": None,
        "aliases": None,
        "province_code": "06",
        "province_name": "Bắc Kạn",
        "district_code": "065",
        "district_name": "Chợ Mới",
        "commune_code": "02131",
        "commune_name": "Quảng Chu",
        "address": None,
        "planning_status": "planned",
        "legal_status": "established",
        "investor": "builder",
        "investor_name": "Công ty Hạ tầng Đông Á",
        "managing_body": "board",
        "managing_body_name": "Ban quản lý các KCN",
        "area_ha": 10,
        "planned_area_ha": None,
        "detailed_plan_area_ha": None,
        "industrial_land_ha": 8,
        "service_land_ha": None,
        "leased_ha": 4,
        "leasable_ha": 8,
        "stated_occupancy_pct": None,
        "occupancy_definition": None,
        "occupancy_pct": 50,
        "occupancy_pct_definition": "ccn",
        "clearance_status": "completed",
        "clearance_stage": "handover",
        "clearance_phase": None,
        "to_clear_ha": None,
        "cleared_ha": None,
        "clearance_pct": None,
        "affected_households": 12,
        "households_inventoried": None,
        "households_paid": None,
        "paid_vnd": None,
        "infrastructure_investment_vnd": None,
        "construction_status": "completed",
        "operation_status": "operating",
        "expected_operation": None,
        "planned_increase_ha": None,
        "licensed_projects": None,
        "tenants": None,
        "tenants_foreign": None,
        "tenants_operating": None,
        "workers": None,
        "revenue_vnd": None,
        "budget_vnd": None,
        "wastewater_treatment": None,
        "craft": None,
        "households": None,
        "recognised_on": None,
        "geometry": None,
        "geometry_accuracy": None,
        "planned": {},
        "qualifiers": None,
        "values_to": None,
        "valid_from": "2020-01-01",
        "valid_to": "2025-07-01",
        "as_of": IN_2024,
    }


@pytest.mark.parametrize(
    ("site_id", "stage"),
    [
        ("ccn-an", "operating"),
        ("ccn-breve", "clearance"),
        ("ccn-circumflex", "planned"),
        ("ccn-cam", "construction"),
        ("kcn-cho-moi-2", "proposed"),
        ("ccn-chu", "closed"),
        ("ccn-duong", "clearance"),
        ("ccn-duc", "unknown"),
        ("lang-nghe-hoa-binh", "operating"),
    ],
)
async def test_the_stage_is_the_first_that_applies(
    catalogue: httpx.AsyncClient, site_id: str, stage: str
) -> None:
    assert (await get(catalogue, f"/v1/sites/{site_id}", as_of=IN_2024))["stage"] == stage


async def test_a_site_registered_without_an_id_is_named_after_kind_and_name(
    shared: httpx.AsyncClient,
) -> None:
    values = {"name": "Cụm công nghiệp Đông Á 2", "commune_code": "02131"}
    body = said("2021-06", kind="cluster", values=values)
    response = await shared.post("/v1/sites", json=body)

    assert response.status_code == 201, response.text
    assert response.json()["subject_id"] == "ccn-dong-a-2"
    assert response.headers["location"] == "/v1/sites/ccn-dong-a-2"
    site = await get(shared, response.headers["location"], as_of="2021-06-01")
    assert site["name"] == "Cụm công nghiệp Đông Á 2"
    # The commune alone tells the district and the province.
    assert (site["district_code"], site["province_code"]) == ("065", "06")


@pytest.mark.parametrize(
    ("kind", "name", "made"),
    [
        ("zone", "KCN Phú Nghĩa", "kcn-phu-nghia"),
        ("zone", "Khu công nghiệp Sơn Lôi", "kcn-son-loi"),
        ("craft_village", "Làng nghề Tích Sơn", "lang-nghe-tich-son"),
        ("cluster", "Nghĩa Đức", "ccn-nghia-duc"),
    ],
)
async def test_made_ids(shared: httpx.AsyncClient, kind: str, name: str, made: str) -> None:
    body = said("2021", kind=kind, values={"name": name, "province_code": "25"})
    assert (await post(shared, "/v1/sites", body))["subject_id"] == made


async def test_a_made_id_can_be_read_however_long_the_name(shared: httpx.AsyncClient) -> None:
    values = {"name": "Quảng Chu " * 40, "province_code": "06"}
    response = await shared.post("/v1/sites", json=said("2021", kind="cluster", values=values))
    assert response.status_code == 201
    site = await get(shared, response.headers["location"])
    assert site["id"].startswith("ccn-quang-chu-quang-chu")
    assert not site["id"].endswith("-")
