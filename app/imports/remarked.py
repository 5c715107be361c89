"""The officer's own file with the remarks of its report beside the cells, as XLSX."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet

from app.core.messages import Catalogue, Message, Template
from app.imports.grids import Sheet, column_of, letters
from app.imports.looks import clean, copied, put, saved, unmerged
from app.imports.remarks import Remark
from app.imports.report import Report, ReportRow
from app.imports.workbooks import read_workbook

REMARKS = Template("imports.remarked.remarks", "Remarks")
LEGEND = Template("imports.remarked.legend", "Legend")
CONFIRM = Template("imports.remarked.confirm", "To be confirmed: {attributes}.")
MATCHED = Template("imports.remarked.matched", "Registered as {id}.")
NEW = Template("imports.remarked.new", "Not registered yet.")
DIFFERS = Template(
    "imports.remarked.differs",
    "{cell}: the file says {stated}; computed it is {computed} ({what}).",
)
_AUTHOR = "icr"
_MOST_COMMENTS = 5_000


class Weight(StrEnum):
    """How much a remark weighs; the colour is that of the cell."""

    error = "error"
    confirm = "confirm"
    warning = "warning"
    known = "known"
    new = "new"


_COLOURS = {
    Weight.error: "FFC7CE",
    Weight.confirm: "FFD8A8",
    Weight.warning: "FFEB9C",
    Weight.new: "C6EFCE",
}
_MEANINGS = {
    Weight.error: Template(
        "imports.remarked.error", "What has an error is not imported until it is corrected."
    ),
    Weight.confirm: Template("imports.remarked.question", "Somebody has to confirm it."),
    Weight.warning: Template(
        "imports.remarked.warning", "It was read; look whether it is meant so."
    ),
    Weight.new: Template("imports.remarked.is-new", "A site that will be registered."),
}


class _Note(NamedTuple):
    """One remark as it is shown, at a row and a column from 1, or at none."""

    weight: Weight
    text: str
    row: int | None
    column: int | None


def remarked(content: bytes, report: Report, catalogue: Catalogue, name: str = "") -> bytes:
    """Return the file (XLSX) with a column of remarks, comments and colours, and a legend.

    ``name`` is the file's, as for ``read_report``; the catalogue has the language of the sentences.
    ``UnreadableFileError`` for a file that cannot be read at all.
    """
    workbook = read_workbook(content, name)
    read = report.rows[0].sheet
    grid = next(sheet for sheet in workbook.sheets if sheet.name == read)
    book, sheet = copied(content, workbook, read)
    notes = list(_notes(report, catalogue))
    _Page(sheet, grid, report, catalogue).write(notes)
    _add_legend(book, notes, catalogue)
    book.active = sheet
    return saved(book)


def _notes(report: Report, catalogue: Catalogue) -> Iterator[_Note]:
    for row in report.rows:
        yield from _of_row(row, catalogue)
    of_file = {Weight.error: report.errors, Weight.warning: report.warnings}
    for weight, remarks in of_file.items():
        for remark in remarks:
            yield from _of_remark(weight, remark, report, catalogue)
    for check in report.checks:
        if check.verdict == "differs":
            cell = f"{check.column}{check.row}"
            shown = {"stated": check.stated, "computed": check.computed, "what": check.what}
            text = DIFFERS(cell=cell, **shown).render(catalogue)
            yield _Note(Weight.warning, text, check.row, _column(check.column))


def _of_row(row: ReportRow, catalogue: Catalogue) -> Iterator[_Note]:
    for weight, remarks in {Weight.error: row.errors, Weight.warning: row.warnings}.items():
        for one in remarks:
            text = one.message.render(catalogue)
            yield _Note(weight, text, row.row, _column(one.column))
    if row.needs_confirmation:
        named = CONFIRM(attributes=", ".join(row.needs_confirmation))
        yield _Note(Weight.confirm, named.render(catalogue), row.row, None)
    if row.match and not row.match.candidates:
        known: Message = MATCHED(id=row.match.id) if row.match.id else NEW()
        weight = Weight.known if row.match.id else Weight.new
        yield _Note(weight, known.render(catalogue), row.row, None)


def _of_remark(
    weight: Weight, remark: Remark, report: Report, catalogue: Catalogue
) -> Iterator[_Note]:
    """Give a remark about the file, at its cell or at the headers that it names."""
    text = remark.message.render(catalogue)
    named = remark.details.get("columns")
    header = report.header["rows"]
    if remark.row is None and isinstance(named, list) and isinstance(header, list) and header:
        yield from (_Note(weight, text, header[-1], _column(str(column))) for column in named)
    else:
        yield _Note(weight, text, remark.row, _column(remark.column))


def _column(reference: str | None) -> int | None:
    return column_of(reference) + 1 if reference else None


class _Page:
    """The sheet that was read, while remarks are put beside its cells."""

    def __init__(self, sheet: Worksheet, grid: Sheet, report: Report, catalogue: Catalogue) -> None:
        self._sheet = sheet
        self._last = max(map(len, grid.rows), default=0) + 1
        header = report.header["rows"]
        self._header = header[0] if isinstance(header, list) and header else 1
        self._title = REMARKS().render(catalogue)
        self._left = _MOST_COMMENTS
        unmerged(sheet, self._last)
        self._firsts = {
            cell: (area.min_row, area.min_col)
            for area in sheet.merged_cells.ranges
            for cell in area.cells
        }

    def write(self, notes: list[_Note]) -> None:
        """Put all remarks in the last column, and those about a cell at that cell."""
        self._sheet.column_dimensions[letters(self._last - 1)].width = 60
        rows: dict[int, list[_Note]] = {}
        cells: dict[tuple[int, int], list[_Note]] = {}
        for note in notes:
            if note.row:
                rows.setdefault(note.row, []).append(note)
            if note.row and note.column:
                cells.setdefault((note.row, note.column), []).append(note)
        for row, of_row in rows.items():
            self._add(row, of_row)
        title = self._sheet.cell(self._header, self._last)
        put(title, "\n".join([self._title, *([str(title.value)] if title.value else [])]))
        title.font = Font(bold=True)
        for (row, column), of_cell in cells.items():
            self._mark(self._anchor(row, column), of_cell)

    def _add(self, row: int, notes: list[_Note]) -> None:
        cell = self._sheet.cell(row, self._last)
        put(cell, "\n".join(dict.fromkeys(note.text for note in notes)))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        _colour(cell, notes)

    def _anchor(self, row: int, column: int) -> Cell:
        """Return the cell that shows what is said at a place: the first of a merged range."""
        cell = self._sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            cell = self._sheet.cell(*self._firsts[row, column])
        assert isinstance(cell, Cell)  # noqa: S101  (the first cell of a range is no merged one)
        return cell

    def _mark(self, cell: Cell, notes: list[_Note]) -> None:
        _colour(cell, notes)
        self._left -= 1
        if self._left >= 0:
            before = [cell.comment.text] if cell.comment else []
            texts = [*before, *(note.text for note in notes)]
            cell.comment = Comment(clean("\n".join(texts)), _AUTHOR, height=120, width=300)


def _colour(cell: Cell | MergedCell, notes: list[_Note]) -> None:
    heaviest = min((note.weight for note in notes), key=list(Weight).index)
    if colour := _COLOURS.get(heaviest):
        cell.fill = PatternFill("solid", start_color=colour, end_color=colour)


def _add_legend(book: Book, notes: list[_Note], catalogue: Catalogue) -> None:
    sheet = book.create_sheet(LEGEND().render(catalogue))
    for row, (weight, meaning) in enumerate(_MEANINGS.items(), start=1):
        _colour(sheet.cell(row, 1), [_Note(weight, "", None, None)])
        put(sheet.cell(row, 2), meaning().render(catalogue))
    of_file = (note for note in notes if note.row is None)
    for row, note in enumerate(of_file, start=len(_MEANINGS) + 2):
        _colour(sheet.cell(row, 1), [note])
        put(sheet.cell(row, 2), note.text)
    sheet.column_dimensions["B"].width = 100
