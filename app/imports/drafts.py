"""A row of a table of sites while it is read: its cells by attribute, and what is known so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.core.messages import Template
from app.core.vocabulary import SiteKind
from app.imports.answers import NO_ANSWERS, Answers, RowAnswer
from app.imports.columns import Figures
from app.imports.contexts import Candidates
from app.imports.decisions import Citation
from app.imports.grids import letters
from app.imports.numbers import Number
from app.imports.places import Places
from app.imports.preambles import Preamble
from app.imports.remarks import Remark
from app.imports.report import Plain, ReadStatement, ReportRow
from app.imports.rows import BodyRow
from app.imports.tables import NOTE, Column, Table, is_figure
from app.subjects.attributes import Attribute

ESTABLISHED, EXPANDED, DETAILED_PLAN = "established", "expanded", "detailed_plan"
EXPECTED = "expected."
_PROPOSED = (
    "da trinh", "dang trinh", "dang tham dinh", "de xuat", "de nghi thanh lap",
    "du kien thanh lap", "chuan bi thanh lap",
)  # fmt: skip
_REMOVED = (
    "rut khoi quy hoach", "dua ra khoi quy hoach", "loai khoi quy hoach", "rut ra khoi quy hoach",
)  # fmt: skip


@dataclass(frozen=True)
class SiteTable:
    """A table of sites with all that reading its rows depends on."""

    table: Table
    preamble: Preamble
    figures: dict[str, Figures]
    footnotes: dict[str, str]
    candidates: Candidates
    places: Places
    province: str | None
    kind: SiteKind
    effective_from: str | None
    day: date
    answers: Answers = NO_ANSWERS
    is_of_one_kind: bool = True

    @cached_property
    def dated(self) -> tuple[Column, ...]:
        """The columns of decisions and of dates that are expected."""
        starts = ("decision", EXPECTED)
        return tuple(c for c in self.table.columns if (c.attribute or "").startswith(starts))

    @cached_property
    def unknown(self) -> tuple[Column, ...]:
        """The columns whose headers stand for no attribute, and further columns of notes."""
        note = self.table.first(NOTE)
        return tuple(
            column
            for column in self.table.columns
            if column.attribute is None or (column.attribute == NOTE and column is not note)
        )

    @cached_property
    def own_texts(self) -> tuple[tuple[str, Attribute], ...]:
        """What is stated by text in the columns of one of the register's own tables, or by names.

        Names beside ids are read where the ids have no column.
        """
        own = self.table.own
        names = [column.attribute for column in self.table.columns if column.attribute]
        keys = dict.fromkeys(own.key_of(name) for name in names) if own else {}
        stated = ((key, own.stated(key)) for key in keys) if own else ()
        return tuple((key, one) for key, one in stated if one and not is_figure(key))

    def has(self, *attributes: str) -> bool:
        """Return whether there are columns of all of some attributes."""
        return all(self.table.first(attribute) for attribute in attributes)


@dataclass(slots=True)
class Event:
    """A decision that a cell names: what it decided holds from its date on."""

    cites: list[Citation]
    day: str | None
    values: dict[str, Plain] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)
    tops: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A row while it is read; ``now`` is what holds at the date of the file."""

    context: SiteTable
    body: BodyRow
    out: ReportRow
    now: ReadStatement
    events: dict[str, Event] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def answer(self) -> RowAnswer:
        """What the officer answers about the row."""
        return self.context.answers.row(self.out.row)

    @property
    def is_proposed(self) -> bool:
        """Whether a group says that the site is not established yet, only proposed."""
        return any(group.says(*_PROPOSED) for group in self.body.groups)

    @property
    def is_removed(self) -> bool:
        """Whether a group says that the site was taken out of the plan."""
        return any(group.says(*_REMOVED) for group in self.body.groups)

    def group_says(self, *phrases: str) -> bool:
        """Return whether a group has one of some folded phrases."""
        return any(group.says(*phrases) for group in self.body.groups)

    def text(self, attribute: str) -> str:
        """Return the text of the cell of an attribute."""
        column = self.context.table.first(attribute)
        return self.body.text(column.index) if column else ""

    def number(self, attribute: str) -> Number | None:
        """Return the number of an attribute, in its unit."""
        figures = self.context.figures.get(attribute)
        return figures.number(self.body.row) if figures else None

    def value(self, attribute: str) -> Decimal | None:
        """Return the value of an attribute, in its unit."""
        number = self.number(attribute)
        return number.value if number else None

    def warn(self, template: Template, at: str | None = None, **details: object) -> None:
        """Add a warning about the cell of an attribute, or the row."""
        self.out.warnings.append(self._remark(template, at, details))

    def refuse(self, template: Template, at: str | None = None, **details: object) -> None:
        """Add an error about the cell of an attribute, or the row."""
        self.out.errors.append(self._remark(template, at, details))

    def _remark(self, template: Template, of: str | None, details: dict[str, object]) -> Remark:
        column = self.context.table.first(of) if of else None
        at = letters(column.index) if column else None
        return Remark(template, self.out.row, at, details)

    def event(self, name: str) -> Event | None:
        """Return the decision of a kind that the row names with a date."""
        found = self.events.get(name)
        return found if found and found.day else None

    def confirm(self, attribute: str) -> None:
        """Have an attribute confirmed."""
        if attribute not in self.out.needs_confirmation:
            self.out.needs_confirmation.append(attribute)

    def statements(self) -> Iterator[ReadStatement]:
        """Give the statements: of decisions by date, then what holds at the date of the file."""
        decided = [event for event in self.events.values() if event.day]
        # What is decided without a figure beside it is cited for what holds.
        self.now.cites += [one for event in decided if not event.values for one in event.cites]
        dated = sorted((e for e in decided if e.values), key=lambda e: e.day or "")
        for event in dated:
            yield ReadStatement(
                event.day,
                event.values,
                qualifiers=event.qualifiers,
                tops=event.tops,
                cites=event.cites,
            )
        if self.now.values:
            yield self.now
