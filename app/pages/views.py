"""What every page can be asked for: a point in time, a language, an edition of the rules."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path, Request, params
from pydantic import BaseModel, Field, model_validator

from app.core.dates import PartialDate, today
from app.core.messages import MessageError
from app.core.query_parameters import TimeQuery
from app.core.types import Line
from app.http.readers import reader_of
from app.http.reading import reads
from app.http.sessions import session_of
from app.imports.typed import typed_date
from app.pages.addresses import KNOWN_AT

_DAYS = {"as_of", "other_as_of"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_END = "23:59:59+07:00"


class View(TimeQuery):
    """The query of a page; pages with filters inherit from it."""

    lang: Literal["vi", "en"] | None = Field(
        default=None, description="The language of the page; what the reader prefers when absent."
    )
    rules: Annotated[Line, Field(max_length=40)] | None = Field(
        default=None, description="The edition of the rules that a permanent link was made with."
    )
    recorded: Annotated[int, Field(ge=1, le=2**53)] | None = Field(
        default=None, description="The revision that the form before this page led to."
    )

    @model_validator(mode="before")
    @classmethod
    def read_form(cls, given: Any) -> Any:
        """Leave out fields that a form left empty, and let a day of knowledge last to its end."""
        return as_forms_send_it(given, KNOWN_AT)


class ReaderQuery(BaseModel):
    """The query of a page that is about no point in time, as those of forms are."""

    lang: Literal["vi", "en"] | None = None


Key = Annotated[str, Path(description="Readable id.", max_length=100)]
"""The id in the path of a page."""


def as_forms_send_it(given: Any, known_at: str) -> Any:
    """Return the fields of a form without the empty ones; of knowledge a day means its end.

    Today means now: the day is not over. Days may be written as people write dates.
    """
    if not isinstance(given, dict):
        return given
    filled = {name: value for name, value in given.items() if value not in ("", [""])}
    for name in _DAYS & filled.keys():
        with suppress(MessageError):
            filled[name] = _day_of(PartialDate.parse(typed_date(str(filled[name])))).isoformat()
    day = filled.get(known_at)
    if isinstance(day, str) and _DAY.fullmatch(day):
        if day == today().isoformat():
            del filled[known_at]
        else:
            filled[known_at] = f"{day}T{_END}"
    return filled


def _day_of(written: PartialDate) -> date:
    """Return the day that a date means: of a month or a year the last one, or today if within."""
    first, last = written.first_day, written.last_day
    return today() if first <= today() < last else last


def looks_at(model: type[View] = View, *, heavy: bool = False) -> params.Depends:
    """Return the dependency of a page: a ``Reading`` of its query model, as routes of ``/v1`` have.

    Its key covers the language and the theme of the reader, and the latest revision, since a page
    that is pinned says whether it has changed since.
    """
    return reads(model, heavy=heavy, reader=_seen_by)


def _seen_by(request: Request) -> object:
    """Return who a page is for; whoever is signed in has pages of their own."""
    who, reader = session_of(request), reader_of(request)
    return reader if who is None else (reader, who)
