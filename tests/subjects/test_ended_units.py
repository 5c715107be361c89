"""Lists by units that have ended: they answer for the last common day, and say so (design, §5)."""

import csv
import io

import httpx
import pytest

from tests.support.http import as_problem, ids, pointers, read


@pytest.mark.parametrize(
    ("query", "ended"),
    [
        ("province_code=06", "Bắc Kạn (06)"),
        ("province_code=06&province_code=17", "Bắc Kạn (06)"),
        ("commune_code=02131", "Quảng Chu (02131)"),
        ("province_code=06&commune_code=02131", "Bắc Kạn (06)"),
        ("province_code=06&province_code=null", "Bắc Kạn (06)"),
        ("district_code=065&limit=1", "Chợ Mới (065)"),
    ],
)
async def test_a_list_answers_for_the_last_common_day(
    unchanged: httpx.AsyncClient, query: str, ended: str
) -> None:
    page = await read(unchanged, f"/v1/sites?{query}")
    assert page["as_of"] == "2025-06-30"
    assert page["as_of_note"].startswith(f"{ended} ended on 2025-07-01")
    dated = await read(unchanged, f"/v1/sites?{query}&as_of=2025-06-30")
    assert (ids(page), dated["as_of_note"]) == (ids(dated), None)
    assert ids(page)
    if page["next_cursor"]:
        rest = await read(unchanged, f"/v1/sites?{query}&cursor={page['next_cursor']}")
        assert (rest["as_of"], rest["as_of_note"]) == ("2025-06-30", page["as_of_note"])


async def test_today_stays_today_where_all_units_exist(unchanged: httpx.AsyncClient) -> None:
    page = await read(unchanged, "/v1/sites?province_code=19")
    assert page["as_of"] > "2025-07-01"
    assert page["as_of_note"] is None


@pytest.mark.parametrize(
    "query",
    [
        "province_code=06&province_code=19",
        "province_code=06&boundaries=now",
        "province_code=06&as_of=2025-07-01",
        "province_code=06&province_code=99",
    ],
)
async def test_where_no_day_is_common_or_one_is_named_it_is_an_error(
    unchanged: httpx.AsyncClient, query: str
) -> None:
    problem = as_problem(await unchanged.get(f"/v1/sites?{query}"), 400)
    assert pointers(problem) == ["province_code"]


async def test_files_answer_for_that_day(unchanged: httpx.AsyncClient) -> None:
    rows = [
        list(csv.DictReader(io.StringIO((await unchanged.get(f"/v1/sites.csv?{query}")).text)))
        for query in ("province_code=06", "province_code=06&as_of=2025-06-30")
    ]
    assert rows[0] == rows[1]
    assert rows[0]
    map_ = (await unchanged.get("/v1/sites.geojson?province_code=06")).json()
    assert "ended on 2025-07-01" in str({**map_, "features": []})
