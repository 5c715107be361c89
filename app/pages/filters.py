"""Filters of lists of sites in words, for those who came by a link and typed none."""

from collections.abc import Mapping
from functools import cache

from app.core.vocabulary import SubjectType, Unknown
from app.pages.speech import Speech
from app.subjects.columns import SITE_COLUMNS
from app.subjects.definitions import DEFINITIONS

_NAMED = {"q": "sites.words", "boundaries": "province.boundaries"}
_MEMBERS = DEFINITIONS[SubjectType.site].state.members


@cache
def _bounds() -> Mapping[str, tuple[str, str]]:
    """Return the attribute and the sign of each filter that is a bound."""
    ranges = {name: one.attribute.range for name, one in _MEMBERS.items() if one.attribute.range}
    signs = (("min", " ≥"), ("max", " ≤"))
    return {f"{one}_{end}": (name, sign) for name, one in ranges.items() for end, sign in signs}


def filter_text(name: str, value: str, speech: Speech) -> str:
    """Return a filter as people read it; one that has no words as the address has it."""
    if name in _NAMED:
        return f"{speech.text(_NAMED[name])}: {speech.label('boundaries', value)}"
    attribute, sign = _bounds().get(name, (name, ":"))
    if attribute not in _MEMBERS:
        return f"{name} = {value}"
    is_unknown = value == Unknown.null
    shown = speech.text("value.unknown") if is_unknown else speech.value("site", attribute, value)
    return f"{speech.either(*SITE_COLUMNS[attribute])}{sign} {shown}"
