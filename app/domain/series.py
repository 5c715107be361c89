"""Series of dates a number of months apart."""

import calendar
from collections.abc import Iterator
from datetime import date

_MONTHS_A_YEAR = 12


def add_months(day: date, months: int) -> date:
    """Return the day so many months later; the last day of the month where it is shorter."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def dates_between(first: date, last: date, months: int) -> Iterator[date]:
    """Yield ``first`` and every date a multiple of ``months`` later, up to ``last``."""
    count = 0
    while (day := add_months(first, count * months)) <= last:
        yield day
        count += 1
