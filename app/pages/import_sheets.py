"""The sheet of an import as it was read: each cell beside what it was read as."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.imports.draft_schemas import ImportDetail
from app.imports.grids import Sheet, Value, column_of, letters
from app.imports.schemas import VALUES, ImportColumn
from app.pages.import_words import ROW, Said, Stated, Words, given_of
from app.pages.speech import Speech
from app.subjects.attributes import PLANNED, UNIT_LEVELS

_DECIMALS = 10
_STATES = tuple(name for name in VALUES if name.endswith("_status"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the file: its text, what it was read as, and what is in doubt."""

    letters: str
    text: str
    meanings: Sequence[str]
    remarks: Sequence[Said]

    @property
    def weight(self) -> str:
        """The heaviest thing that is said about it."""
        weights = [one.weight for one in self.remarks]
        return next((one for one in ("error", "warning") if one in weights), "")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file beside what was understood of it."""

    row: ROW
    cells: Sequence[Cell]
    stated: Sequence[Stated]
    remarks: Sequence[Said]

    @property
    def is_one_text(self) -> bool:
        """Whether it is a title, a note or the like, and no row of the table."""
        return self.row.role != "data" and sum(bool(one.text) for one in self.cells) == 1


def cell_text(sheet: Sheet, row: int, column: int, speech: Speech) -> str:
    """Return a cell as the file shows it, in the notation of the language."""
    if (row, column) in sheet.uncomputed:
        return "="
    value: Value = sheet.value(row, column)
    if isinstance(value, float | int):
        is_percent = (row, column) in sheet.percent
        text = speech.number(value * 100 if is_percent else value, _DECIMALS)
        return f"{text} %" if is_percent else text
    if isinstance(value, date):
        return speech.day(value)
    return value or ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet that was read, some rows of it, beside what was understood."""

    words: Words
    sheet: Sheet
    draft: ImportDetail
    names: Mapping[str, str]
    """The names of the sites that rows were found to be about, by id."""

    def text_at(self, row: ROW, name: str) -> str:
        """Return the text of the cell of a row in the column that holds an attribute."""
        for column in self.draft.columns:
            if (column.attribute or "").partition("@")[0] == name:
                index = column_of(column.column)
                if text := cell_text(self.sheet, row.row - 1, index, self.words.speech):
                    return text
        return ""

    def lines(self, rows: Sequence[ROW]) -> list[Line]:
        """Return rows with their cells."""
        width = max((len(self._cells(row)) for row in rows), default=0)
        return [self._line(row, width) for row in rows]

    def _cells(self, row: ROW) -> Sequence[Value]:
        return self.sheet.rows[row.row - 1] if row.row <= len(self.sheet.rows) else ()

    def _line(self, row: ROW, width: int) -> Line:
        said = list(self._said(row))
        columns = {one.column: one for one in self.draft.columns}
        cells = [
            self._cell(row, index, columns.get(name), said)
            for index, name in enumerate(map(letters, range(width)))
        ]
        at_cells = {one.letters for one in cells}
        rest = [text for column, text in said if column not in at_cells]
        return Line(row, cells, self.words.stated(row), rest)

    def _cell(
        self,
        row: ROW,
        index: int,
        column: ImportColumn | None,
        said: Sequence[tuple[str | None, Said]],
    ) -> Cell:
        name, text = letters(index), cell_text(self.sheet, row.row - 1, index, self.words.speech)
        # What a row has from cells above it, or from its name, stands at its end.
        read = self._meanings(row, column, index) if row.role == "data" and column and text else ()
        remarks = [one for at, one in said if at == name]
        return Cell(
            name, text, [one for one in dict.fromkeys(read) if one not in {"", text}], remarks
        )

    def _said(self, row: ROW) -> Iterator[tuple[str | None, Said]]:
        """Yield what is said about a row, each with the letters of its column."""
        for weight, remarks in (("error", row.errors), ("warning", row.warnings)):
            for one in remarks or ():
                yield one.column, self.words.remark(weight, one)
        for check in self.draft.checks:
            if check.row == row.row and check.verdict == "differs":
                computed = self.words.speech.number(check.computed)
                what = str(self.words.speech.either(check.what_vi, check.what_en))
                text = self.words.speech.text("import.check", computed=computed, what=what)
                yield check.column, Said("warning", text)

    def _meanings(self, row: ROW, column: ImportColumn, index: int) -> Iterator[str]:
        base = (column.attribute or "").partition("@")[0].removeprefix(PLANNED)
        statements = row.statements or ()
        if base == "name":
            yield self._match(row)
        elif base == "place" and row.place and row.place.commune_code:
            level = UNIT_LEVELS["commune_code"]
            yield self.words.units.name_of(level, row.place.commune_code, self.words.day) or ""
        elif base == "decision":
            yield from (text for one in statements for _, text in self.words.cited(one))
        elif base == "status":
            yield from self._values(row, _STATES)
        elif base in VALUES:
            names = (base, "planned_area_ha") if base == "area_ha" else (base,)
            yield from self._values(row, names, self.sheet.value(row.row - 1, index))

    def _values(self, row: ROW, names: Sequence[str], cell: Value = None) -> Iterator[str]:
        """Yield values of attributes; of several only those that a cell of a number has."""
        found = [
            (given_of(one)[name], self.words.value(one, VALUES[name].attribute) or "")
            for one in row.statements or ()
            for name in names
            if name in given_of(one)
        ]
        same = [text for value, text in found if isinstance(cell, float) and value == cell]
        yield from same or [text for _, text in found]

    def _match(self, row: ROW) -> str:
        match, text = row.match, self.words.speech.text
        if match is None:
            return ""
        if match.id:
            return text("import.is-site", site=self.names.get(match.id, match.id))
        return text("import.is-open" if match.candidates else "import.is-new")
