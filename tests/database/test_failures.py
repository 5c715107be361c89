"""What clients see of a database that fails: work is done again where that is safe, or reported."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, text

from app.core.errors import UnavailableError
from app.core.settings import Settings
from app.database import Database
from app.database.connections import PoolLimits
from tests.support.http import as_problem
from tests.support.ledgers import check_sound, one
from tests.support.postgres import direct_url
from tests.support.registers import (
    Templates,
    app_on,
    bearer,
    make_key,
    opened,
    prepare_empty,
    writer_on,
)

ORGANIZATION = {"id": "onsen-fuji", "name": "Onsen Fuji"}
KEY = {"Idempotency-Key": "9b1c"}
# The sequence keeps its number when the transaction is undone: the first one fails, the next not.
FAILING_ONCE = (
    "CREATE SEQUENCE attempts",
    """
    CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF nextval('attempts') = 1 THEN {act}; END IF; RETURN NULL; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON revision {when}
    FOR EACH ROW EXECUTE FUNCTION fail_once()
    """,
)
DIE = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)"
AT_ONCE, AT_COMMIT = "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"


@pytest.fixture
async def url(templates: Templates) -> AsyncIterator[str]:
    """Give a PostgreSQL database without facts."""
    async with templates.copy("postgresql", prepare_empty) as found:
        yield found


@asynccontextmanager
async def client_of(
    url: str, direct: str | None = None, **settings: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """Run the app with settings of its own; lend a client, and the database of the app.

    The client's key is made at the ``direct`` address, where the other leads through something.
    """
    async with opened(direct or url) as database:
        key = await make_key(database)
    app = await app_on(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=bearer(key.key)
        ) as client:
            yield client, app.state.service.database


async def execute(url: str, *statements: str) -> None:
    """Execute statements, each in a transaction of its own, not by way of a pooler."""
    async with opened(direct_url(url)) as database:
        for statement in statements:
            async with database.write() as session:
                connection = await session.connection()
                await connection.exec_driver_sql(statement)


async def fail_once(url: str, act: str, when: str = AT_ONCE) -> None:
    await execute(url, *(part.format(act=act, when=when) for part in FAILING_ONCE))


async def check_recorded_once(url: str) -> None:
    async with opened(url) as database:
        assert await one(database, "SELECT count(*) FROM organization") == 1
        assert await one(database, "SELECT number FROM revision_counter") == 1
        await check_sound(await writer_on(database))


async def test_when_all_connections_are_in_use_clients_are_told_to_come_again(
    empty_url: str,
) -> None:
    settings: dict[str, Any] = {"pool_size": 1, "pool_wait_seconds": 0.05}
    async with client_of(empty_url, **settings) as (client, database), AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(database.read())
        answer = await client.get("/v1/sites")
        assert as_problem(answer, 503)["type"] == "/problems/database-busy"
        assert answer.headers["retry-after"] == "1"
        await held.aclose()
        assert (await client.get("/v1/sites")).status_code == 200


async def test_a_write_does_not_wait_for_its_turn_for_ever(empty_url: str) -> None:
    async with client_of(empty_url, lock_timeout_seconds=0.05) as (client, database):
        async with database.write():
            answer = await client.post("/v1/organizations", json=ORGANIZATION)
            assert as_problem(answer, 503)["type"] == "/problems/database-busy"
        assert (await client.post("/v1/organizations", json=ORGANIZATION)).status_code == 201
    await check_recorded_once(empty_url)


async def test_a_lock_of_another_process_is_not_waited_for_for_ever(url: str) -> None:
    async with (
        opened(url) as other,
        client_of(url, lock_timeout_seconds=0.2) as (client, _),
        other.write() as session,
    ):
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE revision_counter SET number = number")
        answer = await client.post("/v1/organizations", json=ORGANIZATION)
        problem = as_problem(answer, 503)
        assert problem["type"] == "/problems/database-busy"
        assert "lock" in problem["detail"]


async def test_connections_cut_between_requests_are_not_noticed(url: str) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
    async with client_of(url) as (client, _):
        for number in range(3):
            body = {"id": f"builder-{number}", "name": f"Builder {number}"}
            assert (await client.post("/v1/organizations", json=body)).status_code == 201
            listed = await client.get("/v1/organizations")
            assert len(listed.json()["items"]) == number + 1
            await execute(url, f"{cut} AND datname = current_database()")


@pytest.mark.parametrize("when", [AT_ONCE, AT_COMMIT])
@pytest.mark.parametrize("code", ["serialization_failure", "deadlock_detected"])
async def test_a_write_that_is_undone_is_made_again(url: str, code: str, when: str) -> None:
    await fail_once(url, f"RAISE EXCEPTION 'gave way' USING ERRCODE = '{code}'", when)
    async with client_of(url) as (client, _):
        assert (await client.post("/v1/organizations", json=ORGANIZATION)).status_code == 201
    await check_recorded_once(url)


async def test_a_write_cut_before_its_commit_is_made_again(url: str) -> None:
    await fail_once(url, DIE)
    async with client_of(url) as (client, _):
        assert (await client.post("/v1/organizations", json=ORGANIZATION)).status_code == 201
    await check_recorded_once(url)


async def test_a_write_cut_at_its_commit_is_made_again_if_it_has_a_key(url: str) -> None:
    await fail_once(url, DIE, AT_COMMIT)
    async with client_of(url) as (client, _):
        answer = await client.post("/v1/organizations", json=ORGANIZATION, headers=KEY)
        assert answer.status_code == 201
    await check_recorded_once(url)


async def test_a_write_cut_at_its_commit_without_a_key_is_reported(url: str) -> None:
    await fail_once(url, DIE, AT_COMMIT)
    async with client_of(url) as (client, _):
        answer = await client.post("/v1/organizations", json=ORGANIZATION)
        problem = as_problem(answer, 503)
        assert problem["type"] == "/problems/outcome-unknown"
        assert "Idempotency-Key" in problem["detail"]
        assert answer.headers["retry-after"] == "1"
        assert (await client.post("/v1/organizations", json=ORGANIZATION)).status_code == 201
    await check_recorded_once(url)


async def test_a_commit_whose_answer_is_lost_is_found_by_its_key(url: str) -> None:
    """It did take place: made again, the request finds its record and is answered from that."""
    async with (
        relayed(url, losing_the_answer_to_a_commit()) as through,
        client_of(through, url) as (client, _),
    ):
        answer = await client.post("/v1/organizations", json=ORGANIZATION, headers=KEY)
        assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")
        assert answer.headers["register-revision"] == "1"
    await check_recorded_once(url)


async def test_a_commit_whose_answer_is_lost_is_reported_without_a_key(url: str) -> None:
    async with (
        relayed(url, losing_the_answer_to_a_commit()) as through,
        client_of(through, url) as (client, _),
    ):
        answer = await client.post("/v1/organizations", json=ORGANIZATION)
        assert as_problem(answer, 503)["type"] == "/problems/outcome-unknown"
    await check_recorded_once(url)


async def test_a_server_that_takes_no_writes_any_more_is_left(url: str) -> None:
    """As after a switch-over by which connections were kept."""
    name = make_url(url).database
    async with client_of(url) as (client, _):
        assert (await client.get("/v1/organizations")).status_code == 200
        await execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        await execute(url.replace(str(name), "postgres"), f"{cut}'{name}'")
        answer = await client.post("/v1/organizations", json=ORGANIZATION)
        problem = as_problem(answer, 503)
        assert problem["type"] == "/problems/database-lost"
        assert "Nothing was recorded" in problem["detail"]
        reset = f'ALTER DATABASE "{name}" RESET default_transaction_read_only'
        await execute(url.replace(str(name), "postgres"), reset)
        # The sessions that would still refuse are gone; a pooler keeps its own.
        if url != direct_url(url):
            await execute(url.replace(str(name), "postgres"), f"{cut}'{name}'")
        assert (await client.post("/v1/organizations", json=ORGANIZATION)).status_code == 201
    await check_recorded_once(url)


async def test_a_server_that_is_not_there_is_reported(url: str) -> None:
    """The service came up, then the server went: its address leads nowhere."""
    async with relayed(url, losing_the_answer_to_a_commit()) as through:
        running = client_of(through, url)
        client, _ = await running.__aenter__()
        assert (await client.get("/v1/sites")).status_code == 200
    for answer in (
        await client.get("/v1/sites"),
        await client.post("/v1/organizations", json=ORGANIZATION, headers=KEY),
    ):
        assert as_problem(answer, 503)["type"] == "/problems/database-lost"
        assert answer.headers["retry-after"] == "1"
    await running.__aexit__(None, None, None)


async def test_a_server_that_does_not_answer_any_more_is_left(url: str) -> None:
    """Its machine is gone: nobody ends the connections, and nothing comes through them."""
    silent = Silence()
    async with (
        relayed(url, silent.relay) as through,
        client_of(through, url, statement_timeout_seconds=0.1) as (client, database),
    ):
        async with AsyncExitStack() as held:
            for _ in range(5):
                connection = await held.enter_async_context(database.read())
                await connection.execute(text("SELECT 1"))
        silent.has_begun = True
        # What takes over has the same address: only new connections get through.
        for _ in range(5):
            assert (await client.get("/v1/organizations")).status_code == 200
        # The first that was not answered was enough to replace all five.
        assert len(silent.unheard) == 1
        answer = await client.post("/v1/organizations", json=ORGANIZATION, headers=KEY)
        assert answer.status_code == 201
    await check_recorded_once(url)


async def test_a_pooler_that_does_not_answer_any_more_holds_up_no_write_for_ever(url: str) -> None:
    """What is written between requests has no time-out of a request."""
    silent = Silence()
    limits = PoolLimits(statement=0.2, lock=1, pool_wait=0.2)
    async with relayed(url, silent.relay) as through:
        database = Database(f"{through}?pgbouncer=true", limits)
        async with database.write() as session:
            await session.execute(text("SELECT 1"))
        silent.has_begun = True
        async with asyncio.timeout(20):
            for _ in range(2):
                with suppress(UnavailableError):
                    async with database.write() as session:
                        await session.execute(text("SELECT 1"))
            async with database.write() as session:
                assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
        await database.close()


@dataclass
class Link:
    """One connection that is relayed: what the client says, and both ways of the server."""

    said: asyncio.StreamReader
    answered: asyncio.StreamReader
    to_server: asyncio.StreamWriter
    back: asyncio.Task[None]
    """Passes the server's answers on."""


