"""The types of members: what is accepted, how it is described, how it is refused.

Numbers are JSON numbers, never strings or booleans, and are read as decimals. Text is normalised
to NFC and holds no control characters.
"""

import unicodedata
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.domain.partial_dates import PartialDate, Period
from app.domain.quantities import to_square_metres

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
    return Decimal(str(value)) if isinstance(value, float) else value


def _whole_number(value: Any) -> Any:
    number = _number(value)
    if isinstance(number, Decimal) and number != number.to_integral_value():
        message = "write a whole number"
        raise ValueError(message)
    return int(number) if isinstance(number, Decimal) else number


def _to_square_metre(value: Decimal) -> Decimal:
    to_square_metres(value)
    return value


def _four_decimals(value: Decimal) -> Decimal:
    if value != round(value, 4):
        message = "at most four decimals can be kept"
        raise ValueError(message)
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


def _partial_date(value: str) -> str:
    return PartialDate.parse(value).text


def _period(value: str) -> str:
    return Period.parse(value).text


def _plain_date(value: Any) -> Any:
    if isinstance(value, str) and (len(value) != len("2023-12-31") or not value.isascii()):
        message = "write a full date, as in 2023-12-31"
        raise ValueError(message)
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str) and " " in value:
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
    Field(ge=0, le=10**15, allow_inf_nan=False),
    BeforeValidator(_number),
    AfterValidator(_four_decimals),
    _SHOWN,
    _number_schema(minimum=0, maximum=10**15),
]
"""A value of an indicator; the unit is the indicator's."""

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

Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_clean_text)]
Paragraph = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_clean_text)]
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=100)
]
"""A readable id: lower-case letters, digits and single hyphens."""

UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]
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
