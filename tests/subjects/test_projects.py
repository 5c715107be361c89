"""Reading one project: its attributes, its timeline, who said so."""

import httpx
import pytest

from tests.support.catalogue import IN_2024
from tests.support.http import ids, refused, said
from tests.support.registers import get, post
from tests.support.subjects import PROJECTS, SITES

PATH = "/v1/projects"


async def test_a_project_shows_every_attribute(catalogue: httpx.AsyncClient) -> None:
    project = await PROJECTS.read(catalogue, "an", as_of=IN_2024)

    assert project.pop("known_from") <= project.pop("changed_in") <= project.pop("revision")
    assert project == {
        "id": "du-an-an",
        "name": "Dự án An",
        "name_en": None,
        "aliases": None,
        "province_code": "06",
        "province_name": "Bắc Kạn",
        "district_code": "065",
        "district_name": "Chợ Mới",
        "commune_code": "02131",
        "commune_name": "Quảng Chu",
        "address": "Lô 3",
        "site": "ccn-an",
        "site_name": "CCN An",
        "investor": "builder",
        "investor_name": "Công ty Hạ tầng Đông Á",
        "product": "Thép",
        "licence_status": "licensed",
        "operation_status": "operating",
        "design_capacity": 1.5,
        "design_capacity_unit": "t",
        "design_capacity_period": "year",
        "registered_capital_vnd": 90_000_000_000,
        "total_investment_vnd": None,
        "expected_operation": "2023",
        "qualifiers": None,
        "values_to": None,
        "valid_from": "2020-01-01",
        "valid_to": "2025-07-01",
        "as_of": IN_2024,
    }
    page = await get(catalogue, PATH, as_of=IN_2024, q="du-an-an", limit=1)
    listed = page["items"][0]
    assert listed.pop("known_from")
    assert listed == {name: value for name, value in project.items() if name != "as_of"}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Nhà máy giày dép Huyền Tụng", "du-an-nha-may-giay-dep-huyen-tung"),
        ("Dự án Khu liên hợp gang thép", "du-an-khu-lien-hop-gang-thep"),
        ("DỰ ÁN: Đúc Thép 2", "du-an-duc-thep-2"),
        ("Dự án", "du-an-du-an"),
    ],
)
async def test_made_ids(shared: httpx.AsyncClient, name: str, made: str) -> None:
    body = said("2021", values={"name": name, "province_code": "25"})
    response = await shared.post(PATH, json=body)
    assert response.status_code == 201, response.text
    assert response.json()["subject_id"] == made
    assert response.headers["location"] == f"{PATH}/{made}"
    assert (await get(shared, response.headers["location"]))["name"] == name


async def test_a_made_id_can_be_read_however_long_the_name(shared: httpx.AsyncClient) -> None:
    values = {"name": "Quảng Chu " * 40, "province_code": "06"}
    response = await shared.post(PATH, json=said("2021", values=values))
    assert response.status_code == 201
    project = await get(shared, response.headers["location"])
    assert project["id"].startswith("du-an-quang-chu-quang-chu")
    assert not project["id"].endswith("-")


async def test_any_id_may_be_given(shared: httpx.AsyncClient) -> None:
    body = said("2021", id="nha-may-2", values={"name": "Nhà máy 2", "commune_code": "02131"})
    await post(shared, PATH, body)
    project = await get(shared, f"{PATH}/nha-may-2", as_of="2021-01-01")
    # The commune alone tells the district and the province.
    assert (project["district_code"], project["province_code"]) == ("065", "06")


