"""Dates of any precision, the periods made of them, series of dates, and today in Vietnam.

The notation is that of ISO 8601 with reduced precision, and quarters: ``2024``, ``2024-Q4``,
``2024-06`` and ``2024-06-30`` are dates, ``2016/2020`` is the period from the first day of 2016 to
the last day of 2020. The text is kept as it was written, so that an answer has the precision that
the source had.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from app.core.messages import Message, MessageError, Template

FIRST_YEAR = 1900
LAST_YEAR = 2199
# [0-9] and not \d: \d also accepts the digits of other scripts.
_SHAPE = re.compile(r"([0-9]{4})(?:-(?:Q([0-9])|([0-9]{2})(?:-([0-9]{2}))?))?")
_MONTHS = range(1, 13)
_QUARTERS = range(1, 5)
_MONTHS_A_QUARTER = len(_MONTHS) // len(_QUARTERS)
_MONTHS_A_YEAR = len(_MONTHS)
_VIETNAM = timezone(timedelta(hours=7), "Indochina Time")
_LONGEST_QUOTE = 40
_NO_DATE = Template(
    "dates.no-date",
    "{text!r} is not a date: write a year (2024), a quarter (2024-Q4), a month (2024-06) or a day "
    "(2024-06-30).",
)
_VIETNAMESE = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[/.-])?(?P<month>[0-9]{1,2})[/.-](?P<year>(?:19|2[01])[0-9]{2})"
)
_WRITE = Template("dates.write", "{text!r} is not a date here: write {written}.")
_NO_YEAR = Template("dates.no-year", "{text!r} must have a year from {first} to {last}.")
_NO_QUARTER = Template("dates.no-quarter", "{text!r} must have a quarter from Q1 to Q4.")
_NO_MONTH = Template("dates.no-month", "{text!r} must have a month from 01 to 12.")
_NO_DAY = Template("dates.no-day", "{text!r} must have a day from 01 to {last} in that month.")
_NO_PERIOD = Template(
    "dates.no-period",
    "{text!r} is not a period: write one date (2024) or two joined by one slash (2016/2020).",
)
_REVERSED = Template(
    "dates.reversed",
    "{text!r} ends before it starts: write the earlier date first, as in 2016/2020.",
)


class DatePrecision(StrEnum):
    """How much of a date is known."""

    year = "year"
    quarter = "quarter"
    month = "month"
    day = "day"


_WRITTEN = {DatePrecision.year: len("2024"), DatePrecision.day: len("2024-06-30")}


@dataclass(frozen=True, slots=True, order=False)
class PartialDate:
    """A year, a quarter, a month or a day.

    Two partial dates have no order of their own, because ``2024`` is neither before nor after
    ``2024-06``: compare their ``first_day`` or ``last_day``. Building one from a text that is not
    a date raises ``MessageError``.
    """

    text: str

    def __post_init__(self) -> None:
        _numbers(self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``YYYY``, ``YYYY-Qn``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        ``MessageError`` says what would fit.
        """
        return cls(text)

    @property
    def precision(self) -> DatePrecision:
        """The smallest unit that is given."""
        return _numbers(self.text).precision

    @property
    def first_day(self) -> date:
        """The first day the date may mean; this is the day on which it takes effect."""
        found = _numbers(self.text)
        return date(found.year, found.months[0], found.day or 1)

    @property
    def last_day(self) -> date:
        """The last day the date may mean."""
        found = _numbers(self.text)
        month = found.months[-1]
        return date(found.year, month, found.day or _days_in(found.year, month))

    def may_be(self, other: "PartialDate") -> bool:
        """Return whether both can mean the same day: 2025 and 2025-01 can."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day

    @property
    def following(self) -> str:
        """The date that comes next, in the same precision."""
        next_day = self.last_day + timedelta(days=1)
        written = next_day.isoformat()
        if self.precision is DatePrecision.quarter:
            return f"{next_day.year}-Q{_QUARTERS[(next_day.month - 1) // _MONTHS_A_QUARTER]}"
        return written[: _WRITTEN.get(self.precision, len("2024-06"))]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=False)
class Period:
    """A span of whole days: one partial date, or ``start/end`` of two, both included.

    The two ends may differ in precision (``2016/2020-06``). Building one from a text that is not
    a period raises ``MessageError``.
    """

    text: str

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise MessageError(_REVERSED(text=_shortened(self.text)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a partial date or two of them joined by ``/``; ``MessageError`` if it is neither."""
        return cls(text)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, which are equal for equal periods, however written."""
        return self.first_day, self.last_day

    @property
    def start(self) -> PartialDate:
        """The date before the slash, or the only one."""
        return self._ends()[0]

    @property
    def end(self) -> PartialDate:
        """The date after the slash, or the only one."""
        return self._ends()[1]

    @property
    def first_day(self) -> date:
        """The first day of the start."""
        return self.start.first_day

    @property
    def last_day(self) -> date:
        """The last day of the end."""
        return self.end.last_day

    def _ends(self) -> tuple[PartialDate, PartialDate]:
        start, slash, end = self.text.partition("/")
        if "/" in end:
            raise MessageError(_NO_PERIOD(text=_shortened(self.text)))
        return PartialDate(start), PartialDate(end if slash else start)

    def __str__(self) -> str:
        return self.text


class _Numbers(NamedTuple):
    """What a date is made of: the months that it may mean, and the day if it names one."""

    precision: DatePrecision
    year: int
    months: range
    day: int | None = None


def _date_as_written(text: str) -> Message:
    """Return how a date in Vietnamese notation is to be written, or how any date is."""
    found = _VIETNAMESE.fullmatch(text.strip())
    if found is None:
        return _NO_DATE(text=_shortened(text))
    parts = [found["year"], *(part.zfill(2) for part in (found["month"], found["day"]) if part)]
    written = "-".join(parts)
    _numbers(written)  # Says what is wrong with 31/6/2026 before it is advised.
    return _WRITE(text=text, written=written)


@lru_cache(maxsize=4096)
def _numbers(text: str) -> _Numbers:
    """Return what a text is made of; ``MessageError`` if no date is written so.

    Kept for the dates of late: a write reads each of its dates several times.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise MessageError(_date_as_written(text))
    year, quarter, month, day = (None if part is None else int(part) for part in shape.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise MessageError(_NO_YEAR(text=text, first=FIRST_YEAR, last=LAST_YEAR))
    if quarter is not None:
        if quarter not in _QUARTERS:
            raise MessageError(_NO_QUARTER(text=text))
        last = quarter * _MONTHS_A_QUARTER
        months = range(last - _MONTHS_A_QUARTER + 1, last + 1)
        return _Numbers(DatePrecision.quarter, year, months)
    if month is None:
        return _Numbers(DatePrecision.year, year, _MONTHS)
    if month not in _MONTHS:
        raise MessageError(_NO_MONTH(text=text))
    if day is not None and not 1 <= day <= _days_in(year, month):
        raise MessageError(_NO_DAY(text=text, last=_days_in(year, month)))
    precision = DatePrecision.month if day is None else DatePrecision.day
    return _Numbers(precision, year, range(month, month + 1), day)


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _shortened(text: str) -> str:
    """Return a text as a message quotes it: it may be anything that a client sent."""
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."


def today() -> date:
    """Return today's date in Vietnam, the default of ``as_of``."""
    return datetime.now(_VIETNAM).date()


def day_of(instant: datetime) -> date:
    """Return the date in Vietnam at an instant."""
    return in_vietnam(instant).date()


def in_vietnam(instant: datetime) -> datetime:
    """Return an instant by the clock of Vietnam."""
    return instant.astimezone(_VIETNAM)


def end_of(day: date) -> datetime:
    """Return the last instant of a day in Vietnam."""
    return datetime.combine(day, time.max, _VIETNAM)


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def dates_between(first: date, last: date, months: int) -> Iterator[date]:
    """Yield ``first`` and every date a multiple of ``months`` later, up to ``last``."""
    count = 0
    while (day := add_months(first, count * months)) <= last:
        yield day
        count += 1
