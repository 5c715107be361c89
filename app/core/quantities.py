"""Areas and percentages, computed exactly.

Areas are stored as whole square metres and shown as hectares. Nothing here passes through binary
floating point or through the 28 digits of the default decimal context: a figure is rounded once,
at the end, half away from zero.
"""

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from fractions import Fraction

from app.core.messages import MessageError, Template


class UnitOfMeasure(StrEnum):
    """The unit of an indicator's value."""

    number = "count"
    hectares = "ha"
    percent = "pct"
    vnd = "vnd"
    billion_vnd = "billion_vnd"
    million_usd = "million_usd"


SQUARE_METRES_PER_HECTARE = 10_000
# As square metres this still fits the 64-bit integer of a database column.
_TOO_MANY_HECTARES = Decimal(100_000_000_000_000)
# Below the limit an area in whole square metres has at most 18 digits, so whatever does not fit
# into 40 digits is finer than a square metre and trips Inexact.
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_NOT_FINITE = Template("area.not-finite", "An area must be a finite number of hectares.")
_TOO_LARGE = Template("area.too-large", "An area must be less than 10^14 hectares.")
_TOO_FINE = Template(
    "area.too-fine",
    "An area must be a whole number of square metres: at most four decimals of a hectare.",
)


def to_square_metres(hectares: Decimal) -> int:
    """Return an area in square metres, exactly.

    ``MessageError`` if it is not a finite number, is finer than a square metre (0.0001 ha), or is
    10^14 ha or more.
    """
    if not hectares.is_finite():
        raise MessageError(_NOT_FINITE())
    # Checked before any arithmetic: 1e999999 would become an integer of a million digits.
    if hectares.copy_abs() >= _TOO_MANY_HECTARES:
        raise MessageError(_TOO_LARGE())
    try:
        metres = _EXACT.multiply(hectares, Decimal(SQUARE_METRES_PER_HECTARE))
        return int(metres.to_integral_exact(context=_EXACT))
    except Inexact:
        raise MessageError(_TOO_FINE()) from None


def to_hectares(square_metres: int) -> Decimal:
    """Return an area in hectares, exactly, without trailing zeros: 430000 gives ``43``."""
    sign = "-" if square_metres < 0 else ""
    whole, rest = divmod(abs(square_metres), SQUARE_METRES_PER_HECTARE)
    return Decimal(f"{sign}{whole}.{rest:04d}".rstrip("0").rstrip("."))


def percent(part: int | Decimal, whole: int | Decimal | Fraction) -> Decimal | None:
    """Return ``part`` as a percentage of ``whole`` in the same unit, with two decimals.

    ``None`` when ``whole`` is 0.
    """
    if whole == 0:
        return None
    top, under = part.as_integer_ratio()
    over, bottom = whole.as_integer_ratio()
    return _two_decimals(100 * top * bottom, under * over)


def two_decimals(value: Fraction) -> Decimal:
    """Return a fraction with the two decimals that answers show, rounded once."""
    return _two_decimals(value.numerator, value.denominator)


def _two_decimals(numerator: int, denominator: int) -> Decimal:
    """Round half away from zero, as is usual on paper: 0.125 gives 0.13, -0.125 gives -0.13."""
    whole = abs(denominator)
    hundredths = (200 * abs(numerator) + whole) // (2 * whole)
    sign = "-" if hundredths and (numerator < 0) != (denominator < 0) else ""
    return Decimal(f"{sign}{hundredths // 100}.{hundredths % 100:02d}")
