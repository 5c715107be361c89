"""The service as people run it: `icr serve` in a process of its own, on a port of this machine."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
_PROGRAM = (sys.executable, "-c", "from app.cli import main; main()")
# Machines are busy, and the first answer needs all modules.
_SECONDS = 180


@dataclass(frozen=True)
class Served:
    """A running service: its address and its process."""

    base: str
    pid: int

    def client(self) -> httpx.AsyncClient:
        """Return a client of it."""
        return httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=_SECONDS)


@asynccontextmanager
async def served(url: str) -> AsyncIterator[Served]:
    """Serve a database; the service is stopped at the end."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        *(*_PROGRAM, "serve", "--port", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "ICR_DATABASE_URL": url},
    )
    try:
        await _until_it_answers(base, process)
        yield Served(base, process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _SECONDS)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _until_it_answers(base: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        async with asyncio.timeout(_SECONDS):
            while True:
                assert process.returncode is None, "the service ended as it began"
                try:
                    await client.get("/livez")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return
