"""Writing processes for tests: begun, listened to, killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from tests.ledger.kill_writer import Life

_ROOT = Path(__file__).resolve().parent.parent.parent
_SECONDS = 60


class WritingProcess:
    """A running `tests.ledger.kill_writer`, and what it acknowledged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Keep the process; nothing is acknowledged yet."""
        self._process = process
        self._pid = 0
        self._fresh = 0
        self.recorded: set[str] = set()
        """What the present or last life acknowledged to have recorded; and to have retracted."""
        self.retracted: set[str] = set()

    async def begin(self, life: Life) -> None:
        """Begin a life and wait until it runs."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(asdict(life))}\n".encode())
        await self._process.stdin.drain()
        self.recorded, self.retracted, self._fresh = set(), set(), 0
        word, of = await self._hear()
        assert word == "life"
        self._pid = int(of)

    async def listen(self, acknowledged: int) -> None:
        """Listen until the life has acknowledged so many writes."""
        while self._fresh < acknowledged:
            word, _ = await self._hear()
            assert word != "gone", "the writer ended by itself"

    def kill(self) -> None:
        """Kill the life at once, as by ``kill -9``."""
        os.kill(self._pid, signal.SIGKILL)

    async def end(self) -> int:
        """Listen until the life has ended; return its exit status, negative for a signal."""
        while True:
            word, of = await self._hear()
            if word == "gone":
                return int(of)

    async def _hear(self) -> tuple[str, str]:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _SECONDS)
        word, of = line.decode().split()
        if word in {"recorded", "retracted"}:
            self._fresh += 1
            heard = self.recorded if word == "recorded" else self.retracted
            heard.add(of)
        return word, of


@asynccontextmanager
async def writing_process(url: str) -> AsyncIterator[WritingProcess]:
    """Lend a process that writes to a register; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.ledger.kill_writer", url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
    )
    try:
        yield WritingProcess(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), _SECONDS)
