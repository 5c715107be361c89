"""Provinces as dated units: which unit a request means, and for which day."""

from datetime import date, timedelta
from typing import Any, NoReturn

from app.core.errors import BadBodyError, NotFoundError, UnitNotValidError
from app.core.vocabulary import Boundaries
from app.units.schemas import Province, ProvinceDetail, UnitLink
from app.units.units import Unit, UnitLevel, Units


def link_members(units: list[Unit]) -> list[dict[str, Any]]:
    """Return units as the members of a problem document."""
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "valid_from": unit.valid_from.isoformat() if unit.valid_from else None,
            "valid_to": unit.valid_to.isoformat() if unit.valid_to else None,
        }
        for unit in units
    ]


def explain_unit(
    units: Units, level: UnitLevel, code: str, day: date
) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    """Say why a code named no unit on a day, and which units to name instead."""
    eras = units.eras(level, code)
    past = [unit for unit in eras if unit.valid_to and unit.valid_to <= day]
    if past:
        heirs = units.successors(past[-1])
        detail = f"{level} {past[-1].label} ended on {past[-1].valid_to}, before {day}."
        return _naming(detail, "Its successor", heirs), {"successors": link_members(heirs)}
    if eras:
        elders = units.predecessors(eras[0])
        detail = f"{level} {eras[0].label} began on {eras[0].valid_from}, after {day}."
        return _naming(detail, "Its predecessor", elders), {"predecessors": link_members(elders)}
    return f"No {level} ever had the code {code!r}.", {}


def _naming(detail: str, what: str, others: list[Unit]) -> str:
    named = ", ".join(unit.label for unit in others)
    return f"{detail} {what}: {named}." if named else detail


def find_province(
    units: Units, code: str, as_of: date | None, today: date, boundaries: Boundaries
) -> tuple[Unit, date, str | None]:
    """Return the province a request means, the day it is answered for, and why that day.

    Without a date, a province that no longer exists answers for its last day. With
    ``boundaries=now`` the code names a province of today, whatever the date.
    """
    if boundaries is Boundaries.now:
        return existing_province(units, code, today), as_of or today, None
    if as_of is not None:
        return existing_province(units, code, as_of), as_of, None
    current = units.at(UnitLevel.province, code, today)
    if current is not None:
        return current, today, None
    return _last_of(units, code)


def existing_province(units: Units, code: str, day: date) -> Unit:
    """Return the province that a code named on a day; problems name what to ask for instead."""
    unit = units.at(UnitLevel.province, code, day)
    if unit is None:
        detail, members = explain_unit(units, UnitLevel.province, code, day)
        raise (UnitNotValidError if members else NotFoundError)(detail, members=members)
    return unit


def _last_of(units: Units, code: str) -> tuple[Unit, date, str | None]:
    ended = [u for u in units.eras(UnitLevel.province, code) if u.valid_to]
    if not ended or ended[-1].valid_to is None:
        raise NotFoundError(f"No province ever had the code {code!r}; see /v1/provinces.")
    unit, end = ended[-1], ended[-1].valid_to
    heirs = ", ".join(heir.label for heir in units.successors(unit))
    last = end - timedelta(days=1)
    note = (
        f"{unit.label} ended on {end}, when it became part of {heirs}; "
        f"without as_of the answer is for its last day, {last}."
    )
    return unit, last, note


def as_province(unit: Unit, units: Units) -> Province:
    """Make the answer for one province."""
    return Province.model_validate(_members(unit, units))


def as_province_detail(unit: Unit, units: Units, day: date, note: str | None) -> ProvinceDetail:
    """Make the answer for one province as of a date."""
    return ProvinceDetail.model_validate(
        {**_members(unit, units), "as_of": day, "as_of_note": note}
    )


def _members(unit: Unit, units: Units) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "type": unit.type,
        "iso_3166_2": unit.iso_3166_2,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "predecessors": [_link(u) for u in units.predecessors(unit)],
        "successors": [_link(u) for u in units.successors(unit)],
    }


def _link(unit: Unit) -> UnitLink:
    return UnitLink(
        code=unit.code, name=unit.name, valid_from=unit.valid_from, valid_to=unit.valid_to
    )


def refuse_unit(units: Units, level: UnitLevel, code: str, day: date, pointer: str) -> NoReturn:
    """Refuse a code in a body."""
    detail, members = explain_unit(units, level, code, day)
    raise BadBodyError.of(pointer, detail, members=members)
