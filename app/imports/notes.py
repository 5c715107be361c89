"""What notes say of a status, by usual wordings. Never more than a suggestion to confirm."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.imports.decisions import Citation, citations
from app.imports.numbers import read_number
from app.imports.words import plain

_CLEARING = "(?:gpmb|giai phong mat bang)"
_WORDINGS = (
    ("construction_status", "not_started", "chua (?:khoi cong|thi cong|xay dung)"),
    ("construction_status", "in_progress", "da khoi cong"),
    ("construction_status", "in_progress", "dang (?:thi cong|xay dung|dau tu ha tang)"),
    ("construction_status", "completed", "hoan thanh (?:xay dung |dau tu )?ha tang"),
    ("clearance_status", "not_started", f"chua (?:{_CLEARING}|trien khai)"),
    ("clearance_status", "completed", f"(?:hoan thanh|da xong|xong) (?:cong tac )?{_CLEARING}"),
    ("clearance_status", "in_progress", f"dang (?:{_CLEARING}|boi thuong)"),
    ("clearance_phase", "", f"{_CLEARING} (?:giai doan|gd) ?([1-9])"),
)
_COMPILED = tuple(
    (name, value, re.compile(f"(?:^| ){text}(?= |$)")) for name, value, text in _WORDINGS
)
_WITHDRAWN = re.compile(
    r"(thu hồi|bãi bỏ|hủy bỏ|huỷ bỏ)\s+(?:QĐ|quyết định)\s+(?:về\s+)?(?:việc\s+)?thành lập",
    re.IGNORECASE,
)
_HECTARES = re.compile(r"(?<![0-9])([0-9][0-9.,]*)\s*ha\b")
_DONE = re.compile(r"(?:da )?(?:xong|hoan thanh)(?: 100)?")
_NEAR = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A decision of establishment that a note says was withdrawn, and by what."""

    words: str
    cited: Citation


@lru_cache(maxsize=8192)
def statuses(note: str) -> tuple[tuple[str, str | int], ...]:
    """Return the attributes that a note gives a value, each once."""
    text = plain(note)
    found: dict[str, str | int] = {}
    for name, value, pattern in _COMPILED:
        if name not in found and (at := pattern.search(text)):
            found[name] = value or int(at.group(1))
    return tuple(found.items())


def withdrawal(note: str) -> Withdrawal | None:
    """Return what a note says about an establishment that was withdrawn."""
    words = _WITHDRAWN.search(note)
    cited = [one for one in citations(note) if one.date] if words else []
    return Withdrawal(words.group(), cited[0]) if words and cited else None


def is_done(text: str) -> bool:
    """Return whether a cell for a quantity says that all of it is done ("đã xong")."""
    return _DONE.fullmatch(plain(text)) is not None


def other_area(note: str, area: Decimal) -> Decimal | None:
    """Return hectares in a note that are nearly an area, and are not that area."""
    for found in _HECTARES.finditer(note):
        number = read_number(found.group(1))
        value = number.value if number else None
        if value and value != area and abs(value - area) <= area * _NEAR:
            return value
    return None
