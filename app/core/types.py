"""The types of members but numbers: what they accept, and how OpenAPI describes them.

Text is normalised to NFC and holds no control characters. Numbers are in ``numbers.py``.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Self, TypeVar, cast
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
    create_model,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.core.dates import PartialDate, Period
from app.core.geometry import BOX_PATTERN, read_box
from app.core.messages import Message, MessageError, Template
from app.core.vocabulary import Unknown

_Model = TypeVar("_Model", bound=BaseModel)
# [0-9] and not \d: \d also accepts the digits of other scripts.
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL_CHARACTERS = Template("text.control-characters", "control characters cannot be kept")
_HIDDEN = Template(
    "text.hidden-characters",
    "it has a character that is not seen, {character}: type the text anew, or remove it",
)
_NO_TEXT = Template("text.empty", "write some text, not blanks alone")
_NOT_ONE_LINE = Template("text.not-one-line", "write it on one line")
_NO_FULL_DATE = Template("day.no-full-date", "write a full date, as in 2023-12-31")
_NO_INSTANT = Template(
    "instant.no-offset", "write an instant with its offset, as in 2024-01-31T09:00:00Z"
)
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_MICROSECOND = timedelta(microseconds=1)
_TIME_OF_DAY = re.compile(r"[0-9]{2}:[0-9]{2}(?::([0-9]{2})(?:[.,]([0-9]+))?)?")
_LOST_PLUS = Template(
    "instant.lost-plus",
    "write the + of the offset as %2B, as in 2024-01-31T09:00:00%2B07:00, or use Z",
)
_NO_ADDRESS = Template(
    "web-address.malformed",
    "write a web address without a password, as in https://example.org/report.pdf",
)
_NO_SLUG = Template(
    "slug.malformed",
    "write lower-case letters a-z, digits and single hyphens, as in ccn-quang-chu",
)
_NO_UNIT_CODE = Template(
    "unit-code.malformed", "write the official code with its leading zeros, as in 06"
)
_NAME_OF_UNIT = Template(
    "unit-code.name",
    "write the official code, as in 06; look it up: /v1/provinces?q={words}, or for districts and "
    "communes /v1/units?q={words}",
)
_NAME_NO_ID = Template(
    "slug.name", "write the id of the {what:word}; look it up: /v1/{what}s?q={words}"
)


class Shown:
    """Marks text in an answer as a code of a list, and describes it as that enumeration.

    The database holds only codes of the list, so they are neither turned into members of the
    enumeration nor back into text: on a page of sites that would be half of the work.
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
    """The base of all request bodies: unknown members are errors."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """The base of all answers."""

    model_config = ConfigDict(frozen=True)


# The characters that text must not hold. The described pattern lacks them: Ruby does not load
# ranges of them, and PHP, which reads bytes, takes parts of letters for them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Characters that are not seen, and those that turn the direction in which others are read: soft
# hyphen, joiners, fillers, marks and overrides of direction, selectors.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
)


def _described(**schema: JsonValue) -> FieldInfo:
    described: FieldInfo = Field(json_schema_extra=schema)
    return described


def _clean_text(value: str) -> str:
    if _FORBIDDEN.search(value):
        raise MessageError(_CONTROL_CHARACTERS())
    if not value.isascii() and (hidden := _UNSEEN.search(value)):
        raise MessageError(_HIDDEN(character=f"U+{ord(hidden[0]):04X}"))
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise MessageError(_NO_TEXT())
    return text


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise MessageError(_NOT_ONE_LINE())
    return _clean_text(value)


def _partial_date(value: str) -> str:
    return PartialDate.parse(value).text


def _period(value: str) -> str:
    return Period.parse(value).text


def _plain_date(value: object) -> date | str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _FULL_DATE.fullmatch(value):
        raise MessageError(_NO_FULL_DATE())
    PartialDate.parse(value)
    return value


def _box(value: str) -> str:
    read_box(value)
    return value


def _instant(value: object) -> datetime | str:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _FULL_DATE.match(value):
        raise MessageError(_NO_INSTANT())
    PartialDate.parse(value[: len("2024-01-31")])
    if " " in value:
        raise MessageError(_LOST_PLUS())
    return value


_MOST_WORDS = 60


def in_url(text: str) -> str:
    """Write a part of a URL so that people can read it: letters stay as they are."""
    return "".join(c if c.isalnum() or c in "-._" else quote(c, errors="replace") for c in text)


def words_in_url(text: str) -> str:
    """Write some words to be searched for as a part of a URL."""
    return in_url(" ".join(text.split())[:_MOST_WORDS])


def _no_unit_code(value: str) -> Message:
    is_name = any(c.isalpha() for c in value)
    return _NAME_OF_UNIT(words=words_in_url(value)) if is_name else _NO_UNIT_CODE()


class Matching:
    """A pattern, with a message that says in words what would fit."""

    def __init__(self, pattern: str, hint: Message | Callable[[str], Message]) -> None:
        """Keep the pattern, and the message or what makes it of the text that does not fit."""
        self._pattern = re.compile(pattern)
        self._hint = hint

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self._pattern.pattern}

    def _check(self, value: str) -> str:
        if not self._pattern.fullmatch(value):
            raise MessageError(self._hint if isinstance(self._hint, Message) else self._hint(value))
        return value


_DATE = r"(19|2[01])[0-9]{2}(-(Q[1-4]|(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?))?"


def _written(name: str, pattern: str) -> FieldInfo:
    """Describe how text is written; the name of the format says what a pattern cannot."""
    return _described(format=name, pattern=f"^{pattern}$")


_SOME_TEXT = _described(pattern=r"\S")
"""More than blanks."""
Line = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_one_line),
    _SOME_TEXT,
]
"""Text on one line."""
WebAddress = Annotated[
    Line,
    Matching(
        r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+([/?#][^\s]*)?$",
        _NO_ADDRESS(),
    ),
]
"""An address that is safe to link to: it neither runs a script nor holds a password."""
Paragraph = Annotated[
    str,
    StringConstraints(max_length=10_000),
    AfterValidator(_clean_text),
    _SOME_TEXT,
]
"""Text of one or more lines."""


_Hint = Message | Callable[[str], Message]


def _slug(hint: _Hint, or_one_of: Collection[str] = ()) -> tuple[object, ...]:
    pattern = f"^({'|'.join([_SLUG, *or_one_of])})$" if or_one_of else f"^{_SLUG}$"
    return StringConstraints(min_length=1, max_length=100), Matching(pattern, hint)


def _name_of(what: str) -> Callable[[str], Message]:
    """Return what says to look up something that is given by its name."""
    return lambda name: _NAME_NO_ID(what=what, words=words_in_url(name))


Slug = Annotated[(str, *_slug(_NO_SLUG()))]
"""A readable id: lower-case letters, digits and single hyphens."""
SourceId = Annotated[(str, *_slug(_name_of("source")))]
OrganizationId = Annotated[(str, *_slug(_name_of("organization")))]
SiteId = Annotated[(str, *_slug(_name_of("site")))]
UnitCode = Annotated[str, Matching(r"^[0-9]{2,5}$", _no_unit_code)]
"""An official code of an administrative unit, with its leading zeros."""
OrganizationOrUnknown = Annotated[(str, *_slug(_name_of("organization"), Unknown))]
SiteOrUnknown = Annotated[(str, *_slug(_name_of("site"), Unknown))]
UnitCodeOrUnknown = Annotated[
    str, Matching(rf"^([0-9]{{2,5}}|{'|'.join(Unknown)})$", _no_unit_code)
]
PartialDateText = Annotated[
    str,
    AfterValidator(_partial_date),
    _written("partial-date", _DATE),
]
"""A year, quarter, month or day: ISO 8601 with reduced precision, and ``2024-Q4``."""
PeriodText = Annotated[str, AfterValidator(_period), _written("period", f"{_DATE}(/{_DATE})?")]
"""A partial date, or two with a slash between: 2016/2020."""
BoxText = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(_box),
    _described(format="bbox", pattern=BOX_PATTERN),
]
"""A box in degrees: minLon,minLat,maxLon,maxLat."""
Day = Annotated[date, BeforeValidator(_plain_date)]
"""A full date."""
InstantText = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant with its offset from UTC."""


