"""Reading one site: its attributes, and both time axes."""

import httpx
import pytest

from tests.api.catalogue import IN_2024
from tests.api.helpers import ids, latest_revision, pointers, refused, register, said, state
from tests.conftest import get, post


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
        "district_code": "065",
        "commune_code": "02131",
        "address": None,
        "planning_status": "planned",
        "legal_status": "established",
        "investor": "builder",
        "managing_body": "board",
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
        "construction_status": "completed",
        "operation_status": "operating",
        "expected_operation": None,
        "planned_increase_ha": None,
        "licensed_projects": None,
        "craft": None,
        "households": None,
        "workers": None,
        "recognised_on": None,
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


async def test_before_the_first_statement_there_is_nothing(catalogue: httpx.AsyncClient) -> None:
    path = "/v1/sites/ccn-an"
    problem = await refused(catalogue, "GET", f"{path}?as_of=2019-12-31", 404)
    assert problem["type"] == "/problems/not-found"
    assert "2020-01-01" in problem["detail"]
    assert ids(await get(catalogue, "/v1/sites", as_of="2019-12-31")) == []
    assert (await get(catalogue, path, as_of="2020-01-01"))["area_ha"] == 10


async def test_unknown_sites(catalogue: httpx.AsyncClient) -> None:
    for path in ("", "/statements", "/timeline", "/provenance"):
        problem = await refused(catalogue, "GET", f"/v1/sites/ccn-nowhere{path}", 404)
        assert problem["type"] == "/problems/not-found"


# System time


async def test_a_site_as_known_earlier(sourced_client: httpx.AsyncClient) -> None:
    first = await register(sourced_client, "ccn-a", area_ha=10)
    second = await state(sourced_client, "ccn-a", "2020-01-01", area_ha=12)
    path = "/v1/sites/ccn-a"

    assert (await get(sourced_client, path))["area_ha"] == 12
    for asked in ({"revision": first["revision"]}, {"known_at": first["recorded_at"]}):
        then = await get(sourced_client, path, **asked)
        assert (then["area_ha"], then["revision"]) == (10, first["revision"])
        page = await get(sourced_client, "/v1/sites", **asked)
        assert (page["items"][0]["area_ha"], page["revision"]) == (10, first["revision"])
    now = await get(sourced_client, path, known_at=second["recorded_at"].replace("Z", "+00:00"))
    assert now["area_ha"] == 12

    earlier = first["revision"] - 1
    problem = await refused(sourced_client, "GET", f"{path}?revision={earlier}", 404)
    assert problem["type"] == "/problems/not-found"
    assert ids(await get(sourced_client, "/v1/sites", revision=earlier)) == []
    await refused(sourced_client, "GET", f"{path}?known_at=2000-01-01T00:00:00Z", 404)
    asked = {"known_at": "2000-01-01T00:00:00+07:00"}
    assert ids(await get(sourced_client, "/v1/sites", **asked)) == []


async def test_a_revision_that_is_not_recorded_yet(catalogue: httpx.AsyncClient) -> None:
    beyond = await latest_revision(catalogue) + 1
    for path in ("/v1/sites", "/v1/sites/ccn-an", "/v1/sites/ccn-an/timeline"):
        problem = await refused(catalogue, "GET", f"{path}?revision={beyond}", 400)
        assert pointers(problem) == ["revision"]
        assert problem["latest_revision"] == beyond - 1


@pytest.mark.parametrize("path", ["", "/ccn-an", "/ccn-an/statements", "/ccn-an/provenance"])
async def test_known_at_and_revision_exclude_each_other(
    catalogue: httpx.AsyncClient, path: str
) -> None:
    asked = "known_at=2024-01-01T00:00:00Z&revision=1"
    problem = await refused(catalogue, "GET", f"/v1/sites{path}?{asked}", 400)
    assert pointers(problem) == ["known_at"]


# The units of the date, or those of today


async def test_a_site_by_the_units_of_the_date_and_of_today(catalogue: httpx.AsyncClient) -> None:
    path = "/v1/sites/ccn-an"
    # Quảng Chu commune was 02131 in Chợ Mới district (065) and is 02086 in Thái Nguyên (19).
    then = await get(catalogue, path, as_of=IN_2024)
    now = await get(catalogue, path, as_of=IN_2024, boundaries="now")
    today = await get(catalogue, path)

    codes = ("province_code", "district_code", "commune_code")
    assert [then[code] for code in codes] == ["06", "065", "02131"]
    assert [now[code] for code in codes] == ["19", None, "02086"]
    assert [today[code] for code in codes] == ["19", None, "02086"]
    different = {name for name in then if then[name] != now[name]}
    assert different == set(codes)


async def test_the_timeline_is_cut_where_units_changed(catalogue: httpx.AsyncClient) -> None:
    timeline = await get(catalogue, "/v1/sites/ccn-an/timeline")
    assert [(v["valid_from"], v["valid_to"], v["commune_code"]) for v in timeline["items"]] == [
        ("2020-01-01", "2025-07-01", "02131"),
        ("2025-07-01", None, "02086"),
    ]


async def test_the_timeline_by_a_date_ends_with_the_state_of_that_date(
    catalogue: httpx.AsyncClient,
) -> None:
    path = "/v1/sites/ccn-an/timeline"
    timeline = await get(catalogue, path, as_of="2025-06-30")
    assert [v["valid_from"] for v in timeline["items"]] == ["2020-01-01"]
    await refused(catalogue, "GET", f"{path}?as_of=2019-12-31", 404)


async def test_which_part_of_a_divided_commune_a_site_fell_into_is_unknown(
    shared: httpx.AsyncClient,
) -> None:
    # Tân Thạnh in Thới Lai district (927) was divided between two communes of Cần Thơ.
    await register(shared, "ccn-divided", commune_code="31268", province_code="92")
    path = "/v1/sites/ccn-divided"
    then = await get(shared, path, as_of=IN_2024)
    assert (then["commune_code"], then["province_code"]) == ("31268", "92")
    for asked in ({}, {"as_of": IN_2024, "boundaries": "now"}):
        now = await get(shared, path, **asked)
        assert (now["commune_code"], now["district_code"]) == (None, None)
        assert now["province_code"] == "92"
