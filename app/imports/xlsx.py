"""XLSX and XLSM: values with what fast readers drop (percent formats, hidden rows, formulas).

One pass over each part. Formulas and macros are never executed; a formula has the value that the
program which saved the file computed, or none.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from posixpath import join, normpath

from app.imports.grids import Budget, Sheet, Value, Workbook, column_of
from app.imports.limits import MOST_TEXT, TOO_LONG_A_TEXT, refuse
from app.imports.packages import DAMAGED, Package, attribute

_WORKBOOK = "xl/workbook.xml"
_PERCENT_FORMATS = {9, 10}
_DATE_SPANS = ("14-22", "27-36", "45-47", "50-58")
"""Numbers of built-in formats (ECMA-376, part 1, 18.8.30)."""
_DATE_FORMATS = {
    number
    for first, last in (span.split("-") for span in _DATE_SPANS)
    for number in range(int(first), int(last) + 1)
}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE_LETTERS = re.compile(r"[yd]|m(?!o)", re.IGNORECASE)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_DAY = 2_958_465
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


class _Relations:
    """The targets of relations by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """Nothing is kept at ends."""

    def text(self, data: str) -> None:
        """There is no text."""


class _Contents(_Relations):
    """The sheets of a workbook in their order, as (name, visible, relation)."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, bool, str]] = []
        self.epoch = _EPOCH_1900

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", ""), visible, attribute(attributes, "id")))
        elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            self.epoch = _EPOCH_1904


class _Styles(_Relations):
    """Which cell formats show percents, and which dates."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._in_cells = False
        self._formats: list[int] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def special(self) -> dict[str, str]:
        """Return ``percent`` or ``date`` by the index of a cell's format, as text."""
        looks = {str(index): self._look(code) for index, code in enumerate(self._formats)}
        return {index: look for index, look in looks.items() if look}

    def _look(self, number: int) -> str:
        code = self._codes.get(number)
        if code is not None:
            return look_of(code)
        if number in _PERCENT_FORMATS:
            return "percent"
        return "date" if number in _DATE_FORMATS else ""


def look_of(code: str) -> str:
    """Return what a number format shows: ``percent``, ``date`` or nothing in particular."""
    plain = _QUOTED.sub("", code)
    if "%" in plain:
        return "percent"
    return "date" if _DATE_LETTERS.search(plain) else ""


def _unescaped(text: str) -> str:
    """Return a text whose characters that XML cannot hold were escaped (ECMA-376, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


class _Strings:
    """The shared strings. What is read aloud in some languages (``rPh``) is no part of them."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._collects = False
        self._aside = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        if name == "t":
            self._collects = not self._aside
        elif name == "rPh":
            self._aside = True

    def end(self, name: str) -> None:
        if name == "t":
            self._collects = False
        elif name == "rPh":
            self._aside = False
        elif name == "si":
            self.strings.append(_unescaped("".join(self._parts)[: MOST_TEXT + 1]))
            self._parts = []

    def text(self, data: str) -> None:
        if self._collects:
            self._parts.append(data)


class _Cells:
    """The cells of one sheet."""

    def __init__(self, sheet: Sheet, book: "_Book") -> None:
        self._sheet = sheet
        self._book = book
        self._row = self._column = -1
        self._type = self._style = ""
        self._parts: list[str] = []
        self._collects = False
        self._formula = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = column_of(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._parts = []
            self._formula = False
        elif name in {"v", "t"}:
            self._collects = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._formula = True
        else:
            self._start_merge(name, attributes)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 2)) - 1
        self._column = -1
        if attributes.get("hidden") in {"1", "true"}:
            self._sheet.hide(self._row)

    def _start_merge(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell" and (found := _RANGE.fullmatch(attributes.get("ref", ""))):
            first, row, last, last_row = found.groups()
            begin = int(row) - 1, column_of(first)
            self._sheet.merge(*begin, int(last_row) - 1, column_of(last))

    def text(self, data: str) -> None:
        if self._collects:
            self._parts.append(data)
            if len(data) > MOST_TEXT:
                raise refuse(
                    TOO_LONG_A_TEXT(row=self._row + 1, sheet=self._sheet.name, most=MOST_TEXT)
                )

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._collects = False
        elif name == "c":
            self._keep()

    def _keep(self) -> None:
        text = "".join(self._parts)
        if not text:
            if self._formula:
                self._sheet.miss(self._row, self._column)
            return
        value = self._value(text)
        self._sheet.put(self._row, self._column, value)
        if isinstance(value, float) and self._book.looks.get(self._style) == "percent":
            self._sheet.percent.add((self._row, self._column))

    def _value(self, text: str) -> Value:
        if self._type == "s":
            return self._book.strings[int(text)]
        if self._type == "d":
            return date.fromisoformat(text[:10])
        if self._type == "b":
            return "TRUE" if text == "1" else "FALSE"
        if self._type != "n":
            return _unescaped(text)
        number = float(text)
        is_date = self._book.looks.get(self._style) == "date" and 0 < number <= _LAST_DAY
        return self._book.epoch + timedelta(days=int(number)) if is_date else number


class _Book:
    """What the cells of all sheets refer to."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.contents = _Contents()
        package.parse(_WORKBOOK, self.contents)
        styles, strings = _Styles(), _Strings()
        package.parse("xl/styles.xml", styles)
        package.parse("xl/sharedStrings.xml", strings)
        self.epoch = self.contents.epoch
        self.looks = styles.special()
        self.strings = strings.strings

    def sheets(self) -> list[Sheet]:
        relations = _Relations()
        self._package.parse("xl/_rels/workbook.xml.rels", relations)
        read, budget = [], Budget()
        for name, visible, relation in self.contents.sheets:
            sheet = budget.sheet(name, visible=visible)
            part = normpath(join("xl", relations.targets.get(relation, ""))).lstrip("/")
            self._package.parse(part.removeprefix("xl/xl/"), _Cells(sheet, self))
            read.append(sheet)
        return read


def read_xlsx(package: Package) -> Workbook:
    """Read a workbook of Office Open XML; ``UnreadableFileError`` where it is not one."""
    try:
        return Workbook("xlsx", _Book(package).sheets())
    except (ValueError, LookupError, OverflowError) as error:
        raise refuse(DAMAGED()) from error
