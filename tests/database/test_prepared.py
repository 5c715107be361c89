"""Queries handed to the driver as they are: the same rows as SQLAlchemy's, the same failures."""

import logging
from datetime import date

import pytest
from sqlalchemy import bindparam, select, text

from app.core.errors import UnavailableError
from app.database import Database
from app.database.connections import AnySelect
from app.database.prepared import Prepared, any_of
from app.subjects.tables import SITE_VERSIONS

V = SITE_VERSIONS.c
OF_SOME: AnySelect = (
    select(V.site_id, V.valid_from, V.area_ha, V.planned, V.aliases, V.west)
    .where(any_of(V.site_id, "sites"), V.valid_from <= bindparam("day"))
    .order_by(V.site_id, V.valid_from, V.known_from)
    .limit(bindparam("limit"))
)
ALL = ["ccn-quang-chu", "kcn-thanh-binh", "ccn-cam-giang", "nobody's", 'a "quoted" one']


@pytest.mark.parametrize("sites", [[], ALL[:1], ALL])
async def test_rows_are_those_of_sqlalchemy(seeded: Database, sites: list[str]) -> None:
    bound = {"sites": sites, "day": date(2024, 6, 30), "limit": 50}
    async with seeded.read() as connection:
        expected = [tuple(row) for row in await connection.execute(OF_SOME, bound)]
        for _ in range(2):
            assert [
                tuple(row) for row in await Prepared(OF_SOME).rows(connection, bound)
            ] == expected
    assert len({row[0] for row in expected}) == len(set(sites) & set(ALL[:3]))


async def test_a_session_reads_what_it_has_written(seeded: Database) -> None:
    bound = {"sites": ALL[:1], "day": date(2024, 6, 30), "limit": 1}
    async with seeded.dry_run() as session:
        await session.execute(text("UPDATE site_version SET area_ha = 70000"))
        ((_, _, area, *_),) = await Prepared(OF_SOME).rows(session, bound)
    assert area == 7


async def test_what_fails_raises_what_it_does_in_any_other_query(
    seeded: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Prepared(select(V.site_id).where(text("no_such_column = 1")))
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(Exception, match="no_such_column") as raised,
    ):
        async with seeded.read() as connection:
            await broken.rows(connection, {})
    assert type(raised.value).__module__.startswith("sqlalchemy")
    assert "repeated by SQLAlchemy" in caplog.text


@pytest.mark.databases("postgresql")
async def test_a_connection_that_was_cut_is_not_lent_again(seeded: Database) -> None:
    bound = {"sites": ALL[:1], "day": date(2024, 6, 30), "limit": 1}
    query = Prepared(OF_SOME)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"

    async def reads_twice() -> None:
        async with seeded.read() as connection:
            assert len(await query.rows(connection, bound)) == 1
            async with seeded.write() as session:
                await session.execute(text(f"{cut} AND datname = current_database()"))
            await query.rows(connection, bound)

    with pytest.raises(UnavailableError):
        await reads_twice()
    async with seeded.read() as connection:
        assert len(await query.rows(connection, bound)) == 1
