"""ODS: the sheets of an OpenDocument spreadsheet."""

from collections.abc import Mapping
from datetime import date

from app.imports.grids import Budget, Sheet, Value, Workbook
from app.imports.limits import MOST_COLUMNS, refuse
from app.imports.packages import DAMAGED, ENCRYPTED, Package, attribute

_CELLS = {"table-cell", "covered-table-cell"}
_NUMBERS = {"float", "currency", "percentage"}


class _Encryption:
    """Whether the parts of the package are encrypted."""

    found = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        self.found = self.found or name == "encryption-data"

    def end(self, name: str) -> None:
        """Nothing is kept at ends."""

    def text(self, data: str) -> None:
        """There is no text."""


class _Content:
    """The cells of all tables."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._budget = Budget()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._row_repeats = 1
        self._lines: list[str] = []
        self._collects = False
        self._notes = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name in _CELLS:
            self._cell, self._lines = plain, []
        elif name == "p":
            self._collects = not self._notes
            self._lines.append("")
        elif name == "annotation":
            self._notes += 1
        elif name in {"s", "tab", "line-break"}:
            self.text("\n" if name == "line-break" else " ")
        else:
            self._start_frame(name, plain)

    def _start_frame(self, name: str, plain: Mapping[str, str]) -> None:
        if name == "table":
            visible = plain.get("style-name") not in self._hidden_styles
            sheet = self._budget.sheet(plain.get("name", ""), visible=visible)
            self.sheets.append(sheet)
            self._row = self._column = 0
        elif name == "table-row":
            self._column, self._row_repeats = 0, int(plain.get("number-rows-repeated", "1"))
            if plain.get("visibility", "visible") != "visible":
                self.sheets[-1].hide(self._row, self._row_repeats)
        elif name == "style":
            self._style = plain.get("name", "")
        elif name == "table-properties" and attribute(plain, "display") == "false":
            self._hidden_styles.add(self._style)

    def text(self, data: str) -> None:
        if self._collects and self._lines:
            self._lines[-1] += data

    def end(self, name: str) -> None:
        if name == "p":
            self._collects = False
        elif name == "annotation":
            self._notes -= 1
        elif name in _CELLS:
            self._keep()
        elif name == "table-row":
            self._row += self._row_repeats

    def _keep(self) -> None:
        cell, sheet = self._cell, self.sheets[-1]
        repeats = int(cell.get("number-columns-repeated", "1"))
        value = self._value(cell)
        if value is None:
            if "formula" in cell:
                sheet.miss(self._row, self._column)
        else:
            self._repeat(value, min(repeats, MOST_COLUMNS + 1), cell.get("value-type"))
        rows, columns = (int(cell.get(f"number-{way}-spanned", "1")) for way in ("rows", "columns"))
        if max(rows, columns) > 1:
            last = self._row + rows - 1, self._column + columns - 1
            sheet.merge(self._row, self._column, *last)
        self._column += repeats

    def _repeat(self, value: Value, columns: int, kind: str | None) -> None:
        sheet = self.sheets[-1]
        for row in range(self._row, self._row + self._row_repeats):
            for column in range(self._column, self._column + columns):
                sheet.put(row, column, value)
                if kind == "percentage":
                    sheet.percent.add((row, column))

    def _value(self, cell: Mapping[str, str]) -> Value:
        kind = cell.get("value-type")
        if kind in _NUMBERS:
            return float(cell["value"])
        if kind == "date":
            return date.fromisoformat(cell["date-value"][:10])
        return "\n".join(self._lines) or None


def read_ods(package: Package) -> Workbook:
    """Read an OpenDocument spreadsheet; ``UnreadableFileError`` where it is not one."""
    encryption, content = _Encryption(), _Content()
    package.parse("META-INF/manifest.xml", encryption)
    if encryption.found:
        raise refuse(ENCRYPTED())
    try:
        package.parse("content.xml", content)
    except (ValueError, LookupError) as error:
        raise refuse(DAMAGED()) from error
    return Workbook("ods", content.sheets)
