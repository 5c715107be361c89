"""The service in a process of its own, as `icr serve` runs it, on a register that keeps."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.database import Database
from tests.endurance.pg_load import SITES, Load
from tests.support.clusters import Node, free_port
from tests.support.ledgers import check_sound, query
from tests.support.postgres import create_database, database_url
from tests.support.registers import (
    bearer,
    make_key,
    opened,
    post,
    prepare_empty,
    serving,
    writer_on,
)

_SECONDS = 60


async def make_register(node: Node) -> tuple[str, dict[str, str]]:
    """Make a register with some sites on a server; return its address, and what lets one write."""
    await create_database(node.base_url, "icr")
    url = database_url(node.base_url, "icr")
    async with opened(url) as database:
        await prepare_empty(database)
        key = await make_key(database)
    async with serving(url) as client:
        source = {"id": "report", "kind": "report", "title": "Báo cáo năm 2024"}
        await post(client, "/v1/sources", source)
        for site in SITES:
            body = {"source_id": "report", "effective_from": "2020", "id": site, "kind": "cluster"}
            values = {"name": site, "province_code": "06"}
            await post(client, "/v1/sites", {**body, "values": values})
    return url, bearer(key.key)


@asynccontextmanager
async def service(**settings: str) -> AsyncIterator[str]:
    """Run the service; lend its base address. It is stopped by its process id.

    It tells of errors only: what a test prints are its figures.
    """
    port = free_port()
    settings = {"log_level": "error", **settings}
    environment = {**os.environ, **{f"ICR_{name.upper()}": v for name, v in settings.items()}}
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("icr"), "serve", "--port", str(port)),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        await _answers(base)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), _SECONDS)


async def _answers(base: str) -> None:
    async with asyncio.timeout(_SECONDS), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                (await client.get(f"{base}/livez")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


async def check_kept(url: str, load: Load) -> None:
    """Check that every acknowledged statement is there, none twice, and that all is sound."""
    async with opened(url) as database:
        await _check_statements(database, load)
        await check_sound(await writer_on(database))


async def _check_statements(database: Database, load: Load) -> None:
    rows = await query(
        database, "SELECT id, content_digest FROM statement WHERE source_id = 'report'"
    )
    stated = {row.id for row in rows}
    lost = load.recorded.keys() - stated
    assert not lost, f"acknowledged and not there: {sorted(lost)}"
    assert len({row.content_digest for row in rows}) == len(rows), "recorded twice"
    # Each write was brought to its end: nothing is there that nobody was told of.
    assert len(rows) == len(load.recorded) + len(SITES)
