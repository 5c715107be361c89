"""Which observation is in force, and which are those of one unit."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from app.core.vocabulary import MEASURED, Basis
from app.statistics.observations import Observed, latest, stated_of
from app.units.units import Unit, UnitLevel
from tests.support.timelines import EVE, REFORM, before, observed, since

EARLY, LATE = date(2021, 6, 30), date(2023, 12, 1)


def indicator(o: Observed) -> str:
    return o.indicator


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        # the latest stated, whatever its source
        ({"day": EARLY, "authority": 40, "known_from": 9}, {"day": LATE, "authority": 10}),
        # of one day the weightier source, whenever it was recorded
        ({"day": LATE, "authority": 10, "known_from": 9}, {"day": LATE, "authority": 40}),
        # of one day and weight the later recorded
        ({"day": LATE, "known_from": 7}, {"day": LATE, "known_from": 8}),
        ({"day": LATE, "known_from": 9}, {"day": LATE, "known_from": 10}),
        # within one revision the later statement, and within a statement the later value
        ({"day": LATE, "statement_id": "7-1"}, {"day": LATE, "statement_id": "7-2"}),
        ({"day": LATE, "statement_id": "7-9"}, {"day": LATE, "statement_id": "7-10"}),
        ({"day": LATE, "position": 9}, {"day": LATE, "position": 10}),
        (
            {"day": LATE, "statement_id": "7-1", "position": 5},
            {"day": LATE, "statement_id": "7-2", "position": 1},
        ),
    ],
)
def test_the_latest_then_the_weightiest_then_the_later_recorded_is_in_force(
    loser: dict[str, Any], winner: dict[str, Any]
) -> None:
    old, new = observed(value=1, **loser), observed(value=2, **winner)
    for order in permutations([old, new]):
        assert latest(order, indicator) == {"cluster_planned_count": new}


def test_each_key_has_its_own_winner() -> None:
    count = observed(EARLY, 27)
    area = observed(EARLY, "676.4", indicator="cluster_planned_area_ha")
    later = observed(LATE, 28)
    assert latest([count, area, later], indicator) == {
        "cluster_planned_count": later,
        "cluster_planned_area_ha": area,
    }
    assert latest([later, count], lambda o: o.period) == {"2021-06-30": count, "2023-12-01": later}
    assert latest([], indicator) == {}


OLD = before(UnitLevel.province, "19", "Thái Nguyên")
NEW = since(UnitLevel.province, "19", "Thái Nguyên")
BAC_KAN = before(UnitLevel.province, "06", "Bắc Kạn")
STATED = [
    observed(EARLY, 1, province_code="19"),
    observed(EVE, 2, province_code="19"),
    observed(REFORM, 3, province_code="19"),
    observed(date(2026, 1, 1), 4, province_code="19"),
    observed(EARLY, 5, province_code="06"),
    observed(REFORM, 6, province_code="06"),
]


@pytest.mark.parametrize(
    ("unit", "day", "expected"),
    [
        (OLD, EVE, [1, 2]),
        (OLD, date(2025, 6, 29), [1]),
        (OLD, EARLY, [1]),
        (OLD, date(2021, 6, 29), []),
        (OLD, date(2026, 1, 1), [1, 2]),
        (NEW, EVE, []),
        (NEW, REFORM, [3]),
        (NEW, date(2025, 12, 31), [3]),
        (NEW, date(2026, 1, 1), [3, 4]),
        (BAC_KAN, date(2026, 1, 1), [5]),
    ],
)
def test_the_units_that_had_one_code_do_not_share_what_was_stated(
    unit: Unit, day: date, expected: list[int]
) -> None:
    assert [o.value for o in stated_of(unit, STATED, day)] == expected


def test_measured_is_what_was_reached() -> None:
    assert {Basis.actual, Basis.estimate} == MEASURED
