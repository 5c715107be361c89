"""Connections and transactions: what is read, what is committed, what is taken back."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database, is_sqlite
from app.units.tables import ADMIN_UNITS
from tests.support.registers import opened

ADD = "UPDATE revision_counter SET number = number + 1"
COUNT = "SELECT number FROM revision_counter"


class MistakeError(Exception):
    """What goes wrong in these tests."""


async def add(session: AsyncSession) -> None:
    await session.execute(text(ADD))


async def count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(text(COUNT))).scalar_one())


async def write(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("sqlite+aiosqlite:///icr.sqlite3", True),
        ("sqlite:///icr.sqlite3", True),
        ("postgresql+asyncpg://lan@db/register", False),
    ],
)
def test_is_sqlite(url: str, *, answer: bool) -> None:
    assert is_sqlite(url) is answer


async def test_a_write_is_committed_at_its_end_and_not_before(database: Database) -> None:
    async with database.write() as session:
        await add(session)
        assert await count(database) == 0
    assert await count(database) == 1
    async with opened(database.url) as another:
        assert await count(another) == 1


async def test_an_error_takes_back_the_whole_write(database: Database) -> None:
    async def mistake() -> None:
        async with database.write() as session:
            await add(session)
            await session.execute(text("DELETE FROM admin_succession"))
            raise MistakeError

    with pytest.raises(MistakeError):
        await mistake()
    assert await count(database) == 0
    async with database.read() as connection:
        found = await connection.execute(text("SELECT count(*) FROM admin_succession"))
        assert found.scalar_one() > 10_000
    await write(database, ADD)
    assert await count(database) == 1


async def test_a_refused_statement_takes_back_the_whole_write(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await write(database, ADD, "INSERT INTO revision_counter (id, number) VALUES (2, 7)")
    assert await count(database) == 0
    await write(database, ADD)
    assert await count(database) == 1


async def test_a_cancelled_write_is_taken_back_and_the_next_one_goes_on(
    database: Database,
) -> None:
    """Wherever the write is cancelled: before it begins, while a statement runs, before its end."""

    async def add_twice() -> None:
        async with database.write() as session:
            await add(session)
            await add(session)
            await asyncio.sleep(60)

    for turns in range(0, 40, 3):
        writing = asyncio.create_task(add_twice())
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await count(database) == 0
    async with asyncio.timeout(10):
        await write(database, ADD)
    assert await count(database) == 1


async def test_a_write_that_waits_can_be_cancelled(database: Database) -> None:
    async with database.write() as session:
        await add(session)
        waiting = asyncio.create_task(write(database, ADD))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await write(database, ADD)
    assert await count(database) == 2


async def test_a_write_of_another_process_that_waits_can_be_cancelled(database: Database) -> None:
    """What waits for another process waits in the database, not in the queue of this one."""
    async with opened(database.url) as another, database.write() as session:
        await add(session)
        waiting = asyncio.create_task(write(another, ADD))
        await asyncio.sleep(0.05)
        waiting.cancel()
        # SQLite's thread cannot be interrupted: it ends when the other write does.
        await asyncio.sleep(0)
        await session.commit()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(10):
            await write(another, ADD)
    assert await count(database) == 2


async def test_writes_follow_one_another(database: Database) -> None:
    """Each takes what the one before it left."""

    async def read_and_add() -> None:
        async with database.write() as session:
            taken = await session.execute(text(f"{ADD} RETURNING number"))
            number = taken.scalar_one()
            await asyncio.sleep(0.001)
            again = await session.execute(text(COUNT))
            assert again.scalar_one() == number

    await asyncio.gather(*(read_and_add() for _ in range(25)))
    assert await count(database) == 25


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_writers_of_a_process_are_served_in_the_order_they_came(database: Database) -> None:
    served = []

    async def come(number: int) -> None:
        async with database.write() as session:
            await add(session)
            served.append(number)

    await asyncio.gather(*(come(number) for number in range(30)))
    assert served == list(range(30))


async def test_reading_goes_on_while_a_write_is_open(database: Database) -> None:
    async with database.write() as session:
        await add(session)
        async with asyncio.timeout(10):
            assert await asyncio.gather(*(count(database) for _ in range(15))) == [0] * 15


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_what_reads_cannot_write(database: Database) -> None:
    for statement in (
        ADD,
        "DELETE FROM admin_unit",
        "DROP TABLE observation",
        "CREATE TABLE x (y)",
    ):
        async with database.read() as connection:
            with pytest.raises(DBAPIError, match="attempt to write a readonly database"):
                await connection.execute(text(statement))
    assert await count(database) == 0


async def test_foreign_keys_are_kept(database: Database) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await write(
            database,
            "INSERT INTO organization VALUES ('onsen-fuji', 99, 'Onsen Fuji', NULL, NULL)",
        )


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        # 2 is FULL: what was acknowledged survives a power cut.
        ("synchronous", 2),
        ("busy_timeout", 30_000),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_every_connection_is_set_up(database: Database, pragma: str, value: object) -> None:
    async with database.write() as session:
        assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value
    async with database.read() as first, database.read() as second:
        for connection in (first, second):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


async def test_a_closed_database_opens_again_when_it_is_needed(database: Database) -> None:
    await write(database, ADD)
    await database.close()
    await database.close()
    assert await count(database) == 1


async def test_rows_and_counts_come_as_the_driver_gives_them(database: Database) -> None:
    units = [
        {"level": "commune", "code": code, "name": "Xã", "type": "commune", "valid_from": day}
        for code, day in (("x1", date(2020, 1, 1)), ("x2", None), ("x3", date(2025, 7, 1)))
    ]
    names = ("code", "name", "valid_from")
    codes = select(*(ADMIN_UNITS.c[name] for name in names)).where(ADMIN_UNITS.c.code >= "x")
    async with database.write() as session:
        await session.execute(insert(ADMIN_UNITS), units)
        found = await session.execute(codes.order_by("code"))
        assert tuple(found.keys()) == names
        assert [tuple(row) for row in found] == [
            ("x1", "Xã", date(2020, 1, 1)),
            ("x2", "Xã", None),
            ("x3", "Xã", date(2025, 7, 1)),
        ]
        renamed = update(ADMIN_UNITS).where(ADMIN_UNITS.c.code > "x1").values(name="Phường")
        connection = await session.connection()
        assert (await connection.execute(renamed)).rowcount == 2
        assert (await session.execute(codes.where(ADMIN_UNITS.c.name == "?"))).all() == []


async def test_a_rehearsal_leaves_nothing(database: Database) -> None:
    for _ in range(2):
        async with database.dry_run() as session:
            await add(session)
            assert (await session.execute(text(COUNT))).scalar_one() == 1
        assert await count(database) == 0
    async with database.write() as session:
        await add(session)
    assert await count(database) == 1


async def dry_run_and_fail(database: Database) -> None:
    async with database.dry_run() as session:
        await add(session)
        raise MistakeError


async def test_a_rehearsal_that_fails_leaves_nothing_either(database: Database) -> None:
    with pytest.raises(MistakeError):
        await dry_run_and_fail(database)
    assert await count(database) == 0
