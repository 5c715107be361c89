"""XLS, the binary format of Excel until 2003, by xlrd: the one reader that keeps its formats."""

from datetime import date
from io import StringIO

import xlrd
from xlrd.biffh import XLRDError

from app.core.messages import Template
from app.imports.grids import Budget, Sheet, Value, Workbook
from app.imports.limits import UnreadableFileError, refuse
from app.imports.packages import DAMAGED, ENCRYPTED
from app.imports.xlsx import look_of

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_NO_XLS = Template("imports.no-xls", "This is no workbook that Excel writes. Save it as XLSX.")


def read_xls(content: bytes) -> Workbook:
    """Read a workbook in BIFF; ``UnreadableFileError`` where it is protected or damaged."""
    # A protected XLSX is a container of the same kind as an XLS.
    if _ENCRYPTED_PACKAGE in content:
        raise refuse(ENCRYPTED())
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=StringIO()
        )
        budget = Budget()
        sheets = [_sheet(book, sheet, budget) for sheet in book.sheets()]
    except UnreadableFileError:
        raise
    except XLRDError as error:
        if "encrypted" in str(error):
            raise refuse(ENCRYPTED()) from error
        raise refuse(_NO_XLS()) from error
    except Exception as error:
        # What a reader of damaged binary files runs into is not foreseeable.
        raise refuse(DAMAGED()) from error
    return Workbook("xls", sheets)


def _sheet(book: xlrd.Book, read: xlrd.sheet.Sheet, budget: Budget) -> Sheet:
    sheet = budget.sheet(read.name, visible=read.visibility == 0)
    for row in (row for row, info in read.rowinfo_map.items() if info.hidden):
        sheet.hide(row)
    for row, end_row, column, end_column in read.merged_cells:
        sheet.merge(row, column, end_row - 1, end_column - 1)
    for row in range(read.nrows):
        for column in range(read.row_len(row)):
            value = _value(book, read, row, column)
            if value is not None:
                sheet.put(row, column, value)
                if isinstance(value, float) and _look(book, read, row, column) == "percent":
                    sheet.percent.add((row, column))
    return sheet


def _look(book: xlrd.Book, read: xlrd.sheet.Sheet, row: int, column: int) -> str:
    style = book.xf_list[read.cell_xf_index(row, column)]
    return look_of(book.format_map[style.format_key].format_str)


def _value(book: xlrd.Book, read: xlrd.sheet.Sheet, row: int, column: int) -> Value:
    kind, value = read.cell_type(row, column), read.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return str(value) or None
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == xlrd.XL_CELL_DATE:
        day: date = xlrd.xldate_as_datetime(float(value), book.datemode).date()
        return day
    if kind == xlrd.XL_CELL_BOOLEAN:
        return str(bool(value)).upper()
    return "#" if kind == xlrd.XL_CELL_ERROR else None
