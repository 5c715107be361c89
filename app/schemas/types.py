"""The types of members: what is accepted, how it is described, how it is refused.

Text is normalised to NFC and holds no control characters. Numbers stand in ``numbers.py``.
"""

import re
import unicodedata
from datetime import date, datetime
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
    StringConstraints,
    TypeAdapter,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.domain.geometry import BOX_PATTERN, read_box
from app.domain.partial_dates import PartialDate, Period

# [0-9] and not \d: \d also accepts the digits of other scripts.
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


def _box(value: str) -> str:
    read_box(value)
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

BoxText = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(_box),
    Field(json_schema_extra={"pattern": BOX_PATTERN}),
]
"""A box in degrees: minLon,minLat,maxLon,maxLat."""

Day = Annotated[date, BeforeValidator(_plain_date)]
"""A full date."""

InstantText = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant with its offset from UTC."""
