"""The real server, as ``icr serve`` starts it: one worker, in a process of its own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HOST = "127.0.0.1"
_COMMAND = (sys.executable, "-c", "from app.cli import main; main()")
"""The command ``icr`` of this very environment, installed or not."""

_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 15


@contextmanager
def serving(url: str, **settings: str) -> Iterator[int]:
    """Serve a database; yield the port on 127.0.0.1 once the server answers.

    Settings are variables without their prefix.
    """
    # The synthetic register ends in the past.
    settings = {"clock_ahead_days": "0", **settings}
    variables = {f"ICR_{name.upper()}": value for name, value in settings.items()}
    with started([*_COMMAND, "serve"], "/livez", {"ICR_DATABASE_URL": url, **variables}) as port:
        yield port


@contextmanager
def bare() -> Iterator[int]:
    """Serve an application of one route that does no work; yield its port."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--no-access-log"]
    with started(command, BARE_PATH, {}) as port:
        yield port


BARE_PATH = "/bare"


def lengthen(bare_port: int, length: int) -> None:
    """Have the bare application return so many bytes."""
    connection = HTTPConnection(_HOST, bare_port, timeout=_SECONDS_TO_START)
    try:
        connection.request("PUT", f"/length/{length}")
        connection.getresponse().read()
    finally:
        connection.close()


@contextmanager
def started(command: list[str], path: str, variables: dict[str, str]) -> Iterator[int]:
    """Run a server; yield its port on 127.0.0.1 once it answers at a path."""
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  (the project's own program, and its server)
            [*command, "--host", _HOST, "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _answers(process, port, path):
                log.seek(0)
                raise RuntimeError(f"the server did not start:\n{log.read().decode()}")
            yield port
        finally:
            _stop(process)


def get(port: int, path: str) -> tuple[int, bytes]:
    """Return status and body of one GET request."""
    connection = HTTPConnection(_HOST, port, timeout=_SECONDS_TO_START)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def tag_of(port: int, path: str) -> str:
    """Return the entity tag of the answer to one GET request."""
    connection = HTTPConnection(_HOST, port, timeout=_SECONDS_TO_START)
    try:
        connection.request("GET", path)
        return connection.getresponse().headers["ETag"]
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((_HOST, 0))
        return int(taken.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return get(port, path)[0] == 200
        except (OSError, HTTPException):
            time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
