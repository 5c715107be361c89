"""What is asked about rows of an import, and what there is to choose from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.imports.draft_schemas import ImportDetail
from app.imports.numbers import Number, read_number
from app.imports.quantities import scaled
from app.imports.schemas import VALUES, ImportColumn
from app.pages.import_answers import NUMBERS
from app.pages.import_sheets import SheetPage
from app.pages.import_words import ROW, Said, Stated, Words, given_of
from app.pages.values import shown
from app.subjects.attributes import UNIT_LEVELS, ValueType

_MOST_FURTHER = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that can be answered: its name and label, and what there is to choose from."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    is_code: bool = False
    is_number: bool = False
    read: str = ""
    """What was read, in words, or else what the cell holds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a row."""

    row: ROW
    said: Sequence[Said]
    stated: Sequence[Stated]
    asked: Sequence[Asked]
    further: Sequence[Asked]
    """The other values of the row, which can be answered as well."""
    sites: Sequence[tuple[str, str]]
    """The sites that may be meant, by id and name."""
    to_confirm: Sequence[str]
    """What is confirmed by confirming the row, in words."""

    @property
    def asks_match(self) -> bool:
        """Whether it is open which site is meant."""
        match = self.row.match
        return bool(match and (match.needs_confirmation or match.candidates))


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks about the rows of a draft."""

    words: Words
    draft: ImportDetail
    names: Mapping[str, str]
    page: SheetPage | None

    def about(self, row: ROW) -> Question:
        """Return what is asked about a row."""
        match = row.match
        ids = [*(match.candidates or ()), *([match.id] if match.id else [])] if match else []
        asked = list(dict.fromkeys(self._asked(row)))
        further = [name for name in dict.fromkeys(self._further(row)) if name not in asked]
        return Question(
            row,
            [*self._said(row)],
            self.words.stated(row),
            [self._value(name, row) for name in asked],
            [self._value(name, row) for name in further[:_MOST_FURTHER]],
            [(key, self.names.get(key, key)) for key in ids],
            list(self._to_confirm(row)),
        )

    def _said(self, row: ROW) -> Iterator[Said]:
        for weight, remarks in (("error", row.errors), ("warning", row.warnings)):
            for one in remarks or ():
                yield self.words.remark(weight, one)

    def _to_confirm(self, row: ROW) -> Iterator[str]:
        for name in row.needs_confirmation or ():
            yield self.words.column(name)
        for one in row.statements or ():
            if one.needs_confirmation:
                yield one.from_ or ""

    def _asked(self, row: ROW) -> Iterator[str]:
        """Yield the attributes that are in doubt."""
        held = {one.column: one for one in self.draft.columns}
        for one in row.errors or ():
            name = one.attribute or _held(held.get(one.column))
            if name in VALUES:
                yield name
        for one in row.warnings or ():
            if one.communes:
                yield "commune_code"
        yield from (name for name in row.needs_confirmation or () if name in VALUES)

    def _further(self, row: ROW) -> Iterator[str]:
        for one in row.statements or ():
            yield from given_of(one)
        for column in self.draft.columns:
            name = _held(column)
            if name in VALUES:
                yield name

    def _value(self, name: str, row: ROW) -> Asked:
        attribute = VALUES[name].attribute
        found = [self.words.value(one, attribute) for one in row.statements or ()]
        return Asked(
            name,
            self.words.speech.attribute("site", name),
            list(self._choices(name, row)),
            attribute.type is ValueType.code,
            attribute.type in NUMBERS,
            "; ".join(text for text in found if text) or self._cell(row, name),
        )

    def _cell(self, row: ROW, name: str) -> str:
        return self.page.text_at(row, name) if self.page else ""

    def _choices(self, name: str, row: ROW) -> Iterator[tuple[str, str]]:
        attribute, speech = VALUES[name].attribute, self.words.speech
        if attribute.code_list:
            yield from speech.codes(attribute.code_list)
        held = {one.column: one for one in self.draft.columns}
        for one in row.errors or ():
            column = held.get(one.column)
            about = one.attribute or _held(column)
            for number in one.candidates or () if about == name else ():
                value = _in_unit(number, one.text, name, column.unit if column else None)
                shown_ = shown(attribute, {name: value}, speech)
                yield f"{value:f}", shown_.text if shown_ else ""
        for one in row.warnings or () if name == "commune_code" else ():
            for code in one.communes or ():
                level = UNIT_LEVELS["commune_code"]
                yield code, self.words.units.name_of(level, code, self.words.day) or code


def _held(column: ImportColumn | None) -> str:
    """Return the attribute that a column holds; nothing where it holds none."""
    return (column.attribute or "").partition("@")[0] if column else ""


def _in_unit(number: float, text: str | None, name: str, unit: str | None) -> Decimal:
    """Return a reading of a number, which is in the unit of its cell, in that of the attribute."""
    read = read_number(text or "")
    given = Number(Decimal(str(number)), unit=read.unit if read else None)
    return (scaled(given, name, unit).value or Decimal(0)).normalize()
