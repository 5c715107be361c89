"""Filters of lists in words, for those who came by a link and typed none."""

from collections.abc import Mapping
from functools import cache

from app.core.vocabulary import SubjectType, Unknown
from app.pages.speech import Speech
from app.pages.values import label_of
from app.subjects.definitions import DEFINITIONS
from app.subjects.states import Member

_NAMED = {"q": "sites.words", "boundaries": "province.boundaries"}


def _members(what: str) -> Mapping[str, Member]:
    return DEFINITIONS[SubjectType(what)].state.members


@cache
def _bounds(what: str) -> Mapping[str, tuple[str, str]]:
    """Return the attribute and the sign of each filter that is a bound."""
    ranges = {n: one.attribute.range for n, one in _members(what).items() if one.attribute.range}
    signs = (("min", " ≥"), ("max", " ≤"))
    return {f"{one}_{end}": (name, sign) for name, one in ranges.items() for end, sign in signs}


def filter_text(
    what: str, name: str, value: str, named: Mapping[tuple[str, str], str], speech: Speech
) -> str:
    """Return a filter of a list of sites or projects as people read it.

    ``named`` has the names of what filters refer to. One that has no words is as the address has
    it.
    """
    if name in _NAMED:
        return f"{speech.text(_NAMED[name])}: {speech.label('boundaries', value)}"
    attribute, sign = _bounds(what).get(name, (name, ":"))
    members = _members(what)
    if attribute not in members:
        return f"{name} = {value}"
    # A bound needs the unit that its attribute is measured in.
    is_bound = attribute != name
    declared = members[attribute].attribute
    label = speech.attribute(what, attribute) if is_bound else label_of(declared, speech)
    if value == Unknown.null:
        return f"{label}{sign} {speech.text('value.unknown')}"
    shown = named.get((name, value)) or speech.value(what, attribute, value)
    return f"{label}{sign} {shown}"
