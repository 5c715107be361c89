"""Query parameters that reads share: time, paging, counting, units, search, sparse fieldsets."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from app.core.digest import JsonObject
from app.core.errors import BadParameterError
from app.core.messages import MessageError, Template
from app.core.numbers import whole_number_from_text
from app.core.types import Answer, Day, Line, Matching, WrittenInstant
from app.core.validation import did_you_mean
from app.core.vietnamese import search_words
from app.core.vocabulary import Boundaries

ALWAYS = {"id", "as_of", "revision"}
"""Members that every answer has, whatever ``fields`` says: they name what the answer is about."""
_UNKNOWN_FIELD = Template("fields.unknown", "unknown field {name!r}; known here: {known}.")
_COUNT = Template("count.not-exact", "write exact, or leave it out")
_NO_WORDS = Template("search.no-words", "Give at least one letter or digit to search for.")
_MEANING = "The members to answer with, besides id, with commas between: name,area_ha."


def fields_of(answer: type[Answer]) -> object:
    """Return the type of the parameter ``fields``: the names of members of an answer."""
    known = tuple(answer.model_fields)
    described = {"type": "string", "pattern": f"^({'|'.join(known)})$"}

    def split(given: Iterable[str]) -> list[str]:
        names = [name.strip() for text in given for name in text.split(",")]
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            detail = _UNKNOWN_FIELD(name=unknown, known=", ".join(known))
            raise MessageError(did_you_mean(detail, unknown, known))
        return names

    return Annotated[
        list[Annotated[str, WithJsonSchema(described)]],
        BeforeValidator(split),
        Field(description=_MEANING),
    ]


def require_what_is_always_there(schema: JsonObject) -> None:
    """Describe the members of a sparse answer as optional, since ``fields`` leaves them out."""
    schema["required"] = [name for name in schema["required"] if name in ALWAYS]


FROM_TEXT = BeforeValidator(whole_number_from_text)
INT64 = {"format": "int64"}
RevisionNumber = Annotated[int, Field(ge=0, le=2**53, json_schema_extra=INT64), FROM_TEXT]
"""The number of a revision, read from text: a query parameter or a header."""


class KnownQuery(BaseModel):
    """System time: what the register knew at an instant or revision."""

    known_at: WrittenInstant | None = Field(
        default=None,
        description="As known at this instant, with offset: 2024-01-31T00:00:00Z. It covers what "
        "its last digit does: a second, a millisecond.",
    )
    revision: RevisionNumber | None = Field(
        default=None, description="As known at this revision; not together with known_at."
    )


class TimeQuery(KnownQuery):
    """Both time axes: valid time and system time."""

    as_of: Day | None = Field(
        default=None, description="As it was on this date; today when absent."
    )


class LimitQuery(BaseModel):
    """How many items a page has at most."""

    limit: Annotated[int, Field(ge=1, le=1000, json_schema_extra=INT64), FROM_TEXT] = Field(
        default=50, description="At most so many items."
    )


class PageQuery(LimitQuery):
    """Where a page begins, and how many items it has at most."""

    cursor: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="next_cursor of the page before."
    )


class CountQuery(BaseModel):
    """Whether to count the items of the whole list."""

    count: Annotated[str, Matching("^exact$", _COUNT())] | None = Field(
        default=None,
        description="With exact, the page says how many items the whole list has, in count.",
    )


class BoundariesQuery(BaseModel):
    """Which units places are given in."""

    boundaries: Boundaries = Field(
        default=Boundaries.then,
        description="By the units of the as_of date, or by today's.",
    )


class KnownPageQuery(KnownQuery, PageQuery):
    """A page of a list as known at an instant or revision."""


SearchWords = Annotated[
    Line | None,
    Field(description="Words of a name, alias or id; case, accents and đ do not count."),
]


def words_of(q: str) -> list[str]:
    """Return the words to search for; ``BadParameterError`` if there are none."""
    words = search_words(q)
    if not words:
        raise BadParameterError.of("q", _NO_WORDS())
    return words
