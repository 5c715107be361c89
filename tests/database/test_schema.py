"""The schema: made by migrations alone, equal to the models, on both databases."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.core.errors import DatabaseBusyError
from app.database import Database, schema
from app.database.schema import current, differences, downgrade, head, migrate
from app.database.triggers import GUARDS
from app.ledger.revisions import Writer
from app.upkeep.rebuilding import load_units
from tests.support.ledgers import (
    LEDGER,
    PROJECTIONS,
    SOURCE,
    begin,
    begin_project,
    check_sound,
    contents,
    one,
    query,
    rebuild_all,
    unguarded,
)
from tests.support.postgres import temporary_database
from tests.support.registers import (
    SEEDS,
    Templates,
    opened,
    post,
    prepare_empty,
    seed,
    serving,
    units_of,
    writer_on,
)
from tests.support.streams import running

TABLES = {
    *LEDGER,
    "access_key",
    "access_session",
    "admin_succession",
    "admin_unit",
    "alembic_version",
    "anchor",
    "audit_entry",
    "audit_link",
    "idempotency_key",
    "import_draft",
    "import_layout",
    "proposal",
    "proposal_province",
    "observation",
    "project_version",
    "project_word",
    "revision_counter",
    "site_version",
    "site_word",
}


@pytest.fixture
async def bare(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """Give a database that nothing was ever done to."""
    if kind == "sqlite":
        async with opened(f"sqlite+aiosqlite:///{tmp_path / 'bare.sqlite3'}") as database:
            yield database
        return
    base: str = request.getfixturevalue("postgres")
    async with temporary_database(base) as url, opened(url) as database:
        yield database


async def tables(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def triggers(database: Database) -> set[str]:
    if database.url.startswith("sqlite"):
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return {row[0] for row in await query(database, found)}


async def execute(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


async def test_migrating_from_nothing_makes_the_schema_of_the_models(bare: Database) -> None:
    bare.create()
    assert await current(bare) is None
    await migrate(bare)
    assert await current(bare) == head() is not None
    assert await tables(bare) == TABLES
    assert await differences(bare) == []
    assert await one(bare, "SELECT number FROM revision_counter") == 0


async def test_migrating_again_changes_nothing(seeded: Database) -> None:
    before = await one(seeded, "SELECT count(*) FROM site_version")
    await migrate(seeded)
    assert await current(seeded) == head()
    assert await one(seeded, "SELECT count(*) FROM site_version") == before
    await check_sound(await writer_on(seeded))


async def test_down_to_nothing_and_up_again(database: Database) -> None:
    guards = await triggers(database)
    await downgrade(database, "base")
    assert await current(database) is None
    assert await tables(database) == {"alembic_version"}
    assert await triggers(database) == set()
    await migrate(database)
    assert await differences(database) == []
    assert await triggers(database) == guards
    assert all(any(name.startswith(table) for name in guards) for table in LEDGER)
    await load_units(database, SEEDS / "units")
    await seed(database, "documents")
    await check_sound(await writer_on(database))


async def test_down_to_the_ledger_and_up_again_keeps_every_revision(seeded: Database) -> None:
    """What is dropped on the way can be made anew from the ledger, and comes out as it was."""
    ledger, projections = await contents(seeded, LEDGER), await contents(seeded, PROJECTIONS)
    assert projections["site_version"]
    revisions = "SELECT number, recorded_at, author, reason, digest FROM revision ORDER BY number"
    recorded = await query(seeded, revisions)
    await downgrade(seeded, "0001")
    assert await query(seeded, revisions) == recorded
    assert not set(PROJECTIONS) & await tables(seeded)
    await migrate(seeded)
    async with opened(seeded.url) as again:
        assert await differences(again) == []
        writer = Writer(again, await units_of(again), "tester")
        await rebuild_all(writer)
        assert await contents(again, LEDGER) == ledger
        assert await contents(again, PROJECTIONS) == projections
        # The rebuild counted the edition.
        await check_sound(Writer(again, await units_of(again), "tester"))


async def test_a_ledger_that_holds_anything_is_not_dropped(seeded: Database) -> None:
    before = await contents(seeded, (*LEDGER, *PROJECTIONS))
    with pytest.raises(RuntimeError, match="revisions are recorded"):
        await downgrade(seeded, "base")
    assert await current(seeded) == head()
    assert await contents(seeded, (*LEDGER, *PROJECTIONS)) == before


@pytest.mark.parametrize(
    "said",
    [
        {"effective_from": "2024-Q4", "values": {"area_ha": 20}},
        {"effective_from": "2024", "values": {"expected_operation": "2026-Q1"}},
        {"effective_from": "2024", "effective_to": "2025", "values": {"area_ha": 20}},
    ],
    ids=["quarter", "value", "end"],
)
async def test_what_the_release_before_cannot_read_keeps_the_schema(
    empty_url: str, database: Database, said: dict[str, Any]
) -> None:
    async with serving(empty_url) as client:
        await post(client, "/v1/sources", {"id": "s", "kind": "article", "title": "S"})
        values = {"name": "A", "province_code": "06"}
        site = {"id": "ccn-a", "kind": "cluster", "source_id": "s", "effective_from": "2020"}
        await post(client, "/v1/sites", {**site, "values": values})
        await post(client, "/v1/sites/ccn-a/statements", {"source_id": "s", **said})
    with pytest.raises(RuntimeError, match="restore a backup from before they were recorded"):
        await downgrade(database, "0008")
    assert await current(database) == head()


async def test_migrating_waits_for_a_lock_a_moment_only_and_comes_again(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody reads for long what a step would change: readers and writers get on meanwhile."""
    monkeypatch.setattr(
        schema, "_LOCK_TIMEOUT", text("SELECT set_config('lock_timeout', '50', true)")
    )
    monkeypatch.setattr(schema, "_PAUSES", (0.0, 0.0))
    async with (
        templates.copy("postgresql", prepare_empty) as url,
        opened(url) as database,
        opened(url) as other,
    ):
        async with other.write() as session:
            await session.execute(text("SELECT count(*) FROM site_version"))
            with pytest.raises(DatabaseBusyError):
                await downgrade(database, "0001")
            await begin(await writer_on(database), "ccn-1")
        await downgrade(database, "0001")
        await migrate(database)
        assert await differences(database) == []


