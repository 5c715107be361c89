"""Looking units up by name, whatever the spelling: which code is meant by "TP Bắc Cạn".

Names are compared by their words, as all names are, and by how a word sounds: in names of places
k and c, y and i were written for each other (Bắc Cạn, Đắc Lắc, Mĩ Đức), and words were joined
(Kontum, Daklak).
"""

import re
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from app.core.query_parameters import words_of
from app.core.vietnamese import fold, sort_key
from app.database.paging import Cursor, mark_of, read_cursor
from app.units.provinces import check_province, dated_members
from app.units.schemas import AdministrativeUnit, AdministrativeUnitPage, UnitsQuery
from app.units.units import Unit, UnitLevel, Units

TYPE_LABELS = {
    "province": "Tỉnh",
    "city": "Thành phố",
    "provincial_city": "Thành phố",
    "town": "Thị xã",
    "urban_district": "Quận",
    "rural_district": "Huyện",
    "ward": "Phường",
    "township": "Thị trấn",
    "commune": "Xã",
    "special_zone": "Đặc khu",
}
_ABBREVIATIONS = {"Thành phố": "TP", "Thị xã": "TX", "Thị trấn": "TT"}
# A c is written as k before e, i and y; elsewhere both were in use. "Kh" is another sound.
_K = re.compile(r"k(?!h)")
_ONLY_Y = re.compile(r"(?<![aeou])y\b")
_LEVELS = list(UnitLevel)


class _Entry(NamedTuple):
    """A unit, its name with and without what it is, and the words to search for."""

    unit: Unit
    names: tuple[str, ...]
    text: str


def label_of(unit: Unit) -> str:
    """Return the name of a unit with what it is, as in Xã Quảng Chu."""
    return f"{TYPE_LABELS[unit.type]} {unit.name}"


def find_units(units: Units, q: str | None, day: date | None) -> list[Unit]:
    """Return the units of a day, or of all times, that have all words of a query, best first.

    The whole name comes before a part of one, then higher levels before lower ones, and what exists
    before what has ended. ``BadParameterError`` if the query has no word.
    """
    if q is None:
        return sorted((u for u in units if day is None or u.exists_on(day)), key=_by_code)
    words = [spelled(word) for word in words_of(q)]
    name = " ".join(words)
    found = (
        entry
        for entry in _index(units)
        if (day is None or entry.unit.exists_on(day))
        and all(f" {word}" in entry.text for word in words)
    )
    best = sorted(found, key=lambda entry: (name not in entry.names, *_by_name(entry.unit)))
    return [entry.unit for entry in best]


def spelled(folded: str) -> str:
    """Return a folded text with one letter for those that were written for each other."""
    return _ONLY_Y.sub("i", _K.sub("c", folded))


@lru_cache(maxsize=2)
def _index(units: Units) -> tuple[_Entry, ...]:
    return tuple(_entry(unit) for unit in units)


def _entry(unit: Unit) -> _Entry:
    name, kinds = spelled(fold(unit.name)), _kinds(unit.type)
    words = (name, name.replace(" ", ""), *kinds)
    names = (name, *(f"{kind} {name}" for kind in kinds))
    return _Entry(unit, names, "".join(f" {word}" for word in words))


@cache
def _kinds(unit_type: str) -> tuple[str, ...]:
    label = TYPE_LABELS[unit_type]
    return tuple(spelled(fold(text)) for text in (label, _ABBREVIATIONS.get(label, label)))


def _by_code(unit: Unit) -> tuple[int, str, date]:
    return _LEVELS.index(unit.level), unit.code, unit.valid_from or date.min


def _by_name(unit: Unit) -> tuple[object, ...]:
    level, *code = _by_code(unit)
    return level, unit.valid_to is not None, sort_key(unit.name), *code


def list_units(units: Units, query: UnitsQuery) -> AdministrativeUnitPage:
    """Return one page of units. A cursor is refused once the units have changed."""
    if query.province_code is not None:
        check_province(units, query.province_code, query.as_of)
    mark = mark_of(query, "units", str(query.as_of), units.digest)
    start = int(read_cursor(query.cursor, mark, [int]).keys[0] or 0) if query.cursor else 0
    found = [
        unit
        for unit in find_units(units, query.q, query.as_of)
        if query.level in {None, unit.level}
        and (query.province_code is None or _lies_in(units, unit, query.province_code))
    ]
    end = start + query.limit
    return AdministrativeUnitPage(
        items=[_as_unit(units, unit) for unit in found[start:end]],
        next_cursor=Cursor(mark, 0, date.min, (end,)).encode() if found[end:] else None,
        as_of=query.as_of,
    )


def _lies_in(units: Units, unit: Unit, province_code: str) -> bool:
    province = units.above(unit, UnitLevel.province)
    return province is not None and province.code == province_code


def _as_unit(units: Units, unit: Unit) -> AdministrativeUnit:
    province = units.above(unit, UnitLevel.province)
    district = units.above(unit, UnitLevel.district)
    return AdministrativeUnit(
        **dated_members(unit, units),
        level=unit.level,
        label=label_of(unit),
        province_code=province.code if province else None,
        province_name=province.name if province else None,
        district_code=district.code if district else None,
        district_name=district.name if district else None,
    )
