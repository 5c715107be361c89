"""Lists of sites: filters, orders and searches."""

from typing import Any

import httpx
import pytest

from app.subjects.query_parameters import sort_keys
from app.subjects.sites import SiteState
from tests.support.catalogue import BY_NAME, IN_2024
from tests.support.http import MISTAKE, ids, pointers, read, refused, register, state, walk
from tests.support.lists import check_order, named
from tests.support.registers import get, post


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
        "legal_status=none",
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
        ("province_code=06&as_of=2025-07-01", ["19"]),
        ("province_code=17&as_of=2025-07-01", ["25"]),
        ("commune_code=02131&as_of=2025-07-01", ["02086"]),
        ("province_code=06&boundaries=now&as_of=2024-01-01", ["19"]),
        ("commune_code=02131&boundaries=now&as_of=2024-01-01", ["02086"]),
        ("district_code=065&as_of=2025-07-01", []),
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


async def test_stages_and_statuses_are_in_the_course_of_a_site(
    shared: httpx.AsyncClient,
) -> None:
    tracks: dict[str, dict[str, str]] = {
        "unknown": {},
        "proposed": {"planning_status": "proposed"},
        "planned": {"planning_status": "planned"},
        "established": {"legal_status": "established"},
        "clearance": {"clearance_status": "suspended"},
        "construction": {"construction_status": "in_progress", "clearance_status": "completed"},
        "operating": {"operation_status": "operating", "clearance_status": "in_progress"},
        "suspended": {"operation_status": "suspended"},
        "removed": {"planning_status": "removed"},
        "closed": {"operation_status": "closed"},
    }
    for stage, statuses in tracks.items():
        await register(shared, f"course-{stage}", province_code="91", **statuses)

    async def found(**query: Any) -> list[str]:
        page = await get(shared, "/v1/sites", province_code="91", as_of=IN_2024, **query)
        assert page["next_cursor"] is None or query["limit"]
        rest = page["next_cursor"] and await found(**query | {"cursor": page["next_cursor"]})
        return [key.removeprefix("course-") for key in ids(page)] + (rest or [])

    course = [stage for stage in tracks if stage != "unknown"]
    # Three a page, so that cursors stand on known and on unknown values.
    for limit in (100, 3, 1):
        assert await found(sort="stage", limit=limit) == [*course, "unknown"]
        assert await found(sort="-stage", limit=limit) == [*course[::-1], "unknown"]
        by_clearance = await found(sort="clearance_status", limit=limit)
        assert by_clearance[:3] == ["operating", "clearance", "construction"]
        assert by_clearance[3:] == sorted(set(tracks) - set(by_clearance[:3]))


async def test_sites_without_a_known_name_come_last_both_ways(shared: httpx.AsyncClient) -> None:
    for key, name in (("aa", "Cẩm"), ("bb", None), ("cc", "An"), ("dd", None), ("ee", "Ăn")):
        values = {"province_code": "95", "name": name or "x"}
        await register(shared, f"unnamed-{key}", override_reason="Khác tên", **values)
        if name is None:
            later: dict[str, Any] = {"province_code": "95", "area_ha": 5}
            await state(shared, f"unnamed-{key}", "2021", **later)
            said = (await get(shared, f"/v1/sites/unnamed-{key}/statements"))["items"]
            (naming,) = (one["id"] for one in said if "name" in one["values"])
            path = f"/v1/statements/{naming}/retraction"
            await post(shared, path, MISTAKE)

    for sort, expected in (
        ("name", ["cc", "ee", "aa", "bb", "dd"]),
        ("-name", ["aa", "ee", "cc", "dd", "bb"]),
    ):
        url = f"/v1/sites?province_code=95&as_of={IN_2024}&sort={sort}"
        for limit in (100, 2, 1):
            pages = await walk(shared, f"{url}&limit={limit}")
            assert [key for page in pages for key in ids(page)] == [
                f"unnamed-{k}" for k in expected
            ]
        exported = await shared.get(f"/v1/sites.csv?{url.partition('?')[2]}")
        lines = exported.text.splitlines()[1:]
        assert [line.split(",")[0] for line in lines] == [f"unnamed-{k}" for k in expected]


async def test_codes_of_units_of_now_are_in_their_own_order(shared: httpx.AsyncClient) -> None:
    # By the codes of 2024, 17 and 26 are around 19; both are in Phú Thọ (25) today. Of Gia Sàng,
    # which was divided, no commune is known today.
    places = {
        "a": ("26", None),
        "b": ("19", "05461"),
        "c": ("06", "02131"),
        "d": ("17", None),
        "e": ("06", "02008"),
    }
    for key, (province, commune) in places.items():
        place = {"province_code": province} | ({"commune_code": commune} if commune else {})
        await register(shared, f"moved-{key}", **place)
    expected = {
        "province_code&boundaries=then": "c e d b a",
        "province_code&boundaries=now": "b c e a d",  # 19, 19, 19, 25, 25
        "-province_code&boundaries=now": "d a e c b",
        "commune_code&boundaries=now": "e c a b d",  # 02008, 02086, unknown
        "-commune_code&boundaries=now": "c e d b a",
        "district_code&boundaries=now": "a b c d e",
    }
    for sort, order in expected.items():
        query = f"as_of={IN_2024}&q=moved&sort={sort}"
        for limit in (100, 2, 1):
            pages = await walk(shared, f"/v1/sites?{query}&limit={limit}")
            found = [key.removeprefix("moved-") for page in pages for key in ids(page)]
            assert found == order.split(), (sort, limit)
        exported = await shared.get(f"/v1/sites.csv?{query}")
        lines = exported.text.splitlines()[1:]
        assert [line.split(",")[0].removeprefix("moved-") for line in lines] == order.split()
    nothing = await get(
        shared, "/v1/sites", q="nowhere", sort="province_code", boundaries="now", as_of=IN_2024
    )
    assert nothing["items"] == []


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
        # Names that only accents distinguish are taken for the same.
        key, values = f"order-{number * 7 % len(names):02}", {"name": name, "province_code": "92"}
        await register(shared, key, override_reason="Hai tên", **values)
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
