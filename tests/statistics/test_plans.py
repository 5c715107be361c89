"""The plan in force: a province's own, or those of the provinces it took over from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.core.vocabulary import Basis, SiteKind
from app.statistics.observations import Observed, stated_of
from app.statistics.plans import PlanParts, lineage_codes, plan_in_force
from app.units.units import Unit, UnitLevel, Units
from tests.support.timelines import EVE, REFORM, before, observed, since, went

PROVINCE = UnitLevel.province
BAC_KAN = before(PROVINCE, "06", "Bắc Kạn")
OLD = before(PROVINCE, "19", "Thái Nguyên")
NEW = since(PROVINCE, "19", "Thái Nguyên")
HA_NOI = Unit(PROVINCE, "01", "Hà Nội", "city", None, None, None)
UNITS = Units([BAC_KAN, OLD, NEW, HA_NOI], [went(PROVINCE, "06", "19"), went(PROVINCE, "19", "19")])
Y2020, Y2024, Y2026 = date(2020, 1, 1), date(2024, 1, 1), date(2026, 1, 1)


def count(day: date, value: int, province: str = "06", **other: Any) -> Observed:
    return observed(day, value, province_code=province, **other)


def area(day: date, value: str, province: str = "06", **other: Any) -> Observed:
    name = "cluster_planned_area_ha"
    return observed(day, value, province_code=province, indicator=name, **other)


BAC_KAN_PLAN = [count(Y2020, 27), area(Y2020, "676.4")]
OLD_PLAN = [count(Y2020, 41, "19"), area(Y2020, "2067.4", "19")]
NEW_PLAN = [count(Y2026, 60, "19"), area(Y2026, "2500", "19")]


def plan(
    observations: Sequence[Observed], day: date, *members: Unit, kind: SiteKind = SiteKind.cluster
) -> PlanParts:
    return plan_in_force(members, kind, day, UNITS, lambda u, d: stated_of(u, observations, d))


def figures(parts: PlanParts) -> tuple[Decimal | None, Decimal | None, int, int]:
    return parts.sites, parts.area_ha, parts.provinces, parts.provinces_with_plan


def known(sites: int, hectares: str, provinces: int, with_plan: int) -> Any:
    return Decimal(sites), Decimal(hectares), provinces, with_plan


def test_a_province_has_its_own_plan() -> None:
    parts = plan([*BAC_KAN_PLAN, *OLD_PLAN], Y2024, BAC_KAN)
    assert figures(parts) == known(27, "676.4", 1, 1)
    assert list(parts.stated) == BAC_KAN_PLAN


def test_a_plan_is_in_force_from_its_day_on() -> None:
    assert figures(plan(BAC_KAN_PLAN, Y2020, BAC_KAN)) == known(27, "676.4", 1, 1)
    assert figures(plan(BAC_KAN_PLAN, date(2019, 12, 31), BAC_KAN)) == (None, None, 1, 0)


def test_a_merged_province_goes_on_with_the_plans_of_its_predecessors() -> None:
    parts = plan([*OLD_PLAN, *BAC_KAN_PLAN], Y2026, NEW)
    assert figures(parts) == known(68, "2743.8", 2, 2)
    assert list(parts.stated) == [*BAC_KAN_PLAN, *OLD_PLAN]


def test_a_province_without_a_plan_is_counted_but_not_added() -> None:
    assert figures(plan(BAC_KAN_PLAN, Y2026, NEW)) == known(27, "676.4", 2, 1)
    assert figures(plan([], Y2026, NEW)) == (None, None, 2, 0)


def test_the_own_plan_replaces_those_of_the_predecessors() -> None:
    everything = [*BAC_KAN_PLAN, *OLD_PLAN, *NEW_PLAN]
    assert figures(plan(everything, date(2025, 12, 31), NEW)) == known(68, "2743.8", 2, 2)
    assert figures(plan(everything, Y2026, NEW)) == known(60, "2500", 1, 1)
    assert figures(plan(everything, Y2026, OLD)) == known(41, "2067.4", 1, 1)


def test_a_restated_plan_replaces_the_older_value_of_the_same_indicator() -> None:
    restated = [*BAC_KAN_PLAN, count(Y2024, 28)]
    assert figures(plan(restated, date(2023, 12, 31), BAC_KAN)) == known(27, "676.4", 1, 1)
    assert figures(plan(restated, Y2024, BAC_KAN)) == known(28, "676.4", 1, 1)
    assert figures(plan(restated, Y2026, NEW)) == known(28, "676.4", 2, 1)


@pytest.mark.parametrize(("stated_on", "sites"), [(EVE, 30), (REFORM, 27)])
def test_the_plans_of_predecessors_count_as_on_their_last_day(stated_on: date, sites: int) -> None:
    parts = plan([*BAC_KAN_PLAN, count(stated_on, 30)], Y2026, NEW)
    assert parts.sites == sites


def test_a_count_alone_is_a_plan_of_unknown_area() -> None:
    assert figures(plan([count(Y2020, 27)], Y2024, BAC_KAN)) == (Decimal(27), None, 1, 1)
    assert figures(plan([area(Y2020, "9.5")], Y2024, BAC_KAN)) == (None, Decimal("9.5"), 1, 1)


def test_several_provinces_are_added() -> None:
    everything = [*BAC_KAN_PLAN, *OLD_PLAN, *NEW_PLAN]
    assert figures(plan(everything, Y2024, BAC_KAN, OLD)) == known(68, "2743.8", 2, 2)
    assert figures(plan(everything, Y2024, BAC_KAN, OLD, HA_NOI)) == known(68, "2743.8", 3, 2)
    assert figures(plan(everything, Y2024)) == (None, None, 0, 0)


@pytest.mark.parametrize("basis", [Basis.actual, Basis.estimate, Basis.target])
def test_only_plans_are_plans(basis: Basis) -> None:
    stated = [count(Y2020, 27, basis=basis), count(Y2020, 5, indicator="cluster_count")]
    assert figures(plan(stated, Y2024, BAC_KAN)) == (None, None, 1, 0)


def test_kinds_have_separate_plans() -> None:
    zones = [count(Y2020, 3, indicator="zone_planned_count")]
    parts = plan([*BAC_KAN_PLAN, *zones], Y2024, BAC_KAN, kind=SiteKind.zone)
    assert figures(parts) == (Decimal(3), None, 1, 1)


def test_the_codes_of_a_lineage() -> None:
    assert lineage_codes([NEW], UNITS) == {"06", "19"}
    assert lineage_codes([BAC_KAN], UNITS) == {"06"}
    assert lineage_codes([NEW, HA_NOI], UNITS) == {"01", "06", "19"}
    assert lineage_codes([], UNITS) == set()
