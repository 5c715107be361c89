"""Lists of sites: filters, orders and searches."""

from typing import Any

import httpx
import pytest

from app.subjects.query_parameters import sort_keys
from app.subjects.sites import SiteState
from tests.support.catalogue import BY_NAME, IN_2024
from tests.support.http import ids, pointers, read, refused, register
from tests.support.lists import check_order, named
from tests.support.registers import get


async def listed(client: httpx.AsyncClient, **parameters: Any) -> list[str]:
    """List sites as of 2024 by their ids."""
    return ids(await get(client, "/v1/sites", **{"as_of": IN_2024, **parameters}))


CLUSTERS = ["ccn-an", "ccn-breve", "ccn-circumflex", "ccn-cam", "ccn-chu", "ccn-duong", "ccn-duc"]
IN_06 = ["ccn-an", "ccn-breve", "ccn-circumflex", "kcn-cho-moi-2", "kcn-cho-moi-10"]


@pytest.mark.parametrize(
    ("query", "expected"),
    named(
        ("", BY_NAME),
        ("kind=zone", ["kcn-cho-moi-2", "kcn-cho-moi-10"]),
        ("kind=cluster", CLUSTERS),
        ("kind=zone&kind=craft_village", [*BY_NAME[4:6], "lang-nghe-hoa-binh"]),
        ("province_code=06", IN_06),
        ("province_code=17&province_code=25", [*BY_NAME[6:9], "lang-nghe-hoa-binh"]),
        ("district_code=065", ["ccn-an"]),
        ("district_code=058&district_code=065", ["ccn-an", "ccn-breve"]),
        ("commune_code=01846", ["ccn-breve"]),
        ("planning_status=planned", ["ccn-an", "ccn-circumflex"]),
        ("planning_status=proposed", ["kcn-cho-moi-2", "kcn-cho-moi-10"]),
        ("legal_status=established&legal_status=expanded", ["ccn-an", "ccn-breve", "ccn-cam"]),
        ("legal_status=abolished", ["ccn-chu"]),
        ("clearance_status=in_progress", ["ccn-breve"]),
        ("clearance_stage=handover", ["ccn-an"]),
        ("construction_status=in_progress", ["ccn-cam"]),
        ("operation_status=trial", ["lang-nghe-hoa-binh"]),
        ("stage=operating", ["ccn-an", "lang-nghe-hoa-binh"]),
        ("stage=clearance&stage=closed", ["ccn-breve", "ccn-chu", "ccn-duong"]),
        ("stage=unknown", ["ccn-duc"]),
        ("investor=builder", ["ccn-an"]),
        ("investor=board", []),
        ("managing_body=board", ["ccn-an"]),
        ("area_min=43", ["ccn-cam", "kcn-cho-moi-2", "kcn-cho-moi-10"]),
        ("area_max=10", ["ccn-an", "ccn-chu", "lang-nghe-hoa-binh"]),
        ("area_min=20.5&area_max=20.5", ["ccn-breve", "ccn-duong"]),
        ("area_min=0.0002&area_max=4.9999", []),
        ("area_min=0&area_max=0.0001", ["ccn-chu"]),
        ("occupancy_min=50", ["ccn-an", "ccn-cam", "lang-nghe-hoa-binh"]),
        ("occupancy_max=50", ["ccn-an", "ccn-duong"]),
        ("occupancy_min=75.5&occupancy_max=75.5", ["ccn-cam"]),
        ("kind=cluster&province_code=06&legal_status=established&area_min=11", ["ccn-breve"]),
    ),
)
async def test_filters(catalogue: httpx.AsyncClient, query: str, expected: list[str]) -> None:
    page = await read(catalogue, f"/v1/sites?as_of={IN_2024}&{query}".rstrip("&"))
    assert ids(page) == expected
    assert page["as_of"] == IN_2024
    assert page["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        "kind=park",
        "kind=",
        "province_code=6",
        "province_code=bac-kan",
        "stage=Operating",
        "legal_status=null",
        "investor=Builder",
        "area_min=-1",
        "area_min=many",
        "area_min=NaN",
        "area_max=Infinity",
        "area_min=1e400",
        "area_min=0.00001",
        "area_max=10,5",
        "occupancy_min=101",
        "sort=",
        "sort=area",
        "sort=--name",
        "sort=name_sort",
        "boundaries=later",
        "q=",
        "q=%20%20",
        "q=%25",
        "q=---",
        "as_of=2024",
        "as_of=2024-13-01",
        "as_of=2023-02-29",
        "as_of=20240101",
        "as_of=1703980800",
        "as_of=2024-01-01T00:00:00",
        "known_at=2024-01-01",
        "known_at=2024-01-01T00:00:00",
        "known_at=2024-01-01T00:00:00+07:00",
        "known_at=1703980800",
        "revision=-1",
        "revision=1.5",
        "revision=latest",
        "revision=99999999999999999999",
    ],
)
async def test_filters_that_say_nothing_are_refused(
    catalogue: httpx.AsyncClient, query: str
) -> None:
    problem = await refused(catalogue, "GET", f"/v1/sites?{query}", 400)
    assert problem["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("area_min=20.5&area_max=20.4999", "area_max"),
        ("area_max=0&area_min=0.0001", "area_max"),
        ("occupancy_min=100&occupancy_max=50", "occupancy_max"),
        ("bbox=106,22,105,23", "bbox"),
        ("bbox=105,23,106,22", "bbox"),
    ],
)
async def test_ranges_the_wrong_way_round_are_refused(
    catalogue: httpx.AsyncClient, query: str, named: str
) -> None:
    for path in ("/v1/sites", "/v1/sites.csv", "/v1/sites.geojson", "/v1/sites.xlsx"):
        problem = await refused(catalogue, "GET", f"{path}?{query}", 400)
        assert pointers(problem) == [named]


