"""The figures of a table by column: read, decided where ambiguous, in units of attributes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.imports.numbers import Number
from app.imports.quantities import Quantities, decide, is_integer, is_plausible, quantity_of, scaled
from app.imports.rows import BodyRow
from app.imports.tables import Column, Table, is_figure
from app.imports.words import plain

_UNITS = {"ha": "ha", "pct": "%", "vnd": "vnd"}
"""The units of attributes, by the ends of their names, as cells have them."""
_SUMMED_ROLES = {"subtotal_group", "total"}
_NUMERALS = re.compile(r"\(\s*((?:[IVX]+|[A-H])(?:\s*\+\s*(?:[IVX]+|[A-H]))+)\s*\)")


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that states a sum, and the rows of data it should be the sum of, all from 0."""

    row: BodyRow
    members: tuple[BodyRow, ...]
    numerals: tuple[str, ...] = ()


@dataclass(slots=True)
class Figures:
    """A column of figures: numbers as written by row, and texts that are none."""

    column: Column
    attribute: str
    quantities: Quantities
    texts: dict[int, str] = field(default_factory=dict)
    unit: str | None = None

    def number(self, row: int) -> Number | None:
        """Return the number of a row in the unit of the attribute, ``None`` where it is open."""
        number = self.quantities.numbers.get(row)
        if number is None or row in self.quantities.open:
            return None
        return scaled(number, self.attribute, self.unit)

    def value(self, row: int) -> Decimal | None:
        """Return the value of a row in the unit of the attribute."""
        number = self.number(row)
        return number.value if number else None

    def lacks_unit(self, number: Number) -> bool:
        """Return whether a sum of money is too small to be in đồng, and nothing says in what."""
        is_bare = self.attribute.endswith("_vnd") and not (number.unit or self.unit)
        value = number.value
        return is_bare and value is not None and not is_plausible(self.attribute, value, None)

    def answer(self, row: int, value: object) -> None:
        """Have a row say a value in the unit of the attribute, or nothing, for certain."""
        unit = _UNITS.get(self.attribute.partition("@")[0].rpartition("_")[2])
        number = Number(Decimal(str(value)), unit=unit) if value is not None else Number(None)
        self.texts.pop(row, None)
        self.quantities.settle(row, number)


def sums_of(table: Table, rows: Sequence[BodyRow]) -> list[Sum]:
    """Return the rows that state sums: of a group, of what came since the last one, or of all."""
    found, since, data = [], [], [row for row in rows if row.role == "data"]
    members, grand = _members(data), _grand_total(table, rows)
    for row in rows:
        if row.role == "data":
            since.append(row)
        elif row.role in {"subtotal_group", "group"}:
            since = []
            if row.role == "subtotal_group":
                found.append(Sum(row, tuple(members.get(row.row, ()))))
        elif row.role == "total":
            numerals = _numerals(_label(table, row))
            of = _of_numerals(data, numerals) if numerals else (data if row is grand else since)
            found.append(Sum(row, tuple(of), numerals))
            since = []
    return found


def _grand_total(table: Table, rows: Sequence[BodyRow]) -> BodyRow | None:
    """Return the row that adds all: the total below or above the data that says so."""
    data = [row.row for row in rows if row.role == "data"]
    totals = [row for row in rows if row.role == "total"]
    if not totals or not data:
        return None
    total = totals[-1] if totals[-1].row > data[-1] else totals[0]
    is_outside = total.row > data[-1] or total.row < data[0]
    says_all = plain(_label(table, total)).startswith("tong") or len(totals) == 1
    return total if is_outside and says_all else None


def _label(table: Table, row: BodyRow) -> str:
    name = table.first("name")
    return row.text(name.index if name else 0) or row.text(0)


def _members(data: Sequence[BodyRow]) -> dict[int, list[BodyRow]]:
    members: dict[int, list[BodyRow]] = {}
    for row in data:
        for group in row.groups:
            members.setdefault(group.row, []).append(row)
    return members


def _numerals(label: str) -> tuple[str, ...]:
    found = _NUMERALS.search(label)
    return tuple(re.split(r"\s*\+\s*", found.group(1))) if found else ()


