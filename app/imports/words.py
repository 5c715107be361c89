"""Words of headers, folded, and the attribute that each stands for.

The words are data: ``app/data/import-headers.csv``, one ``attribute,phrases`` a line. Phrases that
``+`` joins must all occur in the texts over a column, in words that are adjacent; ``=`` before a
phrase means that nothing else is said. The longest wording that fits decides, unless the header
says more that changes what its hectares are: "Diện tích chưa GPMB" is no area of the site.
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
_AREAS = ("area_ha", "planned_area_ha")
_BESIDE_AREAS = frozenset(
    """
    tong so cong toan bo quy mo dien tich dt dat ha hecta m m2 cua cac cum khu cong nghiep ccn kcn
    va du an theo tai trong tinh den tu nhien hien nay nam ngay thang trang quy hoach qh duoc da
    phe duyet duyet dieu chinh bo sung thanh lap mo rong quyet dinh qd co thong tin chung
    """.split()  # noqa: SIM905 (a list of words is read at once)
)
"""Words that leave the hectares in a header what they are: those of the whole site."""
_OTHER_PART = frozenset({"chua", "dang", "con", "khong", "kien"})
"""Words that make hectares of some use those which are not so: not yet, still, expected."""


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
        elif all(f" {phrase} " in padded for phrase in wording.phrases) and not _says_more(
            header, wording
        ):
            return wording.attribute
    return None


def _says_more(header: str, wording: Wording) -> bool:
    """Return whether words beyond a wording of hectares, also in brackets, make them others."""
    rest = set(plain(header).split()).difference(*(phrase.split() for phrase in wording.phrases))
    base = wording.attribute.partition("@")[0]
    if base in _AREAS:
        return any(word not in _BESIDE_AREAS and not word.isdigit() for word in rest)
    return base.endswith("_ha") and not rest.isdisjoint(_OTHER_PART)
