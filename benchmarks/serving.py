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
def serving(url: str) -> Iterator[int]:
    """Serve a database; yield the port on 127.0.0.1 once the server answers."""
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  (the project's own program)
            [*_COMMAND, "serve", "--host", _HOST, "--port", str(port)],
            cwd=ROOT,
            env=_environment(url),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _answers(process, port):
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


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "ICR_DATABASE_URL": url}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((_HOST, 0))
        return int(taken.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return get(port, "/livez")[0] == 200
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
