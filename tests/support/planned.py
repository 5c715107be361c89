"""Plans of provinces in random histories, and what is in force of them, worked out apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle import State
from tests.support.histories import SOURCES
from tests.support.summed import area_sum, exactness, hedges_of

PLANNED = ("06", "19")
"""The provinces, before the merger, whose plans are stated."""
_SOURCES = ("plan-a", "article-a")
_FIRST_DAYS = {"2019": date(2019, 1, 1), "2021": date(2021, 1, 1), "2023-12": date(2023, 12, 1)}
_HORIZONS = ("2022", "2030", "2024")
_HEDGES = ("exact", "about", "over", "at_least", "up_to")
_OF_A_PLAN = {"planned", "established", "clearance", "construction", "operating", "suspended"}
"""The stages that a site of a plan can have."""


@dataclass(frozen=True)
class Plan:
    """What a source gives as the plan of a province until the end of a year."""

    code: str
    source: str
    effective: str
    horizon: str
    sites: int
    area_ha: int
    hedges: tuple[str, str]
    revision: int

    @property
    def ends(self) -> date:
        """The day by which it is to be reached."""
        return date(int(self.horizon), 12, 31)

    @property
    def rank(self) -> tuple[object, ...]:
        """What decides between plans that are in force; the greatest wins."""
        return self.ends, self.since, SOURCES[self.source][1], self.revision

    @property
    def since(self) -> date:
        """The day from which on it is stated."""
        return _FIRST_DAYS[self.effective]

    @property
    def body(self) -> dict[str, Any]:
        """What is sent to state it."""
        values = (("count", self.sites), ("area_ha", self.area_ha))
        observations = [
            {"indicator": f"cluster_planned_{name}", "value": value, "qualifier": hedge}
            for (name, value), hedge in zip(values, self.hedges, strict=True)
        ]
        return {
            "source_id": self.source,
            "effective_from": self.effective,
            "basis": "plan",
            "observations": [o | {"period": self.horizon} for o in observations],
        }


def plan_number(number: int, revision: int) -> Plan:
    """Return one of a series of plans that differ in all that matters."""
    return Plan(
        PLANNED[number % 2],
        _SOURCES[number // 2 % 2],
        list(_FIRST_DAYS)[number * 2 % 3],
        _HORIZONS[number // 2 % 3],
        10 + number,
        300 + 10 * number,
        (_HEDGES[number % 5], _HEDGES[number * 3 % 5]),
        revision,
    )


def compare_plan(
    found: dict[str, Any] | None, plans: list[Plan], lying_in: list[State], at: tuple[date, int]
) -> None:
    """Compare the plan of a province with the one in force, and with the sites that lie in it."""
    day, revision = at
    known = [p for p in plans if p.revision <= revision and p.since <= day]
    plan = max((p for p in known if p.ends >= day), key=lambda p: p.rank, default=None)
    assert (found is None) == (plan is None), at
    if plan is None or found is None:
        return
    named = ("horizon", "sites", "area_ha", "sites_qualifier", "area_qualifier")
    expected = (plan.ends.isoformat(), plan.sites, plan.area_ha, *plan.hedges)
    assert tuple(found[name] for name in named) == expected, at
    left = ("sites", "sites_qualifier", "area_ha", "area_qualifier")
    assert tuple(found[f"remaining_{name}"] for name in left) == _left(plan, lying_in), at


def _left(plan: Plan, lying_in: list[State]) -> tuple[Any, ...]:
    """Return what remains of a plan besides the sites that it lists."""
    of_plan = [
        now
        for now in lying_in
        if now["stage"] in _OF_A_PLAN and now.get("planning_status") != "removed"
    ]
    planned = [now for now in of_plan if "planned_area_ha" in now]
    own = [now for now in of_plan if now not in planned]
    sums = area_sum(planned, "planned_area_ha"), area_sum(own, "area_ha")
    listed = sum((Decimal(str(one["total_ha"] or 0)) for one in sums), Decimal())
    parts = hedges_of(planned, "planned_area_ha") | hedges_of(own, "area_ha")
    # What is unknown is more than nothing.
    parts |= {"over"} if sums[1]["unknown"] else set()
    sites, area = exactness({plan.hedges[0]}), exactness({plan.hedges[1]}, parts)
    return (
        plan.sites - len(of_plan),
        sites,
        None if area is None else float(plan.area_ha - listed),
        area,
    )
