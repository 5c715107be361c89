"""What a file states of itself, recomputed from its rows: sums, counts, rates, differences."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.core.messages import Message, Template
from app.imports.columns import Figures, Sum
from app.imports.grids import letters
from app.imports.notes import is_done, withdrawal
from app.imports.numbers import scale
from app.imports.preambles import Preamble
from app.imports.report import Check
from app.imports.rows import BodyRow, count_column
from app.imports.tables import Table

ROWS = Template("imports.check.rows", "rows {first}-{last}")
SUM = Template("imports.check.sum", "sum")
GROUPS = Template("imports.check.groups", "{groups}")
COUNT = Template("imports.check.count", "count")
GROUP_COUNT = Template("imports.check.group-count", "count of the group")
TITLE_COUNT = Template("imports.check.title-count", "title: count")
TITLE_AREA = Template("imports.check.title-area", "title: total area")
RATIO = Template("imports.check.ratio", "{part}/{whole} in percent")
TOTAL_RATIO = Template("imports.check.total-ratio", "{part} / {whole} in percent")
DIFFERENCE = Template("imports.check.difference", "{end} - {start}")
DENOMINATOR = Template("imports.check.denominator", "the denominator {of} is column {whole}")
FORMULA = Template("imports.check.formula", "{line} = {parts}")
RATIO_OF_LINES = Template("imports.check.ratio-of-lines", "{line} = {part} / {whole}, percent")
NOT_MORE = Template("imports.check.not-more", "{part} <= {whole} (paid is not more than approved)")
_HALF = Decimal("0.5")
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_COUNT_TEXT = re.compile(r"(?:^|:|\s)\(?([0-9]+)\s*(?:cụm|khu|ccn|kcn|dự án)\b", re.IGNORECASE)
_RATES = {
    "stated_occupancy_pct": ("leased_ha", "industrial_land_ha"),
    "clearance_pct": ("cleared_ha", "to_clear_ha"),
}
_FRACTIONS = {
    "cleared_ha": "to_clear_ha",
    "households_inventoried": "affected_households",
    "households_paid": "affected_households",
}


def checked(
    row: int,
    column: str,
    what: Message,
    stated: Decimal,
    computed: Decimal,
    places: int | None = None,
) -> Check:
    """Return a check: in order where the computed figure rounds to what is stated."""
    exponent = stated.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    verdict = "ok" if abs(stated - computed) <= unit * _HALF else "differs"
    if places is not None:
        computed = computed.quantize(_CENT, ROUND_HALF_UP)
    return Check(row, column, what, stated, computed, verdict)


class SiteChecks:
    """The checks of a table of sites."""

    def __init__(
        self,
        table: Table,
        rows: Sequence[BodyRow],
        figures: dict[str, Figures],
        sums: Sequence[Sum],
        preamble: Preamble,
    ) -> None:
        """Take a table with its figures and sums."""
        self._table = table
        self._data = [row for row in rows if row.role == "data"]
        self._rows = rows
        self._figures = figures
        self._sums = sums
        self._preamble = preamble
        note = table.first("note")
        self._gone = {r.row for r in self._data if note and withdrawal(r.text(note.index))}

    def all(self) -> Iterator[Check]:
        """Give all checks."""
        for one in self._sums:
            yield from self._sum(one)
        yield from self._counts()
        yield from self._title()
        for row in self._data:
            yield from self._of_row(row)

    def _letters(self, attribute: str) -> str:
        return letters(self._figures[attribute].column.index)

    def shown(self, attribute: str, row: BodyRow) -> Decimal | None:
        """Return the value of a cell in the unit of its column."""
        figures = self._figures.get(attribute)
        value = figures.value(row.row) if figures else None
        if figures is None:
            return None
        if value is None and attribute == "cleared_ha" and is_done(figures.texts.get(row.row, "")):
            return self.shown("to_clear_ha", row)
        factor = scale(figures.unit) if attribute.endswith("_vnd") else None
        return value / factor if value is not None and factor else value

    def _sum(self, one: Sum) -> Iterator[Check]:
        for attribute in self._figures:
            stated = self.shown(attribute, one.row)
            if stated is None:
                continue
            if attribute in _RATES:
                yield from self._total_rate(one.row, attribute, stated)
            elif not attribute.endswith("_pct"):
                yield from self._total(one, attribute, stated)
        if one.row.role == "total":
            yield from self._difference(one.row)

    def _total(self, one: Sum, attribute: str, stated: Decimal) -> Iterator[Check]:
        pairs = [(row, self.shown(attribute, row)) for row in one.members]
        known = [(row, value) for row, value in pairs if value is not None]
        if not known:
            return
        column = self._letters(attribute)
        at = one.row.row + 1
        computed = sum((value for _, value in known), Decimal(0))
        check = checked(at, column, self._what(one, known), stated, computed)
        gone = [row for row, _ in known if row.row in self._gone]
        if check.verdict == "differs" and gone:
            less = sum((value for row, value in known if row not in gone), Decimal(0))
            check = _without(checked(at, column, SUM(), stated, less), gone, computed)
        yield check

    def _what(self, one: Sum, known: Sequence[tuple[BodyRow, Decimal]]) -> Message:
        if one.row.role == "subtotal_group":
            return ROWS(first=one.members[0].row + 1, last=one.members[-1].row + 1)
        if not one.numerals:
            return SUM()
        used = {group.numeral for row, _ in known for group in row.groups}
        return GROUPS(groups=" + ".join(n for n in one.numerals if n in used))

    def _total_rate(self, row: BodyRow, attribute: str, stated: Decimal) -> Iterator[Check]:
        part, whole = _RATES[attribute]
        values = self.shown(part, row), self.shown(whole, row)
        if values[0] is None or not values[1]:
            return
        names = {"part": self._letters(part), "whole": self._letters(whole)}
        shown = {key: f"{name}{row.row + 1}" for key, name in names.items()}
        rate = values[0] / values[1] * _HUNDRED
        yield checked(row.row + 1, self._letters(attribute), TOTAL_RATIO(**shown), stated, rate, 2)

    def _difference(self, row: BodyRow) -> Iterator[Check]:
        end, start = (
            self.shown(name, row) for name in ("planned_area_ha", "planned_area_ha@previous")
        )
        stated = self.shown("change", row)
        if end is None or start is None or stated is None:
            return
        at = row.row + 1 if row.role == "total" else ""
        what = DIFFERENCE(
            end=f"{self._letters('planned_area_ha')}{at}",
            start=f"{self._letters('planned_area_ha@previous')}{at}",
        )
        yield checked(row.row + 1, self._letters("change"), what, stated, end - start)

    def _of_row(self, row: BodyRow) -> Iterator[Check]:
        at = row.row + 1
        for rate, (part, whole) in _RATES.items():
            values = self.shown(rate, row), self.shown(part, row), self.shown(whole, row)
            if values[0] is not None and values[1] is not None and values[2]:
                what = RATIO(part=self._letters(part), whole=self._letters(whole))
                computed = values[1] / values[2] * _HUNDRED
                yield checked(at, self._letters(rate), what, values[0], computed, 2)
        for part, whole in _FRACTIONS.items():
            figures, limit = self._figures.get(part), self.shown(whole, row)
            number = figures.number(row.row) if figures else None
            if number and number.of is not None and limit == number.of:
                what = DENOMINATOR(of=number.of, whole=self._letters(whole))
                yield checked(at, self._letters(part), what, number.of, limit)
        yield from self._difference(row)

    def _counts(self) -> Iterator[Check]:
        members = Counter(group.row for row in self._data for group in row.groups)
        for row in self._rows:
            group = next((group for group in row.groups if group.row == row.row), None)
            if group and group.count is not None:
                column, what = letters(count_column(row)), GROUP_COUNT()
                count, stated = Decimal(members[row.row]), Decimal(group.count)
                yield checked(row.row + 1, column, what, stated, count)
        for one in self._sums:
            if one.row.role == "total":
                yield from self._total_count(one)

    def _total_count(self, one: Sum) -> Iterator[Check]:
        for column, cell in enumerate(one.row.cells):
            found = _COUNT_TEXT.search(cell) if isinstance(cell, str) else None
            if found is None:
                continue
            stated, at = Decimal(found.group(1)), one.row.row + 1
            check = checked(at, letters(column), COUNT(), stated, Decimal(len(one.members)))
            gone = [row for row in one.members if row.row in self._gone]
            if check.verdict == "differs" and gone:
                less = Decimal(len(one.members) - len(gone))
                check = _without(checked(at, letters(column), COUNT(), stated, less), gone, None)
            yield check

    def _title(self) -> Iterator[Check]:
        if self._preamble.stated_count:
            row, stated = self._preamble.stated_count
            count = Decimal(len(self._data))
            yield checked(row + 1, "A", TITLE_COUNT(), Decimal(stated), count)
        area = "area_ha" if "area_ha" in self._figures else "planned_area_ha"
        if self._preamble.stated_area and area in self._figures:
            row, total = self._preamble.stated_area
            values = [value for r in self._data if (value := self.shown(area, r)) is not None]
            yield checked(row + 1, "A", TITLE_AREA(), total, sum(values, Decimal(0)))


def _without(check: Check, gone: Sequence[BodyRow], all_rows: Decimal | None) -> Check:
    """Return a check that fits without rows which a note says were withdrawn."""
    further: dict[str, object] = {"without_rows": [row.row + 1 for row in gone]}
    if all_rows is not None:
        further["with_all_rows"] = all_rows
    verdict = "ok_without" if check.verdict == "ok" else "differs"
    return Check(
        check.row, check.column, check.what, check.stated, check.computed, verdict, further
    )
