"""Backups of a SQLite register: of one moment, checked, under their name only when complete."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.access.audit import Actor
from app.access.keys import revoke_key
from app.access.principals import Principal, PrincipalRole
from app.access.sessions import Terms, begin_session
from app.core.errors import ConflictError, RegistryError, StorageFaultError
from app.database import Database, sqlite_files
from app.database.integrity import file_faults
from app.database.schema import head, migrate
from app.database.triggers import GUARDS
from app.ledger.revisions import Writer
from app.ledger.verification import LedgerEnd, find_end
from app.upkeep.accounting import account_faults
from app.upkeep.backups import Copied, Show, back_up
from app.upkeep.rebuilding import load_units
from app.upkeep.restoring import KeyChange, Restored
from app.upkeep.restoring import restore as restore_accepting
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
from tests.support.registers import Templates, make_key, opened, units_of, writer_on

# Without the edition of the units: a restoration rebuilds, which counts it.
_NUMBER = "(SELECT id, number FROM revision_counter)"
EVERYTHING = (*LEDGER, *PROJECTIONS, _NUMBER, "admin_unit")
SITE = "ccn-1"
# Servers have tools of their own.
pytestmark = pytest.mark.databases("sqlite")


# A restoration compares all units, and those of the whole country take longer than all the rest of
# it: tests/cli/test_backups.py restores with them.
UNITS = Path(__file__).parents[1] / "fixtures" / "few-units"


async def prepare_few_units(database: Database) -> None:
    """Bring a database to this release, with the units that these tests name."""
    await migrate(database)
    await load_units(database, UNITS)


@pytest.fixture
async def empty_url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a database without facts that has few units."""
    async with templates.copy(kind, prepare_few_units) as url:
        yield url


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


async def restore(
    source: Path,
    register: Path,
    show: Show,
    *,
    force: bool = False,
    accepted: Collection[str] = (),
    shown: list[KeyChange] | None = None,
) -> Restored:
    """Restore, and accept the keys that are named; what is asked for is added to ``shown``."""

    def accept(changed: Sequence[KeyChange]) -> bool:
        if shown is not None:
            shown.extend(changed)
        return {key.id for key in changed} <= set(accepted)

    return await restore_accepting(source, register, show, units=UNITS, accept=accept, force=force)


def is_there(path: Path) -> bool:
    return path.exists()


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
    assert (await everything(copied.kept))[_NUMBER] == ["(1, 2)"]


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


async def test_what_is_judged_is_the_copy_and_not_what_the_backup_becomes(
    writer: Writer, register: Path, target: Path
) -> None:
    """The backup is another file as soon as it was copied: one that lacks what the register has."""
    shorter = target.with_name("shorter.sqlite3")
    await back(register, shorter)
    await state(writer, SITE, "2024", area_ha=1)
    await back(register, target)
    await writer.database.close()

    def exchange(step: str, done: int, total: int) -> None:
        if step == "Copying" and done == total and shorter.exists():
            shorter.replace(target)

    restored = await restore(target, register, exchange)
    assert (restored.end.revision, restored.lost) == (3, None)


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


# What a digest does not cover


async def forged(target: Path, *statements: str) -> None:
    """Change a backup as whoever has its file may, past every trigger."""
    with closing(sqlite3.connect(target)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = guards.fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in kept:
            connection.execute(sql)
        connection.commit()


KEY = (
    "INSERT INTO access_key (id, name, role, provinces, secret_hash, created_at, created_by,"
    " expires_at) VALUES ('forged', 'Nobody\x1b[2J', 'administrator', '[]', 'x',"
    " '2026-01-01 00:00:00.000000', 'nobody', '2099-01-01 00:00:00.000000')"
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (KEY, "new"),
        ("UPDATE access_key SET role = 'administrator'", "other role was editor"),
        ("UPDATE access_key SET provinces = '[]'", 'other provinces was [["06","2025-06-30"]]'),
        ("UPDATE access_key SET secret_hash = 'x'", "other secret"),
        ("UPDATE access_key SET name = 'Lan'", "other name was tester"),
        ("UPDATE access_key SET expires_at = '2098-01-01 00:00:00.000000'", "other end was "),
    ],
)
@pytest.mark.parametrize("is_lost", [False, True])
async def test_a_key_that_is_new_or_differs_is_listed_and_asked_for(
    writer: Writer, register: Path, target: Path, change: str, told: str, *, is_lost: bool
) -> None:
    key = await make_key(writer.database, "tester", PrincipalRole.editor, [("06", "2025-06-30")])
    await back(register, target)
    await forged(target, change)
    await writer.database.close()
    if is_lost:
        drop(register)
    shown = list[KeyChange]()
    with pytest.raises(ConflictError, match="--accept-keys"):
        await restore(target, register, show, shown=shown)
    assert is_there(register) is not is_lost
    listed = {key.id, "forged"} if is_lost and change == KEY else {shown[0].id}
    assert {row.id for row in shown} == listed
    for row in shown:
        assert row.change == "new" if is_lost else row.change.startswith(told)
        assert row.name.isprintable()
    if not is_lost:
        # Whatever else is forced, keys are not.
        with pytest.raises(ConflictError, match="--accept-keys"):
            await restore(target, register, show, force=True)
    await restore(target, register, show, accepted=listed)
    async with opened(url_of(register)) as database:
        present = await one_column(database, "SELECT id FROM access_key")
        assert set(present) == {key.id} | ({"forged"} if change == KEY else set())
        # What was accepted is accounted for from now on.
        assert await account_faults(database) == []


