"""No answer is older than what was acknowledged before it was requested, in 100,000 of them.

Eight readers of kept answers and twenty writes a second, through two workers. ``ENDURE_ANSWERS``
says how many answers are checked; ``make endure`` prints how fast they came.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

from tests.support.processes import Served, served

ANSWERS = int(os.environ.get("ENDURE_ANSWERS", "100000"))
READERS = 8
WRITES_PER_SECOND = 20
SITE = "ccn-cam-giang"
STATEMENTS = f"/v1/sites/{SITE}/statements"
PATHS = (
    f"/v1/sites/{SITE}",
    f"{STATEMENTS}?limit=3",
    "/v1/sites?limit=20",
    "/v1/provinces/06/rollup?kind=cluster",
)
_HEAD_END = b"\r\n\r\n"


@dataclass
class Seen:
    """What is acknowledged so far, and what the answers were."""

    acknowledged: int = 0
    """The latest revision of which a writer was told that it is recorded."""
    answers: int = 0
    stale: list[str] = field(default_factory=list)
    bodies: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """What each path was answered at each revision: the same by each worker, each time."""
    differing: list[str] = field(default_factory=list)


async def test_no_answer_is_older_than_what_was_acknowledged(seeded_url: str, kind: str) -> None:
    async with served(seeded_url, "--workers", "2", log_level="warning") as service:
        seen, begun = Seen(), perf_counter()
        writer = asyncio.create_task(write(service, seen))
        async with asyncio.TaskGroup() as readers:
            for number in range(READERS):
                readers.create_task(read(service, number, seen))
        seconds = perf_counter() - begun
        writer.cancel()
    revisions = len({revision for _, revision in seen.bodies})
    print(
        f"\n{kind}: {seen.answers} answers of {revisions} revisions in {seconds:.0f} s, "
        f"{seen.answers / seconds:.0f} a second"
    )
    assert seen.stale == []
    assert seen.differing == []
    assert revisions > seconds * WRITES_PER_SECOND / 2


async def write(service: Served, seen: Seen) -> None:
    """Record remarks at a steady pace, each on a connection that either worker may accept."""
    begun = perf_counter()
    async with service.client() as client:
        for number in count(1):
            body = {
                "source_id": "bac-kan-press-2021-06-30",
                "effective_from": "2021-07",
                "values": {},
                "note": f"remark {number}",
            }
            answer = await client.post(STATEMENTS, json=body)
            assert answer.status_code == 201, answer.text
            seen.acknowledged = int(answer.headers["register-revision"])
            await asyncio.sleep(max(0, begun + number / WRITES_PER_SECOND - perf_counter()))


async def read(service: Served, number: int, seen: Seen) -> None:
    """Read one after the other until there are enough answers; compare each."""
    async with connected(service) as (reader, writer):
        for turn in count(number):
            if seen.answers >= ANSWERS:
                return
            path, least = PATHS[turn % len(PATHS)], seen.acknowledged
            writer.write(f"GET {path} HTTP/1.1\r\nHost: register\r\n\r\n".encode())
            head = (await reader.readuntil(_HEAD_END)).decode("latin-1").lower()
            fields = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
            assert " 200 " in head, head
            body = await reader.readexactly(int(fields["content-length"]))
            revision = int(fields["register-revision"])
            seen.answers += 1
            if revision < least:
                seen.stale.append(f"{path}: revision {revision} after {least} was acknowledged")
            if seen.bodies.setdefault((path, revision), body) != body:
                seen.differing.append(f"{path} at revision {revision}")


@asynccontextmanager
async def connected(
    service: Served,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Lend a connection that stays."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        yield reader, writer
    finally:
        writer.close()
