"""Files that are damaged, protected, too large, or meant to do harm: a clear problem each."""

import struct
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest

from app.imports.limits import (
    MOST_BYTES,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXT,
    MOST_UNPACKED,
    UnreadableFileError,
)
from app.imports.workbooks import read_workbook
from tests.support.import_files import data_rows, packed, read, replaced, xlsx

TABLE = (("TT", "Tên CCN", "Diện tích (ha)"), (1, "CCN Một", 12))
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1_000_000


def sheet_of(cells: str) -> bytes:
    return f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()


def ods(*tables: str) -> bytes:
    content = "".join(f'<t:table t:name="{at}">{rows}</t:table>' for at, rows in enumerate(tables))
    root = f'<o:document-content xmlns:o="o" xmlns:t="t">{content}</o:document-content>'
    return packed({"content.xml": root.encode()})


def docx(body: str) -> bytes:
    document = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    return packed({"word/document.xml": document.encode()})


def with_cells(cells: str) -> bytes:
    return replaced(xlsx(TABLE), SHEET, sheet_of(cells))


@pytest.fixture
def bounded() -> Iterator[None]:
    """Whatever a file is, reading it takes no more than 64 MB beyond the file."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * MEGABYTE


def refused(content: bytes, name: str = "file.xlsx") -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_workbook(content, name)
    assert caught.value.status == 422
    (fault,) = caught.value.errors
    assert fault.pointer == "#/file"
    return caught.value.detail.id


def test_a_file_of_more_than_10_mb_is_refused_unread() -> None:
    assert refused(b"x" * (MOST_BYTES + 1)) == "imports.too-large"


@pytest.mark.usefixtures("bounded")
def test_a_zip_bomb_is_refused_by_what_it_declares() -> None:
    bomb = b"<worksheet>" + b" " * (MOST_UNPACKED + 1)
    content = replaced(xlsx(TABLE), SHEET, b"")
    assert len(packed({SHEET: bomb[:MEGABYTE]})) < 5000
    del content
    parts = packed({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": bomb})
    del bomb
    tracemalloc.reset_peak()
    assert refused(parts) == "imports.unpacks-too-large"


@pytest.mark.usefixtures("bounded")
def test_a_size_that_lies_does_not_unpack_more() -> None:
    """The directory declares 1000 bytes; the stream has 50 million."""
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/styles.xml": b" " * (50 * MEGABYTE)}
    content = packed(parts).replace(struct.pack("<I", 50 * MEGABYTE), struct.pack("<I", 1000))
    tracemalloc.reset_peak()
    assert refused(content) == "imports.damaged"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "other.dtd">',
    ],
)
def test_declarations_of_xml_are_refused(declaration: str) -> None:
    sheet = f"<?xml version='1.0'?>{declaration}<worksheet/>".encode()
    assert refused(replaced(xlsx(TABLE), SHEET, sheet)) == "imports.has-entities"


@pytest.mark.usefixtures("bounded")
def test_a_million_columns_are_refused() -> None:
    assert refused(with_cells('<row r="1"><c r="BDWGN1"><v>1</v></c></row>')) == (
        "imports.too-many-columns"
    )
    many = "<c><v>1</v></c>" * MEGABYTE
    assert refused(with_cells(f'<row r="1">{many}</row>')) == "imports.too-many-columns"
    assert refused((",".join("1" * MEGABYTE) + "\n").encode()) == "imports.too-many-columns"


@pytest.mark.usefixtures("bounded")
def test_values_far_below_the_table_are_refused_and_empty_cells_there_are_not() -> None:
    far = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert refused(with_cells(far)) == "imports.too-many-rows"
    empty = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert read_workbook(with_cells(empty)).sheets[0].rows == [[1.0]]


@pytest.mark.usefixtures("bounded")
def test_a_cell_of_1_mb_is_refused() -> None:
    text = "x" * MEGABYTE
    inline = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    assert refused(with_cells(inline)) == "imports.too-long-a-text"
    assert refused(f"a,{text}\n".encode()) == "imports.too-long-a-text"
    assert len(text) > MOST_TEXT


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize(
    ("area", "header"),
    [("A1:A8000000", [1, 2, 3]), ("A1:XFD1048576", [1, 2, 3]), ("A1:XFD99999999999", [1])],
)
def test_a_merge_over_everything_takes_no_more_than_the_header(
    area: str, header: list[int]
) -> None:
    """A header has three levels at most; what is no reference of a spreadsheet is no merge."""
    table = xlsx([*TABLE, (2, "CCN Hai", 20), (3, "CCN Ba", 30)])
    with ZipFile(BytesIO(table)) as file:
        sheet = file.read(SHEET)
    merge = f'<mergeCells><mergeCell ref="{area}"/></mergeCells></worksheet>'.encode()
    report = read(replaced(table, SHEET, sheet.replace(b"</worksheet>", merge)))
    assert report.header["rows"] == header


@pytest.mark.usefixtures("bounded")
def test_what_marks_cells_without_values_is_bounded() -> None:
    merges = '<mergeCell ref="A1:B2"/>' * 251_000
    assert refused(with_cells(merges)) == "imports.too-many-cells"


@pytest.mark.usefixtures("bounded")
def test_hidden_columns_take_nothing() -> None:
    hidden = '<col min="-20000000" max="1" hidden="1"/>'
    content = with_cells(hidden + '<row r="1"><c r="A1"><v>1</v></c></row>')
    assert read_workbook(content).sheets[0].rows == [[1.0]]


@pytest.mark.usefixtures("bounded")
def test_hidden_rows_beyond_the_bounds_are_not_kept() -> None:
    hidden = '<t:table-row t:visibility="collapse" t:number-rows-repeated="{}"/>'
    value = "<t:table-row><t:table-cell><t:p>a</t:p></t:table-cell></t:table-row>"
    many = value + hidden.format(3) + hidden.format(32766) * 600
    sheet, _ = read_workbook(ods(many, hidden.format(-5))).sheets
    assert sheet.rows == [["a"]]
    assert sheet.hidden_rows == {*range(1, 4 + 32766)}


@pytest.mark.usefixtures("bounded")
def test_empty_cells_before_values_count_as_cells() -> None:
    """A value at the far end of each row is 256 cells a row; eight such sheets had 100 million."""
    rows = "".join(f'<row r="{n}"><c r="IV{n}"><v>1</v></c></row>' for n in range(1, 8000))
    assert refused(with_cells(rows)) == "imports.too-many-cells"
    lines = (("," * 255 + "1\n") * 8000).encode()
    assert refused(lines) == "imports.too-many-cells"
    cell = (
        '<t:table-cell t:number-columns-repeated="255"/><t:table-cell><t:p>a</t:p></t:table-cell>'
    )
    row = f"<t:table-row>{cell}</t:table-row>"
    assert refused(ods(*[row * 4000] * 2)) == "imports.too-many-cells"


@pytest.mark.usefixtures("bounded")
def test_empty_rows_before_values_count_as_cells() -> None:
    row = '<t:table-row t:number-rows-repeated="49999"/><t:table-row><t:table-cell><t:p>a</t:p>'
    assert refused(ods(*[f"{row}</t:table-cell></t:table-row>"] * 11)) == "imports.too-many-cells"


def test_empty_lines_take_nothing_and_count_as_rows_before_values() -> None:
    empty = b"\n" * (2 * MOST_ROWS)
    assert read_workbook(b"a,b" + empty).sheets[0].rows == [["a", "b"]]
    assert refused(b"a,b" + empty + b"c,d\n") == "imports.too-many-rows"
    kept = read_workbook(b"a,b\n" + b"\n" * (MOST_ROWS - 2) + b"c,d\n").sheets[0]
    assert (len(kept.rows), kept.rows[-1]) == (MOST_ROWS, ["c", "d"])


@pytest.mark.usefixtures("bounded")
def test_formulas_without_values_count_as_cells() -> None:
    formulas = '<row r="1">' + "<c><f/></c>" * 256 + "</row>"
    many = "".join(formulas.replace('"1"', f'"{n}"') for n in range(1, 1000))
    assert refused(with_cells(many)) == "imports.too-many-cells"


def test_a_file_has_no_more_than_100_sheets_or_tables() -> None:
    row = "<t:table-row><t:table-cell><t:p>a</t:p></t:table-cell></t:table-row>"
    table = "<w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc></w:tr></w:tbl>"
    assert len(read_workbook(ods(*[row] * MOST_SHEETS)).sheets) == MOST_SHEETS
    assert len(read_workbook(docx(table * MOST_SHEETS)).sheets) == MOST_SHEETS
    sheets = "".join('<sheet name="a"/>' for _ in range(MOST_SHEETS + 1))
    book = f"<workbook><sheets>{sheets}</sheets></workbook>".encode()
    for content in (
        ods(*[row] * (MOST_SHEETS + 1)),
        docx(table * (MOST_SHEETS + 1)),
        replaced(xlsx(TABLE), "xl/workbook.xml", book),
    ):
        assert refused(content) == "imports.too-many-sheets"


@pytest.mark.usefixtures("bounded")
def test_cells_of_a_docx_far_to_the_right_are_not_kept() -> None:
    row = "<w:tr>" + "<w:tc/>" * 300_000 + "</w:tr>"
    first = "<w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc></w:tr>"
    (sheet,) = read_workbook(docx(f"<w:tbl>{first}{row}</w:tbl>")).sheets
    assert (sheet.rows, sheet.merges) == ([["a"]], [])


def test_repeated_cells_of_an_ods_are_bounded() -> None:
    cell = (
        '<table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell office:value-type="float" office:value="1"'
        ' table:number-columns-repeated="200"/></table:table-row>'
    )
    content = (
        '<office:document-content xmlns:office="o" xmlns:table="t">'
        f'<table:table table:name="1">{cell}</table:table></office:document-content>'
    )
    assert refused(packed({"content.xml": content.encode()})) == "imports.too-many-cells"


@pytest.mark.parametrize("length", [10, 500, 3000])
def test_a_truncated_file_is_damaged(length: int) -> None:
    assert refused(xlsx(TABLE)[:length]) in {"imports.damaged", "imports.no-text"}


def test_a_truncated_xls_is_damaged() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refused(content, "a.xls") in {"imports.damaged", "imports.no-xls"}


def test_a_protected_workbook_says_so() -> None:
    protected = b"\xd0\xcf\x11\xe0" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    assert refused(protected) == "imports.encrypted"
    manifest = (
        b'<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    )
    parts = {"content.xml": b"\x00\x01", "META-INF/manifest.xml": manifest}
    assert refused(packed(parts), "a.ods") == "imports.encrypted"


def test_what_is_no_table_is_refused() -> None:
    assert refused(b"%PDF-1.7\n\x01\x02\x03", "a.xlsx") == "imports.no-text"
    assert refused(packed({"a.txt": b"x"})) == "imports.unknown-package"
    assert refused(b"") == "imports.no-table"
    with pytest.raises(UnreadableFileError) as caught:
        read("một hai ba\nbốn năm sáu\n")
    assert caught.value.detail.id == "imports.no-header"


def test_broken_references_of_a_workbook_are_damage() -> None:
    assert refused(with_cells('<row r="1"><c r="A1" t="s"><v>999</v></c></row>')) == (
        "imports.damaged"
    )
    assert refused(with_cells('<row r="1"><c r="A1"><v>x1</v></c></row>')) == "imports.damaged"
    assert refused(with_cells('<row r="0"><c r="A0"><v>1</v></c></row>')) == "imports.damaged"


def test_macros_links_and_formulas_are_left_alone() -> None:
    """A workbook with macros is read as any other; what they are is never looked at."""
    content = replaced(xlsx(TABLE), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Shell(calc)")
    content = replaced(content, "xl/externalLinks/externalLink1.xml", b"<broken")
    formula = "=cmd|'/c calc'!A1"
    (row,) = data_rows(read(content))
    assert row.name == "CCN Một"
    (row,) = data_rows(read(f'TT,Tên CCN,Diện tích,Ghi chú\n1,CCN Một,12,"{formula}"\n'))
    assert row.note == formula
