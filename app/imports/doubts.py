"""What is said about a table as a whole: what it lacks, what its columns and rows have twice."""

from collections.abc import Sequence

from app.imports.contexts import Given
from app.imports.grids import letters
from app.imports.remarks import (
    CHECK_DIFFERS,
    FIRST_COLUMN,
    HEADER_GUESSED,
    NO_EFFECTIVE_FROM,
    NO_NAME_COLUMN,
    NO_PROVINCE,
    OTHER_KIND,
    SAME_SITE,
    SECOND_TABLE,
    TWO_COLUMNS,
    Remark,
)
from app.imports.report import Json, Report, ReportRow
from app.imports.rows import next_table
from app.imports.sheets import Found
from app.imports.tables import Table, is_figure
from app.subjects.columns import AS_OF


def name_doubts(report: Report, found: Found) -> None:
    """Name what is in doubt about the table that was read, once its rows are."""
    _name_guess(report, found.table)
    _name_alike(report, found.table)
    _name_other_table(report, found)
    report.warnings += [
        Remark(CHECK_DIFFERS, row, None)
        for row in dict.fromkeys(c.row for c in report.checks if c.verdict == "differs")
    ]
    if report.effective_from is None and any(
        row.role == "data" and AS_OF not in row.further for row in report.rows
    ):
        report.warnings.append(Remark(NO_EFFECTIVE_FROM))
    if report.province is None and _lacks_province(report, found.table):
        report.warnings.append(Remark(NO_PROVINCE))


def _lacks_province(report: Report, table: Table) -> bool:
    """Return whether rows are to be matched by name and the province is not beside them."""
    if table.first("province_code") or table.first("province_name"):
        return False
    return not table.own or any(row.match and row.match.how != "id" for row in report.rows)


def _name_guess(report: Report, table: Table) -> None:
    """Name the row that was taken for the header though its words are not known."""
    if table.is_guessed:
        report.warnings.append(Remark(HEADER_GUESSED, table.header.start + 1))
    if table.lacks_names:
        report.errors.append(Remark(NO_NAME_COLUMN))


def _name_alike(report: Report, table: Table) -> None:
    """Name the columns that were read as one attribute: an error if it is a figure."""
    for attribute, columns in table.alike.items():
        details: Json = {
            "columns": [letters(column.index) for column in columns],
            "headers": [column.header for column in columns],
            "attribute": attribute,
        }
        if is_figure(attribute):
            report.errors.append(Remark(TWO_COLUMNS, details=details))
        else:
            report.warnings.append(Remark(FIRST_COLUMN, details=details))


def _name_other_table(report: Report, found: Found) -> None:
    """Name the row where the next table of the sheet begins."""
    row = next_table(found.rows)
    if row is not None:
        name = f"{found.table.sheet.name}!{row + 1}"
        report.warnings.append(Remark(SECOND_TABLE, row + 1, None, {"sheet": name}))


def name_other_kinds(rows: Sequence[ReportRow], given: Given) -> None:
    """Warn of rows whose name or group says another kind than the officer."""
    for row in rows:
        if given.kind and row.kind not in {None, given.kind.value}:
            details = {"kind": row.kind, "stated": given.kind.value}
            row.warnings.append(Remark(OTHER_KIND, row.row, None, dict(details)))


def name_repeated(rows: Sequence[ReportRow]) -> None:
    """Warn of rows about a site that an earlier row is about."""
    seen: dict[object, int] = {}
    for row in (row for row in rows if row.role == "data" and row.match):
        site = row.match.id if row.match and row.match.id else (row.kind, row.name)
        place = row.place.get("commune_code")
        day = row.further.get("as_of")
        other = seen.setdefault((site, day, None if row.match and row.match.id else place), row.row)
        if other != row.row:
            row.warnings.append(Remark(SAME_SITE, row.row, None, {"other": other}))
