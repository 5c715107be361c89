"""Partial dates and periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.dates import DatePrecision, PartialDate, Period

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
iso_texts = st.builds(
    lambda day, length: day.isoformat()[:length], days, st.sampled_from((4, 7, 10))
)
QUARTER_OF_MONTH = (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)
quarters = days.map(lambda day: f"{day.year}-Q{QUARTER_OF_MONTH[day.month - 1]}")
texts = iso_texts | quarters
FULL_WIDTH_2024 = "\uff12\uff10\uff12\uff14"


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("2024", DatePrecision.year, date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-06", DatePrecision.month, date(2024, 6, 1), date(2024, 6, 30)),
        ("2024-02", DatePrecision.month, date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", DatePrecision.month, date(2023, 12, 1), date(2023, 12, 31)),
        ("2024-06-30", DatePrecision.day, date(2024, 6, 30), date(2024, 6, 30)),
        ("2024-Q1", DatePrecision.quarter, date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q2", DatePrecision.quarter, date(2024, 4, 1), date(2024, 6, 30)),
        ("2024-Q3", DatePrecision.quarter, date(2024, 7, 1), date(2024, 9, 30)),
        ("2024-Q4", DatePrecision.quarter, date(2024, 10, 1), date(2024, 12, 31)),
        ("1900", DatePrecision.year, date(1900, 1, 1), date(1900, 12, 31)),
        ("2199-12-31", DatePrecision.day, date(2199, 12, 31), date(2199, 12, 31)),
    ],
)
def test_a_partial_date_keeps_its_text_and_knows_its_days(
    text: str, precision: DatePrecision, first: date, last: date
) -> None:
    parsed = PartialDate.parse(text)
    assert str(parsed) == parsed.text == text
    assert parsed.precision is precision
    assert (parsed.first_day, parsed.last_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "write a year"),
        (" 2024", "write a year"),
        ("2024\n", "write a year"),
        ("2024-6", "write a year"),
        ("202406", "write a year"),
        ("24", "write a year"),
        ("30/06/2024", "write 2024-06-30"),
        ("31/6/2024", "'2024-06-31' must have a day from 01 to 30 in that month"),
        ("2024-06-30T00:00:00Z", "write a year"),
        (FULL_WIDTH_2024, "write a year"),
        ("2024-q4", "write a year"),
        ("2024Q4", "write a year"),
        ("2024-Q", "write a year"),
        ("2024-Q4-01", "write a year"),
        ("2024-Q04", "write a year"),
        ("Q4-2024", "write a year"),
        ("2024-Q0", "quarter from Q1 to Q4"),
        ("2024-Q5", "quarter from Q1 to Q4"),
        ("1899-Q4", "from 1900 to 2199"),
        ("2024-13", "month from 01 to 12"),
        ("2024-00", "month from 01 to 12"),
        ("2023-02-29", "day from 01 to 28"),
        ("2024-06-31", "day from 01 to 30"),
        ("2024-06-00", "day from 01 to 30"),
        ("1899", "from 1900 to 2199"),
        ("2200-01-01", "from 1900 to 2199"),
    ],
)
def test_what_is_not_a_date_is_refused_with_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PartialDate.parse(text)


def test_a_message_does_not_repeat_a_long_text() -> None:
    with pytest.raises(ValueError, match="is not a date") as refused:
        PartialDate.parse("9" * 100_000)
    assert len(str(refused.value)) < 200


@given(texts)
def test_text_and_precision_survive(text: str) -> None:
    parsed = PartialDate.parse(text)
    assert str(parsed) == text
    precision = {4: "year", 7: "month", 10: "day"}[len(text)]
    assert parsed.precision == ("quarter" if "Q" in text else precision)
    assert PartialDate.parse(str(parsed)) == parsed


@given(days)
def test_a_quarter_has_the_days_of_its_three_months_and_no_others(day: date) -> None:
    within = PartialDate.parse(f"{day.year}-Q{QUARTER_OF_MONTH[day.month - 1]}")
    assert within.first_day <= day <= within.last_day
    for quarter in {1, 2, 3, 4} - {QUARTER_OF_MONTH[day.month - 1]}:
        other = PartialDate.parse(f"{day.year}-Q{quarter}")
        assert not other.first_day <= day <= other.last_day


@given(iso_texts)
def test_the_days_of_a_date_are_exactly_those_that_begin_with_its_text(text: str) -> None:
    parsed = PartialDate.parse(text)
    one = timedelta(days=1)
    assert parsed.first_day.isoformat().startswith(text)
    assert parsed.last_day.isoformat().startswith(text)
    assert not (parsed.first_day - one).isoformat().startswith(text)
    assert not (parsed.last_day + one).isoformat().startswith(text)


@given(iso_texts, iso_texts)
def test_dates_that_do_not_overlap_are_ordered_as_their_texts(one: str, other: str) -> None:
    shorter = min(len(one), len(other))
    a, b = PartialDate.parse(one), PartialDate.parse(other)
    assert (a.last_day < b.first_day) == (one[:shorter] < other[:shorter])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2016/2020", date(2016, 1, 1), date(2020, 12, 31)),
        ("2021-07/2021-09", date(2021, 7, 1), date(2021, 9, 30)),
        ("2021-Q3", date(2021, 7, 1), date(2021, 9, 30)),
        ("2023-12/2024-Q3", date(2023, 12, 1), date(2024, 9, 30)),
        ("2023-12-15/2024-06", date(2023, 12, 15), date(2024, 6, 30)),
        ("2020/2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-06/2020", date(2020, 6, 1), date(2020, 12, 31)),
    ],
)
def test_a_period_spans_from_its_first_to_its_last_day(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert str(period) == period.text == text
    assert (period.first_day, period.last_day) == (first, last)


def test_a_period_gives_its_two_ends() -> None:
    period = Period.parse("2016/2020-06")
    assert (period.start, period.end) == (PartialDate("2016"), PartialDate("2020-06"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2020/2016", "ends before it starts"),
        ("2020-12/2020-06", "ends before it starts"),
        ("2020-Q4/2020-09", "ends before it starts"),
        ("2016/2018/2020", "is not a period"),
        ("2016/20", "is not a date"),
        ("2016/", "is not a date"),
        ("/2016", "is not a date"),
        ("2016 / 2020", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_is_not_a_period_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Period.parse(text)


@given(iso_texts, iso_texts)
def test_a_period_is_refused_only_when_it_ends_before_it_starts(start: str, end: str) -> None:
    shorter = min(len(start), len(end))
    if end[:shorter] < start[:shorter]:
        with pytest.raises(ValueError, match="ends before it starts"):
            Period.parse(f"{start}/{end}")
    else:
        period = Period.parse(f"{start}/{end}")
        assert period.first_day == PartialDate.parse(start).first_day
        assert period.last_day == PartialDate.parse(end).last_day