async def test_the_timeline_of_a_project(shared: httpx.AsyncClient) -> None:
    for site in ("timeline-a", "timeline-b"):
        await SITES.register(shared, site)
    await PROJECTS.register(shared, "timeline", "2019", licence_status="policy_approved")
    await PROJECTS.state(shared, "timeline", "2021-06", licence_status="licensed")
    await PROJECTS.state(shared, "timeline", "2023-03-15", operation_status="trial")
    await PROJECTS.state(shared, "timeline", "2021-06", site="ccn-timeline-a")
    await PROJECTS.state(shared, "timeline", "2024", site="ccn-timeline-b", investor="builder")
    timeline = await get(shared, f"{PATH}/du-an-timeline/timeline")
    names = ("valid_from", "valid_to", "licence_status", "operation_status", "site", "investor")
    assert [tuple(version[name] for name in names) for version in timeline["items"]] == [
        ("2019-01-01", "2021-06-01", "policy_approved", None, None, None),
        ("2021-06-01", "2023-03-15", "licensed", None, "ccn-timeline-a", None),
        ("2023-03-15", "2024-01-01", "licensed", "trial", "ccn-timeline-a", None),
        ("2024-01-01", "2025-07-01", "licensed", "trial", "ccn-timeline-b", "builder"),
        ("2025-07-01", None, "licensed", "trial", "ccn-timeline-b", "builder"),
    ]
    assert {version["id"] for version in timeline["items"]} == {"du-an-timeline"}


async def test_no_derived_day_cuts_the_timeline_of_a_project(shared: httpx.AsyncClient) -> None:
    """On 2022-07-15 the occupancy of zones was defined anew; projects have none."""
    await PROJECTS.register(shared, "uncut", "2020", design_capacity=1)
    timeline = await get(shared, f"{PATH}/du-an-uncut/timeline")
    assert [version["valid_from"] for version in timeline["items"]] == ["2020-01-01", "2025-07-01"]


async def test_who_said_what_of_a_project(shared: httpx.AsyncClient) -> None:
    first = await PROJECTS.register(shared, "said", "2020", commune_code="02131", product="Gang")
    path = f"{PATH}/du-an-said"
    capacity = {"design_capacity": 1000, "design_capacity_unit": "t"}
    body = said("2021-05", "decision", values=capacity | {"product": "Thép"})
    second = await post(shared, f"{path}/statements", body)
    third = await PROJECTS.state(shared, "said", "2022", design_capacity_unit=None)

    page = await get(shared, f"{path}/provenance", as_of="2022-06-30")
    assert (page["as_of"], page["next_cursor"]) == ("2022-06-30", None)
    names = ("attribute", "statement_id", "source_id", "effective_from", "revision")
    by_first = (first["id"], "article", "2020", first["revision"])
    by_second = (second["id"], "decision", "2021-05", second["revision"])
    by_third = (third["id"], "article", "2022", third["revision"])
    # The unit was said to be unknown again: it is said by whom.
    assert [tuple(item[name] for name in names) for item in page["items"]] == [
        ("commune_code", *by_first),
        ("design_capacity", *by_second),
        ("design_capacity_unit", *by_third),
        ("district_code", *by_first),
        ("name", *by_first),
        ("product", *by_second),
        ("province_code", *by_first),
    ]
    then = await get(shared, f"{path}/provenance", as_of="2020-06-30")
    assert {item["statement_id"] for item in then["items"]} == {first["id"]}
    assert "design_capacity" not in {item["attribute"] for item in then["items"]}
    await refused(shared, "GET", f"{path}/provenance?as_of=2019-12-31", 404)


async def test_the_statements_of_a_project_page_by_page(shared: httpx.AsyncClient) -> None:
    await PROJECTS.register(shared, "paged")
    for year in (2021, 2022, 2023):
        await PROJECTS.state(shared, "paged", str(year), design_capacity=year)
    path = f"{PATH}/du-an-paged/statements"
    whole = await get(shared, path)
    assert [item["effective_from"] for item in whole["items"]] == ["2023", "2022", "2021", "2020"]
    page = await get(shared, path, limit=3)
    rest = await get(shared, path, limit=3, cursor=page["next_cursor"])
    assert ids(page) + ids(rest) == ids(whole)
    assert rest["next_cursor"] is None
