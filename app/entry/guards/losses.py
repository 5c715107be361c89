"""Guards of what a subject loses with a statement that is retracted or replaced."""

from collections.abc import Callable, Iterator
from datetime import date

from app.core.messages import Template
from app.entry.guards.declared import Doubt, Guard, Lessened

_NO_NAME = Template(
    "guard.no-name-left",
    "From {day} on the {what:word} {key!r} would have no name. Replace the statement by one that "
    "names it, or withdraw the {what:word} if it was registered by mistake.",
)
_NO_PLACE = Template(
    "guard.no-place-left",
    "From {day} on the province of the {what:word} {key!r} would be unknown. Replace the statement "
    "by one that says where it is, or withdraw the {what:word} if it was registered by mistake.",
)


def _loss_of(attribute: str, template: Template) -> Callable[[Lessened], Iterator[Doubt]]:
    def find(about: Lessened) -> Iterator[Doubt]:
        day = _lost_on(attribute, about)
        if day is not None:
            what, key = about.subject
            yield Doubt(f"#/values/{attribute}", template(day=day, what=what, key=key))

    return find


def _lost_on(attribute: str, about: Lessened) -> date | None:
    """Return the first day of a history without an attribute that was known on it before.

    Before its history begins, nothing is known of a subject, and nothing is lost.
    """
    known = [one for one in about.before if one.values.get(attribute) is not None]
    if not about.after:
        return known[0].valid_from if known else None
    days = (
        max(one.valid_from, old.valid_from)
        for one in about.after
        for old in known
        if one.values.get(attribute) is None
        and one.valid_from < old.valid_to
        and old.valid_from < one.valid_to
    )
    return min(days, default=None)


NAME_LOST = Guard(
    "leaves_no_name",
    "The finding site_without_name: what has no name is listed under none.",
    _loss_of("name", _NO_NAME),
)
PLACE_LOST = Guard(
    "leaves_no_place",
    "The finding site_without_province: what lies in no province is counted by none.",
    _loss_of("province_code", _NO_PLACE),
)
