"""Growth over the year before against the levels of the two years."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vocabulary import Severity
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed
from tests.findings.builders import facts, found, numbers, only, stated

RULE = "growth_differs"
LEVEL, GROWTH = "industrial_output_value", "industrial_output_growth_pct"
CENTS = Decimal("0.01")


def output(value: str, period: str, source: str = "s1", **other: str) -> Observed:
    return stated(LEVEL, value, period, source, **other)


def growth(value: str, period: str = "2024", source: str = "s1", **other: str) -> Observed:
    return stated(GROWTH, value, period, source, **other)


def test_growth_that_does_not_follow_from_the_levels() -> None:
    now, before = output("2023.72", "2024", "review"), output("1780", "2023", "press")
    claim = growth("13.38", source="review")
    finding = only(RULE, facts(observed=[now, before, claim]))
    # 2023.72 / 1780 = 1.13692; 2023.72 / 1.1338 = 1784.90
    assert numbers(finding) == {
        "stated_growth": "13.38 pct",
        "level": "2023.72 billion_vnd",
        "level_before": "1780 billion_vnd",
        "computed_growth": "13.69 pct",
        "implied_level_before": "1784.90 billion_vnd",
    }
    assert finding.severity is Severity.warning
    assert finding.statement_ids == (claim.statement_id, now.statement_id, before.statement_id)
    assert finding.source_ids == ("review", "press")
    assert finding.message_en == (
        f"{INDICATORS[GROWTH].name_en} of Bắc Kạn, 2024: “Title of review” states 13.38%, but "
        "2,023.72 billion VND (2024, “Title of review”) over 1,780 billion VND (2023, "
        "“Title of press”) is a growth of 13.69%; a growth of 13.38% would mean 1,784.9 billion "
        "VND in 2023. Not every figure says at which prices it is counted."
    )


@pytest.mark.parametrize(
    ("now", "before", "pct", "other"),
    [
        ("1784.90", "1780", "0.28", {}),
        # 1000.5 / 899.5 = 11.2 % at most
        ("1000", "900", "11.2", {}),
        ("900.0", "1000.0", "-10", {}),
        ("1200", "1000", "13", {"qualifier": "over"}),
        ("1200", "1000", "19.5", {"qualifier": "about"}),
    ],
)
def test_growth_that_follows(now: str, before: str, pct: str, other: dict[str, str]) -> None:
    observed = [output(now, "2024"), output(before, "2023"), growth(pct, **other)]
    assert found(RULE, facts(observed=observed)) == []


@given(
    st.integers(100, 10**7).map(lambda cents: Decimal(cents) / 100),
    st.integers(-9000, 30000).map(lambda basis_points: Decimal(basis_points) / 100),
)
def test_levels_rounded_from_a_growth_never_speak(before: Decimal, pct: Decimal) -> None:
    now = (before * (100 + pct) / 100).quantize(CENTS, ROUND_HALF_UP)
    # Written with two decimals: a level without them stands for a wider span still.
    observed = [
        output(f"{now:.2f}", "2024"),
        output(f"{before:.2f}", "2023"),
        growth(f"{pct:.2f}"),
    ]
    assert found(RULE, facts(observed=observed)) == []


def test_without_the_level_of_the_year_before_nothing_is_known() -> None:
    observed = [output("1780", "2023"), growth("12.22", "2023"), output("900", "2021")]
    assert found(RULE, facts(observed=observed)) == []


def test_months_are_held_against_the_month_a_year_before() -> None:
    observed = [output("110", "2024-02"), output("100", "2024-01"), growth("5", "2024-02")]
    assert found(RULE, facts(observed=observed)) == []
    observed.append(output("100", "2023-02"))
    assert numbers(only(RULE, facts(observed=observed)))["computed_growth"] == "10.00 pct"


def test_levels_at_other_prices_are_not_compared() -> None:
    constant, current = {"price_base": "constant_2010"}, {"price_base": "current"}
    now, claim = output("2000", "2024", **constant), growth("10")
    assert found(RULE, facts(observed=[now, output("1000", "2023", **current), claim])) == []
    assert len(found(RULE, facts(observed=[now, output("1000", "2023"), claim]))) == 1
    finding = only(RULE, facts(observed=[now, output("1000", "2023", **constant), claim]))
    assert finding.severity is Severity.error
    assert "Not every figure" not in finding.message_en


def test_a_later_revision_is_compared_besides_the_own_figure() -> None:
    own = [output("1100", "2024", "a"), output("1000", "2023", "a"), growth("10", source="a")]
    assert found(RULE, facts(observed=own)) == []
    revised = output("1200", "2024", "b", effective="2025-03")
    finding = only(RULE, facts(observed=[*own, revised]))
    assert numbers(finding)["computed_growth"] == "20.00 pct"
    assert finding.source_ids == ("a", "b")


def test_a_target_of_growth_is_no_claim() -> None:
    observed = [output("1200", "2024"), output("1000", "2023"), growth("13", basis="target")]
    assert found(RULE, facts(observed=observed)) == []


def test_levels_that_stay_are_no_growth() -> None:
    observed = [output("900", "2023"), output("900", "2024"), growth("5")]
    finding = only(RULE, facts(observed=observed))
    # 900 / 900 is 100 %, and 900 / 1.05 = 857.142...
    assert numbers(finding)["computed_growth"] == "0.00 pct"
    assert "is a growth of 0%; a growth of 5% would mean 857.14 billion VND in 2023. Not" in (
        finding.message_en
    )


def test_what_shrinks_to_nothing_implies_no_year_before() -> None:
    at_2010 = {"price_base": "constant_2010"}
    observed = [output("900", "2023", **at_2010), output("900", "2024", **at_2010)]
    finding = only(RULE, facts(observed=[*observed, growth("-100")]))
    assert "implied_level_before" not in numbers(finding)
    assert finding.message_en.endswith("is a growth of 0%.")
    assert finding.message_vi.endswith("là tăng 0%.")


def test_growth_is_not_that_of_current_prices() -> None:
    current, constant = {"price_base": "current"}, {"price_base": "constant_2010"}
    nominal = [output("1000", "2023", **current), output("1200", "2024", **current)]
    assert found(RULE, facts(observed=[*nominal, growth("10")])) == []
    # 880 / 800 is 10 % exactly, whichever of the levels was recorded last.
    real = [output("800", "2023", **constant), output("880", "2024", **constant)]
    assert found(RULE, facts(observed=[*real, *nominal, growth("10")])) == []
    assert found(RULE, facts(observed=[*nominal, *real, growth("10")])) == []
    finding = only(RULE, facts(observed=[*nominal, *real, growth("20")]))
    assert finding.severity is Severity.error
    assert numbers(finding)["level"] == "880 billion_vnd"


def test_levels_of_the_same_prices_go_together() -> None:
    # 990 at unknown prices is 10 % above 900 at unknown prices, and says nothing of 450 at 2010's.
    levels = [
        output("990", "2024"),
        output("900", "2023"),
        output("450", "2023", price_base="constant_2010"),
    ]
    assert found(RULE, facts(observed=[*levels, growth("10")])) == []


def test_growth_of_retail_is_nominal() -> None:
    retail = "retail_and_services_revenue"
    levels = [stated(retail, "100", "2023"), stated(retail, "110", "2024")]
    rising = stated("retail_and_services_growth_pct", "10", "2024")
    assert found(RULE, facts(observed=[*levels, rising])) == []
    wrong = stated("retail_and_services_growth_pct", "12.0", "2024")
    assert only(RULE, facts(observed=[*levels, wrong])).severity is Severity.error
