"""Lists of projects: filters, orders, searches, pages, and the projects of one site."""

from typing import Any

import httpx
import pytest

from app.subjects.definitions.project import ProjectState
from app.subjects.query_parameters import sort_keys
from tests.support.catalogue import IN_2024, PROJECTS_BY_NAME
from tests.support.http import ids, pointers, read, refused, walk, with_parameters
from tests.support.lists import check_order, named
from tests.support.registers import get, post
from tests.support.subjects import PROJECTS, SITES

LIST = "/v1/projects"
IN_06 = ["du-an-an", "du-an-breve", "du-an-circumflex", "du-an-cho-2", "du-an-cho-10"]
IN_CCN_AN = ["du-an-an", "du-an-cho-2", "du-an-cho-10"]


async def listed(client: httpx.AsyncClient, **parameters: Any) -> list[str]:
    """List projects as of 2024 by their ids."""
    return ids(await get(client, LIST, **{"as_of": IN_2024, **parameters}))


@pytest.mark.parametrize(
    ("query", "expected"),
    named(
        ("", PROJECTS_BY_NAME),
        ("province_code=06", IN_06),
        ("province_code=17&province_code=25", ["du-an-duong", "du-an-duc"]),
        ("district_code=065", ["du-an-an"]),
        ("district_code=058&district_code=065", ["du-an-an", "du-an-breve"]),
        ("commune_code=01846", ["du-an-breve"]),
        ("site=ccn-an", IN_CCN_AN),
        ("site=ccn-breve", ["du-an-breve"]),
        ("site=ccn-an&site=ccn-breve", ["du-an-an", "du-an-breve", *IN_CCN_AN[1:]]),
        ("site=ccn-duong", []),
        ("investor=builder", ["du-an-an"]),
        ("investor=builder&investor=board", ["du-an-an", "du-an-cho-2"]),
        ("licence_status=licensed", ["du-an-an", "du-an-cho-10"]),
        ("licence_status=policy_approved&licence_status=revoked", ["du-an-breve", "du-an-cam"]),
        ("operation_status=operating", ["du-an-an"]),
        ("operation_status=preparing", ["du-an-breve"]),
        ("operation_status=under_construction", ["du-an-cho-2"]),
        ("operation_status=trial&operation_status=idle", ["du-an-cam", "du-an-cho-10"]),
        ("operation_status=closed", ["du-an-duong"]),
        ("site=ccn-an&licence_status=licensed&operation_status=trial", ["du-an-cho-10"]),
        ("province_code=17&site=ccn-an", []),
    ),
)
async def test_filters(catalogue: httpx.AsyncClient, query: str, expected: list[str]) -> None:
    page = await read(catalogue, f"{LIST}?as_of={IN_2024}&{query}".rstrip("&"))
    assert ids(page) == expected
    assert page["as_of"] == IN_2024
    assert page["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        "kind=cluster",
        "stage=planned",
        "site=CCN-An",
        "site=",
        "investor=Builder",
        "licence_status=established",
        "operation_status=suspended",
        "operation_status=none",
        "province_code=6",
        "sort=area_ha",
        "sort=name_sort",
        "sort=--name",
        "boundaries=later",
        "q=%25",
        "limit=0",
        "as_of=2024",
        "known_at=2024-01-01",
        "revision=latest",
    ],
)
async def test_filters_that_say_nothing_are_refused(
    catalogue: httpx.AsyncClient, query: str
) -> None:
    for path in (LIST, f"{SITES.at('an')}/projects"):
        problem = await refused(catalogue, "GET", f"{path}?{query}", 400)
        assert pointers(problem) == [query.partition("=")[0]]


async def test_a_list_of_the_past_and_of_today(catalogue: httpx.AsyncClient) -> None:
    assert await listed(catalogue, as_of="2019-12-31") == []
    today = await get(catalogue, LIST, province_code="19")
    # Since 2025-07-01 Bắc Kạn is part of Thái Nguyên.
    assert set(ids(today)) == {*IN_06, "du-an-cam"}
    assert {project["province_code"] for project in today["items"]} == {"19"}


