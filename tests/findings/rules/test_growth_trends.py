"""A claimed trend against the period before."""

from typing import Any

import pytest

from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed
from tests.findings.builders import facts, found, numbers, only, stated

RULE = "trend_differs"
GROWTH, LEVEL = "industrial_output_growth_pct", "industrial_output_value"


def claim(value: str, trend: str, period: str = "2024", **other: Any) -> Observed:
    return stated(LEVEL, value, period, "claim", trend=trend, **other)


def before(value: str, period: str = "2023", **other: Any) -> Observed:
    return stated(LEVEL, value, period, "before", **other)


def test_what_is_called_rising_fell() -> None:
    now, then = claim("1700", "rising"), before("1780")
    finding = only(RULE, facts(observed=[now, then]))
    assert numbers(finding) == {"value": "1700 billion_vnd", "value_before": "1780 billion_vnd"}
    assert finding.statement_ids == (now.statement_id, then.statement_id)
    assert finding.message_vi.startswith(
        f"{INDICATORS[LEVEL].name_vi} của Bắc Kạn, năm 2024: “Title of claim” nêu 1.700 tỷ đồng "
        "và nói là tăng, nhưng kỳ trước là 1.780 tỷ đồng (năm 2023, “Title of before”)."
    )


@pytest.mark.parametrize(
    ("value", "trend", "speaks"),
    [
        ("1781", "rising", False),
        # the rounding of two whole figures leaves room for a rise
        ("1780", "rising", False),
        ("1779", "rising", True),
        ("1779", "falling", False),
        ("1790", "falling", True),
        # five percent of 1780.5 is 89
        ("1869", "steady", False),
        ("1871", "steady", True),
        ("1600", "steady", True),
    ],
)
def test_trends(value: str, trend: str, *, speaks: bool) -> None:
    observed = [claim(value, trend), before("1780")]
    assert bool(found(RULE, facts(observed=observed))) is speaks


def test_counts_that_stay_do_not_rise() -> None:
    now = stated("cluster_count", 6, "2024", trend="rising")
    assert len(found(RULE, facts(observed=[now, stated("cluster_count", 6, "2023")]))) == 1
    assert found(RULE, facts(observed=[now, stated("cluster_count", 5, "2023")])) == []


def test_at_least_two_digits_and_rising_can_be_more_than_before() -> None:
    goal = stated(
        GROWTH,
        10,
        "2025",
        basis="target",
        effective="2025-01",
        qualifier="at_least",
        trend="rising",
    )
    last = stated(GROWTH, "13.38", "2024", effective="2025-01")
    assert found(RULE, facts(observed=[goal, last])) == []


def test_only_the_period_before_counts() -> None:
    now = claim("1700", "rising")
    for other in (before("1780", "2022"), before("1780", "2023-12"), before("1780", "2025")):
        assert found(RULE, facts(observed=[now, other])) == [], other.period
    assert found(RULE, facts(observed=[now, before("1780", basis="target")])) == []
    now_2010 = claim("1700", "rising", price_base="constant_2010")
    assert found(RULE, facts(observed=[now_2010, before("1780", price_base="current")])) == []


def test_a_day_is_held_against_the_last_day_stated() -> None:
    now = claim("1700", "rising", "2024-06-24")
    earlier = [before("1780", "2022-12-31"), before("1600", "2023-12-31")]
    assert found(RULE, facts(observed=[now, *earlier])) == []
    assert len(found(RULE, facts(observed=[now, earlier[0]]))) == 1


def test_without_a_trend_nothing_is_claimed() -> None:
    assert found(RULE, facts(observed=[before("1700", "2024"), before("1780")])) == []


def test_a_trend_at_other_prices_does_not_end_a_finding() -> None:
    constant = {"price_base": "constant_2010"}
    wrong = [claim("1700", "rising", **constant), before("1780", **constant)]
    nominal = claim("2500", "rising", price_base="current", effective="2025-01")
    assert numbers(only(RULE, facts(observed=[*wrong, nominal])))["value"] == "1700 billion_vnd"
