"""Which requests are worked on: reads take turns, and work ends when nobody waits for its answer.

The event loop gives every request in work the same share of the process. A thousand reads in work
at once would leave a write one share of a thousand at each of its many steps; with a few reads in
work, and the others waiting outside, a write is never far from its next step. A stream of changes
has its turn until it begins.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from starlette.types import Receive, Scope

_READS = {"GET", "HEAD"}
_PROBES = {"/livez", "/readyz", "/metrics"}
_STATE = "work"


class Turn:
    """The turn of one read; it may end before the request does."""

    def __init__(self, turns: "Turns") -> None:
        """Take no place yet."""
        self._turns = turns
        self._is_taken = False

    async def wait(self) -> None:
        """Wait for a place, first come, first served, and a moment for a write to be recorded."""
        await self._turns.places.acquire()
        self._is_taken = True
        if self._turns.calm is not None:
            await self._turns.calm.wait()

    def end(self) -> None:
        """Let the next read begin, unless it has already."""
        if self._is_taken:
            self._is_taken = False
            self._turns.places.release()


class Turns:
    """The reads in work of one process: so many at a time."""

    def __init__(self, most: int) -> None:
        """Begin with all places free."""
        self.places = asyncio.Semaphore(most)
        self.calm: asyncio.Event | None = None
        """Is clear for a moment after a write began; given when the application starts."""

    def of(self, scope: Scope) -> Turn | None:
        """Return the turn that a request must wait for; writes and probes wait for none."""
        is_read = scope["method"] in _READS and scope["path"] not in _PROBES
        return Turn(self) if is_read else None


class Work:
    """What a request that is being worked on can be told: to stop, or to let others begin."""

    def __init__(self, stop: Callable[[], None], turn: Turn | None) -> None:
        """Keep both."""
        self.stop = stop
        self._turn = turn

    def let_others_begin(self) -> None:
        """Give the turn back: what follows has a bound of its own."""
        if self._turn is not None:
            self._turn.end()


def note_work(scope: Scope, work: Work) -> None:
    """Let the route of a request find its work."""
    scope.setdefault("state", {})[_STATE] = work


@asynccontextmanager
async def long_work(request: Request) -> AsyncIterator[None]:
    """Do work that takes long: other reads go on, and it is stopped when the client goes away."""
    work: Work = getattr(request.state, _STATE)
    work.let_others_begin()
    watching = asyncio.create_task(_stop_when_gone(request.receive, work.stop))
    try:
        yield
    finally:
        watching.cancel()


async def _stop_when_gone(receive: Receive, stop: Callable[[], Any]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop()
