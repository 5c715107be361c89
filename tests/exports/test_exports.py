"""Exports of sites, read by the programs they are made for, agree with the API."""

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import geojson
import httpx
import openpyxl
import pandas
import pyogrio
import pytest
from shapely.geometry import shape

from app.core.vocabulary import SubjectType
from app.exports import spreadsheets
from app.subjects.columns import SITE_COLUMNS
from app.subjects.schemas import SCHEMAS
from tests.support.catalogue import BY_NAME, IN_2024
from tests.support.http import as_problem, pointers, read, register, said, state
from tests.support.registers import get, post
from tests.support.spreadsheets import as_excel_vi, items_of, runs, unguarded

KINDS = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
QUERIES = [
    "",
    f"as_of={IN_2024}",
    f"as_of={IN_2024}&boundaries=now&sort=-area_ha",
    f"as_of={IN_2024}&kind=cluster&stage=construction&stage=clearance",
    f"as_of={IN_2024}&province_code=17&sort=area_ha",
    f"as_of={IN_2024}&q=cho+moi",
    f"as_of={IN_2024}&revision=12",
    "as_of=1999-01-01",
]


async def file(client: httpx.AsyncClient, url: str) -> bytes:
    """Read a file; the answer must be a success of the right type."""
    response = await client.get(url)
    assert response.status_code == 200, response.text
    ending = httpx.URL(url).path.rpartition(".")[2]
    assert response.headers["content-type"] == KINDS[ending]
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    return response.content


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline="")))


def sheet(content: bytes, place: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[place].iter_rows()]


async def listed(client: httpx.AsyncClient, query: str) -> list[Any]:
    items: list[Any] = (await read(client, f"/v1/sites?limit=1000&{query}"))["items"]
    return items


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


HEDGED = ("qualifiers", "values_to")
PLANNED = [
    "planned.investor",
    "planned.investor_name",
    "planned.managing_body",
    "planned.managing_body_name",
    "planned.industrial_land_ha",
    "planned.service_land_ha",
    "planned.to_clear_ha",
    "planned.affected_households",
]


