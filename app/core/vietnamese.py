"""Vietnamese text: how names are searched, sorted and made into ids.

Folding and collation weights come from ``vn_text`` and ``vn_collate``. This module adds the words
for the kind of a name's bearer (CCN, dự án), numbers within names, and the rule that Vietnamese
names are sorted syllable by syllable.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import vn_text
from vn_collate import TONE_MARKS, collate_key

# A letter or digit with the combining marks that follow it: a name may arrive decomposed (NFD).
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_NUMBER_OR_LETTERS = re.compile(r"[0-9]+|[^0-9]+")
# Folded spellings of the words for a kind of site, by the short one.
_ZONE = re.compile(r"\b(?:khu cong nghiep|khu cn|kcn)\b")
_CLUSTER = re.compile(r"\b(?:cum cong nghiep|cum cn|ccn)\b")
_PREFIX = re.compile(f"(?:{_ZONE.pattern}|{_CLUSTER.pattern}|lang nghe|du an)(?= )")
# Folded words in the names of companies, by the abbreviations that are in use for them.
_COMPANY_WORDS = {
    "cong ty": ("cty", "ct"),
    "co phan": ("cp",),
    "trach nhiem huu han": ("tnhh",),
    "mot thanh vien": ("mtv", "1tv", "1 thanh vien"),
    "xuat nhap khau": ("xnk",),
    "dau tu": ("dt",),
    "xay dung": ("xd",),
    "thuong mai": ("tm",),
    "san xuat": ("sx",),
    "dich vu": ("dv",),
}
_JOINED = {
    "ctcp": "cong ty co phan",
    "cttnhh": "cong ty trach nhiem huu han",
    "dtxd": "dau tu xay dung",
}
_IN_FULL = {
    **_JOINED,
    **{short: full for full, shorts in _COMPANY_WORDS.items() for short in shorts},
}
_ABBREVIATED = re.compile(rf"\b(?:{'|'.join(sorted(_IN_FULL, key=len, reverse=True))})\b")
# "C.ty", "Cty." and "T.N.H.H" come folded into single letters.
_SPELLED_OUT = re.compile(r"\b(?:c ty|t n h h|x n k|c t)\b")
# What may stand between such words and the name itself: "CCN - Quảng Chu", "CCN: Quảng Chu".
_SEPARATORS = " \t\n\u00a0-\u2013\u2014:,."
# Vietnamese collation sorts digits before letters, whose weights begin at 0x0b.
_NUMBER_WEIGHT = "01"


def fold(text: str) -> str:
    """Return the search key of a text: no case, no accents, d for đ, single spaces between words.

    The Icelandic letter eth is read as đ, since in Vietnamese text it is a damaged đ.
    """
    return vn_text.fold(vn_text.repair_mojibake(text))


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """Return ASCII text whose byte order is the Vietnamese order of names.

    A database column of these keys must be compared bytewise (``COLLATE "C"`` on PostgreSQL).

    The order is syllable by syllable (An, Ăn, Ân; Dương before Đức), a name before the longer names
    that begin with it, and numbers by value (Chợ Mới 2 before Chợ Mới 10). Case, punctuation, the
    place of the tone mark in a syllable (hoà, hòa) and leading words such as CCN do not count, so
    different names may have the same key.
    """
    plain = unicodedata.normalize("NFC", vn_text.repair_mojibake(without_prefix(text))).lower()
    # One key per word, because the weights place spaces after letters: whole names would sort
    # "Chu Hương" after "Chung". A space is below every hexadecimal digit of the keys it joins.
    return " ".join(_word_key(word) for word in _WORD.findall(plain))


def without_prefix(name: str) -> str:
    """Return the name of a site or project without the leading words for its kind.

    "CCN Quảng Chu" and "Cụm công nghiệp Quảng Chu" give "Quảng Chu". A name without such words, or
    made of nothing else, is returned as it is.
    """
    prefix = kind_words(name)
    if not prefix:
        return name
    last = list(_WORD.finditer(name))[len(prefix.split()) - 1]
    return name[last.end() :].lstrip(_SEPARATORS)


def kind_words(name: str) -> str:
    """Return the leading words for the kind of a name's bearer, folded; empty where it has none."""
    prefix = _PREFIX.match(" ".join(fold(word.group()) for word in _WORD.finditer(name)))
    return prefix.group() if prefix else ""


