"""What protects every request: a time-out, and an answer to errors nobody foresaw.

The clock runs while the body comes in and until the answer begins. How long an answer takes to be
read is up to its client; one that stops reading is cut off by the connection itself.
"""

import asyncio
import logging

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import RegistryError, SlowBodyError, TimedOutError
from app.core.messages import Template
from app.http.admission import Turn, Turns, Work, note_work
from app.http.problems import internal_error, problem

_log = logging.getLogger("icr")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_RETRY_SECONDS = 5
# What servers log of a request whose client went away; nobody receives it.
_CLIENT_GONE = 499
_SLOW_BODY = Template(
    "http.slow-body", "The body did not come within {seconds:g} seconds; nothing was recorded."
)
_SLOW_READ = Template(
    "http.slow-read", "There was no answer within {seconds:g} seconds; ask for less, or later."
)
_SLOW_WRITE = Template(
    "http.slow-write",
    "There was no answer within {seconds:g} seconds. The write was broken off as a whole, unless it"
    " was being committed just then: send it again with the same Idempotency-Key.",
)


class TimeoutMiddleware:
    """Ends what takes too long, and answers what failed with a problem document."""

    def __init__(self, app: ASGIApp, seconds: float, turns: Turns) -> None:
        """Wrap an application; ``seconds`` is the time for the turn, the body and the answer."""
        self._app = app
        self._seconds = seconds
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        timed = _TimedAnswer(receive, send, self._seconds, self._turns.of(scope))
        note_work(scope, timed.work)
        try:
            async with timed.clock:
                await self._app(scope, timed.receive, timed.send)
        except TimeoutError as error:
            if timed.is_gone and timed.clock.expired():
                await timed.end_for_nobody()
            elif timed.is_started or not timed.clock.expired():
                await timed.fail(scope, error)
            else:
                await timed.answer(scope, self._too_late(scope, timed))
        except Exception as error:  # noqa: BLE001  whatever it is, the client gets an answer and it is logged
            await timed.fail(scope, error)
        finally:
            timed.work.let_others_begin()

    def _too_late(self, scope: Scope, timed: "_TimedAnswer") -> RegistryError:
        if not timed.has_body and scope["method"] not in _SAFE:
            return SlowBodyError(_SLOW_BODY(seconds=self._seconds))
        if scope["method"] in _SAFE:
            detail = _SLOW_READ(seconds=self._seconds)
        else:
            detail = _SLOW_WRITE(seconds=self._seconds)
        return TimedOutError(detail, headers={"Retry-After": str(_RETRY_SECONDS)})


class _TimedAnswer:
    """One request: how far it is, its clock, and its turn if it is a read."""

    def __init__(self, receive: Receive, send: Send, seconds: float, turn: Turn | None) -> None:
        self.clock = asyncio.timeout(seconds)
        self.work = Work(self.stop, turn)
        self.has_body = False
        self.is_gone = False
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
            # From here on it is the client that takes its time.
            self.work.let_others_begin()
        await self._send(message)

    def stop(self) -> None:
        """End the work at once: the client is gone."""
        self.is_gone = True
        self.clock.reschedule(0)

    async def end_for_nobody(self) -> None:
        """End the answer; it is only logged."""
        if not self.is_started:
            await self._send({"type": "http.response.start", "status": _CLIENT_GONE, "headers": []})
            await self._send({"type": "http.response.body", "body": b""})

    async def answer(self, scope: Scope, error: RegistryError) -> None:
        response = problem(Request(scope), error)
        if not self.has_body and scope["method"] not in _SAFE:
            # The rest of the body would be taken for the next request.
            response.headers["Connection"] = "close"
        await response(scope, self._receive, self._send)

    async def fail(self, scope: Scope, error: Exception) -> None:
        """Log an error with its traceback and answer it; an answer that has begun is broken off."""
        if self.is_started:
            raise error
        _log.error("unforeseen error at %s", scope["path"], exc_info=error)
        await self.answer(scope, internal_error())
