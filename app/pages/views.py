"""What every page can be asked for: a point in time, a language, an edition of the rules."""

import re
from datetime import time
from typing import Annotated, Any, Literal

from fastapi import params
from pydantic import Field, model_validator

from app.core.dates import today
from app.core.query_parameters import TimeQuery
from app.core.types import Line
from app.http.readers import reader_of
from app.http.reading import reads
from app.pages.addresses import KNOWN_AT

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_END = f"{time(23, 59, 59).isoformat()}+07:00"


class View(TimeQuery):
    """The query of a page; pages with filters inherit from it."""

    lang: Literal["vi", "en"] | None = Field(
        default=None, description="The language of the page; what the reader prefers when absent."
    )
    rules: Annotated[Line, Field(max_length=40)] | None = Field(
        default=None, description="The edition of the rules that a permanent link was made with."
    )

    @model_validator(mode="before")
    @classmethod
    def as_forms_send_it(cls, given: Any) -> Any:
        """Leave out fields that a form left empty, and let a day of knowledge last to its end."""
        if not isinstance(given, dict):
            return given
        filled = {name: value for name, value in given.items() if value not in ("", [""])}
        known_at = filled.get(KNOWN_AT)
        if isinstance(known_at, str) and _DAY.fullmatch(known_at):
            if known_at == today().isoformat():
                # Until now: the day is not over.
                del filled[KNOWN_AT]
            else:
                filled[KNOWN_AT] = f"{known_at}T{_END}"
        return filled


def looks_at(model: type[View] = View, *, heavy: bool = False) -> params.Depends:
    """Return the dependency of a page: a ``Reading`` of its query model, as routes of ``/v1`` have.

    Its key covers the language and the theme of the reader, and the latest revision, since a page
    that is pinned says whether it has changed since.
    """
    return reads(model, heavy=heavy, reader=reader_of)