@dataclass
class Silence:
    """Passes on what is said until it begins, and later only by connections made since."""

    has_begun: bool = False
    unheard: list[Link] = field(default_factory=list)
    """By which connections something was asked meanwhile; a farewell asks for nothing."""

    async def relay(self, link: Link) -> None:
        """Serve one connection."""
        is_from_before = not self.has_begun
        while said := await link.said.read(65536):
            if not (is_from_before and self.has_begun):
                link.to_server.write(said)
            elif not said.startswith(b"X") and link not in self.unheard:
                self.unheard.append(link)


def losing_the_answer_to_a_commit() -> Callable[[Link], Awaitable[None]]:
    """Pass on everything but the server's answer to the first COMMIT; then cut the connection."""
    lost: list[bool] = []

    async def relay(link: Link) -> None:
        while said := await link.said.read(65536):
            if said.startswith(b"Q") and b"COMMIT" in said and not lost:
                lost.append(True)
                link.back.cancel()
                await asyncio.gather(link.back, return_exceptions=True)
                link.to_server.write(said)
                await link.answered.read(65536)
                break
            link.to_server.write(said)

    return relay


@asynccontextmanager
async def relayed(url: str, relay: Callable[[Link], Awaitable[None]]) -> AsyncIterator[str]:
    """Lend an address that leads to the server of another by way of ``relay``."""
    address = make_url(direct_url(url))
    path = f"{address.query['host']}/.s.PGSQL.5432"
    relays: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        relays.add(task)
        from_server, to_server = await asyncio.open_unix_connection(path)
        back = asyncio.create_task(_pass_on(from_server, writer))
        try:
            await relay(Link(reader, from_server, to_server, back))
        finally:
            back.cancel()
            to_server.close()
            writer.close()
            relays.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    yield f"postgresql+asyncpg://{address.username}@127.0.0.1:{port}/{address.database}"
    server.close()
    for task in list(relays):
        task.cancel()
    await asyncio.gather(*relays, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65536):
        writer.write(said)
    writer.close()
