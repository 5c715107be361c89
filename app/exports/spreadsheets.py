"""Tables for spreadsheet programs: CSV and XLSX.

CSV is RFC 4180 in UTF-8, with the names of attributes for a header and plain decimals. XLSX is one
table with real types under a frozen header, what it is about, and its columns; XlsxWriter in its
mode of constant memory keeps one row in memory and the rest in temporary files.
"""

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Annotated

from anyio.to_thread import run_sync
from pydantic import BaseModel, Field, ValidationInfo, field_validator
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.core.cells import guarded, kept_as_text
from app.core.dates import in_vietnam
from app.core.labels import CODE_LISTS
from app.core.messages import MessageError, Template
from app.core.types import Matching
from app.core.vocabulary import Language
from app.exports.tables import (
    ABOUT,
    INSTANTS,
    UPPER_ENDS,
    Column,
    Rows,
    Table,
    as_text,
    code_labels,
    filter_labels,
    in_language,
    labelled,
)
from app.subjects.attributes import plain_decimal
from app.subjects.columns import AS_OF

BYTE_ORDER_MARK = "\ufeff"
_WRITE_VI = Template("exports.excel", "write vi, or leave it out")
_HAS_BOM = Template(
    "exports.excel-has-bom",
    "excel=vi begins with a byte order mark, without which Excel does not read Vietnamese: leave "
    "bom out.",
)


class CsvParameters(BaseModel):
    """The query parameters of CSV files."""

    excel: Annotated[str, Matching("^vi$", _WRITE_VI())] | None = Field(
        default=None,
        description="With vi, what a Vietnamese Excel reads on a double click: a byte order mark, "
        "semicolons between cells, decimal commas, and an apostrophe before text that Excel would "
        "change into a number or a date, as in '06.",
    )
    bom: bool = Field(
        default=False,
        description="Begin with a byte order mark: spreadsheet programs then read the text as "
        "UTF-8.",
    )
    lang: Language | None = Field(
        default=None,
        description="Labels of columns and codes in this language; the names of the API and the "
        "codes themselves when absent.",
    )

    @field_validator("bom")
    @classmethod
    def check_bom(cls, bom: bool, others: ValidationInfo) -> bool:
        """Refuse a file for Excel that Excel would misread."""
        if not bom and others.data.get("excel"):
            raise MessageError(_HAS_BOM())
        return bom


async def write_csv(table: Table, parameters: CsvParameters) -> AsyncIterator[bytes]:
    """Yield the parts of a CSV file."""
    lines = _Lines(table, parameters)
    yield lines.head.encode()
    async for rows in table.chunks:
        yield lines.of(rows).encode()
    if last := table.last_row(parameters.lang):
        yield lines.of([last]).encode()


class _Lines:
    """The lines of a CSV file."""

    def __init__(self, table: Table, parameters: CsvParameters) -> None:
        self._names = [column.name for column in table.columns]
        self._is_vi = parameters.excel is not None
        self._delimiter = ";" if self._is_vi else ","
        language, columns = parameters.lang, table.columns
        self._labels = code_labels(columns, language) if language else {}
        header = [column.label(language) for column in columns] if language else self._names
        is_marked = parameters.bom or self._is_vi
        self.head = (BYTE_ORDER_MARK if is_marked else "") + self._written([header])

    def of(self, rows: Rows) -> str:
        """Write rows."""
        columns = [self._column(name, [row.get(name) for row in rows]) for name in self._names]
        return self._written(zip(*columns, strict=True))

    def _column(self, name: str, values: Sequence[object]) -> list[str]:
        """Write the cells of a column: most are empty, and a column of codes has few texts."""
        known = {text for text in values if isinstance(text, str)}
        texts = {text: self._cell(name, text) for text in known}
        return [
            texts[one] if isinstance(one, str) else "" if one is None else self._cell(name, one)
            for one in values
        ]

    def _written(self, rows: Iterable[Sequence[str]]) -> str:
        text = StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue()

    def _cell(self, name: str, value: object) -> str:
        if isinstance(value, str):
            text = guarded(self._labels[name].get(value, value) if name in self._labels else value)
        elif isinstance(value, float | Decimal):
            number = _plain(value)
            return number.replace(".", ",") if self._is_vi else number
        elif isinstance(value, list):
            text = guarded(labelled(self._labels, name, value))
        else:
            # Only text is guarded: a negative number is a number.
            return as_text(value)
        if not self._is_vi:
            return text
        return text.replace(".", ",") if name == UPPER_ENDS else kept_as_text(text)


def _plain(number: float | Decimal) -> str:
    text = str(number)
    # Python writes floats as files have them, but for whole, very large and very small ones.
    if isinstance(number, Decimal) or "e" in text:
        return plain_decimal(Decimal(text))
    return text.removesuffix(".0")


