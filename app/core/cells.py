"""How values are written in the cells of CSV, and read back, so that no program changes them.

A cell that a program would run as a formula is guarded by an apostrophe (OWASP, CSV injection).
It may be read with another delimiter than it was written for, so what comes after a delimiter
inside a cell counts as the beginning of a cell, too. docs/decisions/0036-files-for-spreadsheets.md
has the rules by which cells are read back.
"""

import csv
import re
from collections.abc import Iterable

_DELIMITERS = ",;|\\t\\r\\n"
# ASCII, full-width and small forms, and the minus sign.
_SIGNS = "=+@\\-＝＋－＠﹦﹢﹣﹫\u2212"
# Blanks, control and format characters, and letters that show nothing: a reader does not see them,
# and some programs skip them. Quotes may be taken for those around a cell.
_SKIPPED = (
    "'\"\\x00-\\x08\\x0b\\x0c\\x0e-\\x20\\x7f-\\xa0\\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890"
    "\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = re.compile(
    f"^(?=[{_SKIPPED}]*[{_SIGNS}\\t\\r\\n])|(?<=[{_DELIMITERS}])(?=[{_SKIPPED}]*[{_SIGNS}])"
)
_GUARD = re.compile(
    f"^'(?=[{_SKIPPED}]*[{_SIGNS}\\t\\r\\n])|(?<=[{_DELIMITERS}])'(?=[{_SKIPPED}]*[{_SIGNS}])"
)
# What a program takes for a number, a date, a time or a fraction, and what it keeps as it is.
_NUMBER = re.compile(r"'*[.,(]*[0-9][0-9\s.,/:%()-]*([eE][0-9]+)?")
_KEPT = re.compile(r"0|[1-9][0-9]{0,14}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEEDS_QUOTES = re.compile(r'[;"\r\n]|^\s|\s$')


def guarded(text: str) -> str:
    """Put an apostrophe before each place from which a program would run a formula."""
    return _FORMULA.sub("'", text)


def unguarded(text: str) -> str:
    """Return the text that was ``guarded``."""
    return _GUARD.sub("", text)


def kept_as_text(text: str) -> str:
    """Put an apostrophe before text that a program would change into a number or a date.

    Codes would lose their leading zeros (``06``), and ``2024-06`` would become a day.
    """
    is_changed = _NUMBER.fullmatch(text) and not _KEPT.fullmatch(text)
    return f"'{text}" if is_changed else text


def written(text: str) -> str:
    """Return the text that was ``kept_as_text``."""
    return text[1:] if text.startswith("'") and _NUMBER.fullmatch(text) else text


def listed(items: Iterable[str]) -> str:
    """Write a list in one cell, as a line of CSV: items that have a semicolon are quoted."""
    return "; ".join(_quoted(item) if _NEEDS_QUOTES.search(item) else item for item in items)


def items(text: str) -> list[str]:
    """Return the items of a list that was ``listed``."""
    return next(csv.reader([text], delimiter=";", skipinitialspace=True), [])


def _quoted(item: str) -> str:
    return '"{}"'.format(item.replace('"', '""'))
