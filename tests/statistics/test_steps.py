"""Step functions against plain sums over the sites that hold something on a day."""

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.statistics.steps import Held, Steps
from app.statistics.tallies import TRACKS, codes_of

START = date(2020, 1, 1)
CODES = [codes_of("cluster", stage, *[None] * (len(TRACKS) - 1)) for stage in ("planned", "closed")]
days = st.integers(0, 200).map(lambda number: START + timedelta(number))
ends = st.one_of(days, st.just(date.max))


@st.composite
def spans(draw: st.DrawFn) -> Held:
    first, end = sorted((draw(days), draw(ends)))
    end = max(end, first + timedelta(1)) if end < date.max else end
    # Beyond 64 bits, as packed tallies are.
    return Held(draw(st.sampled_from(CODES)), first, end, draw(st.integers(1, 2**70)))


def added(held: Iterable[Held], day: date) -> dict[object, int]:
    sums: dict[object, int] = {}
    for one in held:
        if one.first <= day < one.end:
            sums[one.codes] = sums.get(one.codes, 0) + one.tally
    return sums


def on(steps: Steps, day: date) -> dict[object, int]:
    return {one.codes: one.tally for groups in steps.on(day).values() for one in groups}


EVERY = [START + timedelta(number) for number in range(-1, 202)]


@given(st.lists(spans(), max_size=120), st.data())
def test_every_day_has_the_sum_of_what_is_held_on_it(held: list[Held], data: st.DataObject) -> None:
    steps = Steps.of(held)
    assert [on(steps, day) for day in EVERY] == [added(held, day) for day in EVERY]
    gone = data.draw(st.lists(st.sampled_from(held), unique_by=id)) if held else []
    new = data.draw(st.lists(spans(), max_size=30))
    moved = steps.moved([*((one, -1) for one in gone), *((one, 1) for one in new)])
    left = [one for one in held if not any(one is other for other in gone)] + new
    assert [on(moved, day) for day in EVERY] == [added(left, day) for day in EVERY]
    # The function itself is what it was: others may be reading it.
    assert [on(steps, day) for day in EVERY] == [added(held, day) for day in EVERY]


@given(st.lists(spans(), min_size=1, max_size=40))
def test_nothing_is_left_of_what_goes_again(held: list[Held]) -> None:
    steps = Steps.of(held).moved((one, -1) for one in held)
    assert steps.size == 0
    assert {len(on(steps, day)) for day in EVERY} == {0}


def test_a_function_says_which_days_it_is_of() -> None:
    one = Held(CODES[0], START, date.max, 1)
    some = Steps.of([one], frozenset([START]))
    assert some.covers([START])
    assert not some.covers([START, START + timedelta(1)])
    assert Steps.of([one]).covers(EVERY)
