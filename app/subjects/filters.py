"""Conditions of lists of sites and projects: codes, places, ranges, words of a name."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Column, ColumnElement, String, literal
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.query_parameters import words_of
from app.core.vocabulary import Boundaries
from app.ledger.snapshots import At, Snapshot
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.query_parameters import HistoryFilter
from app.subjects.states import State
from app.units.provinces import explain_unit
from app.units.units import Unit, Units

Columns = ReadOnlyColumnCollection[str, Column[object]]
_NO_UNIT_TODAY = Template(
    "subjects.no-unit-today",
    "{fault} Name a unit of {day}, or of the date with boundaries=then.",
)
_NO_UNIT_THEN = Template(
    "subjects.no-unit-then", "{fault} Name a unit of {day}, or give as_of for another date."
)


def conditions(
    columns: Columns, state: type[State], query: HistoryFilter, snapshot: Snapshot
) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters of a query that the attributes of a state give."""
    declared = [member.attribute for member in state.members.values()]
    wheres: list[ColumnElement[bool]] = [
        columns[a.name].in_(_codes_then(a.name, wanted, query.boundaries, snapshot))
        for a in declared
        if a.filtered and (wanted := getattr(query, a.name))
    ]
    for attribute in (a for a in declared if a.range):
        column = columns[attribute.name]
        least, most = (getattr(query, f"{attribute.range}_{end}") for end in ("min", "max"))
        wheres += [column >= least] if least is not None else []
        wheres += [column <= most] if most is not None else []
    if query.q is not None:
        wheres += [_has_word(columns["search_text"], word) for word in words_of(query.q)]
    return wheres


def _has_word(column: ColumnElement[object], word: str) -> ColumnElement[bool]:
    return column.like(literal(f"% {word}%", String))


def _codes_then(
    name: str, wanted: Sequence[str], boundaries: Boundaries, snapshot: Snapshot
) -> list[str]:
    """Translate codes of today's units into those of the date, with ``boundaries=now``."""
    if name not in UNIT_LEVELS:
        return list(wanted)
    is_now = boundaries is Boundaries.now
    day = snapshot.today if is_now else snapshot.at.day
    refusal = _NO_UNIT_TODAY if is_now else _NO_UNIT_THEN
    units = snapshot.units
    named = [_existing_unit(name, code, day, units, refusal) for code in wanted]
    return [m.code for unit in named for m in units.members_on(unit, snapshot.at.day)]


def _existing_unit(name: str, code: str, day: date, units: Units, refusal: Template) -> Unit:
    unit = units.at(UNIT_LEVELS[name], code, day)
    if unit is None:
        fault, members = explain_unit(units, UNIT_LEVELS[name], code, day)
        raise BadParameterError.of(name, refusal(fault=fault, day=day), members)
    return unit


def translate_place(
    values: Mapping[str, object], at: At, units: Units, today: date
) -> dict[str, object]:
    """Replace the codes of a place, which are those of ``at``, by those of today's units."""
    coded = ((level, text_of(values, name)) for name, level in UNIT_LEVELS.items())
    stated = (units.at(level, code, at.day) for level, code in coded if code is not None)
    place = units.place_on(today, [unit for unit in stated if unit])
    return {
        **values,
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
    }
