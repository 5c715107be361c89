"""The ledger: append-only in the database itself, numbered, timed, and chained by digests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Table, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core.errors import ConflictError, RegistryError
from app.database import Database
from app.entry.schemas import Retraction
from app.entry.writes import correct_organization, correct_source, register_organization, retract
from app.ledger import revisions as ledger
from app.ledger.revisions import Precondition, Writer
from app.ledger.schemas import (
    CorrectionQuery,
    OrganizationPatch,
    OrganizationRegistration,
    SourcePatch,
)
from app.ledger.tables import (
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCE_CORRECTIONS,
    SOURCES,
    STATEMENTS,
)
from tests.support.ledgers import (
    LEDGER,
    SOURCE,
    another,
    begin,
    begin_project,
    check_sound,
    clock_at,
    contents,
    observe,
    one,
    query,
    register,
    state,
)
from tests.support.registers import writer_on

MILLISECOND = timedelta(milliseconds=1)

TABLES = (
    REVISIONS,
    SOURCES,
    SOURCE_CORRECTIONS,
    ORGANIZATIONS,
    ORGANIZATION_CORRECTIONS,
    *REGISTRATIONS.values(),
    STATEMENTS,
)
KEYS = {table.name: "number" if table is REVISIONS else "id" for table in TABLES}
MARKS = {
    "site": ("withdrawn_in", "withdrawal_reason"),
    "project": ("withdrawn_in", "withdrawal_reason"),
    "statement": ("retracted_in", "retraction_reason"),
}
REFUSED = "append-only"
SITE = "ccn-quang-chu"
PROJECT = "du-an-giay-dep"


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on a ledger of ten revisions: a row or two in each of its tables."""
    made = await writer_on(database)
    await begin(made, SITE, "ccn-cam-giang")
    body = {"id": "onsen-fuji", "name": "Công ty Onsen Fuji", "aliases": ["Onsen Fuji"]}
    await register_organization(made, OrganizationRegistration.model_validate(body))
    await state(made, SITE, "2024", area_ha=74.4)
    await observe(made, "2024", cluster_count=27)
    await begin_project(made, PROJECT, site=SITE)
    await begin_project(made, "du-an-thep")
    seen = made.having_seen(Precondition(frozenset(), is_any=True))
    why = CorrectionQuery(reason="Sai chính tả")
    await correct_source(seen, SOURCE, SourcePatch(title="Đính chính"), why)
    patch = OrganizationPatch(name="Đính chính")
    await correct_organization(seen, str(body["id"]), patch, why)
    return made


def key_of(table: Table) -> Column[Any]:
    return table.c[KEYS[table.name]]


async def attempt(database: Database, sql: str) -> None:
    """Try to change the ledger; the database must refuse, and nothing may have changed."""
    before = await contents(database, LEDGER)
    with pytest.raises(IntegrityError, match=REFUSED):
        await change(database, sql)
    assert await contents(database, LEDGER) == before


async def change(database: Database, sql: str) -> None:
    async with database.write() as session:
        await session.execute(text(sql))


# The content of every table


@pytest.mark.parametrize("together_with_marks", [False, True])
async def test_no_column_can_be_updated(writer: Writer, together_with_marks: bool) -> None:
    for table in TABLES:
        marks = MARKS.get(table.name, ())
        marked = dict(zip(marks, (1, "Nhầm lẫn"), strict=False))
        for column in table.columns:
            if column.name not in marks:
                await refuse_update(writer, column, marked if together_with_marks else {})


async def refuse_update(writer: Writer, column: Column[Any], marked: Mapping[str, Any]) -> None:
    table, key = column.table, key_of(column.table)
    before = await contents(writer.database, LEDGER)
    async with writer.database.read() as connection:
        found = await connection.execute(select(key, column).order_by(key).limit(1))
    row_key, value = found.one()
    changed = {column.name: another(value, column), **marked}
    with pytest.raises(IntegrityError, match=REFUSED):
        async with writer.database.write() as session:
            await session.execute(update(table).where(key == row_key).values(changed))
    assert await contents(writer.database, LEDGER) == before


async def test_no_row_can_be_updated_in_passing(writer: Writer) -> None:
    for table, key in KEYS.items():
        await attempt(writer.database, f"UPDATE {table} SET {key} = {key}")


async def test_no_row_can_be_deleted(writer: Writer, kind: str) -> None:
    for table, key in KEYS.items():
        last = f"{key} = (SELECT max({key}) FROM {table})"
        await attempt(writer.database, f"DELETE FROM {table}")
        await attempt(writer.database, f"DELETE FROM {table} WHERE {last}")
        if kind == "postgresql":
            await attempt(writer.database, f"TRUNCATE {table} CASCADE")


async def test_no_erasure_can_be_changed(writer: Writer, kind: str) -> None:
    await change(
        writer.database,
        "INSERT INTO erasure (id, revision, about, members) VALUES ('2-1', 2, 'site', '[]')",
    )
    await attempt(writer.database, "UPDATE erasure SET members = '[]'")
    await attempt(writer.database, "DELETE FROM erasure")
    if kind == "postgresql":
        await attempt(writer.database, "TRUNCATE erasure")
    else:
        await attempt(writer.database, "REPLACE INTO erasure SELECT * FROM erasure")


