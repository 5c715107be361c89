"""Guards of dates that are far off."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.core.dates import PartialDate, add_months
from app.core.messages import SENTENCES, Message, Template
from app.core.vocabulary import MEASURED
from app.entry.guards.declared import Doubt, Entered, Guard, Said

_EARLY = Template("guard.date-early", "{stated} is hardly the date: it is before {limit}.")
_LATE = Template("guard.date-late", "{stated} is hardly the date: it is after {limit}.")
_LIKELY_YEAR = Template("guard.likely-year", "Or {likely}?")
_AFTER_SOURCE = Template(
    "guard.after-source",
    "{stated} is more than a year after the source of {published_on}, which cannot know what is "
    "so then. With basis plan or target it can.",
)

_FIRST = date(1960, 1, 1)
_FIRST_DOCUMENT = date(1945, 9, 2)
_FORESEEABLE_MONTHS = 12
_ACTUAL_MONTHS = 12 * 10
_PLANNABLE_MONTHS = 12 * 50
_DATES = ("expected_operation", "recognised_on")


def _far_off(said: Said) -> Iterator[Doubt]:
    months = _ACTUAL_MONTHS if said.basis in MEASURED else _PLANNABLE_MONTHS
    places: list[tuple[str, Any, int]] = [("#/effective_from", said.body.effective_from, months)]
    places.append(("#/effective_to", getattr(said.body, "effective_to", None), _PLANNABLE_MONTHS))
    for name in _DATES:
        if said.stated.get(name) != said.before.get(name):
            months = 0 if name == "recognised_on" else _PLANNABLE_MONTHS
            places.append((f"#/values/{name}", said.stated.get(name), months))
    for pointer, text, ahead in places:
        detail = _misdated(text, _FIRST, add_months(said.today, ahead)) if text else None
        if detail:
            yield Doubt(pointer, detail)


def _misdated(text: str, first: date, last: date) -> Message | None:
    """Return why a date is hardly right, ``None`` where it lies between two days."""
    day = PartialDate.parse(text).first_day
    if first <= day <= last:
        return None
    fault = _EARLY(stated=text, limit=first) if day < first else _LATE(stated=text, limit=last)
    readings = [_LIKELY_YEAR(likely=one + text[4:]) for one in _likely_years(text[:4], first, last)]
    return SENTENCES(sentences=(fault, *readings[:1]))


def _likely_years(year: str, first: date, last: date) -> list[str]:
    """Return the years that two neighbouring digits changed places in, the latest first."""
    swapped = (year[:n] + year[n + 1] + year[n] + year[n + 2 :] for n in range(len(year) - 1))
    return sorted({one for one in swapped if first.year <= int(one) <= last.year}, reverse=True)


def _after_source(said: Said) -> Iterator[Doubt]:
    published = said.source.get("published_on")
    if published is None or said.basis not in MEASURED:
        return
    last = add_months(PartialDate.parse(published).last_day, _FORESEEABLE_MONTHS)
    if said.day > last:
        detail = _AFTER_SOURCE(stated=said.body.effective_from, published_on=published)
        yield Doubt("#/effective_from", detail)


def _published(document: Entered) -> Iterator[Doubt]:
    text = document.row.get("published_on")
    detail = _misdated(text, _FIRST_DOCUMENT, document.today) if text else None
    if detail:
        yield Doubt("#/published_on", detail)


DATE_FAR_OFF = Guard(
    "date_far_off",
    "The first zone, Biên Hòa, is of 1963: before 1960 there was none. Nothing actual "
    "begins ten years ahead (from one year on recorded_before_it_holds asks), no plan over 50.",
    _far_off,
)
DATE_AFTER_SOURCE = Guard(
    "date_after_source",
    "Logic: a document cannot know what is actual more than a year after its own date.",
    _after_source,
)
PUBLISHED_FAR_OFF = Guard(
    "published_far_off",
    "Logic: no document that can be cited is of a day to come, nor from before 1945-09-02.",
    _published,
)
