"""A file as a grid of cells, whatever its format: values, and what is known about them."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.imports.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    TOO_LONG_A_TEXT,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    refuse,
)

Value = str | float | date | None
"""What a cell holds. Numbers of files are floats; their shortest text is what was typed."""
_LETTERS = 26


class Merge(NamedTuple):
    """A merged range, both ends included; rows and columns count from 0."""

    row: int
    column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Sheet:
    """A sheet: ``rows[r][c]``, both from 0, and what its cells look like.

    ``percent`` are cells shown as percent of 1; ``uncomputed`` are formulas without a value.
    """

    name: str
    visible: bool = True
    rows: list[list[Value]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
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
        while len(rows) <= row:
            rows.append([])
        cells = rows[row]
        if len(cells) <= column:
            cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value

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


class CellBudget:
    """Counts the cells of a file, so that many small sheets are no way around the bounds."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        """Begin with all."""
        self.left = MOST_CELLS

    def spend(self, cells: int = 1) -> None:
        """Count cells; ``UnreadableFileError`` once there are too many."""
        self.left -= cells
        if self.left < 0:
            raise refuse(TOO_MANY_CELLS(most=MOST_CELLS))


def letters(column: int) -> str:
    """Return the letters of a column that counts from 0: 0 gives A, 26 gives AA."""
    text, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, _LETTERS)
        text = chr(ord("A") + digit) + text
    return text


def column_of(reference: str) -> int:
    """Return the column, from 0, of a reference such as ``AA7``."""
    return _column_of(reference.rstrip("0123456789"))


@lru_cache(maxsize=1024)
def _column_of(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1
