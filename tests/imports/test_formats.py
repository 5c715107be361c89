"""The same table in each format, made by other programs, and CSV in the encodings in use."""

import datetime
import unicodedata
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

from app.imports.contexts import Given
from app.imports.workbooks import read_workbook
from tests.support.import_files import codes, data_rows, fill, read, saved, values, xlsx

FIXTURES = Path(__file__).parent.parent / "fixtures" / "import-formats"
TABLE = (
    ("TT", "Tên CCN", "Địa điểm", "Diện tích (ha)", "Ghi chú"),
    (1, "CCN Hoà Bình", "Xã Bát Xát", "12,5", "Đang GPMB"),
    (2, "CCN Đồng Cuông", "Xã Bảo Yên", "40,25", ""),
)
TONES = "\u0300\u0301\u0303\u0309\u0323"
CSV = "\r\n".join(";".join(str(cell) for cell in row) for row in TABLE)


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_a_spreadsheet_keeps_percents_and_hidden_rows(suffix: str) -> None:
    """Made by xlwt and odfpy: 0.35 in a percent format is 35, and row 5 is hidden."""
    content = (FIXTURES / f"clusters.{suffix}").read_bytes()
    report = read(content, given=Given())
    assert (report.format, report.province) == ({"format": suffix}, "15")
    assert report.effective_from == "2026-06-30"
    assert [row.role for row in report.rows] == ["title", "header", "data", "data", "hidden"]
    first, second = data_rows(report)
    assert values(first)["stated_occupancy_pct"] == Decimal(35)
    assert values(second)["area_ha"] == Decimal("40.25")
    assert codes(report.rows[-1]) == {"hidden_row_left_out"}


def test_a_hidden_sheet_is_named_and_not_read() -> None:
    report = read((FIXTURES / "clusters.xls").read_bytes(), given=Given())
    assert [(sheet["name"], sheet["use"]) for sheet in report.sheets] == [
        ("30.6.2026", "default"),
        ("nháp", "hidden"),
    ]


def test_a_table_in_a_document_is_read_with_its_paragraphs() -> None:
    """Made by python-docx, with a header of two levels and merged cells."""
    report = read((FIXTURES / "clusters.docx").read_bytes(), given=Given())
    roles = [row.role for row in report.rows]
    assert roles == ["title", "cutoff", "header", "header", "data", "data", "data", "footnote"]
    assert report.effective_from == "2026-06-30"
    assert [values(row)["area_ha"] for row in data_rows(report)] == [
        Decimal("12.5"),
        Decimal("40.25"),
        Decimal(5),
    ]
    assert [c["attribute"] for c in report.columns][3:5] == ["area_ha", "stated_occupancy_pct"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_csv_is_read_in_any_usual_encoding(encoding: str) -> None:
    content = cp1258(CSV) if encoding == "cp1258" else CSV.encode(encoding)
    rows = data_rows(read(content, name="a.csv"))
    assert [row.name for row in rows] == ["CCN Hoà Bình", "CCN Đồng Cuông"]
    assert [values(row)["area_ha"] for row in rows] == [Decimal("12.5"), Decimal("40.25")]


def cp1258(text: str) -> bytes:
    """Encode a text as Windows does: tones are letters of their own, after their vowels."""
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        decomposed = unicodedata.normalize("NFD", letter)
        base = "".join(mark for mark in decomposed if mark not in TONES)
        letters.append(unicodedata.normalize("NFC", base))
        letters += [mark for mark in decomposed if mark in TONES]
    return "".join(letters).encode("cp1258")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_is_read_with_any_usual_delimiter(delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in TABLE]
    rows = data_rows(read("\n".join(lines), name="a.csv"))
    assert [values(row)["area_ha"] for row in rows] == [Decimal("12.5"), Decimal("40.25")]


def test_pasted_cells_are_divided_by_tabs_alone() -> None:
    text = "TT\tTên CCN\tDiện tích\n1\tCCN Một; hai, ba\t12,5\n"
    (row,) = data_rows(read(text, name="pasted.tsv"))
    assert row.name == "CCN Một; hai, ba"


def test_the_content_says_the_format_whatever_the_name_says() -> None:
    assert read(xlsx(TABLE), name="a.csv").format == {"format": "xlsx"}
    assert read(CSV, name="a.xlsx").format["format"] == "csv"


def test_a_formula_without_a_saved_value_is_an_error_of_its_cell() -> None:
    """openpyxl writes formulas without values, as programs that export do."""
    rows = (*TABLE, (3, "CCN Ba", "Xã Bát Xát", "=D2+D3", None))
    (*_, last) = data_rows(read(xlsx(rows)))
    assert codes(last) == {"formula_without_value"}
    assert last.errors[0].column == "D"
    assert "area_ha" not in values(last)


def test_dates_of_cells_are_dates_in_1900_and_1904() -> None:
    day = datetime.date(2026, 6, 30)
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet, [[day]])
    for epoch in (WINDOWS_EPOCH, MAC_EPOCH):
        book.epoch = epoch
        assert read_workbook(saved(book)).sheets[0].rows == [[day]]


def test_columns_of_merged_and_repeated_cells_are_counted() -> None:
    sheet = read_workbook(xlsx([["a", None, "b"], [1, 2.5]], merges=["A1:B1"])).sheets[0]
    assert sheet.rows == [["a", None, "b"], [1.0, 2.5]]
    assert [tuple(merge) for merge in sheet.merges] == [(0, 0, 0, 1)]