@pytest.mark.parametrize(
    ("query", "expected"),
    named(
        ("province_code=19", [*PROJECTS_BY_NAME[:6]]),
        ("province_code=25", ["du-an-duong", "du-an-duc"]),
        ("commune_code=02086", ["du-an-an"]),
    ),
)
async def test_a_list_of_the_past_by_the_units_of_today(
    catalogue: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    page = await read(catalogue, f"{LIST}?as_of={IN_2024}&boundaries=now&{query}")
    assert ids(page) == expected
    assert {project["province_code"] for project in page["items"]} <= {"19", "25"}
    assert {project["district_code"] for project in page["items"]} == {None}


async def test_a_unit_that_did_not_exist_on_the_date_is_refused(
    catalogue: httpx.AsyncClient,
) -> None:
    problem = await refused(catalogue, "GET", f"{LIST}?province_code=06&as_of=2025-07-01", 400)
    assert pointers(problem) == ["province_code"]
    assert [unit["code"] for unit in problem["successors"]] == ["19"]


# Orders

BY_CAPACITY = [
    "du-an-cho-10",
    "du-an-an",
    "du-an-duc",
    "du-an-breve",
]  # 0.0001, 1.5, 1.5, 3 million
BY_CAPITAL = ["du-an-an", "du-an-duong", "du-an-cam"]  # 90 billion, 250 million, nothing
NO_CAPITAL = sorted(set(PROJECTS_BY_NAME) - set(BY_CAPITAL))


@pytest.mark.parametrize(
    ("sort", "expected"),
    named(
        ("name", PROJECTS_BY_NAME),
        ("-name", PROJECTS_BY_NAME[::-1]),
        ("id", sorted(PROJECTS_BY_NAME)),
        ("-known_from", sorted(PROJECTS_BY_NAME)),
        ("design_capacity", BY_CAPACITY + sorted(set(PROJECTS_BY_NAME) - set(BY_CAPACITY))),
        ("-registered_capital_vnd", BY_CAPITAL + NO_CAPITAL[::-1]),
    ),
)
async def test_orders(catalogue: httpx.AsyncClient, sort: str, expected: list[str]) -> None:
    assert await listed(catalogue, sort=sort) == expected


@pytest.mark.parametrize("sign", ["", "-"], ids=["ascending", "descending"])
@pytest.mark.parametrize("key", sort_keys(ProjectState))
async def test_every_order_puts_unknown_values_last_and_pages_without_gaps(
    catalogue: httpx.AsyncClient, key: str, sign: str
) -> None:
    whole = await check_order(catalogue, LIST, sign, key)
    assert sorted(project["id"] for project in whole) == sorted(PROJECTS_BY_NAME)
    of_site = await check_order(catalogue, f"{SITES.at('an')}/projects", sign, key)
    assert of_site == [project for project in whole if project["site"] == "ccn-an"]


# Searches


@pytest.mark.parametrize(
    ("q", "expected"),
    named(
        ("an", ["du-an-an", "du-an-breve", "du-an-circumflex", *PROJECTS_BY_NAME[3:]]),
        ("ĂN breve", ["du-an-breve"]),
        ("đức", ["du-an-duc"]),
        ("virtue PLANT", ["du-an-duc"]),
        ("muong", ["du-an-duong"]),
        ("chợ", ["du-an-cho-2", "du-an-cho-10"]),
        ("cho 1", ["du-an-cho-10"]),
        ("thép", []),
        ("n%e", []),
    ),
)
async def test_searches(catalogue: httpx.AsyncClient, q: str, expected: list[str]) -> None:
    """Every id begins with du-an, whose second word is found as well."""
    assert await listed(catalogue, q=q) == expected


# Pages


async def test_pages_stay_as_they_were_while_others_write(
    own_catalogue: httpx.AsyncClient,
) -> None:
    asked: dict[str, Any] = {"as_of": IN_2024}
    before = await get(own_catalogue, LIST, **asked)
    page = await get(own_catalogue, LIST, limit=2, **asked)
    found = page["items"]
    writes = iter(
        [
            PROJECTS.register(own_catalogue, "a", "2020"),
            PROJECTS.state(own_catalogue, "duong", "2021", name="Ỷ La", site="ccn-an"),
            post(own_catalogue, f"{PROJECTS.at('cam')}/withdrawal", {"reason": "Ghi nhầm"}),
        ]
    )
    while page["next_cursor"]:
        await next(writes)
        page = await get(own_catalogue, LIST, limit=2, cursor=page["next_cursor"], **asked)
        assert page["revision"] == before["revision"]
        found += page["items"]

    assert found == before["items"]
    after = await listed(own_catalogue)
    assert "du-an-a" in after
    assert "du-an-cam" not in after


async def test_a_cursor_goes_with_its_own_list_only(catalogue: httpx.AsyncClient) -> None:
    asked = {"as_of": IN_2024, "limit": 1}
    of_site = f"{SITES.at('an')}/projects"
    lists = (LIST, "/v1/sites", of_site, f"{SITES.at('breve')}/projects", f"{LIST}?sort=-name")
    for path in lists:
        cursor = (await get(catalogue, LIST, **asked))["next_cursor"]
        if path == LIST:
            cursor = (await get(catalogue, of_site, **asked))["next_cursor"]
        url = with_parameters(path, cursor=cursor)
        problem = await refused(catalogue, "GET", url, 400)
        assert pointers(problem) == ["cursor"]


# The projects of a site


async def test_the_projects_of_a_site(catalogue: httpx.AsyncClient) -> None:
    page = await get(catalogue, f"{SITES.at('an')}/projects", as_of=IN_2024)
    whole = await get(catalogue, LIST, as_of=IN_2024, site="ccn-an")
    assert ids(page) == IN_CCN_AN
    assert page == whole
    trial = await get(
        catalogue, f"{SITES.at('an')}/projects", as_of=IN_2024, operation_status="trial"
    )
    assert ids(trial) == ["du-an-cho-10"]
    assert ids(await get(catalogue, f"{SITES.at('chu')}/projects", as_of=IN_2024)) == []
    pages = await walk(catalogue, f"{SITES.at('an')}/projects?as_of={IN_2024}&limit=2")
    assert [ids(page) for page in pages] == [IN_CCN_AN[:2], IN_CCN_AN[2:]]
    await refused(catalogue, "GET", f"{SITES.at('nowhere')}/projects", 404)
    await refused(catalogue, "GET", f"{SITES.at('an')}/projects?site=ccn-an", 400)


async def test_the_projects_of_a_site_on_a_date_and_as_known_earlier(
    shared: httpx.AsyncClient,
) -> None:
    for site in ("old-plot", "new-plot"):
        await SITES.register(shared, site)
    first = await PROJECTS.register(shared, "moved", "2020", site="ccn-old-plot")
    await PROJECTS.state(shared, "moved", "2023", site="ccn-new-plot")
    old, new = (f"{SITES.at(name)}/projects" for name in ("old-plot", "new-plot"))
    assert ids(await get(shared, old, as_of="2022-12-31")) == ["du-an-moved"]
    assert ids(await get(shared, old, as_of="2023-01-01")) == []
    assert ids(await get(shared, new, as_of="2023-01-01")) == ["du-an-moved"]
    # As known when the first statement was the only one, it has stayed where it was.
    known = {"as_of": "2023-01-01", "revision": first["revision"]}
    assert ids(await get(shared, old, **known)) == ["du-an-moved"]
    assert ids(await get(shared, new, **known)) == []
    await PROJECTS.state(shared, "moved", "2024", site=None)
    assert ids(await get(shared, new, as_of="2024-01-01")) == []
    assert (await PROJECTS.read(shared, "moved"))["site"] is None
