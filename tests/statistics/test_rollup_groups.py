"""Rollups of all provinces, grouped as asked, and rollups over time."""

from typing import Any

import httpx
import pytest

from tests.support.figures import known, untraced
from tests.support.http import pointers, read, refused

IN_2024 = "2024-01-01"
SERIES = "/v1/provinces/06/rollup/series"
FIGURES = ("sites", "area", "land", "clearance", "occupancy")
WHOLE = (*FIGURES, "planned", "published", "targets")


async def groups(client: httpx.AsyncClient, query: str) -> Any:
    return await read(client, f"/v1/rollups?as_of={IN_2024}&{query}")


async def test_each_province_of_which_anything_is_known_has_its_whole_rollup(
    figures: httpx.AsyncClient,
) -> None:
    answer = await groups(figures, "group_by=province_code")
    assert [(item["province_code"], item["kind"]) for item in answer["items"]] == [
        ("06", "cluster"),
        ("06", "craft_village"),
        ("17", "zone"),
        ("25", "zone"),
        ("26", "zone"),
    ]
    assert answer["group_by"] == ["province_code"]
    assert (answer["as_of"], answer["boundaries"]) == (IN_2024, "then")
    for item in answer["items"]:
        url = f"/v1/provinces/{item['province_code']}/rollup?as_of={IN_2024}&kind={item['kind']}"
        single = await read(figures, url)
        assert item["province_name"] == single["province_name"]
        (rollup,) = single["rollups"]
        assert {name: item[name] for name in WHOLE} == {name: rollup[name] for name in WHOLE}
    default = await read(figures, f"/v1/rollups?as_of={IN_2024}")
    assert default == answer


async def test_the_provinces_of_today(figures: httpx.AsyncClient) -> None:
    answer = await groups(figures, "group_by=province_code&boundaries=now")
    found = [
        (item["province_code"], item["province_name"], item["kind"], item["sites"]["count"])
        for item in answer["items"]
    ]
    assert found == [
        ("19", "Thái Nguyên", "cluster", 5),
        ("19", "Thái Nguyên", "craft_village", 1),
        ("25", "Phú Thọ", "zone", 5),
    ]
    single = await read(
        figures, f"/v1/provinces/25/rollup?as_of={IN_2024}&kind=zone&boundaries=now"
    )
    (rollup,) = single["rollups"]
    assert {name: answer["items"][2][name] for name in WHOLE} == {n: rollup[n] for n in WHOLE}


async def test_the_whole_country(figures: httpx.AsyncClient) -> None:
    answer = await groups(figures, "group_by=country")
    by_kind = {item["kind"]: item for item in answer["items"]}
    assert {kind: item["sites"]["count"] for kind, item in by_kind.items()} == {
        "zone": 5,
        "cluster": 5,
        "craft_village": 1,
    }
    # 33.3333 + 16.6666 + 12.5; of the zones only the first has an area.
    assert untraced(by_kind["cluster"]["area"]) == known(62.4999, 3, 2)
    assert untraced(by_kind["zone"]["area"]) == known(150, 1, 4)
    # 50.5 and 70.
    assert untraced(by_kind["zone"]["land"]["planned_area_ha"]) == known(120.5, 2, 3)
    for item in answer["items"]:
        assert (item["province_code"], item["planned"], item["published"]) == (None, None, [])
    assert answer["items"] == (await groups(figures, "group_by=kind"))["items"]
    only = await groups(figures, "group_by=country&kind=zone")
    assert only["items"] == [by_kind["zone"]]


