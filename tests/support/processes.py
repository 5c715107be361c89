"""`icr serve` as processes of their own, on a port of this machine."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.references import RESOLVING
from tests.support.registers import SEEDS, bearer, make_key, opened
from tests.support.valkey import free_port

SECONDS = 120
"""How long a test waits for what must happen soon; machines are busy."""

ICR = (sys.executable, "-c", "from app.cli import main; main()")
"""The command line of the project in the working folder."""


@dataclass
class Served:
    """A running service: its parent process, and where it is."""

    process: asyncio.subprocess.Process
    port: int
    headers: dict[str, str]
    """What lets requests write: the key of an administrator."""

    @property
    def base(self) -> str:
        """The address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> httpx.AsyncClient:
        """Return a client that opens a connection for each request, so that workers take turns."""
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.AsyncClient(
            base_url=self.base,
            headers=self.headers,
            trust_env=False,
            timeout=SECONDS,
            limits=limits,
            event_hooks=RESOLVING,
        )

    def workers(self) -> set[int]:
        """Return the processes that serve: the children of the parent that spawn made."""
        return {pid for pid in _children(self.process.pid) if b"spawn_main" in _command(pid)}

    async def stop(self) -> tuple[str, str]:
        """Tell the service to stop, and return what it printed and logged."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        out, error = await asyncio.wait_for(self.process.communicate(), SECONDS)
        return out.decode(), error.decode()


@asynccontextmanager
async def served(
    url: str, *arguments: str, root: Path = SEEDS.parent, **settings: str
) -> AsyncIterator[Served]:
    """Serve a database until the block ends; settings are variables without their prefix.

    ``root`` is the folder that the project is in.
    """
    port = free_port()
    async with opened(url) as database:
        key = await make_key(database)
    variables = {f"ICR_{name.upper()}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(*ICR, "serve", "--port", str(port), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=root,
        env={**os.environ, "ICR_DATABASE_URL": url, **variables},
    )
    found = Served(process, port, bearer(key.key))
    try:
        await _until_it_answers(found)
        yield found
    finally:
        if process.returncode is None:
            await found.stop()


async def _until_it_answers(service: Served) -> None:
    async with asyncio.timeout(SECONDS), service.client() as client:
        while True:
            try:
                response = await client.get("/livez")
            except httpx.TransportError:
                assert service.process.returncode is None, "it ended before it answered"
                await asyncio.sleep(0.05)
            else:
                assert response.status_code == 200
                return


def _children(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
