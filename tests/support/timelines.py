"""Units, timelines and observations, with all that a test does not care about filled in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.dates import Period
from app.core.vocabulary import Basis, DateBasis, Qualifier
from app.statistics.observations import Observed
from app.subjects.fold import FOREVER, StatePeriod
from app.subjects.state_machine import StateMachine, violations
from app.units.units import Succession, Unit, UnitLevel

FIRST, SECOND, THIRD = date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1)
REFORM = date(2025, 7, 1)
EVE = date(2025, 6, 30)


def before(level: UnitLevel, code: str, name: str, parent: str | None = None) -> Unit:
    """Make a unit that ended with the reform."""
    return Unit(level, code, name, "", parent, None, REFORM)


def since(
    level: UnitLevel, code: str, name: str, parent: str | None = None, until: date | None = None
) -> Unit:
    """Make a unit that began with the reform."""
    return Unit(level, code, name, "", parent, REFORM, until)


def went(
    level: UnitLevel, old: str, new: str, extent: str = "whole", on: date = REFORM
) -> Succession:
    """Link a unit to the one it went into."""
    return Succession(level, old, new, on, extent)


def yearly(*states: Mapping[str, Any]) -> list[StatePeriod]:
    """Make a timeline whose states begin a year apart, from 2021 on."""
    days = [date(2021 + place, 1, 1) for place in range(len(states))]
    return [
        StatePeriod(day, end, values)
        for day, end, values in zip(days, [*days[1:], FOREVER], states, strict=True)
    ]


def hectares(**areas: str) -> dict[str, Decimal]:
    """Write areas as decimals."""
    return {name: Decimal(text) for name, text in areas.items()}


Judged = tuple[str, date, bool]
"""Which attribute is at fault from which day on, and whether that is possible with a reason."""


def judged_by(course: StateMachine, *states: Mapping[str, Any]) -> list[Judged]:
    """Judge states that follow each other, a year apart."""
    return [(v.attribute, v.day, v.possible) for v in violations(yearly(*states), course)]


def observed(day: date, value: str | int = 1, **other: Any) -> Observed:
    """Make an observation that takes effect on a day."""
    members: dict[str, Any] = {
        "statement_id": "7-1",
        "position": 1,
        "known_from": 7,
        "province_code": "06",
        "indicator": "cluster_planned_count",
        "basis": Basis.plan,
        "period": day.isoformat(),
        "period_from": day,
        "period_to": day,
        "value": Decimal(value),
        "value_to": None,
        "qualifier": Qualifier.exact,
        "pct_of_target": None,
        "price_base": None,
        "trend": None,
        "source_id": "a-plan",
        "source_title": "A plan",
        "authority": 30,
        "effective_from": day.isoformat(),
        "effective_day": day,
        "date_basis": DateBasis.stated,
    }
    return Observed(**{**members, **other})


def valued(indicator: str, value: str | int, period: str = "2024", **other: Any) -> Observed:
    """Make an estimate of an indicator for a period."""
    span = Period.parse(period)
    members: dict[str, Any] = {
        "indicator": indicator,
        "basis": Basis.estimate,
        "period": period,
        "period_from": span.first_day,
        "period_to": span.last_day,
        **other,
    }
    return observed(members.pop("day", date(2025, 1, 1)), value, **members)
