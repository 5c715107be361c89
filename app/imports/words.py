"""Words of headers, folded, and the attribute that each stands for.

The words are data: ``app/data/import-headers.csv``, one ``attribute,phrases`` a line. Phrases that
``+`` joins must all occur in the texts over a column, in words that are adjacent; ``=`` before a
phrase means that nothing else is said. The longest wording that fits decides.
"""

import csv
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from app.core.vietnamese import fold

TABLE = Path(__file__).parent.parent / "data" / "import-headers.csv"
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_BRACKETED = re.compile(r"\([^()]*\)")


class Wording(NamedTuple):
    """One line of the table."""

    attribute: str
    phrases: tuple[str, ...]
    is_whole: bool


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """Return the folded words of a text without any punctuation."""
    return _NOT_WORDS.sub(" ", fold(text)).strip()


@cache
def wordings() -> tuple[Wording, ...]:
    """Return the table, the longest wordings first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [(line["attribute"], line["phrases"]) for line in csv.DictReader(file)]
    read = [
        Wording(attribute, tuple(phrases.removeprefix("=").split("+")), phrases.startswith("="))
        for attribute, phrases in lines
    ]
    return tuple(sorted(read, key=lambda one: -sum(map(len, one.phrases))))


@lru_cache(maxsize=4096)
def attribute_of(header: str) -> str | None:
    """Return the attribute that a header of one level or several (joined by ``/``) stands for."""
    text = plain(_BRACKETED.sub(" ", header)) or plain(header)
    whole = {text, *(plain(_BRACKETED.sub(" ", level)) for level in header.split(" / "))}
    padded = f" {text} "
    for wording in wordings():
        if wording.is_whole:
            if wording.phrases[0] in whole:
                return wording.attribute
        elif all(f" {phrase} " in padded for phrase in wording.phrases):
            return wording.attribute
    return None
