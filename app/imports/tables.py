"""Where the table is on a sheet: its header of one level or several, and what each column holds."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from app.imports.grids import Merge, Sheet, Value, letters
from app.imports.numbers import is_money, is_unit, unit_in
from app.imports.own_columns import OwnColumns
from app.imports.quantities import is_integer
from app.imports.words import attribute_of, plain

_FIGURE = re.compile(r".*_(?:ha|pct|vnd)(?:@.*)?|change")
NOTE = "note"
"""The attribute of columns whose texts are kept as notes."""
IGNORED = "ignored"
"""Answered in place of an attribute for a column that is not to be read."""
_SEARCHED_ROWS = 60
_MOST_LEVELS = 3
_MOST_HEADER_TEXT = 250
_NUMBERING = re.compile(r"\(?[0-9]{1,2}\)?(?:\s*=.*)?|\(?[A-ZĐa-z]\)?|\([0-9]+\)\s*[=+].*")
_KEYS = {"name", "indicator"}
_FEWEST_KNOWN = 2
_FEWEST_NUMBERED = 3
_RATE = re.compile(r"\bt[iy] le\b")
_RATES = {"cleared_ha": "clearance_pct", "leased_ha": "stated_occupancy_pct"}
"""The rates of what columns of percents are called after."""
_MARKS = {",": ".", ";": ","}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, the attribute it stands for, and the unit that the header names."""

    index: int
    header: str
    attribute: str | None
    unit: str | None = None
    is_answered: bool = False


@dataclass(frozen=True)
class Table:
    """A table on a sheet; rows count from 0, and ``end`` of the header is where the body begins.

    ``alike`` are the columns with values that were read as one attribute, which of figures none
    stands for then, and of texts the first. A table with ``own`` columns is one of the register's
    own; ``mark`` is the decimal mark that its file is known to have. The header ``is_guessed``
    where its words are not known.
    """

    sheet: Sheet
    header: range
    numbering: int | None
    columns: tuple[Column, ...]
    alike: Mapping[str, Sequence[Column]] = field(default_factory=dict)
    own: OwnColumns | None = None
    mark: str = ""
    is_guessed: bool = False

    @property
    def lacks_names(self) -> bool:
        """Whether no column says what the rows are about."""
        return self.own is None and not any(map(self.first, _KEYS))

    @property
    def body(self) -> range:
        """The rows below the header and its numbering."""
        first = self.header.stop + (self.numbering is not None)
        return range(first, len(self.sheet.rows))

    def first(self, attribute: str) -> Column | None:
        """Return the first column of an attribute."""
        return self._first.get(attribute)

    @cached_property
    def _first(self) -> Mapping[str, Column]:
        return {c.attribute: c for c in reversed(self.columns) if c.attribute is not None}


def is_figure(attribute: str | None) -> bool:
    """Return whether cells of an attribute hold numbers."""
    return attribute is not None and (bool(_FIGURE.fullmatch(attribute)) or is_integer(attribute))


