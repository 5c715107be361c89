"""Dates a number of months apart."""

from datetime import date

import pytest

from app.core.dates import add_months, dates_between


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2023-12-31", 0, "2023-12-31"),
        ("2023-12-31", 1, "2024-01-31"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2022-12-31", 2, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-03-31", 1, "2024-04-30"),
        ("2024-06-30", 6, "2024-12-30"),
        ("2024-01-15", 11, "2024-12-15"),
        ("2024-01-15", 12, "2025-01-15"),
        ("2024-01-15", 30, "2026-07-15"),
        ("2024-01-31", -1, "2023-12-31"),
        ("2024-03-31", -1, "2024-02-29"),
    ],
)
def test_a_day_some_months_later(start: str, months: int, expected: str) -> None:
    assert add_months(day(start), months) == day(expected)


@pytest.mark.parametrize(
    ("first", "last", "months", "expected"),
    [
        ("2021-12-31", "2023-12-31", 12, ["2021-12-31", "2022-12-31", "2023-12-31"]),
        ("2021-12-31", "2023-12-30", 12, ["2021-12-31", "2022-12-31"]),
        ("2024-06-30", "2024-06-30", 1, ["2024-06-30"]),
        ("2024-07-01", "2024-06-30", 1, []),
        ("2024-01-01", "2024-12-31", 3, ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"]),
        ("2023-12-15", "2024-12-15", 6, ["2023-12-15", "2024-06-15", "2024-12-15"]),
    ],
)
def test_the_dates_of_a_series(first: str, last: str, months: int, expected: list[str]) -> None:
    assert [d.isoformat() for d in dates_between(day(first), day(last), months)] == expected


def test_month_ends_stay_month_ends_after_a_short_month() -> None:
    found = dates_between(day("2024-01-31"), day("2024-05-31"), 1)
    assert [d.isoformat()[5:] for d in found] == ["01-31", "02-29", "03-31", "04-30", "05-31"]
