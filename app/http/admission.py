"""Which requests are worked on: reads take turns, and work ends when nobody waits for its answer.

The event loop gives every request in work the same share of the process. A thousand reads in work
at once would leave a write one share of a thousand at each of its many steps; with a few reads in
work, and the others waiting outside, a write is never far from its next step. A stream of changes
has its turn until it begins. Who waits for something else than this process has no turn meanwhile:
it is taken after authentication, and given back where a connection does not come at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from fastapi import Request
from starlette.types import Receive, Scope

_READS = {"GET", "HEAD"}
_PROBES = {"/livez", "/readyz", "/metrics"}
_STATE = "work"
# A light read is answered long before. Who is not waits for a database that does not answer.
_MOST_SECONDS = 1.0
_AT_ONCE_SECONDS = 0.02
# Some 100 µs each: a round of the event loop stays within one or two milliseconds.
_MOST_SHORT = 16


class Turn:
    """The turn of one read; it may end before the request does."""

    def __init__(self, turns: "Turns") -> None:
        """Take no place yet."""
        self._turns = turns
        self._over: asyncio.TimerHandle | None = None

    async def wait(self) -> None:
        """Wait for a place, first come, first served, and a moment for a write to be recorded."""
        await self._turns.places.acquire()
        self._over = asyncio.get_running_loop().call_later(_MOST_SECONDS, self.end)
        await self._turns.until_calm()

    def end(self) -> None:
        """Let the next read begin, unless it has already."""
        if self._over is not None:
            self._over.cancel()
            self._over = None
            self._turns.places.release()


class Turns:
    """The reads in work of one process: so many at a time."""

    def __init__(self, most: int) -> None:
        """Begin with all places free."""
        self.places = asyncio.Semaphore(most)
        self._short = asyncio.Semaphore(_MOST_SHORT)
        self.calm: asyncio.Event | None = None
        """Is clear for a moment after a write began; given when the application starts."""

    async def until_calm(self) -> None:
        """Wait a moment if a write has its turn."""
        if self.calm is not None:
            await self.calm.wait()

    async def short(self) -> None:
        """Wait for the turn of a read whose answer is there; it lasts one round of the event loop.

        Such reads do not wait for those that still have to be worked on. With so many at most in
        each round, rounds stay short: writes take one step in each, and one connection is accepted.
        """
        await self._short.acquire()
        try:
            await self.until_calm()
        finally:
            asyncio.get_running_loop().call_soon(self._short.release)

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

    async def take_turn(self) -> None:
        """Wait for the turn of a read."""
        if self._turn is not None:
            await self._turn.wait()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Give the turn back if what is waited for within does not come at once."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(_AT_ONCE_SECONDS, self.let_others_begin)
        try:
            yield
        finally:
            late.cancel()

    def let_others_begin(self) -> None:
        """Give the turn back: what follows has a bound of its own."""
        if self._turn is not None:
            self._turn.end()


def note_work(scope: Scope, work: Work) -> None:
    """Let the route of a request find its work."""
    scope.setdefault("state", {})[_STATE] = work


def is_worked_on(scope: Scope) -> bool:
    """Return whether a request came as far as to be worked on; finished answers need no work."""
    return _STATE in scope["state"]


def work_of(request: Request) -> Work:
    """Return the work of a request."""
    work: Work = getattr(request.state, _STATE)
    return work


@asynccontextmanager
async def long_work(request: Request) -> AsyncIterator[None]:
    """Do work that takes long: other reads go on, and it is stopped when the client goes away."""
    work = work_of(request)
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
