"""A thousand readers and twenty writers at once: no error, no lost write, memory that stays flat.

``ENDURE_SECONDS`` says for how long (60), ``ENDURE_READERS`` by how many (1000). What is measured
is printed: ``make endure`` shows it.
"""

import asyncio
import json
import os
import resource
import sys
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.endurance.crowd import HEAVY
from tests.support.ledgers import check_sound
from tests.support.processes import Served, served
from tests.support.registers import SEEDS, opened, writer_on

SECONDS = float(os.environ.get("ENDURE_SECONDS", "60"))
READERS = int(os.environ.get("ENDURE_READERS", "1000"))
WRITERS = 20
LEAVERS = 25
"""Those who ask for much and go away before it is there."""
WORKERS = 2
_ROUNDS = 4
"""So many connections that none of the workers is likely to be left out."""
_OPEN_FILES = 8192
_LOOKS = 60
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _enough_open_files() -> None:
    """Let the server and the crowd, which inherit it, open a connection for everyone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


async def test_a_crowd_reads_and_writes(seeded_url: str, kind: str) -> None:
    async with served(
        seeded_url, "--workers", str(WORKERS), request_timeout="120", log_level="warning"
    ) as service:
        crowd = asyncio.create_task(crowd_at(service))
        memory = await memory_until(crowd, service)
        seen = await crowd
        _, logged = await service.stop()
    report(kind, seen, memory)
    assert seen["errors"] == []
    assert '"level": "error"' not in logged
    acknowledged = Counter(seen["acknowledged"])
    assert len(acknowledged) == len(seen["writes"]) > 0
    async with opened(seeded_url) as database:
        async with database.read() as connection:
            query = text("SELECT id FROM statement WHERE note LIKE 'crowd %'")
            recorded = Counter((await connection.execute(query)).scalars())
        assert recorded == acknowledged
        await check_sound(await writer_on(database))
    assert_flat(memory)


async def test_heavy_reads_that_are_dropped_cost_nobody_else(seeded_url: str, kind: str) -> None:
    """What light reads and the feed need, and the memory, is compared within one run.

    What a worker keeps from its first heavy read on, as compiled queries, is there before.
    """
    async with served(
        seeded_url, "--workers", str(WORKERS), request_timeout="120", log_level="warning"
    ) as service:
        await warm(service)
        without = await crowd_at(service)
        before = memory_of(service)
        beside = await crowd_at(service, LEAVERS)
        after = memory_of(service)
        _, logged = await service.stop()
    report(kind, without, [before] * 3)
    report(f"{kind}, {LEAVERS} leave", beside, [after] * 3)
    assert without["errors"] == beside["errors"] == []
    assert "unforeseen" not in logged
    for name in ("reads", "feed"):
        assert median(beside[name]) <= 2 * median(without[name]), name
    assert after <= before * 1.1


async def warm(service: Served) -> None:
    """Have each worker answer each of the heavy reads, on connections made anew for each."""
    for path in _ROUNDS * HEAVY:
        async with httpx.AsyncClient(base_url=service.base, timeout=120) as client:
            assert (await client.get(path)).status_code == 200


async def crowd_at(service: Served, leavers: int = 0) -> dict[str, Any]:
    """Let the crowd in, from a process of its own."""
    words = [str(word) for word in (service.port, READERS, WRITERS, leavers, SECONDS)]
    variables = {"CROWD_AUTHORIZATION": service.headers["Authorization"]}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.endurance.crowd", *words),
        stdout=asyncio.subprocess.PIPE,
        cwd=SEEDS.parent,
        env={**os.environ, **variables},
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    seen: dict[str, Any] = json.loads(out)
    return seen


async def memory_until(crowd: asyncio.Task[Any], service: Served) -> list[int]:
    """Look at the resident memory of all workers, so many times while the crowd is there."""
    found = []
    while not crowd.done():
        found.append(memory_of(service))
        await asyncio.wait([crowd], timeout=SECONDS / _LOOKS)
    return found


def memory_of(service: Served) -> int:
    """Return the resident memory of all workers, in bytes."""
    return sum(resident_pages(pid) for pid in service.workers()) * _PAGE


def resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def assert_flat(memory: list[int]) -> None:
    """The last third of the time needs no more than a tenth more than the second third."""
    third = len(memory) // 3
    before, after = max(memory[third : 2 * third]), max(memory[2 * third :])
    assert after <= before * 1.1, [size // _MIB for size in memory]


def report(kind: str, seen: dict[str, Any], memory: list[int]) -> None:
    print(
        f"\n{kind}: {READERS} readers and {WRITERS} writers for {SECONDS:g} s on {WORKERS} workers:"
        f" {len(seen['errors'])} errors"
    )
    for name in ("reads", "feed", "writes"):
        times = sorted(seen[name])
        hundredths = quantiles(times, n=1000, method="inclusive")
        half, p95, p99, p999 = (hundredths[at] * 1000 for at in (499, 949, 989, 998))
        print(
            f"  {len(times)} {name}, {len(times) / SECONDS:.0f} a second; median {half:.0f} ms,"
            f" 95 % {p95:.0f} ms, 99 % {p99:.0f} ms, 99.9 % {p999:.0f} ms, worst"
            f" {times[-1] * 1000:.0f} ms"
        )
    third = len(memory) // 3
    parts = [memory[:third], memory[third : 2 * third], memory[2 * third :]]
    sizes = ", ".join(f"{max(part) // _MIB} MiB" for part in parts)
    print(f"  memory of the workers, highest in each third of the time: {sizes}")
