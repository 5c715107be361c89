"""What people type into forms: numbers and dates as officers write them, read as files are."""

import re
from dataclasses import replace

from app.core.dates import PartialDate
from app.core.messages import MessageError, Template
from app.core.quantities import UnitOfMeasure
from app.imports.decisions import day_in
from app.imports.numbers import Number, read_number, scale

_NO_NUMBER = Template("typed.no-number", "{text!r} is no number: write one as in {example}.")
_TWO_WAYS = Template(
    "typed.two-ways", "{text!r} can be read in two ways: write {whole} or {fraction}."
)
_OTHER_UNIT = Template(
    "typed.other-unit",
    "{text!r} has a unit that does not fit here: write the number in the unit of the field.",
)
_IN_UNIT = Template(
    "typed.in-unit",
    "{text!r} has a unit that does not fit here: write the number in the unit of the field, "
    "{unit}.",
)
_EXAMPLES = {",": "1.124,5", ".": "1,124.5"}
_AREAS = {"ha", "hec ta", "m2", "m²"}
_COUNTS = {"ho", "cum", "khu", "nguoi", "du an"}
_MULTIPLES = {"trieu", "ty"}
_RANGE = re.compile(
    r"(?:(?:từ|from)\s+)?(?P<low>[0-9].*?)\s*(?:[-–—÷]|\b(?:đến|tới|to)\b)\s*(?P<top>[0-9].*)",
    re.IGNORECASE,
)
_DIGITS = "0123456789., \u00a0\u202f"
_QUARTERS = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<year>[12][0-9]{3})"
_OF = r"\s*(?:[/.\-]|năm|nam|\s)\s*"
_SHAPES = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        rf"(?:quý|quy|q)\s*(?P<quarter>IV|I{{1,3}}|[1-4]){_OF}{_YEAR}",
        rf"(?:tháng|thang|t)?\s*(?P<month>0?[1-9]|1[0-2]){_OF}{_YEAR}",
        rf"(?:(?P<day>[0-3]?[0-9])\s+)?(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?\s+{_YEAR}",
        rf"(?:năm|nam)\s+{_YEAR}",
    )
)


def typed_number(text: str, mark: str | None, unit: UnitOfMeasure | None = None) -> Number:
    """Return the number that somebody types: a single one, perhaps hedged, in a unit of its kind.

    ``mark`` is the decimal mark of the reader, by which "1.043" is read; without it that is
    refused, as either may be meant. ``unit`` is the unit of the field, if that is known: the
    value is in it. ``MessageError`` says what would fit.
    """
    number = read_number(text)
    is_one = number and not (number.rest or number.of is not None or number.top is not None)
    if number is None or number.value is None or not is_one or text.rstrip()[-1] in ".,":
        raise MessageError(_NO_NUMBER(text=text, example=_EXAMPLES[mark or ","]))
    if number.other is not None:
        fraction, whole = sorted((number.value, number.other), key=abs)
        if mark is None:
            raise MessageError(_TWO_WAYS(text=text, whole=f"{whole:f}", fraction=f"{fraction:f}0"))
        number = number.chosen(fraction if number.separator == mark else whole)
    return _asked_in(unit, number, text)


def range_ends(text: str) -> tuple[str, str] | None:
    """Return the ends of a range that somebody types, "10 đến 12 ha"; ``None`` if it is none."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    low, top = found["low"], found["top"]
    unit = top.lstrip(_DIGITS)
    return low if low.lstrip(_DIGITS) else f"{low.strip()} {unit}".strip(), top


def _asked_in(unit: UnitOfMeasure | None, number: Number, text: str) -> Number:
    """Return a number in the unit of the field."""
    factor = scale(number.unit)
    if number.value is None or number.unit is None or factor is None:
        return number
    if unit not in _kinds_of(number.unit):
        raise MessageError(_IN_UNIT(text=text, unit=unit) if unit else _OTHER_UNIT(text=text))
    return replace(number, value=number.value * factor, unit=None)


def _kinds_of(given: str) -> set[UnitOfMeasure | None]:
    """Return what a number in a unit can be; ``None`` where the field has no unit."""
    if given in _AREAS:
        return {UnitOfMeasure.hectares, None} if scale(given) == 1 else {UnitOfMeasure.hectares}
    if given == "%":
        return {UnitOfMeasure.percent, None}
    if given in _COUNTS:
        return {UnitOfMeasure.number, None}
    if given in _MULTIPLES:
        return {UnitOfMeasure.vnd, UnitOfMeasure.number, None}
    return {UnitOfMeasure.vnd} if "usd" not in given else set()


def typed_date(text: str) -> str:
    """Return a date that somebody types, in ISO 8601: "31/12/2024", "quý III/2026", "10/2026".

    It may be in ISO 8601 already, or as pages show it in English ("31 Dec 2024").
    ``MessageError`` says what would fit.
    """
    plain = " ".join(text.split())
    if day := day_in(plain):
        return str(PartialDate.parse(day))
    found = next(filter(None, (one.fullmatch(plain) for one in _SHAPES)), None)
    return str(PartialDate.parse(_in_iso(**found.groupdict()) if found else plain))


def _in_iso(
    year: str,
    quarter: str | None = None,
    month: str | None = None,
    name: str | None = None,
    day: str | None = None,
) -> str:
    if quarter:
        return f"{year}-Q{_QUARTERS.get(quarter.upper(), quarter)}"
    if name:
        month = str(_MONTHS.index(name.lower()) + 1)
    return "-".join((year, *(part.zfill(2) for part in (month, day) if part)))