async def one_column(database: Database, sql: str) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(text(sql))).scalars())


async def test_keys_that_are_as_they_were_or_open_nothing_are_not_asked_for(
    writer: Writer, register: Path, target: Path
) -> None:
    kept, revoked, unrevoked = [await make_key(writer.database) for _ in range(3)]
    await revoke_key(writer.database, revoked.id, "lost", Actor("tests"))
    await back(register, target)
    expired = KEY.replace("2099", "2025").replace("forged", "expired")
    await forged(
        target,
        expired,
        f"UPDATE access_key SET last_used_at = '2026-01-01 00:00:00' WHERE id = '{kept.id}'",
    )
    await revoke_key(writer.database, unrevoked.id, "lost", Actor("tests"))
    await writer.database.close()
    shown = list[KeyChange]()
    with pytest.raises(ConflictError):
        await restore(target, register, show, shown=shown)
    assert [(row.id, row.change) for row in shown] == [(unrevoked.id, "revoked since")]


async def test_the_audit_log_of_the_register_is_taken_over(
    writer: Writer, register: Path, target: Path
) -> None:
    await make_key(writer.database)
    await back(register, target)
    entries = "SELECT id || detail FROM audit_entry ORDER BY id"
    later = await make_key(writer.database)
    await revoke_key(writer.database, later.id, "lost", Actor("tests"))
    before = await one_column(writer.database, entries)
    assert len(before) == 3
    # Emptied, nothing is missing either: all three are taken over.
    await forged(target, "DELETE FROM audit_entry")
    await writer.database.close()
    restored = await restore(target, register, show)
    assert "3 entries that the backup lacked were taken over" in notes_of(restored)
    async with opened(url_of(register)) as database:
        assert await one_column(database, entries) == before
        assert await account_faults(database) == []
        with pytest.raises(Exception, match="append-only"):
            async with database.write() as session:
                await session.execute(text("DELETE FROM audit_entry"))


async def test_an_audit_log_that_was_changed_is_taken_by_force_only(
    writer: Writer, register: Path, target: Path
) -> None:
    await make_key(writer.database)
    await back(register, target)
    await forged(target, "UPDATE audit_entry SET detail = 'nothing'")
    await writer.database.close()
    with pytest.raises(ConflictError, match="1 entries of the audit log are others"):
        await restore(target, register, show)


async def test_after_a_total_loss_the_end_of_the_audit_log_is_told(
    writer: Writer, register: Path, target: Path
) -> None:
    key = await make_key(writer.database)
    await back(register, target)
    await writer.database.close()
    drop(register)
    restored = await restore(target, register, show, accepted={key.id})
    assert "Audit log: 1 entries, up to 20" in notes_of(restored)


def notes_of(restored: Restored) -> str:
    return "\n".join(map(str, restored.notes))


async def test_nobody_is_signed_in_to_a_restored_register(
    writer: Writer, register: Path, target: Path
) -> None:
    """Whoever signed out since the backup was made stays signed out."""
    async with writer.database.write() as session:
        who = Principal("key:a", "An", PrincipalRole.reader)
        day = timedelta(days=1)
        await begin_session(session, who, Terms(day, day), Actor("tests"))
    assert await one(writer.database, "SELECT count(*) FROM access_session") == 1
    await back(register, target)
    await writer.database.close()
    await restore(target, register, show)
    async with opened(url_of(register)) as database:
        assert await one(database, "SELECT count(*) FROM access_session") == 0


ANSWER = (
    "INSERT INTO idempotency_key (author, key, recorded_at, content_digest, status, media_type,"
    " headers, body) VALUES ('key:a', '{key}', '2026-01-01 00:00:00.000000', 'x', 201,"
    " 'application/json', '{{}}', CAST('{body}' AS BLOB))"
)


