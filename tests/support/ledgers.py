"""Ledgers to test with, and what holds of every sound ledger."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Self

from sqlalchemy import Column, Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry import writes
from app.entry.schemas import (
    BODIES,
    ProvinceStatementWrite,
    StatementAnswer,
)
from app.ledger.revisions import Writer
from app.ledger.schemas import SourceRegistration
from app.ledger.verification import Progress, verify
from app.upkeep.rebuilding import rebuild
from tests.support.postgres import direct_url

LEDGER = (
    "revision",
    "organization",
    "organization_correction",
    "source",
    "source_correction",
    "site",
    "project",
    "statement",
    "erasure",
)
"""The tables whose content never changes."""

PROJECTIONS = ("site_version", "site_word", "project_version", "project_word", "observation")
"""The tables that can be made anew from the ledger."""

SOURCE = "report-2024"
PROVINCE = "06"
"""Bắc Kạn, until 2025-07-01."""


async def begin(writer: Writer, *sites: str) -> None:
    """Register a source and clusters in Bắc Kạn, so that there is something to state."""
    source = {"id": SOURCE, "kind": "report", "title": "Báo cáo năm 2024"}
    await writes.register_source(writer, SourceRegistration.model_validate(source))
    for site in sites:
        await register(writer, site)


async def register(writer: Writer, site: str) -> StatementAnswer:
    """Register a cluster in Bắc Kạn that is known by its name since 2020."""
    body = {
        "id": site,
        "kind": "cluster",
        "source_id": SOURCE,
        "effective_from": "2020",
        "values": {"name": f"CCN {site}", "province_code": PROVINCE},
    }
    return await _register(writer, SubjectType.site, body)


async def state(writer: Writer, site: str, since: str, **values: Any) -> StatementAnswer:
    """State values of a site."""
    body = {"source_id": SOURCE, "effective_from": since, "values": values}
    return await _state(writer, SubjectType.site, site, body)


async def begin_project(writer: Writer, project: str, **values: Any) -> StatementAnswer:
    """Register a project in Bắc Kạn that is known by its name since 2020."""
    body = {
        "id": project,
        "source_id": SOURCE,
        "effective_from": "2020",
        "values": {"name": f"Dự án {project}", "province_code": PROVINCE} | values,
    }
    return await _register(writer, SubjectType.project, body)


async def state_of_project(
    writer: Writer, project: str, since: str, **values: Any
) -> StatementAnswer:
    """State values of a project."""
    body = {"source_id": SOURCE, "effective_from": since, "values": values}
    return await _state(writer, SubjectType.project, project, body)


async def _register(writer: Writer, what: SubjectType, body: Any) -> StatementAnswer:
    return await writes.register(writer, what, BODIES[what].registration.model_validate(body))


async def _state(writer: Writer, what: SubjectType, key: str, body: Any) -> StatementAnswer:
    return await writes.state(writer, what, key, BODIES[what].write.model_validate(body))


async def observe(writer: Writer, since: str, **values: Any) -> StatementAnswer:
    """State indicators of Bắc Kạn."""
    observations = [{"indicator": name, "value": value} for name, value in values.items()]
    body = {"source_id": SOURCE, "effective_from": since, "observations": observations}
    write = ProvinceStatementWrite.model_validate(body)
    return await writes.state(writer, SubjectType.province, PROVINCE, write)


async def query(database: Database, sql: str, **parameters: Any) -> list[Row[Any]]:
    """Return the rows of a query as the database holds them."""
    async with database.read() as connection:
        return list((await connection.execute(text(sql), parameters)).all())


async def one(database: Database, sql: str, **parameters: Any) -> Any:
    """Return the single value of a query."""
    ((value,),) = await query(database, sql, **parameters)
    return value


async def contents(database: Database, tables: Iterable[str]) -> dict[str, list[str]]:
    """Return all rows of some tables, so that any difference shows; their order is no matter."""
    return {
        table: sorted(repr(tuple(row)) for row in await query(database, f"SELECT * FROM {table}"))
        for table in tables
    }


async def walk(database: Database) -> list[Progress]:
    """Verify the ledger and return every step of it."""
    return [step async for step in verify(database)]


async def first_broken(database: Database) -> int | None:
    """Return the first revision that verification finds broken."""
    steps = await walk(database)
    return steps[-1].broken if steps else None


async def rebuild_all(writer: Writer) -> int:
    """Make the projections anew; return of how many rows that told."""
    rows = 0
    async for step in rebuild(writer.database, writer.units):
        rows = step.rows
    return rows


def clock_at(instant: datetime) -> type[datetime]:
    """Return a datetime class whose clock stands still."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(instant.timestamp(), tz)

    return Stopped


