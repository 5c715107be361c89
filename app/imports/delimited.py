"""CSV and pasted cells: which encoding, which delimiter, then records. Row numbers are records."""

import csv
from collections.abc import Iterator
from io import StringIO

from app.core.messages import Template
from app.imports.grids import Budget, Workbook
from app.imports.legacy_text import modern
from app.imports.limits import MOST_TEXT, TOO_LONG_A_TEXT, refuse

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = ";\t,|"
_SAMPLE_LINES = 60
_SAMPLE = 20_000
_NO_TEXT = Template(
    "imports.no-text",
    "This is neither a spreadsheet nor text. Send XLSX, XLSM, XLS, ODS, CSV, DOCX or pasted cells.",
)
# Control characters that no table has; a binary file has them at once.
_BINARY = frozenset(range(9)) | {11, *range(14, 32)} - {ord("\x1b")}


def decode(content: bytes) -> tuple[str, str]:
    """Return a text and its encoding; ``UnreadableFileError`` for what is not text.

    Without a byte order mark, what is valid UTF-8 is UTF-8. Else it is Windows-1258, or one of the
    encodings of legacy fonts, which the cells themselves are then read by (``legacy_text.py``).
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding), encoding
    if b"\0" in content[:_SAMPLE]:
        return _decoded(content, _utf_16(content[:_SAMPLE])), "utf-16"
    if _BINARY & set(content[:_SAMPLE]):
        raise refuse(_NO_TEXT())
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        latin = content.decode("latin-1")
    return (latin, "latin-1") if _is_legacy(latin) else (_windows(content), "cp1258")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(_NO_TEXT()) from error


def _utf_16(sample: bytes) -> str:
    """Tell by where the zero bytes of spaces and line ends are."""
    little, big = sample[1::2].count(0), sample[::2].count(0)
    if max(little, big) < len(sample) // 8:
        raise refuse(_NO_TEXT())
    return "utf-16-le" if little > big else "utf-16-be"


def _is_legacy(latin: str) -> bool:
    words = [word for word in latin[:_SAMPLE].split() if not word.isascii()]
    return sum(modern(word) != word for word in words) * 2 > len(words)


def _windows(content: bytes) -> str:
    return content.decode("cp1258", errors="replace")


def read_delimited(content: bytes, delimiter: str | None = None) -> Workbook:
    """Read records; ``UnreadableFileError`` for what is not text or has a cell beyond bounds."""
    text, encoding = decode(content)
    delimiter = delimiter or _delimiter(text)
    sheet = Budget().sheet("1")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    for row, record in enumerate(_records(reader)):
        for column, cell in enumerate(record):
            if cell:
                sheet.put(row, column, cell)
    return Workbook("csv", [sheet], encoding, delimiter)


def _records(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise refuse(TOO_LONG_A_TEXT(row="?", sheet="1", most=MOST_TEXT)) from error


def _delimiter(text: str) -> str:
    """Return the delimiter that divides most of the first lines into the same number of cells."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(StringIO(text[:_SAMPLE], newline=""), delimiter=delimiter)
    widths = [len(record) for _, record in zip(range(_SAMPLE_LINES), reader, strict=False)]
    wide = [width for width in widths if width > 1]
    commonest = max(map(wide.count, wide), default=0)
    return commonest, max(wide, default=0)
