"""Conditions of lists of sites and projects: codes, places, ranges, words of a name."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, String, literal
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.core.errors import BadParameterError
from app.core.query_parameters import words_of
from app.core.vocabulary import Boundaries
from app.ledger.snapshots import At, Snapshot
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.query_parameters import HistoryFilter
from app.units.provinces import explain_unit
from app.units.units import Unit, UnitLevel, Units

Columns = ReadOnlyColumnCollection[str, Column[Any]]
_COMPARISONS = {"min": "__ge__", "max": "__le__"}


def conditions(
    columns: Columns,
    query: HistoryFilter,
    asked: Snapshot,
    codes: Iterable[str],
    ranges: Iterable[tuple[str, str]] = (),
) -> list[ColumnElement[bool]]:
    """Return the conditions that a query asks for.

    ``codes`` are parameters named like their column; ``ranges`` are pairs of a parameter, which
    ends in ``_min`` or ``_max``, and a column.
    """
    found: list[ColumnElement[bool]] = [
        columns[name].in_(_codes_then(name, wanted, query.boundaries, asked))
        for name in (*UNIT_LEVELS, *codes)
        if (wanted := getattr(query, name))
    ]
    for parameter, name in ranges:
        bound = getattr(query, parameter)
        if bound is not None:
            comparison = _COMPARISONS[parameter.rpartition("_")[2]]
            found.append(getattr(columns[name], comparison)(bound))
    if query.q is not None:
        found += [_has_word(columns["search_text"], word) for word in words_of(query.q)]
    return found


def _has_word(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    return column.like(literal(f"% {word}%", String))


def _codes_then(
    name: str, wanted: Sequence[str], boundaries: Boundaries, asked: Snapshot
) -> list[str]:
    """Turn codes of today's units into those of the date, where today's are asked for."""
    if name not in UNIT_LEVELS:
        return list(wanted)
    is_now = boundaries is Boundaries.now
    day = asked.today if is_now else asked.at.day
    other = (
        ", or of the date with boundaries=then" if is_now else ", or give as_of for another date"
    )
    named = [_unit_asked(name, code, day, asked.units, other) for code in wanted]
    return [m.code for unit in named for m in asked.units.members_on(unit, asked.at.day)]


def _unit_asked(name: str, code: str, day: date, units: Units, other: str) -> Unit:
    unit = units.at(UNIT_LEVELS[name], code, day)
    if unit is None:
        detail, members = explain_unit(units, UNIT_LEVELS[name], code, day)
        hint = f"{detail} Name a unit of {day}{other}."
        raise BadParameterError.of(name, hint, members)
    return unit


def translate_place(
    values: Mapping[str, Any], told_by: At, units: Units, today: date
) -> dict[str, Any]:
    """Replace the codes of a place by those of today's units."""
    stated = _units_of(values, told_by, units)
    place = units.place_on(today, stated)
    return {
        **values,
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
    }


def _units_of(values: Mapping[str, Any], at: At, units: Units) -> list[Unit]:
    coded = ((level, values[f"{level}_code"]) for level in UnitLevel)
    found = (units.at(level, code, at.day) for level, code in coded if code is not None)
    return [unit for unit in found if unit]