def another(value: Any, column: Column[Any]) -> Any:
    """Return a value of the column's type that differs from what stands there."""
    if value is None:
        return 1 if column.type.python_type is int else "x"
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("x") else "x")
    return ["x"]


@asynccontextmanager
async def unguarded(url: str) -> AsyncIterator[AsyncConnection]:
    """Lend a connection to a ledger whose triggers and foreign keys no longer keep it."""
    engine = create_async_engine(direct_url(url))
    async with engine.begin() as connection:
        for statement in await _guards(connection):
            await connection.execute(statement)
        yield connection
    await engine.dispose()


async def _guards(connection: AsyncConnection) -> list[TextClause]:
    """Return what drops every guard; SQLite keeps no foreign keys unless a connection asks."""
    if connection.dialect.name == "sqlite":
        found = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = (
            "SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass FROM pg_trigger "
            "WHERE NOT tgisinternal UNION ALL "
            "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname "
            "FROM pg_constraint WHERE contype = 'f'"
        )
    return [text(row[0]) for row in await connection.execute(text(found))]


async def check_sound(writer: Writer) -> None:
    """Check everything that must hold of a ledger and its projections, whatever happened to it."""
    database = writer.database
    await check_numbering(database)
    await check_projected(database)
    assert await first_broken(database) is None
    before = await contents(database, PROJECTIONS)
    rows = await rebuild_all(writer)
    assert await contents(database, PROJECTIONS) == before
    assert rows == sum(map(len, before.values()))


async def check_numbering(database: Database) -> None:
    """Check that revisions have no gaps, that time does not run back, and that none is empty."""
    revisions = await query(database, "SELECT number, recorded_at FROM revision ORDER BY number")
    counted = await one(database, "SELECT number FROM revision_counter")
    assert [row.number for row in revisions] == list(range(1, counted + 1))
    instants = [row.recorded_at for row in revisions]
    assert instants == sorted(instants)
    recorded = " UNION ".join(f"SELECT revision FROM {table}" for table in LEDGER[1:])
    marked = (
        "SELECT retracted_in FROM statement UNION SELECT withdrawn_in FROM site "
        "UNION SELECT withdrawn_in FROM project"
    )
    filled = await query(database, f"{recorded} UNION {marked}")
    assert {row[0] for row in filled} - {None} == set(range(1, counted + 1))


CHECKED = {"site": "area_ha", "project": "design_capacity"}
"""Of each type of subject the attribute by which ``check_projected`` checks its versions."""


async def check_projected(database: Database) -> None:
    """Check that what each live statement says stands in the projections.

    Of sites the areas are checked, of projects the capacities: on the day from which a statement
    holds, the current version has what the latest recorded statement of that day says. All sources
    weigh the same.
    """
    decided: dict[tuple[str, str, str], int] = {}
    known = "WHERE retracted_in IS NULL ORDER BY revision, position"
    for row in await query(database, f"SELECT * FROM statement {known}"):
        content = json.loads(row.content)
        checked = CHECKED.get(row.subject_type, "")
        if row.subject_type == "province":
            count = "SELECT count(*) FROM observation WHERE statement_id = :id"
            assert await one(database, count, id=row.id) == len(content)
        elif content.get(checked) is not None:
            key = (row.subject_type, row.subject_id, str(row.effective_day))
            decided[key] = round(float(content[checked]) * 10_000)
    versions = {subject: await current_versions(database, subject) for subject in CHECKED}
    for (subject, name, day), value in decided.items():
        gone = f"SELECT count(*) FROM {subject} WHERE id = :key AND withdrawn_in IS NOT NULL"
        holding = [
            checked
            for about, since, until, checked in versions[subject]
            if about == name and since <= day < until
        ]
        assert holding == ([] if await one(database, gone, key=name) else [value])


async def current_versions(
    database: Database, subject: str
) -> list[tuple[str, str, str, int | None]]:
    """Return of each current version its subject, its first and last day, and what is checked."""
    found = await query(
        database,
        f"SELECT {subject}_id AS id, valid_from, valid_to, {CHECKED[subject]} AS checked "
        f"FROM {subject}_version "
        "WHERE known_to > (SELECT number FROM revision_counter)",
    )
    return [(row.id, str(row.valid_from), str(row.valid_to), row.checked) for row in found]
