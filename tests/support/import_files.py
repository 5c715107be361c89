"""Files as officers make them, written by other programs than the ones that read them."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.imports.answers import NO_ANSWERS, Answers
from app.imports.contexts import Candidates, Given
from app.imports.matching import SiteCandidate
from app.imports.reading import read_report
from app.imports.report import Report, ReportRow
from app.statistics.indicators import INDICATORS
from app.subjects.sites import SiteState
from tests.support.seed_files import units

Cells = Sequence[Any]
ATTRIBUTES = frozenset(SiteState.members)


def fill(sheet: Worksheet, rows: Cells, merges: Sequence[str] = ()) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(number, column, value)
    for area in merges:
        sheet.merge_cells(area)


def xlsx(
    rows: Cells, *, merges: Sequence[str] = (), hidden: Sequence[int] = (), title: str = "1"
) -> bytes:
    """Return a workbook with one sheet; rows that are hidden count from 1."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet, rows, merges)
    for row in hidden:
        sheet.row_dimensions[row].hidden = True
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def replaced(content: bytes, part: str, new: bytes) -> bytes:
    """Return a packed file with one part replaced."""
    with ZipFile(BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return packed({**parts, part: new})


def read(
    content: bytes | str,
    *,
    name: str = "file",
    given: Given | None = None,
    sites: Sequence[SiteCandidate] = (),
    answers: Answers = NO_ANSWERS,
) -> Report:
    """Read a file about Lào Cai, with the attributes and indicators that the register has."""
    candidates = Candidates(units(), sites, (), ATTRIBUTES, frozenset(INDICATORS))
    data = content.encode() if isinstance(content, str) else content
    given = given or Given(province_code="15", effective_from="2026-06-30")
    return read_report(data, name, given, candidates, answers)


def data_rows(report: Report) -> list[ReportRow]:
    return [row for row in report.rows if row.role == "data"]


def values(row: ReportRow) -> dict[str, object]:
    """Return all values that a row states, whatever their dates."""
    return {name: value for one in row.statements for name, value in one.values.items()}


def codes(row: ReportRow) -> set[str]:
    return {one.code for one in (*row.warnings, *row.errors)}
