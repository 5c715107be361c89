"""Tables for spreadsheet programs: CSV and XLSX.

CSV is RFC 4180 in UTF-8, with the names of attributes for a header and plain decimals. XLSX is one
table with real types under a frozen header, what it is about, and its columns; XlsxWriter in its
mode of constant memory keeps one row in memory and the rest in temporary files.
"""

import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from anyio.to_thread import run_sync
from pydantic import BaseModel, Field
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.core.vocabulary import Language
from app.exports.tables import ABOUT, Column, Rows, Table, as_text, code_labels, in_language
from app.subjects.attributes import plain_decimal

BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet program runs a cell that begins so as a formula, also after blanks, which it skips.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CsvParameters(BaseModel):
    """The query parameters of CSV files."""

    bom: bool = Field(
        default=False,
        description="Begin with a byte order mark: spreadsheet programs then read the text as "
        "UTF-8.",
    )


async def write_csv(table: Table, parameters: CsvParameters) -> AsyncIterator[bytes]:
    """Yield the parts of a CSV file."""
    names = [column.name for column in table.columns]
    start = BYTE_ORDER_MARK if parameters.bom else ""
    yield (start + _lines([names])).encode()
    async for rows in table.chunks:
        yield _lines([_cells(row, names) for row in rows]).encode()


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cells(row: Mapping[str, object], names: Sequence[str]) -> list[str]:
    return [_cell(row.get(name)) for name in names]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return plain_decimal(Decimal(str(value)))
    text = as_text(value)
    # Only text is guarded: a negative number is a number.
    return guarded(text) if isinstance(value, str | list) else text


def guarded(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would run as a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) else text


_PART = 64 * 1024
_WIDEST, _NARROWEST = 40, 10
MOST_ROWS = 1_048_575
"""The most rows of a sheet besides the header; what is more goes to a further sheet."""
_MOST_TEXT = 32_767
"""The most characters of a cell."""
# XML cannot hold these two, although they are characters.
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


class WorkbookParameters(BaseModel):
    """The query parameters of workbooks."""

    lang: Language = Field(default=Language.vi, description="Of the labels of columns and codes.")


async def write_workbook(table: Table, parameters: WorkbookParameters) -> AsyncIterator[bytes]:
    """Write a workbook to a temporary file, and then yield the parts of that.

    Nothing is done before the first part is requested. Threads are waited for even when the client
    has gone, so that no file is removed while a thread writes to it.
    """
    with TemporaryFile() as file:
        with TemporaryDirectory() as folder:
            book = await run_sync(_Book, file, folder, table, parameters.lang)
            async for rows in table.chunks:
                await run_sync(book.add, rows)
            await run_sync(book.close)
        file.seek(0)
        while part := await run_sync(file.read, _PART):
            yield part


class _Book:
    """A workbook that is being written."""

    def __init__(self, file: IO[bytes], folder: str, table: Table, language: Language) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            # Text stays text, whatever it begins with: no formulas, links or numbers are made.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = Workbook(file, options)
        # The same request at the same revision gives the same bytes.
        self._book.set_properties({"created": datetime.combine(table.about.at.day, time())})
        self._columns, self._about, self._language = table.columns, table.about, language
        self._labels = code_labels(table.columns, language)
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats = {
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            int: self._book.add_format({"num_format": "0"}),
            float: self._book.add_format({"num_format": "#,##0.####"}),
        }
        self._count = self._row = self._sheets = 0
        self._sheet = self._new_sheet()

    def _new_sheet(self) -> Worksheet:
        self._sheets += 1
        self._row = 0
        number = f" {self._sheets}" if self._sheets > 1 else ""
        sheet = self._book.add_worksheet(self._word(self._about.title)[: 31 - len(number)] + number)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            label = column.label(self._language)
            sheet.set_column(place, place, max(_NARROWEST, min(_WIDEST, len(label))))
            sheet.write_string(0, place, label, self._bold)
        return sheet

    def _word(self, key: str) -> str:
        return in_language(ABOUT[key], self._language)

    def add(self, rows: Rows) -> None:
        """Write rows below those written before."""
        for row in rows:
            if self._row == MOST_ROWS:
                self._finish()
                self._sheet = self._new_sheet()
            self._row += 1
            self._count += 1
            for place, column in enumerate(self._columns):
                value = row.get(column.name)
                if value is not None:
                    self._write(place, column, value)

    def _write(self, place: int, column: Column, value: object) -> None:
        if isinstance(value, date):
            instant = datetime.combine(value, time())
            self._sheet.write_datetime(self._row, place, instant, self._formats[date])
        elif isinstance(value, int):
            self._sheet.write_number(self._row, place, value, self._formats[int])
        elif isinstance(value, float | Decimal):
            self._sheet.write_number(self._row, place, float(value), self._formats[float])
        else:
            labels = self._labels.get(column.name, {})
            text = labels.get(value, value) if isinstance(value, str) else as_text(value)
            self._sheet.write_string(self._row, place, _xml(text))

    def _finish(self) -> None:
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)

    def close(self) -> None:
        """Write the other sheets and put the workbook together."""
        self._finish()
        self._pairs("about", list(self._description()))
        names = [(column.label(self._language), column.name) for column in self._columns]
        self._pairs("columns", [(self._word("column"), self._word("attribute")), *names])
        self._book.close()

    def _description(self) -> Iterator[tuple[str, str]]:
        about = self._about
        yield self._word("title"), self._word(about.title)
        yield self._word("as_of"), about.at.day.isoformat()
        yield self._word("revision"), str(about.at.revision)
        yield self._word("boundaries"), about.boundaries
        yield self._word("rows"), str(self._count)
        for name, value in about.filters.items():
            yield f"{self._word('filters')}: {name}", as_text(value)
        if not about.filters:
            yield self._word("filters"), self._word("none")

    def _pairs(self, title: str, pairs: Sequence[tuple[str, str]]) -> None:
        sheet = self._book.add_worksheet(self._word(title))
        sheet.set_column(0, 1, _WIDEST)
        for place, (name, text) in enumerate(pairs):
            sheet.write_string(place, 0, _xml(name), self._bold)
            sheet.write_string(place, 1, _xml(text))


def _xml(text: str) -> str:
    return text.translate(_NO_XML)[:_MOST_TEXT]
