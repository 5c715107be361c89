"""Numbers as officers write them: "1.124,5", "817.303 tỷ", "18/75", "khoảng 20", "75 (GĐ1: 9,5)".

A number with one separator and three digits after it can be read two ways. It is returned with
both readings; ``separators.py`` decides.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from app.core.vietnamese import fold
from app.core.vocabulary import Qualifier

MARKERS = frozenset({"-", "–", "—", "x", "…", "...", "..", "/", "?", "n/a", "chưa có số liệu"})
"""What stands for unknown; never zero."""
_HEDGES = (
    (Qualifier.at_least, ("≥", ">=", "toi thieu", "it nhat", "khong duoi")),
    (Qualifier.up_to, ("≤", "<=", "<", "toi da", "len den", "len toi", "khong qua", "duoi")),
    (Qualifier.over, (">", "tren", "hon")),
    (Qualifier.about, ("~", "≈", "khoang", "gan", "uoc dat", "uoc", "xap xi", "tam")),
)
_NUMERAL = r"[+\-−]?[0-9][0-9.,]*(?:[ \u00a0\u202f][0-9]{3}(?![0-9]))*(?:[.,][0-9]+)?"
_NUMBER = re.compile(rf"({_NUMERAL})")
_GROUPED = re.compile(r"[0-9]{1,3}([., \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*")
_SPACES = re.compile(r"[ \u00a0\u202f]")
_UNITS = {
    "ty dong": Decimal(10**9), "ty": Decimal(10**9), "ty vnd": Decimal(10**9),
    "trieu dong": Decimal(10**6), "trieu": Decimal(10**6), "tr dong": Decimal(10**6),
    "trd": Decimal(10**6), "tr.d": Decimal(10**6), "tr.dong": Decimal(10**6),
    "tr. dong": Decimal(10**6), "trieu d": Decimal(10**6), "ty d": Decimal(10**9),
    "nghin dong": Decimal(1000), "ngan dong": Decimal(1000), "1.000 dong": Decimal(1000),
    "1000 dong": Decimal(1000), "dong": Decimal(1), "vnd": Decimal(1),
    "d": Decimal(1), "ha": Decimal(1), "hec ta": Decimal(1), "m2": Decimal("0.0001"),
    "m²": Decimal("0.0001"), "ho": Decimal(1), "cum": Decimal(1), "khu": Decimal(1),
    "nguoi": Decimal(1), "du an": Decimal(1), "%": Decimal(1), "usd": Decimal(1),
    "trieu usd": Decimal(10**6), "ty usd": Decimal(10**9),
}  # fmt: skip
_UNIT = re.compile(
    rf"(?:\s*({'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?![a-z0-9]))"
)
_MONEY = frozenset({"dong", "ty", "trieu", "tr", "tr.", "tr.d", "tr.dong", "trd", "nghin", "ngan"})
_MONEY |= {"vnd", "d", "usd"}
_THREE = 3
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell says: ``other`` is the second reading, ``top`` the upper end of a range.

    ``separator`` is the one that makes it ambiguous; ``unit`` is a folded unit of the cell itself,
    ``rest`` the text after the number, ``of`` the denominator of "18/75".
    """

    value: Decimal | None
    other: Decimal | None = None
    separator: str = ""
    qualifier: Qualifier | None = None
    top: Decimal | None = None
    of: Decimal | None = None
    unit: str | None = None
    rest: str = ""
    marker: str | None = None
    evidence: str = ""

    def chosen(self, value: Decimal) -> "Number":
        """Return the number with one of its readings."""
        return replace(self, value=value, other=None)


@lru_cache(maxsize=32768)
def read_number(text: str) -> Number | None:
    """Return what a text says, ``None`` for a text that begins with no number."""
    stripped = text.strip()
    if not stripped or stripped.lower() in MARKERS:
        return Number(None, marker=stripped or None)
    qualifier, remaining = _hedge(stripped)
    found = _NUMBER.match(remaining)
    if found is None:
        return None
    number = numeral(found.group())
    after = remaining[found.end() :]
    return (
        _with_rest(replace(number, qualifier=qualifier), after)
        if number.value is not None
        else None
    )


