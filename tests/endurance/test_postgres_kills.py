"""PostgreSQL is killed again and again at random moments under load; nothing acknowledged is lost.

    python -m pytest tests/endurance/test_postgres_kills.py -s

ENDURE_KILLS: how many times (20); ENDURE_SEED: of the moments (at random).
"""

import asyncio
import os
from random import Random

from tests.endurance.pg_load import Load, read, write
from tests.endurance.pg_service import check_kept, make_register, service
from tests.support.clusters import cluster

KILLS = int(os.environ.get("ENDURE_KILLS", "20"))
SEED = int(os.environ.get("ENDURE_SEED", str(Random().randrange(10**6))))
WRITERS, READERS = 4, 2
_LONGEST_SECONDS = 2.0


async def test_what_is_acknowledged_outlives_the_server() -> None:
    moments = Random(SEED)
    with cluster(1) as (server,):
        url, headers = await make_register(server)
        load = Load(headers)
        async with service(database_url=url) as base, asyncio.TaskGroup() as tasks:
            for number in range(WRITERS):
                tasks.create_task(write(load, base, number))
            for _ in range(READERS):
                tasks.create_task(read(load, base))
            for _ in range(KILLS):
                written = len(load.recorded)
                while len(load.recorded) == written:  # noqa: ASYNC110  nothing tells of it
                    await asyncio.sleep(0.01)
                await asyncio.sleep(moments.uniform(0, _LONGEST_SECONDS))
                server.kill()
                await asyncio.to_thread(server.start)
            load.ended = True
        await check_kept(url, load)
    print(
        f"\n  seed {SEED}: killed {KILLS} times; acknowledged {len(load.recorded)}, all there, once"
    )
    print(f"  reads: {load.reads}, own writes read back: {load.own_writes_read}, none too old")
    print(f"  failed requests: {load.failures.total()} {dict(load.failures)}")
