"""Exports that come back: as they are they change nothing, and changed cells state what changed."""

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import httpx
import openpyxl
import pytest

from app.database import Database
from app.imports.answers import Answers, RowAnswer
from app.imports.candidates import read_candidates
from app.imports.contexts import Candidates, Given
from app.imports.reading import read_report
from app.imports.report import Report
from app.imports.tables import is_figure
from app.subjects.sites import SiteState
from app.units.units import Units
from tests.support.http import prepare_sourced, register, said, state
from tests.support.import_files import codes, data_rows, read, saved, xlsx
from tests.support.registers import (
    Templates,
    beginning_with,
    known_units,
    opened,
    post,
    prepare_seeded,
    serving,
)

FILES = (
    "sites.xlsx?",
    "sites.xlsx?lang=en&",
    "sites.csv?",
    "sites.csv?lang=vi&",
    "sites.csv?lang=en&bom=true&",
    "sites.csv?excel=vi&",
    "sites.csv?excel=vi&lang=vi&",
)
DAYS = ("2024-06-30", "2025-08-01", "2026-11-30")


@dataclass
class Register:
    """A register, and files of it that are read back."""

    client: httpx.AsyncClient
    candidates: Candidates

    async def file(self, url: str) -> bytes:
        response = await self.client.get(f"/v1/{url}")
        assert response.status_code == 200, response.text
        return response.content

    def read(self, content: bytes) -> Report:
        return read_report(content, "file", Given(), self.candidates)


async def odd(client: httpx.AsyncClient) -> None:
    """Register what is hard to write in a cell."""
    odd_values = {
        "name": "Cụm = Số 06; giai đoạn 2",
        "name_en": "=Cluster",
        "aliases": ["CCN A; giai đoạn 2", 'Cụm "Đỏ"', "=Cụm B", "Tên cũ"],
        "address": "Thôn 1, -5; @x",
        "area_ha": 43.125,
        "investor": "builder",
        "expected_operation": "2025-Q3",
        "legal_status": "established",
        "affected_households": 1234,
    }
    await register(client, "ccn-odd", "2020", "cluster", "Số liệu thử", **odd_values)
    hedged = {"qualifiers": {"planned_area_ha": "range", "leased_ha": "about"}}
    ends = {"values_to": {"planned_area_ha": 75}}
    values = {"planned_area_ha": 50, "leased_ha": 20, "stated_occupancy_pct": 0.5}
    await said_of(client, "ccn-odd", "2021", values=values, **hedged, **ends)
    plans = {"investor": "board", "industrial_land_ha": 30.25, "affected_households": 7}
    over = {"qualifiers": {"industrial_land_ha": "over"}}
    await said_of(client, "ccn-odd", "2022", basis="plan", values=plans, **over)
    await state(client, "ccn-odd", "2023", name="CCN Tên Mới")
    await state(client, "ccn-odd", "2024-01-01", area_ha=None)
    await register(client, "ccn-nameless", "2020", name="Tổng kho", commune_code="02131")


async def said_of(client: httpx.AsyncClient, site: str, day: str, **members: Any) -> None:
    body = said(day, **members) | {"override_reason": "Số liệu thử"}
    await post(client, f"/v1/sites/{site}/statements", body)


@beginning_with(prepare_sourced)
async def prepare_odd(database: Database) -> None:
    async with serving(database.url) as client:
        await odd(client)


PREPARED = {"seeds": prepare_seeded, "odd": prepare_odd}


@pytest.fixture(params=["odd", "seeds"])
async def registered(
    kind: str, templates: Templates, request: pytest.FixtureRequest
) -> AsyncIterator[Register]:
    async with templates.copy(kind, PREPARED[request.param]) as url, serving(url) as client:
        async with opened(url) as database, database.read() as connection:
            units: Units = await known_units(database)
            candidates = await read_candidates(connection, units, date(2026, 11, 30))
        yield Register(client, candidates)


odd_only = pytest.mark.parametrize("registered", ["odd"], indirect=True)


async def test_an_export_that_comes_back_changes_nothing(registered: Register) -> None:
    for file in FILES:
        for day in DAYS:
            report = registered.read(await registered.file(f"{file}as_of={day}"))
            rows = data_rows(report)
            assert len(rows) == len(registered.candidates.sites.by_id)
            assert {row.match.how for row in rows if row.match} == {"id"}
            assert [row.as_json() for row in rows if row.statements or row.note] == []
            assert [one.as_json() for one in report.all_errors] == []
            assert [one.as_json() for one in report.all_warnings] == []
            assert report.effective_from == day


async def test_rows_of_several_dates_are_compared_each_on_its_day(registered: Register) -> None:
    dates = "&".join(f"dates={day}" for day in DAYS)
    report = registered.read(await registered.file(f"sites.csv?{dates}"))
    assert len(data_rows(report)) == 3 * len(registered.candidates.sites.by_id)
    assert not any(row.statements for row in data_rows(report))
    assert not [*report.all_errors, *report.all_warnings]


