"""A service killed under load, again and again, loses nothing it acknowledged, and doubles nothing.

ENDURE_KILLS says how often it is killed; the moments are pseudo-random.
"""

import asyncio
import os
import sys
from collections import Counter
from itertools import count
from random import Random
from typing import Any

import pytest

from app.database import Database
from tests.endurance.service import PROGRAM, ROOT, Client, Service
from tests.support.ledgers import SOURCE, begin, check_sound, one, query
from tests.support.registers import make_key, opened, writer_on

KILLS = int(os.environ.get("ENDURE_KILLS", "10"))
CLIENTS = 4
SITES = tuple(f"ccn-{number}" for number in range(1, 13))
MOST_WRITES_IN_A_LIFE = 40


class Bodies:
    """Gives each key a statement of its own: no two say the same."""

    def __init__(self) -> None:
        """Begin with the first."""
        self._numbers = count(1)

    def __call__(self, key: str) -> tuple[str, Any]:
        """Return path and body of the next statement; its note is the key."""
        number = next(self._numbers)
        values = {"area_ha": 10 + number / 10_000}
        effective_from = f"2024-{1 + number % 12:02}"
        body = {"source_id": SOURCE, "effective_from": effective_from, "values": values}
        return f"/v1/sites/{SITES[number % len(SITES)]}/statements", {**body, "note": key}


async def test_a_service_killed_at_any_moment_keeps_each_acknowledged_statement_once(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await begin(await writer_on(database), *SITES)
    credentials = (await make_key(database)).key
    await database.close()
    service = Service(database.url)
    clients = [Client(f"client-{number}", service, credentials) for number in range(CLIENTS)]
    await service.begin()
    await kill_under_load(service, clients)
    async with opened(database.url) as after:
        writer = await writer_on(after)
        await check_acknowledged(after, clients)
        await check_sound(writer)
        revisions = await one(after, "SELECT number FROM revision_counter")
    told = await verified(database.url)
    assert f"All {revisions} revisions match" in told
    counts = sum((client.counts for client in clients), Counter())
    acknowledged = sum(len(client.acknowledged) for client in clients)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{database.url.partition(':')[0]}: {KILLS} kills, {counts['sent']} requests sent, "
            f"{counts['unanswered']} unanswered, {counts['answered again']} answered again, "
            f"{acknowledged} statements acknowledged, {revisions} revisions verified\n"
        )


async def kill_under_load(service: Service, clients: list[Client]) -> None:
    """Let the clients write through so many lives of the service, and one that is not killed."""
    moments = Random(20240630)
    acknowledged, end, bodies = asyncio.Queue[str](), asyncio.Event(), Bodies()
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.run(bodies, acknowledged, end))
        for kill in range(KILLS):
            if kill % 10 == 9:
                # Somewhere between the begin of the program and its first answers.
                await asyncio.sleep(moments.uniform(0, 2))
            else:
                await service.answer()
                for _ in range(moments.randrange(1, MOST_WRITES_IN_A_LIFE)):
                    await acknowledged.get()
                await asyncio.sleep(moments.uniform(0, 0.05))
            await service.kill()
            await service.begin()
        await service.answer()
        end.set()
    await service.stop()


async def check_acknowledged(database: Database, clients: list[Client]) -> None:
    """Check that each statement is there once: what was acknowledged, and nothing else."""
    stated = "SELECT note, id FROM statement WHERE note LIKE 'client-%'"
    found = [(row.note, row.id) for row in await query(database, stated)]
    acknowledged = [pair for client in clients for pair in client.acknowledged.items()]
    assert len(acknowledged) > KILLS
    assert sorted(found) == sorted(acknowledged)


async def verified(url: str) -> str:
    """Return what `icr verify` tells; it must be content."""
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, "verify"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "ICR_DATABASE_URL": url},
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return out.decode()
