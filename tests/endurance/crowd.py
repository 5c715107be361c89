"""The clients of the crowd, in a process of their own: many who read, some who write.

It is run as a program: ``python -m tests.endurance.crowd PORT READERS WRITERS LEAVERS SECONDS``;
what it saw is printed as JSON. The variable CROWD_AUTHORIZATION lets them write. Each client sends
its next request when the answer to the last is complete; those who leave ask for much, and mostly
go away before the answer is there.
"""

import asyncio
import json
import os
import random
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from itertools import count
from time import perf_counter
from typing import Any

import uvloop

_HEAD_END = b"\r\n\r\n"
_PATIENCE_SECONDS = 120
PATHS = (
    "/v1/sites?limit=20",
    "/v1/sites/ccn-cam-giang",
    "/v1/provinces/06/rollup?kind=cluster&as_of=2023-12-31",
    "/v1/sites/ccn-cam-giang/timeline",
    FEED := "/v1/changes?after=1&limit=5",
)
HEAVY = (
    "/v1/findings",
    "/v1/findings?rule=growth_differs&limit=1",
    "/v1/rollups",
    "/v1/sites?count=exact",
    "/v1/sites.xlsx",
)
_MOST_WAIT_SECONDS = 0.5
SOURCE = "bac-kan-press-2021-06-30"
SITES = ("ccn-cam-giang", "ccn-huyen-tung", "ccn-quang-chu", "ccn-thanh-thinh", "kcn-thanh-binh")


@dataclass
class Seen:
    """What the clients saw: how long each answer took, what was acknowledged, what went wrong."""

    reads: list[float] = field(default_factory=list)
    feed: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def crowd(port: int, readers: int, writers: int, leavers: int, seconds: float) -> Seen:
    """Have all clients ask until the time is over; answers under way then are waited for."""
    seen = Seen()
    end = perf_counter() + seconds
    # No two crowds of one service state the same.
    numbers = count(1 + leavers * 1_000_000)
    clients = [_read(port, number, end, seen) for number in range(readers)]
    clients += [_write(port, numbers, end, seen) for _ in range(writers)]
    clients += [_leave(port, random.Random(number), end) for number in range(leavers)]
    async with asyncio.timeout(seconds + _PATIENCE_SECONDS):
        await asyncio.gather(*clients)
    return seen


async def _read(port: int, number: int, end: float, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for turn in count(number):
        if perf_counter() >= end:
            break
        path = PATHS[turn % len(PATHS)]
        begun = perf_counter()
        status, body = await _ask(reader, writer, f"GET {path} HTTP/1.1", b"")
        (seen.feed if path == FEED else seen.reads).append(perf_counter() - begun)
        if status != HTTPStatus.OK:
            seen.errors.append(f"GET {path}: {status} {body[:300].decode()}")
    writer.close()


async def _leave(port: int, chance: random.Random, end: float) -> None:
    """Ask for much, again and again, and go away after a while, answered or not."""
    while perf_counter() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {chance.choice(HEAVY)} HTTP/1.1\r\nHost: register\r\n\r\n".encode())
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(chance.uniform(0.05, _MOST_WAIT_SECONDS)):
                await reader.read()
        writer.transport.abort()


async def _write(port: int, numbers: "count[int]", end: float, seen: Seen) -> None:
    """Record remarks: statements without values, each with a text of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while perf_counter() < end:
        number = next(numbers)
        content: dict[str, Any] = {"source_id": SOURCE, "effective_from": "2021-07", "values": {}}
        body = json.dumps({**content, "note": f"crowd {number}"}).encode()
        begun = perf_counter()
        line = f"POST /v1/sites/{SITES[number % len(SITES)]}/statements HTTP/1.1"
        status, answer = await _ask(reader, writer, line, body)
        seen.writes.append(perf_counter() - begun)
        if status == HTTPStatus.CREATED:
            seen.acknowledged.append(json.loads(answer)["id"])
        else:
            seen.errors.append(f"{line}: {status} {answer[:300].decode()}")
    writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str, body: bytes
) -> tuple[int, bytes]:
    head = f"{line}\r\nHost: register\r\n"
    if body:
        head += f"Authorization: {os.environ['CROWD_AUTHORIZATION']}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"\r\n" + body)
    answer = await reader.readuntil(_HEAD_END)
    lines = answer.split(b"\r\n")
    length = next(one for one in lines if one.lower().startswith(b"content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(int(length.partition(b":")[2]))


def main() -> None:
    """Be the crowd that the command line describes."""
    port, readers, writers, leavers = (int(word) for word in sys.argv[1:5])
    seen = uvloop.run(crowd(port, readers, writers, leavers, float(sys.argv[5])))
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
