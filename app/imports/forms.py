"""Forms with one indicator a row (03 and 04 of Circular 14/2024): statements about a province.

Lines are known by their words (``app/data/import-form-lines.csv``), never by their numbers, which
differ between the forms.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import Qualifier
from app.imports.answers import LINE, NO_ANSWERS, Answers
from app.imports.checks import FORMULA, NOT_MORE, RATIO_OF_LINES, checked
from app.imports.grids import letters
from app.imports.numbers import Number, scale
from app.imports.quantities import Decision, Quantities, decide, quantity_of, scaled
from app.imports.remarks import (
    AMBIGUOUS,
    FOREIGN_CURRENCY,
    MARKER,
    NOT_A_NUMBER,
    REST_AS_NOTE,
    Remark,
)
from app.imports.report import Check, Json, ReadStatement, ReportRow
from app.imports.rows import BodyRow
from app.imports.tables import Table
from app.imports.words import plain
from app.statistics.indicators import INDICATORS

TABLE = Path(__file__).parent.parent / "data" / "import-form-lines.csv"
_COUNTED = {"cum", "du an", "nguoi", "ho", "co so"}
_FORMULA = re.compile(r"\(\s*([0-9]+(?:\.[0-9]+)?(?:\s*\+\s*[0-9]+(?:\.[0-9]+)?)+)\s*\)")
_BILLION = Decimal(10**9)
_BRACKETED = re.compile(r"\([^()]*\)")
_RATIO = ("cluster_occupancy_pct", "cluster_leased_ha", "cluster_industrial_land_ha")
_NOT_MORE = (
    "cluster_infrastructure_paid_capital",
    "cluster_infrastructure_approved_capital",
)


@cache
def lines() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Return the lines of the forms as (name, phrases, note), the longest wordings first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        read = [
            (line["line"], tuple(line["phrases"].split("+")), line["note"])
            for line in csv.DictReader(file)
        ]
    return tuple(sorted(read, key=lambda line: -sum(map(len, line[1]))))


def line_of(text: str) -> tuple[str | None, str]:
    """Return the name of the line that an indicator's text is, and what is particular to it."""
    words = f" {plain(_BRACKETED.sub(' ', text))} "
    for name, phrases, note in lines():
        if all(f" {phrase} " in words for phrase in phrases):
            return name, note
    return None, ""


