"""What a stated number can mean."""

from decimal import Decimal

import pytest

from app.findings.spans import Span, half_unit, increase_pct, span_of, total
from tests.findings.builders import stated


def span(low: str | None, high: str | None) -> Span:
    return Span(None if low is None else Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("value", "half"), [("74.4", "0.05"), ("130", "0.5"), ("13.38", "0.005"), ("1.3E+2", "0.5")]
)
def test_half_a_unit_of_the_last_decimal(value: str, half: str) -> None:
    assert half_unit(Decimal(value)) == Decimal(half)


@pytest.mark.parametrize(
    ("value", "other", "low", "high"),
    [
        ("186.4", {}, "186.35", "186.45"),
        ("130", {"qualifier": "about"}, "123.5", "136.5"),
        # five percent of 2 is less than the rounding
        ("2", {"qualifier": "about"}, "1.5", "2.5"),
        ("60", {"qualifier": "over"}, "59.5", None),
        ("60", {"qualifier": "at_least"}, "59.5", None),
        ("60", {"qualifier": "up_to"}, None, "60.5"),
        ("8", {"qualifier": "range", "value_to": "10"}, "7.5", "10.5"),
    ],
)
def test_hectares_by_decimals_and_hedge(
    value: str, other: dict[str, str], low: str | None, high: str | None
) -> None:
    assert span_of(stated("cluster_area_ha", value, "2023", **other)) == span(low, high)


@pytest.mark.parametrize(
    ("other", "low", "high"),
    [
        ({}, "40", "40"),
        ({"qualifier": "at_least"}, "40", None),
        ({"qualifier": "about"}, "38", "42"),
        ({"qualifier": "range", "value_to": "45"}, "40", "45"),
    ],
)
def test_counts_are_whole(other: dict[str, str], low: str, high: str | None) -> None:
    assert span_of(stated("cluster_count", 40, "2023", **other)) == span(low, high)


def test_arithmetic_keeps_open_ends_open() -> None:
    assert span("1", "2") + span("10", None) == span("11", None)
    assert span("10", "20") - span("1", "2") == span("8", "19")
    assert span("10", None) - span("1", "2") == span("8", None)
    assert span("10", "20") - span("1", None) == span(None, "19")
    assert span("2", "3") * span("4", None) == span("8", None)
    assert total([]) == span("0", "0")


def test_spans_meet_at_a_shared_end() -> None:
    assert span("1", "2").meets(span("2", "3"))
    assert not span("1", "2").meets(span("2.1", None))
    assert span(None, "2").meets(span("-5", "-4"))
    assert not span("1", "2").overlaps(span("2", "3"))
    assert span("1", "2.1").overlaps(span("2", None))
    assert span("1", "2").is_below(span("2.1", None))
    assert not span("1", None).is_below(span("9", "9"))


def test_increase() -> None:
    # 2023.72 / 1780 = 1.136921
    assert increase_pct(Decimal("2023.72"), Decimal(1780)) == Decimal("13.69")
    assert increase_pct(Decimal(90), Decimal(100)) == Decimal("-10.00")
    assert increase_pct(Decimal(90), Decimal(0)) is None
