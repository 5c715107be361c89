"""The types of numbers: JSON numbers, never strings or booleans, read as decimals.

Quantities are exact within the service; an answer shows the number itself.
"""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from app.core.messages import Message, MessageError, Template
from app.core.quantities import to_square_metres

_MOST_DIGITS = 30
_FOUR_DECIMALS = Context(prec=60, traps=[Inexact, InvalidOperation])
# [0-9] and not \d: \d also accepts the digits of other scripts.
_PLAIN_WHOLE = re.compile(r"-?[0-9]{1,20}")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
# The smallest positive number with four decimals.
_LEAST = 0.0001
_MOST_HECTARES = 1_000_000_000
_MOST_COUNT = 2_000_000_000
_MOST_MONEY = 1_000_000_000_000_000
_VIETNAMESE_NUMBER = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,20})(?:,([0-9]{1,20}))?\s*(?:ha|%)?", re.IGNORECASE
)
_THOUSANDS_ALONE = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
_NO_JSON_NUMBER = Template("numbers.no-json-number", "write a JSON number, without quotes")
_WRITE = Template(
    "numbers.write", "write {number}: a number with a decimal point, without quotes and units"
)
_WRITE_EITHER = Template(
    "numbers.write-either",
    "write {thousands} if the point separates thousands, or {number} if it separates decimals; "
    "without quotes",
)
_NOT_FINITE = Template("numbers.not-finite", "write a finite number")
_NO_PLAIN_NUMBER = Template(
    "numbers.no-plain-number",
    "write a number of at least 0 in digits, with a point, as in 12.5",
)
_NO_PLAIN_WHOLE = Template("numbers.no-plain-whole", "write a whole number of at most 20 digits")
_NOT_WHOLE = Template("numbers.not-whole", "write a whole number")
_TOO_FINE = Template("numbers.too-fine", "at most four decimals can be kept")


def as_written(text: str, otherwise: Message) -> Message:
    """Return how a number in Vietnamese notation is to be written, or else another message.

    ``74,4`` and ``1.124,5 ha`` are such numbers.
    """
    plain = text.strip()
    if _THOUSANDS_ALONE.fullmatch(plain):
        return _WRITE_EITHER(thousands=plain.replace(".", ""), number=plain)
    if _PLAIN_NUMBER.fullmatch(plain):
        return _WRITE(number=plain)
    found = _VIETNAMESE_NUMBER.fullmatch(plain)
    if found is None:
        return otherwise
    whole, decimals = found[1].replace(".", ""), found[2]
    return _WRITE(number=f"{whole}.{decimals}" if decimals else whole)


def json_number(value: object) -> Decimal:
    """Read a JSON number as a decimal; text and booleans are not accepted."""
    if isinstance(value, str):
        raise MessageError(as_written(value, _NO_JSON_NUMBER()))
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise MessageError(_NO_JSON_NUMBER())
    return _finite(Decimal(str(value)))


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise MessageError(_NOT_FINITE())
    # Zero has no sign: -0 says nothing that 0 does not.
    return number.copy_abs() if number == 0 else number


def number_from_text(value: str | Decimal) -> Decimal:
    """Read a number from a query string, where everything is text."""
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value):
        raise MessageError(as_written(value, _NO_PLAIN_NUMBER()))
    return _finite(Decimal(value))


def whole_number_from_text(value: object) -> object:
    """Read a whole number from a query string or path."""
    if isinstance(value, str) and not _PLAIN_WHOLE.fullmatch(value):
        raise MessageError(_NO_PLAIN_WHOLE())
    return value


def _whole_number(value: object) -> int:
    number = json_number(value)
    if number.adjusted() > _MOST_DIGITS or number != number.to_integral_value():
        raise MessageError(_NOT_WHOLE())
    return int(number)


def _to_square_metre(value: Decimal) -> Decimal:
    to_square_metres(value)
    return value


def _four_decimals(value: Decimal) -> Decimal:
    try:
        _FOUR_DECIMALS.quantize(value, Decimal("0.0001"))
    except (Inexact, InvalidOperation) as error:
        raise MessageError(_TOO_FINE()) from error
    return value


def _number_schema(**bounds: float) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "format": "double", **bounds})


_SHOWN = PlainSerializer(float, return_type=float, when_used="json")
Hectares = Annotated[
    Decimal,
    Field(gt=0, le=_MOST_HECTARES),
    BeforeValidator(json_number),
    AfterValidator(_to_square_metre),
    _SHOWN,
    _number_schema(minimum=_LEAST, maximum=_MOST_HECTARES),
]
"""Hectares above zero, to the square metre (four decimals)."""
HectaresOrZero = Annotated[
    Decimal,
    Field(ge=0, le=_MOST_HECTARES),
    BeforeValidator(json_number),
    AfterValidator(_to_square_metre),
    _SHOWN,
    _number_schema(minimum=0, maximum=_MOST_HECTARES),
]
"""Hectares that may be none at all: leased, cleared, still to clear."""
Percent = Annotated[
    Decimal,
    Field(ge=0, le=100),
    BeforeValidator(json_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=0, maximum=100),
]
"""A share of a whole, 0 to 100."""
Quantity = Annotated[
    Decimal,
    Field(ge=-(10**11), le=10**11, allow_inf_nan=False),
    BeforeValidator(json_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=-(10**11), maximum=10**11),
]
"""A value of an indicator, in its unit; whether it may be negative the indicator says."""
PositiveQuantity = Annotated[
    Decimal,
    Field(gt=0, le=10**11),
    BeforeValidator(json_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=_LEAST, maximum=10**11),
]
"""A quantity above zero in a unit that is given beside it, to four decimals."""
Money = Annotated[
    int,
    Field(ge=0, le=_MOST_MONEY),
    BeforeValidator(_whole_number),
    WithJsonSchema({"type": "integer", "format": "int64", "minimum": 0, "maximum": _MOST_MONEY}),
]
"""A sum of money in whole VND."""
Count = Annotated[
    int,
    Field(ge=0, le=_MOST_COUNT),
    BeforeValidator(_whole_number),
    WithJsonSchema({"type": "integer", "format": "int64", "minimum": 0, "maximum": _MOST_COUNT}),
]
Phase = Annotated[
    int,
    Field(ge=1, le=100),
    BeforeValidator(_whole_number),
    WithJsonSchema({"type": "integer", "format": "int64", "minimum": 1, "maximum": 100}),
]
Number = Annotated[float, WithJsonSchema({"type": "number", "format": "double"})]
"""A number in an answer."""
Whole = Annotated[int, WithJsonSchema({"type": "integer", "format": "int64"})]
"""A whole number in an answer."""
