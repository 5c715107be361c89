"""A register of 100,000 sites is exported by the running service in the memory of one of 10,000."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from app.database import Database
from app.database.tables import REVISION_COUNTER
from tests.exports.test_subjects import fill
from tests.support.processes import Served, served
from tests.support.registers import opened

FEW, MANY = 10_000, 100_000
# The rows alone of 100,000 sites, read at once, take several times as much.
MARGIN = 32 << 20
ENDINGS = ("csv", "geojson", "xlsx")


async def fill_up_to(database: Database, first: int, last: int) -> None:
    """Put sites into the register, as many in a revision as are few."""
    for begin in range(first, last, FEW):
        number = begin // FEW + 1
        await fill(database, begin, begin + FEW, number)
        async with database.write() as session:
            await session.execute(update(REVISION_COUNTER).values(number=number))


def most_memory(pid: int) -> int:
    """Return the most memory that a process ever had, in bytes (Linux tells it)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"VmHWM:\s*([0-9]+) kB", status)
    return int(kilobytes) * 1024


async def exported(service: Served, ending: str) -> int:
    """Read an export piece by piece; return how many bytes came."""
    size = 0
    path = f"/v1/sites.{ending}?as_of=2024-01-01"
    headers = {"accept-encoding": "identity"}
    async with service.client() as client, client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        async for part in response.aiter_raw():
            size += len(part)
    return size


@pytest.mark.parametrize("ending", ENDINGS)
async def test_ten_times_the_sites_take_no_more_memory(empty_url: str, ending: str) -> None:
    sizes, memory = [], []
    async with opened(empty_url) as database:
        for first, last in ((0, FEW), (FEW, MANY)):
            await fill_up_to(database, first, last)
            async with served(empty_url, log_level="error") as service:
                sizes.append(await exported(service, ending))
                memory.append(most_memory(service.process.pid))
    print(f"{ending}: {sizes} bytes in {[size >> 20 for size in memory]} MiB")
    assert sizes[1] > 9 * sizes[0]
    assert memory[1] - memory[0] < MARGIN
