"""Parts against their whole."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vocabulary import Severity
from app.statistics.observations import Observed
from tests.findings.builders import facts, found, numbers, only, stated

RULE = "parts_differ_from_whole"
WHOLE = "industrial_output_value"
SECTORS = ("mining", "processing", "electricity_gas", "water_waste")
OUTPUT_2023 = ("514.35", "1124.5", "84.15", "57.3")


def breakdown(whole: str, *parts: str, source: str = "s1", **other: Any) -> list[Observed]:
    """State the output of a year and of as many sectors as there are parts."""
    return [
        stated(WHOLE, whole, "2023", **other),
        *(
            stated(f"industrial_output_{sector}_value", part, "2023", source, **other)
            for sector, part in zip(SECTORS, parts, strict=False)
        ),
    ]


def test_parts_that_do_not_add_up() -> None:
    observed = breakdown("1800", *OUTPUT_2023)
    finding = only(RULE, facts(observed=observed))
    # 514.35 + 1124.5 + 84.15 + 57.3 = 1780.30
    assert numbers(finding) == {
        "whole": "1800 billion_vnd",
        "industrial_output_mining_value": "514.35 billion_vnd",
        "industrial_output_processing_value": "1124.5 billion_vnd",
        "industrial_output_electricity_gas_value": "84.15 billion_vnd",
        "industrial_output_water_waste_value": "57.3 billion_vnd",
        "sum": "1780.30 billion_vnd",
        "difference": "19.70 billion_vnd",
    }
    assert finding.severity is Severity.error
    assert finding.statement_ids == tuple(o.statement_id for o in observed)
    assert "nhưng các phần cộng lại là 1.780,3 tỷ đồng" in finding.message_vi


@pytest.mark.parametrize(
    ("foreign", "speaks"), [("0", False), ("19", False), ("20", False), ("21", True)]
)
def test_what_is_some_of_a_whole_is_never_more(foreign: str, *, speaks: bool) -> None:
    observed = [
        stated("cluster_tenants_count", "20", "2025"),
        stated("cluster_tenants_foreign_count", foreign, "2025"),
        stated("cluster_tenants_operating_count", "20", "2025"),
    ]
    given_ = facts(observed=observed)
    assert bool(found(RULE, given_)) is speaks
    if speaks:
        finding = only(RULE, given_)
        assert finding.indicators == ("cluster_tenants_count", "cluster_tenants_foreign_count")
        assert "nhưng riêng những phần đã nêu là 21" in finding.message_vi


@pytest.mark.parametrize(
    ("whole", "speaks"),
    # the parts allow 1780.30 give or take 0.005 + 0.05 + 0.005 + 0.05 = 0.11
    [("1780", False), ("1780.3", False), ("1780.41", False), ("1780.45", True), ("1779", True)],
)
def test_the_tolerance_follows_from_the_decimals(whole: str, *, speaks: bool) -> None:
    assert bool(found(RULE, facts(observed=breakdown(whole, *OUTPUT_2023)))) is speaks


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4), st.integers(0, 2))
def test_rounding_never_speaks(cents: list[int], decimals: int) -> None:
    parts = [Decimal(cent).scaleb(-2) for cent in cents]
    unit = Decimal(1).scaleb(-decimals)
    rounded = [part.quantize(unit, ROUND_HALF_UP) for part in parts]
    whole = sum(parts, Decimal()).quantize(Decimal(1), ROUND_HALF_UP)
    observed = breakdown(str(whole), *map(str, rounded))
    assert found(RULE, facts(observed=observed)) == []


def test_some_of_the_parts_say_nothing_until_they_exceed_the_whole() -> None:
    assert found(RULE, facts(observed=breakdown("1780", "514.35", "1124.5"))) == []
    finding = only(RULE, facts(observed=breakdown("1600", "514.35", "1124.5")))
    assert "but the parts stated alone are 1,638.85 billion VND" in finding.message_en
    one = only(RULE, facts(observed=breakdown("500", "514.35")))
    assert numbers(one)["difference"] == "-14.35 billion_vnd"


def test_parts_of_other_periods_bases_and_prices_are_not_taken() -> None:
    whole = stated(WHOLE, "500", "2023", price_base="constant_2010")
    for other in ({"period": "2022"}, {"basis": "target"}, {"price_base": "current"}):
        period = other.pop("period", "2023")
        part = stated("industrial_output_mining_value", "600", period, **other)
        assert found(RULE, facts(observed=[whole, part])) == [], other


def test_parts_of_another_source_are_a_warning() -> None:
    observed = breakdown("1800", *OUTPUT_2023, source="s2")
    assert only(RULE, facts(observed=observed)).severity is Severity.warning


ADDING_TO_1000 = ("400", "300", "200", "100")


def test_a_revised_whole_says_nothing_against_the_parts_of_before() -> None:
    estimated = breakdown("1000", *ADDING_TO_1000, basis="estimate", effective="2023-12-15")
    final = stated(WHOLE, "1030", "2023", "s2", effective="2024-03-15")
    assert found(RULE, facts(observed=[*estimated, final])) == []
    of_one_basis = breakdown("1000", *ADDING_TO_1000, effective="2023-12-15")
    for source in ("s1", "s2"):
        revised = stated(WHOLE, "1030", "2023", source, effective="2024-03-15")
        assert found(RULE, facts(observed=[*of_one_basis, revised])) == [], source


def test_the_parts_of_the_own_source_come_before_those_of_others() -> None:
    own = breakdown("1000", *ADDING_TO_1000)
    other = stated("industrial_output_mining_value", "450", "2023", "s2")
    assert found(RULE, facts(observed=[*own, other])) == []


def test_parts_stated_later_are_a_question() -> None:
    whole, *parts = breakdown("1000", "400", "300", "200", "150")
    later = [part._replace(effective_day=date(2024, 3, 15)) for part in parts]
    finding = only(RULE, facts(observed=[whole, *later]))
    assert finding.severity is Severity.info
    assert numbers(finding)["difference"] == "-50 billion_vnd"


def test_a_whole_at_other_prices_does_not_end_a_finding() -> None:
    wrong = breakdown("1000", "400", "300", "200", "150", price_base="constant_2010")
    nominal = stated(WHOLE, "1500", "2023", "s2", price_base="current", effective="2024-03-15")
    finding = only(RULE, facts(observed=[*wrong, nominal]))
    assert numbers(finding)["whole"] == "1000 billion_vnd"


def craft_villages(**counts: int) -> list[Observed]:
    return [
        stated(f"craft_village_{group}_count", count, "2024-06-24")
        for group, count in counts.items()
    ]


def test_eleven_craft_villages() -> None:
    eleven = craft_villages(
        recognised=11,
        processed_products=2,
        traditional=7,
        handicraft_art=2,
        bamboo_rattan=1,
        brocade=6,
        ornamental_stone=1,
        driftwood_stone=1,
    )
    assert found(RULE, facts(observed=eleven)) == []
    twelve = craft_villages(recognised=12)
    assert len(found(RULE, facts(observed=[*twelve, *eleven[1:]]))) == 1
    five = craft_villages(brocade=5)
    kept = [o for o in eleven if not o.indicator.endswith("brocade_count")]
    assert numbers(only(RULE, facts(observed=[*kept, *five])))["sum"] == "6 count"
