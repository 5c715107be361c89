"""A file system that is really full: writes are refused, reading goes on, nothing is half-written.

The file system is a small one in memory. To mount it takes the right to; the test says so without.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.endurance.service import SECONDS, Service
from tests.support.ledgers import SOURCE, begin, check_sound, one
from tests.support.registers import bearer, make_key, opened, writer_on

SITE = "ccn-1"
_MEGABYTES = 8


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system of its own, of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={_MEGABYTES}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],  # noqa: S607 -- the system's
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 -- the system's


def fill(path: Path) -> None:
    """Leave not a byte free on the file system of a file."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            assert shutil.disk_usage(path.parent).free == 0


def drop(path: Path) -> None:
    path.unlink()


async def put_on(disk: Path, url: str) -> tuple[str, str]:
    """Copy a register to a disk; return its URL there and a key to write with."""
    async with opened(url) as database:
        await begin(await writer_on(database), SITE)
        key = (await make_key(database)).key
    shutil.copyfile(url.removeprefix("sqlite+aiosqlite:///"), disk / "register.sqlite3")
    return f"sqlite+aiosqlite:///{disk / 'register.sqlite3'}", key


async def test_a_full_disk_refuses_writes_until_there_is_room(
    empty_url: str, small_disk: Path
) -> None:
    url, credentials = await put_on(small_disk, empty_url)
    service = Service(url)
    await service.begin()
    await service.answer()
    try:
        async with httpx.AsyncClient(
            base_url=service.address,
            headers=bearer(credentials),
            trust_env=False,
            timeout=SECONDS,
        ) as client:
            assert (await state(client, 1)).status_code == 201
            fill(small_disk / "filler")
            refused = await until_refused(client)
            assert (await client.get(f"/v1/sites/{SITE}")).status_code == 200
            drop(small_disk / "filler")
            assert (await state(client, refused)).status_code == 201
    finally:
        await service.stop()
    async with opened(url) as database:
        recorded = "SELECT count(*) FROM statement WHERE note LIKE 'number-%'"
        assert await one(database, recorded) == refused
        await check_sound(await writer_on(database))


async def until_refused(client: httpx.AsyncClient) -> int:
    """State things until one is refused, and see it refused again; return its number."""
    for number in range(2, 1000):
        answer = await state(client, number)
        if answer.status_code != 201:
            for again in (answer, await state(client, number)):
                assert again.status_code == 507, again.text
                assert again.json()["type"] == "/problems/insufficient-storage"
            return number
    pytest.fail("the disk is not full")


async def state(client: httpx.AsyncClient, number: int) -> Any:
    key = f"number-{number}"
    body = {
        "source_id": SOURCE,
        "effective_from": "2024",
        "values": {"area_ha": 10 + number / 10_000},
        "note": key,
    }
    return await client.post(
        f"/v1/sites/{SITE}/statements", json=body, headers={"Idempotency-Key": key}
    )
