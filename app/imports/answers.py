"""What an officer answers to a report: what columns mean, what rows are about, which values hold.

Answers are about the one sheet that is read. They are applied while it is read, so that a report
has no more doubts about what they settle, and all else follows from them as from the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.imports.columns import Figures
from app.imports.report import Plain, ReportRow

NEW: Final = "new"
"""In place of the id of a site: the register has none that is meant."""
LINE: Final = "value"
"""What the value of a line of a form is called among values and qualifiers."""
LEFT_OUT: Final = "left_out"
"""The role of a row that is not to be imported."""


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What is answered about a row.

    ``match`` is the id of a site, or ``NEW``. ``values`` are right instead of what was read, and
    are confirmed by that, as what is ``omitted`` is; in units of attributes, in a form in the unit
    of the line. ``qualifiers`` say how exactly they are given. ``confirmed`` settles all that
    needed it. ``included`` is false for a row to be left out, true for a hidden one to be imported.
    """

    match: str | None = None
    values: Mapping[str, Plain] = field(default_factory=dict)
    omitted: tuple[str, ...] = ()
    confirmed: bool = False
    included: bool | None = None
    qualifiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def settled(self) -> frozenset[str]:
        """The attributes about which nothing is left to ask."""
        return frozenset((*self.values, *self.omitted))


_NONE: Final = RowAnswer()


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers: about columns by their letters or headers, about rows by their numbers from 1.

    A column has an attribute of ``app/data/import-headers.csv`` (``NOTE`` is one), or ``IGNORED``.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[int, RowAnswer] = field(default_factory=dict)

    def row(self, number: int) -> RowAnswer:
        """Return what is answered about a row."""
        return self.rows.get(number, _NONE)


NO_ANSWERS: Final = Answers()


def answer_figures(
    figures: Mapping[str, Figures], answers: Answers, uncomputed: set[tuple[int, int]]
) -> None:
    """Have columns of figures say what is answered, where a row has a figure of an attribute.

    ``uncomputed`` are the cells of formulas without a value: a cell that is answered is none.
    """
    for number, answer in answers.rows.items():
        row = number - 1
        for attribute in answer.settled:
            column = _column_of(figures, attribute, row)
            if column is not None:
                column.answer(row, answer.values.get(attribute))
                uncomputed.discard((row, column.column.index))


def _column_of(figures: Mapping[str, Figures], attribute: str, row: int) -> Figures | None:
    """Return the column of an attribute, the last that has something in a row if there are more.

    In plans the column of areas gives planned ones.
    """
    found = [f for name, f in figures.items() if name.partition("@")[0] == attribute]
    if not found and attribute == "planned_area_ha":
        return _column_of(figures, "area_ha", row)
    filled = [one for one in found if row in one.quantities.numbers or one.texts.get(row)]
    return next(reversed(filled or found), None)


def leave_out(rows: Iterable[ReportRow], answers: Answers) -> None:
    """Have the rows that are not to be imported say so, with nothing left to mend."""
    for row in rows:
        if answers.row(row.row).included is False:
            row.role = LEFT_OUT
            row.errors.clear()
            row.needs_confirmation.clear()