def _of_numerals(data: Sequence[BodyRow], numerals: Sequence[str]) -> list[BodyRow]:
    return [row for row in data if any(group.numeral in numerals for group in row.groups)]


def read_figures(
    table: Table, rows: Sequence[BodyRow], unit: str | None, *, is_zone: bool
) -> dict[str, Figures]:
    """Return the columns of figures by attribute, the first of each."""
    sums = sums_of(table, rows)
    areas: dict[int, Decimal] = {}
    read: dict[str, Figures] = {}
    for column in _ordered(table.columns):
        if column.attribute is None or column.attribute in read:
            continue
        figures = _read(table, rows, sums, column, _unit(column, unit), areas, is_zone=is_zone)
        read[column.attribute] = figures
        if column.attribute.partition("@")[0] in {"area_ha", "planned_area_ha", "to_clear_ha"}:
            for row in rows:
                if (value := figures.value(row.row)) is not None:
                    areas.setdefault(row.row, value)
    return read


def _ordered(columns: Sequence[Column]) -> Iterator[Column]:
    """Give the columns of figures, areas first: what is plausible depends on them."""
    figures = [column for column in columns if is_figure(column.attribute)]
    yield from sorted(figures, key=lambda c: "area_ha" not in (c.attribute or ""))


def _unit(column: Column, unit: str | None) -> str | None:
    """Return the unit of a column: its own, or that of the sheet where it is of the same kind."""
    own = column.unit
    if own is None and unit is not None:
        folded = plain(unit).removeprefix("dien tich ")
        is_money = any(word in folded.split() for word in ("dong", "ty", "trieu", "usd"))
        if is_money == (column.attribute or "").endswith("_vnd"):
            own = folded
    return own


def _read(
    table: Table,
    rows: Sequence[BodyRow],
    sums: Sequence[Sum],
    column: Column,
    unit: str | None,
    areas: dict[int, Decimal],
    *,
    is_zone: bool,
) -> Figures:
    attribute = column.attribute or ""
    numbers: dict[int, Number] = {}
    texts: dict[int, str] = {}
    shares = attribute.endswith("_pct") and not table.own and _are_shares(table, rows, column)
    for row in rows:
        if row.role != "data" and row.role not in _SUMMED_ROLES:
            continue
        value = row.cells[column.index] if column.index < len(row.cells) else None
        is_percent = shares or (row.row, column.index) in table.sheet.percent
        number = quantity_of(value, percent=is_percent and isinstance(value, float))
        if number is None:
            texts[row.row] = row.text(column.index)
        elif number.value is not None or number.marker:
            is_known = number.separator and number.separator == table.mark
            numbers[row.row] = number.chosen(number.value or Decimal(0)) if is_known else number

    def plausible(row: int, written: Decimal) -> bool:
        value = scaled(numbers[row].chosen(written), attribute, unit).value
        return value is None or is_plausible(attribute, value, areas.get(row), is_zone=is_zone)

    may_be_parts = attribute.endswith("_pct") and not table.own
    rows_of = [(one.row.row, [member.row for member in one.members]) for one in sums]
    decided = decide(numbers, rows_of, plausible, whole=is_integer(attribute))
    decided.open.update(_parts_of_one(numbers) if may_be_parts else {})
    return Figures(column, attribute, decided, texts, unit)


def _parts_of_one(numbers: Mapping[int, Number]) -> dict[int, tuple[Decimal, Decimal]]:
    """Return both readings of what may be parts of 1 among percents, 0.47 beside 30."""
    values = {row: number.value for row, number in numbers.items() if number.value is not None}
    if not any(value > 1 for value in values.values()):
        return {}
    return {row: (value, value * 100) for row, value in values.items() if 0 < value < 1}


def _are_shares(table: Table, rows: Sequence[BodyRow], column: Column) -> bool:
    """Return whether percents are written as parts of 1 without a format that shows it."""
    cells = [
        row.cells[column.index]
        for row in rows
        if row.role == "data" and column.index < len(row.cells)
    ]
    numbers = [cell for cell in cells if isinstance(cell, float)]
    is_formatted = any(at[1] == column.index for at in table.sheet.percent)
    has_fraction = any(0 < number < 1 for number in numbers)
    return has_fraction and not is_formatted and all(0 <= n <= 1 for n in numbers)
