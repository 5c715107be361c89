"""What targets reached: stated and implied ones, and whether they were met."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.core.vocabulary import SiteKind
from app.statistics.observations import Observed
from app.statistics.tallies import TRACKS, Group, codes_of, packed
from app.statistics.targets import Outcome, days_to_compute, outcomes_of
from tests.support.timelines import valued

STATED_ON = date(2024, 1, 1)
END = date(2024, 12, 31)
EARLY = date(2024, 6, 30)
OUTPUT = "industrial_output_value"
SHARE = "industry_share_of_grdp_pct"


def in_2024(value: str | int, basis: str, **other: Any) -> Observed:
    """State a value for 2024, of the output value where nothing else is said."""
    members: dict[str, Any] = {"indicator": OUTPUT, "basis": basis, "day": STATED_ON, **other}
    return valued(members.pop("indicator"), value, members.pop("period", "2024"), **members)


def target(value: str | int, **other: Any) -> Observed:
    return in_2024(value, "target", **other)


def estimate(value: str | int, **other: Any) -> Observed:
    return in_2024(value, "estimate", **{"statement_id": "8-1", **other})


def nowhere(_kind: SiteKind | None, _day: date) -> Sequence[Group]:
    return ()


def only(*stated: Observed, day: date = END) -> Outcome:
    (found,) = outcomes_of(stated, nowhere, day)
    return found


def shown(found: Outcome) -> tuple[Any, ...]:
    return (
        found.target.value,
        found.target.is_implied,
        found.reached.value,
        found.reached.basis,
        found.pct,
        found.met,
    )


# Stated targets


def test_a_target_that_was_passed() -> None:
    # 2023.72 / 1900 = 1.065115...
    found = only(target(1900), estimate("2023.72"))
    assert shown(found) == (1900, False, Decimal("2023.72"), "estimate", Decimal("106.51"), True)
    assert found.reached.on == END


def test_a_target_that_was_missed() -> None:
    # 1780 / 1900 = 0.936842...
    found = only(target(1900), in_2024(1780, "actual"))
    assert shown(found) == (1900, False, 1780, "actual", Decimal("93.68"), False)


def test_a_target_of_which_nothing_is_known() -> None:
    others = (
        in_2024(2000, "plan"),
        estimate(2000, indicator="exports_value"),
        estimate(2000, period="2023"),
    )
    assert shown(only(target(1900), *others)) == (1900, False, None, None, None, None)


def test_the_later_statement_of_a_target_replaces_the_earlier() -> None:
    later = date(2024, 3, 1)
    assert only(target(1900), target(2000, day=later)).target.value == 2000
    of_2025 = target(1, period="2025")
    assert [t.target.value for t in outcomes_of([of_2025, target(3)], nowhere, END)] == [3, 1]


def test_what_was_measured_last_was_reached() -> None:
    first = estimate(1780)
    last = in_2024(1785, "actual", day=date(2024, 12, 1), statement_id="9-1")
    found = only(target(1900), last, first)
    assert found.reached.basis == "actual"
    assert found.reached.measured == last


@pytest.mark.parametrize(
    ("promised", "reached", "met"),
    [
        ({"qualifier": "exact"}, {"value": 10}, True),
        ({"qualifier": "exact"}, {"value": "9.99"}, False),
        ({"qualifier": "about"}, {"value": "9.99"}, False),
        ({"qualifier": "at_least"}, {"value": 10}, True),
        ({"qualifier": "at_least"}, {"value": "9.99"}, False),
        # Over 10 is more than 10.
        ({"qualifier": "over"}, {"value": 10}, False),
        ({"qualifier": "over"}, {"value": "10.01"}, True),
        # From 8 to 10: met from 8 on.
        ({"value": 8, "value_to": Decimal(10), "qualifier": "range"}, {"value": "7.99"}, False),
        ({"value": 8, "value_to": Decimal(10), "qualifier": "range"}, {"value": 8}, True),
        ({"value": 8, "value_to": Decimal(10), "qualifier": "range"}, {"value": 12}, True),
        # Up to 10 is a ceiling.
        ({"qualifier": "up_to"}, {"value": 10}, True),
        ({"qualifier": "up_to"}, {"value": "10.01"}, False),
        # What was reached is not known exactly either.
        ({"qualifier": "at_least"}, {"value": 10, "qualifier": "at_least"}, True),
        ({"qualifier": "over"}, {"value": 10, "qualifier": "over"}, True),
        ({"qualifier": "over"}, {"value": 10, "qualifier": "at_least"}, None),
        ({"qualifier": "at_least"}, {"value": 9, "qualifier": "over"}, None),
        ({"qualifier": "at_least"}, {"value": 9, "qualifier": "up_to"}, False),
        ({"qualifier": "at_least"}, {"value": 11, "qualifier": "up_to"}, None),
        ({"qualifier": "up_to"}, {"value": 11, "qualifier": "up_to"}, None),
        ({"qualifier": "up_to"}, {"value": 10, "qualifier": "over"}, False),
        (
            {"qualifier": "at_least"},
            {"value": 9, "qualifier": "range", "value_to": Decimal(11)},
            None,
        ),
        (
            {"qualifier": "at_least"},
            {"value": 10, "qualifier": "range", "value_to": Decimal(11)},
            True,
        ),
    ],
    ids=repr,
)
def test_whether_a_target_with_a_qualifier_was_met(
    promised: dict[str, Any], reached: dict[str, Any], met: bool | None
) -> None:
    promise = target(**{"value": 10, "indicator": SHARE, **promised})
    assert only(promise, estimate(**{"indicator": SHARE, **reached})).met is met


@pytest.mark.parametrize(
    ("qualifier", "reached", "met"),
    [
        ("at_least", 9, None),
        ("at_least", 10, True),
        ("exact", 9, None),
        ("over", 11, True),
        # That a ceiling is kept can only be told at the end.
        ("up_to", 9, None),
        ("up_to", 11, None),
    ],
)
def test_while_the_period_runs(qualifier: str, reached: int, met: bool | None) -> None:
    stated = (target(10, qualifier=qualifier), estimate(reached))
    running = only(*stated, day=date(2024, 12, 30))
    assert (running.met, running.reached.on) == (met, date(2024, 12, 30))
    # On its last day the period is measured as it ends.
    assert only(*stated, day=END).met is not None


def test_prices_that_differ_are_not_compared() -> None:
    current, constant = {"price_base": "current"}, {"price_base": "constant_2010"}
    apart = only(target(1900, **current), estimate(2000, **constant))
    assert shown(apart) == (1900, False, 2000, "estimate", None, None)
    # Unless one is not stated; and what can be compared comes first.
    assert only(target(1900), estimate(2000, **constant)).met is True
    later = estimate(3000, **constant, day=date(2024, 6, 1))
    both = only(target(1900, **current), estimate(1800, **current), later)
    assert both.reached.value == 1800
    assert both.met is False
    # Targets at different prices are two targets.
    two = outcomes_of([target(1900, **current), target(1600, **constant)], nowhere, END)
    assert [t.target.value for t in two] == [1600, 1900]


def test_no_percent_of_a_target_of_nothing_or_less() -> None:
    growth = "iip_growth_pct"
    for value in (0, -2):
        found = only(target(value, indicator=growth), estimate("-1", indicator=growth))
        assert found.pct is None
        assert found.met is (value == -2)


# Implied targets


@pytest.mark.parametrize(
    ("value", "share", "implied"),
    [
        # 46.77 is 58.46 % of 80.003...; 41.3 is 82.4 % of 50.12...; 2023.72 / 1.0651 = 1900.02...
        ("46.77", "58.46", Fraction(4677 * 100, 5846)),
        ("41.3", "82.4", Fraction(41300, 824)),
        ("2023.72", "106.51", Fraction(20237200, 10651)),
        ("-0.5", "-10", Fraction(5)),
    ],
)
def test_a_share_of_a_target_implies_it(value: str, share: str, implied: Fraction) -> None:
    found = only(estimate(value, pct_of_target=Decimal(share)))
    assert (found.target.value, found.target.is_implied) == (implied, True)
    # Held against the very value, the share is what was stated.
    assert found.pct == Decimal(share)
    assert found.met is (Decimal(share) >= 100)


def test_exactly_all_of_an_implied_target_meets_it() -> None:
    # 100 % of a third part, which no decimal is.
    assert only(estimate("0.3333", pct_of_target=Decimal(100))).met is True
    assert only(estimate("0.3333", pct_of_target=Decimal("99.9999"))).met is False


def test_a_later_value_is_held_against_the_implied_target() -> None:
    # 1780 is 100.40 % of 1772.908...; 1784.90 / 1772.908... = 1.0067637...
    first = estimate(1780, pct_of_target=Decimal("100.40"))
    later = in_2024("1784.90", "actual", day=date(2024, 12, 1))
    found = only(first, later)
    assert found.target.value == Fraction(178000 * 100, 10040)
    assert (found.reached.measured, found.pct, found.met) == (later, Decimal("100.68"), True)
    assert found.target.observed == first


def test_the_stated_target_stands_beside_the_implied_one() -> None:
    stated = [target(1900), estimate("2023.72", pct_of_target=Decimal("106.51"))]
    both = outcomes_of(stated, nowhere, END)
    assert [t.target.is_implied for t in both] == [False, True]
    assert [t.pct for t in both] == [Decimal("106.51"), Decimal("106.51")]


def test_the_later_share_implies_the_target() -> None:
    early = estimate(40, pct_of_target=Decimal(50))
    late = in_2024(45, "actual", day=date(2024, 9, 1), pct_of_target=Decimal(90))
    assert only(early, late).target.value == 50


@pytest.mark.parametrize(
    "silent",
    [
        estimate(5),
        estimate(5, pct_of_target=Decimal(0)),
        estimate(0, pct_of_target=Decimal(5)),
        in_2024(5, "plan", pct_of_target=Decimal(50)),
        estimate(5, qualifier="range", value_to=Decimal(6), pct_of_target=Decimal(50)),
    ],
    ids=["no share", "no part", "nothing", "plan", "range"],
)
def test_what_implies_no_target(silent: Observed) -> None:
    assert outcomes_of([silent], nowhere, END) == []


# What the register computes


def sites(kind: SiteKind, **tally: int) -> Group:
    codes = dict.fromkeys(TRACKS) | {"stage": "operating", "legal_status": "established"}
    return Group(codes_of(kind, *codes.values()), packed(tally))


def two_clusters(kind: SiteKind | None, _: date) -> Sequence[Group]:
    """Two clusters, one of 30 ha and one of unknown size; one is half full."""
    if kind is not SiteKind.cluster:
        return ()
    tally = {"sites": 2, "area_ha_known": 1, "area_ha_sum": 300_000}
    occupancy = {"occupancy_known": 1, "occupancy_part": 50_000, "occupancy_whole": 100_000}
    return [sites(kind, **tally, **occupancy)]


@pytest.mark.parametrize(
    ("indicator", "promised", "reached", "pct", "met"),
    [
        ("cluster_operating_count", 4, 2, "50.00", False),
        ("cluster_operating_count", 2, 2, "100.00", True),
        # The other cluster may be of any size above none: 30 ha at least.
        ("cluster_area_ha", 40, 30, "75.00", None),
        ("cluster_area_ha", 30, 30, "100.00", True),
        # And full or empty.
        ("cluster_occupancy_pct", 40, 50, "125.00", None),
        ("zone_operating_count", 1, 0, "0.00", False),
        ("cluster_planned_count", 3, None, None, None),
    ],
)
def test_what_no_source_states_is_computed(
    indicator: str, promised: int, reached: int | None, pct: str | None, met: bool | None
) -> None:
    (found,) = outcomes_of([target(promised, indicator=indicator)], two_clusters, END)
    assert found.reached.value == reached
    assert found.reached.basis == (None if reached is None else "computed")
    assert found.pct == (None if pct is None else Decimal(pct))
    assert found.met is met


def test_what_a_source_states_is_not_computed() -> None:
    indicator = {"indicator": "cluster_operating_count"}
    (found,) = outcomes_of([target(4, **indicator), estimate(1, **indicator)], two_clusters, END)
    assert (found.reached.basis, found.reached.computed) == ("estimate", None)
    assert found.reached.value == 1


def test_the_days_on_which_sites_are_looked_at() -> None:
    clusters = target(4, indicator="cluster_operating_count")
    assert days_to_compute([clusters], END) == {END}
    assert days_to_compute([clusters], date(2026, 1, 1)) == {END}
    assert days_to_compute([clusters], EARLY) == {EARLY}
    measured = estimate(1, indicator="cluster_operating_count")
    for stated in ([clusters, measured], [target(1900)], [measured], []):
        assert days_to_compute(stated, END) == set()
