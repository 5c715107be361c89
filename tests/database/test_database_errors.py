"""What the databases report of themselves comes as a problem that tells what to do."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.database import Database
from app.database.failures import problem_of
from tests.support.http import PROBLEM_MEMBERS
from tests.support.ledgers import check_sound, one
from tests.support.registers import opened, post, serving, writer_on

SOURCE = {"id": "report-2026", "kind": "report", "title": "Báo cáo năm 2026"}


def reported(code: int) -> DBAPIError:
    cause = sqlite3.OperationalError("something")
    cause.sqlite_errorcode = code
    return DBAPIError("INSERT", None, cause)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (sqlite3.SQLITE_FULL, 507, "insufficient-storage"),
        (sqlite3.SQLITE_IOERR_WRITE, 507, "insufficient-storage"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 507, "insufficient-storage"),
        (sqlite3.SQLITE_IOERR_READ, 503, "storage-fault"),
        (sqlite3.SQLITE_IOERR_FSYNC, 503, "storage-fault"),
        (sqlite3.SQLITE_CORRUPT_INDEX, 503, "storage-fault"),
        (sqlite3.SQLITE_NOTADB, 503, "storage-fault"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, 503, "storage-fault"),
        (sqlite3.SQLITE_CANTOPEN, 503, "storage-fault"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, 503, "unavailable"),
    ],
)
def test_what_sqlite_reports(code: int, status: int, kind: str) -> None:
    problem = problem_of(reported(code))
    assert problem is not None
    assert (problem.status, problem.type) == (status, kind)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE])
def test_what_is_the_service_s_own_mistake_stays_one(code: int) -> None:
    assert problem_of(reported(code)) is None


def check_problem(response: httpx.Response, status: int, kind: str) -> Any:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    # Of what is not the client's fault the log tells more, under this id.
    assert set(problem) == PROBLEM_MEMBERS | {"request_id"}
    assert problem["type"] == f"/problems/{kind}"
    return problem


# A disk that is full


@asynccontextmanager
async def no_more_pages(database: Database) -> AsyncIterator[None]:
    """Let the one connection that writes find no page more than there are."""
    async with database.write() as session:
        pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
    yield
    async with database.write() as session:
        await session.execute(text("PRAGMA max_page_count = 1000000"))


async def the_database(client: httpx.AsyncClient) -> Database:
    transport: Any = client._transport
    database: Database = transport.app.state.service.database
    return database


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_full_file_refuses_writes_only_and_until_there_is_room(
    client: httpx.AsyncClient,
) -> None:
    database = await the_database(client)
    async with no_more_pages(database):
        number = await first_refused(client)
        for _ in range(3):
            problem = check_problem(await register(client, number), 507, "insufficient-storage")
            assert "send the request again" in problem["detail"]
            assert await one(database, "SELECT count(*) FROM source") == number
            assert (await client.get("/v1/sources")).status_code == 200
    assert (await register(client, number)).status_code == 201
    assert await one(database, "SELECT number FROM revision_counter") == number + 1
    await check_sound(await writer_on(database))


async def first_refused(client: httpx.AsyncClient) -> int:
    """Register sources until one is refused; return its number, of which 0 is the first."""
    for number in range(1000):
        if (await register(client, number)).status_code != 201:
            return number
    pytest.fail("the file has room for everything")


async def register(client: httpx.AsyncClient, number: int) -> httpx.Response:
    source = {**SOURCE, "id": f"report-{number}", "title": "x" * 480}
    headers = {"Idempotency-Key": f"key-{number}"}
    return await client.post("/v1/sources", json=source, headers=headers)


REPORTED = (
    ("53100", 507, "insufficient-storage"),
    ("53200", 503, "unavailable"),
    ("58030", 503, "storage-fault"),
    ("XX001", 503, "storage-fault"),
)


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_what_postgresql_reports_in_a_write(empty_url: str) -> None:
    """The server itself raises it, through the driver, in the middle of a transaction."""
    async with serving(empty_url) as client, opened(empty_url) as database:
        for state, status, what in REPORTED:
            await execute(database, *raising(state))
            refused = await client.post("/v1/sources", json=SOURCE)
            check_problem(refused, status, what)
            assert ("retry-after" in refused.headers) is (what == "unavailable")
            await execute(database, "DROP TRIGGER fault ON source")
        await post(client, "/v1/sources", SOURCE)
        assert await one(database, "SELECT number FROM revision_counter") == 1
        await check_sound(await writer_on(database))


def raising(state: str) -> tuple[str, str]:
    """Return what makes each new source fail with a state."""
    return (
        (
            "CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'a fault' USING ERRCODE = '{state}'; END $$"
        ),
        "CREATE TRIGGER fault AFTER INSERT ON source FOR EACH ROW EXECUTE FUNCTION fault()",
    )


async def execute(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_mistake_in_the_database_is_no_fault_of_its_storage(seeded_url: str) -> None:
    async with serving(seeded_url) as client, opened(seeded_url) as database:
        await execute(database, "DROP TABLE site_version")
        response = await client.get("/v1/sites")
        problem = check_problem(response, 500, "internal-error")
        assert "site_version" not in problem["detail"]


async def test_a_path_of_nothing_is_one_without_the_database(empty_url: str) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        async with database.write() as session:
            await session.execute(text("ALTER TABLE access_session RENAME TO gone"))
        cookies = {"cookie": "icr_session=x", "accept": "text/html"}
        answer = await client.get("/nowhere", headers=cookies)
        assert answer.status_code == 404, answer.text
