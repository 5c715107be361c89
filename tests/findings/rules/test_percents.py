"""Percent of target against the value and the target."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vocabulary import Severity
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed
from tests.findings.builders import facts, found, numbers, only, stated

DIFFERS, OVERTAKEN = "percent_of_target_differs", "percent_of_target_overtaken"
LEVEL, RATE = "industrial_output_value", "zone_occupancy_pct"
CENTS = Decimal("0.01")


def reached(value: str, pct: str | None = None, source: str = "s1", **other: Any) -> Observed:
    more = {} if pct is None else {"pct_of_target": pct}
    return stated(LEVEL, value, "2024", source, **more, **other)


def target(value: str, **other: Any) -> Observed:
    return stated(LEVEL, value, "2024", "plan", basis="target", effective="2023-12", **other)


def test_a_percent_that_does_not_follow() -> None:
    claim, goal = reached("2023.72", "108"), target("1900")
    finding = only(DIFFERS, facts(observed=[claim, goal]))
    # 2023.72 / 1900 = 106.51 %
    assert numbers(finding) == {
        "value": "2023.72 billion_vnd",
        "stated_pct": "108 pct",
        "target": "1900 billion_vnd",
        "computed_pct": "106.51 pct",
    }
    assert finding.statement_ids == (claim.statement_id, goal.statement_id)
    assert finding.message_vi.startswith(
        f"{INDICATORS[LEVEL].name_vi} của Bắc Kạn, năm 2024: “Title of s1” nêu 2.023,72 tỷ đồng, "
        "bằng 108% mục tiêu, nhưng so với mục tiêu 1.900 tỷ đồng (năm 2024, “Title of plan”) "
        "thì đạt 106,51%."
    )


@pytest.mark.parametrize(
    ("value", "pct", "goal", "other"),
    [
        ("2023.72", "106.51", "1900", {}),
        # 3 of "at least 4"
        ("3", "75", "4", {"qualifier": "at_least"}),
        ("10", "100", "8", {"qualifier": "range", "value_to": "10"}),
    ],
)
def test_percents_that_follow(value: str, pct: str, goal: str, other: dict[str, str]) -> None:
    assert found(DIFFERS, facts(observed=[reached(value, pct), target(goal, **other)])) == []


def test_a_bound_is_counted_against_its_number() -> None:
    observed = [reached("10", "125"), target("4", qualifier="at_least")]
    assert numbers(only(DIFFERS, facts(observed=observed)))["computed_pct"] == "250.00 pct"


@given(
    st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100),
    st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100),
)
def test_a_rounded_percent_never_speaks(value: Decimal, goal: Decimal) -> None:
    pct = (value * 100 / goal).quantize(CENTS, ROUND_HALF_UP)
    observed = [reached(str(value), str(pct)), target(str(goal))]
    assert found(DIFFERS, facts(observed=observed)) == []


def test_without_a_target_nothing_is_known() -> None:
    # 46.77 at 58.46 % implies a target of 80 that no source states.
    claim = stated(RATE, "46.77", "2024-06-24", pct_of_target="58.46")
    other = stated(RATE, "80", "2025", basis="target", effective="2024")
    assert found(DIFFERS, facts(observed=[claim, other])) == []


def test_targets_at_other_prices_are_not_compared() -> None:
    claim = reached("2000", "90", price_base="constant_2010")
    assert found(DIFFERS, facts(observed=[claim, target("1900", price_base="current")])) == []


def test_the_last_target_counts() -> None:
    old, new = target("1000"), target("1900")
    assert found(DIFFERS, facts(observed=[reached("2023.72", "106.51"), old, new])) == []


def test_a_later_figure_overtakes_the_percent() -> None:
    claim, goal = reached("2023.72", "106.51"), target("1900")
    later = reached("1950", source="b", effective="2025-03")
    finding = only(OVERTAKEN, facts(observed=[claim, goal, later]))
    assert finding.severity is Severity.info
    # 1950 / 1900 = 102.63 %
    assert numbers(finding)["computed_pct"] == "102.63 pct"
    assert finding.statement_ids == (claim.statement_id, later.statement_id, goal.statement_id)


def test_a_later_figure_overtakes_an_implied_target() -> None:
    # 900 at 90 % implies 1000, of which 950 is 95 %.
    later = reached("950", source="b", effective="2025-03")
    finding = only(OVERTAKEN, facts(observed=[reached("900", "90"), later]))
    assert numbers(finding)["computed_pct"] == "95.00 pct"


def test_what_comes_to_the_same_or_earlier_overtakes_nothing() -> None:
    claim, goal = reached("2023.72", "106.51"), target("1900")
    same = reached("2023.7", source="b", effective="2025-03")
    assert found(OVERTAKEN, facts(observed=[claim, goal, same])) == []
    earlier = reached("1950", source="b", effective="2023-11")
    assert found(OVERTAKEN, facts(observed=[claim, goal, earlier])) == []
    own_percent = reached("1950", "102.63", source="b", effective="2025-03")
    assert found(OVERTAKEN, facts(observed=[claim, goal, own_percent])) == []


def test_a_target_raised_later_is_a_question_and_no_error_of_the_claim() -> None:
    # 950 is 50 % of 1900, and 47.5 % of 2000.
    claim = reached("950", "50", effective="2024-07")
    raised = target("2000")._replace(effective_from="2024-09", effective_day=date(2024, 9, 1))
    observed = [target("1900"), claim, raised]
    assert found(DIFFERS, facts(observed=observed)) == []
    finding = only(OVERTAKEN, facts(observed=observed))
    assert numbers(finding) == {
        "value": "950 billion_vnd",
        "stated_pct": "50 pct",
        "later_target": "2000 billion_vnd",
        "computed_pct": "47.50 pct",
    }
    assert finding.severity is Severity.info
    assert finding.statement_ids == (claim.statement_id, raised.statement_id)
    assert finding.message_en.endswith(
        "50% of the target, but against the later target, 2,000 billion VND (2024, "
        "“Title of plan”), it is 47.5%."
    )


def test_a_later_figure_and_a_later_target_are_told_together() -> None:
    claim = reached("950", "50", effective="2024-07")
    raised = target("2000")._replace(effective_from="2024-09", effective_day=date(2024, 9, 1))
    later = reached("1100", source="b", effective="2024-10")
    finding = only(OVERTAKEN, facts(observed=[target("1900"), claim, raised, later]))
    # 1100 / 2000
    assert numbers(finding)["computed_pct"] == "55.00 pct"
    assert finding.message_vi.endswith(
        "nhưng theo số liệu sau đó là 1.100 tỷ đồng (năm 2024, “Title of b”) và so với mục tiêu "
        "sau đó là 2.000 tỷ đồng (năm 2024, “Title of plan”) thì ứng với 55%."
    )


def test_a_percent_may_be_of_the_target_or_of_the_plan() -> None:
    goal = stated(LEVEL, "100", "2024", "a", basis="target", effective="2023-12-05")
    plan = stated(LEVEL, "90", "2024", "b", basis="plan", effective="2023-12-06")
    # 95 is 95 % of 100, and 105.56 % of 90.
    for pct, differs in (("95", 0), ("105.56", 0), ("100", 1)):
        observed = [goal, plan, reached("95", pct)]
        assert len(found(DIFFERS, facts(observed=observed))) == differs, pct
        assert found(OVERTAKEN, facts(observed=observed)) == []


def test_a_later_plan_does_not_replace_a_target() -> None:
    goal, claim = target("100"), reached("95", "95")
    plan = stated(LEVEL, "90", "2024", "b", basis="plan", effective="2024-06")
    assert found(OVERTAKEN, facts(observed=[goal, claim, plan])) == []


def test_a_claim_at_other_prices_does_not_end_a_finding() -> None:
    constant = {"price_base": "constant_2010"}
    wrong = [target("1900", **constant), reached("2000", "110", **constant)]
    assert len(found(DIFFERS, facts(observed=wrong))) == 1
    nominal = reached("2500", "101", price_base="current", effective="2025-01")
    assert len(found(DIFFERS, facts(observed=[*wrong, nominal]))) == 1


def test_from_an_end_no_target_follows_that_could_be_overtaken() -> None:
    claim = reached("2000", "106.5", qualifier="over")
    later = reached("1900", source="b", effective="2025-03")
    assert found(OVERTAKEN, facts(observed=[claim, later])) == []


ODD = "percent_implies_no_whole_target"


def test_a_percent_of_a_target_that_is_no_whole_number() -> None:
    # Hòa Bình: 41.25 / 82.45 % is 50.0303, and 41.35 / 82.35 % is 50.2125; 41.3 / 50 is 82.6 %.
    claim = stated("cluster_occupancy_pct", "41.3", "2024-06-24", pct_of_target="82.4")
    finding = only(ODD, facts(observed=[claim]))
    assert finding.severity is Severity.info
    assert finding.statement_ids == (claim.statement_id,)
    assert numbers(finding) == {
        "value": "41.3 pct",
        "stated_pct": "82.4 pct",
        "least_target": "50.03 pct",
        "greatest_target": "50.21 pct",
        "whole_target": "50 pct",
        "computed_pct": "82.60 pct",
    }
    assert "từ 50,03 đến 50,21%" in finding.message_vi
    assert "between 50.03 and 50.21%" in finding.message_en


@pytest.mark.parametrize(
    ("indicator", "value", "pct", "qualifier"),
    [
        # The neighbours of it allow exactly 80, 9, 4,600, 54 and 100.
        ("zone_occupancy_pct", "46.77", "58.46", "exact"),
        ("iip_growth_avg_pct", "0.41", "4.56", "exact"),
        ("zone_and_cluster_land_ha", "6113.48", "132.9", "about"),
        ("industry_construction_share_of_grdp_pct", "39.47", "73.09", "exact"),
        ("grid_electricity_households_pct", "100", "100.1", "exact"),
        # What "at least" allows has no upper end.
        ("cluster_occupancy_pct", "41.3", "82.4", "at_least"),
        # 2.05 / 49.65 % is 4.129 and 2.15 / 49.55 % is 4.339: 4.2 and 4.3 have one decimal.
        ("iip_growth_avg_pct", "2.1", "49.6", "exact"),
        # 3.145 / 99.95 % is 3.1466 and 3.155 / 99.85 % is 3.1597: no tenth, but 3 is 5 % away.
        ("iip_growth_avg_pct", "3.15", "99.9", "exact"),
        ("iip_growth_avg_pct", "0", "0", "exact"),
        ("iip_growth_avg_pct", "-2", "40", "exact"),
    ],
)
def test_a_percent_that_allows_a_whole_target_or_is_far_from_one(
    indicator: str, value: str, pct: str, qualifier: str
) -> None:
    claim = stated(indicator, value, "2024-06-24", pct_of_target=pct, qualifier=qualifier)
    assert found(ODD, facts(observed=[claim])) == []


def test_below_ten_there_is_a_whole_number_near() -> None:
    # 2.0005 / 49.605 % is 4.0329 and 2.0015 / 49.595 % is 4.0357: no tenth, and 4 is within 1 %.
    claim = stated("iip_growth_avg_pct", "2.001", "2024", pct_of_target="49.60")
    assert numbers(only(ODD, facts(observed=[claim])))["whole_target"] == "4 pct"


def test_a_stated_target_need_not_be_whole() -> None:
    claim = stated("cluster_occupancy_pct", "41.3", "2024", pct_of_target="82.4")
    goal = stated("cluster_occupancy_pct", "50.1", "2024", basis="target")
    assert found(ODD, facts(observed=[claim, goal])) == []
