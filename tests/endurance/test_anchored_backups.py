"""Ten services are backed up under load and restored; anchors tell each tampered copy.

Each of these fits together by itself: digests, projections and audit log are computed anew, or the
end is cut off. What is changed is older than the last anchor: what came later no anchor can tell.
ENDURE_SERVICES says how many services there are.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from app.database import Database
from tests.cli.test_cli import done, icr
from tests.endurance.service import Client, Service
from tests.endurance.test_service_kills import SITES, Bodies
from tests.support.forging import forge, forge_audit
from tests.support.ledgers import begin, one
from tests.support.registers import Templates, make_key, opened, prepare_empty, writer_on

SERVICES = int(os.environ.get("ENDURE_SERVICES", "10"))
CLIENTS = 2
ANCHORED = 20
"""Revisions until here are before the first anchor: a source, the sites, and some statements."""
NAME = "register.example.vn/icr"
URL = "sqlite+aiosqlite:///{}"
Tamper = Callable[[Path, Random], Awaitable[str]]


async def change_a_figure(copy: Path, random: Random) -> str:
    """Change the area of a statement, and compute everything anew."""
    async with opened(URL.format(copy)) as database:
        stated = f"FROM statement WHERE content LIKE '%area_ha%' AND revision <= {ANCHORED}"
        number = random.randrange(await one(database, f"SELECT count(*) {stated}"))
        key = await one(database, f"SELECT id {stated} ORDER BY id LIMIT 1 OFFSET {number}")
        content = """'{"area_ha":"9999"}'"""
        await forge(database, f"UPDATE statement SET content = {content} WHERE id = '{key}'")
    return "is another one"


async def change_who_wrote(copy: Path, random: Random) -> str:
    """Let a revision be by somebody else, and compute everything anew."""
    async with opened(URL.format(copy)) as database:
        number = random.randrange(1, ANCHORED)
        await forge(database, f"UPDATE revision SET author = 'Somebody' WHERE number = {number}")
    return "is another one"


async def change_a_key(copy: Path, _: Random) -> str:
    """Let a key be for something else, and compute the audit log anew."""
    async with opened(URL.format(copy)) as database:
        await forge_audit(database, "UPDATE access_key SET name = 'Somebody'")
    return "link 1 of the audit log is another one"


TAMPERING: tuple[Tamper, ...] = (change_a_figure, change_who_wrote, change_a_key)


@pytest.mark.parametrize("number", range(SERVICES))
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_each_tampered_copy_of_a_backup_under_load_is_told_by_the_anchors(
    kind: str,
    number: int,
    templates: Templates,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with templates.copy(kind, prepare_empty) as url, opened(url) as database:
        told = await one_service(database, tmp_path, number)
    with capsys.disabled():
        print(f"\nservice {number} restored, {len(told)} tampered copies told")


async def one_service(database: Database, folder: Path, number: int) -> list[str]:
    """Back a service up under load, restore the backup, and tamper with copies of it."""
    key, anchors = folder / "anchor.key", folder / "anchors.txt"
    url, random = database.url, Random(number)
    public = (await done(url, "anchor", "--new-key", NAME, "--key", str(key))).splitlines()[-1]
    options = ("--anchors", str(anchors), "--key", public)
    await begin(await writer_on(database), *SITES)
    credentials = (await make_key(database)).key
    await database.close()
    service = Service(url)
    clients = [Client(f"client-{n}", service, credentials) for n in range(CLIENTS)]
    end, acknowledged, bodies = asyncio.Event(), asyncio.Queue[str](), Bodies()
    await service.begin()
    await service.answer()
    backups = [folder / f"backup-{n}.sqlite3" for n in range(2)]
    async with asyncio.TaskGroup() as tasks:
        for client in clients:
            tasks.create_task(client.run(bodies, acknowledged, end))
        for backup in backups:
            for _ in range(10):
                await acknowledged.get()
            await done(url, "anchor", "--key", str(key), str(anchors))
            await done(url, "backup", str(backup))
        end.set()
    await service.stop()
    assert sum(client.counts["sent"] for client in clients) >= 20
    early, late = backups
    # The late backup fits all anchors; from the early one what was anchored later is missing.
    place = URL.format(folder / "restored.sqlite3")
    keys = "SELECT id FROM access_key"
    async with opened(URL.format(late)) as found:
        accepted = await one(found, keys)
    await done(place, "restore", str(late), "--accept-keys", accepted)
    assert "All 2 anchors fit" in await done(place, "verify", *options)
    told = [await refused(URL.format(early), options, "the register has no revision")]
    restored = folder / "restored.sqlite3"
    for tamper in TAMPERING:
        copy = shutil.copyfile(restored, folder / f"{tamper.__name__}.sqlite3")
        reason = await tamper(copy, random)
        # Nothing else shows it.
        await done(URL.format(copy), "verify")
        told.append(await refused(URL.format(copy), options, reason))
    return told


async def refused(url: str, options: tuple[str, ...], reason: str) -> str:
    """Verify by the anchors, which must not fit for a reason; return what is said."""
    result = await icr(url, "verify", *options)
    assert result.exit_code == 1, result.output
    assert "anchors do not fit" in result.stderr
    assert reason in result.stderr
    return result.stderr
