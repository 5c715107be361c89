"""Reading files as spreadsheet programs and officers' scripts do, by the rules the docs give."""

import csv
import re
import unicodedata
from io import StringIO
from typing import Any

# Written apart from the code: signs by their compatibility form, what is skipped by its category.
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_DELIMITERS = ",;|\t\r\n"


def is_sign(character: str) -> bool:
    """Return whether a program takes a character for the beginning of a formula."""
    return unicodedata.normalize("NFKC", character) in {"=", "+", "-", "@", "\u2212"}


def is_skipped(character: str) -> bool:
    """Return whether a reader does not see a character, or a program skips it."""
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0000" <= character <= "\U000e0fff"
    is_unseen = unicodedata.category(character) in _UNSEEN or character in _FILLERS or is_selector
    return character == '"' or (is_unseen and character not in "\t\r\n")


def runs(text: str) -> bool:
    """Return whether a program that splits a text anyhow would run a part of it as a formula."""
    parts = re.split("[,;|\t\r\n]", text)
    seen = ("".join(c for c in part if not is_skipped(c)) for part in parts)
    return any(part and is_sign(part[0]) for part in seen) or text[:1] in {"\t", "\r", "\n"}


def unguarded(text: str) -> str:
    """Return the text that a cell was guarded from: each apostrophe before a sign goes."""
    kept, at_start = [], True
    for place, character in enumerate(text):
        rest = text[place + 1 :]
        if not (at_start and character == "'" and _would_run(rest, is_first=place == 0)):
            kept.append(character)
        at_start = character in _DELIMITERS
    return "".join(kept)


def _would_run(rest: str, *, is_first: bool) -> bool:
    seen = next((c for c in rest if c != "'" and not is_skipped(c)), "")
    return bool(seen) and (is_sign(seen) or (is_first and seen in "\t\r\n"))


def items_of(cell: str) -> list[str]:
    """Return the items of a list in a cell: it is a line of CSV with semicolons."""
    return next(csv.reader([cell], delimiter=";", skipinitialspace=True), [])


def as_excel_vi(content: bytes) -> list[dict[str, Any]]:
    """Read a CSV as Excel does in Vietnam: UTF-8 by the mark, semicolons, decimal commas."""
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    return [
        {name: _valued(cell) for name, cell in row.items()}
        for row in csv.DictReader(StringIO(text, newline=""), delimiter=";")
    ]


def _valued(cell: str) -> Any:
    if re.fullmatch("-?[0-9]+", cell):
        return int(cell)
    if re.fullmatch("-?[0-9]+,[0-9]+", cell):
        return float(cell.replace(",", "."))
    # A point is the separator of thousands: 43.125 would be 43125.
    return int(cell.replace(".", "")) if re.fullmatch(r"-?[0-9]+(\.[0-9]{3})+", cell) else cell
