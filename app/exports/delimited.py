"""CSV: RFC 4180 in UTF-8, with the attributes' names for a header and plain decimals."""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from io import StringIO

from pydantic import BaseModel, Field

from app.exports.tables import Table, as_text
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