async def test_migrating_while_the_service_serves(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A further step changes a table that all reads and writes use; none of them fails."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    name = folder / "versions" / "r9999_colour.py"
    name.write_text(_STEP.format(before=head()), encoding="utf-8")
    async with (
        templates.copy("postgresql", prepare_empty) as url,
        opened(url) as database,
        running(url) as service,
        service.client() as client,
    ):
        await begin(await writer_on(database), "ccn-1")
        monkeypatch.setattr(schema, "_MIGRATIONS", folder)
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_read_and_write(client, done))
            for change, target in ((migrate, "9999"), (downgrade, "-1"), (migrate, "9999")):
                await change(database, target)
            done.set()
        assert await current(database) == "9999"
        await check_sound(await writer_on(database))


async def test_migrating_while_others_write_waits_for_their_turns(templates: Templates) -> None:
    """Every step takes its locks in the order of a write, so that neither gives way."""
    async with (
        templates.copy("postgresql", prepare_empty) as url,
        opened(url) as database,
        opened(url) as one_writer,
        opened(url) as another,
    ):
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for writer in (one_writer, another):
                tasks.create_task(_lock_as_a_write_does(writer, done))
            for _ in range(5):
                await downgrade(database, "0005")
                await migrate(database)
            done.set()
        assert await differences(database) == []


