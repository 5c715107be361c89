"""DOCX: the tables of a document. Each is a sheet that begins with the paragraphs before it.

Rows are counted from the first of these paragraphs; what follows the last table belongs to it.
"""

from collections.abc import Mapping

from app.imports.grids import Budget, Merge, Sheet, Workbook
from app.imports.limits import MOST_COLUMNS, refuse
from app.imports.packages import DAMAGED, Package, attribute


class _Document:
    """The paragraphs and tables of a document; a table in a cell is text of that cell."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._budget = Budget()
        self._sheet = self._new_sheet()
        self._depth = 0
        self._row = self._column = 0
        self._span = 1
        self._continues = False
        self._open: dict[int, Merge] = {}
        self._parts: list[str] = []
        self._collects = False

    def _new_sheet(self) -> Sheet:
        return self._budget.sheet(f"{len(self.sheets) + 1}")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "t":
            self._collects = True
        elif name in {"tab", "br", "cr"}:
            self._parts.append(" " if name == "tab" else "\n")
        elif name == "tbl":
            self._start_table()
        elif self._depth == 1:
            self._start_cell(name, attributes)

    def _start_table(self) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        if self.sheets and self._sheet is self.sheets[-1]:
            self._sheet = self._new_sheet()
            self._row = 0
        self.sheets.append(self._sheet)

    def _start_cell(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attribute(attributes, "val", "1")
        if name == "tr":
            self._column = 0
        elif name == "tc":
            self._span, self._continues, self._parts = 1, False, []
        elif name == "gridSpan":
            self._span = min(int(value), 64)
        elif name == "gridBefore":
            self._column += min(int(value), 64)
        elif name == "vMerge":
            self._continues = attribute(attributes, "val") != "restart"
        elif name == "hidden":
            self._sheet.hide(self._row)

    def text(self, data: str) -> None:
        if self._collects:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == "t":
            self._collects = False
        elif name == "p":
            self._end_paragraph()
        elif name == "tbl":
            self._end_table()
        elif self._depth == 1 and name == "tc":
            self._end_cell()
        elif self._depth == 1 and name == "tr":
            self._row += 1

    def _end_table(self) -> None:
        self._depth -= 1
        if not self._depth:
            for column in list(self._open):
                self._close(column)

    def _end_paragraph(self) -> None:
        if self._depth:
            self._parts.append("\n")
            return
        text = "".join(self._parts).strip()
        self._parts = []
        if text:
            self._sheet.put(self._row, 0, text)
            self._row += 1

    def _end_cell(self) -> None:
        row, column, last = self._row, self._column, self._column + self._span - 1
        text = "".join(self._parts).strip()
        self._parts = []
        if self._continues and column in self._open:
            self._open[column] = self._open[column]._replace(last_row=row)
        else:
            self._close(column)
            if column < MOST_COLUMNS:
                self._open[column] = Merge(row, column, row, last)
            if text:
                self._sheet.put(row, column, text)
        self._column += self._span

    def _close(self, column: int) -> None:
        """Keep the area that began in a column, if it is more than a cell."""
        area = self._open.pop(column, None)
        if area and area[:2] != area[2:]:
            self._sheet.merge(*area)


def read_docx(package: Package) -> Workbook:
    """Read the tables of a document; ``UnreadableFileError`` where it is not one."""
    document = _Document()
    try:
        package.parse("word/document.xml", document)
    except (ValueError, LookupError) as error:
        raise refuse(DAMAGED()) from error
    return Workbook("docx", document.sheets)
