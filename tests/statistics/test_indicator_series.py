"""The series of an indicator: periods in order, revisions kept, what is implied beside them."""

from datetime import date
from decimal import Decimal
from itertools import permutations

from app.core.dates import Period
from app.statistics.implied import series_of
from tests.support.timelines import valued

LEVEL, GROWTH = "industrial_output_value", "industrial_output_growth_pct"

EARLY, LATE = date(2024, 1, 1), date(2025, 1, 1)


def test_a_later_value_supersedes_and_the_earlier_stays() -> None:
    first = valued(LEVEL, "1780", "2023", day=EARLY)
    second = valued(LEVEL, "1782", "2023", day=EARLY, authority=40)
    third = valued(LEVEL, "1784.9", "2023", day=LATE, authority=10)
    for order in permutations([first, second, third]):
        ((revised,),) = [period.values for period in series_of(LEVEL, order)]
        assert revised.in_force == third
        assert revised.superseded == (first, second)


def test_bases_and_prices_are_kept_apart() -> None:
    stated = [
        valued(LEVEL, "1", basis="target"),
        valued(LEVEL, "2", basis="plan"),
        valued(LEVEL, "3", price_base="current"),
        valued(LEVEL, "4", price_base="constant_2010"),
        valued(LEVEL, "5"),
        valued(LEVEL, "6", basis="actual"),
    ]
    (period,) = series_of(LEVEL, stated)
    values = [revised.in_force.value for revised in period.values]
    # actual, estimate (prices not stated, constant, current), plan, target
    assert values == [6, 5, 4, 3, 2, 1]
    assert all(revised.superseded == () for revised in period.values)


def test_periods_are_in_order_and_implied_ones_among_them() -> None:
    # 100 is 25 % above 80, and 80 % of 125.
    stated = [
        valued(LEVEL, "100", "2024", pct_of_target=Decimal(80)),
        valued(LEVEL, "50", "2016/2020"),
        valued(LEVEL, "60", "2016"),
        valued(LEVEL, "9", "2024-03"),
        valued(GROWTH, "25", "2024"),
        valued("exports_value", "7", "2019"),
    ]
    series = series_of(LEVEL, stated)
    assert [period.period.text for period in series] == [
        "2016",
        "2016/2020",
        "2023",
        "2024",
        "2024-03",
    ]
    assert [len(period.values) for period in series] == [1, 1, 0, 1, 1]
    assert [[i.value for i in period.implied] for period in series] == [[], [], [80], [125], []]
    assert series[2].period == Period.parse("2023")


def test_nothing_stated_is_no_series() -> None:
    assert series_of(LEVEL, []) == []
    assert series_of(LEVEL, [valued("exports_value", "7")]) == []