def _hedge(text: str) -> tuple[Qualifier | None, str]:
    folded = fold(text) if not text[0].isdigit() else ""
    for qualifier, words in _HEDGES:
        for word in words:
            if text.startswith(word) or folded.startswith(f"{word} "):
                rest = (
                    text[len(word) :]
                    if text.startswith(word)
                    else text.split(None, len(word.split()))[-1]
                )
                return qualifier, rest.strip()
    if folded.startswith(("tu ", "dat ")):
        return None, text.split(None, 1)[1]
    return None, text


def _with_rest(number: Number, after: str) -> Number:
    number, after = _unit(number, after)
    joined = after.lstrip()
    if joined.startswith("/") and (found := _NUMBER.match(joined[1:].lstrip())):
        denominator = numeral(found.group())
        after = joined[1:].lstrip()[found.end() :]
        number, after = _unit(replace(number, of=denominator.value), after)
    elif found := re.match(rf"(?:[-–—÷]|đến|tới)\s*({_NUMERAL})", joined):
        number = replace(number, top=numeral(found.group(1)).value, qualifier=Qualifier.range)
        number, after = _unit(number, joined[found.end() :])
    return replace(number, rest=after.strip(" ,;"))


def _unit(number: Number, after: str) -> tuple[Number, str]:
    if not after:
        return number, after
    found = _UNIT.match(_aligned(after))
    if found is None:
        return number, after
    return replace(number, unit=found.group(1)), after[found.end() :]


def _aligned(text: str) -> str:
    """Fold a text letter by letter, so that places in it stay what they are."""
    return "".join(fold(letter) if letter.isalpha() else letter for letter in text)


def numeral(text: str) -> Number:
    """Read digits with separators: what decides is the last one, and how many digits follow."""
    sign = -1 if text[0] in "-−" else 1
    digits = _SPACES.sub("", text.lstrip("+-−")).rstrip(".,")
    if len(digits) > _MOST_DIGITS:
        return Number(None)
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return Number(sign * Decimal(digits))
    if len(set(marks)) > 1:
        return _both(digits, marks, sign)
    if len(marks) > 1:
        is_grouped = _GROUPED.fullmatch(digits)
        evidence = "." if marks[0] == "," else ","
        return (
            Number(sign * Decimal(digits.replace(marks[0], "")), evidence=evidence)
            if is_grouped
            else Number(None)
        )
    return _one(digits, marks[0], sign)


def _both(digits: str, marks: list[str], sign: int) -> Number:
    decimal = marks[-1]
    if marks.count(decimal) > 1:
        return Number(None)
    grouping = marks[0]
    whole, _, fraction = digits.partition(decimal)
    if not _GROUPED.fullmatch(whole):
        return Number(None)
    return Number(sign * Decimal(f"{whole.replace(grouping, '')}.{fraction}"), evidence=decimal)


def _one(digits: str, mark: str, sign: int) -> Number:
    whole, _, fraction = digits.partition(mark)
    as_decimal = sign * Decimal(f"{whole}.{fraction}")
    if len(fraction) != _THREE or len(whole) > _THREE or whole.startswith("0"):
        return Number(as_decimal, evidence=mark)
    return Number(as_decimal, other=sign * Decimal(whole + fraction), separator=mark)


def scale(unit: str | None) -> Decimal | None:
    """Return what a folded unit of money or area is multiplied by to give đồng or hectares."""
    return _UNITS.get(unit) if unit else None


def unit_in(header: str) -> str | None:
    """Return the unit that a header names: "Tổng mức đầu tư (tỷ đồng)" gives ``ty dong``."""
    for inner in reversed(re.findall(r"\(([^()]*)\)", header)):
        folded = _aligned(inner.strip()).strip()
        if folded in _UNITS:
            return folded
    return None


def is_money(unit: str | None) -> bool:
    """Return whether a folded unit is one of money."""
    return unit is not None and not _MONEY.isdisjoint(unit.split())


def is_unit(text: str) -> bool:
    """Return whether a text is nothing but a unit."""
    return _aligned(text.strip()).strip() in _UNITS