async def _lock_as_a_write_does(database: Database, done: asyncio.Event) -> None:
    while not done.is_set():
        async with database.write() as session:
            await session.execute(text("UPDATE revision_counter SET number = number"))
            await asyncio.sleep(0.005)
            for table in ("revision", "statement", "site_version"):
                await session.execute(text(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE"))
        await asyncio.sleep(0.001)


_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None


def upgrade():
    op.add_column("site_version", sa.Column("colour", sa.Text()))
    op.create_index("ix_site_version_colour", "site_version", ["colour"])


def downgrade():
    op.drop_column("site_version", "colour")
"""


async def _read_and_write(client: httpx.AsyncClient, done: asyncio.Event) -> None:
    """Write and read back what was written until done, and at least some times."""
    number = 0
    while not done.is_set() or number < 10:
        number += 1
        body = {"source_id": SOURCE, "effective_from": "2024-01", "values": {"area_ha": number}}
        answer = await client.post("/v1/sites/ccn-1/statements", json=body)
        assert answer.status_code == 201, answer.text
        answer = await client.get("/v1/sites/ccn-1?as_of=2024-02-01")
        assert (answer.status_code, answer.json()["area_ha"]) == (200, number)


async def test_a_failed_migration_leaves_nothing_behind(
    bare: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps are one transaction: here the last step of the first migration fails."""
    monkeypatch.setattr("app.database.triggers._REFUSAL", "it's broken")
    with pytest.raises(Exception, match="syntax error"):
        await migrate(bare)
    assert await tables(bare) == set()
    assert await current(bare) is None
    monkeypatch.undo()
    await migrate(bare)
    assert await differences(bare) == []


async def test_differences_tell_what_is_not_as_in_the_models(database: Database) -> None:
    await execute(
        database, "ALTER TABLE site ADD COLUMN colour TEXT", "DROP INDEX ix_site_revision"
    )
    added, dropped = sorted(await differences(database))
    assert "add_index" in added
    assert "ix_site_revision" in added
    assert "remove_column" in dropped
    assert "colour" in dropped


async def test_guards_that_are_missing_or_off_are_told(database: Database, kind: str) -> None:
    assert GUARDS[kind] == await triggers(database)
    if kind == "sqlite":
        await execute(database, "DROP TRIGGER statement_fixed")
    else:
        await execute(database, "ALTER TABLE statement DISABLE TRIGGER statement_fixed")
    assert await differences(database) == ["the trigger statement_fixed is missing or off"]


@pytest.mark.parametrize("target", ["0003", "0005"])
async def test_what_cannot_be_had_back_is_not_dropped(
    empty_url: str, database: Database, target: str
) -> None:
    """Keys and the audit log; and who wrote, without which the ledger would not verify."""
    async with serving(empty_url) as client:
        await post(client, "/v1/organizations", {"id": "a", "name": "A"})
    if target == "0003":
        async with unguarded(database.url) as connection:
            await connection.execute(text("UPDATE revision SET principal_id = NULL"))
    reason = "access_key holds 1 rows" if target == "0003" else "1 revisions record the principal"
    with pytest.raises(RuntimeError, match=reason):
        await downgrade(database, target)
    assert await current(database) == head()
    assert await one(database, "SELECT count(*) FROM access_key") == 1


async def test_down_a_step_and_up_again_with_everything_there_is(
    seeded_url: str, seeded: Database
) -> None:
    async with serving(seeded_url) as client:
        await post(client, "/v1/organizations", {"id": "a", "name": "A"})
    tables = (*LEDGER, *PROJECTIONS, "access_key", "audit_entry")
    before = await contents(seeded, tables)
    await downgrade(seeded, "-1")
    await migrate(seeded)
    assert await differences(seeded) == []
    assert await contents(seeded, tables) == before
    await check_sound(Writer(seeded, await units_of(seeded), "tester"))


async def test_constraints_are_those_of_the_models(database: Database) -> None:
    """Comparing the metadata passes over constraints that check values."""

    def found(sync: Connection) -> dict[str, set[str | None]]:
        look = inspect(sync)
        return {
            table: {check["name"] for check in look.get_check_constraints(table)}
            | {key["name"] for key in look.get_foreign_keys(table)}
            for table in SQLModel.metadata.tables
        }

    async with database.read() as connection:
        constraints = await connection.run_sync(found)
    wanted = {
        name: {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint | ForeignKeyConstraint)
        }
        for name, table in SQLModel.metadata.tables.items()
    }
    assert constraints == wanted


async def test_codes_are_checked_by_the_database(database: Database) -> None:
    writer = await writer_on(database)
    await begin(writer, "ccn-1")
    await begin_project(writer, "du-an-1")
    for table, column in (
        ("site_version", "stage"),
        ("site_version", "legal_status"),
        ("site_version", "occupancy_pct_definition"),
        ("project_version", "licence_status"),
        ("project_version", "operation_status"),
        ("project_version", "design_capacity_period"),
        ("admin_unit", "level"),
    ):
        with pytest.raises(IntegrityError, match=f"ck_{table}_{column}"):
            await execute(database, f"UPDATE {table} SET {column} = 'other'")


async def test_texts_that_order_rows_are_ordered_by_bytes(database: Database, kind: str) -> None:
    """As the models ask for: on PostgreSQL by collation C, on SQLite without being told."""
    wanted = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if getattr(column.type._variant_mapping.get("postgresql"), "collation", None) == "C"
    }
    assert ("site_version", "name_sort") in wanted
    if kind == "postgresql":
        found = "SELECT table_name, column_name FROM information_schema.columns WHERE "
        rows = await query(database, f"{found} collation_name = 'C' AND table_schema = 'public'")
        assert {(row.table_name, row.column_name) for row in rows} == wanted
    else:
        collations = "SELECT sql FROM sqlite_master WHERE sql LIKE '%COLLATE%'"
        assert await query(database, collations) == []
