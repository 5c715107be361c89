"""Provinces as dated units: which one a code in a request names, and as of which day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NoReturn

from app.core.dates import PartialDate
from app.core.digest import JsonObject
from app.core.errors import BadBodyError, NotFoundError, UnitNotValidError
from app.core.messages import Message, Template
from app.core.vocabulary import Boundaries
from app.units.schemas import Province, UnitLink
from app.units.units import Unit, UnitLevel, Units

_CHANGES_WITHIN = Template(
    "units.changes-within",
    "The {level} {code} is not the same territory throughout {text}: write one of {days}, by which "
    "territory is meant.",
)
_ENDS_WITHIN = Template(
    "units.ends-within", "The {level} {unit} ended on {end}, within {text}: write {day}."
)
_BEGINS_WITHIN = Template(
    "units.begins-within", "The {level} {unit} began on {start}, within {text}: write {day}."
)
Members = dict[str, list[object]]
"""Units as members of a problem document."""
_ENDED = Template("units.ended", "{level:Word} {unit} ended on {end} and does not exist on {day}.")
_ENDED_WITH_HEIRS = Template(
    "units.ended-with-successors",
    "{level:Word} {unit} ended on {end} and does not exist on {day}. Its successor: {others}.",
)
_TO_COME = Template("units.to-come", "{level:Word} {unit} began on {start}, after {day}.")
_TO_COME_WITH_ELDERS = Template(
    "units.to-come-with-predecessors",
    "{level:Word} {unit} began on {start}, after {day}. Its predecessor: {others}.",
)
_NO_UNIT = Template("units.no-such-code", "No {level} ever had the code {code!r}.")
_NO_ZERO = Template(
    "units.no-leading-zero",
    "No {level} ever had the code {code!r}; codes have their leading zeros: {written}.",
)
_NO_PROVINCE = Template(
    "units.no-such-province", "No province ever had the code {code!r}; see /v1/provinces."
)
_DIGITS = {UnitLevel.province: 2, UnitLevel.district: 3, UnitLevel.commune: 5}
_AS_OF_LAST_DAY = Template(
    "units.as-of-last-day",
    "{unit} ended on {end}, when it became part of {heirs}; without as_of the answer is for its "
    "last day, {last}.",
)


def _link_members(units: list[Unit]) -> list[object]:
    return [_link(unit).model_dump(mode="json") for unit in units]


def explain_unit(units: Units, level: UnitLevel, code: str, day: date) -> tuple[Message, Members]:
    """Return why a code names no unit on a day, and the units to name instead."""
    eras = units.eras(level, code)
    past = [unit for unit in eras if unit.valid_to and unit.valid_to <= day]
    if past:
        return _explain_ended(past[-1], units.successors(past[-1]), day)
    if eras:
        return _explain_to_come(eras[0], units.predecessors(eras[0]), day)
    return _no_such(units, level, code) or _NO_UNIT(level=level, code=code), {}


def _no_such(units: Units, level: UnitLevel, code: str) -> Message | None:
    """Return how to write a code that lacks its leading zeros."""
    written = code.zfill(_DIGITS[level])
    if written == code or not units.eras(level, written):
        return None
    return _NO_ZERO(level=level, code=code, written=written)


def _explain_ended(unit: Unit, heirs: list[Unit], day: date) -> tuple[Message, Members]:
    dated = {"level": unit.level, "unit": unit.label, "end": unit.valid_to, "day": day}
    detail = _ENDED_WITH_HEIRS(**dated, others=_labels(heirs)) if heirs else _ENDED(**dated)
    return detail, {"successors": _link_members(heirs)}


def _explain_to_come(unit: Unit, elders: list[Unit], day: date) -> tuple[Message, Members]:
    dated = {"level": unit.level, "unit": unit.label, "start": unit.valid_from, "day": day}
    detail = _TO_COME_WITH_ELDERS(**dated, others=_labels(elders)) if elders else _TO_COME(**dated)
    return detail, {"predecessors": _link_members(elders)}


def _labels(units: list[Unit]) -> str:
    return ", ".join(unit.label for unit in units)


def find_province(
    units: Units, code: str, as_of: date | None, today: date, boundaries: Boundaries
) -> tuple[Unit, date, Message | None]:
    """Return the province that a code names, the day to answer for, and a note on that day.

    Without a date, a province that no longer exists answers for its last day, which the note says.
    With ``boundaries=now`` the code names a province of today, whatever the date.
    ``UnitNotValidError`` or ``NotFoundError`` if the code names none.
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
    """Return the province that a code named on a day; problems name the units to use instead."""
    unit = units.at(UnitLevel.province, code, day)
    if unit is None:
        detail, members = explain_unit(units, UnitLevel.province, code, day)
        raise (UnitNotValidError if members else NotFoundError)(detail, members=members)
    return unit


