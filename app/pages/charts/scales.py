"""Scales: from numbers and days to places in a drawing, and where axes have their ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

_NICE = (1, 2, 2.5, 5, 10)
_MONTHS = (1, 3, 6, 12, 24, 60, 120)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values between two ends to places between two others."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a pixel."""
        span = self.high - self.low or 1
        return round(self.start + (value - self.low) / span * (self.end - self.start), 1)


@dataclass(frozen=True, slots=True)
class Days:
    """The same for days."""

    first: date
    last: date
    start: float
    end: float

    def __call__(self, day: date) -> float:
        """Return the place of a day; days beyond the ends are at the ends."""
        within = min(max(day, self.first), self.last)
        scale = Scale(self.first.toordinal(), self.last.toordinal(), self.start, self.end)
        return scale(within.toordinal())


def value_ticks(high: float, most: int = 5) -> Sequence[float]:
    """Return round values from 0 to one that is not below ``high``, ``most`` steps at most."""
    if high <= 0:
        return (0.0, 1.0)
    least = high / most
    power = 10.0 ** floor(log10(least))
    step = next(nice * power for nice in _NICE if nice * power >= least * (1 - 1e-9))
    return [round(step * number, 10) for number in range(ceil(high / step - 1e-9) + 1)]


def day_ticks(first: date, last: date, most: int) -> Sequence[date]:
    """Return first days of years, or of months where the span is short, ``most`` at most."""
    begin, end = _month_number(first), _month_number(last)
    step = next((m for m in _MONTHS if (end - begin) / m <= most), _MONTHS[-1] * 10)
    months = range(ceil(begin / step) * step, end + 1, step)
    return [day for month in months if (day := _first_day(month)) >= first]


def _month_number(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1


def _first_day(month: int) -> date:
    return date(month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, 1)