@lru_cache(maxsize=16_384)
def name_key(name: str) -> str:
    """Return a name as it is compared: without the words for its kind, accents and case."""
    return fold(without_prefix(name))


def slug(text: str) -> str:
    """Return a text as part of a readable id: "Quảng Chu" gives "quang-chu".

    Only a to z and 0 to 9 are kept, so a text in another script gives an empty slug.
    """
    return "-".join(_LATIN_WORD.findall(fold(text)))


def words_of_id(name: str) -> str:
    """Return a readable id as words: "ccn-quang-chu" gives "ccn quang chu"."""
    return name.replace("-", " ")


@lru_cache(maxsize=4096)
def search_text(*texts: str) -> str:
    """Return the folded words of all the texts, each once and after a space.

    It holds a word that begins with ``w`` if it is ``LIKE '% w%'``; no word holds a wildcard. The
    words for zones and clusters are present both short and in full, so that all of "CCN", "cụm CN"
    and a half-typed "cụm công ng" are found.
    """
    words = (word for text in texts for word in _both_spellings(fold(text)).split())
    return "".join(f" {word}" for word in _once(words))


def search_words(q: str) -> list[str]:
    """Return the folded words of a query, each to be searched for separately in a ``search_text``.

    The words for zones and clusters are reduced to the short spelling ("kcn", "ccn").
    """
    short = _CLUSTER.sub("ccn", _ZONE.sub("kcn", fold(q)))
    return list(_once(short.split()))


def company_text(*texts: str) -> str:
    """Return the ``search_text`` of names of organizations, with the usual words in every spelling.

    "CTCP", "CT CP" and "Công ty cổ phần" find each other, as do TNHH, MTV, XNK, ĐT and XD.
    """
    return search_text(*texts, *(_every_spelling(company_name(text)) for text in texts))


@lru_cache(maxsize=16_384)
def company_name(text: str) -> str:
    """Return a folded name with the usual abbreviations in full: equal for equivalent names."""
    joined = _SPELLED_OUT.sub(lambda found: found.group().replace(" ", ""), fold(text))
    return _ABBREVIATED.sub(lambda found: _IN_FULL[found.group()], joined)


def _every_spelling(full: str) -> str:
    spellings = ((words, shorts) for words, shorts in _COMPANY_WORDS.items() if words in full)
    joined = (short for short, words in _JOINED.items() if words in full)
    return " ".join((full, *joined, *(short for _, shorts in spellings for short in shorts)))


def _both_spellings(folded: str) -> str:
    return _CLUSTER.sub("ccn cum cong nghiep", _ZONE.sub("kcn khu cong nghiep", folded))


def _once(words: Iterable[str]) -> Iterable[str]:
    """Return the words in their order, without repetitions."""
    return dict.fromkeys(words)


def _word_key(word: str) -> str:
    return "".join(
        _number_key(run) if run[0] in "0123456789" else collate_key(_tone_last(run))
        for run in _NUMBER_OR_LETTERS.findall(word)
    )


def _number_key(digits: str) -> str:
    """Return a key that orders runs of digits by value: first by length, then digit by digit."""
    significant = digits.lstrip("0")
    return f"{_NUMBER_WEIGHT}{len(significant):04x}{significant}"


def _tone_last(letters: str) -> str:
    """Move tone marks to the last letter: a syllable has one tone, wherever it is written."""
    decomposed = unicodedata.normalize("NFD", letters)
    tones = "".join(mark for mark in decomposed if mark in TONE_MARKS)
    return "".join(mark for mark in decomposed if mark not in TONE_MARKS) + tones
