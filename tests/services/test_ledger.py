"""The ledger: append-only in the database itself, numbered, timed, and chained by digests."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self

import pytest
from sqlalchemy import Column, Table, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.database import Database
from app.domain.vocabulary import SubjectType
from app.errors import ConflictError, RegistryError
from app.repositories.tables import ORGANIZATIONS, REVISIONS, SITES, SOURCES, STATEMENTS
from app.schemas.sources import OrganizationRegistration, SourceRegistration
from app.schemas.statements import Retraction
from app.schemas.subjects import WithdrawalWrite
from app.services import ledger
from app.services.histories import withdraw
from app.services.ledger import Writer
from app.services.registers import register_organization, register_source
from app.services.statements import retract
from tests.services.ledgers import (
    LEDGER,
    SOURCE,
    another,
    begin,
    check_sound,
    contents,
    observe,
    one,
    query,
    register,
    state,
    writer_on,
)

TABLES = (REVISIONS, SOURCES, ORGANIZATIONS, SITES, STATEMENTS)
KEYS = {table.name: "number" if table is REVISIONS else "id" for table in TABLES}
MARKS = {
    "site": ("withdrawn_in", "withdrawal_reason"),
    "statement": ("retracted_in", "retraction_reason"),
}
REFUSED = "append-only"
SITE = "ccn-quang-chu"


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on a ledger of six revisions: a row or two in each of its tables."""
    made = await writer_on(database)
    await begin(made, SITE, "ccn-cam-giang")
    body = {"id": "onsen-fuji", "name": "Công ty Onsen Fuji", "aliases": ["Onsen Fuji"]}
    await register_organization(made, OrganizationRegistration.model_validate(body))
    await state(made, SITE, "2024", area_ha=74.4)
    await observe(made, "2024", cluster_count=27)
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
    for table in LEDGER:
        key = KEYS[table]
        await attempt(writer.database, f"UPDATE {table} SET {key} = {key}")


async def test_no_row_can_be_deleted(writer: Writer, kind: str) -> None:
    for table in LEDGER:
        key = KEYS[table]
        last = f"{key} = (SELECT max({key}) FROM {table})"
        await attempt(writer.database, f"DELETE FROM {table}")
        await attempt(writer.database, f"DELETE FROM {table} WHERE {last}")
        if kind == "postgresql":
            await attempt(writer.database, f"TRUNCATE {table} CASCADE")


async def test_no_row_can_be_replaced(writer: Writer, kind: str) -> None:
    """SQLite deletes what is replaced, and tells no trigger that a row is deleted."""
    for table in TABLES:
        name, key = table.name, KEYS[table.name]
        changed = next(column.name for column in table.columns if column.name != key)
        upsert = f"ON CONFLICT ({key}) DO UPDATE SET {changed} = excluded.{changed}"
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
    assert after == before | {"retracted_in": 7, "retraction_reason": "Nhầm lẫn"}


async def statement_row(database: Database, key: str) -> dict[str, Any]:
    (row,) = await query(database, "SELECT * FROM statement WHERE id = :key", key=key)
    return dict(row._mapping)


# Revisions


async def test_every_write_is_one_revision(writer: Writer) -> None:
    """Source, two sites, organization, statement of a site, statement of a province."""
    recorded = {
        table: [row[0] for row in await query(writer.database, f"SELECT revision FROM {table}")]
        for table in LEDGER[1:]
    }
    assert recorded == {
        "source": [1],
        "organization": [4],
        "site": [2, 3],
        "statement": [2, 3, 5, 6],
    }
    await check_sound(writer)


async def test_a_refused_write_takes_no_number(writer: Writer) -> None:
    with pytest.raises(ConflictError):
        await register(writer, SITE)
    with pytest.raises(RegistryError, match="ccn-unknown"):
        await state(writer, "ccn-unknown", "2024", area_ha=1)
    assert await one(writer.database, "SELECT number FROM revision_counter") == 6
    assert (await observe(writer, "2025", cluster_count=27)).id == "7-1"
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
    assert started <= stated.recorded_at <= ended
    assert retracted.retraction is not None
    assert stated.recorded_at <= retracted.retraction.retracted_at <= ended
    assert retracted.retraction.author == "Nguyễn Thị Lan"
    reasons = "SELECT reason FROM revision ORDER BY number"
    assert [row.reason for row in await query(database, reasons)] == [None, None, None, "Đọc nhầm"]


