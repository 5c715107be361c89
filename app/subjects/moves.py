"""What does not make sense of where sites and projects lie: they do not move."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.core.messages import Template
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.state_machine import Violation
from app.units.units import Unit, UnitLevel, Units

_MOVES = Template(
    "state.moves",
    "it gets from province {old} to {new}, and neither sites nor projects move.",
)
_ELSEWHERE = Template(
    "state.elsewhere",
    "{stated} does not fit what another statement says of the same day: {name} {other}.",
)


def moves(timeline: Sequence[StatePeriod], units: Units) -> list[Violation]:
    """Return where a subject comes into another province by other means than a reform of units.

    Neither sites nor projects move: either place may be a slip, and the figures of both provinces
    depend on it.
    """
    found = []
    last: str | None = None
    since = date.min
    for now in timeline:
        code = text_of(now.values, "province_code")
        if code is None:
            continue
        if last is not None and _province_on(last, since, now.valid_from, units) != code:
            reason = _MOVES(old=last, new=code)
            found.append(Violation("province_code", now.valid_from, reason, True, (*UNIT_LEVELS,)))
        last, since = code, now.valid_from
    return found


def disagreements(new: Assertion, others: Iterable[Assertion], units: Units) -> list[Violation]:
    """Return the places that others state from the same day on, and that a new one does not fit."""
    day, named = new.effective_day, _named(new, units)
    of_the_day = [other for other in others if named and other.effective_day == day]
    return [
        Violation(
            name, day, _ELSEWHERE(stated=unit.label, name=other_name, other=other.label), True
        )
        for assertion in of_the_day
        for other_name, other in _named(assertion, units)
        for name, unit in named
        if len(units.fitting(((day, other), (day, unit)))) == 1
    ]


def _named(assertion: Assertion, units: Units) -> list[tuple[str, Unit]]:
    """Return the units that a statement names, by attribute."""
    codes = ((name, text_of(assertion.values, name)) for name in UNIT_LEVELS)
    day = assertion.effective_day
    found = ((n, units.at(UNIT_LEVELS[n], code, day)) for n, code in codes if code)
    return [(name, unit) for name, unit in found if unit]


def _province_on(code: str, since: date, day: date, units: Units) -> str | None:
    unit = units.at(UnitLevel.province, code, since)
    heir = units.follow(unit, day) if unit else None
    return heir.code if heir else None
