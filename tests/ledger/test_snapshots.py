"""What a query is pinned to: the revision and the day that it or its cursor names."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from app.core.errors import BadParameterError
from app.core.query_parameters import KnownPageQuery
from app.database import Database
from app.database.paging import Cursor
from app.ledger.snapshots import Pin, pin
from app.ledger.tables import REVISIONS
from app.subjects.query_parameters import SitesQuery, StatementsQuery

DAY = date(2023, 12, 31)
MARK = "00a1928e5c1bbbc3"
NAMED = Cursor(MARK, 5, DAY, ("15170b1c15", "ccn-cam-giang"))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def pinned(database: Database, query: BaseModel) -> Pin:
    async with database.read() as connection:
        return await pin(connection, query)


async def recorded(database: Database, number: int) -> Any:
    query = select(REVISIONS.c.digest, REVISIONS.c.recorded_at).where(REVISIONS.c.number == number)
    async with database.read() as connection:
        return (await connection.execute(query)).one()


async def latest(database: Database) -> int:
    return (await pinned(database, KnownPageQuery())).revision


@pytest.mark.parametrize("number", [0, 5])
async def test_a_number_names_its_revision(seeded: Database, number: int) -> None:
    found = await pinned(seeded, SitesQuery(revision=number, as_of=DAY))
    assert (found.revision, found.day) == (number, DAY)
    assert found.digest == ((await recorded(seeded, number)).digest if number else None)


async def test_without_one_it_is_the_latest(seeded: Database) -> None:
    found = await pinned(seeded, SitesQuery())
    assert found.digest == (await recorded(seeded, found.revision)).digest
    with pytest.raises(BadParameterError):
        await pinned(seeded, SitesQuery(revision=found.revision + 1))


async def test_an_instant_names_the_last_revision_by_then(seeded: Database) -> None:
    fifth = await recorded(seeded, 5)
    found = await pinned(seeded, SitesQuery(known_at=fifth.recorded_at))
    assert (found.revision, found.digest) == (5, fifth.digest)
    before = await pinned(seeded, SitesQuery(known_at=LONG_AGO))
    assert (before.revision, before.digest) == (0, None)
    with pytest.raises(BadParameterError):
        await pinned(seeded, SitesQuery(known_at=LONG_AGO, revision=5))


@pytest.mark.parametrize("same", [{}, {"revision": 5}, {"as_of": DAY}])
async def test_a_page_continues_at_the_revision_and_day_of_its_cursor(
    seeded: Database, same: dict[str, Any]
) -> None:
    found = await pinned(seeded, SitesQuery(cursor=NAMED.encode(), limit=7, **same))
    assert (found.revision, found.day) == (5, DAY)
    assert found.digest == (await recorded(seeded, 5)).digest


@pytest.mark.parametrize(
    "other", [{"revision": 4}, {"as_of": date(2023, 12, 30)}, {"known_at": LONG_AGO}]
)
async def test_another_revision_or_day_is_refused(seeded: Database, other: dict[str, Any]) -> None:
    with pytest.raises(BadParameterError):
        await pinned(seeded, SitesQuery(cursor=NAMED.encode(), **other))


async def test_an_instant_that_is_not_before_the_cursor_may_be_repeated(seeded: Database) -> None:
    now = (await recorded(seeded, await latest(seeded))).recorded_at
    found = await pinned(seeded, SitesQuery(cursor=NAMED.encode(), known_at=now))
    assert (found.revision, found.digest) == (5, (await recorded(seeded, 5)).digest)


async def test_a_revision_to_come_is_refused(seeded: Database) -> None:
    later = Cursor(MARK, await latest(seeded) + 1, DAY, NAMED.keys).encode()
    with pytest.raises(BadParameterError):
        await pinned(seeded, SitesQuery(cursor=later))


async def test_a_list_without_a_day_keeps_none(seeded: Database) -> None:
    text = Cursor(MARK, 5, date.min, ("a-source",)).encode()
    assert (await pinned(seeded, KnownPageQuery(cursor=text))).revision == 5
    unbounded = Cursor(MARK, 5, date.max, (5, 1)).encode()
    assert (await pinned(seeded, StatementsQuery(cursor=unbounded))).day is None
