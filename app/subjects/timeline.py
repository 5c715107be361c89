"""The timeline of a site or project: its statements folded, placed in the day's units, derived."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.definitions import Subject, definition_of
from app.subjects.fold import Assertion, StatePeriod, cut, fold, merge, relevant
from app.units.units import Unit, UnitLevel, Units


class _Located(NamedTuple):
    """A place that a statement names, with what it weighs against others."""

    rank: tuple[date, int, int, int]
    precision: int
    unit: Unit


_PRECISION = {UnitLevel.province: 0, UnitLevel.district: 1, UnitLevel.commune: 2}


def subject_timeline(
    subject: Subject, statements: Iterable[Assertion], units: Units
) -> list[StatePeriod]:
    """Return the versions of a subject over valid time, oldest first, tiling it without gaps.

    Each holds the known attributes and the derived ones. Codes of places are those of its days.
    """
    return timeline_from(subject, statements, units, date.min, ())


def changed_from(subject: Subject, new: Assertion) -> date:
    """Return the first day of which a new statement can change what is known.

    Names and places count for the days before them too.
    """
    attributes = definition_of(subject).attributes
    is_lasting = any(attributes[name].is_lasting for name in new.values if name in attributes)
    return date.min if is_lasting else new.effective_day


def timeline_from(
    subject: Subject,
    statements: Iterable[Assertion],
    units: Units,
    day: date,
    before: Iterable[StatePeriod],
) -> list[StatePeriod]:
    """Return the versions by all statements, those until a day taken from a timeline known before.

    No statement may have been added that changes anything before that day.
    """
    rules = definition_of(subject).attributes.rules
    if day > date.min:
        statements = relevant(statements, day, rules)
    kept = [
        StatePeriod(period.valid_from, min(period.valid_to, day), period.values)
        for period in before
        if period.valid_from < day
    ]
    located = [
        replace(one, values=_locate(one, units)) if _is_placed(one) else one for one in statements
    ]
    days = _days(units, definition_of(subject).change_days)
    for period in fold(located, rules, day):
        if period.valid_to > day:
            since = max(period.valid_from, day)
            later = StatePeriod(since, period.valid_to, period.values)
            kept += _versions(subject, later, days, units)
    return merge(kept)


@lru_cache(maxsize=16)
def _days(units: Units, change_days: tuple[date, ...]) -> tuple[date, ...]:
    """Return the days on which a timeline is cut: units or rules change."""
    return tuple(sorted({*units.change_days, *change_days}))


def _is_placed(assertion: Assertion) -> bool:
    return not UNIT_LEVELS.keys().isdisjoint(assertion.values)


def _locate(assertion: Assertion, units: Units) -> Mapping[str, object]:
    """Replace codes by the units they named when the statement took effect, with its rank."""
    values = dict(assertion.values)
    for name, level in UNIT_LEVELS.items():
        if code := text_of(values, name):
            unit = units.at(level, code, assertion.effective_day)
            values[name] = unit and _Located(assertion.rank, _PRECISION[level], unit)
    return values


def _versions(
    subject: Subject, period: StatePeriod, days: Sequence[date], units: Units
) -> Iterator[StatePeriod]:
    """Yield the period cut at the days, each part with the codes of its days and what follows."""
    values = dict(period.values)
    named = [values.pop(name) for name in UNIT_LEVELS if name in values]
    stated = sorted((one for one in named if isinstance(one, _Located)), reverse=True)
    # Of contradicting units the weightiest statement counts, that is the latest, and of one
    # statement the most precise level. They are compared on the day on which the statement takes
    # effect: a later reform does not bring back what was contradicted before it.
    place = units.fitting((one.rank[0], one.unit) for one in stated)
    for part in cut([StatePeriod(period.valid_from, period.valid_to, values)], days):
        yield _complete(subject, part, place, units)


def _complete(
    subject: Subject, period: StatePeriod, stated: Iterable[Unit], units: Units
) -> StatePeriod:
    place = units.place_on(period.valid_from, stated)
    point = units.point_of(UnitLevel.commune, place.commune_code, period.valid_from)
    derived = {
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
        **definition_of(subject).derive(subject, period.valid_from, period.values, point),
    }
    known = {name: value for name, value in derived.items() if value is not None}
    return StatePeriod(period.valid_from, period.valid_to, {**period.values, **known})


def state_on(timeline: Iterable[StatePeriod], day: date) -> StatePeriod | None:
    """Return the version that holds on ``day``, or ``None`` before the first."""
    return next((p for p in timeline if p.valid_from <= day < p.valid_to), None)
