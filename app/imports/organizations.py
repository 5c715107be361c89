"""Organizations as tables name them: abbreviated, several in a cell, committees and firms."""

import re
from functools import lru_cache

from app.imports.words import plain

_ABBREVIATIONS = (
    ("Công ty", r"(?:Cty|CTY|Cty\.|C\.ty)"),
    ("Cổ phần", r"(?:CP|C\.P|cp)"),
    ("Trách nhiệm hữu hạn", r"(?:TNHH|T\.N\.H\.H)"),
    ("Một thành viên", r"(?:MTV|1TV|một TV)"),
    ("Đầu tư xây dựng", r"(?:ĐTXD|DTXD)"),
    ("Đầu tư", r"(?:ĐT)"),
    ("Xây dựng", r"(?:XD)"),
    ("Tập đoàn", r"(?:TĐ)"),
    ("Ủy ban nhân dân", r"(?:UBND)"),
    ("Ban quản lý", r"(?:BQL)"),
    ("Hợp tác xã", r"(?:HTX)"),
)
_SHORT = tuple((full, re.compile(rf"(?<![\w.]){short}(?![\w])")) for full, short in _ABBREVIATIONS)
_KEPT_SHORT = {"Trách nhiệm hữu hạn": "TNHH", "Một thành viên": "MTV", "Ủy ban nhân dân": "UBND"}
_JOINT = re.compile(r"^\s*liên danh(?:\s+(?:giữa|các))?\s*:?\s*", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:;|\n|\s[-–]\s|,|\s(?:và|&)\s)\s*"
    r"(?=(?:Công ty|Cty|CTY|Tập đoàn|Tổng công ty|HTX|Hợp tác xã|Ban |BQL|Trung tâm)\b)"
)
_PEOPLES_COMMITTEE = re.compile(r"(?:ubnd|uy ban nhan dan)(?: |$)")
_MANAGING = re.compile(r"(?:ban quan ly|bql|trung tam (?:khuyen cong|phat trien))(?: |$)")


@lru_cache(maxsize=8192)
def full_name(name: str) -> str:
    """Return a name with its usual abbreviations written out, those that names keep left short."""
    for full, short in _SHORT:
        name = short.sub(_KEPT_SHORT.get(full, full), name)
    return re.sub(r"\s+", " ", name).strip(" .;,-")


@lru_cache(maxsize=8192)
def organizations(text: str) -> tuple[str, ...]:
    """Return the names of the organizations in a cell, in full."""
    parts = _BETWEEN.split(_JOINT.sub("", text))
    return tuple(full_name(part) for part in parts if part.strip())


@lru_cache(maxsize=8192)
def key_of(name: str) -> str:
    """Return what two spellings of the name of one organization have in common."""
    return plain(full_name(name))


def manages(text: str) -> bool:
    """Return whether an organization manages a site: a people's committee never develops one."""
    return _PEOPLES_COMMITTEE.match(plain(text)) is not None


def is_public(text: str) -> bool:
    """Return whether an organization is a public body that may manage or develop a site."""
    return manages(text) or _MANAGING.match(plain(text)) is not None