@dataclass(frozen=True, slots=True)
class WrittenInstant:
    """The first and the last microsecond that an instant covers, as precisely as it is written.

    ``2024-01-31T09:00:00.123Z`` covers a millisecond, ``2024-01-31T09:00Z`` a minute.
    """

    first: datetime
    last: datetime

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read it as any other instant is read, and describe it as one."""
        read = handler.generate_schema(InstantText)
        written = core_schema.to_string_ser_schema()
        return core_schema.no_info_wrap_validator_function(cls._read, read, serialization=written)

    @classmethod
    def _read(cls, written: object, read: Callable[[object], datetime]) -> Self:
        if isinstance(written, cls):
            # A query that is made of another one has it as it was read.
            return written
        first = read(written)
        covered = _covered(written) if isinstance(written, str) else _MICROSECOND
        return cls(first, first + (covered - _MICROSECOND))


def _covered(text: str) -> timedelta:
    """Return how long an instant lasts as it is written: a minute, a second, or a part of one."""
    time = _TIME_OF_DAY.search(text)
    seconds, decimals = time.groups(default="") if time else ("", "")
    if not seconds:
        return timedelta(minutes=1)
    return max(timedelta(seconds=10 ** -len(decimals)), _MICROSECOND)


def shown_instant(value: datetime) -> str:
    """Write an instant with its milliseconds, or with microseconds where it has any."""
    utc = value.astimezone(UTC)
    is_whole = utc.microsecond % 1000 == 0
    text = utc.isoformat(timespec="milliseconds" if is_whole else "microseconds")
    return text.replace("+00:00", "Z")


RecordedAt = Annotated[
    datetime,
    PlainSerializer(shown_instant, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""When a revision was recorded, in an answer: as precise as ``known_at`` has to be to find it."""


def is_absent(value: object) -> bool:
    """Return whether a member of an answer is left out: there is nothing to say."""
    return value is None


def one_of(types: Iterable[object]) -> object:
    """Return the type of values that are of any of some types."""
    return reduce(or_, types)


def list_of(item: object) -> object:
    """Return the type of lists of items of a type that is made while the service starts."""
    return GenericAlias(list, (item,))


def made_model(
    of: type[_Model], name: str, doc: str, bases: tuple[type, ...] = (), /, **members: object
) -> type[_Model]:
    """Make a model as a class statement would that has these bases, or else only the first.

    Members are pairs of type and default.
    """
    make: Callable[..., object] = create_model
    return cast("type[_Model]", make(name, __base__=bases or (of,), __doc__=doc, **members))
