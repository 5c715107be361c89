"""Texts in the encodings before Unicode, TCVN3 (ABC) and VNI, as they stand in single cells.

Both show Vietnamese by fonts that draw other letters at the places of Latin ones: "Côm c«ng nghiÖp"
and "Cuïm coâng nghieäp" are "Cụm công nghiệp". A text is read as one of them where all its words
are Vietnamese syllables afterwards, and were not before.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_ROOF, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT, "â": _ROOF,
    "á": _ROOF + _ACUTE, "à": _ROOF + _GRAVE, "å": _ROOF + _HOOK, "ã": _ROOF + _TILDE,
    "ä": _ROOF + _DOT, "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_PAIR = re.compile(r"([aeouyôö])([ùøûõïâáàåãäêéèúüë])", re.IGNORECASE)
_VNI_LETTER = re.compile("[ôöñíìæóòî]", re.IGNORECASE)
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_CLOSED = "(?:iê|yê|uô|ươ|uyê|uâ|oa|oă|oe|uê|uy|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])"
_OPEN = (
    "(?:iêu|yêu|uôi|ươi|ươu|oai|oay|oao|oeo|uyu|uya|uây|[aeou]o|[aâêiươu]u|[aoôơuư]i|[aâ]y"
    "|[iuư]a|oa|oe|uê|uơ|uy|[aeêioôơuưy])"
)
_SYLLABLE = re.compile(f"{_ONSET}(?:{_CLOSED}|{_OPEN})")
_TONES = str.maketrans("", "", _ACUTE + _GRAVE + _HOOK + _TILDE + _DOT)


@lru_cache(maxsize=8192)
def modern(text: str, legacy: str | None = None) -> str:
    """Return a text in Unicode; one that is in neither legacy encoding is returned as it is.

    ``legacy`` is the encoding that most cells around it have (``legacy_of``). It decides where a
    text is Vietnamese both ways: "Ghi chó" is also "Ghi chú" in TCVN3.
    """
    if text.isascii() or not any("\u00a1" <= letter <= "\u00ff" for letter in text):
        return text
    if not _ONLY_UNICODE.isdisjoint(text):
        return text
    readings = {"tcvn3": _from_tcvn3(text), "vni": _from_vni(text)}
    best = max(readings, key=lambda name: (_share(readings[name]), name == legacy))
    before, after = _share(text), _share(readings[best])
    is_better = after > before or (best == legacy and after == before)
    return readings[best] if is_better and after > _ENOUGH else text


def legacy_of(texts: Iterable[str]) -> str | None:
    """Return the legacy encoding that most of the texts have which can only be read one way."""
    votes: Counter[str | None] = Counter()
    for text in texts:
        if text.isascii():
            continue
        converted = modern(text)
        if converted != text:
            votes["tcvn3" if converted == _from_tcvn3(text) else "vni"] += 1
        elif not _ONLY_UNICODE.isdisjoint(text):
            votes[None] += 1
    return votes.most_common(1)[0][0] if votes else None


_ENOUGH = 0.6
_ONLY_UNICODE = frozenset("đơưăạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")


def _share(text: str) -> float:
    """Return the share of words with marks that are Vietnamese syllables."""
    words = [word for word in _marked(text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


def _marked(text: str) -> list[str]:
    return re.findall(r"[^\s\d,.;:()/+\-–\"'%]+", text)


def _is_syllable(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def _from_tcvn3(text: str) -> str:
    converted = "".join(_TCVN3.get(letter, letter) for letter in text)
    # Capital letters with tones have no place of their own: the font draws small ones as capitals.
    return re.sub(r"\w+", lambda found: _capitals(found.group()), converted)


def _capitals(word: str) -> str:
    plain = [letter for letter in word if letter.isascii()]
    return word.upper() if len(plain) > 1 and all(map(str.isupper, plain)) else word


def _from_vni(text: str) -> str:
    paired = _VNI_PAIR.sub(_vni_pair, text)
    single = _VNI_LETTER.sub(lambda found: _like(_VNI_LETTERS, found.group()), paired)
    return unicodedata.normalize("NFC", single.translate(_KEPT))


# Letters made of pairs are kept apart from those that stand for others until the end.
_SHIFT = 0xE100
_KEPT = {_SHIFT + code: code for code in range(0xC0, 0x1EFA)}


def _vni_pair(found: re.Match[str]) -> str:
    base, mark = found.groups()
    letter = _like(_VNI_LETTERS, base) if base.lower() in "ôö" else base
    made = unicodedata.normalize("NFC", letter + _VNI_MARKS[mark.lower()])
    return "".join(chr(ord(one) + _SHIFT) for one in made)


def _like(table: dict[str, str], letter: str) -> str:
    made = table[letter.lower()]
    return made.upper() if letter.isupper() else made
