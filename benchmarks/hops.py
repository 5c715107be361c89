"""``python -m benchmarks.hops``: how many files and functions of ``app/`` one request runs through.

The application runs in this process on a register with the facts of the documents, in a temporary
SQLite file. Each request is sent twice and counted the second time, so that imports and caches of a
process that has just started do not count.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_OPTIMIZED
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Any

import httpx

import app
from app.main import create_app

_APP = f"{Path(app.__file__).parent}{os.sep}"
_ICR = Path(sys.executable).with_name("icr")
_SITE = "/v1/sites/ccn-quang-chu"


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the table; ``body`` makes it a POST."""

    name: str
    path: str
    body: dict[str, Any] | None = None

    async def send(self, client: httpx.AsyncClient, turn: int) -> None:
        """Send it; a body differs from turn to turn, since nothing is stated twice."""
        if self.body is None:
            response = await client.get(self.path)
        else:
            response = await client.post(self.path, json={**self.body, "locator": f"turn {turn}"})
        response.raise_for_status()


_STATEMENT = {
    "source_id": "bac-kan-press-2023-12",
    "effective_from": "2023-12-31",
    "values": {"affected_households": 40},
}
REQUESTS = (
    Request("list of sites", "/v1/sites"),
    Request("one site", _SITE),
    Request("rollup of a province", "/v1/provinces/19/rollup"),
    Request("POST of a statement", f"{_SITE}/statements", _STATEMENT),
    Request("findings of a province", "/v1/provinces/19/findings"),
    Request("export of sites as CSV", "/v1/sites.csv"),
)


@dataclass(slots=True)
class Recorder:
    """Collects the functions of ``app/`` that any thread enters while it is recording."""

    recording: bool = False
    seen: set[CodeType] = field(default_factory=set)

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Note a function; bodies of modules and classes run once, when they are imported."""
        if self.recording and event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:
            self.seen.add(frame.f_code)

    @property
    def functions(self) -> set[tuple[str, str]]:
        """File and qualified name of each function of ``app/``."""
        return {
            (code.co_filename.removeprefix(_APP), code.co_qualname)
            for code in self.seen
            if code.co_filename.startswith(_APP)
        }


@contextmanager
def _profiled() -> Iterator[Recorder]:
    """Have a recorder called in this thread and in those that start meanwhile."""
    recorder = Recorder()
    threading.setprofile(recorder)
    sys.setprofile(recorder)
    try:
        yield recorder
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def _count(client: httpx.AsyncClient, request: Request, recorder: Recorder) -> None:
    await request.send(client, 1)
    recorder.seen.clear()
    recorder.recording = True
    await request.send(client, 2)
    recorder.recording = False


async def _run(key: str, *, named: bool) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    print(f"{'':26}{'files':>8}{'functions':>12}")
    # The database's threads start with the application.
    with _profiled() as recorder:
        application = create_app()
        async with (
            application.router.lifespan_context(application),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(application),
                base_url="http://register",
                headers=headers,
            ) as client,
        ):
            for request in REQUESTS:
                await _count(client, request, recorder)
                functions = recorder.functions
                files = {file for file, _ in functions}
                print(f"{request.name:26}{len(files):>8}{len(functions):>12}")
                if named:
                    print("\n".join(f"    {file}: {name}" for file, name in sorted(functions)))


def _register() -> str:
    """Make the register of the settings and return the key of an administrator."""
    _icr("migrate")
    _icr("seed")
    output = _icr("keys", "create", "hops", "--role", "administrator")
    return next(word.removeprefix("KEY=") for word in output.split() if word.startswith("KEY="))


def _icr(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  (the project's own command)
        [_ICR, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def main() -> None:
    """Make a register and count."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.hops")
    parser.add_argument("--list", action="store_true", help="name the functions as well")
    named = parser.parse_args().list
    with TemporaryDirectory() as folder:
        os.environ["ICR_DATABASE_URL"] = f"sqlite:///{folder}/hops.sqlite3"
        # An answer that is given again runs through nothing.
        os.environ["ICR_RESPONSE_CACHE_BYTES"] = "0"
        asyncio.run(_run(_register(), named=named))


if __name__ == "__main__":
    main()