async def test_by_stage(figures: httpx.AsyncClient) -> None:
    answer = await groups(figures, "group_by=stage&kind=cluster")
    found = {
        item["stage"]: (item["sites"]["count"], item["area"]["total_ha"])
        for item in answer["items"]
    }
    assert found == {
        # Listed, and not counted.
        "closed": (0, 0),
        "operating": (1, 33.3333),
        "clearance": (1, 16.6666),
        "planned": (1, None),
        "proposed": (1, None),
        "unknown": (1, 12.5),
    }
    assert [item["stage"] for item in answer["items"]] == sorted(found)
    closed = answer["items"][sorted(found).index("closed")]
    assert closed["sites"]["by_stage"]["closed"] == 1
    operating = answer["items"][sorted(found).index("operating")]
    assert operating["occupancy"]["land_weighted_pct"] == 75
    assert operating["clearance"]["clearance_pct"] == 100


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("legal_status", {"abolished": 0, "established": 2, None: 3}),
        ("clearance_status", {"completed": 1, "in_progress": 1, None: 3}),
        ("planning_status", {"planned": 1, "proposed": 1, None: 3}),
        ("construction_status", {None: 5}),
        ("operation_status", {"operating": 1, None: 4}),
    ],
)
async def test_by_status(
    figures: httpx.AsyncClient, key: str, expected: dict[str | None, int]
) -> None:
    answer = await groups(figures, f"group_by={key}&kind=cluster")
    assert {item[key]: item["sites"]["count"] for item in answer["items"]} == expected
    assert len(answer["items"]) == len(expected)


async def test_by_two_keys(figures: httpx.AsyncClient) -> None:
    answer = await groups(figures, "group_by=province_code&group_by=legal_status&kind=zone")
    assert answer["group_by"] == ["province_code", "legal_status"]
    found = [
        (i["province_code"], i["province_name"], i["legal_status"], i["sites"]["count"])
        for i in answer["items"]
    ]
    assert [group[0] for group in found] == ["17", "25", "25", "26"]
    assert set(found) == {
        ("17", "Hòa Bình", None, 1),
        ("25", "Phú Thọ", "established", 1),
        ("25", "Phú Thọ", None, 2),
        ("26", "Vĩnh Phúc", None, 1),
    }


async def test_groups_come_in_the_order_of_their_keys(figures: httpx.AsyncClient) -> None:
    one = await groups(figures, "group_by=stage&group_by=province_code&kind=zone&boundaries=then")
    assert [(i["stage"], i["province_code"]) for i in one["items"]] == [
        ("established", "25"),
        ("planned", "17"),
        ("proposed", "26"),
        ("unknown", "25"),
    ]


async def test_by_province_and_country_is_by_province(figures: httpx.AsyncClient) -> None:
    by_province = await groups(figures, "group_by=province_code")
    for query in (
        "group_by=province_code&group_by=province_code",
        "group_by=country&group_by=province_code",
        "group_by=kind&group_by=province_code",
    ):
        assert (await groups(figures, query))["items"] == by_province["items"]


async def test_two_keys_by_the_provinces_of_today(figures: httpx.AsyncClient) -> None:
    query = "group_by=province_code&group_by=stage&kind=zone&boundaries=now"
    answer = await groups(figures, query)
    assert {(i["province_code"], i["stage"], i["sites"]["count"]) for i in answer["items"]} == {
        ("25", "established", 1),
        ("25", "planned", 1),
        ("25", "proposed", 1),
        ("25", "unknown", 2),
    }


@pytest.mark.parametrize(
    "query",
    [
        "group_by=",
        "group_by=investor",
        "group_by=province",
        "group_by=stage,kind",
        "group_by=kind&group_by=stage&group_by=country&group_by=legal_status",
    ],
)
async def test_groups_that_cannot_be_made(figures: httpx.AsyncClient, query: str) -> None:
    problem = await refused(figures, "GET", f"/v1/rollups?{query}", 400)
    assert pointers(problem) == ["group_by"]


async def test_the_whole_is_the_sum_of_any_groups(documents: httpx.AsyncClient) -> None:
    url = "/v1/rollups?as_of=2023-12-31&kind=cluster&group_by="
    (country,) = (await read(documents, f"{url}country"))["items"]
    for key in ("province_code", "stage", "clearance_status", "legal_status"):
        items = (await read(documents, f"{url}{key}"))["items"]
        assert sum(item["sites"]["count"] for item in items) == country["sites"]["count"] == 6
        hectares = [round((item["area"]["total_ha"] or 0) * 10_000) for item in items]
        assert sum(hectares) == round(country["area"]["total_ha"] * 10_000) == 1_674_000


