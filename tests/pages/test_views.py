"""Days in the addresses of pages, as people write dates."""

import pytest

from app.core.dates import today
from app.pages.views import as_forms_send_it


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-12-31", "2023-12-31"),
        ("31/12/2023", "2023-12-31"),
        ("2/2024", "2024-02-29"),
        ("quý II/2023", "2023-06-30"),
        ("2021", "2021-12-31"),
        ("hôm qua", "hôm qua"),
    ],
)
def test_a_day_is_written_as_people_do(written: str, day: str) -> None:
    """Of a month, a quarter or a year it is the last one; what is no date is refused as such."""
    given = {"as_of": written, "other_as_of": written, "q": written}
    assert as_forms_send_it(given, "known_at") == {"as_of": day, "other_as_of": day, "q": written}


def test_a_period_that_is_not_over_means_today() -> None:
    found = as_forms_send_it({"as_of": f"{today():%m/%Y}"}, "known_at")
    assert found == {"as_of": today().isoformat()}
    ahead = today().year + 1
    assert as_forms_send_it({"as_of": f"{ahead}"}, "known_at") == {"as_of": f"{ahead}-12-31"}