async def test_kept_answers_are_taken_over_only_where_the_register_has_them(
    writer: Writer, register: Path, target: Path
) -> None:
    async with writer.database.write() as session:
        connection = await session.connection()
        for key in ("same", "changed"):
            await connection.exec_driver_sql(ANSWER.format(key=key, body="true"))
    await back(register, target)
    change = "UPDATE idempotency_key SET body = CAST('forged' AS BLOB) WHERE key = 'changed'"
    await forged(target, change, ANSWER.format(key="new", body="forged"))
    await writer.database.close()
    restored = await restore(target, register, show)
    assert "Kept answers: 2 were not taken over" in notes_of(restored)
    async with opened(url_of(register)) as database:
        assert await one_column(database, "SELECT key FROM idempotency_key") == ["same"]
    drop(register)
    await restore(target, register, show)
    async with opened(url_of(register)) as database:
        assert await one_column(database, "SELECT key FROM idempotency_key") == []


async def test_projections_units_and_triggers_are_made_anew(
    writer: Writer, register: Path, target: Path
) -> None:
    await state(writer, SITE, "2024", area_ha=12)
    await back(register, target)
    before = await contents(writer.database, (*PROJECTIONS, "admin_unit"))
    await forged(
        target,
        "UPDATE site_version SET area_ha = 1",
        "UPDATE admin_unit SET name = 'Nowhere' WHERE code = '19'",
    )
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("DROP TRIGGER statement_keep")
        # One that does nothing, under the name of one that guards; and one that acts.
        connection.execute("DROP TRIGGER revision_keep")
        connection.execute(
            "CREATE TRIGGER revision_keep BEFORE DELETE ON revision BEGIN SELECT 1; END"
        )
        connection.execute(
            'CREATE TRIGGER "a ""b" AFTER INSERT ON audit_entry BEGIN'
            " UPDATE access_key SET role = 'administrator'; END"
        )
    await writer.database.close()
    restored = await restore(target, register, show)
    assert 'dropped, as no release has them: a "b' in notes_of(restored)
    async with opened(url_of(register)) as database:
        assert await contents(database, (*PROJECTIONS, "admin_unit")) == before
        await check_sound(await writer_on(database, units=await units_of(database)))
        for table in ("revision", "statement"):
            with pytest.raises(Exception, match="append-only"):
                async with database.write() as session:
                    await session.execute(text(f"DELETE FROM {table}"))
        found = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        assert await one(database, found) == len(GUARDS["sqlite"])


def modes_of(path: Path) -> list[int]:
    """Return the modes of a file and of those beside it."""
    return [mode_of(one) for one in path.parent.glob(f"{path.name}*")]


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
async def test_a_restored_register_keeps_mode_and_owner(
    writer: Writer, register: Path, target: Path, mode: int
) -> None:
    await back(register, target)
    await writer.database.close()
    owner = given_away(register, mode)
    restored = await restore(target, register, show)
    assert restored.kept is not None
    assert (mode_of(register), mode_of(restored.kept)) == (mode, mode)
    assert (owner_of(register), owner_of(restored.kept)) == (owner, owner)


def given_away(path: Path, mode: int) -> int:
    """Give a file a mode, and another owner if we may; return who owns it."""
    path.chmod(mode)
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    return owner_of(path)


def owner_of(path: Path) -> int:
    return path.stat().st_uid


@pytest.mark.usefixtures("writer")
async def test_what_is_new_is_for_its_owner_only(
    register: Path, target: Path, tmp_path: Path
) -> None:
    """Whatever the umask of the process is; of the log and its index too, and while at work."""
    seen = set[int]()

    def look(*_: object) -> None:
        seen.update(map(mode_of, target.parent.glob(".*")))

    before = os.umask(0)
    try:
        await back_up(register, target, look)
        place, made = tmp_path / "place.sqlite3", tmp_path / "made.sqlite3"
        await restore(target, place, look)
        async with opened(url_of(made)) as database:
            await migrate(database)
            modes = modes_of(made)
            assert len(modes) == 3
            seen.update(modes)
    finally:
        os.umask(before)
    assert seen | {mode_of(target), mode_of(place)} == {0o600}


async def test_keys_that_cannot_be_read_are_not_known(
    writer: Writer, register: Path, target: Path
) -> None:
    """The rest of the register can be; without force nothing is done, and all keys are new."""
    key = await make_key(writer.database)
    await back(register, target)
    await writer.database.close()
    spoil(register, "access_key")
    with pytest.raises(ConflictError, match="cannot be read"):
        await restore(target, register, show)
    shown = list[KeyChange]()
    with pytest.raises(ConflictError, match="--accept-keys"):
        await restore(target, register, show, force=True, shown=shown)
    assert [row.id for row in shown] == [key.id]
    await restore(target, register, show, force=True, accepted={key.id})
