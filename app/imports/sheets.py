"""The sheets of a workbook: which have tables, which one is read, what older ones say otherwise."""

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
from app.imports.preambles import Preamble, read_preamble
from app.imports.remarks import NO_HEADER, NO_SHEET, OLDER_DIFFERS, Remark
from app.imports.report import Json
from app.imports.rows import BodyRow, body_rows
from app.imports.tables import Table, find_own_table, find_table


class Found(NamedTuple):
    """A sheet with a table on it, and what stands around the table."""

    table: Table
    rows: list[BodyRow]
    preamble: Preamble


def find_tables(
    workbook: Workbook, given: Given, answers: Answers, own: OwnColumns
) -> dict[str, Found]:
    """Return the tables by sheet; a hidden sheet is read only if it was asked for."""
    found = {}
    for sheet in workbook.sheets:
        if not sheet.visible and sheet.name != given.sheet:
            continue
        table = find_own_table(sheet, own, answers.columns, workbook.delimiter)
        if table:
            restore(sheet, workbook)
        else:
            table = find_table(sheet, answers.columns)
        if table:
            rows = own_rows(table) if table.own else body_rows(table)
            found[sheet.name] = Found(table, rows, read_preamble(table, rows))
    return found


def choose(workbook: Workbook, tables: dict[str, Found], given: Given) -> Sheet:
    """Return the sheet that was asked for, else the one of the latest date, else the first."""
    names = [sheet.name for sheet in workbook.sheets]
    if given.sheet is not None and given.sheet not in names:
        detail = NO_SHEET(name=given.sheet, sheets=", ".join(names))
        raise UnreadableFileError.of("#/sheet", detail)
    fitting = [s for s in workbook.sheets if s.name in tables and given.sheet in {None, s.name}]
    if not fitting:
        raise refuse(NO_HEADER(sheets=", ".join(names)))
    return max(fitting, key=lambda sheet: tables[sheet.name].preamble.effective_from or "")


def listed(workbook: Workbook, found: Found, tables: dict[str, Found]) -> list[Json]:
    """Return all sheets with what became of each, and the dates that they are about."""
    sheets: list[Json] = []
    for sheet in workbook.sheets:
        use = "offered" if sheet.name in tables else "no_table"
        if sheet is found.table.sheet:
            use = "default"
        elif not sheet.visible:
            use = "hidden"
        one: Json = {"name": sheet.name, "use": use}
        if sheet.name in tables and (as_of := tables[sheet.name].preamble.effective_from):
            one["as_of"] = as_of
        sheets.append(one)
    return sheets


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
