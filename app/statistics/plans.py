"""The plan in force for a province: its own, or the sum of its predecessors' plans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.core.vocabulary import Basis, SiteKind
from app.statistics.indicators import planned_area_code, planned_count_code
from app.statistics.observations import Observed, latest
from app.units.units import Unit, Units

Stated = Callable[[Unit, date], Sequence[Observed]]
"""Returns the observations of a unit by a day."""


@dataclass(frozen=True, slots=True)
class PlanParts:
    """The stated counts and areas that make up a plan: those of each province that counts."""

    of_each: tuple[tuple[Observed, ...], ...]

    @property
    def stated(self) -> tuple[Observed, ...]:
        """All stated values."""
        return tuple(observed for plan in self.of_each for observed in plan)

    @property
    def provinces(self) -> int:
        """How many provinces count."""
        return len(self.of_each)

    @property
    def provinces_with_plan(self) -> int:
        """How many of them have a plan."""
        return sum(bool(plan) for plan in self.of_each)

    @property
    def is_complete(self) -> bool:
        """Whether every province that counts has a plan."""
        return self.provinces_with_plan == self.provinces

    @property
    def sites(self) -> Decimal | None:
        """How many sites are planned, ``None`` where a plan does not say."""
        return self._sum("_count")

    @property
    def area_ha(self) -> Decimal | None:
        """How many hectares are planned, ``None`` where a plan does not say."""
        return self._sum("_ha")

    def _sum(self, ending: str) -> Decimal | None:
        """Add up the plans; a plan that is silent leaves the whole unknown, not smaller."""
        values = [o.value for o in self.stated if o.indicator.endswith(ending)]
        complete = values and len(values) == self.provinces_with_plan
        return sum(values, Decimal()) if complete else None


def plan_in_force(
    members: Sequence[Unit], kind: SiteKind, day: date, units: Units, stated: Stated
) -> PlanParts:
    """Return the plans in force on a day for some units, added up.

    A unit that has not stated a plan of its own goes on with those of its predecessors, as they
    were on their last day.
    """
    parts = [p for member in members for p in _plans_of(member, kind, day, units, stated)]
    return PlanParts(tuple(tuple(plan) for plan in parts))


def _plans_of(
    unit: Unit, kind: SiteKind, day: date, units: Units, stated: Stated
) -> list[list[Observed]]:
    """Return one list of stated values for each unit whose plan counts."""
    codes = (planned_count_code(kind), planned_area_code(kind))
    plans = (o for o in stated(unit, day) if o.basis == Basis.plan and o.indicator in codes)
    own = list(latest(plans, lambda o: o.indicator).values())
    predecessors = units.predecessors(unit)
    if own or not predecessors or unit.valid_from is None:
        return [sorted(own, key=lambda o: o.indicator, reverse=True)]
    eve = unit.valid_from - timedelta(days=1)
    return [p for older in predecessors for p in _plans_of(older, kind, eve, units, stated)]


def lineage_codes(members: Sequence[Unit], units: Units) -> set[str]:
    """Return the codes of some units and of all that came before them."""
    older = [p for member in members for p in units.predecessors(member)]
    codes = {member.code for member in members}
    return codes | (lineage_codes(older, units) if older else set())