def flat(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of a list as files have it: what is planned has columns of its own."""
    plans = dict.fromkeys(PLANNED) | {f"planned.{n}": v for n, v in item["planned"].items()}
    return {name: value for name, value in item.items() if name != "planned"} | plans


@pytest.mark.parametrize("query", QUERIES)
async def test_the_csv_says_what_the_list_says(catalogue: httpx.AsyncClient, query: str) -> None:
    rows = table(await file(catalogue, f"/v1/sites.csv?{query}"))
    items = await listed(catalogue, query)
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    for row, item in zip(rows, items, strict=True):
        for name, value in flat(item).items():
            if isinstance(value, float):
                # To the square metre, and written as people write it.
                assert number(row[name]) == Decimal(str(value))
                assert "E" not in row[name].upper()
                assert not row[name].endswith(".0")
            elif name == "aliases":
                assert items_of(row[name]) == (value or [])
            elif name != "geometry_accuracy":
                assert row[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("query", QUERIES)
async def test_the_map_says_what_the_list_says(catalogue: httpx.AsyncClient, query: str) -> None:
    content = await file(catalogue, f"/v1/sites.geojson?{query}")
    collection = geojson.loads(content.decode())
    assert collection.is_valid
    page = await read(catalogue, f"/v1/sites?limit=1000&{query}")
    assert (collection["as_of"], collection["revision"]) == (page["as_of"], page["revision"])
    found = [feature["properties"] for feature in json.loads(content)["features"]]
    for item in [*found, *page["items"]]:
        del item["geometry_accuracy"]
    assert found == [flat(item) for item in page["items"]]
    assert [feature["id"] for feature in collection["features"]] == [i["id"] for i in found]


async def test_plans_are_in_every_file(own_catalogue: httpx.AsyncClient) -> None:
    await register(own_catalogue, "ccn-planned", "2020", name="CCN Planned")
    plans = {
        "investor": "builder",
        "industrial_land_ha": 40.5,
        "to_clear_ha": 12,
        "affected_households": 7,
    }
    body = said("2021", basis="plan", values=plans)
    await post(own_catalogue, "/v1/sites/ccn-planned/statements", body)
    shown = plans | {"investor_name": "Công ty Hạ tầng Đông Á"}
    wanted = dict.fromkeys(PLANNED) | {f"planned.{name}": value for name, value in shown.items()}
    query = f"q=CCN+Planned&as_of={IN_2024}"

    features = json.loads(await file(own_catalogue, f"/v1/sites.geojson?{query}"))["features"]
    assert {name: features[0]["properties"][name] for name in PLANNED} == wanted
    (row,) = table(await file(own_catalogue, f"/v1/sites.csv?{query}"))
    cells = ["builder", "Công ty Hạ tầng Đông Á", "", "", "40.5", "", "12", "7"]
    assert [row[name] for name in PLANNED] == cells
    header, cells = sheet(await file(own_catalogue, f"/v1/sites.xlsx?{query}"))
    places = [header.index(SITE_COLUMNS[name][0]) for name in PLANNED]
    assert [cells[place] for place in places] == list(wanted.values())


async def test_the_spreadsheet_has_real_types(own_catalogue: httpx.AsyncClient) -> None:
    content = await file(own_catalogue, f"/v1/sites.xlsx?as_of={IN_2024}")
    book = openpyxl.load_workbook(BytesIO(content))
    shown = SCHEMAS[SubjectType.site].state.model_fields
    fields = [name for name in shown if name not in {"planned", *HEDGED}]
    names = [*fields, *PLANNED, *HEDGED, "longitude", "latitude"]
    header, *rows = sheet(content)
    assert header == [*(SITE_COLUMNS[name][0] for name in names), "Tính đến ngày"]
    assert book.worksheets[0].freeze_panes == "A2"
    items = await listed(own_catalogue, f"as_of={IN_2024}")
    assert [row[0] for row in rows] == [item["id"] for item in items] == BY_NAME
    for row, item in zip(rows, items, strict=True):
        cells = dict(zip(names, row[:-1], strict=True))
        assert row[-1] == datetime.fromisoformat(IN_2024)
        for name, value in item.items():
            if isinstance(value, int | float):
                assert isinstance(cells[name], int | float)
                assert cells[name] == value
        assert isinstance(cells["valid_from"], datetime)
        assert cells["valid_from"].date() == date.fromisoformat(item["valid_from"])
        assert isinstance(cells["province_code"], str)
    first = dict(zip(names, rows[0][:-1], strict=True))
    assert first["kind"] == "Cụm công nghiệp"
    assert first["stage"] == "Đang hoạt động"
    assert content == await file(own_catalogue, f"/v1/sites.xlsx?as_of={IN_2024}")


async def test_the_spreadsheet_tells_what_it_is_about(catalogue: httpx.AsyncClient) -> None:
    url = f"/v1/sites.xlsx?as_of={IN_2024}&kind=cluster&kind=zone&area_min=0.5&lang=en"
    content = await file(catalogue, url)
    page = await read(catalogue, f"/v1/sites?as_of={IN_2024}&kind=cluster&kind=zone&area_min=0.5")
    told = dict(sheet(content, 1))
    assert told == {
        "Content": "Industrial zones and clusters",
        "As of": IN_2024,
        "Licence of the data": "https://spdx.org/licenses/CC-BY-4.0",
        "Revision": str(page["revision"]),
        "Boundaries": "Units of that day",
        "Rows": str(len(page["items"])),
        "Filters: Kind": "cluster; zone",
        "Filters: Area (ha), at least": "0.5",
    }
    columns = dict(sheet(content, 2))
    assert columns["Area (ha)"] == "area_ha"
    assert sheet(content)[0][0] == "Id"


async def test_programs_read_the_files(own_catalogue: httpx.AsyncClient, tmp_path: Path) -> None:
    """GDAL the map, pandas the table; the areas add up to the same square metres."""
    outline = [[105.9, 21.9], [105.95, 21.9], [105.95, 21.95], [105.9, 21.95], [105.9, 21.9]]
    polygon = {"type": "Polygon", "coordinates": [outline]}
    await state(own_catalogue, "ccn-cam", "2021", geometry=polygon, geometry_accuracy="surveyed")
    for ending in KINDS:
        content = await file(own_catalogue, f"/v1/sites.{ending}?as_of={IN_2024}")
        (tmp_path / f"sites.{ending}").write_bytes(content)
    meta, _, shapes, fields = pyogrio.raw.read(tmp_path / "sites.geojson")
    of_map = dict(zip(meta["fields"], fields, strict=True))
    of_table = pandas.read_csv(tmp_path / "sites.csv", dtype={"province_code": str})
    items = await listed(own_catalogue, f"as_of={IN_2024}")
    areas = [item["area_ha"] for item in items if item["area_ha"] is not None]
    assert sum(round(area * 10_000) for area in areas) == 5_990_001
    assert round(of_table["area_ha"].sum() * 10_000) == 5_990_001
    assert round(pandas.Series(of_map["area_ha"]).sum() * 10_000) == 5_990_001
    assert list(of_table["province_code"]) == [item["province_code"] for item in items]
    assert list(of_map["id"]) == list(of_table["id"]) == BY_NAME
    assert len(shapes) == 10
    assert meta["crs"] == "EPSG:4326"
    collection = json.loads((tmp_path / "sites.geojson").read_bytes())
    drawn = [f["geometry"] for f in collection["features"] if f["geometry"]]
    edges = list(zip(*(shape(geometry).bounds for geometry in drawn), strict=True))
    assert collection["bbox"] == [min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])]
    # Sites in units without a point are there, without a place.
    assert [f["geometry"] for f in collection["features"] if f["id"] == "ccn-duc"] == [None]


async def test_no_cell_is_a_formula(sourced_client: httpx.AsyncClient) -> None:
    texts = {
        "=HYPERLINK(1)": "'=HYPERLINK(1)",
        "+84 209": "'+84 209",
        "-1": "'-1",
        "@SUM(A1)": "'@SUM(A1)",
        'Cụm "A", ô=1': 'Cụm "A", ô=1',
    }
    for place, text in enumerate(texts):
        await register(sourced_client, f"ccn-{place}", name=f"Cụm {place}", address=text)
    rows = table(await file(sourced_client, "/v1/sites.csv?sort=id"))
    assert [row["address"] for row in rows] == list(texts.values())
    book = openpyxl.load_workbook(BytesIO(await file(sourced_client, "/v1/sites.xlsx?sort=id")))
    place = list(SCHEMAS[SubjectType.site].state.model_fields).index("address") + 1
    cells = [book.worksheets[0].cell(row, place) for row in range(2, 7)]
    assert [cell.value for cell in cells] == list(texts)
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


AREAS: dict[str, float] = {"ccn-a": 43.125, "ccn-b": 74.4, "ccn-c": 16, "ccn-d": 1124.5}


async def test_a_vietnamese_excel_reads_what_the_list_says(
    sourced_client: httpx.AsyncClient,
) -> None:
    place = {"commune_code": "02131", "expected_operation": "2025-06", "address": "Xã A; =B1"}
    for key, area in AREAS.items():
        await register(
            sourced_client,
            key,
            "2020",
            "cluster",
            "Số liệu thử",
            name=f"Cụm {key}",
            area_ha=area,
            **place,
        )
    content = await file(sourced_client, "/v1/sites.csv?excel=vi&sort=id&as_of=2024-01-01")
    rows = as_excel_vi(content)
    assert {row["id"]: row["area_ha"] for row in rows} == AREAS
    assert rows[0]["name"] == "Cụm ccn-a"
    # As text, by an apostrophe: Excel would make of them the number 6 and a day in June.
    assert (rows[0]["province_code"], rows[0]["commune_code"]) == ("'06", "'02131")
    assert rows[0]["expected_operation"] == "'2025-06"
    assert rows[0]["valid_from"] == "2020-01-01"
    assert unguarded(rows[0]["address"]) == place["address"]
    assert not any(runs(str(cell)) for row in rows for cell in row.values() if cell)
    plain = await file(sourced_client, "/v1/sites.csv?sort=id&as_of=2024-01-01")
    assert [row["area_ha"] for row in table(plain)] == ["43.125", "74.4", "16", "1124.5"]


@pytest.mark.parametrize("excel", ["", "&excel=vi"])
async def test_aliases_come_back_whole(sourced_client: httpx.AsyncClient, excel: str) -> None:
    aliases = ["CCN A; giai đoạn 2", 'Cụm "Đỏ"', "=Cụm B", "Cụm C"]
    await register(sourced_client, "ccn-a", aliases=aliases)
    content = await file(sourced_client, f"/v1/sites.csv?as_of=2024-01-01{excel}")
    (row,) = as_excel_vi(content) if excel else table(content)
    assert items_of(unguarded(row["aliases"])) == aliases
    label = SITE_COLUMNS["aliases"][1]
    header, cells = sheet(await file(sourced_client, "/v1/sites.xlsx?as_of=2024-01-01&lang=en"))
    assert items_of(dict(zip(header, cells, strict=True))[label]) == aliases


async def test_labels_in_a_csv(catalogue: httpx.AsyncClient) -> None:
    codes = table(await file(catalogue, f"/v1/sites.csv?as_of={IN_2024}"))
    labels = table(await file(catalogue, f"/v1/sites.csv?as_of={IN_2024}&lang=vi"))
    *names, day = codes[0]
    assert day == "as_of"
    assert list(labels[0]) == [*(SITE_COLUMNS[name][0] for name in names), "Tính đến ngày"]
    assert (codes[0]["kind"], labels[0]["Loại hình"]) == ("cluster", "Cụm công nghiệp")


async def test_numbers_of_the_spreadsheet_show_no_bare_separator(
    sourced_client: httpx.AsyncClient,
) -> None:
    for key, area in AREAS.items():
        await register(sourced_client, key, override_reason="Số liệu thử", area_ha=area)
    for language, day in {"vi": "dd/mm/yyyy", "en": "yyyy-mm-dd"}.items():
        url = f"/v1/sites.xlsx?sort=id&as_of=2024-01-01&lang={language}"
        first = openpyxl.load_workbook(BytesIO(await file(sourced_client, url))).worksheets[0]
        columns = {column[0].value: list(column) for column in first.iter_cols()}
        areas, begin = (
            columns[SITE_COLUMNS[name][language == "en"]] for name in ("area_ha", "valid_from")
        )
        shown = areas[1:]
        assert [cell.value for cell in shown] == list(AREAS.values())
        formats = [cell.number_format for cell in shown]
        assert formats == ["#,##0.####", "#,##0.####", "#,##0", "#,##0.####"]
        assert begin[1].number_format == day
        widths = [column.width for column in first.column_dimensions.values()]
        assert 10 <= min(widths) < max(widths) <= 41


async def test_lines_and_the_byte_order_mark(catalogue: httpx.AsyncClient) -> None:
    plain = await file(catalogue, "/v1/sites.csv")
    marked = await file(catalogue, "/v1/sites.csv?bom=true")
    assert marked == b"\xef\xbb\xbf" + plain
    lines = plain.decode().split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert lines[0].startswith("id,kind,stage,name,")


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=5", "limit"),
        ("cursor=x", "cursor"),
        ("province_code=99", "province_code"),
        ("q=...", "q"),
        ("sort=nothing", "sort"),
        ("revision=999999", "revision"),
        ("revision=1&known_at=2024-01-01T00:00:00Z", "known_at"),
        ("lang=fr", "lang"),
        ("bom=maybe", "bom"),
        ("excel=en", "excel"),
    ],
)
async def test_what_is_refused_is_refused_before_a_file_begins(
    catalogue: httpx.AsyncClient, ending: str, query: str, parameter: str
) -> None:
    problem = as_problem(await catalogue.get(f"/v1/sites.{ending}?{query}"), 400)
    assert pointers(problem) == [parameter]


async def test_more_rows_than_a_sheet_holds_go_to_a_further_one(
    catalogue: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 4)
    content = await file(catalogue, "/v1/sites.xlsx?lang=en")
    names = openpyxl.load_workbook(BytesIO(content)).sheetnames
    first = "Industrial zones and clusters"
    assert names == [first, f"{first} 2"[:31], f"{first} 3"[:31], "About", "Columns"]
    sheets = [sheet(content, place) for place in range(3)]
    assert [len(rows) for rows in sheets] == [5, 5, 3]
    assert [row[0] for rows in sheets for row in rows[1:]] == BY_NAME
    assert dict(sheet(content, 3))["Rows"] == "10"


async def test_an_empty_register_makes_empty_files(client: httpx.AsyncClient) -> None:
    collection = json.loads(await file(client, "/v1/sites.geojson"))
    assert collection["features"] == []
    assert "bbox" not in collection
    assert table(await file(client, "/v1/sites.csv")) == []
    assert len(sheet(await file(client, "/v1/sites.xlsx"))) == 1
    assert (await get(client, "/v1/sites"))["items"] == []


@pytest.mark.parametrize("ending", KINDS)
async def test_a_client_that_has_the_file_is_told_so(
    own_catalogue: httpx.AsyncClient, ending: str
) -> None:
    url = f"/v1/sites.{ending}?as_of={IN_2024}"
    first = await own_catalogue.get(url)
    tag = first.headers["etag"]
    again = await own_catalogue.get(url, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert (await own_catalogue.head(url)).headers["etag"] == tag
    other = await own_catalogue.get(f"{url}&kind=cluster", headers={"if-none-match": tag})
    assert other.status_code == 200
    await state(own_catalogue, "ccn-an", "2021", area_ha=11)
    newer = await own_catalogue.get(url, headers={"if-none-match": tag})
    assert newer.status_code == 200
    assert newer.headers["etag"] != tag


async def test_files_are_compressed_where_that_helps(catalogue: httpx.AsyncClient) -> None:
    for ending, coding in {"csv": "gzip", "geojson": "gzip", "xlsx": None}.items():
        url = f"/v1/sites.{ending}"
        plain = await catalogue.get(url, headers={"accept-encoding": "identity"})
        packed = await catalogue.get(url, headers={"accept-encoding": "gzip"})
        assert packed.headers.get("content-encoding") == coding
        assert packed.content == plain.content