_PART = 64 * 1024
_WIDEST, _NARROWEST = 40, 10
MOST_ROWS = 1_048_575
"""The most rows of a sheet besides the header; what is more goes to a further sheet."""
_MOST_TEXT = 32_767
"""The most characters of a cell."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_DAY = date(2000, 1, 1)
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
            await run_sync(book.close, table.last_row(parameters.lang))
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
        made = table.about.days[-1] if table.about.days else _NO_DAY
        self._book.set_properties({"created": datetime.combine(made, time())})
        self._columns, self._about, self._language = table.columns, table.about, language
        self._labels = code_labels(table.columns, language)
        self._title = in_language(table.about.title, language)
        self._heading = table.heading
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats, self._bold_formats = self._made_formats(), self._made_formats(bold=True)
        self._count = self._row = self._sheets = 0
        self._sheet = self._new_sheet()

    def _made_formats(self, **more: object) -> Mapping[str, Format]:
        """Make the formats of the cells of a row."""
        day = "dd/mm/yyyy" if self._language is Language.vi else "yyyy-mm-dd"
        shown = {
            "day": day,
            "instant": f"{day} hh:mm:ss",
            # A format with optional decimals shows the separator of a whole number as well.
            "whole": "#,##0",
            "decimal": "#,##0.####",
            "text": "General",
        }
        return {
            name: self._book.add_format({"num_format": each, **more})
            for name, each in shown.items()
        }

    def _new_sheet(self) -> Worksheet:
        self._sheets += 1
        self._row = len(self._heading)
        number = f" {self._sheets}" if self._sheets > 1 else ""
        sheet = self._book.add_worksheet(self._title[: 31 - len(number)] + number)
        sheet.freeze_panes(self._row + 1, 0)
        # Printed as reports are: A4, landscape, as wide as the page, the header on every page.
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self._row)
        for place, line in enumerate(self._heading):
            sheet.write_string(place, 0, _xml(line))
        labels = [self._header(column) for column in self._columns]
        for place, label in enumerate(labels):
            sheet.write_string(self._row, place, label, self._bold)
        self._widths = [max(_NARROWEST, min(_WIDEST, len(label))) for label in labels]
        return sheet

    def _header(self, column: Column) -> str:
        label = column.label(self._language)
        return f"{label} ({self._word('clock')})" if column.name in INSTANTS else label

    def _word(self, key: str) -> str:
        return in_language(ABOUT[key], self._language)

    def add(self, rows: Rows) -> None:
        """Write rows below those written before."""
        for row in rows:
            if self._row == MOST_ROWS:
                self._finish()
                self._sheet = self._new_sheet()
            self._count += 1
            self._add_row(row, self._formats)

    def _add_row(self, row: Mapping[str, object], formats: Mapping[str, Format]) -> None:
        self._row += 1
        for place, column in enumerate(self._columns):
            value = row.get(column.name)
            if value is not None:
                self._write(place, column, value, formats)

    def _write(
        self, place: int, column: Column, value: object, formats: Mapping[str, Format]
    ) -> None:
        sheet, text = self._sheet, labelled(self._labels, column.name, value)
        self._widths[place] = max(self._widths[place], min(_WIDEST, len(text) + 1))
        day = _full_day(text) if column.is_date else value
        if isinstance(value, datetime):
            # A workbook has no time zones: the header says which clock it is by.
            local = in_vietnam(value).replace(tzinfo=None)
            sheet.write_datetime(self._row, place, local, formats["instant"])
        elif isinstance(day, date):
            sheet.write_datetime(self._row, place, datetime.combine(day, time()), formats["day"])
        elif isinstance(value, int | float | Decimal):
            shown = formats["whole" if value == int(value) else "decimal"]
            sheet.write_number(self._row, place, float(value), shown)
        else:
            sheet.write_string(self._row, place, _xml(text), formats["text"])

    def _finish(self) -> None:
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        self._sheet.autofilter(len(self._heading), 0, self._row, len(self._columns) - 1)

    def close(self, last_row: Mapping[str, object] | None) -> None:
        """Write the row below the others, the other sheets, and put the workbook together."""
        self._finish()
        if last_row:
            self._add_row(last_row, self._bold_formats)
        self._pairs("about", list(self._description()))
        names = [(column.label(self._language), column.name) for column in self._columns]
        self._pairs("columns", [(self._word("column"), self._word("attribute")), *names])
        self._book.close()

    def _description(self) -> Iterator[tuple[str, str]]:
        about = self._about
        yield self._word("title"), self._title
        if about.days:
            yield self._word(AS_OF), as_text(about.days)
        yield self._word("revision"), str(about.at.revision)
        if about.boundaries:
            words = CODE_LISTS["boundaries"].codes
            named = {code.code: (code.label_vi, code.label_en) for code in words}
            yield self._word("boundaries"), in_language(named[about.boundaries], self._language)
        yield self._word("rows"), str(self._count)
        if about.licence:
            yield self._word("licence"), about.licence
        for name, value in about.filters.items():
            label = in_language(filter_labels(name), self._language)
            yield f"{self._word('filters')}: {label}", as_text(value)
        if not about.filters:
            yield self._word("filters"), self._word("none")

    def _pairs(self, title: str, pairs: Sequence[tuple[str, str]]) -> None:
        sheet = self._book.add_worksheet(self._word(title))
        sheet.set_column(0, 1, _WIDEST)
        for place, (name, text) in enumerate(pairs):
            sheet.write_string(place, 0, _xml(name), self._bold)
            sheet.write_string(place, 1, _xml(text))


def _full_day(text: str) -> date | None:
    """Return a date of the precision of a day; ``None`` for one that is not known so well."""
    return date.fromisoformat(text) if _DAY.fullmatch(text) else None


def _xml(text: str) -> str:
    return text.translate(_NO_XML)[:_MOST_TEXT]
