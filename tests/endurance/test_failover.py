"""A primary dies under load and its standby takes over, without a restart of the service.

    python -m pytest tests/endurance/test_failover.py -s

ENDURE_SECONDS: how long the load lasts before and after (10); ENDURE_FAILOVERS (1).
"""

import asyncio
import os
import time

from tests.endurance.pg_load import Load, read, write
from tests.endurance.pg_service import check_kept, make_register, service
from tests.support.clusters import cluster, several
from tests.support.postgres import database_url

SECONDS = float(os.environ.get("ENDURE_SECONDS", "10"))
FAILOVERS = int(os.environ.get("ENDURE_FAILOVERS", "1"))
WRITERS, READERS = 4, 4


async def test_a_standby_takes_over_under_load() -> None:
    for number in range(1, FAILOVERS + 1):
        print(f"\nfail-over {number} of {FAILOVERS}")
        await fail_over()


async def fail_over() -> None:
    with cluster(2) as (primary, standby):
        _, headers = await make_register(primary)
        standby.copy(primary)
        standby.start()
        # An acknowledged write is on both servers: what one of them loses the other has.
        primary.set("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.set("SELECT pg_reload_conf()")
        async with service(
            database_url=several("icr", primary, standby, attributes="read-write"),
            read_database_url=several("icr", standby, primary, attributes="prefer-standby"),
        ) as base:
            load = Load(headers)
            async with asyncio.TaskGroup() as tasks:
                for number in range(WRITERS):
                    tasks.create_task(write(load, base, number))
                for _ in range(READERS):
                    tasks.create_task(read(load, base))
                await asyncio.sleep(SECONDS)
                before = len(load.recorded)
                assert before, "nothing was written before"
                load.longest_gap = 0.0
                began = time.monotonic()
                primary.kill()
                await asyncio.to_thread(standby.promote)
                promoted = time.monotonic() - began
                await asyncio.sleep(SECONDS)
                load.ended = True
        assert len(load.recorded) > before, "nothing was written after"
        await check_kept(database_url(standby.base_url, "icr"), load)
    print(f"  acknowledged: {before} before, {len(load.recorded) - before} after; all there, once")
    print(f"  reads: {load.reads}, own writes read back: {load.own_writes_read}, none too old")
    print(f"  promoted after {promoted:.1f} s; seconds without writes: {load.longest_gap:.1f}")
    print(f"  failed requests: {load.failures.total()} {dict(load.failures)}")
