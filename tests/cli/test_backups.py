"""`icr backup`, `icr restore` and `icr verify`: what they say, and how they end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.settings import get_settings
from app.database import Database
from tests.cli.test_cli import done, icr
from tests.support.ledgers import one
from tests.support.registers import make_key, opened

END = re.compile(r"The ledger ends with (\d+:[0-9a-f]{64})\n")


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    yield
    get_settings.cache_clear()


def is_there(path: Path) -> bool:
    return path.exists()


async def end_of(database: Database) -> str:
    """Return the last revision and its digest, as they are printed."""
    last = "SELECT number || ':' || digest FROM revision ORDER BY number DESC LIMIT 1"
    return str(await one(database, last))


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_backup_and_its_restoration_tell_size_and_end(
    seeded: Database, tmp_path: Path
) -> None:
    target = tmp_path / "backup.sqlite3"
    told = await done(seeded.url, "backup", str(target))
    assert f"Written: {target} ({len(target.read_bytes()):,} bytes)" in told
    assert END.findall(told) == [await end_of(seeded)]
    again = await icr(seeded.url, "backup", str(target))
    assert again.exit_code == 1
    assert "Nothing was changed. " in again.stderr
    assert "--force" in again.stderr
    place = f"sqlite:///{tmp_path / 'register.sqlite3'}"
    told = await done(place, "restore", str(target))
    assert END.findall(told) == [await end_of(seeded)]
    assert END.findall(await done(place, "verify")) == [await end_of(seeded)]


@pytest.mark.parametrize("kind", ["postgresql"])
@pytest.mark.parametrize("command", ["backup", "restore"])
async def test_on_a_server_its_own_tools_are_named(empty_url: str, command: str) -> None:
    result = await icr(empty_url, command, "backup.sqlite3")
    assert result.exit_code == 2
    for tool in ("pg_dump", "pg_restore", "pg_basebackup", "icr verify"):
        assert tool in result.stderr


async def test_verify_checks_everything_and_prints_the_end(seeded: Database, kind: str) -> None:
    told = await done(seeded.url, "verify")
    assert ("The file is whole." in told) is (kind == "sqlite")
    assert "rows of the projections are what the ledger gives." in told
    assert END.findall(told) == [await end_of(seeded)]
    told = await done(seeded.url, "verify", "--chain-only")
    assert "projections" not in told


async def test_verify_names_the_first_subject_that_differs(seeded_url: str) -> None:
    change = "UPDATE site_version SET area_ha = 1 WHERE site_id = 'ccn-quang-chu'"
    async with opened(seeded_url) as database, database.write() as session:
        await session.execute(text(change))
    result = await icr(seeded_url, "verify")
    assert result.exit_code == 1
    assert "site ccn-quang-chu: the version of " in result.stderr
    assert "icr rebuild makes them anew" in result.stderr
    await done(seeded_url, "verify", "--chain-only")
    await done(seeded_url, "rebuild")
    await done(seeded_url, "verify")


async def test_verify_compares_with_what_was_noted(seeded_url: str) -> None:
    async with opened(seeded_url) as database:
        noted = await one(database, "SELECT number || ':' || digest FROM revision WHERE number = 3")
    told = await done(seeded_url, "verify", "--chain-only", "--noted", noted)
    assert "Revision 3 is the one that was noted." in told
    for other in (noted.replace("3:", "4:", 1), noted.replace("3:", "9999:", 1), f"3:{'0' * 64}"):
        result = await icr(seeded_url, "verify", "--chain-only", "--noted", other)
        assert result.exit_code == 1, other
        assert "The ledger is another one" in result.stderr
    assert (await icr(seeded_url, "verify", "--noted", "nothing")).exit_code == 2


@pytest.mark.parametrize("command", ["serve", "verify", "migrate"])
async def test_a_file_that_cannot_be_used_is_told_before_anything_is_done(
    command: str, tmp_path: Path
) -> None:
    path = tmp_path / "words.sqlite3"
    path.write_text("no database " * 100, encoding="utf-8")
    for name, told in (("words.sqlite3", "is not an SQLite"), ("no/x.sqlite3", "There is no fol")):
        result = await icr(f"sqlite:///{tmp_path / name}", command)
        assert result.exit_code == 2
        assert told in result.stderr
        assert "ICR_DATABASE_URL" in result.stderr


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_restoration_lists_the_keys_that_would_be_valid(
    empty_url: str, tmp_path: Path
) -> None:
    """After a total loss all are new; without a terminal nothing is asked, so nothing is done."""
    async with opened(empty_url) as database:
        first, second = [await make_key(database, name) for name in ("Lan", "Minh")]
    target, place = tmp_path / "backup.sqlite3", tmp_path / "register.sqlite3"
    await done(empty_url, "backup", str(target))
    url = f"sqlite:///{place}"
    refused = await icr(url, "restore", str(target))
    assert refused.exit_code == 1
    listed = [line.split() for line in refused.stderr.splitlines() if "administrator" in line]
    assert {(line[0], line[1], line[-1]) for line in listed} == {
        (first.id, "Lan", "new"),
        (second.id, "Minh", "new"),
    }
    ids = ",".join(sorted([first.id, second.id]))
    assert f"Accept them by --accept-keys {ids}" in refused.stderr
    assert "Nothing was changed." in refused.stderr
    one = await icr(url, "restore", str(target), "--accept-keys", first.id)
    assert one.exit_code == 1
    assert not is_there(place)
    told = await done(url, "restore", str(target), "--accept-keys", ids)
    assert "Audit log: 2 entries, up to " in told
    await done(url, "verify")
    # The same again changes nothing, so nothing is asked.
    await done(url, "restore", str(target))
