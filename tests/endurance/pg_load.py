"""Writers and readers of a register whose database fails under them; what they were told is kept.

Each writer states one thing after the other and sends it, with the same key, until it is recorded.
Readers send the token of the newest answer that they or a writer got, and are never taken back.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.support.http import said

TOKEN = "Register-Revision"
SITES = tuple(f"ccn-{number}" for number in range(1, 5))
_PAUSE_SECONDS = 0.05


@dataclass
class Load:
    """What the clients were told so far, and how often they were not answered."""

    headers: dict[str, str]
    """What lets writers write: the key of an administrator."""
    recorded: dict[str, int] = field(default_factory=dict)
    """Acknowledged statements, by id, with the area that each states."""
    newest: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    reads: int = 0
    own_writes_read: int = 0
    longest_gap: float = 0.0
    """Seconds between two acknowledged writes that followed each other."""
    ended: bool = False
    _area: int = 0
    _last_write: float = field(default_factory=time.monotonic)

    def next_area(self) -> int:
        """Return an area that nobody has stated yet, so that each statement is its own."""
        self._area += 1
        return self._area

    def acknowledge(self, answer: httpx.Response, area: int) -> None:
        """Keep what an answer acknowledges: each statement once."""
        statement = answer.json()
        assert statement["values"] == {"area_ha": area}
        assert statement["id"] not in self.recorded, "acknowledged twice as two statements"
        self.recorded[statement["id"]] = area
        self.newest = max(self.newest, int(answer.headers[TOKEN]))
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - self._last_write)
        self._last_write = now

    def fail(self, what: str) -> None:
        """Count a request that was not answered as asked."""
        self.failures[what] += 1


async def write(load: Load, base: str, number: int) -> None:
    """State areas of a site until the load ends; what was begun is brought to its end."""
    site = SITES[number % len(SITES)]
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        while not load.ended:
            area = load.next_area()
            body = said(f"2024-{1 + area % 12:02}", values={"area_ha": area}, source_id="report")
            body["override_reason"] = "Số liệu thử"
            headers = load.headers | {"Idempotency-Key": uuid4().hex}
            path = f"/v1/sites/{site}/statements"
            answer = await _until(load, client, "POST", path, 201, json=body, headers=headers)
            load.acknowledge(answer, area)
            # Read it back at once, by the token: wherever it is read, it must be there.
            own = {TOKEN: answer.headers[TOKEN]}
            path = f"/v1/statements/{answer.json()['id']}"
            again = await _until(load, client, "GET", path, 200, headers=own)
            assert again.json()["values"] == {"area_ha": area}
            load.own_writes_read += 1


async def read(load: Load, base: str) -> None:
    """Read the newest revisions until the load ends; none is older than what was seen before."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        while not load.ended:
            seen = load.newest
            headers = {TOKEN: str(seen)}
            answer = await _until(load, client, "GET", "/v1/sites", 200, headers=headers)
            assert answer.json()["revision"] >= seen, "taken back in time"
            assert int(answer.headers[TOKEN]) >= seen
            load.reads += 1


async def _until(
    load: Load, client: httpx.AsyncClient, method: str, path: str, wanted: int, **sent: Any
) -> httpx.Response:
    """Send a request again until it is answered; only 503 and a lost connection are excused."""
    while True:
        try:
            answer = await client.request(method, path, **sent)
        except httpx.TransportError as error:
            load.fail(f"{method} {type(error).__name__}")
        else:
            if answer.status_code == wanted:
                return answer
            # The same request may still be on its way in a service that waits for the database.
            is_in_flight = answer.status_code == 409 and "request-in-flight" in answer.text
            assert answer.status_code == 503 or is_in_flight, answer.text
            load.fail(f"{method} {answer.json()['type']}")
        await asyncio.sleep(_PAUSE_SECONDS)
