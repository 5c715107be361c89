from decimal import Decimal

import pytest

from app.core.vocabulary import Qualifier
from app.imports.numbers import Number, read_number, unit_in
from app.imports.quantities import decide, is_plausible


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.124,5", "1124.5"),
        ("1,124.5", "1124.5"),
        ("1 124,5", "1124.5"),
        ("1\u00a0124,5", "1124.5"),
        ("10.006.866.385", "10006866385"),
        ("12,5", "12.5"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("04", "4"),
        ("+4", "4"),
        ("-25", "-25"),
        ("−25", "-25"),
        ("75.", "75"),
        ("130ha", "130"),
        ("676,4 ha", "676.4"),
        ("0", "0"),
    ],
)
def test_a_number_with_one_reading(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert (number.value, number.other) == (Decimal(value), None)


@pytest.mark.parametrize("text", ["817.303", "817,303", "3.600", "12.345 ha"])
def test_three_digits_after_one_separator_can_be_read_two_ways(text: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value is not None
    assert number.other == number.value * 1000


@pytest.mark.parametrize("text", ["-", "–", "x", "…", "...", " "])
def test_a_marker_is_unknown_and_never_zero(text: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value is None


@pytest.mark.parametrize(
    "text", ["đã xong", "chưa cho thuê", "12..5", "1.2.3", "1.23,4.5", "QĐ 12"]
)
def test_a_text_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18/75", Number(Decimal(18), of=Decimal(75))),
        ("90/90 hộ", Number(Decimal(90), of=Decimal(90), unit="ho")),
        ("khoảng 20", Number(Decimal(20), qualifier=Qualifier.about)),
        ("> 600", Number(Decimal(600), qualifier=Qualifier.over)),
        ("trên 60", Number(Decimal(60), qualifier=Qualifier.over)),
        ("tối thiểu 60", Number(Decimal(60), qualifier=Qualifier.at_least)),
        ("lên đến 75 ha", Number(Decimal(75), qualifier=Qualifier.up_to, unit="ha")),
        ("50–75", Number(Decimal(50), qualifier=Qualifier.range, top=Decimal(75))),
        ("từ 50 đến 75", Number(Decimal(50), qualifier=Qualifier.range, top=Decimal(75))),
        ("75 (GĐ1: 9,5)", Number(Decimal(75), rest="(GĐ1: 9,5)")),
        ("25 triệu USD", Number(Decimal(25), unit="trieu usd")),
    ],
)
def test_what_stands_around_a_number_is_kept(text: str, expected: Number) -> None:
    assert read_number(text) == expected


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Tổng mức đầu tư (tỷ đồng)", "ty dong"),
        ("Diện tích (m²)", "m²"),
        ("Diện tích (ha)", "ha"),
        ("Địa điểm (xã, phường)", None),
        ("Tỷ lệ", None),
    ],
)
def test_a_header_names_a_unit(header: str, unit: str | None) -> None:
    assert unit_in(header) == unit


def numbers(*texts: str) -> dict[int, Number]:
    read = {row: read_number(text) for row, text in enumerate(texts)}
    return {row: number for row, number in read.items() if number}


def small(_: int, value: Decimal) -> bool:
    return value < 1000


def test_a_total_that_fits_both_ways_decides_nothing() -> None:
    """1.000 + 1.000 is 2.000 with points between thousands as with decimals."""
    found = decide(numbers("1.000", "1.000", "2.000"), [(2, [0, 1])], lambda *_: True)
    assert not found.open
    assert found.value(0) == 1000
    assert {d.template.id for d in found.decisions.values()} == {
        "imports.separator_decided_by_convention"
    }


def test_a_column_with_both_notations_decides_nothing() -> None:
    found = decide(numbers("1.5", "1,5", "45.125"), [], small)
    assert found.value(2) == Decimal("45.125")
    assert found.decisions[2].template.id == "imports.separator_decided_by_plausibility"


def test_counts_have_no_decimals() -> None:
    found = decide(numbers("46.812", "1,204"), [], small, whole=True)
    assert [found.value(0), found.value(1)] == [46812, 1204]


def test_what_is_plausible_for_an_investment_follows_from_the_area() -> None:
    name, billion = "infrastructure_investment_vnd", Decimal(10**9)
    assert is_plausible(name, 817 * billion, Decimal(75))
    assert not is_plausible(name, 817303 * billion, Decimal(75))
    assert is_plausible(name, 817303 * billion, None)
