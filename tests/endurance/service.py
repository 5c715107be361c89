"""A real `icr serve` that can be killed at any moment, and clients that do not give up."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.support.registers import bearer

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = (sys.executable, "-c", "from app.cli import main; main()")
SECONDS = 600
_HOST = "127.0.0.1"


def write_headers(request_key: str, credentials: str) -> dict[str, str]:
    """Return what a write needs besides its body; the credentials are an API key."""
    return {"Idempotency-Key": request_key, **bearer(credentials)}


class Service:
    """A service on one port of this machine, in one life after the other."""

    def __init__(self, url: str) -> None:
        """Choose a port; nothing runs yet."""
        self._url = url
        self._port = _free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.up = asyncio.Event()
        """Is set while the service answers."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{_HOST}:{self._port}"

    async def begin(self) -> None:
        """Begin a life, without waiting until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            *(*PROGRAM, "serve", "--port", str(self._port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "ICR_DATABASE_URL": self._url},
        )

    async def answer(self) -> None:
        """Wait until the life answers, and let the clients know."""
        async with asyncio.timeout(SECONDS), httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    (await client.get(f"{self.address}/livez")).raise_for_status()
                except httpx.TransportError:
                    assert self.process.returncode is None, "it ended before it answered"
                    await asyncio.sleep(0.05)
                else:
                    self.up.set()
                    return

    async def kill(self) -> None:
        """End the life at once, as by ``kill -9``."""
        self.up.clear()
        self.process.send_signal(signal.SIGKILL)
        assert await self.process.wait() == -signal.SIGKILL

    async def stop(self) -> None:
        """End the life in good order, or in any way."""
        self.up.clear()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), SECONDS)

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process of the present life."""
        assert self._process is not None
        return self._process


class Client:
    """States one thing after the other, and repeats each until it is acknowledged."""

    def __init__(self, name: str, service: Service, credentials: str) -> None:
        """Keep a name, which no other client has; nothing is sent yet."""
        self.name = name
        self._credentials = credentials
        self.acknowledged: dict[str, str] = {}
        """The ids of statements, by the keys that they were sent with."""
        self.counts: Counter[str] = Counter()
        """How often requests were sent, went unanswered, and were answered again."""
        self._service = service

    async def run(self, bodies: Any, acknowledged: asyncio.Queue[str], end: asyncio.Event) -> None:
        """State what ``bodies`` gives for each key, until the end, and what is under way then."""
        address = self._service.address
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=SECONDS) as http:
            while not end.is_set():
                key = f"{self.name}-{len(self.acknowledged)}"
                path, body = bodies(key)
                answer = await self._insist(http, path, body, key)
                self.counts["answered again"] += "Idempotent-Replayed" in answer.headers
                self.acknowledged[key] = answer.json()["id"]
                await acknowledged.put(key)

    async def _insist(
        self, http: httpx.AsyncClient, path: str, body: Any, key: str
    ) -> httpx.Response:
        """Send a request, with the same key again and again, until it is acknowledged."""
        headers = write_headers(key, self._credentials)
        while True:
            await self._service.up.wait()
            self.counts["sent"] += 1
            try:
                answer = await http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self.counts["unanswered"] += 1
                continue
            assert answer.status_code == 201, answer.text
            return answer


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HOST, 0))
        port: int = found.getsockname()[1]
        return port
