"""The sheets of a workbook: which have tables, which one is read, what older ones say otherwise."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from app.imports.answers import Answers
from app.imports.columns import read_figures
from app.imports.contexts import Given
from app.imports.grids import Sheet, Workbook, letters
from app.imports.limits import UnreadableFileError, refuse
from app.imports.matching import name_key
from app.imports.own_columns import OwnColumns
from app.imports.own_tables import own_rows, restore
from app.imports.preambles import Preamble, read_preamble, read_preamble_below
from app.imports.remarks import NO_HEADER, NO_SHEET, OLDER_DIFFERS, Remark
from app.imports.report import Json
from app.imports.rows import BodyRow, body_rows, next_table
from app.imports.tables import Table, find_own_table, find_table, guess_table, table_at

_MOST_FURTHER = 10
"""So many tables below the first are looked for on a sheet: each has all rows below it read."""


class Found(NamedTuple):
    """A sheet with a table on it, and what stands around the table."""

    table: Table
    rows: list[BodyRow]
    preamble: Preamble


def find_tables(
    workbook: Workbook, given: Given, answers: Answers, own: OwnColumns
) -> dict[str, Found]:
    """Return the tables by sheet; a hidden sheet is read only if it was asked for.

    Further tables of a sheet, below the first, are sheets of their own, named by the row of their
    header: ``Sheet1!12``. Where no sheet that may be read has a header of known words, headers are
    guessed.
    """
    found: dict[str, Found] = {}
    sheets = [one for one in workbook.sheets if one.visible or _is_asked(one, given)]
    for sheet in sheets:
        found |= _tables_of(sheet, workbook, given, answers, own)
    wanted = [one for one in sheets if given.sheet is None or _is_asked(one, given)]
    if any(one.name in found for one in wanted):
        return found
    guessed = (guess_table(sheet, answers.columns) for sheet in wanted)
    return found | {table.sheet.name: _found(table) for table in guessed if table}


def _is_asked(sheet: Sheet, given: Given) -> bool:
    """Return whether a sheet was asked for, or a table on it."""
    return given.sheet == sheet.name or _is_further(sheet, given.sheet or "")


def _is_further(sheet: Sheet, name: str) -> bool:
    return name.startswith(f"{sheet.name}!") and name.removeprefix(f"{sheet.name}!").isdigit()


def _tables_of(
    sheet: Sheet, workbook: Workbook, given: Given, answers: Answers, own: OwnColumns
) -> dict[str, Found]:
    columns = {} if _is_further(sheet, given.sheet or "") else answers.columns
    table = find_own_table(sheet, own, columns, workbook.delimiter)
    if table:
        restore(sheet, workbook)
    else:
        table = find_table(sheet, columns)
    if table is None:
        return {}
    first = _found(table)
    return {sheet.name: first, **dict(_below(first, given, answers))}


def _found(table: Table) -> Found:
    rows = own_rows(table) if table.own else body_rows(table)
    return Found(table, rows, read_preamble(table, rows))


def _below(first: Found, given: Given, answers: Answers) -> Iterator[tuple[str, Found]]:
    """Yield the tables below the first one of a sheet, by their names."""
    found, sheet = first, first.table.sheet
    for _ in range(_MOST_FURTHER):
        row = next_table(found.rows)
        if row is None:
            return
        name = f"{sheet.name}!{row + 1}"
        table = table_at(sheet, row, answers.columns if given.sheet == name else {})
        found = Found(table, body_rows(table), read_preamble_below(table, first.preamble))
        yield name, found


def choose(workbook: Workbook, tables: dict[str, Found], given: Given) -> Found:
    """Return the table that was asked for, else that of the sheet of the latest date, or the first.

    Of sheets whose headers are guessed it is the one with the largest table.
    """
    names = list(dict.fromkeys((*(sheet.name for sheet in workbook.sheets), *tables)))
    if given.sheet is not None and given.sheet not in names:
        detail = NO_SHEET(name=given.sheet, sheets=", ".join(names))
        raise UnreadableFileError.of("#/sheet", detail)
    wanted = names if given.sheet is None else [given.sheet]
    fitting = [
        tables[name]
        for name in wanted
        if name in tables and (given.sheet or not tables[name].preamble.document)
    ]
    if not fitting:
        raise refuse(NO_HEADER(sheets=", ".join(names)))
    return max(fitting, key=_rank)


def _rank(found: Found) -> tuple[int, str]:
    table = found.table
    size = len(table.columns) * len(table.body) if table.is_guessed else 0
    return size, found.preamble.effective_from or ""


def listed(workbook: Workbook, found: Found, tables: dict[str, Found]) -> list[Json]:
    """Return all sheets with what became of each, and the dates that they are about."""
    return [
        _listed(name, sheet, found, tables.get(name))
        for sheet in workbook.sheets
        for name in (sheet.name, *(name for name in tables if _is_further(sheet, name)))
    ]


def _listed(name: str, sheet: Sheet, chosen: Found, found: Found | None) -> Json:
    use = "offered" if found else "no_table"
    if found is chosen:
        use = "default"
    elif not sheet.visible:
        use = "hidden"
    as_of = found.preamble.effective_from if found else None
    return {"name": name, "use": use, **({"as_of": as_of} if as_of else {})}


def older_differences(found: Found, tables: dict[str, Found]) -> list[Remark]:
    """Name figures of the same site that another sheet of an earlier date has otherwise."""
    remarks = []
    newer = found.preamble.effective_from or ""
    for sheet, other in tables.items():
        if other is found or not (other.preamble.effective_from or "") < newer:
            continue
        remarks += _differences(found, other, sheet)
    return remarks


def _differences(found: Found, other: Found, sheet: str) -> list[Remark]:
    ours, theirs = _named(found), _named(other)
    remarks = []
    for attribute, column in ours.items():
        for key, (name, newer) in column.items():
            older = theirs.get(attribute, {}).get(key)
            if older and older[1] != newer:
                at = found.table.first(attribute)
                details = {"sheet": sheet, "name": name, "older": older[1], "newer": newer}
                remarks.append(
                    Remark(OLDER_DIFFERS, None, letters(at.index) if at else None, dict(details))
                )
    return remarks


def _named(found: Found) -> dict[str, dict[str, tuple[str, Decimal]]]:
    """Return the figures as written, by attribute and folded name of the site."""
    name = found.table.first("name")
    figures = read_figures(found.table, found.rows, found.preamble.unit, is_zone=False)
    named: dict[str, dict[str, tuple[str, Decimal]]] = {}
    for attribute, column in figures.items():
        for row in found.rows:
            value = column.quantities.value(row.row)
            if row.role == "data" and value is not None and name:
                text = row.text(name.index)
                named.setdefault(attribute, {})[name_key(text)] = (text, value)
    return named
