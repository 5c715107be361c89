"""The timeline of a site or project: its statements folded, placed in the day's units, derived."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.subjects.attributes import UNIT_LEVELS
from app.subjects.declarations import Subject, rules_of
from app.subjects.fold import Assertion, StatePeriod, cut, fold, merge
from app.units.units import Unit, UnitLevel, Units

_Rank = tuple[date, int, int, int]
_PRECISION = {UnitLevel.province: 0, UnitLevel.district: 1, UnitLevel.commune: 2}


def subject_timeline(
    subject: Subject, statements: Iterable[Assertion], units: Units
) -> list[StatePeriod]:
    """Return the versions of a subject over valid time, oldest first, tiling it without gaps.

    Each piece holds the known attributes and the derived ones. Codes of places are those of the
    piece's days.
    """
    located = (replace(said, values=_locate(said, units)) for said in statements)
    days = sorted({*units.change_days, *rules_of(subject).change_days})
    pieces = cut(fold(located), days)
    return merge([_complete(subject, piece, units) for piece in pieces])


def _locate(said: Assertion, units: Units) -> Mapping[str, Any]:
    """Replace codes by the units they named when the statement took effect, with its rank."""
    values = dict(said.values)
    for name, level in UNIT_LEVELS.items():
        if values.get(name) is not None:
            unit = units.at(level, values[name], said.effective_day)
            values[name] = unit and (said.rank, _PRECISION[level], unit)
    return values


def _complete(subject: Subject, piece: StatePeriod, units: Units) -> StatePeriod:
    values = dict(piece.values)
    stated = sorted((values.pop(name) for name in UNIT_LEVELS if name in values), reverse=True)
    place = units.place_on(piece.valid_from, _fitting(stated, units))
    point = units.point_of(UnitLevel.commune, place.commune_code, piece.valid_from)
    derived = {
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
        **rules_of(subject).derive(subject, piece.valid_from, values, point),
    }
    known = {name: value for name, value in derived.items() if value is not None}
    return StatePeriod(piece.valid_from, piece.valid_to, values | known)


def _fitting(stated: list[tuple[_Rank, int, Unit]], units: Units) -> tuple[Unit, ...]:
    """Leave out what a weightier statement contradicts on the day it takes effect.

    ``stated`` comes with the weightiest first: the latest statement, and of one statement the most
    precise level. A later reform does not bring back what was contradicted before it.
    """
    return units.fitting((rank[0], unit) for rank, _, unit in stated)


def state_on(timeline: Iterable[StatePeriod], day: date) -> StatePeriod | None:
    """Return the version that holds on ``day``, or ``None`` before the first."""
    return next((p for p in timeline if p.valid_from <= day < p.valid_to), None)
