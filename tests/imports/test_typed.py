"""What people type into forms: numbers and dates as officers write them."""

from decimal import Decimal

import pytest

from app.core.messages import MessageError
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import Qualifier
from app.imports.typed import range_ends, typed_date, typed_number

_HA, _VND, _PCT, _COUNT = (
    UnitOfMeasure.hectares,
    UnitOfMeasure.vnd,
    UnitOfMeasure.percent,
    UnitOfMeasure.number,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11,25", "11.25"),
        ("11.25", "11.25"),
        ("1125", "1125"),
        ("0,125", "0.125"),
        ("10.006.866.385", "10006866385"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1.1250", "1.125"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert typed_number(text, None).value == Decimal(number)


@pytest.mark.parametrize(
    "text", ["1.125", "12,345", "1.2.3", "x", "1,", ",5", "1e3", "NaN", "1,2,34", "20–30", "18/75"]
)
def test_what_could_be_two_numbers_or_none_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        typed_number(text, None)


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1.043", ",", "1043"),
        ("1.043", ".", "1.043"),
        ("1,043", ",", "1.043"),
        ("1,043", ".", "1043"),
    ],
)
def test_one_mark_is_read_as_the_language_has_it(text: str, mark: str, number: str) -> None:
    assert typed_number(text, mark).value == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit", "value", "qualifier"),
    [
        ("50,5 ha", _HA, "50.5", None),
        ("khoảng 50,5", _HA, "50.5", Qualifier.about),
        ("trên 50,5 ha", _HA, "50.5", Qualifier.over),
        ("505.000 m2", _HA, "50.5", None),
        ("2,5 tỷ", _VND, "2500000000", None),
        ("817 triệu đồng", _VND, "817000000", None),
        ("60 %", _PCT, "60", None),
        ("1,2 triệu", _COUNT, "1200000", None),
        ("50,5 ha", None, "50.5", None),
    ],
)
def test_units_and_hedges_are_read(
    text: str, unit: UnitOfMeasure | None, value: str, qualifier: Qualifier | None
) -> None:
    found = typed_number(text, ",", unit)
    assert (found.value, found.qualifier) == (Decimal(value), qualifier)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("50,5 ha", _VND),
        ("50,5 ha", _PCT),
        ("2,5 tỷ", _HA),
        ("50 %", _HA),
        ("3 triệu USD", _VND),
        ("20 ha", _COUNT),
        ("500 m2", None),
    ],
)
def test_a_unit_of_something_else_is_refused(text: str, unit: UnitOfMeasure | None) -> None:
    with pytest.raises(MessageError, match="has a unit that does not fit here"):
        typed_number(text, ",", unit)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("31/10/2026", "2026-10-31"),
        ("1.9.2026", "2026-09-01"),
        (" ngày 15 tháng 9 năm 2026 ", "2026-09-15"),
        ("2026-10-31", "2026-10-31"),
        ("31 Oct 2026", "2026-10-31"),
        ("10/2026", "2026-10"),
        ("tháng 6 năm 2026", "2026-06"),
        ("T6.2026", "2026-06"),
        ("June 2026", "2026-06"),
        ("2026-06", "2026-06"),
        ("quý III/2026", "2026-Q3"),
        ("Quý 3 năm 2026", "2026-Q3"),
        ("Q3 2026", "2026-Q3"),
        ("2026-Q3", "2026-Q3"),
        ("2026", "2026"),
        ("năm 2026", "2026"),
    ],
)
def test_dates_are_read_in_any_precision(text: str, date: str) -> None:
    assert typed_date(text) == date


@pytest.mark.parametrize(
    "text", ["", "giữa năm", "31/6/2026", "13/2026", "31/10/26", "quý V/2026", "2026/10", "1/2/3"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        typed_date(text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("10 đến 12", ("10", "12")),
        ("từ 10,5 tới 12,5 ha", ("10,5 ha", "12,5 ha")),
        ("10–12 tỷ", ("10 tỷ", "12 tỷ")),
        ("10 ha - 12 ha", ("10 ha", "12 ha")),
        ("10 to 12", ("10", "12")),
        ("1.043", None),
        ("-5", None),
        ("khoảng 12", None),
    ],
)
def test_both_ends_of_a_range_are_typed_in_one_field(
    text: str, ends: tuple[str, str] | None
) -> None:
    """A unit behind the second number is that of the first one, too."""
    assert range_ends(text) == ends