async def test_a_clock_that_is_set_back_does_not_turn_time_back(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = (await observe(writer, "2023", cluster_count=20)).recorded_at
    monkeypatch.setattr(ledger, "datetime", clock_at(last - timedelta(hours=1)))
    assert (await observe(writer, "2022", cluster_count=20)).recorded_at == last
    monkeypatch.setattr(ledger, "datetime", clock_at(last + timedelta(hours=1)))
    later = (await observe(writer, "2021", cluster_count=20)).recorded_at
    assert later == last + timedelta(hours=1)
    await check_sound(writer)


def clock_at(instant: datetime) -> type[datetime]:
    """Return a datetime class whose clock stands still."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(instant.timestamp(), tz)

    return Stopped


# The chain


def digest_of(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


NOON = datetime(2026, 1, 2, 5, 0, 0, 250, tzinfo=UTC)
ENTRIES: tuple[dict[str, Any], ...] = (
    {
        "source": [
            {
                "id": SOURCE,
                "kind": "report",
                "title": "Báo cáo",
                "number": None,
                "issuer": None,
                "published_on": "2024-06",
                "url": None,
                "note": None,
            }
        ]
    },
    {"organization": [{"id": "onsen-fuji", "name": "Onsen", "name_en": None, "aliases": ["O"]}]},
    {
        "site": [{"id": SITE, "kind": "cluster"}],
        "statement": [
            {
                "id": "3-1",
                "position": 1,
                "subject_type": "site",
                "subject_id": SITE,
                "source_id": SOURCE,
                "authority": 20,
                "basis": "actual",
                "effective_from": "2020",
                "effective_day": "2020-01-01",
                "date_basis": "stated",
                "locator": None,
                "note": None,
                "override_reason": None,
                "content": {"name": f"CCN {SITE}", "province_code": "06"},
            }
        ],
    },
    {
        "statement": [
            {
                "id": "4-1",
                "position": 1,
                "subject_type": "province",
                "subject_id": "06",
                "source_id": SOURCE,
                "authority": 20,
                "basis": "actual",
                "effective_from": "2024-06",
                "effective_day": "2024-06-01",
                "date_basis": "stated",
                "locator": None,
                "note": None,
                "override_reason": None,
                "content": [{"indicator": "cluster_count", "qualifier": "exact", "value": "27"}],
            }
        ]
    },
    {},
    {},
)
"""What the six revisions of the test below record, as it is digested."""


async def test_digests_are_those_of_the_content_and_the_digest_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form of what is digested must never change: ledgers written before must verify."""
    monkeypatch.setattr(ledger, "datetime", clock_at(NOON))
    writer = await writer_on(database, "Lan")
    source = {"id": SOURCE, "kind": "report", "title": "Báo cáo", "published_on": "2024-06"}
    await register_source(writer, SourceRegistration.model_validate(source))
    organization = {"id": "onsen-fuji", "name": "Onsen", "aliases": ["O"]}
    await register_organization(writer, OrganizationRegistration.model_validate(organization))
    await register(writer, SITE)
    await observe(writer, "2024-06", cluster_count=27)
    await retract(writer, "4-1", Retraction(reason="Đọc nhầm"))
    await withdraw(writer, SubjectType.site, SITE, WithdrawalWrite(reason="Trùng"))

    expected = ["0" * 64]
    for number, entries in enumerate(ENTRIES, start=1):
        content = {
            "number": number,
            "recorded_at": "2026-01-02T05:00:00.000250+00:00",
            "author": "Lan",
            "reason": {5: "Đọc nhầm", 6: "Trùng"}.get(number),
            "entries": entries,
            "retractions": {"4-1": "Đọc nhầm"} if number == 5 else {},
            "withdrawals": {SITE: "Trùng"} if number == 6 else {},
        }
        expected.append(digest_of({"previous": expected[-1], "revision": content}))
    digests = await query(database, "SELECT digest FROM revision ORDER BY number")
    assert [row.digest for row in digests] == expected[1:]
    await check_sound(writer)
