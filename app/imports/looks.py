"""A file as a workbook to write to: with its own look, or with its cells as they were read.

Only cells and how they look go along. Formulas become their saved values; macros, links, charts,
pivot tables, names and lists to choose from are left behind.
"""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.workbook import Workbook as Book
from openpyxl.workbook.defined_name import DefinedNameDict
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.scenario import ScenarioList
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from app.imports.grids import Sheet, Workbook
from app.imports.limits import UnreadableFileError
from app.imports.packages import Package

_MOST_ELEMENTS = 2_500_000
"""XML elements of a file that openpyxl is given: what they become stays within some 600 MB."""
_MOST_SPANNED = 100_000
"""Cells that merges and links span, each of which openpyxl makes an object for."""
_MOST_TEXT = 32_767
_TITLE = 31
_ODD_FILES = (
    UnreadableFileError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError,
)  # fmt: skip
"""What is raised where a part that was not read is not as it should be."""


def copied(content: bytes, workbook: Workbook, name: str) -> tuple[Book, Worksheet]:
    """Return a workbook to write to, and its sheet of a name, which was read.

    It has the look of a file of Office Open XML, unless openpyxl cannot or should not be given it.
    """
    book = _own_look(content) if workbook.format == "xlsx" else None
    if book and name in {sheet.title for sheet in book.worksheets}:
        return book, book[name]
    book = _as_read(workbook)
    return book, book.worksheets[[sheet.name for sheet in workbook.sheets].index(name)]


def put(cell: Cell | MergedCell, text: str) -> None:
    """Write text that stays text, whatever it begins with."""
    cell.value = clean(text)
    cell.data_type = "s"


def unmerged(sheet: Worksheet, column: int) -> None:
    """Divide the merged cells that reach into a column: only the first of each can be written."""
    for area in [a for a in sheet.merged_cells.ranges if a.min_col <= column <= a.max_col]:
        sheet.merged_cells.ranges.remove(area)
        for cell in area.cells:
            if isinstance(sheet.cell(*cell), MergedCell):
                del sheet._cells[cell]  # noqa: SLF001  (`unmerge_cells` looks at all areas)


def clean(text: str) -> str:
    """Return a text without what a cell cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:_MOST_TEXT]


def _own_look(content: bytes) -> Book | None:
    """Return a workbook as openpyxl reads it, without all but cells; ``None`` if it should not."""
    package, survey = Package(content), _Survey()
    try:
        for part in package.parts:
            if part.endswith((".xml", ".rels", ".vml")):
                package.parse(part, survey)
        if not survey.is_small:
            return None
        book = openpyxl.load_workbook(BytesIO(content), data_only=True, keep_links=False)
    except _ODD_FILES:
        return None
    book.defined_names = DefinedNameDict()
    for chart in book.chartsheets:
        book.remove(chart)
    for sheet in book.worksheets:
        _strip(sheet)
    return book


def _strip(sheet: Worksheet) -> None:
    """Take from a sheet what refers to anything but its own cells."""
    for name in ("_charts", "_images", "_pivots", "_hyperlinks"):  # Nothing public has them.
        setattr(sheet, name, [])
    sheet.legacy_drawing = None
    sheet.defined_names = DefinedNameDict()
    sheet.conditional_formatting = ConditionalFormattingList()
    sheet.data_validations.dataValidation = []
    sheet.scenarios = ScenarioList()
    for name in list(sheet.tables):
        del sheet.tables[name]
    # Those there are: `iter_rows` makes every cell up to the last one.
    for cell in sheet._cells.values():  # noqa: SLF001  (nothing public has them)
        if cell.hyperlink:
            cell.hyperlink = None


def _as_read(workbook: Workbook) -> Book:
    """Return a workbook of the cells that were read."""
    book = Book()
    book.remove(book.worksheets[0])
    for place, grid in enumerate(workbook.sheets, start=1):
        sheet = book.create_sheet(_title(grid.name) or str(place))
        sheet.sheet_state = "visible" if grid.visible else "hidden"
        _write(sheet, grid)
    return book


def _write(sheet: Worksheet, grid: Sheet) -> None:
    for row, cells in enumerate(grid.rows, start=1):
        for column, value in enumerate(cells, start=1):
            if isinstance(value, str):
                put(sheet.cell(row, column), value)
            elif value is not None:
                sheet.cell(row, column).value = value
    for row, column in grid.percent:
        sheet.cell(row + 1, column + 1).number_format = "0.##%"
    for row in grid.hidden_rows:
        sheet.row_dimensions[row + 1].hidden = True


def _title(name: str) -> str:
    """Return a name without what titles of sheets may not have."""
    kept = "".join(" " if letter in "[]:*?/\\" else letter for letter in name)
    return kept[:_TITLE].strip("' ")


class _Survey:
    """Counts what openpyxl would make objects of, in all parts of a file."""

    def __init__(self) -> None:
        self.elements = self.spanned = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if name in {"mergeCell", "hyperlink"}:
            area = CellRange(attributes.get("ref", "A1"))
            self.spanned += area.size["rows"] * area.size["columns"]

    def end(self, name: str) -> None:
        """Ends are not counted."""

    def text(self, data: str) -> None:
        """Text is within the bounds of the parts."""

    @property
    def is_small(self) -> bool:
        return self.elements <= _MOST_ELEMENTS and self.spanned <= _MOST_SPANNED


_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001  (openpyxl takes no zone; that of members of archives)


class _Undated(ZipFile):
    """An archive whose members have no date, so that the same content is the same file."""

    def writestr(
        self, zinfo_or_arcname: ZipInfo | str, data: Any, *_: object, **__: object
    ) -> None:
        """Add a member."""
        super().writestr(ZipInfo(str(zinfo_or_arcname)), data, ZIP_DEFLATED)

    def write(
        self,
        filename: str | PathLike[str],
        arcname: str | PathLike[str] | None = None,
        *_: object,
        **__: object,
    ) -> None:
        """Add a file as a member."""
        self.writestr(str(arcname or filename), Path(filename).read_bytes())


def saved(book: Book) -> bytes:
    """Return a workbook as XLSX: the same bytes whenever it is made, as its entity tag says."""
    result = BytesIO()
    book.properties.created = book.properties.modified = _NO_DATE
    with _Undated(result, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return result.getvalue()
