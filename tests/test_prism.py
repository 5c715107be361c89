"""README and cookbook behind a validating proxy: what goes through fits the OpenAPI document."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import httpx
import pytest

from tests.support.registers import make_key
from tests.support.streams import running
from tests.support.valkey import free_port
from tests.test_readme import assigned, run, run_program, steps

pytestmark = pytest.mark.databases("sqlite")

ROOT = Path(__file__).resolve().parent.parent
PRISM = ROOT / "openapi/lint/node_modules/.bin/prism"
VIOLATIONS = "sl-violations"
_SECONDS = 120
# The proxy hands an answer on when it has ended, and a stream of changes does not end.
_ENDLESS = "/v1/changes/stream"
_UNDOCUMENTED = {"/v1"}
"""Where programs begin: what leads to the operations is none itself."""


@asynccontextmanager
async def validating(base: str) -> AsyncIterator[str]:
    """Run the proxy before a service; it says what does not fit in a header of the answer."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *("node", PRISM, "proxy", "openapi/openapi.json", base, f"--port={port}"),
        "--verboseLevel=silent",
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            while not await _answers(client, f"{address}/livez"):  # noqa: ASYNC110  (nothing tells)
                await asyncio.sleep(0.2)
        yield address
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).is_success
    except httpx.TransportError:
        return False


@dataclass
class Seen:
    """What the proxy said of the answers that went through it."""

    answers: int = 0
    violations: list[str] = field(default_factory=list)

    async def look(self, response: httpx.Response) -> None:
        """Count an answer; a request that was refused for what it is need not fit."""
        self.answers += 1
        if response.url.path in _UNDOCUMENTED:
            return
        for one in json.loads(response.headers.get(VIOLATIONS, "[]")):
            if one["location"][0] == "response" or response.is_success:
                request = response.request
                self.violations.append(f"{request.method} {request.url}: {one}")


@pytest.mark.parametrize("document", ["README.md", "docs/cookbook.md"])
async def test_what_a_page_does_fits_the_document(
    seeded_url: str, document: str, tmp_path: Path
) -> None:
    seen, kept = Seen(), dict[str, str]()
    async with running(seeded_url) as service, validating(service.base) as proxy:
        key = (await make_key(service.database, "administrator")).key
        async with httpx.AsyncClient(
            base_url=proxy,
            trust_env=False,
            timeout=_SECONDS,
            event_hooks={"response": [seen.look]},
        ) as client:
            for step in steps(document):
                if step.language == "python":
                    through = service.base if _ENDLESS in step.text else proxy
                    await run_program(through, step.text, tmp_path)
                    continue
                name, command = assigned(Template(step.text).safe_substitute(kept))
                printed = await run(client, key, command, tmp_path)
                kept |= {name: printed} if name else {}
    assert seen.answers > 10
    assert not seen.violations, "\n".join(seen.violations)


async def test_the_proxy_says_what_does_not_fit(seeded_url: str) -> None:
    async with (
        running(seeded_url) as service,
        validating(service.base) as proxy,
        httpx.AsyncClient(base_url=proxy, trust_env=False, timeout=_SECONDS) as client,
    ):
        fits = await client.get("/v1/sites", params={"limit": 1})
        refused = await client.get("/v1/sites", params={"limit": 0})
    assert VIOLATIONS not in fits.headers
    (violation,) = json.loads(refused.headers[VIOLATIONS])
    assert (refused.status_code, violation["location"]) == (400, ["request", "query", "limit"])
