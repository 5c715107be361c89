"""Areas, percentages and means."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.quantities import percent, to_hectares, to_square_metres

square_metres = st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1)


@pytest.mark.parametrize(
    ("hectares", "metres"),
    [
        ("676.4", 6_764_000),
        ("43", 430_000),
        ("4.3E+1", 430_000),
        ("74.40000000000000000000000000000000000000000000", 744_000),
        ("0.0001", 1),
        ("0", 0),
        ("-0", 0),
        ("-6.4", -64_000),
        ("99999999999999.9999", 999_999_999_999_999_999),
    ],
)
def test_hectares_become_square_metres(hectares: str, metres: int) -> None:
    assert to_square_metres(Decimal(hectares)) == metres


@pytest.mark.parametrize(
    ("hectares", "says"),
    [
        ("0.00001", "four decimals"),
        ("43.00005", "four decimals"),
        ("1.0000000000000000000000000000000000000000000001", "four decimals"),
        ("1e-999999999", "four decimals"),
        ("NaN", "finite"),
        ("sNaN", "finite"),
        ("-Infinity", "finite"),
        ("1e14", "less than"),
        ("-1e14", "less than"),
        ("1e999999999", "less than"),
    ],
)
def test_what_is_no_area_in_square_metres_is_refused(hectares: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        to_square_metres(Decimal(hectares))


@pytest.mark.parametrize(
    ("metres", "hectares"),
    [
        (6_764_000, "676.4"),
        (430_000, "43"),
        (1_000_000, "100"),
        (1, "0.0001"),
        (0, "0"),
        (-64_000, "-6.4"),
        (-1, "-0.0001"),
    ],
)
def test_square_metres_become_hectares_without_trailing_zeros(metres: int, hectares: str) -> None:
    assert str(to_hectares(metres)) == hectares


@given(square_metres)
def test_square_metres_survive_the_way_to_hectares_and_back(metres: int) -> None:
    assert to_square_metres(to_hectares(metres)) == metres


@given(square_metres)
def test_hectares_are_exact_whatever_the_decimal_context(metres: int) -> None:
    expected = to_hectares(metres)
    with localcontext(prec=3):
        assert str(to_hectares(metres)) == str(expected)
        assert to_square_metres(expected) == metres


@given(square_metres, square_metres)
def test_hectares_add_up_as_square_metres_do(one: int, other: int) -> None:
    assert to_hectares(one) + to_hectares(other) == to_hectares(one + other)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (6, 27, "22.22"),
        (Decimal("186.4"), Decimal("676.4"), "27.56"),
        (Decimal("46.77"), 80, "58.46"),
        (1, 1, "100.00"),
        (0, 27, "0.00"),
        (1, 800, "0.13"),
        (-1, 800, "-0.13"),
        (-1, 1_000_000, "0.00"),
        (3, 2, "150.00"),
    ],
)
def test_percent_is_rounded_half_up_to_two_decimals(
    part: int | Decimal, whole: int | Decimal, expected: str
) -> None:
    assert str(percent(part, whole)) == expected


def test_percent_is_rounded_once() -> None:
    just_below_half = Decimal("0.125") - Decimal("1e-27")
    assert percent(just_below_half, 100) == Decimal("0.12")
    assert percent(10**40 - 1, 8 * 10**42) == Decimal("0.12")


@pytest.mark.parametrize("whole", [0, Decimal(0), Decimal("0.000"), Decimal("-0")])
def test_percent_of_nothing_is_unknown(whole: int | Decimal) -> None:
    assert percent(5, whole) is None


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percent_is_the_nearest_hundredth(part: int, whole: int) -> None:
    result = percent(part, whole)
    assert result is not None
    remainder = 10_000 * part - int(result * 100) * whole
    assert -whole <= 2 * remainder < whole
