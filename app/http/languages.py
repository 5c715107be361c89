"""The languages of messages: their catalogues, and which of them a client prefers."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.pofile import read_po
from fastapi import Request

from app.core.messages import Catalogue
from app.http.entity_tags import qualities

LOCALES = Path(__file__).resolve().parents[1] / "locale"
"""The folder of the catalogues: ``<language>/messages.po``, whose msgids are ids of messages."""
_ENGLISH = "en"


def read_catalogues(folder: Path) -> dict[str, Catalogue]:
    """Return the catalogues in a folder by language; what is not translated is left out."""
    return {path.parent.name: _read(path) for path in sorted(folder.glob("*/messages.po"))}


def _read(path: Path) -> Catalogue:
    with path.open("rb") as file:
        entries = read_po(file, locale=path.parent.name.replace("-", "_"))
        return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


CATALOGUES: Mapping[str, Catalogue] = read_catalogues(LOCALES)
"""The catalogues of this release; English needs none, since the templates are English."""

LANGUAGES = (_ENGLISH, *CATALOGUES)
"""The languages that there are."""


def language_of(request: Request) -> str:
    """Return the language, among those there are, that a request's Accept-Language prefers."""
    return preferred_language(", ".join(request.headers.getlist("accept-language")))


def preferred_language(accepted: str) -> str:
    """Return the language, among those there are, that an Accept-Language header prefers."""
    return _preferred(accepted, (_ENGLISH, *CATALOGUES)) if accepted else _ENGLISH


@lru_cache(maxsize=256)
def _preferred(accepted: str, available: tuple[str, ...]) -> str:
    wanted = {tag: quality for tag, quality in qualities(accepted).items() if quality > 0}
    ranked = sorted(wanted, key=lambda tag: -wanted[tag])
    found = negotiate_locale(ranked, available, sep="-")
    return next((tag for tag in available if tag.lower() == found), _ENGLISH)
