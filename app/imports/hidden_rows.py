"""Hidden rows: those that a count or a total of the file includes are read, others are left out."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from app.imports.answers import Answers
from app.imports.columns import Figures
from app.imports.remarks import HIDDEN, HIDDEN_LEFT_OUT, Remark
from app.imports.report import ReportRow
from app.imports.rows import BodyRow


def settle_hidden(
    rows: Sequence[BodyRow], figures: dict[str, Figures], answers: Answers
) -> set[int]:
    """Leave out hidden rows that neither a count nor a total of the file includes.

    Return those that were not let in by an answer.
    """
    hidden = [
        row
        for row in rows
        if row.hidden and row.role == "data" and not answers.row(row.row + 1).included
    ]
    counted = _Counted(rows, figures) if hidden else None
    for row in hidden:
        if counted and not counted.includes(row):
            counted.leave_out(row)
    return {row.row for row in hidden}


class _Counted:
    """The rows of data as they are counted and added up, less those that are left out."""

    def __init__(self, rows: Sequence[BodyRow], figures: dict[str, Figures]) -> None:
        data = [row for row in rows if row.role == "data"]
        self._members = Counter(group.row for row in data for group in row.groups)
        self._stated: dict[str, Decimal] = {}
        for total in (row for row in rows if row.role == "total"):
            for name, column in figures.items():
                if (value := column.value(total.row)) is not None:
                    self._stated.setdefault(name, value)
        self._columns = {name: figures[name] for name in self._stated}
        self._sums = {
            name: sum((column.value(row.row) or Decimal(0) for row in data), Decimal(0))
            for name, column in self._columns.items()
        }

    def includes(self, row: BodyRow) -> bool:
        """Return whether a count or total is right with a row, and with all not left out."""
        for group in row.groups:
            if group.count is not None:
                return group.count == self._members[group.row]
        for name, column in self._columns.items():
            if column.value(row.row):
                return self._sums[name] == self._stated[name]
        return False

    def leave_out(self, row: BodyRow) -> None:
        """Have a row count no more."""
        row.role = "hidden"
        self._members.subtract(group.row for group in row.groups)
        for name, column in self._columns.items():
            self._sums[name] -= column.value(row.row) or Decimal(0)


def mark_hidden(out: ReportRow, row: BodyRow, hidden: set[int]) -> None:
    """Say of a row whether it was hidden, and whether it counts all the same."""
    if row.row in hidden:
        out.further["hidden"] = True
        out.warnings.append(Remark(HIDDEN if row.role == "data" else HIDDEN_LEFT_OUT, out.row))
