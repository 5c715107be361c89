"""LibreOffice with the settings of Vietnam reads the files right: `make test-office`.

The values are read from the documents that it makes of the files: what is a number, a date or a
text to it, what it shows, and whether it has taken anything for a formula.
"""

import subprocess
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import httpx
import pytest

from tests.exports.test_established import URL, prepare
from tests.exports.test_exports import file
from tests.support.http import register

pytestmark = pytest.mark.databases("sqlite")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_IN_VIETNAM = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item
 oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value
>vi-VN</value></prop></item></oor:items>
"""
# Separator, quote, UTF-8, first line, no types of columns, the language of the settings; numbers
# and dates are found as in cells that are typed.
_CSV = "CSV:{separator},34,76,1,,0,false,true"


class Cell(NamedTuple):
    """What LibreOffice has in a cell: the type and the value, and the text that it shows."""

    type: str | None
    value: str | None
    shown: str


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return a folder with the settings of a LibreOffice in Vietnam."""
    user = tmp_path / "settings/user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_IN_VIETNAM, "utf-8")
    return tmp_path


def opened(office: Path, name: str, content: bytes, separator: str = ";") -> list[list[Cell]]:
    """Return the cells of the first sheet of a file that LibreOffice has opened."""
    path = office / name
    path.write_bytes(content)
    command = ["libreoffice", f"-env:UserInstallation={(office / 'settings').as_uri()}"]
    command += ["--headless", "--convert-to", "fods", "--outdir", str(office / "read")]
    if path.suffix == ".csv":
        command.append(f"--infilter={_CSV.format(separator=ord(separator))}")
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    document = ElementTree.parse(office / "read" / f"{path.stem}.fods")  # noqa: S314
    sheet = document.find(f".//{_TABLE}table")
    assert sheet is not None
    return [_cells(row) for row in sheet.iter(f"{_TABLE}table-row")]


def _cells(row: ElementTree.Element) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row.iter(f"{_TABLE}table-cell"):
        assert f"{_TABLE}formula" not in cell.attrib, ElementTree.tostring(cell)
        value = cell.get(f"{_OFFICE}value") or cell.get(f"{_OFFICE}date-value")
        shown = "\n".join("".join(line.itertext()) for line in cell.iter(f"{_TEXT}p"))
        repeated = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        # The rest of a row is one cell that is repeated up to the last column.
        cells += [Cell(cell.get(f"{_OFFICE}value-type"), value, shown)] * min(repeated, 200)
    return cells


def by_name(rows: list[list[Cell]], key: str = "id") -> dict[str, dict[str, Cell]]:
    header = [cell.shown for cell in rows[0]]
    found = [dict(zip(header, row, strict=False)) for row in rows[1:]]
    return {row[key].shown: row for row in found if row.get(key)}


AREAS = {"ccn-a": (43.125, "43,125"), "ccn-b": (74.4, "74,4"), "ccn-c": (1124, "1124")}


async def sites(client: httpx.AsyncClient) -> None:
    for key, (area, _) in AREAS.items():
        values: dict[str, Any] = {"name": f"Cụm {key}", "area_ha": area}
        values |= {"address": "Xã A;=1+1", "expected_operation": "2025-06"}
        await register(client, key, override_reason="Số liệu thử", **values)


async def test_the_csv_for_excel(sourced_client: httpx.AsyncClient, office: Path) -> None:
    await sites(sourced_client)
    content = await file(sourced_client, "/v1/sites.csv?excel=vi&as_of=2024-01-01")
    rows = by_name(opened(office, "sites.csv", content))
    assert rows.keys() >= AREAS.keys()
    for key, (area, shown) in AREAS.items():
        cell = rows[key]["area_ha"]
        assert (cell.type, float(cell.value or 0), cell.shown) == ("float", area, shown)
        assert rows[key]["name"].shown == f"Cụm {key}"
        assert rows[key]["province_code"] == Cell("string", None, "'06")
        assert rows[key]["expected_operation"] == Cell("string", None, "'2025-06")
        assert rows[key]["as_of"][:2] == ("date", "2024-01-01")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("query", ["", "&excel=vi"])
async def test_nothing_is_a_formula_with_any_separator(
    sourced_client: httpx.AsyncClient, office: Path, separator: str, query: str
) -> None:
    for place, text in enumerate(
        ("=1+1", "A;=1+1", "A,=1+1", "A;\u00a0=1+1", '"=1+1', 'A;"=1+1', "＝1+1")
    ):
        await register(sourced_client, f"ccn-{place}", name=f"Cụm {place}", address=text)
    content = await file(sourced_client, f"/v1/sites.csv?as_of=2024-01-01{query}")
    # Each cell is looked at in passing: a formula fails there.
    assert len(opened(office, "sites.csv", content, separator)) >= 8


async def test_the_workbook(sourced_client: httpx.AsyncClient, office: Path) -> None:
    await sites(sourced_client)
    content = await file(sourced_client, "/v1/sites.xlsx?as_of=2024-01-01")
    rows = by_name(opened(office, "sites.xlsx", content), "Mã định danh")
    for key, (area, shown) in AREAS.items():
        cell = rows[key]["Diện tích (ha)"]
        # With the separator of thousands, and none after whole numbers.
        grouped = {"1124": "1.124"}.get(shown, shown)
        assert (cell.type, float(cell.value or 0), cell.shown) == ("float", area, grouped)
        assert rows[key]["Có hiệu lực từ"][1:] == ("2020-01-01", "01/01/2020")
        assert rows[key]["Địa chỉ"].shown == "Xã A;=1+1"


async def test_the_half_yearly_table(sourced_client: httpx.AsyncClient, office: Path) -> None:
    await prepare(sourced_client)
    query = "as_of=2024-01-01"
    workbook = by_name(
        opened(office, "a.xlsx", await file(sourced_client, f"{URL}.xlsx?{query}")),
        "Tên cụm công nghiệp",
    )
    csv = by_name(
        opened(office, "b.csv", await file(sourced_client, f"{URL}.csv?{query}&excel=vi&lang=vi")),
        "Tên cụm công nghiệp",
    )
    for rows in (workbook, csv):
        assert rows["CCN An"]["Diện tích mở rộng (ha)"].shown == "32,1234"
        assert rows["CCN An"]["Ngày quyết định thành lập"][:2] == ("date", "2021-09-21")
        assert rows["Tổng cộng"]["Diện tích thành lập (ha)"].shown == "35,5"
