"""How charts say numbers and months."""

from datetime import date

from babel.dates import format_date

from app.pages.speech import Speech

UNKNOWN = "–"


def quantity(speech: Speech, value: float | None, unit: str = "") -> str:
    """Return a number with its unit; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    return f"{speech.number(value)}\N{NO-BREAK SPACE}{unit}" if unit else speech.number(value)


def month(speech: Speech, day: date) -> str:
    """Return the year of a day that is the first of one, or else its month too."""
    return str(day.year) if day.month == 1 else format_date(day, "MM/y", speech.language)
