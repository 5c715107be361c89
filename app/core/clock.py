"""The clock that dates what is recorded, and whether it can be right.

A clock that once lay far ahead dates all later revisions too, since none may be earlier than the
one before it: what it says is checked before it is recorded.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.core.errors import ClockFaultError
from app.core.messages import Message, Template

_JUMPED = Template(
    "clock.jumped",
    "The clock of the service jumped ahead by {ahead} while it ran, to {now}. Nothing is recorded "
    "until the operator has corrected the clock, or has restarted the service if it is right now.",
)
_FAR_AHEAD = Template(
    "clock.far-ahead",
    "The clock of the service says {now}, {ahead} after the latest revision. Nothing is recorded "
    "until the operator has corrected the clock, or has set ICR_CLOCK_AHEAD_DAYS to 0 if it is "
    "right.",
)


def steady_seconds() -> float:
    """Return a time that nobody sets; it also passes while the machine is suspended."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Clock:
    """The clock of a process: 0 means no bound, neither for a jump nor for the latest revision."""

    def __init__(
        self,
        jump: timedelta = timedelta(),
        ahead: timedelta = timedelta(),
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        """Begin to watch."""
        self._jump = jump
        self._ahead = ahead
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def fault(self, latest: datetime | None) -> Message | None:
        """Return what is wrong with the clock, given when the latest revision was recorded."""
        wall = self._wall()
        now = datetime.fromtimestamp(wall, UTC)
        jumped = timedelta(seconds=wall - self._steady() - self._offset)
        if self._jump and jumped > self._jump:
            return _JUMPED(ahead=_rounded(jumped), now=_rounded(now))
        if self._ahead and latest is not None and now - latest > self._ahead:
            return _FAR_AHEAD(ahead=_rounded(now - latest), now=_rounded(now))
        return None

    def check(self, latest: datetime | None) -> None:
        """Raise ``ClockFaultError`` if what the clock says can hardly be right."""
        fault = self.fault(latest)
        if fault is not None:
            raise ClockFaultError(fault)


def _rounded(what: datetime | timedelta) -> str:
    if isinstance(what, timedelta):
        return str(timedelta(seconds=round(what.total_seconds())))
    return what.isoformat(timespec="seconds")
