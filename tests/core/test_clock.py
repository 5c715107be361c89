"""The clock: what it may say, given what it said before and when the latest revision was."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import Clock
from app.core.errors import ClockFaultError

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Machine:
    """A clock on the wall that anybody may set, and a time that only passes."""

    def __init__(self) -> None:
        self.wall = START.timestamp()
        self.steady = 1000.0

    def clock(self, jump: timedelta = HOUR, ahead: timedelta = 366 * DAY) -> Clock:
        return Clock(jump, ahead, lambda: self.wall, lambda: self.steady)

    def wait(self, time: timedelta) -> None:
        self.wall += time.total_seconds()
        self.steady += time.total_seconds()

    def put(self, by: timedelta) -> None:
        self.wall += by.total_seconds()


def test_time_that_passes_is_no_jump() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wait(300 * DAY)
    assert clock.fault(START) is None


@pytest.mark.parametrize("by", [timedelta(seconds=3600), -400 * DAY, timedelta()])
def test_a_clock_put_back_or_forward_by_less_than_the_bound_goes_on(by: timedelta) -> None:
    """One that is put back is no danger: no revision is dated before the one before it."""
    machine = Machine()
    clock = machine.clock()
    machine.put(by)
    assert clock.fault(START) is None


def test_a_jump_beyond_the_bound_is_refused_until_the_clock_is_right_again() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wait(DAY)
    machine.put(HOUR + timedelta(seconds=1))
    with pytest.raises(
        ClockFaultError, match="jumped ahead by 1:00:01 while it ran, to 2026-03-02"
    ):
        clock.check(None)
    machine.wait(DAY)
    assert clock.fault(None) is not None
    machine.put(-HOUR)
    assert clock.fault(None) is None
    # A process that begins with the new time takes it for right.
    machine.put(10 * DAY)
    assert machine.clock().fault(START) is None


def test_a_register_unused_for_longer_than_the_bound_needs_a_word() -> None:
    machine = Machine()
    assert machine.clock().fault(START - 366 * DAY) is None
    late = START - 366 * DAY - timedelta(seconds=1)
    with pytest.raises(ClockFaultError, match="ICR_CLOCK_AHEAD_DAYS to 0"):
        machine.clock().check(late)
    assert machine.clock(ahead=timedelta()).fault(late) is None
    assert machine.clock().fault(None) is None


def test_without_a_bound_every_jump_is_taken() -> None:
    machine = Machine()
    clock = machine.clock(timedelta())
    machine.put(300 * DAY)
    assert clock.fault(START) is None
