"""The service that the clients talk to: a process of its own on a register of its own."""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openapi.sdks.tools import FailedError

_START_SECONDS = 120
_STOP_SECONDS = 30


def seed(icr: Path, register: Path) -> str:
    """Make a register with the facts of the seeds, and return a key to write to it."""
    for command in ("migrate", "seed"):
        _icr_output(icr, register, command)
    output = _icr_output(icr, register, "keys", "create", "sdks", "--role", "administrator")
    key = re.search(r"KEY=(\S+)", output)
    if key is None:
        message = f"icr keys create gave no key: {output}"
        raise FailedError(message)
    return key.group(1)


def _icr_output(icr: Path, register: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603  (the project's own program)
        [icr, *command],
        env=_environment(register),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout


@contextmanager
def served(icr: Path, seeded: Path, folder: Path) -> Iterator[str]:
    """Serve a copy of a register and yield the address; the process is stopped by its id."""
    register = folder / "register.sqlite3"
    shutil.copy(seeded, register)
    port = _free_port()
    with (folder / "service.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603  (the project's own program)
            [icr, "serve", "--host", "127.0.0.1", "--port", str(port)],
            env=_environment(register),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            yield url
        finally:
            _stop(process)


def _environment(register: Path) -> dict[str, str]:
    return {**os.environ, "ICR_DATABASE_URL": f"sqlite:///{register}"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/livez", timeout=5):  # noqa: S310  (own address)
                return
        except OSError:
            time.sleep(0.2)
    message = "the service did not start; see service.txt in the build folder"
    raise FailedError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
