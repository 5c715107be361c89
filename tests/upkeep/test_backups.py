"""Backups of a SQLite register: of one moment, checked, under their name only when complete."""

import asyncio
import re
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from app.access.audit import Actor
from app.access.keys import revoke_key
from app.core.errors import ConflictError, RegistryError, StorageFaultError
from app.database import Database, sqlite_files
from app.database.schema import head, migrate
from app.ledger.revisions import Writer
from app.ledger.verification import LedgerEnd, file_faults, find_end
from app.upkeep.backups import Copied, back_up, restore
from tests.support.ledgers import (
    LEDGER,
    PROJECTIONS,
    begin,
    check_sound,
    contents,
    first_broken,
    one,
    state,
    unguarded,
)
from tests.support.registers import make_key, opened, writer_on

EVERYTHING = (*LEDGER, *PROJECTIONS, "revision_counter", "admin_unit")
SITE = "ccn-1"


@pytest.fixture
def kind() -> str:
    """Run on SQLite only: servers have tools of their own."""
    return "sqlite"


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on a register of two revisions: a source and a site."""
    made = await writer_on(database)
    await begin(made, SITE)
    return made


@pytest.fixture
def register(writer: Writer) -> Path:
    """Give the file of the register."""
    return Path(writer.database.url.removeprefix("sqlite+aiosqlite:///"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a name for a backup in a folder of its own."""
    return tmp_path / "backup.sqlite3"


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def read(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def link(name: Path, path: Path) -> None:
    name.symlink_to(path)


def drop(*paths: Path) -> None:
    for path in paths:
        path.unlink()


def show(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


async def back(register: Path, target: Path) -> Copied:
    return await back_up(register, target, show)


async def everything(path: Path) -> dict[str, list[str]]:
    async with opened(url_of(path)) as database:
        return await contents(database, EVERYTHING)


async def test_a_backup_is_the_register_in_one_sound_file(
    writer: Writer, register: Path, target: Path
) -> None:
    before = await contents(writer.database, EVERYTHING)
    copied = await back(register, target)
    assert list(target.parent.iterdir()) == [target]
    digest = await one(writer.database, "SELECT digest FROM revision WHERE number = 2")
    assert copied == Copied(len(read(target)), LedgerEnd(2, digest), str(head()))
    async with opened(url_of(target)) as backup:
        assert await contents(backup, EVERYTHING) == before
        await check_sound(await writer_on(backup))


async def test_a_backup_does_without_files_beside_it(register: Path, target: Path) -> None:
    """It can be read where nothing can be written: 1 is the format without a log."""
    await back(register, target)
    assert read(target)[18:20] == b"\x01\x01"


async def test_progress_is_told_to_its_end(register: Path, target: Path) -> None:
    steps = list[tuple[str, int, int]]()
    await back_up(register, target, lambda *step: steps.append(step))
    assert dict.fromkeys(what for what, *_ in steps) == {"Copying": None, "Verifying": None}
    assert ("Verifying", 2, 2) in steps
    assert next(done == total for what, done, total in reversed(steps) if what == "Copying")


async def test_writes_go_on_while_a_backup_is_made(
    writer: Writer, register: Path, target: Path
) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def write() -> int:
        for area in count(1):
            await state(writer, SITE, "2024", area_ha=area)
            begun.set()
            if end.is_set():
                return area
        raise AssertionError

    writing = asyncio.create_task(write())
    await begun.wait()
    copied = await asyncio.to_thread(asyncio.run, back(register, target))
    end.set()
    assert 3 <= copied.end.revision <= 2 + await writing
    async with opened(url_of(target)) as backup:
        await check_sound(await writer_on(backup))
        assert await find_end(writer.database, copied.end.revision) == copied.end


async def test_a_backup_replaces_another_by_force_only(
    writer: Writer, register: Path, target: Path
) -> None:
    put(target, b"something else")
    with pytest.raises(ConflictError, match="--force"):
        await back(register, target)
    assert read(target) == b"something else"
    await back_up(register, target, show, force=True)
    assert await everything(target) == await contents(writer.database, EVERYTHING)


async def test_the_register_is_not_backed_up_onto_itself(register: Path, target: Path) -> None:
    link(target, register)
    for name in (register, target):
        with pytest.raises(ConflictError, match="is the register itself"):
            await back_up(register, name, show, force=True)


async def test_a_register_that_is_broken_leaves_no_backup(
    writer: Writer, register: Path, target: Path
) -> None:
    async with unguarded(writer.database.url) as connection:
        await connection.execute(text("UPDATE revision SET author = 'x' WHERE number = 2"))
    with pytest.raises(StorageFaultError, match="Revision 2 of the copy is broken"):
        await back(register, target)
    assert list(target.parent.iterdir()) == []


def spoil(path: Path, table: str) -> None:
    """Write over the pages of a table, but for the first of the file."""
    with closing(sqlite3.connect(path)) as connection:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(asked, [table]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


async def test_a_damaged_file_is_found(writer: Writer, register: Path, target: Path) -> None:
    await back(register, target)
    spoil(target, "ix_statement_subject")
    async with opened(url_of(target)) as damaged:
        assert await file_faults(damaged)
    before = await contents(writer.database, EVERYTHING)
    await writer.database.close()
    with pytest.raises(StorageFaultError, match="damaged"):
        await restore(target, register, show, force=True)
    assert await contents(writer.database, EVERYTHING) == before


async def test_rows_that_refer_to_nothing_are_found(writer: Writer) -> None:
    assert await file_faults(writer.database) == []
    async with unguarded(writer.database.url) as connection:
        await connection.execute(text("DELETE FROM source"))
    found = await file_faults(writer.database)
    assert "a row of statement refers to no row of source" in found


# Restoring


async def test_a_backup_brings_back_what_is_lost(
    writer: Writer, register: Path, target: Path
) -> None:
    await back(register, target)
    before = await contents(writer.database, EVERYTHING)
    await writer.database.close()
    drop(register)
    copied = await restore(target, register, show)
    assert (copied.end.revision, copied.kept) == (2, None)
    assert await contents(writer.database, EVERYTHING) == before
    await check_sound(writer)
    await state(writer, SITE, "2024", area_ha=1)


async def test_a_register_that_is_a_part_of_the_backup_is_replaced(
    writer: Writer, register: Path, target: Path, tmp_path: Path
) -> None:
    await back(register, tmp_path / "early.sqlite3")
    await state(writer, SITE, "2024", area_ha=1)
    await back(register, target)
    await writer.database.close()
    early = tmp_path / "early.sqlite3"
    copied = await restore(target, early, show)
    assert copied.end.revision == 3
    assert await everything(early) == await everything(target)
    # Nothing of the ledger is lost, but an audit log may have been.
    assert copied.kept is not None
    assert (await everything(copied.kept))["revision_counter"] == ["(1, 2, 1)"]


async def test_a_backup_opens_no_key_again_that_was_revoked_since(
    writer: Writer, register: Path, target: Path
) -> None:
    key = await make_key(writer.database)
    await back(register, target)
    for revoked in (key, await make_key(writer.database)):
        await revoke_key(writer.database, revoked.id, "lost", Actor("tests"))
    await writer.database.close()
    # The other key is not in the backup, so it opens nothing.
    told = f"These keys were revoked since, and would be valid again: {key.id}\\."
    with pytest.raises(ConflictError, match=told):
        await restore(target, register, show)
    copied = await restore(target, register, show, force=True)
    assert copied.lost is not None
    assert re.fullmatch(told, str(copied.lost))
    assert copied.kept is not None
    async with opened(url_of(copied.kept)) as database:
        assert await one(database, "SELECT count(*) FROM audit_entry") == 4


async def test_revisions_that_the_backup_lacks_are_kept_and_replaced_by_force_only(
    writer: Writer, register: Path, target: Path
) -> None:
    await back(register, target)
    await state(writer, SITE, "2024", area_ha=1)
    present = await contents(writer.database, EVERYTHING)
    await writer.database.close()
    with pytest.raises(ConflictError, match="has 3 revisions, the backup 2"):
        await restore(target, register, show)
    assert await everything(register) == present
    copied = await restore(target, register, show, force=True)
    assert copied.lost is not None
    assert copied.kept is not None
    assert await everything(copied.kept) == present
    assert await everything(register) == await everything(target)
    drop(copied.kept)


async def test_a_register_with_another_past_is_told(
    writer: Writer, register: Path, target: Path
) -> None:
    """Both have three revisions; the third is another one."""
    await back(register, target)
    async with opened(url_of(target)) as other:
        await state(await writer_on(other), SITE, "2024", area_ha=2)
    await state(writer, SITE, "2024", area_ha=1)
    await writer.database.close()
    with pytest.raises(ConflictError, match=r"Revision 3 of .* is another one"):
        await restore(target, register, show)


async def test_a_register_that_is_in_use_is_not_replaced(
    writer: Writer, register: Path, target: Path
) -> None:
    await back(register, target)
    async with writer.database.read() as connection:
        await connection.execute(text("SELECT 1 FROM site"))
        with pytest.raises(ConflictError, match="in use: stop what has it open"):
            await restore(target, register, show, force=True)
    await state(writer, SITE, "2024", area_ha=1)
    await check_sound(writer)


@pytest.mark.parametrize("beside", ["-wal", "-journal"])
async def test_what_cannot_be_read_is_replaced_by_force_only_and_kept(
    writer: Writer, register: Path, target: Path, beside: str
) -> None:
    """A log of another file would be played into the new one."""
    await back(register, target)
    before = await contents(writer.database, EVERYTHING)
    await writer.database.close()
    log = register.with_name(register.name + beside)
    put(register, b"no database" * 1000)
    put(log, b"no log" * 1000)
    with pytest.raises(ConflictError, match="cannot be read"):
        await restore(target, register, show)
    copied = await restore(target, register, show, force=True)
    assert copied.kept is not None
    assert read(copied.kept) == b"no database" * 1000
    assert not sqlite_files.has_leftovers(register)
    assert await contents(writer.database, EVERYTHING) == before
    sqlite_files.remove(copied.kept)


async def test_a_log_without_its_register_is_not_played_into_the_new_one(
    writer: Writer, register: Path, target: Path, tmp_path: Path
) -> None:
    await back(register, target)
    place = tmp_path / "empty" / "register.sqlite3"
    place.parent.mkdir()
    place.with_name(f"{place.name}-wal").write_bytes(b"no log")
    with pytest.raises(ConflictError, match="cannot be read"):
        await restore(target, place, show)
    await restore(target, place, show, force=True)
    assert await everything(place) == await contents(writer.database, EVERYTHING)


async def test_what_is_no_backup_is_refused(writer: Writer, register: Path, tmp_path: Path) -> None:
    before = await contents(writer.database, EVERYTHING)
    await writer.database.close()
    words, empty = tmp_path / "words.sqlite3", tmp_path / "empty.sqlite3"
    words.write_text("no database " * 100, encoding="utf-8")
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("CREATE TABLE something (x)")
    for source, told in (
        (words, "is not an SQLite file"),
        (tmp_path / "missing.sqlite3", "There is no file"),
        (empty, "holds no register"),
        (register, "is the register itself"),
    ):
        with pytest.raises(RegistryError, match=told):
            await restore(source, register, show, force=True)
    assert await contents(writer.database, EVERYTHING) == before
    assert not list(register.parent.glob("*.partial*"))


# Backups of other releases


async def test_a_backup_of_an_earlier_release_is_brought_to_this_one(
    target: Path, tmp_path: Path
) -> None:
    earlier, place = tmp_path / "earlier.sqlite3", tmp_path / "place.sqlite3"
    async with opened(url_of(earlier)) as database:
        await migrate(database, "0002")
    copied = await back(earlier, target)
    assert (copied.migration, copied.is_verified) == ("0002", False)
    restored = await restore(target, place, show)
    assert restored.migration == "0002"
    async with opened(url_of(place)) as database:
        assert await one(database, "SELECT version_num FROM alembic_version") == head()
        assert await one(database, "SELECT count(*) FROM idempotency_key") == 0
        assert await first_broken(database) is None


async def test_a_backup_of_a_newer_release_is_refused(
    writer: Writer, register: Path, target: Path
) -> None:
    await back(register, target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await writer.database.close()
    with pytest.raises(ConflictError, match="9999, of a newer release"):
        await restore(target, register, show)
