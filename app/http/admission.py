"""Which requests are worked on: reads take turns, and work ends when nobody waits for its answer.

The event loop gives every request in work the same share of the process. A thousand reads in work
at once would leave a write one share of a thousand at each of its many steps; with a few reads in
work, and the others waiting outside, writes and the change feed are never far from their turn.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from starlette.types import Receive, Scope

_READS = {"GET", "HEAD"}
_PROBES = {"/livez", "/readyz", "/metrics"}
_FEED = "/v1/changes"
_STATE = "work"


class Turn:
    """The turn of one read; it may end before the request does."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        """Take no place yet."""
        self._places = places
        self._is_taken = False

    async def begin(self) -> None:
        """Wait for a place, first come, first served."""
        await self._places.acquire()
        self._is_taken = True

    def end(self) -> None:
        """Let the next read begin, unless it has already."""
        if self._is_taken:
            self._is_taken = False
            self._places.release()


class Turns:
    """The reads in work of one process: so many at a time."""

    def __init__(self, most: int) -> None:
        """Begin with all places free."""
        self._places = asyncio.Semaphore(most)

    def of(self, scope: Scope) -> Turn | None:
        """Return the turn that a request must wait for; writes, the feed and probes wait for none."""
        if scope["method"] not in _READS or scope["path"] in _PROBES:
            return None
        return None if scope["path"].startswith(_FEED) else Turn(self._places)


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
