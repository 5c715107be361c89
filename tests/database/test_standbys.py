"""A real standby: it answers reads, but takes no client back in time; and it takes over."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.core.settings import Settings
from app.database import Database
from app.main import create_app
from tests.support.clusters import Node, cluster, several
from tests.support.http import as_problem
from tests.support.ledgers import check_sound, one
from tests.support.postgres import create_database, database_url
from tests.support.registers import bearer, get, make_key, opened, prepare_empty, writer_on
from tests.support.streams import running, streaming

TOKEN = "register-revision"
SECONDS = 60


@dataclass
class Pair:
    """A primary, a standby of it, and the register in both."""

    primary: Node
    standby: Node

    @property
    def settings(self) -> Settings:
        """The settings of a service that goes wherever the primary and the standby are."""
        return Settings(
            database_url=several("icr", self.primary, self.standby, attributes="read-write"),
            read_database_url=several(
                "icr", self.standby, self.primary, attributes="prefer-standby"
            ),
            standby_wait_seconds=0.1,
        )

    async def hold_back(self) -> None:
        """Let the standby receive what is recorded, but not show it."""
        await self._on_standby("SELECT pg_wal_replay_pause()")

    async def go_on(self) -> None:
        """Let the standby catch up."""
        await self._on_standby("SELECT pg_wal_replay_resume()")

    async def _on_standby(self, sql: str) -> None:
        url = database_url(self.standby.base_url, "icr")
        async with opened(url) as database, database.read() as connection:
            await connection.execute(text(sql))


@pytest.fixture(scope="module")
def nodes() -> Iterator[Pair]:
    """Give two servers, the second copied from the first."""
    with cluster(2) as (primary, standby):
        standby.copy(primary)
        standby.start()
        yield Pair(primary, standby)


@pytest.fixture
async def pair(nodes: Pair) -> AsyncIterator[Pair]:
    """Give the two with an empty register, which the standby has as well."""
    await create_database(nodes.primary.base_url, "icr")
    async with opened(database_url(nodes.primary.base_url, "icr")) as database:
        await prepare_empty(database)
        await caught_up(nodes, database)
    yield nodes
    await nodes.go_on()
    nodes.primary.set('DROP DATABASE "icr" WITH (FORCE)')


async def caught_up(nodes: Pair, database: Database) -> None:
    """Wait until the standby shows all that the primary has recorded."""
    async with database.write() as session:
        wanted = (
            await session.execute(text("SELECT CAST(pg_current_wal_flush_lsn() AS text)"))
        ).scalar_one()
    url = database_url(nodes.standby.base_url, "postgres")
    reached = text(f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'")
    async with opened(url) as standby, standby.read() as connection:
        while not (await connection.execute(reached)).scalar_one():
            await connection.execute(text("SELECT pg_sleep(0.02)"))


@asynccontextmanager
async def client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        key = await make_key(app.state.service.database)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=bearer(key.key)
        ) as client:
            yield client


async def organization(client: httpx.AsyncClient, number: int) -> int:
    """Register an organization; return the token that the answer carries."""
    body = {"id": f"builder-{number}", "name": f"Builder {number}"}
    answer = await client.post("/v1/organizations", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.headers[TOKEN])


async def names(client: httpx.AsyncClient, token: int | None = None, **more: Any) -> list[str]:
    """List the organizations; an answer to a token is not older than that."""
    headers = {} if token is None else {TOKEN: str(token)}
    answer = await client.get("/v1/organizations", params=more, headers=headers)
    assert answer.status_code == 200, answer.text
    if token is not None:
        assert int(answer.headers[TOKEN]) >= token
    return [item["id"] for item in answer.json()["items"]]


async def test_a_read_with_a_token_sees_what_a_lagging_standby_does_not_show(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        await pair.hold_back()
        token = await organization(client, 1)
        assert token == 1
        assert await names(client) == []
        assert await names(client, token) == ["builder-1"]


async def test_a_read_that_waits_for_the_standby_has_no_turn(pair: Pair) -> None:
    patient = {"standby_wait_seconds": SECONDS, "reads_at_once": 1}
    async with client_of(pair.settings.model_copy(update=patient)) as client:
        await pair.hold_back()
        token = await organization(client, 1)
        waiting = asyncio.create_task(names(client, token))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(SECONDS / 2):
            assert await names(client) == []
        assert not waiting.done()
        await pair.go_on()
        assert await waiting == ["builder-1"]


async def test_a_standby_that_catches_up_in_time_answers(pair: Pair) -> None:
    """Long patience and a standby that is not held back: the primary need not be asked."""
    settings = pair.settings.model_copy(update={"standby_wait_seconds": SECONDS})
    async with client_of(settings) as client:
        for number in range(5):
            token = await organization(client, number)
            assert len(await names(client, token)) == number + 1


async def test_a_revision_that_the_standby_does_not_have_is_read_from_the_primary(
    pair: Pair,
) -> None:
    async with client_of(pair.settings) as client:
        await pair.hold_back()
        for number in (1, 2, 3):
            await organization(client, number)
        assert await names(client, revision=2) == ["builder-1", "builder-2"]
        assert len(await names(client, known_at=datetime.now(UTC).isoformat())) == 3
        beyond = await client.get("/v1/organizations", params={"revision": 4})
        assert (beyond.status_code, beyond.json()["latest_revision"]) == (400, 3)


async def test_a_list_goes_on_at_its_revision_wherever_that_is(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        await pair.hold_back()
        token = 0
        for number in (1, 2, 3):
            token = await organization(client, number)
        first = await client.get(
            "/v1/organizations", params={"limit": 2}, headers={TOKEN: str(token)}
        )
        cursor = first.json()["next_cursor"]
        assert await names(client, cursor=cursor) == ["builder-3"]


async def test_changes_after_what_the_standby_has_come_from_the_primary(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        await pair.hold_back()
        for number in (1, 2):
            await organization(client, number)
        page = await get(client, "/v1/changes", after=1)
        assert [change["number"] for change in page["items"]] == [2]


async def test_a_stream_resumes_after_what_the_standby_has(pair: Pair) -> None:
    """And leaves nothing out although the standby does not show it."""
    settings = pair.settings
    more: dict[str, Any] = {"read_database_url": settings.read_database_url}
    async with running(settings.database_url, **more) as service, service.client() as client:
        service.feed.interval = 0.01
        await pair.hold_back()
        for number in (1, 2):
            await organization(client, number)
        async with streaming(client, last=1) as stream:
            assert (await stream.change()).id == 2
            await organization(client, 3)
            await pair.go_on()
            assert (await stream.change()).id == 3


async def test_a_stream_begins_although_the_standby_does_not_have_its_token(pair: Pair) -> None:
    settings = pair.settings
    more: dict[str, Any] = {"read_database_url": settings.read_database_url}
    async with running(settings.database_url, **more) as service, service.client() as client:
        await pair.hold_back()
        token = await organization(client, 1)
        client.headers[TOKEN] = str(token)
        async with streaming(client) as stream:
            assert (await stream.change()).id == token


async def test_a_malformed_token_is_refused(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        for token in ("abc", "-1", "1.5", str(2**63), "9" * 30):
            answer = await client.get("/v1/organizations", headers={TOKEN: token})
            assert answer.status_code == 400
            assert json.loads(answer.text)["errors"][0]["parameter"] == "Register-Revision"


async def test_a_token_is_given_once(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        twice = [(TOKEN, "0"), (TOKEN, "0")]
        answer = await client.get("/v1/organizations", headers=twice)
        as_problem(answer, 400)
        # Whether a service is ready does not depend on who asks.
        assert (await client.get("/readyz", headers={TOKEN: "99"})).status_code == 200


async def test_without_its_standby_a_service_reads_from_the_primary(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        token = await organization(client, 1)
        pair.standby.stop("immediate")
        try:
            assert await names(client, token) == ["builder-1"]
            assert await names(client) == ["builder-1"]
        finally:
            pair.standby.start()


async def test_how_far_the_standby_is_behind_is_told(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        await organization(client, 1)
        async with opened(database_url(pair.primary.base_url, "icr")) as database:
            await caught_up(pair, database)
        await pair.hold_back()
        for number in (2, 3):
            await organization(client, number)
        checks = (await get(client, "/readyz"))["checks"]
        assert checks[-1] == {
            "name": "standby",
            "is_ready": True,
            "detail": "at revision 1, 2 behind",
        }
        figures = (await client.get("/metrics")).text
        assert "icr_revision 3.0\n" in figures
        assert "icr_standby_revision 1.0\n" in figures
        await pair.go_on()
        pair.standby.stop("immediate")
        try:
            checks = (await get(client, "/readyz"))["checks"]
        finally:
            pair.standby.start()
        assert checks[-1]["is_ready"]
        assert checks[-1]["detail"] == "cannot be reached; the primary is read"


async def test_without_its_primary_a_service_tells_what_it_lacks(pair: Pair) -> None:
    async with client_of(pair.settings) as client:
        await organization(client, 1)
        async with opened(database_url(pair.primary.base_url, "icr")) as database:
            await caught_up(pair, database)
        pair.primary.stop("immediate")
        try:
            problem = as_problem(await client.get("/readyz"), 503)
            assert [check["name"] for check in problem["checks"]] == [
                "database",
                "migration",
                "clock",
                "standby",
            ]
            assert await names(client) == ["builder-1"]
            refused = await client.post("/v1/organizations", json={"id": "b", "name": "B"})
            assert as_problem(refused, 503)["type"] == "/problems/database-lost"
        finally:
            pair.primary.start()


async def test_an_answer_is_not_given_again_before_it_is_on_two_machines(pair: Pair) -> None:
    """A commit that waits for a standby can be seen at the primary, and lost with it."""
    key = {"Idempotency-Key": "9b1c"}
    body = {"id": "builder-1", "name": "Builder 1"}
    settings = pair.settings.model_copy(update={"request_timeout": 2.0})
    async with client_of(settings) as client:
        pair.primary.set("ALTER SYSTEM SET synchronous_standby_names = '*'")
        pair.primary.set("SELECT pg_reload_conf()")
        pair.standby.stop("fast")
        try:
            for _ in range(2):
                refused = await client.post("/v1/organizations", json=body, headers=key)
                assert as_problem(refused, 503)["type"] == "/problems/timed-out"
            assert await names(client) == ["builder-1"]
        finally:
            pair.standby.start()
            pair.primary.set("ALTER SYSTEM RESET synchronous_standby_names")
            pair.primary.set("SELECT pg_reload_conf()")
        answer = await client.post("/v1/organizations", json=body, headers=key)
        assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")


async def test_a_promoted_standby_takes_over_without_a_restart() -> None:
    with cluster(2) as (primary, standby):
        standby.copy(primary)
        standby.start()
        pair = Pair(primary, standby)
        await create_database(primary.base_url, "icr")
        async with opened(database_url(primary.base_url, "icr")) as database:
            await prepare_empty(database)
        async with client_of(pair.settings) as client:
            first = await organization(client, 1)
            async with opened(database_url(primary.base_url, "icr")) as database:
                await caught_up(pair, database)
            primary.kill()
            refused = await client.post("/v1/organizations", json={"id": "b", "name": "B"})
            assert refused.status_code == 503
            assert await names(client, first) == ["builder-1"]
            standby.promote()
            assert await organization(client, 2) == 2
            assert await names(client, 2) == ["builder-1", "builder-2"]
        async with opened(database_url(standby.base_url, "icr")) as database:
            assert await one(database, "SELECT count(*) FROM organization") == 2
            await check_sound(await writer_on(database))