async def test_no_row_can_be_replaced(writer: Writer, kind: str) -> None:
    """SQLite deletes what is replaced, and tells no trigger that a row is deleted."""
    for table in TABLES:
        name, key = table.name, KEYS[table.name]
        changed = next(column.name for column in table.columns if not column.primary_key)
        keys = ", ".join(column.name for column in table.primary_key)
        upsert = f"ON CONFLICT ({keys}) DO UPDATE SET {changed} = excluded.{changed}"
        again = f"INTO {name} SELECT * FROM {name}"
        await attempt(writer.database, f"INSERT {again} WHERE true {upsert}")
        if kind == "sqlite":
            first = f"{key} = (SELECT min({key}) FROM {name})"
            await attempt(writer.database, f"INSERT OR REPLACE {again}")
            await attempt(writer.database, f"REPLACE {again}")
            await attempt(writer.database, f"UPDATE OR REPLACE {name} SET {first}")


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_no_row_has_a_hidden_number(writer: Writer) -> None:
    """SQLite would replace the row that has a number already, quietly and past the triggers."""
    for table in TABLES:
        with pytest.raises(OperationalError, match="no such column: rowid"):
            await query(writer.database, f"SELECT rowid FROM {table.name}")


# The marks


@pytest.mark.parametrize("name", MARKS)
async def test_marks_can_be_set_once(writer: Writer, name: str) -> None:
    mark, reason = MARKS[name]
    first = f"id = (SELECT min(id) FROM {name})"
    await change(writer.database, f"UPDATE {name} SET {mark} = 6, {reason} = 'Nhầm' WHERE {first}")
    found = await query(writer.database, f"SELECT {mark}, {reason} FROM {name} WHERE {first}")
    assert [tuple(row) for row in found] == [(6, "Nhầm")]
    for again in (
        f"{mark} = 6, {reason} = 'Nhầm'",
        f"{mark} = 5",
        f"{reason} = 'Nhầm lẫn'",
        f"{mark} = NULL, {reason} = NULL",
        f"{mark} = NULL",
        f"{reason} = NULL",
    ):
        await attempt(writer.database, f"UPDATE {name} SET {again} WHERE {first}")


async def test_a_mark_and_its_reason_belong_together(writer: Writer) -> None:
    for table, (mark, reason) in MARKS.items():
        await attempt(writer.database, f"UPDATE {table} SET {mark} = 6")
        await attempt(writer.database, f"UPDATE {table} SET {reason} = 'Nhầm'")


async def test_a_retraction_sets_the_marks_and_nothing_else(writer: Writer) -> None:
    before = await statement_row(writer.database, "5-1")
    await retract(writer, "5-1", Retraction(reason="Nhầm lẫn"))
    after = await statement_row(writer.database, "5-1")
    assert after == before | {"retracted_in": 11, "retraction_reason": "Nhầm lẫn"}


async def statement_row(database: Database, key: str) -> dict[str, Any]:
    (row,) = await query(database, "SELECT * FROM statement WHERE id = :key", key=key)
    return dict(row._mapping)


# Revisions


async def test_every_write_is_one_revision(writer: Writer) -> None:
    """Source, two sites, organization, statement of a site, of a province, two projects."""
    recorded = {
        table: [row[0] for row in await query(writer.database, f"SELECT revision FROM {table}")]
        for table in LEDGER[1:]
    }
    assert recorded == {
        "erasure": [],
        "source": [1],
        "source_correction": [9],
        "organization": [4],
        "organization_correction": [10],
        "site": [2, 3],
        "project": [7, 8],
        "statement": [2, 3, 5, 6, 7, 8],
    }
    await check_sound(writer)


async def test_a_refused_write_takes_no_number(writer: Writer) -> None:
    with pytest.raises(ConflictError):
        await register(writer, SITE)
    with pytest.raises(RegistryError, match="ccn-unknown"):
        await state(writer, "ccn-unknown", "2024", area_ha=1)
    assert await one(writer.database, "SELECT number FROM revision_counter") == 10
    assert (await observe(writer, "2025-01", cluster_count=27)).id == "11-1"
    await check_sound(writer)


async def test_a_revision_tells_author_reason_and_time(database: Database) -> None:
    writer = await writer_on(database, "Nguyễn Thị Lan")
    await begin(writer, SITE)
    started = datetime.now(UTC)
    stated = await state(writer, SITE, "2024", area_ha=74.4)
    retracted = await retract(writer, stated.id, Retraction(reason="Đọc nhầm"))
    ended = datetime.now(UTC)
    assert stated.author == "Nguyễn Thị Lan"
    assert stated.reason is None
    # The first whole millisecond after the clock, or after the revision before.
    assert started <= stated.recorded_at <= ended + 2 * MILLISECOND
    assert stated.recorded_at.microsecond % 1000 == 0
    assert retracted.retraction is not None
    retracted_at = retracted.retraction.retracted_at
    assert stated.recorded_at < retracted_at <= ended + 2 * MILLISECOND
    assert retracted.retraction.author == "Nguyễn Thị Lan"
    reasons = "SELECT reason FROM revision ORDER BY number"
    assert [row.reason for row in await query(database, reasons)] == [None, None, None, "Đọc nhầm"]


async def test_a_clock_that_is_set_back_does_not_turn_time_back(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = (await observe(writer, "2023", cluster_count=20)).recorded_at
    monkeypatch.setattr(ledger, "datetime", clock_at(last - timedelta(hours=1)))
    again = (await observe(writer, "2022", cluster_count=20)).recorded_at
    assert again == last + MILLISECOND
    monkeypatch.setattr(ledger, "datetime", clock_at(last + timedelta(hours=1, microseconds=250)))
    later = (await observe(writer, "2021", cluster_count=20)).recorded_at
    assert later == last + timedelta(hours=1, milliseconds=1)
    await check_sound(writer)
