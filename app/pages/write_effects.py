"""What a write would change, in words: values before and after, figures, findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.core.vocabulary import HISTORIC, SubjectType
from app.pages.import_effects import by_place
from app.pages.pages import Figures
from app.pages.speech import Speech
from app.pages.values import label_of, members_of, shown
from app.subjects.attributes import Attribute, ValueType
from app.subjects.definitions import DEFINITIONS

_HEDGES = {"qualifiers", "values_to"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A value before and after; ``None`` where it is unknown."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Period:
    """An interval of days in which a subject would be otherwise."""

    name: str
    valid_from: date
    valid_to: date | None
    differences: Sequence[Difference]
    begins: bool
    """Whether nothing was known of it before."""
    ends: bool


def effect_figures(answer: Any, speech: Speech) -> Figures:
    """Return what a page shows of the answer to a dry run; nothing without an answer."""
    dry = getattr(answer, "dry_run", None)
    findings = getattr(answer, "findings", None)
    return {
        "periods": list(_joined(_periods(dry, speech))) if dry else [],
        "places": by_place(dry.figures, speech) if dry else [],
        "raised": findings.raised if findings else [],
        "settled": findings.settled if findings else [],
    }


def _joined(periods: Iterable[Period]) -> Iterator[Period]:
    """Yield periods; those that only go on as the one before them are one with it."""
    last: Period | None = None
    for one in periods:
        if last and last.valid_to == one.valid_from and _alike(last, one):
            last = replace(last, valid_to=one.valid_to)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _alike(one: Period, other: Period) -> bool:
    return replace(one, valid_from=other.valid_from, valid_to=other.valid_to) == other


def _periods(dry: Any, speech: Speech) -> Iterator[Period]:
    for what in HISTORIC:
        for change in getattr(dry, f"{what}s"):
            before, after = _state(change.before), _state(change.after)
            found = list(_differences(what, before, after, speech))
            if found or not before or not after:
                now = after or before
                name = str(now.get("name") or now.get("id") or "")
                until = change.valid_to
                yield Period(name, change.valid_from, until, found, not before, not after)


def _state(answer: object) -> Mapping[str, object]:
    return members_of(answer) if answer is not None else {}


def _differences(
    what: SubjectType, before: Mapping[str, object], after: Mapping[str, object], speech: Speech
) -> Iterator[Difference]:
    planned = speech.text("subject.planned")
    for member in DEFINITIONS[what].state.members.values():
        one = member.attribute
        yield from _difference(one, before, after, label_of(one, speech), speech)
        if one.two_lanes:
            plans = (_state(before.get("planned")), _state(after.get("planned")))
            yield from _difference(one, *plans, f"{label_of(one, speech)} {planned}", speech)


def _difference(
    attribute: Attribute,
    before: Mapping[str, object],
    after: Mapping[str, object],
    label: str,
    speech: Speech,
) -> Iterator[Difference]:
    if attribute.type is ValueType.geometry:
        return
    was, is_ = shown(attribute, before, speech), shown(attribute, after, speech)
    if was != is_:
        yield Difference(label, was.text if was else None, is_.text if is_ else None)
