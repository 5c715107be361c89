"""Percent of target against the value and the target."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.indicators import INDICATORS
from app.domain.observations import Observed
from app.domain.vocabulary import Severity
from tests.domain.findings.builders import facts, found, numbers, only, stated

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
