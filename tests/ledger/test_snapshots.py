"""What a query is pinned to: the revision and the day that it or its cursor names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from app.core.errors import BadParameterError
from app.core.query_parameters import KnownPageQuery
from app.database import Database
from app.database.paging import Cursor
from app.entry.writes import register_organization
from app.ledger import revisions as ledger
from app.ledger.revisions import Writer
from app.ledger.schemas import OrganizationRegistration
from app.ledger.snapshots import Pin, pin
from app.ledger.tables import REVISIONS
from app.subjects.query_parameters import SitesQuery, StatementsQuery
from tests.support.registers import writer_on

DAY = date(2023, 12, 31)
MARK = "00a1928e5c1bbbc3"
NAMED = Cursor(MARK, 5, DAY, ("15170b1c15", "ccn-cam-giang"))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
async def writer(database: Database) -> Writer:
    return await writer_on(database)


async def pinned(database: Database, query: BaseModel) -> Pin:
    async with database.read() as connection:
        return await pin(connection, query)


def as_known_at(instant: datetime | str, **more: Any) -> SitesQuery:
    return SitesQuery.model_validate({"known_at": instant, **more})


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
    found = await pinned(seeded, as_known_at(fifth.recorded_at))
    assert (found.revision, found.digest) == (5, fifth.digest)
    before = await pinned(seeded, as_known_at(LONG_AGO))
    assert (before.revision, before.digest) == (0, None)
    with pytest.raises(BadParameterError):
        await pinned(seeded, as_known_at(LONG_AGO, revision=5))


def as_javascript_writes(instant: datetime) -> str:
    """Return an instant as it leaves ``new Date(text).toISOString()``: cut to milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_each_revision_is_found_by_its_own_milliseconds(seeded: Database) -> None:
    for number in range(1, await latest(seeded) + 1):
        written = as_javascript_writes((await recorded(seeded, number)).recorded_at)
        assert (await pinned(seeded, as_known_at(written))).revision == number


async def test_milliseconds_find_a_revision_that_was_recorded_in_microseconds(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they were recorded before: the first two within one millisecond."""
    second = datetime(2025, 11, 3, 2, 15, 7, tzinfo=UTC)
    at = (123_400, 123_999, 124_000, 200_000)
    instants = iter([second.replace(microsecond=part) for part in at])
    monkeypatch.setattr(ledger, "_next_instant", lambda _previous: next(instants))
    first = await latest(writer.database) + 1
    for number in range(len(at)):
        name = f"builder-{number}"
        body = OrganizationRegistration(id=name, name=name)
        await register_organization(writer, body)
    for written, number in (
        ("07.123400Z", first),
        ("07.123998Z", first),
        ("07.123999Z", first + 1),
        ("07.123Z", first + 1),
        ("07.124Z", first + 2),
        ("07.199Z", first + 2),
        ("07.1Z", first + 2),
        ("07.2Z", first + 3),
        ("06Z", first - 1),
        ("07Z", first + 3),
        ("07.1234001Z", first),
    ):
        found = await pinned(writer.database, as_known_at(f"2025-11-03T02:15:{written}"))
        assert found.revision == number, written
    minute = await pinned(writer.database, as_known_at("2025-11-03T09:15+07:00"))
    assert minute.revision == first + 3


async def test_an_instant_to_come_is_refused(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a revision is dated by a clock that is ahead of this one."""
    now = datetime.now(UTC)
    for ahead in (timedelta(minutes=5), timedelta(days=10_000)):
        with pytest.raises(BadParameterError, match="is not known yet"):
            await pinned(writer.database, as_known_at(now + ahead))
    assert (await pinned(writer.database, as_known_at(now))).revision == 0
    later = now + timedelta(minutes=5)
    monkeypatch.setattr(ledger, "_next_instant", lambda _previous: later)
    await register_organization(writer, OrganizationRegistration(id="a", name="A"))
    assert (await pinned(writer.database, as_known_at(later))).revision == 1
    early = await pinned(writer.database, as_known_at(later - timedelta(minutes=1)))
    assert early.revision == 0
    with pytest.raises(BadParameterError):
        await pinned(writer.database, as_known_at(later + timedelta(microseconds=1)))


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
        await pinned(seeded, SitesQuery.model_validate({"cursor": NAMED.encode(), **other}))


async def test_an_instant_that_is_not_before_the_cursor_may_be_repeated(seeded: Database) -> None:
    now = (await recorded(seeded, await latest(seeded))).recorded_at
    found = await pinned(seeded, as_known_at(now, cursor=NAMED.encode()))
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
