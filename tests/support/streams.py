"""The service as it really runs, on a port of this machine, and clients of its streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from app.cli.server import Config
from app.core.settings import Settings
from app.database import Database
from app.entry.feed import Feed
from tests.support.registers import bearer, known_units, lent, make_key, settings_on

SECONDS = 20
"""How long a test waits for what must happen soon."""


@dataclass
class Service:
    """A running service."""

    app: FastAPI
    server: uvicorn.Server
    feed: Feed
    database: Database
    base: str
    running: asyncio.Task[None]
    headers: dict[str, str]

    async def stop(self) -> None:
        """Stop it as a signal does."""
        self.server.should_exit = True
        await asyncio.wait_for(self.running, SECONDS)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client."""
        async with httpx.AsyncClient(
            base_url=self.base, headers=self.headers, trust_env=False, timeout=SECONDS
        ) as found:
            yield found


@asynccontextmanager
async def running(url: str, *, patience: int = SECONDS, **settings: Any) -> AsyncIterator[Service]:
    """Run the service on a database; it is stopped at the end."""
    chosen = settings_on(url, **settings)
    async with lent(chosen) as app, _served(app, chosen, patience) as service:
        yield service


@asynccontextmanager
async def _served(app: FastAPI, chosen: Settings, patience: int) -> AsyncIterator[Service]:
    config = Config(app, chosen, timeout_graceful_shutdown=patience)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        # Small buffers, so that a client that does not read is soon felt.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        listening.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        task = asyncio.create_task(server.serve([listening]))
        async with asyncio.timeout(SECONDS):
            while not server.started:  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.01)
        database = app.state.service.database
        app.state.service.units = await known_units(database)
        key = await make_key(database)
        headers = bearer(key.key)
        service = Service(app, server, app.state.service.feed, database, base, task, headers)
        try:
            yield service
        finally:
            await service.stop()


@dataclass(frozen=True)
class Event:
    """What stands between two empty lines of a stream."""

    fields: dict[str, str]

    @property
    def id(self) -> int:
        """The revision."""
        return int(self.fields["id"])

    @property
    def change(self) -> Any:
        """The change."""
        return json.loads(self.fields["data"])

    @property
    def is_heartbeat(self) -> bool:
        """Whether it is a comment only."""
        return set(self.fields) == {""}


class Stream:
    """The events of one connection."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.response = response

    async def event(self) -> Event:
        """Wait for the next event, or heartbeat."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(SECONDS):
            while line := await anext(self._lines):
                name, _, value = line.partition(": ")
                assert name not in fields
                fields[name] = value
        return Event(fields)

    async def change(self) -> Event:
        """Wait for the next event with a change."""
        async with asyncio.timeout(SECONDS):
            event = await self.event()
            while event.is_heartbeat:
                event = await self.event()
        assert set(event.fields) == {"data", "id"}
        assert event.change["number"] == event.id
        return event

    async def ends(self) -> list[str]:
        """Read on until the service ends the stream as it should be ended; return what came."""
        async with asyncio.timeout(SECONDS):
            return [line async for line in self._lines if line]


@asynccontextmanager
async def streaming(
    client: httpx.AsyncClient, last: int | None = None, **asked: Any
) -> AsyncIterator[Stream]:
    """Open a stream, from an event on where one is given; the client goes away at the end."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    path = "/v1/changes/stream"
    async with client.stream("GET", path, params=asked, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        stream = Stream(response)
        assert (await stream.event()).fields == {"retry": "2000"}
        yield stream
