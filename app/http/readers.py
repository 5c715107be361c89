"""Who looks at a page: in which language, and in which theme.

An address may name the language (``?lang=``); a cookie keeps what a reader chose; else the language
is the one that ``Accept-Language`` prefers, and the theme that of the device.
"""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from fastapi import Request
from starlette.requests import cookie_parser

from app.http.languages import LANGUAGES, language_of


class Theme(StrEnum):
    """The colours of pages; ``auto`` are those of the device."""

    auto = "auto"
    light = "light"
    dark = "dark"


LANGUAGE = "lang"
THEME = "theme"


class Choices(NamedTuple):
    """What a reader chose to keep; ``None`` where nothing was chosen."""

    language: str | None
    theme: Theme


class Reader(NamedTuple):
    """Who a page is for."""

    language: str
    theme: Theme


@lru_cache(maxsize=256)
def choices_in(cookies: str) -> Choices:
    """Return what a Cookie header keeps; what is none of the choices is left out."""
    kept = cookie_parser(cookies)
    language, theme = kept.get(LANGUAGE), kept.get(THEME)
    return Choices(
        language if language in LANGUAGES else None,
        Theme(theme) if theme in set(Theme) else Theme.auto,
    )


def reader_of(request: Request) -> Reader:
    """Return who a page is for."""
    chosen = choices_in("; ".join(request.headers.getlist("cookie")))
    named = request.query_params.get(LANGUAGE)
    language = named if named in LANGUAGES else chosen.language
    return Reader(language or language_of(request), chosen.theme)
