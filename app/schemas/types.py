"""The types of members: what is accepted, how it is described, how it is refused.

Numbers are JSON numbers, never strings or booleans, and are read as decimals. Text is normalised
to NFC and holds no control characters.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.domain.partial_dates import PartialDate, Period
from app.domain.quantities import to_square_metres

_MOST_DIGITS = 30
_FOUR_DECIMALS = Context(prec=60, traps=[Inexact, InvalidOperation])
# [0-9] and not \d: \d also accepts the digits of other scripts.
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_WHOLE = re.compile(r"-?[0-9]{1,20}")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_MOST_HECTARES = 1_000_000_000
_MOST_COUNT = 2_000_000_000


class Shown:
    """Marks text of an answer that is one of a code list, and describes it as that list.

    The database holds only codes of the list, so they are neither turned into members of the
    enumeration nor back into text: on a page of sites that is half of the work.
    """

    def __init__(self, codes: type[StrEnum]) -> None:
        """Keep the list."""
        self._codes = codes

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the text by the enumeration."""
        return handler(TypeAdapter(self._codes).core_schema)


class Body(BaseModel):
    """What a client sends: unknown members are errors."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        message = "write a JSON number, without quotes"
        raise ValueError(message)
    return _finite(Decimal(str(value)))


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        message = "write a finite number"
        raise ValueError(message)
    # Zero has no sign: -0 says nothing that 0 does not.
    return number.copy_abs() if number == 0 else number


def number_from_text(value: Any) -> Any:
    """Read a number of a query, where everything is text."""
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value):
        message = "write a number with a point, as in 12.5"
        raise ValueError(message)
    return _finite(Decimal(value))


def whole_number_from_text(value: Any) -> Any:
    """Read a whole number of a query or path."""
    if isinstance(value, str) and not _PLAIN_WHOLE.fullmatch(value):
        message = "write a whole number in digits"
        raise ValueError(message)
    return value


def _whole_number(value: Any) -> Any:
    number: Decimal = _number(value)
    if number.adjusted() > _MOST_DIGITS or number != number.to_integral_value():
        message = "write a whole number"
        raise ValueError(message)
    return int(number)


def _to_square_metre(value: Decimal) -> Decimal:
    to_square_metres(value)
    return value


def _four_decimals(value: Decimal) -> Decimal:
    try:
        _FOUR_DECIMALS.quantize(value, Decimal("0.0001"))
    except (Inexact, InvalidOperation) as error:
        message = "at most four decimals can be kept"
        raise ValueError(message) from error
    return value


def _clean_text(value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        message = "control characters cannot be kept"
        raise ValueError(message)
    if not text:
        message = "write some text, or null where nothing is known"
        raise ValueError(message)
    return text


def _one_line(value: str) -> str:
    text = _clean_text(value)
    if "\n" in text or "\t" in text:
        message = "write it on one line"
        raise ValueError(message)
    return text


def _partial_date(value: str) -> str:
    return PartialDate.parse(value).text


def _period(value: str) -> str:
    return Period.parse(value).text


def _plain_date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _FULL_DATE.fullmatch(value):
        message = "write a full date, as in 2023-12-31"
        raise ValueError(message)
    PartialDate.parse(value)
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _FULL_DATE.match(value):
        message = "write an instant with its offset, as in 2024-01-31T09:00:00Z"
        raise ValueError(message)
    PartialDate.parse(value[: len("2024-01-31")])
    if " " in value:
        message = "write the + of the offset as %2B, as in 2024-01-31T09:00:00%2B07:00, or use Z"
        raise ValueError(message)
    return value


def _number_schema(**bounds: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "format": "double", **bounds})


# Decimals are exact inside; JSON shows the number itself.
_SHOWN = PlainSerializer(float, return_type=float, when_used="json")

Hectares = Annotated[
    Decimal,
    Field(gt=0, le=_MOST_HECTARES),
    BeforeValidator(_number),
    AfterValidator(_to_square_metre),
    _SHOWN,
    _number_schema(exclusiveMinimum=0, maximum=_MOST_HECTARES),
]
"""Hectares above zero, to the square metre (four decimals)."""

HectaresOrZero = Annotated[
    Decimal,
    Field(ge=0, le=_MOST_HECTARES),
    BeforeValidator(_number),
    AfterValidator(_to_square_metre),
    _SHOWN,
    _number_schema(minimum=0, maximum=_MOST_HECTARES),
]
"""Hectares that may be none at all: leased, cleared, still to clear."""

Percent = Annotated[
    Decimal,
    Field(ge=0, le=100),
    BeforeValidator(_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=0, maximum=100),
]
"""A share of a whole, 0 to 100."""

Quantity = Annotated[
    Decimal,
    Field(ge=-(10**11), le=10**11, allow_inf_nan=False),
    BeforeValidator(_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=-(10**11), maximum=10**11),
]
"""A value of an indicator, in its unit; whether it may be negative the indicator says."""

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


class Matching:
    """A pattern that says in words what would fit."""

    def __init__(self, pattern: str, hint: str) -> None:
        self._pattern = re.compile(pattern)
        self._hint = hint

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self._pattern.pattern}

    def _check(self, value: str) -> str:
        if not self._pattern.fullmatch(value):
            raise ValueError(self._hint)
        return value


Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
Paragraph = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_clean_text)]
Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Matching(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        "write lower-case letters a-z, digits and single hyphens, as in ccn-quang-chu",
    ),
]
"""A readable id: lower-case letters, digits and single hyphens."""

UnitCode = Annotated[
    str, Matching(r"^[0-9]{2,5}$", "write the official code with its leading zeros, as in 06")
]
"""An official code of an administrative unit, with its leading zeros."""

PartialDateText = Annotated[
    str,
    AfterValidator(_partial_date),
    Field(json_schema_extra={"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}),
]
"""A year, month or day: ISO 8601 with reduced precision."""

PeriodText = Annotated[str, AfterValidator(_period)]
"""A partial date, or two with a slash between: 2016/2020."""

Day = Annotated[date, BeforeValidator(_plain_date)]
"""A full date."""

InstantText = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant with its offset from UTC."""
