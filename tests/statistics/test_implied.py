"""What documents imply without stating it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.core.dates import Period
from app.core.quantities import two_decimals
from app.statistics.implied import Implied, implied_of, year_before
from app.statistics.observations import Observed
from tests.support.timelines import valued

LEVEL, GROWTH = "industrial_output_value", "industrial_output_growth_pct"


def only(*stated: Observed) -> Implied:
    (found,) = implied_of(LEVEL, stated)
    return found


def test_level_and_growth_imply_the_year_before() -> None:
    # 2023.72 / 1.1338 = 1784.9003...
    level = valued(LEVEL, "2023.72", price_base="constant_2010")
    growth = valued(GROWTH, "13.38")
    found = only(level, growth)
    assert found.period.text == "2023"
    assert found.value == Fraction(202372 * 100, 11338)
    assert two_decimals(found.value) == Decimal("1784.90")
    assert (found.rule, found.basis, found.price_base) == ("growth", "estimate", "constant_2010")
    assert found.premises == (level, growth)
    assert found.formula == "2023.72 × 100 ÷ (100 + 13.38)"


def test_shrinking_implies_more_the_year_before() -> None:
    # 90 is 10 % below 100.
    found = only(valued(LEVEL, "90", basis="actual"), valued(GROWTH, "-10", basis="actual"))
    assert found.value == 100
    assert found.basis == "actual"
    assert found.formula == "90 × 100 ÷ (100 - 10)"


def test_a_share_implies_the_target_of_the_same_period() -> None:
    # 1780 / 1.004 = 1772.908...
    found = only(valued(LEVEL, "1780", "2023", pct_of_target=Decimal("100.40")))
    assert (found.period.text, found.rule, found.basis) == ("2023", "pct_of_target", "target")
    assert two_decimals(found.value) == Decimal("1772.91")
    assert found.formula == "1780 × 100 ÷ 100.40"


def test_growth_belongs_to_the_level_of_its_own_document() -> None:
    own = valued(LEVEL, "110", source_id="a")
    growth = valued(GROWTH, "10", source_id="a")
    revised = valued(LEVEL, "121", source_id="b", day=date(2025, 6, 1))
    assert only(own, growth, revised).value == 100
    # Where its document gives none, to the latest.
    assert only(growth, revised, valued(LEVEL, "99", source_id="c")).value == 110


def test_growth_belongs_to_constant_prices_where_a_document_gives_both() -> None:
    current = valued(LEVEL, "330", price_base="current", position=3)
    constant = valued(LEVEL, "220", price_base="constant_2010", position=2)
    found = only(current, constant, valued(GROWTH, "10"))
    assert found.value == 200
    assert found.price_base == "constant_2010"


def test_growth_of_retail_is_that_of_its_own_prices() -> None:
    retail = valued("retail_and_services_revenue", "110")
    growth = valued("retail_and_services_growth_pct", "10")
    (found,) = implied_of("retail_and_services_revenue", [retail, growth])
    assert found.value == 100


def test_only_the_growth_in_force_implies_anything() -> None:
    level = valued(LEVEL, "110")
    revised = valued(GROWTH, "100", day=date(2025, 2, 1))
    assert only(level, valued(GROWTH, "10"), revised).value == 55


@pytest.mark.parametrize(
    "stated",
    [
        [valued(LEVEL, "110")],
        [valued(GROWTH, "10")],
        [valued(LEVEL, "110"), valued(GROWTH, "10", "2023")],
        [valued(LEVEL, "110"), valued("industrial_value_added_growth_pct", "10")],
        [valued(LEVEL, "110"), valued(GROWTH, "-100")],
        [valued(LEVEL, "110"), valued(GROWTH, "10", qualifier="over")],
        [valued(LEVEL, "110", qualifier="at_least"), valued(GROWTH, "10")],
        [valued(LEVEL, "110"), valued(GROWTH, "10", basis="target")],
        [valued(LEVEL, "110", basis="plan"), valued(GROWTH, "10")],
        [valued(LEVEL, "110", price_base="current"), valued(GROWTH, "10")],
        [valued(LEVEL, "110", pct_of_target=Decimal(106), qualifier="over")],
        [valued(LEVEL, "110", pct_of_target=Decimal(106), qualifier="at_least")],
        [valued(LEVEL, "110", pct_of_target=Decimal(106), qualifier="up_to")],
        [
            valued(
                LEVEL, "110", pct_of_target=Decimal(106), qualifier="range", value_to=Decimal(120)
            )
        ],
        [valued(LEVEL, "110", "2021/2025"), valued(GROWTH, "10", "2021/2025")],
        [valued(LEVEL, "110", "2024-06-30"), valued(GROWTH, "10", "2024-06-30")],
    ],
    ids=repr,
)
def test_what_implies_nothing(stated: list[Observed]) -> None:
    assert implied_of(LEVEL, stated) == []


def test_what_is_about_is_taken_as_it_is() -> None:
    level = valued(LEVEL, "110", qualifier="about")
    assert only(level, valued(GROWTH, "10", qualifier="about")).value == 100


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2024", "2023"),
        ("2024-02", "2023-02"),
        ("2024-01/2024-06", "2023-01/2023-06"),
        ("2024-01/2024", "2023-01/2023"),
        ("2023-12/2024-11", "2022-12/2023-11"),
        ("2024/2025", None),
        ("2023-12/2024-12", None),
        ("2024-02-29", None),
        ("2024-01-01/2024-06", None),
        ("1900", None),
    ],
)
def test_the_same_period_of_the_year_before(period: str, before: str | None) -> None:
    found = year_before(Period.parse(period))
    assert (found and found.text) == before
