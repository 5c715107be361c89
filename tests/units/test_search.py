"""Looking units up by name: each name and code was looked up by hand in the tables of units."""

from typing import Any

import httpx
import pytest

from tests.support.http import as_problem, pointers
from tests.support.registers import get

QUANG_CHU = {
    "level": "commune",
    "code": "02131",
    "name": "Quảng Chu",
    "type": "commune",
    "label": "Xã Quảng Chu",
    "province_code": "06",
    "province_name": "Bắc Kạn",
    "district_code": "065",
    "district_name": "Chợ Mới",
    "valid_from": None,
    "valid_to": "2025-07-01",
    "predecessors": [],
    "successors": [
        {"code": "02086", "name": "Chợ Mới", "valid_from": "2025-07-01", "valid_to": None}
    ],
}


async def found(client: httpx.AsyncClient, **query: str) -> list[tuple[str, str, str | None]]:
    page: dict[str, Any] = await get(client, "/v1/units", **query)
    return [(unit["label"], unit["code"], unit["province_code"]) for unit in page["items"]]


async def test_a_unit_with_all_that_is_known_of_it(documents: httpx.AsyncClient) -> None:
    page = await get(documents, "/v1/units", q="Quảng Chu")
    assert page == {"items": [QUANG_CHU], "next_cursor": None, "as_of": None}


@pytest.mark.parametrize(
    ("q", "query", "expected"),
    [
        ("xa quang chu", {}, ("Xã Quảng Chu", "02131", "06")),
        ("TP. Bắc Cạn", {}, ("Thành phố Bắc Kạn", "058", "06")),
        ("Bắc Cạn", {}, ("Tỉnh Bắc Kạn", "06", "06")),
        ("bắc kạn", {"as_of": "2025-07-01"}, ("Phường Bắc Kạn", "01843", "19")),
        ("H. Chợ Mới", {"province_code": "06"}, ("Huyện Chợ Mới", "065", "06")),
        ("chợ mới", {"province_code": "19"}, ("Xã Chợ Mới", "02086", "19")),
        ("Hoà Bình", {"level": "district"}, ("Thành phố Hòa Bình", "148", "17")),
        ("Kontum", {}, ("Tỉnh Kon Tum", "62", "62")),
        ("daklak", {"as_of": "2024-06-30"}, ("Tỉnh Đắk Lắk", "66", "66")),
        ("Đắc Lắc", {}, ("Tỉnh Đắk Lắk", "66", "66")),
        ("Mĩ Đức", {"level": "district"}, ("Huyện Mỹ Đức", "282", "01")),
    ],
)
async def test_names_are_found_as_they_are_written(
    documents: httpx.AsyncClient, q: str, query: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert (await found(documents, q=q, **query))[0] == expected


async def test_the_whole_name_comes_first_then_what_exists(documents: httpx.AsyncClient) -> None:
    page = await get(documents, "/v1/units", q="Trần Phú", level="commune", limit="1000")
    whole = [unit["name"] == "Trần Phú" for unit in page["items"]]
    ended = [unit["valid_to"] is not None for unit in page["items"] if unit["name"] == "Trần Phú"]
    codes = [unit["code"] for unit in page["items"]]
    assert whole == sorted(whole, reverse=True)
    assert ended == sorted(ended)
    assert {True, False} == set(ended)
    assert codes.index("02176") < codes.index("02179")


async def test_all_units_of_a_date_page_by_page(documents: httpx.AsyncClient) -> None:
    """34 provinces and 3,321 communes since the reform, and no district."""
    query = {"as_of": "2025-07-01", "limit": "1000"}
    units: list[Any] = []
    address: str | None = "/v1/units"
    while address is not None:
        page = await documents.get(address, params=query if address == "/v1/units" else None)
        units += page.json()["items"]
        address = page.links["next"]["url"] if "next" in page.links else None
    levels = [unit["level"] for unit in units]
    assert [levels.count(level) for level in ("province", "district", "commune")] == [34, 0, 3321]
    keys = {(unit["level"], unit["code"]) for unit in units}
    assert len(keys) == len(units)


async def test_provinces_by_name(documents: httpx.AsyncClient) -> None:
    before = await get(documents, "/v1/provinces", q="Hoà Bình", as_of="2025-06-30")
    since = await get(documents, "/v1/provinces", q="tỉnh Thái Nguyên")
    gone = await get(documents, "/v1/provinces", q="Hoà Bình", as_of="2025-07-01")
    assert [province["code"] for province in before["items"]] == ["17"]
    assert [province["code"] for province in since["items"]] == ["19"]
    assert gone["items"] == []


async def test_a_province_that_there_was_not(documents: httpx.AsyncClient) -> None:
    ended = await documents.get(
        "/v1/units", params={"province_code": "06", "as_of": "2026-01-01", "q": "Quảng Chu"}
    )
    never = await documents.get("/v1/units", params={"province_code": "99"})
    short = await documents.get("/v1/units", params={"province_code": "6"})
    assert as_problem(ended, 404)["type"].endswith("unit-not-valid")
    assert [unit["code"] for unit in ended.json()["successors"]] == ["19"]
    assert "No province ever had the code '99'" in as_problem(never, 404)["detail"]
    assert as_problem(short, 404)["detail"].endswith("codes have their leading zeros: 06.")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [({"q": "?!"}, "q"), ({"level": "village"}, "level"), ({"cursor": "abc"}, "cursor")],
)
async def test_what_does_not_fit_is_named(
    documents: httpx.AsyncClient, query: dict[str, str], parameter: str
) -> None:
    refused = as_problem(await documents.get("/v1/units", params=query), 400)
    assert pointers(refused) == [parameter]