def text_of(value: Value) -> str:
    """Return what a cell shows, without spaces around it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return value.isoformat() if isinstance(value, date) else value.strip()


def find_own_table(
    sheet: Sheet, own: OwnColumns, answers: Mapping[str, str], delimiter: str | None
) -> Table | None:
    """Return the table of a sheet that has the register's own columns.

    A file of commas is for programs, one of semicolons for a Vietnamese Excel: each has its
    decimal mark.
    """
    for row, cells in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        headers = [(index, text) for index, cell in enumerate(cells) if (text := text_of(cell))]
        if own.are_header([text for _, text in headers]):
            columns = tuple(_column(at, text, answers, own.name_of) for at, text in headers)
            mark = _MARKS.get(delimiter or "", "")
            header = range(row, row + 1)
            return _told_apart(Table(sheet, header, None, columns, own=own, mark=mark))
    return None


def find_table(sheet: Sheet, answers: Mapping[str, str] | None = None) -> Table | None:
    """Return the table of a sheet, ``None`` where no row looks like the header of one.

    ``answers`` gives attributes by letters or header, for headers that the words do not know.
    """
    best: tuple[int, int] | None = None
    for row in range(min(_SEARCHED_ROWS, len(sheet.rows))):
        known = _known(sheet.rows[row], answers or {})
        if len(known) >= _FEWEST_KNOWN and known & _KEYS and (best is None or len(known) > best[0]):
            best = len(known), row
    return None if best is None else table_at(sheet, best[1], answers or {})


def guess_table(sheet: Sheet, answers: Mapping[str, str]) -> Table | None:
    """Return the table below the row that looks most like a header, of whatever words.

    ``None`` where no row of several texts has rows of several cells below it.
    """
    rows = sheet.rows[:_SEARCHED_ROWS]
    likely = [row for row, cells in enumerate(rows) if _may_be_header(sheet, row, cells)]
    best = max(likely, key=lambda row: _likeness(sheet.rows[row]), default=None)
    return None if best is None else replace(table_at(sheet, best, answers), is_guessed=True)


def _may_be_header(sheet: Sheet, row: int, cells: Sequence[Value]) -> bool:
    texts = [text for cell in cells if (text := text_of(cell))]
    below = sheet.rows[row + 1 :]
    return (
        len(texts) >= _FEWEST_KNOWN
        and _all_text(cells)
        and all(any(map(str.isalpha, text)) for text in texts)
        and any(sum(map(bool, map(text_of, one))) >= _FEWEST_KNOWN for one in below)
    )


def _likeness(cells: Sequence[Value]) -> tuple[int, int]:
    """Return how many headers are known, and how many texts there are."""
    return len(_known(cells, {})), len([cell for cell in cells if text_of(cell)])


def table_at(sheet: Sheet, row: int, answers: Mapping[str, str]) -> Table:
    """Return the table whose header is at a row, and above and below it if it has levels."""
    merged = {(m.row, m.column): m for m in sheet.merges}
    header = _levels(sheet, row, merged)
    numbering = header.stop if _is_numbering(sheet, header.stop) else None
    columns = tuple(_columns(sheet, header, merged, answers))
    return _told_apart(Table(sheet, header, numbering, columns))


def _told_apart(table: Table) -> Table:
    """Return a table in which no two columns with values stand for one attribute.

    Decisions and expected dates may stand in several columns: all of them are read. So may notes
    that the officer says are some.
    """
    named: dict[str, list[Column]] = {}
    for column in table.columns:
        attribute = column.attribute or "decision"
        if attribute == IGNORED or (attribute == NOTE and column.is_answered):
            continue
        if not attribute.startswith(("decision", "expected.")) and _has_values(table, column):
            named.setdefault(attribute, []).append(column)
    alike = {attribute: columns for attribute, columns in named.items() if len(columns) > 1}
    open_ = [c for attribute, cs in alike.items() for c in (cs if is_figure(attribute) else cs[1:])]
    columns = (replace(c, attribute=None) if c in open_ else c for c in table.columns)
    return replace(table, columns=tuple(columns), alike=alike)


def _has_values(table: Table, column: Column) -> bool:
    rows = (table.sheet.rows[row] for row in table.body)
    return any(column.index < len(row) and text_of(row[column.index]) for row in rows)


def _known(cells: Sequence[Value], answers: Mapping[str, str]) -> set[str]:
    texts = [text_of(cell) for cell in cells if isinstance(cell, str)]
    short = [text for text in texts if text and len(text) <= _MOST_HEADER_TEXT]
    return {found for text in short if (found := answers.get(text) or attribute_of(text))}


def _levels(sheet: Sheet, row: int, merged: dict[tuple[int, int], Merge]) -> range:
    first = row
    while first and row - first < _MOST_LEVELS - 1 and _spans(sheet, first - 1, merged):
        first -= 1
    last = max((m.last_row for (at, _), m in merged.items() if first <= at <= row), default=row)
    stop = min(max(last, row) + 1, first + _MOST_LEVELS)
    while stop - first < _MOST_LEVELS and _continues(sheet, stop):
        stop += 1
    return range(first, stop)


def _spans(sheet: Sheet, row: int, merged: dict[tuple[int, int], Merge]) -> bool:
    """Return whether a row above groups columns of the header: merged over some, never over all."""
    width = max(map(len, sheet.rows), default=0)
    spans = [m for (at, _), m in merged.items() if at == row and m.last_column > m.column]
    texts = [text_of(cell) for cell in sheet.rows[row] if cell is not None]
    is_title = any(m.last_column - m.column + 1 >= width - 1 for m in spans)
    has_more = len([text for text in texts if text]) > 1
    return bool(spans) and has_more and not is_title and _all_text(sheet.rows[row])


def _continues(sheet: Sheet, row: int) -> bool:
    """Return whether a row is one more level where nothing is merged: names without a key."""
    if row >= len(sheet.rows) or _is_numbering(sheet, row):
        return False
    cells = sheet.rows[row]
    texts = [text for cell in cells if (text := text_of(cell))]
    leading = [text_of(cell) for cell in cells[:2]]
    return (
        len(texts) >= _FEWEST_KNOWN
        and not any(leading)
        and _all_text(cells)
        and (_are_units(texts) or _are_headers(texts))
    )


def _are_units(texts: Sequence[str]) -> bool:
    return all(map(is_unit, texts))


def _are_headers(texts: Sequence[str]) -> bool:
    return sum(attribute_of(text) is not None for text in texts) * 2 >= len(texts)


def _all_text(cells: Sequence[Value]) -> bool:
    return all(
        cell is None or (isinstance(cell, str) and len(cell) < _MOST_HEADER_TEXT) for cell in cells
    )


def _is_numbering(sheet: Sheet, row: int) -> bool:
    if row >= len(sheet.rows):
        return False
    texts = [text for cell in sheet.rows[row] if (text := text_of(cell))]
    return len(texts) >= _FEWEST_NUMBERED and all(map(_NUMBERING.fullmatch, texts))


def _columns(
    sheet: Sheet,
    header: range,
    merged: dict[tuple[int, int], Merge],
    answers: Mapping[str, str],
) -> Iterator[Column]:
    covering = {
        (row, column): m
        for m in merged.values()
        if m.row in header
        for row in range(m.row, min(m.last_row + 1, header.stop))
        for column in range(m.column, m.last_column + 1)
    }
    widths = [len(sheet.rows[row]) for row in header if row < len(sheet.rows)]
    above = ""
    for index in range(max(widths, default=0)):
        levels = [text for row in header if (text := _at(sheet, row, index, covering))]
        if not covering and len(header) > 1:
            above, levels = _unmerged(sheet, header, index, above)
        text = " / ".join(dict.fromkeys(levels))
        if text:
            yield _column(index, text, answers, attribute_of)


def _column(
    index: int, text: str, answers: Mapping[str, str], known: Callable[[str], str | None]
) -> Column:
    """Return a column of the attribute that is answered, else that its header is known for."""
    answer, unit = answers.get(letters(index)) or answers.get(text), _unit(text)
    attribute = answer or _in_unit(known(text), unit)
    return Column(index, text, attribute, unit, is_answered=bool(answer))


def _unit(text: str) -> str | None:
    """Return the unit of a header: that of a rate is its own, never of the hectares above it."""
    lowest = text.rpartition(" / ")[2]
    return unit_in(lowest if _RATE.search(plain(lowest)) else text)


def _in_unit(attribute: str | None, unit: str | None) -> str | None:
    """Return what a column is of, given its unit: no hectares are a rate, and no rate hectares."""
    name = (attribute or "").partition("@")[0]
    if name.endswith("_ha") and unit == "%":
        return _RATES.get(name)
    is_other = (name.endswith("_ha") and is_money(unit)) or (
        name.endswith("_pct") and unit not in {None, "%"}
    )
    return None if is_other else attribute


def _at(sheet: Sheet, row: int, column: int, covering: dict[tuple[int, int], Merge]) -> str:
    area = covering.get((row, column))
    value = sheet.value(area.row, area.column) if area else sheet.value(row, column)
    return _level(text_of(value))


def _level(text: str) -> str:
    """Return the text of one level; one that is nothing but a unit stands in brackets."""
    text = re.sub(r"\s+", " ", text)
    return f"({text})" if is_unit(text) else text


def _unmerged(sheet: Sheet, header: range, index: int, above: str) -> tuple[str, list[str]]:
    """Return the heading that goes on to the right where cells are not merged, and all levels."""
    top = text_of(sheet.value(header.start, index)) or above
    lower = [text for row in header[1:] if (text := _level(text_of(sheet.value(row, index))))]
    return top, [top, *lower] if lower or text_of(sheet.value(header.start, index)) else []
