"""A file as a grid of cells, whatever its format: values, and what is known about them."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.imports.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXT,
    TOO_LONG_A_TEXT,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    TOO_MANY_SHEETS,
    refuse,
)

Value = str | float | date | None
"""What a cell holds. Numbers of files are floats; their shortest text is what was typed."""
_LETTERS = 26
_LONGEST_COLUMN = 8
"""Letters of a reference that are read: far more than any column has."""
_CELLS_OF_A_ROW = 4
"""So many empty cells take the memory of a row."""
_CELLS_OF_A_MARK = 8
"""So many values take the memory of what is kept beside them: a merge, or a formula."""


class Merge(NamedTuple):
    """A merged range, both ends included; rows and columns count from 0."""

    row: int
    column: int
    last_row: int
    last_column: int


class Budget:
    """Counts the sheets and cells of a file, so that many small ones are no way around the bounds.

    What takes memory counts: values, the empty cells and rows before them, merges and formulas.
    """

    __slots__ = ("cells", "sheets")

    def __init__(self) -> None:
        """Begin with all."""
        self.cells, self.sheets = MOST_CELLS, MOST_SHEETS

    def spend(self, cells: int) -> None:
        """Count cells; ``UnreadableFileError`` once there are too many."""
        self.cells -= cells
        if self.cells < 0:
            raise refuse(TOO_MANY_CELLS(most=MOST_CELLS))

    def sheet(self, name: str, *, visible: bool = True) -> "Sheet":
        """Return a new sheet; ``UnreadableFileError`` once there are too many."""
        self.sheets -= 1
        if self.sheets < 0:
            raise refuse(TOO_MANY_SHEETS(most=MOST_SHEETS))
        return Sheet(self, name, visible)


@dataclass(slots=True, eq=False)
class Sheet:
    """A sheet: ``rows[r][c]``, both from 0, and what its cells look like.

    ``percent`` are cells shown as percent of 1; ``uncomputed`` are formulas without a value.
    """

    budget: Budget
    name: str
    visible: bool = True
    rows: list[list[Value]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    percent: set[tuple[int, int]] = field(default_factory=set)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)

    def put(self, row: int, column: int, value: Value) -> None:
        """Keep the value of a cell; ``UnreadableFileError`` outside the bounds of a table."""
        if row >= MOST_ROWS:
            raise refuse(TOO_MANY_ROWS(sheet=self.name, most=MOST_ROWS))
        if column >= MOST_COLUMNS:
            raise refuse(TOO_MANY_COLUMNS(sheet=self.name, most=MOST_COLUMNS))
        if isinstance(value, str) and len(value) > MOST_TEXT:
            raise refuse(TOO_LONG_A_TEXT(row=row + 1, sheet=self.name, most=MOST_TEXT))
        rows = self.rows
        if (missing := row + 1 - len(rows)) > 0:
            self.budget.spend(missing * _CELLS_OF_A_ROW)
            rows.extend([] for _ in range(missing))
        cells = rows[row]
        if (missing := column + 1 - len(cells)) > 0:
            self.budget.spend(missing)
            cells.extend([None] * missing)
        cells[column] = value

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Keep what lies within the bounds of a range that is merged."""
        last_row, last_column = min(last_row, MOST_ROWS - 1), min(last_column, MOST_COLUMNS - 1)
        if 0 <= row <= last_row and 0 <= column <= last_column:
            self.budget.spend(_CELLS_OF_A_MARK)
            self.merges.append(Merge(row, column, last_row, last_column))

    def hide(self, row: int, rows: int = 1) -> None:
        """Keep that rows are hidden; ranges that end beyond the bounds have no values."""
        if 0 <= row < row + rows <= MOST_ROWS:
            self.budget.spend(rows)
            self.hidden_rows.update(range(row, row + rows))

    def miss(self, row: int, column: int) -> None:
        """Keep that a formula has no value."""
        if 0 <= row < MOST_ROWS and 0 <= column < MOST_COLUMNS:
            self.budget.spend(_CELLS_OF_A_MARK)
            self.uncomputed.add((row, column))

    def value(self, row: int, column: int) -> Value:
        """Return the value of a cell, ``None`` where there is none."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]


@dataclass(slots=True)
class Workbook:
    """All sheets of a file, and the format and encoding it turned out to have."""

    format: str
    sheets: list[Sheet]
    encoding: str | None = None
    delimiter: str | None = None


def letters(column: int) -> str:
    """Return the letters of a column that counts from 0: 0 gives A, 26 gives AA."""
    text, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, _LETTERS)
        text = chr(ord("A") + digit) + text
    return text


def column_of(reference: str) -> int:
    """Return the column, from 0, of a reference such as ``AA7``."""
    return _column_of(reference.rstrip("0123456789")[:_LONGEST_COLUMN])


@lru_cache(maxsize=1024)
def _column_of(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1
