"""The client that makes the load: keep-alive connections in a process of its own.

It reads orders from standard input, one JSON object a line, and answers each with one line. It does
little more than count, so that it stays much faster than the server: requests are sent as prepared,
only the status and the length of answers are examined.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from statistics import quantiles
from time import perf_counter
from typing import Any

import uvloop

_HEAD_END = b"\r\n\r\n"
_NOT_MODIFIED = b"304"
_LENGTH = b"\r\ncontent-length: "
_CHUNKED = b"\r\nTransfer-Encoding: chunked"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where: requests (as HTTP text), over how many connections, until when."""

    port: int
    connections: int
    seconds: float
    most: int
    requests: list[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many answers came in how many seconds, how fast, and the first that was no success."""

    answers: int
    seconds: float
    median_ms: float
    p95_ms: float
    failure: str | None

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


class _Run:
    """The state that the connections of one order share."""

    def __init__(self, order: Order) -> None:
        self.requests: Iterator[bytes] = islice(
            cycle([request.encode() for request in order.requests]), order.most
        )
        self.deadline = perf_counter() + order.seconds
        self.times: list[float] = []
        self.failure: str | None = None

    def next_request(self) -> bytes | None:
        """Return what to send next, or ``None`` when it is time to end."""
        if self.failure is not None or perf_counter() >= self.deadline:
            return None
        return next(self.requests, None)


class _Connection(asyncio.Protocol):
    """One connection that sends the next request when the answer to the last is complete."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = bytearray()
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Collect an answer; when it is complete, count it and go on."""
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        if not self._is_complete(end):
            return
        self._run.times.append(perf_counter() - self._sent)
        if self._buffer[9:10] != b"2" and self._buffer[9:12] != _NOT_MODIFIED:
            self._run.failure = self._buffer.decode(errors="replace")
        self._buffer.clear()
        self._send()

    def _is_complete(self, end: int) -> bool:
        """Return whether the body is there; the service gives its length, Datasette ends it."""
        if self._buffer[9:12] == _NOT_MODIFIED:
            return True
        if self._buffer.find(_CHUNKED, 0, end + 2) > 0:
            return self._buffer.endswith(_LAST_CHUNK)
        found = self._buffer.find(_LENGTH, 0, end + 2)
        if found < 0:
            self._run.failure = self._buffer.decode(errors="replace")
            return True
        start = found + len(_LENGTH)
        length = int(self._buffer[start : self._buffer.find(b"\r", start)])
        return len(self._buffer) >= end + len(_HEAD_END) + length

    def connection_lost(self, exc: Exception | None) -> None:
        """End, also when the server closed the connection."""
        if not self.done.done():
            self._run.failure = self._run.failure or f"the connection was lost: {exc}"
            self.done.set_result(None)

    def _send(self) -> None:
        request = self._run.next_request()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = perf_counter()
        self._transport.write(request)


async def _fulfil(order: Order) -> Outcome:
    loop = asyncio.get_running_loop()
    run = _Run(order)
    started = perf_counter()
    opened = [
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", order.port)
        for _ in range(order.connections)
    ]
    try:
        async with asyncio.timeout(order.seconds + _PATIENCE_SECONDS):
            await asyncio.gather(*(connection.done for _, connection in opened))
    except TimeoutError:
        run.failure = f"no answer within {_PATIENCE_SECONDS} seconds"
    seconds = perf_counter() - started
    times = run.times if len(run.times) > 1 else [*run.times, *run.times, 0.0, 0.0]
    hundredths = quantiles(times, n=100)
    return Outcome(
        len(run.times), seconds, hundredths[49] * 1000, hundredths[94] * 1000, run.failure
    )


def main() -> None:
    """Fulfil orders until standard input ends."""
    for line in sys.stdin:
        outcome = uvloop.run(_fulfil(Order(**json.loads(line))))
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
