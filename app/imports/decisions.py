"""Dates of any precision and decisions, as cells and titles give them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.core.dates import FIRST_YEAR, LAST_YEAR, PartialDate, today
from app.core.messages import MessageError

_DAY = r"(?:[0-3]?[0-9])[/.\-](?:[01]?[0-9])[/.\-](?:[12][0-9]{3})"
_LONG_DAY = r"(?:ngày\s+)?(?<![0-9/])[0-3]?[0-9]\s+tháng\s+[01]?[0-9]\s+năm\s+[12][0-9]{3}"
_ISO_DAY = r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
_ANY_DAY = re.compile(
    rf"{_LONG_DAY}|(?<![0-9/\-]){_ISO_DAY}(?![0-9])|(?<![0-9/]){_DAY}(?![0-9])", re.IGNORECASE
)
_QUARTER = re.compile(r"quý\s+(IV|I{1,3}|[1-4])\s*(?:/|năm|-)\s*([12][0-9]{3})", re.IGNORECASE)
_MONTH = re.compile(r"(?<![0-9/])(?:tháng\s*)?(0?[1-9]|1[0-2])\s*(?:/|-|năm)\s*([12][0-9]{3})")
_YEAR = re.compile(r"(?<![0-9/])([12][0-9]{3})(?![0-9/])")
_OF_YEAR = r"\s*(?:[./\-]|năm|\s)\s*([12][0-9]{3})(?![0-9])"
_A_MONTH = re.compile(rf"(?<!\w)(?:T|tháng\s*)(0?[1-9]|1[0-2]){_OF_YEAR}", re.IGNORECASE)
_A_QUARTER = re.compile(rf"quý\s+(IV|I{{1,3}}|[1-4]){_OF_YEAR}", re.IGNORECASE)
_MONTHS_OF = re.compile(
    rf"(?<![\w/])([369]|ba|sáu|chín)\s+tháng(?:\s+đầu)?{_OF_YEAR}", re.IGNORECASE
)
_NUMBERS_OF = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "ba": 3, "sáu": 6, "chín": 9}
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}
_NUMBERS = r"[0-9]{1,6}(?:\s*(?:,|;|và)\s*[0-9]{1,6})*"
_DECISION = re.compile(
    rf"(?<![0-9/])({_NUMBERS})\s*/\s*((?:[12][0-9]{{3}}/)?[A-ZĐ]{{2,}}(?:-[A-ZĐ][A-ZĐa-z0-9]*)*)"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that a cell names: its number, and the day it is dated, where that is written."""

    number: str
    date: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return it as in a report."""
        return {"number": self.number, "date": self.date}


def days(text: str) -> list[tuple[int, str]]:
    """Return the whole days in a text, each with the place it stands at, as ISO 8601."""
    found = ((at.start(), _iso(at.group())) for at in _ANY_DAY.finditer(text))
    return [(start, day) for start, day in found if day]


def _iso(text: str) -> str | None:
    day, month, year = map(int, _parts(text))
    try:
        return date(year, month, day).isoformat() if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _parts(text: str) -> tuple[str, str, str]:
    """Return day, month and year of a whole day, in whichever order they are."""
    first, month, last = re.findall(r"[0-9]+", text)
    return (last, month, first) if len(first) > len(last) else (first, month, last)


def day_in(text: str) -> str | None:
    """Return the day that a text is nothing but, year first; ``None`` where it is none.

    Whether there is such a day is not judged: 31/6/2026 is one.
    """
    if not _ANY_DAY.fullmatch(text):
        return None
    day, month, year = _parts(text)
    return f"{year}-{month:>02}-{day:>02}"


def day_of(text: str | None) -> date:
    """Return the first day of a date; today where there is none, or none that is one."""
    try:
        return PartialDate.parse(text).first_day if text else today()
    except MessageError:
        return today()


def month_end(text: str) -> str | None:
    """Return the last day of the month, quarter or months of a year that a text is about.

    "Tháng 6/2026", "T6.2026", "Quý II-2026" and "6 tháng 2026" all end on 2026-06-30.
    """
    for pattern, months in ((_MONTHS_OF, 1), (_A_MONTH, 1), (_A_QUARTER, 3)):
        if found := pattern.search(text):
            number = _NUMBERS_OF.get(found.group(1).lower()) or int(found.group(1))
            year, month = int(found.group(2)), number * months
            return date(year, month, monthrange(year, month)[1]).isoformat()
    return None


@lru_cache(maxsize=4096)
def partial_date(text: str) -> str | None:
    """Return the date that a text gives at whatever precision: ``2026-09-15``, ``2028-Q3``.

    Of several the one about the whole counts ("GĐ1: quý IV/2026; toàn bộ: quý III/2027").
    """
    whole = text.lower().find("toàn bộ")
    if whole > 0 and (later := partial_date(text[whole:])):
        return later
    if found := days(text):
        return found[0][1]
    if quarter := _QUARTER.search(text):
        mark = quarter.group(1).upper()
        return f"{quarter.group(2)}-Q{_QUARTERS.get(mark) or mark}"
    if month := _MONTH.search(text):
        return f"{month.group(2)}-{int(month.group(1)):02}"
    year = _YEAR.search(text)
    return year.group(1) if year else None


@lru_cache(maxsize=32768)
def citations(text: str) -> tuple[Citation, ...]:
    """Return the documents that a text names, each with the first date between it and the next."""
    found = list(_DECISION.finditer(text))
    dated = days(text) if found else []
    cited = []
    for index, one in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        day = next((day for place, day in dated if one.end() <= place < end), None)
        numbers = re.findall(r"[0-9]+", one.group(1))
        cited += [Citation(f"{number}/{one.group(2)}", day) for number in numbers]
    return tuple(cited)