# Over time


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("from=2021-06-30&to=2024-06-30", ["2021-06-30", "2022-06-30", "2023-06-30", "2024-06-30"]),
        ("from=2023-01-01&to=2023-12-31&step=half_year", ["2023-01-01", "2023-07-01"]),
        (
            "from=2023-01-31&to=2024-01-31&step=quarter",
            ["2023-01-31", "2023-04-30", "2023-07-31", "2023-10-31", "2024-01-31"],
        ),
        (
            "from=2023-12-31&to=2024-03-30&step=month",
            ["2023-12-31", "2024-01-31", "2024-02-29"],
        ),
        ("from=2024-01-01&to=2024-01-01&step=year", ["2024-01-01"]),
    ],
)
async def test_a_series_is_made_of_rollups(
    figures: httpx.AsyncClient, query: str, days: list[str]
) -> None:
    series = await read(figures, f"{SERIES}?{query}")
    assert [item["as_of"] for item in series["items"]] == days
    for item in series["items"]:
        url = f"/v1/provinces/06/rollup?as_of={item['as_of']}"
        assert item == await read(figures, url)
    assert {item["revision"] for item in series["items"]} == {series["revision"]}


async def test_a_series_shows_how_figures_moved(figures: httpx.AsyncClient) -> None:
    series = await read(figures, f"{SERIES}?from=2019-01-01&to=2024-01-01&kind=cluster")
    clusters = [item["rollups"][0] for item in series["items"]]
    assert [c["sites"]["count"] for c in clusters] == [0, 5, 5, 5, 5, 5]
    assert [c["sites"]["by_stage"]["operating"] for c in clusters] == [0, 0, 0, 0, 1, 1]
    assert [c["planned"] and c["planned"]["sites"] for c in clusters] == [
        None,
        None,
        None,
        10,
        10,
        10,
    ]


async def test_a_series_by_the_provinces_of_today(figures: httpx.AsyncClient) -> None:
    url = "/v1/provinces/25/rollup/series?from=2024-01-01&to=2026-01-01&kind=zone&boundaries=now"
    series = await read(figures, url)
    assert [
        (item["member_codes"], item["rollups"][0]["sites"]["count"]) for item in series["items"]
    ] == [(["17", "25", "26"], 5), (["17", "25", "26"], 5), (["25"], 5)]
    then = await read(figures, url.replace("boundaries=now", "boundaries=then"))
    assert [
        (item["member_codes"], item["rollups"][0]["sites"]["count"]) for item in then["items"]
    ] == [(["25"], 3), (["25"], 3), (["25"], 5)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("to=2024-01-01", "from"),
        ("from=2024-01-01", "to"),
        ("from=2024-01-02&to=2024-01-01", "to"),
        ("from=2024&to=2025-01-01", "from"),
        ("from=2024-01-01&to=2025-01-01&step=week", "step"),
        ("from=2000-01-01&to=2010-01-01&step=month", "step"),
        ("from=2024-01-01&to=2025-01-01&as_of=2024-01-01", "as_of"),
        ("from_=2024-01-01&to=2025-01-01", "from_"),
        ("from=0001-01-01&to=2024-01-01", "from"),
        ("from=9999-01-01&to=9999-12-31", "from"),
        ("from=2024-01-01&to=9999-12-31", "to"),
    ],
)
async def test_series_that_cannot_be_computed(
    figures: httpx.AsyncClient, query: str, parameter: str
) -> None:
    problem = await refused(figures, "GET", f"/v1/provinces/19/rollup/series?{query}", 400)
    assert parameter in pointers(problem)


async def test_a_series_of_120_dates_at_most(figures: httpx.AsyncClient) -> None:
    url = f"{SERIES}?from=2010-01-01&kind=cluster&step=month"
    assert len((await read(figures, f"{url}&to=2019-12-31"))["items"]) == 120
    problem = await refused(figures, "GET", f"{url}&to=2020-01-01", 400)
    assert pointers(problem) == ["step"]


async def test_a_series_ends_with_its_province(figures: httpx.AsyncClient) -> None:
    url = f"{SERIES}?from=2024-07-01&to=2026-07-01"
    problem = await refused(figures, "GET", url, 404)
    assert [unit["code"] for unit in problem["successors"]] == ["19"]