def check_province(units: Units, code: str, day: date | None) -> None:
    """Raise if a code named no province on a day, or without one never did."""
    if day is not None:
        existing_province(units, code, day)
    elif not units.eras(UnitLevel.province, code):
        raise _never_was(units, code)


def _never_was(units: Units, code: str) -> NotFoundError:
    detail = _no_such(units, UnitLevel.province, code) or _NO_PROVINCE(code=code)
    return NotFoundError(detail)


def _last_of(units: Units, code: str) -> tuple[Unit, date, Message | None]:
    ended = [u for u in units.eras(UnitLevel.province, code) if u.valid_to]
    if not ended or ended[-1].valid_to is None:
        raise _never_was(units, code)
    unit, last = ended[-1], ended[-1].valid_to - timedelta(days=1)
    return unit, last, _note_on(units, unit)


def last_common_day(
    units: Units, named: Iterable[tuple[UnitLevel, str]], today: date
) -> tuple[date, Message | None]:
    """Return the day to answer for where units are named without a date, and a note on it.

    That is today, or else the last day on which all of them existed. A code that is valid today
    means today's unit; where there is no such day, it is today, on which some do not exist.
    """
    found = [units.at(level, c, today) or _newest(units, level, c) for level, c in named]
    there = [unit for unit in found if unit is not None]
    ended = [unit for unit in there if unit.valid_to and unit.valid_to <= today]
    if not ended or len(there) < len(found):
        return today, None
    unit = min(ended, key=lambda one: one.valid_to or today)
    day = (unit.valid_to or today) - timedelta(days=1)
    if not all(one.exists_on(day) for one in there):
        return today, None
    return day, _note_on(units, unit)


def _newest(units: Units, level: UnitLevel, code: str) -> Unit | None:
    return next(reversed(units.eras(level, code)), None)


def _note_on(units: Units, unit: Unit) -> Message:
    """Return why the answer is for the last day of a unit that ended."""
    end = unit.valid_to or date.max
    heirs, last = _labels(units.successors(unit)), end - timedelta(days=1)
    return _AS_OF_LAST_DAY(unit=unit.label, end=end, heirs=heirs, last=last)


def as_province(unit: Unit, units: Units) -> Province:
    """Return the answer for one province."""
    return Province(**dated_members(unit, units), iso_3166_2=unit.iso_3166_2)


def dated_members(unit: Unit, units: Units) -> JsonObject:
    """Return the members of ``DatedUnit``."""
    return {
        **dict(_link(unit)),
        "type": unit.type,
        "predecessors": [_link(elder) for elder in units.predecessors(unit)],
        "successors": [_link(heir) for heir in units.successors(unit)],
    }


def _link(unit: Unit) -> UnitLink:
    return UnitLink(
        code=unit.code, name=unit.name, valid_from=unit.valid_from, valid_to=unit.valid_to
    )


def check_partial_date(units: Units, level: UnitLevel, code: str, text: str, pointer: str) -> None:
    """Raise ``BadBodyError`` for a date that leaves open which territory of a code is meant.

    A code that names nothing within the date is left to ``refuse_unit``.
    """
    span = PartialDate(text)
    found = units.territories(level, code, span.first_day, span.last_day)
    if not found:
        return
    day, unit = found[0]
    named: dict[str, object] = {"level": level, "unit": unit.label, "text": text, "day": day}
    if len(found) > 1:
        days = ", ".join(str(first) for first, _ in found)
        raise BadBodyError.of(
            pointer, _CHANGES_WITHIN(level=level, code=code, text=text, days=days)
        )
    if day > span.first_day:
        raise BadBodyError.of(pointer, _BEGINS_WITHIN(**named, start=day))
    if unit.valid_to and unit.valid_to <= span.last_day:
        raise BadBodyError.of(pointer, _ENDS_WITHIN(**named, end=unit.valid_to))


def stated_province(units: Units, code: str, effective_from: str) -> Unit:
    """Return the province that a statement with a partial date is about."""
    check_partial_date(units, UnitLevel.province, code, effective_from, "#/effective_from")
    return existing_province(units, code, PartialDate(effective_from).first_day)


def refuse_unit(units: Units, level: UnitLevel, code: str, day: date, pointer: str) -> NoReturn:
    """Raise ``BadBodyError`` for a code in a body that names no unit on a day."""
    detail, members = explain_unit(units, level, code, day)
    raise BadBodyError.of(pointer, detail, members=members)
