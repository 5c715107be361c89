"""The plan in force: a province's own, or those of the provinces it took over from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.core.vocabulary import Basis, Qualifier, SiteKind
from app.statistics.hedges import hedge_of_figure, hedge_of_sum
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
    return (
        parts.sites.value,
        parts.area_ha.value,
        parts.provinces,
        parts.provinces_with_plan,
    )


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
    assert parts.sites.value == sites


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


# Horizons


def until(horizon: int, **other: Any) -> dict[str, Any]:
    """Return what makes an observation one of a plan until the end of a year."""
    end = date(horizon, 12, 31)
    return {"period": str(horizon), "period_from": date(horizon, 1, 1), "period_to": end, **other}


def in_force(stated: Sequence[Observed], day: date) -> tuple[Any, ...]:
    parts = plan(stated, day, BAC_KAN)
    horizons = [other.horizon and other.horizon.year for other in parts.others]
    horizon = parts.horizon.year if parts.horizon else None
    return horizon, parts.sites.value, parts.area_ha.value, horizons


TO_2025 = [count(Y2020, 20, **until(2025)), area(Y2020, "400", **until(2025))]
TO_2030 = [
    count(Y2020, 27, **until(2030, source_id="b")),
    area(Y2020, "676.4", **until(2030, source_id="b")),
]


def test_the_latest_horizon_that_has_not_passed_is_in_force() -> None:
    assert in_force([*TO_2030, *TO_2025], Y2024) == (2030, 27, Decimal("676.4"), [2025])
    # However late the shorter plan was stated.
    late = [count(Y2024, 22, **until(2025)), *TO_2030]
    assert in_force(late, date(2025, 1, 1)) == (2030, 27, Decimal("676.4"), [2025])
    assert in_force(TO_2025, date(2025, 6, 30)) == (2025, 20, Decimal(400), [])
    assert in_force(TO_2025, date(2026, 1, 1))[1:3] == (None, None)


@pytest.mark.parametrize(("day", "horizon"), [("2025-12-31", 2025), ("2026-01-01", None)])
def test_a_plan_is_in_force_until_the_last_day_of_its_horizon(
    day: str, horizon: int | None
) -> None:
    parts = plan_in_force(
        [HA_NOI],
        SiteKind.cluster,
        date.fromisoformat(day),
        UNITS,
        lambda u, d: stated_of(u, [count(Y2020, 20, "01", **until(2025))], d),
    )
    assert (parts.horizon.year if parts.horizon else None) == horizon
    assert [other.has_passed(date.fromisoformat(day)) for other in parts.others] == (
        [] if horizon else [True]
    )


def test_count_and_area_are_of_one_source_and_one_horizon() -> None:
    # A later source with a count alone, until the same year: its plan has no known area.
    newer = count(Y2024, 28, **until(2030, source_id="c"))
    assert in_force([*TO_2030, newer], Y2024) == (2030, 28, None, [2030])
    # The same source may give them one after the other.
    later = area(Y2024, "690", **until(2030, source_id="c"))
    assert in_force([*TO_2030, newer, later], Y2024) == (2030, 28, Decimal(690), [2030])
    # An area until another year is of another plan.
    vision = area(Y2024, "900", **until(2050, source_id="b"))
    assert in_force([*TO_2030, vision], Y2024) == (2050, None, Decimal(900), [2030])


def test_of_plans_of_one_horizon_the_latest_stated_counts_then_the_weightiest() -> None:
    heavy = count(Y2020, 30, **until(2030, source_id="c", authority=40))
    assert in_force([*TO_2030, heavy], Y2024)[1] == 30
    assert (
        in_force([*TO_2030, heavy, count(Y2024, 31, **until(2030, source_id="d"))], Y2024)[1] == 31
    )


def test_a_plan_without_a_horizon_counts_where_no_other_is_in_force() -> None:
    assert in_force(BAC_KAN_PLAN, Y2024) == (None, 27, Decimal("676.4"), [])
    assert in_force([count(Y2024, 5, source_id="e"), *TO_2025], Y2024) == (
        2025,
        20,
        Decimal(400),
        [None],
    )
    after = date(2025, 1, 1)
    passed = [count(Y2020, 20, **until(2024)), count(Y2024, 5, source_id="e")]
    assert in_force(passed, after) == (None, 5, None, [2024])


def test_a_plan_for_a_period_to_come_is_not_in_force_yet() -> None:
    coming: dict[str, Any] = {
        "period": "2031/2040",
        "period_from": date(2031, 1, 1),
        "period_to": date(2040, 12, 31),
        "source_id": "c",
    }
    stated = [*TO_2030, count(Y2020, 50, **coming)]
    assert in_force(stated, Y2024) == (2030, 27, Decimal("676.4"), [2040])
    running = coming | {"period": "2021/2040", "period_from": date(2021, 1, 1)}
    assert in_force([*TO_2030, count(Y2020, 50, **running)], Y2024)[:2] == (2040, 50)


def test_the_plan_of_a_predecessor_passes_as_well() -> None:
    stated = [
        count(Y2020, 20, **until(2025)),
        count(Y2020, 41, "19", **until(2030)),
    ]
    assert figures(plan(stated, date(2025, 8, 1), NEW)) == (Decimal(61), None, 2, 2)
    assert figures(plan(stated, Y2026, NEW)) == (Decimal(41), None, 2, 1)


# Hedges

HEDGES = ("exact", "about", "over", "at_least", "up_to", "range")
MEANINGS = {"e": "exact", "a": "about", "m": "at_most", "l": "at_least", "-": None}
# Of each stated hedge what follows by the hedge of a listed area, in the order of HEDGES; then the
# same where the area of a listed site is unknown.
REMAINDERS = {
    "exact": ("eammlm", "mmmm-m"),
    "about": ("aammlm", "mmmm-m"),
    "over": ("ll--l-", "------"),
    "at_least": ("ll--l-", "------"),
    "up_to": ("mmmm-m", "mmmm-m"),
    "range": ("ll--l-", "------"),
}


@pytest.mark.parametrize("is_unknown", [False, True])
@pytest.mark.parametrize(("place", "listed"), list(enumerate(HEDGES)))
@pytest.mark.parametrize("stated", HEDGES)
def test_how_exactly_a_remainder_is_known(
    stated: str, place: int, listed: str, is_unknown: bool
) -> None:
    expected = MEANINGS[REMAINDERS[stated][is_unknown][place]]
    assert hedge_of_figure([stated], [listed], is_unknown=is_unknown) == expected
    if listed == "exact":
        assert hedge_of_figure([stated], is_unknown=is_unknown) == expected


def test_listed_areas_that_are_off_both_ways_leave_nothing_known() -> None:
    assert hedge_of_figure(["exact"], ["over", "up_to"]) is None
    assert hedge_of_figure(["exact"], ["exact", "about"]) == "about"


@pytest.mark.parametrize(
    ("hedges", "expected"),
    [
        ([], "exact"),
        (["range"], "range"),
        (["range", "range"], "at_least"),
        (["exact", "exact"], "exact"),
        (["about", "exact"], "about"),
        (["over", "over"], "over"),
        (["over", "exact"], "at_least"),
        (["at_least", "about"], "at_least"),
        (["up_to", "exact"], "up_to"),
        (["up_to", "at_least"], None),
    ],
)
def test_the_hedge_of_a_sum(hedges: list[str], expected: str | None) -> None:
    assert hedge_of_sum(hedges) == expected


def test_hedges_that_point_both_ways_leave_a_sum_unknown() -> None:
    most = count(Y2020, 27, qualifier=Qualifier.up_to)
    least = count(Y2020, 41, "19", qualifier=Qualifier.at_least)
    assert plan([most, least], Y2026, NEW).sites.value is None
    assert plan([most], Y2024, BAC_KAN).sites.hedge == "up_to"


def test_the_hedge_of_the_count_is_not_that_of_the_area() -> None:
    stated = [count(Y2020, 27, qualifier=Qualifier.about), area(Y2020, "676.4")]
    parts = plan(stated, Y2024, BAC_KAN)
    assert parts.sites.less(Decimal(6)) == (Decimal(21), "about")
    assert parts.area_ha.less(Decimal("167.4")) == (Decimal(509), "exact")
    assert parts.area_ha.less(Decimal("167.4"), is_unknown=True) == (Decimal(509), "at_most")
    at_least = plan([area(Y2020, "676.4", qualifier=Qualifier.at_least)], Y2024, BAC_KAN)
    assert at_least.area_ha.less(Decimal("167.4")) == (Decimal(509), "at_least")
    assert at_least.area_ha.less(Decimal("167.4"), is_unknown=True) == (None, None)
