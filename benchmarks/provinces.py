"""What documents state about the synthetic provinces: plans, published totals and targets."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from app.core.vocabulary import Basis, SiteKind

_KINDS = (SiteKind.zone, SiteKind.cluster)
_YEARS = range(2017, 2025)
_TARGETS = (("2016/2020", "2016-07-01"), ("2021/2025", "2021-07-01"))

Statement = tuple[str, Basis, str, list[dict[str, Any]]]
"""Effective date, basis, kind of source and observations of one statement."""


def statements_of(random: Random, sites: int) -> Iterator[Statement]:
    """Yield the statements about a province before 2025-07-01 that has about so many sites."""
    for day in ("2016-01-01", "2021-01-01"):
        yield day, Basis.plan, "plan", [o for kind in _KINDS for o in _plan(random, kind, sites)]
    for period, day in _TARGETS:
        observations = [_count(f"{kind}_operating_count", sites // 2, period) for kind in _KINDS]
        yield day, Basis.target, "plan", observations
    for year in _YEARS:
        yield f"{year}-12-31", Basis.actual, "report", _totals(random, sites, year)


def totals_after_the_merger(random: Random, sites: int) -> Statement:
    """Return the first totals that a province of since 2025-07-01 publishes."""
    return date(2025, 9, 30).isoformat(), Basis.actual, "report", _totals(random, sites, 2025)


def _plan(random: Random, kind: SiteKind, sites: int) -> list[dict[str, Any]]:
    return [
        _count(f"{kind}_planned_count", sites * 6 // 10 + 1),
        _area(f"{kind}_planned_area_ha", random.randint(20_000, 900_000)),
    ]


def _totals(random: Random, sites: int, year: int) -> list[dict[str, Any]]:
    share = sites * (year - 2015) // 20
    return [
        statement
        for kind in _KINDS
        for statement in (
            _count(f"{kind}_established_count", share),
            _count(f"{kind}_operating_count", share // 2),
            _area(f"{kind}_area_ha", random.randint(10_000, 500_000)),
            _area(f"{kind}_leased_ha", random.randint(5_000, 200_000)),
            {"indicator": f"{kind}_occupancy_pct", "value": Decimal(random.randint(20, 95))},
        )
    ]


def _count(indicator: str, value: int, period: str | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"indicator": indicator, "value": Decimal(value)}
    return statement if period is None else {**statement, "period": period}


def _area(indicator: str, hundredths: int) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(hundredths) / 100}
