"""Schemathesis against the running service, on both databases; see tests/probes.

ICR_PROBES gives the number of requests made up for each operation: `make probe` makes up many, and
goes through the whole of the document on both databases.
"""

import asyncio
import os
import sys

from app.access.schemas import IssuedKey
from tests.support.ledgers import check_sound
from tests.support.processes import served
from tests.support.registers import SEEDS, make_key, opened, writer_on

FEW = 5
PROBES = int(os.environ.get("ICR_PROBES", FEW))
DETERMINISTIC = ["--generation-deterministic"] if "CI" in os.environ or PROBES == FEW else []
WRITES = (
    "--include-method=POST",
    "--include-method=PATCH",
    # Their body holds those of all other writes: as many cases as they have together, for the same.
    "--exclude-operation-id=state_bulk",
    "--exclude-operation-id=create_proposal",
    "--exclude-operation-id=change_proposal",
)
# The same parameters are tried out once: those of lists at the list, not at each file of it; those
# that only files have, at the smaller files.
READS = (
    "--include-method=GET",
    r"--exclude-path-regex=\.(xlsx|geojson)$|/(sites|projects|rollups|series)\.csv$|\}/projects$",
)
# What the document says is tried out from end to end, member for member, and what is made up at
# random. Most of it is read before any database is asked, so a short run does one half on the one
# and the other half on the other: requests of every operation and every check are on both.
HALVES = {
    "sqlite": {"coverage": WRITES, "fuzzing": ()},
    "postgresql": {"coverage": READS, "examples,stateful": ()},
}
WHOLE: dict[str, tuple[str, ...]] = {"coverage,examples,fuzzing,stateful": ()}


async def probe(base: str, key: IssuedKey, phases: str, *options: str) -> tuple[int | None, str]:
    """Run Schemathesis with an administrator's key; return how it ended and what it says."""
    variables = {"ICR_PROBE_KEY": key.key, "ICR_PROBE_KEY_ID": key.id}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file"),
        *("tests/probes/schemathesis.toml", "run", "openapi/openapi.json", f"--url={base}"),
        *("--no-color", f"--phases={phases}", f"--max-examples={PROBES}", *DETERMINISTIC, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=SEEDS.parent,
        env={**os.environ, "PYTHONPATH": str(SEEDS.parent), "NO_PROXY": "127.0.0.1", **variables},
    )
    told, _ = await process.communicate()
    return process.returncode, told.decode()


async def test_nothing_made_up_is_answered_otherwise_than_documented(
    seeded_url: str, kind: str
) -> None:
    runs = HALVES[kind] if PROBES == FEW else WHOLE
    async with opened(seeded_url) as database:
        async with served(seeded_url, log_level="error") as service:
            key = await make_key(database)
            for phases, options in runs.items():
                status, told = await probe(service.base, key, phases, *options)
                assert status == 0, told
                assert "Tested:" in told
        await check_sound(await writer_on(database))
