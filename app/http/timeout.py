"""What every request is guarded by: a time-out, and an answer to errors nobody foresaw.

The clock runs while the body comes in and until the answer begins. How long an answer takes to be
read is up to its client; one that stops reading is cut off by the connection itself.
"""

import asyncio
import logging

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import RegistryError, SlowBodyError, TimedOutError
from app.http.problems import problem

_log = logging.getLogger("icr")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_RETRY_SECONDS = 5


class TimeoutMiddleware:
    """Ends what takes too long, and answers what failed with a problem document."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        """Wrap an application; ``seconds`` is the time for the body and the answer."""
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _TimedAnswer(receive, send, self._seconds)
        try:
            async with guarded.clock:
                await self._app(scope, guarded.receive, guarded.send)
        except TimeoutError as error:
            if guarded.is_started or not guarded.clock.expired():
                await guarded.fail(scope, error)
            else:
                await guarded.answer(scope, self._too_late(scope, guarded))
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told and it is logged
            await guarded.fail(scope, error)

    def _too_late(self, scope: Scope, guarded: "_TimedAnswer") -> RegistryError:
        within = f"within {self._seconds:g} seconds"
        if not guarded.has_body and scope["method"] not in _SAFE:
            return SlowBodyError(f"The body did not come {within}; nothing was recorded.")
        if scope["method"] in _SAFE:
            detail = f"There was no answer {within}; ask for less, or later."
        else:
            detail = (
                f"There was no answer {within}. The write was broken off as a whole, unless it was"
                " being committed just then: send it again with the same Idempotency-Key."
            )
        return TimedOutError(detail, headers={"Retry-After": str(_RETRY_SECONDS)})


class _TimedAnswer:
    """One request: how far it is, and its clock."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.clock = asyncio.timeout(seconds)
        self.has_body = False
        self.is_started = False
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body"):
            self.has_body = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_started = True
            self.clock.reschedule(None)
        await self._send(message)

    async def answer(self, scope: Scope, error: RegistryError) -> None:
        response = problem(Request(scope), error)
        if not self.has_body and scope["method"] not in _SAFE:
            # The rest of the body would be taken for the next request.
            response.headers["Connection"] = "close"
        await response(scope, self._receive, self._send)

    async def fail(self, scope: Scope, error: Exception) -> None:
        """Log an error with its traceback and tell of it; what was begun can only be broken off."""
        if self.is_started:
            raise error
        _log.error("unforeseen error at %s", scope["path"], exc_info=error)
        detail = "Something went wrong in the service; nothing was recorded. Try again later."
        await self.answer(scope, RegistryError(detail))