@dataclass(slots=True)
class Form:
    """A form while it is read."""

    table: Table
    rows: Sequence[BodyRow]
    effective_from: str | None
    indicators: frozenset[str]
    answers: Answers = NO_ANSWERS
    numbers: Quantities = field(init=False)
    by_line: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read all numbers first: how the others are written decides the ambiguous ones."""
        column = self._index("form_value")
        read: dict[int, Number] = {}
        for row in self.rows:
            if row.role != "data":
                continue
            self.by_line[row.text(self._index("row_number"))] = row.row
            name, _ = line_of(row.text(self._index("indicator")))
            if name:
                self.by_name.setdefault(name, row.row)
            cell = row.cells[column] if column < len(row.cells) else None
            is_percent = (row.row, column) in self.table.sheet.percent
            number = quantity_of(cell, percent=is_percent)
            if number is not None:
                read[row.row] = number
        self.numbers = self._decided(read)

    def _decided(self, read: dict[int, Number]) -> Quantities:
        counted = {row.row for row in self.rows if plain(self._unit(row)) in _COUNTED}
        counts = decide({r: n for r, n in read.items() if r in counted}, (), _always, whole=True)
        others = decide({r: n for r, n in read.items() if r not in counted}, (), _always)
        others.numbers.update(counts.numbers)
        for number, answer in self.answers.rows.items():
            hedge = answer.qualifiers.get(LINE)
            for value in answer.values.values():
                exactly = Qualifier(hedge) if hedge else None
                others.settle(number - 1, Number(Decimal(str(value)), qualifier=exactly))
        return others

    def _index(self, attribute: str) -> int:
        column = self.table.first(attribute)
        return column.index if column else len(self.table.columns)

    def _unit(self, row: BodyRow) -> str:
        return row.text(self._index("unit"))

    @property
    def column(self) -> str:
        """The letters of the column of values."""
        return letters(self._index("form_value"))

    def row(self, row: BodyRow) -> ReportRow:
        """Return what a line says."""
        out = ReportRow(row.row + 1, self.table.sheet.name, row.role)
        name, particular = line_of(row.text(self._index("indicator")))
        number = self.numbers.numbers.get(row.row)
        is_open = row.row in self.numbers.open
        known = name if name in self.indicators else None
        value = number.value if number and not is_open else None
        self._remark(out, row, number)
        out.further = {
            "form_line": row.text(self._index("row_number")),
            "raw": self._raw(row),
            "unit": self._unit(row),
            "value": value,
            "indicator": known,
            "unknown_to_catalogue": known is None,
            **({"line": name} if name else {}),
        }
        if read_as := self._read_as(row, number) or particular:
            out.further["read_as"] = read_as
        if known and number and value is not None:
            self._state(out, known, number, row)
        return out

    def _state(self, out: ReportRow, indicator: str, number: Number, row: BodyRow) -> None:
        """State a value in the unit of its indicator; dollars are never converted."""
        unit = number.unit or plain(self._unit(row))
        if "usd" in unit:
            text = row.text(self._index("form_value"))
            out.warnings.append(Remark(FOREIGN_CURRENCY, out.row, self.column, {"text": text}))
            out.note = f"{text} {self._unit(row)}"
            return
        exact = scaled(number, indicator, unit).value or Decimal(0)
        if INDICATORS[indicator].unit is UnitOfMeasure.billion_vnd and scale(unit):
            exact /= _BILLION
        statement = ReadStatement(self.effective_from, {indicator: exact})
        if number.qualifier:
            statement.qualifiers[indicator] = number.qualifier.value
        if number.top is not None:
            statement.tops[indicator] = number.top
        out.statements = [statement]

    def _raw(self, row: BodyRow) -> object:
        index = self._index("form_value")
        cell = row.cells[index] if index < len(row.cells) else None
        return int(cell) if isinstance(cell, float) and cell == int(cell) else cell

    def _read_as(self, row: BodyRow, number: Number | None) -> str:
        if number is None:
            return ""
        if number.marker:
            return "blank_marker"
        if number.rest:
            return "text_after_number"
        if (row.row, self._index("form_value")) in self.table.sheet.percent:
            return "percent_format"
        if row.row in self.numbers.decisions:
            return "thousands_by_column"
        return "integer_unit" if number.separator else ""

    def _remark(self, out: ReportRow, row: BodyRow, number: Number | None) -> None:
        text = row.text(self._index("form_value"))
        if number is None:
            if text:
                out.warnings.append(Remark(NOT_A_NUMBER, out.row, self.column, {"text": text}))
                out.note = text
        elif number.marker:
            out.warnings.append(Remark(MARKER, out.row, self.column, {"marker": number.marker}))
        elif number.rest:
            inner = number.rest.strip("()")
            out.warnings.append(Remark(REST_AS_NOTE, out.row, self.column, {"text": inner}))
            out.note = inner
        self._remark_decision(out, row, text)

    def _remark_decision(self, out: ReportRow, row: BodyRow, text: str) -> None:
        decision: Decision | None = self.numbers.decisions.get(row.row)
        if decision:
            details: Json = {"chosen": decision.chosen, "other": decision.other}
            out.warnings.append(Remark(decision.template, out.row, self.column, dict(details)))
        if readings := self.numbers.open.get(row.row):
            details = {"text": text, "candidates": list(readings)}
            out.errors.append(Remark(AMBIGUOUS, out.row, self.column, dict(details)))

    def checks(self) -> Iterator[Check]:
        """Recompute what the form says of its own lines."""
        for row in self.rows:
            if row.role == "data":
                yield from self._formula(row)
        yield from self._ratio()
        yield from self._not_more()

    def _value(self, row: int | None) -> Decimal | None:
        return self.numbers.value(row) if row is not None else None

    def _line(self, row: int) -> str:
        return next(line for line, at in self.by_line.items() if at == row)

    def _formula(self, row: BodyRow) -> Iterator[Check]:
        found = _FORMULA.search(row.text(self._index("indicator")))
        stated = self._value(row.row)
        parts = re.split(r"\s*\+\s*", found.group(1)) if found else []
        values = [self._value(self.by_line.get(part)) for part in parts]
        known = [value for value in values if value is not None]
        if stated is not None and parts and len(known) == len(parts):
            what = FORMULA(line=self._line(row.row), parts=" + ".join(parts))
            yield checked(row.row + 1, self.column, what, stated, sum(known, Decimal(0)))

    def _ratio(self) -> Iterator[Check]:
        places = [self.by_name.get(name) for name in _RATIO]
        rate, part, whole = (self._value(place) for place in places)
        if rate is None or part is None or not whole or None in places:
            return
        shown = [self._line(place) for place in places if place is not None]
        what = RATIO_OF_LINES(line=shown[0], part=shown[1], whole=shown[2])
        at = (places[0] or 0) + 1
        yield checked(at, self.column, what, rate, part / whole * 100, places=2)

    def _not_more(self) -> Iterator[Check]:
        paid, approved = (self.by_name.get(name) for name in _NOT_MORE)
        part, whole = self._value(paid), self._value(approved)
        if paid is None or approved is None or part is None or whole is None:
            return
        what = NOT_MORE(part=self._line(paid), whole=self._line(approved))
        verdict = "ok" if part <= whole else "differs"
        further = {"relation": "<="}
        yield Check(paid + 1, self.column, what, part, whole, verdict, further)


def _always(_: int, __: Decimal) -> bool:
    return True