def changed(content: bytes, key: str, **cells: object) -> bytes:
    """Return a workbook with cells of a site written over, by the names of English labels."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    (row,) = (row for row in sheet.iter_rows(min_row=2) if row[0].value == key)
    for label, value in cells.items():
        row[header.index(label)].value = value  # type: ignore[assignment]
    return saved(book)


CHANGES: dict[str, object] = {
    "Area (ha)": "45,5",
    "Leased (ha)": "khoảng 21",
    "Legal status": "Đã mở rộng",
    "Other names": "Một; Hai",
    "Planned: Industrial land (ha)": 31,
    "Infrastructure investor name": "Công ty CP Mới",
    "Expected operation": "30/9/2025",
    "Commune name": "xã Chợ Mới",
    "Name": "CCN Tên Mới Hơn",
}


@odd_only
async def test_changed_cells_state_what_changed_and_nothing_else(registered: Register) -> None:
    content = await registered.file("sites.xlsx?lang=en&as_of=2026-11-30")
    report = registered.read(changed(content, "ccn-odd", **CHANGES))
    (row,) = (row for row in data_rows(report) if row.statements)
    now, plan = row.statements
    assert now.effective_from == plan.effective_from == "2026-11-30"
    assert now.values == {
        "commune_code": "02086",
        "area_ha": Decimal("45.5"),
        "leased_ha": Decimal(21),
        "legal_status": "expanded",
        "aliases": ["Một", "Hai"],
        "investor": "Công ty CP Mới",
        "expected_operation": "2025-09-30",
        "name": "CCN Tên Mới Hơn",
    }
    assert (now.basis, now.qualifiers) == ({}, {"leased_ha": "about"})
    assert plan.values == {"industrial_land_ha": Decimal(31)}
    assert plan.basis == {"industrial_land_ha": "plan"}
    assert plan.qualifiers == {"industrial_land_ha": "over"}
    assert row.needs_confirmation == ["name"]
    assert not row.errors


@pytest.mark.databases("sqlite")
@odd_only
@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Id": "ccn-none"}, "unknown_site"),
        ({"Kind": "Khu công nghiệp"}, "other_kind_of_site"),
        ({"Legal status": "Sắp thành lập"}, "unknown_code"),
        ({"Exactness": "leased_ha=roughly"}, "unknown_code"),
        ({"Expected operation": "sắp tới"}, "not_a_date"),
        ({"As of": "hôm qua"}, "not_a_date"),
        ({"Area (ha)": -3}, "out_of_range"),
        ({"To clear (ha)": 5, "Cleared (ha)": 6}, "impossible_state"),
    ],
)
async def test_cells_that_cannot_be_so(
    registered: Register, cells: dict[str, object], code: str
) -> None:
    content = await registered.file("sites.xlsx?lang=en&as_of=2026-11-30")
    report = registered.read(changed(content, "ccn-odd", **cells))
    assert [one.code for one in report.all_errors] == [code]
    assert not any(row.statements for row in data_rows(report) if row.errors)


@pytest.mark.databases("sqlite")
@odd_only
async def test_a_file_of_an_earlier_revision_is_named(registered: Register) -> None:
    content = await registered.file("sites.xlsx?lang=en&as_of=2026-11-30&revision=10")
    report = registered.read(content)
    (row,) = (row for row in data_rows(report) if "version_changed" in codes(row))
    assert row.statements


def test_what_is_named_twice_or_not_at_all_is_said() -> None:
    rows = [
        ["id", "kind", "name", "area_ha", "area_ha", "Màu"],
        [None, "cluster", "CCN Một", 10, 11, "đỏ"],
        [None, None, None, 12, None, None],
    ]
    report = read(xlsx(rows))
    assert [one.code for one in report.all_errors] == ["two_columns", "no_name"]
    assert data_rows(report)[0].note == "area_ha: 10; area_ha: 11; Màu: đỏ"


def test_a_row_without_an_id_is_matched_by_name() -> None:
    text = "kind,name,commune_name,area_ha,tenants\ncluster,Mới,Yên Bình,12.345,3\n"
    (row,) = data_rows(read(text))
    assert (row.name, row.kind, row.place["commune_code"]) == ("CCN Mới", "cluster", "04714")
    assert row.match is not None
    assert row.match.is_new
    # A file of commas has decimal points, so nothing is asked.
    assert row.statements[0].values == {"area_ha": Decimal("12.345"), "tenants": 3}
    assert not row.warnings


def test_a_semicolon_means_decimal_commas() -> None:
    buffer = StringIO()
    csv.writer(buffer, delimiter=";").writerows(
        [["kind", "name", "area_ha"], ["cluster", "A", "1,234"]]
    )
    (row,) = data_rows(read(buffer.getvalue()))
    assert row.statements[0].values == {"area_ha": Decimal("1.234")}


def test_every_number_of_a_site_is_read_as_one() -> None:
    numbers = [name for name, one in SiteState.attributes.items() if one.unit]
    assert [name for name in numbers if not is_figure(name)] == []


@pytest.mark.databases("sqlite")
@odd_only
async def test_answers_count_more_than_cells(registered: Register) -> None:
    content = await registered.file("sites.xlsx?lang=en&as_of=2026-11-30")
    content = changed(content, "ccn-odd", **{"Leased (ha)": 1234567})
    number = next(r.row for r in data_rows(registered.read(content)) if r.statements)
    answer = RowAnswer("ccn-nameless", {"leased_ha": Decimal("3.5")}, confirmed=True)
    answers = Answers(rows={number: answer})
    report = read_report(content, "file", Given(), registered.candidates, answers)
    row = next(row for row in data_rows(report) if row.row == number)
    assert row.match is not None
    assert (row.match.id, row.match.how) == ("ccn-nameless", "answered")
    assert row.statements[0].values["leased_ha"] == Decimal("3.5")
