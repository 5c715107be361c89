"""Handing orders to the client process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from benchmarks.client import Order, Outcome
from benchmarks.serving import ROOT


class Load:
    """A running client process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Keep the process."""
        self._process = process

    def run(self, order: Order) -> Outcome:
        """Have an order fulfilled; ``RuntimeError`` when an answer was no success."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the client has no pipes")
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the client ended before it answered")
        outcome = Outcome(**json.loads(line))
        if outcome.failure is not None:
            raise RuntimeError(f"{order.requests[0]}\n\nwas answered:\n{outcome.failure}")
        return outcome


@contextmanager
def load_client() -> Iterator[Load]:
    """Start the client process; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.client"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Load(process)


def get_request(path: str, known: str | None = None) -> str:
    """Return a GET request as HTTP text; ``known`` is the tag of an answer that the client has."""
    condition = f"If-None-Match: {known}\r\n" if known else ""
    return f"GET {path} HTTP/1.1\r\nHost: register\r\n{condition}\r\n"


def post_request(path: str, key: str, body: Any) -> str:
    """Return a POST request with a key and a JSON body as HTTP text."""
    content = json.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nHost: register\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n{content}"
    )
