"""Schemathesis against the running service, on both databases; see tests/probes.

ICR_PROBES gives the number of requests made up for each operation: `make probe` makes up many, and
goes through the whole of the document on both databases.
"""

import asyncio
import os
import sys

import pytest

from tests.conftest import opened, writer_on
from tests.processes import ROOT, served
from tests.services.ledgers import check_sound

FEW = 5
PROBES = int(os.environ.get("ICR_PROBES", FEW))
# What the document says is tried out from end to end, member for member. That is read before any
# database is asked, so a short run does the one half on the one and the other half on the other.
WRITES = ("--include-method=POST", "--include-method=PATCH")
HALVES = {"sqlite": WRITES, "postgresql": ("--include-method=GET",)}


async def probe(base: str, phases: str, *options: str) -> tuple[int | None, str]:
    """Run Schemathesis; return how it ended and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file"),
        *("tests/probes/schemathesis.toml", "run", "openapi/openapi.json", f"--url={base}"),
        *("--no-color", f"--phases={phases}", f"--max-examples={PROBES}", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"},
    )
    told, _ = await process.communicate()
    return process.returncode, told.decode()


@pytest.mark.parametrize("phases", ["coverage", "examples,fuzzing,stateful"])
async def test_nothing_made_up_is_answered_otherwise_than_documented(
    seeded_url: str, kind: str, phases: str
) -> None:
    options = ["--generation-deterministic"] if "CI" in os.environ or PROBES == FEW else []
    if phases == "coverage" and PROBES == FEW:
        options.extend(HALVES[kind])
    async with served(seeded_url) as service:
        status, told = await probe(service.base, phases, *options)
    assert status == 0, told
    assert "Tested:" in told
    async with opened(seeded_url) as database:
        await check_sound(await writer_on(database))
