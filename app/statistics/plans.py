"""The plan in force for a province: its own, or the sum of its predecessors' plans.

A plan is what one source states of one horizon, the day by which it is to be reached. Its figures
keep their hedges, and so does what remains of it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.core.vocabulary import Basis, Qualifier, SiteKind
from app.statistics.hedges import RemainderQualifier, hedge_of_figure, hedge_of_sum
from app.statistics.indicators import planned_area_code, planned_count_code
from app.statistics.observations import Observed, latest
from app.units.units import Unit, Units

Stated = Callable[[Unit, date], Sequence[Observed]]
"""Returns the observations of a unit by a day."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The count and the area that one source states of one horizon, where it states them.

    A plan whose values are about the date of their statement alone has no ``horizon``.
    """

    horizon: date | None
    stated: tuple[Observed, ...]

    def has_begun(self, day: date) -> bool:
        """Return whether the plan covers a day or one before; one date is a horizon alone."""
        return any(o.period_from <= day or "/" not in o.period for o in self.stated)

    def has_passed(self, day: date) -> bool:
        """Return whether the plan was to be reached before a day."""
        return self.horizon is not None and self.horizon < day

    @property
    def rank(self) -> tuple[object, ...]:
        """The greatest wins: latest horizon, then latest stated, then the weightiest."""
        return (self.horizon or date.min, max(o.rank for o in self.stated))


@dataclass(frozen=True, slots=True)
class PlanParts:
    """The plans that count, ``None`` for a province that has none in force, and all others."""

    of_each: tuple[Plan | None, ...]
    others: tuple[Plan, ...] = ()

    @property
    def stated(self) -> tuple[Observed, ...]:
        """All stated values of the plans in force."""
        return tuple(observed for plan in self.of_each if plan for observed in plan.stated)

    @property
    def horizon(self) -> date | None:
        """The horizon of the plans, ``None`` where it is unknown or they have several."""
        horizons = {plan.horizon for plan in self.of_each if plan}
        return horizons.pop() if len(horizons) == 1 else None

    @property
    def provinces(self) -> int:
        """How many provinces count."""
        return len(self.of_each)

    @property
    def provinces_with_plan(self) -> int:
        """How many of them have a plan in force."""
        return sum(plan is not None for plan in self.of_each)

    @property
    def is_complete(self) -> bool:
        """Whether every province that counts has a plan in force."""
        return self.provinces_with_plan == self.provinces

    @property
    def sites(self) -> "Total":
        """How many sites are planned."""
        return self._sum("_count")

    @property
    def area_ha(self) -> "Total":
        """How many hectares are planned."""
        return self._sum("_ha")

    def _sum(self, ending: str) -> "Total":
        """Add up the plans; a plan that is silent leaves the whole unknown, not smaller."""
        values = [o for o in self.stated if o.indicator.endswith(ending)]
        hedge = hedge_of_sum([o.qualifier for o in values])
        if not values or len(values) < self.provinces_with_plan or hedge is None:
            return Total(None, None)
        return Total(sum([o.value for o in values], Decimal()), hedge)


@dataclass(frozen=True, slots=True)
class Total:
    """A planned figure with its hedge; both ``None`` where it is not known."""

    value: Decimal | None
    hedge: Qualifier | None

    def less(
        self, listed: Decimal, *, is_unknown: bool = False, hedges: Collection[str] = ()
    ) -> tuple[Decimal | None, RemainderQualifier | None]:
        """Return what remains of it and how exactly that is known, if it is."""
        if self.value is None or self.hedge is None:
            return None, None
        hedge = hedge_of_figure([self.hedge], hedges, is_unknown=is_unknown)
        return (None if hedge is None else self.value - listed), hedge


def plan_in_force(
    members: Sequence[Unit], kind: SiteKind, day: date, units: Units, stated: Stated
) -> PlanParts:
    """Return the plans in force on a day for some units, added up, and the others.

    A unit that has not stated a plan of its own goes on with those of its predecessors, as they
    were on their last day.
    """
    of_each: list[Plan | None] = []
    others: list[Plan] = []
    for plans in (p for member in members for p in _plans_of(member, kind, day, units, stated)):
        ranked = sorted(plans, key=lambda plan: plan.rank, reverse=True)
        running = (plan for plan in ranked if plan.has_begun(day) and not plan.has_passed(day))
        chosen = next(running, None)
        of_each.append(chosen)
        others += [plan for plan in ranked if plan is not chosen]
    return PlanParts(tuple(of_each), tuple(others))


def _plans_of(
    unit: Unit, kind: SiteKind, day: date, units: Units, stated: Stated
) -> list[list[Plan]]:
    """Return the plans of each unit whose plan counts, which may have none."""
    codes = (planned_count_code(kind), planned_area_code(kind))
    own = [o for o in stated(unit, day) if o.basis == Basis.plan and o.indicator in codes]
    predecessors = units.predecessors(unit)
    if own or not predecessors or unit.valid_from is None:
        return [_as_plans(own)]
    eve = unit.valid_from - timedelta(days=1)
    return [p for older in predecessors for p in _plans_of(older, kind, eve, units, stated)]


def _as_plans(stated: Iterable[Observed]) -> list[Plan]:
    by_source: dict[tuple[str, date | None], list[Observed]] = defaultdict(list)
    for o in stated:
        by_source[o.source_id, _horizon(o)].append(o)
    return [Plan(horizon, _figures(values)) for (_, horizon), values in by_source.items()]


def _figures(values: Iterable[Observed]) -> tuple[Observed, ...]:
    """Return the latest count and the latest area."""
    found = latest(values, lambda o: o.indicator).values()
    return tuple(sorted(found, key=lambda o: o.indicator, reverse=True))


def _horizon(observed: Observed) -> date | None:
    """Return the day by which a value is to be reached: the end of the period it is about."""
    return None if observed.period == observed.effective_from else observed.period_to


def lineage_codes(members: Sequence[Unit], units: Units) -> set[str]:
    """Return the codes of some units and of all that came before them."""
    older = [p for member in members for p in units.predecessors(member)]
    codes = {member.code for member in members}
    return codes | (lineage_codes(older, units) if older else set())