async def test_a_list_of_the_past_and_of_today(catalogue: httpx.AsyncClient) -> None:
    assert await listed(catalogue, as_of="2019-12-31") == []
    today = await get(catalogue, "/v1/sites", province_code="19", kind="cluster")
    # Since 2025-07-01 Bắc Kạn is part of Thái Nguyên.
    assert ids(today) == ["ccn-an", "ccn-breve", "ccn-circumflex", "ccn-cam"]
    assert {site["province_code"] for site in today["items"]} == {"19"}


@pytest.mark.parametrize(
    ("query", "expected"),
    named(
        ("province_code=19&kind=cluster", ["ccn-an", "ccn-breve", "ccn-circumflex", "ccn-cam"]),
        ("province_code=25", ["ccn-chu", "ccn-duong", "ccn-duc", "lang-nghe-hoa-binh"]),
        ("commune_code=02086", ["ccn-an"]),
    ),
)
async def test_a_list_of_the_past_by_the_units_of_today(
    catalogue: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    page = await read(catalogue, f"/v1/sites?as_of={IN_2024}&boundaries=now&{query}")
    assert ids(page) == expected
    assert {site["province_code"] for site in page["items"]} <= {"19", "25"}
    assert {site["district_code"] for site in page["items"]} <= {None}


@pytest.mark.parametrize(
    ("query", "successors"),
    named(
        ("province_code=06", ["19"]),
        ("province_code=17&as_of=2025-07-01", ["25"]),
        ("commune_code=02131", ["02086"]),
        ("province_code=06&boundaries=now&as_of=2024-01-01", ["19"]),
        ("commune_code=02131&boundaries=now&as_of=2024-01-01", ["02086"]),
        ("district_code=065", []),
        ("province_code=19&province_code=99", []),
    ),
)
async def test_a_unit_that_did_not_exist_on_the_date_is_refused(
    catalogue: httpx.AsyncClient, query: str, successors: list[str]
) -> None:
    problem = await refused(catalogue, "GET", f"/v1/sites?{query}", 400)
    assert pointers(problem) == [query.partition("=")[0]]
    assert [unit["code"] for unit in problem.get("successors", [])] == successors


# Orders

BY_AREA = [
    "ccn-chu",  # 0.0001
    "lang-nghe-hoa-binh",  # 5
    "ccn-an",  # 10
    "ccn-breve",  # 20.5
    "ccn-duong",  # 20.5
    "ccn-cam",  # 43
    "kcn-cho-moi-2",  # 200
    "kcn-cho-moi-10",  # 300
]
UNKNOWN_AREA = ["ccn-circumflex", "ccn-duc"]
BY_OCCUPANCY = ["ccn-duong", "ccn-an", "ccn-cam", "lang-nghe-hoa-binh"]  # 0, 50, 75.5, 100


@pytest.mark.parametrize(
    ("sort", "expected"),
    named(
        ("name", BY_NAME),
        ("-name", BY_NAME[::-1]),
        ("id", sorted(BY_NAME)),
        ("-id", sorted(BY_NAME)[::-1]),
        ("area_ha", BY_AREA + UNKNOWN_AREA),
        ("-area_ha", BY_AREA[::-1] + UNKNOWN_AREA[::-1]),
        ("occupancy_pct", BY_OCCUPANCY + sorted(set(BY_NAME) - set(BY_OCCUPANCY))),
        ("-occupancy_pct", BY_OCCUPANCY[::-1] + sorted(set(BY_NAME) - set(BY_OCCUPANCY))[::-1]),
        ("affected_households", ["ccn-an", *sorted(set(BY_NAME) - {"ccn-an"})]),
        ("known_from", sorted(BY_NAME)[::-1]),
        ("-known_from", sorted(BY_NAME)),
    ),
)
async def test_orders(catalogue: httpx.AsyncClient, sort: str, expected: list[str]) -> None:
    assert await listed(catalogue, sort=sort) == expected


@pytest.mark.parametrize("sign", ["", "-"], ids=["ascending", "descending"])
@pytest.mark.parametrize("key", sort_keys(SiteState))
async def test_every_order_puts_unknown_values_last_and_pages_without_gaps(
    catalogue: httpx.AsyncClient, key: str, sign: str
) -> None:
    whole = await check_order(catalogue, "/v1/sites", sign, key)
    assert sorted(site["id"] for site in whole) == sorted(BY_NAME)


async def test_vietnamese_names_in_the_order_of_the_alphabet(shared: httpx.AsyncClient) -> None:
    names = [
        "Ao",
        "CCN Ăn Hải",
        "Cụm công nghiệp Âu Lâu",
        "Cẩm Khê",
        "Chợ Mới 2",
        "Chợ Mới 10",
        "Chu Hương",
        "Chung Chải",
        "Dương Quang",
        "Đức Vân",
        "Em",
        "Êa",
        "Hoa",
        "Hòa",
        "Hoà Bình",
        "Y Tý",
    ]
    for number, name in enumerate(names):
        await register(shared, f"order-{number * 7 % len(names):02}", name=name, province_code="92")
    page = await get(shared, "/v1/sites", province_code="92")
    assert [site["name"] for site in page["items"]] == names


# Searches


@pytest.mark.parametrize(
    ("q", "expected"),
    named(
        ("an", ["ccn-an", "ccn-breve", "ccn-circumflex"]),
        ("ĂN", ["ccn-an", "ccn-breve", "ccn-circumflex"]),
        ("hòa bình", ["lang-nghe-hoa-binh"]),
        ("hoà bình", ["lang-nghe-hoa-binh"]),
        ("Hoa\u0300 Bi\u0300nh", ["lang-nghe-hoa-binh"]),
        ("HOA BINH", ["lang-nghe-hoa-binh"]),
        ("bình hòa", ["lang-nghe-hoa-binh"]),
        ("đức", ["ccn-duc"]),
        ("Duc", ["ccn-duc"]),
        ("dươ", ["ccn-duong"]),
        ("muong", ["lang-nghe-hoa-binh"]),
        ("peace VILLAGE", ["lang-nghe-hoa-binh"]),
        ("KCN", ["kcn-cho-moi-2", "kcn-cho-moi-10"]),
        ("khu công nghiệp Chợ Mới", ["kcn-cho-moi-2", "kcn-cho-moi-10"]),
        ("Khu CN cho moi 2", ["kcn-cho-moi-2"]),
        ("kcn chợ mới 1", ["kcn-cho-moi-10"]),
        ("CCN Ăn", ["ccn-an", "ccn-breve", "ccn-circumflex"]),
        ("cụm công nghiệp cẩm", ["ccn-cam"]),
        ("cụm công ng", CLUSTERS),
        ("CCN Chợ Mới", []),
        ("ccn-cam", ["ccn-cam"]),
        ("Cẩm, (CCN)", ["ccn-cam"]),
        ("a_", ["ccn-an", "ccn-breve", "ccn-circumflex"]),
        ("n%e", []),
        ("c_u", []),
        ("quảng", []),
    ),
)
async def test_searches(catalogue: httpx.AsyncClient, q: str, expected: list[str]) -> None:
    assert await listed(catalogue, q=q) == expected


async def test_a_search_goes_with_filters(catalogue: httpx.AsyncClient) -> None:
    assert await listed(catalogue, q="an", legal_status="established") == ["ccn-an", "ccn-breve"]
