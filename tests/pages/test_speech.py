"""How pages write dates and periods, in each language."""

import pytest

from app.pages.speech import Speech


@pytest.mark.parametrize(
    ("written", "vietnamese", "english"),
    [
        ("2024", "2024", "2024"),
        ("2024-Q4", "quý 4/2024", "Q4 2024"),
        ("2023-12", "12/2023", "Dec 2023"),
        ("2021-06-30", "30/06/2021", "30 Jun 2021"),
        ("2021/2025", "2021–2025", "2021–2025"),
        ("2021/2023-06", "2021–06/2023", "2021–Jun 2023"),
    ],
)
def test_periods_are_as_precise_as_written(written: str, vietnamese: str, english: str) -> None:
    assert Speech("vi").period(written) == vietnamese
    assert Speech("en").period(written) == english


def test_a_negative_number_has_a_minus_and_no_hyphen() -> None:
    assert Speech("vi").number(-1234.5) == "−1.234,5"
    assert Speech("en").number(-1234.5) == "−1,234.5"
