"""Tables of projects, sources, organizations and series; several dates in one; names of files."""

from datetime import date, datetime
from typing import Any

import httpx
import pytest

from app.exports import registers
from app.exports.registers import ORGANIZATION_COLUMNS, SOURCE_COLUMNS
from app.ledger.schemas import Organization, Source
from tests.exports.test_exports import file, number, sheet, table
from tests.support.http import as_problem, pointers, read, register, said, state
from tests.support.registers import get, post
from tests.support.spreadsheets import as_excel_vi, items_of

DATES = "dates=2024-01-01&dates=2021-01-01&dates=2024-01-01"


async def saved_as(client: httpx.AsyncClient, url: str) -> str:
    """Return the name that a file is to be saved under."""
    response = await client.get(url)
    assert response.status_code == 200, response.text
    head, name, tail = response.headers["content-disposition"].split('"')
    assert (head, tail) == ("attachment; filename=", "")
    return str(name)


async def test_several_dates_are_in_one_file(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", "2020", area_ha=10)
    await register(sourced_client, "ccn-b", "2023", area_ha=7.5)
    await state(sourced_client, "ccn-a", "2022", area_ha=12)
    wanted = [
        ("ccn-a", 10, "2021-01-01"),
        ("ccn-a", 12, "2024-01-01"),
        ("ccn-b", 7.5, "2024-01-01"),
    ]
    for url, rows in (
        (f"/v1/sites.csv?{DATES}", table(await file(sourced_client, f"/v1/sites.csv?{DATES}"))),
        (
            f"/v1/sites.csv?{DATES}&excel=vi",
            as_excel_vi(await file(sourced_client, f"/v1/sites.csv?{DATES}&excel=vi")),
        ),
    ):
        found = [(row["id"], float(row["area_ha"]), row["as_of"]) for row in rows]
        assert found == wanted, url
    header, *cells = sheet(await file(sourced_client, f"/v1/sites.xlsx?{DATES}&lang=en"))
    places = [header.index(name) for name in ("Id", "Area (ha)", "As of")]
    found = [tuple(row[place] for place in places) for row in cells]
    assert found == [(key, area, datetime.fromisoformat(day)) for key, area, day in wanted]
    about = dict(sheet(await file(sourced_client, f"/v1/sites.xlsx?{DATES}&lang=en"), 1))
    assert (about["As of"], about["Rows"]) == ("2021-01-01; 2024-01-01", "3")


async def test_the_rows_of_each_date_are_those_of_that_date(catalogue: httpx.AsyncClient) -> None:
    for path in ("/v1/sites.csv?q=ccn&sort=-area_ha", "/v1/rollups.csv?kind=cluster"):
        apart = [
            table(await file(catalogue, f"{path}&as_of={day}"))
            for day in ("2021-01-01", "2024-01-01")
        ]
        assert table(await file(catalogue, f"{path}&{DATES}")) == apart[0] + apart[1]
        assert apart[1]


async def test_dates_that_do_not_fit_are_refused(catalogue: httpx.AsyncClient) -> None:
    for query, parameter in {
        f"{DATES}&as_of=2024-01-01": "dates",
        # Refused before the rows of the first date are sent: the province ended in 2025.
        "dates=2024-01-01&dates=2026-01-01&province_code=06": "province_code",
        "&".join(f"dates={date(2000 + year, 1, 1)}" for year in range(61)): "dates",
        "dates=2024": "dates",
    }.items():
        problem = as_problem(await catalogue.get(f"/v1/sites.csv?{query}"), 400)
        assert pointers(problem)[0].split("/")[0] == parameter
    for url in (
        "/v1/sites.geojson",
        "/v1/sources.csv",
        "/v1/provinces/06/established-clusters.csv",
    ):
        assert pointers(as_problem(await catalogue.get(f"{url}?{DATES}"), 400)) == ["dates"]


async def test_names_of_files_say_the_date(figures: httpx.AsyncClient) -> None:
    revision = (await read(figures, "/v1/sources"))["revision"]
    for url, name in {
        "/v1/sites.geojson?as_of=2024-01-01": "sites-2024-01-01.geojson",
        f"/v1/sites.csv?{DATES}": "sites-2021-01-01--2024-01-01.csv",
        "/v1/projects.xlsx?as_of=2024-01-01": "projects-2024-01-01.xlsx",
        "/v1/rollups.xlsx?as_of=2024-01-01": "rollups-2024-01-01.xlsx",
        "/v1/rollups.geojson?as_of=2024-01-01": "rollups-2024-01-01.geojson",
        "/v1/provinces/06/rollup/series.csv?from=2021-06-14&to=2022-12-31&step=half_year": (
            "rollup-series-06-2021-06-14--2022-12-14.csv"
        ),
        "/v1/sources.csv": f"sources-revision-{revision}.csv",
        "/v1/organizations.xlsx?revision=1": "organizations-revision-1.xlsx",
    }.items():
        assert await saved_as(figures, url) == name


async def test_excel_is_for_csv_alone(catalogue: httpx.AsyncClient) -> None:
    for url in ("/v1/sites.xlsx", "/v1/sites.geojson", "/v1/sites"):
        problem = as_problem(await catalogue.get(f"{url}?excel=vi"), 400)
        assert pointers(problem) == ["excel"]
        assert "A workbook (.xlsx) has real numbers" in problem["detail"]


async def test_a_file_for_excel_has_a_byte_order_mark(sourced_client: httpx.AsyncClient) -> None:
    url = "/v1/sites.csv?excel=vi"
    problem = as_problem(await sourced_client.get(f"{url}&bom=false"), 400)
    assert pointers(problem) == ["bom"]
    assert "leave bom out" in problem["detail"]
    assert (await file(sourced_client, f"{url}&bom=true")) == await file(sourced_client, url)


async def test_upper_ends_have_decimal_commas_for_excel(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", "2020")
    ranged: dict[str, Any] = {"qualifiers": {"area_ha": "range"}, "values_to": {"area_ha": 43.125}}
    body = said("2021", values={"area_ha": 40.5}, **ranged)
    await post(sourced_client, "/v1/sites/ccn-a/statements", body)
    url = "/v1/sites.csv?as_of=2024-01-01"
    (row,) = table(await file(sourced_client, url))
    assert (row["area_ha"], row["values_to"]) == ("40.5", "area_ha=43.125")
    text = (await file(sourced_client, f"{url}&excel=vi")).decode()
    assert ";40,5;" in text
    assert "area_ha=43,125" in text


async def test_the_words_of_a_workbook(sourced_client: httpx.AsyncClient) -> None:
    url = "/v1/sites.xlsx?as_of=2024-01-01&kind=cluster&area_min=5&q=quang"
    about = dict(sheet(await file(sourced_client, url), 1))
    assert about["Bộ lọc: Loại hình"] == "cluster"
    assert about["Bộ lọc: Diện tích (ha), từ"] == "5"
    assert about["Bộ lọc: Từ khóa"] == "quang"
    about = dict(sheet(await file(sourced_client, f"{url}&lang=en"), 1))
    assert about["Filters: Area (ha), at least"] == "5"


async def test_projects(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "ccn-a", "2020")
    values: dict[str, Any] = {
        "name": "Nhà máy; =A1",
        "site": "ccn-a",
        "province_code": "06",
        "investor": "builder",
        "design_capacity": 1250.5,
        "design_capacity_unit": "t",
        "registered_capital_vnd": 1_500_000_000,
        "expected_operation": "2025-06-30",
    }
    for key, more in (
        ("du-an-a", {}),
        ("du-an-b", {"name": "Kho", "site": None, "province_code": "17"}),
    ):
        body = said("2021", id=key, values=values | more)
        await post(sourced_client, "/v1/projects", body)
    query = "as_of=2024-01-01&site=ccn-a"
    (row,) = table(await file(sourced_client, f"/v1/projects.csv?{query}"))
    (item,) = (await read(sourced_client, f"/v1/projects?{query}"))["items"]
    assert list(row) == [*item, "as_of"]
    assert row["name"] == "Nhà máy;' =A1"
    for name, value in item.items():
        if isinstance(value, int | float):
            assert number(row[name]) == number(str(value))
        elif name in {"qualifiers", "values_to"}:
            assert row[name] == "; ".join(f"{key}={shown}" for key, shown in (value or {}).items())
        elif name != "name":
            assert row[name] == (value or "")
    header, cells = sheet(await file(sourced_client, f"/v1/projects.xlsx?{query}&lang=vi"))
    shown = dict(zip(header, cells, strict=True))
    assert shown["Vốn đăng ký (đồng)"] == 1_500_000_000
    assert shown["Công suất thiết kế"] == 1250.5
    assert shown["Dự kiến hoạt động"] == datetime.fromisoformat("2025-06-30")
    (numbers,) = as_excel_vi(await file(sourced_client, f"/v1/projects.csv?{query}&excel=vi"))
    assert numbers["design_capacity"] == 1250.5
    assert numbers["registered_capital_vnd"] == 1_500_000_000
    both = table(await file(sourced_client, "/v1/projects.csv?as_of=2024-01-01&sort=-name"))
    assert [row["id"] for row in both] == ["du-an-a", "du-an-b"]


def test_every_member_of_a_register_has_a_column() -> None:
    # A list has no organization that was merged into another.
    no_columns = {"links", "merged_into"}
    for columns, model in ((SOURCE_COLUMNS, Source), (ORGANIZATION_COLUMNS, Organization)):
        assert list(columns) == [name for name in model.model_fields if name not in no_columns]


async def test_sources_and_organizations(
    sourced_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "CHUNK", 2)
    aliases = ["CT Đông Á; chi nhánh", "ĐA"]
    await post(
        sourced_client, "/v1/organizations", {"id": "dong-a", "name": "Đông Á", "aliases": aliases}
    )
    source = {"id": "qd", "kind": "decision", "title": "=QĐ", "published_on": "2021-09-21"}
    await post(sourced_client, "/v1/sources", source | {"issuer_id": "dong-a"})
    for name in ("sources", "organizations"):
        items = (await get(sourced_client, f"/v1/{name}"))["items"]
        rows = table(await file(sourced_client, f"/v1/{name}.csv"))
        assert len(items) > 2
        assert [row["id"] for row in rows] == [item["id"] for item in items]
        assert [int(row["revision"]) for row in rows] == [item["revision"] for item in items]
    (row,) = table(await file(sourced_client, "/v1/sources.csv?kind=decision&q=qd"))
    assert (row["title"], row["issuer_id"], row["number"]) == ("'=QĐ", "dong-a", "")
    assert int(row["authority"]) == (await get(sourced_client, "/v1/sources/qd"))["authority"]
    header, cells = sheet(await file(sourced_client, "/v1/sources.xlsx?q=qd"))
    shown = dict(zip(header, cells, strict=True))
    assert shown["Ngày ban hành"] == datetime.fromisoformat("2021-09-21")
    assert (shown["Loại tài liệu"], shown["Tên tài liệu"]) == ("Quyết định", "=QĐ")
    (row,) = table(await file(sourced_client, "/v1/organizations.csv?q=dong+a+chi"))
    assert items_of(row["aliases"]) == aliases
    assert table(await file(sourced_client, "/v1/organizations.csv?revision=1")) == []


async def test_the_series_of_a_province(figures: httpx.AsyncClient) -> None:
    query = "from=2021-06-30&to=2024-06-30&step=year&kind=cluster"
    rows = table(await file(figures, f"/v1/provinces/06/rollup/series.csv?{query}"))
    items = (await read(figures, f"/v1/provinces/06/rollup/series?{query}"))["items"]
    assert [row["as_of"] for row in rows] == [f"{year}-06-30" for year in range(2021, 2025)]
    for row, item in zip(rows, items, strict=True):
        (figures_of,) = item["rollups"]
        assert (row["province_name"], row["kind"]) == ("Bắc Kạn", "cluster")
        assert number(row["area.total_ha"]) == number(str(figures_of["area"]["total_ha"] or ""))
        assert int(row["sites.count"]) == figures_of["sites"]["count"]
    header, *cells = sheet(await file(figures, f"/v1/provinces/06/rollup/series.xlsx?{query}"))
    assert (header[-1], len(cells)) == ("Tính đến ngày", 4)
    problem = as_problem(
        await figures.get("/v1/provinces/06/rollup/series.csv?from=2024-01-01&to=2023-01-01"), 400
    )
    assert pointers(problem) == ["to"]
