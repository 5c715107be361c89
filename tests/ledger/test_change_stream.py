"""The change feed as a stream: a real server, clients that come and go, writers everywhere."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import Request
from fastapi.sse import format_sse_event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.access.principals import PrincipalRole
from app.core.errors import UnavailableError
from app.core.messages import foreign
from app.database import Database
from app.entry import feed as feeds
from app.entry.feed import Feed
from app.entry.writes import register_organization
from app.http import change_streams as api
from app.http.problems import problem
from app.ledger.revisions import Writer
from app.ledger.schemas import ChangesQuery, OrganizationRegistration
from app.ledger.snapshots import Noted, latest_revision, noting_revisions
from tests.ledger.kill_writer import SITES, Life
from tests.ledger.writers import writing_process
from tests.support.http import as_problem
from tests.support.ledgers import begin, observe, state, unguarded
from tests.support.registers import bearer, get, make_key, opened, post, writer_on
from tests.support.streams import SECONDS, Service, Stream, running, streaming


@pytest.fixture
async def service(empty_url: str) -> AsyncIterator[Service]:
    async with running(empty_url) as found:
        yield found


@pytest.fixture
async def web(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.client() as found:
        yield found


@pytest.fixture
async def writer(empty_url: str) -> AsyncIterator[Writer]:
    """Give a writer that is not of the service's process: the service must look for its writes."""
    async with opened(empty_url) as database:
        found = await writer_on(database)
        await begin(found, *SITES)
        yield found


BEGUN = 1 + len(SITES)


async def organization(client: httpx.AsyncClient, name: str) -> None:
    await post(client, "/v1/organizations", {"id": name, "name": name})


async def until(service: Service, streams: int) -> None:
    """Wait until so many streams are open."""
    async with asyncio.timeout(SECONDS):
        while service.feed._streams.total() != streams:  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.01)


# Resuming


async def test_resuming_at_every_point(seeded_url: str) -> None:
    async with running(seeded_url) as service, service.client() as client:
        changes = (await get(client, "/v1/changes", limit=1000))["items"]
        async with streaming(client) as stream:
            assert [(await stream.change()).change for _ in changes] == changes
        for after in range(len(changes)):
            # What a browser sends is the address of the beginning, with the event it got last.
            asked = {"after": after // 2} if after % 2 else {}
            async with streaming(client, last=after, **asked) as stream:
                assert (await stream.change()).change == changes[after]
        async with streaming(client, after=3) as stream:
            assert (await stream.change()).id == 4


async def test_a_stream_goes_on_with_what_is_written_here(
    service: Service, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The counter is looked at once, at the beginning; the write itself wakes the stream.
    monkeypatch.setattr(Feed, "interval", 3600.0)
    async with streaming(web) as first, streaming(web) as second:
        await until(service, 2)
        for number, name in enumerate(("a", "b", "c"), start=1):
            await organization(web, name)
            for stream in (first, second):
                event = await stream.change()
                assert event.id == number
                assert event.change["entries"][0]["subject_id"] == name


async def test_a_stream_goes_on_with_what_other_processes_write(
    service: Service, web: httpx.AsyncClient, writer: Writer
) -> None:
    async with (
        streaming(web, after=BEGUN) as stream,
        writing_process(writer.database.url) as process,
    ):
        await process.begin(Life(1, ("site", "province", "site"), tasks=2, writes=6))
        events = [await stream.change() for _ in range(12)]
        assert await process.end() == 0
    assert [event.id for event in events] == list(range(BEGUN + 1, BEGUN + 13))
    statements = {entry["statement_id"] for event in events for entry in event.change["entries"]}
    assert statements == process.recorded
    assert not service.feed.is_closed


async def test_a_filtered_stream(web: httpx.AsyncClient, writer: Writer) -> None:
    async with streaming(web, subject_type="site", subject_id=SITES[1]) as stream:
        assert (await stream.change()).id == 3
        for site in SITES:
            await state(writer, site, "2024", area_ha=5)
        assert (await stream.change()).id == BEGUN + 2


# Each once, in order


async def test_clients_that_come_and_go_meet_every_revision_once(
    empty_url: str, writer: Writer
) -> None:
    """Two services on one database; three clients go from one to the other at any moment."""
    async with AsyncExitStack() as stack:
        services = [await stack.enter_async_context(running(empty_url)) for _ in range(2)]
        webs = [await stack.enter_async_context(s.client()) for s in services]
        last = BEGUN + 60
        async with asyncio.TaskGroup() as tasks:
            following = [tasks.create_task(come_and_go(webs, Random(n), last)) for n in range(3)]  # noqa: S311
            tasks.create_task(write_elsewhere(writer))
            for number in range(30):
                await organization(webs[number % 2], f"org-{number}")
        everything = (await get(webs[0], "/v1/changes", limit=1000))["items"]
        assert len(everything) == last
        for client in following:
            assert client.result() == everything


async def write_elsewhere(writer: Writer) -> None:
    for number in range(30):
        await state(writer, SITES[number % len(SITES)], "2024", area_ha=number + 1)


async def come_and_go(webs: list[httpx.AsyncClient], random: Random, last: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < last:
        resume = len(found) or None
        async with streaming(random.choice(webs), last=resume) as stream:
            count = min(random.randrange(1, 20), last - len(found))
            found += [(await stream.change()).change for _ in range(count)]
    return found


# Quiet times


async def test_heartbeats_show_that_a_stream_is_alive(
    service: Service, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "HEARTBEAT", 0.05)
    async with streaming(web) as stream:
        assert [(await stream.event()).is_heartbeat for _ in range(3)] == [True] * 3
        await organization(web, "a")
        assert (await stream.change()).id == 1
        assert (await stream.event()).is_heartbeat
    await until(service, 0)


async def test_the_counter_is_left_alone_while_nobody_follows(
    service: Service, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = Feed.look

    async def counted(self: Feed, since: int = 0) -> int:
        nonlocal looks
        looks += 1
        return await look(self, since)

    monkeypatch.setattr(Feed, "look", counted)
    monkeypatch.setattr(Feed, "interval", 0.01)
    monkeypatch.setattr(Feed, "calm", 0.0)
    await organization(web, "a")
    assert looks == 0
    async with streaming(web) as stream:
        assert (await stream.change()).id == 1
    await until(service, 0)
    await asyncio.sleep(0.1)
    settled = looks
    assert settled > 0
    await asyncio.sleep(0.2)
    assert looks == settled


async def test_a_database_that_is_away_for_a_while(
    service: Service,
    web: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(Feed, "interval", 0.01)
    failures: list[Exception] = [OSError("refused"), OperationalError("SELECT", {}, OSError())]
    look = latest_revision

    async def failing(connection: Any) -> int:
        # The first look is that of the request itself.
        if service.feed.latest and failures:
            raise failures.pop()
        return await look(connection)

    await organization(web, "a")
    async with streaming(web) as stream:
        assert (await stream.change()).id == 1
        monkeypatch.setattr(feeds, "latest_revision", failing)
        await organization(web, "b")
        assert (await stream.change()).id == 2
    assert failures == []
    assert "cannot be read" in caplog.text


# So many and no more


EVENT_SOURCE = {"Accept": "text/event-stream"}
"""As browsers send it (HTML, 9.2.2)."""


async def test_more_streams_than_there_is_room_for(empty_url: str) -> None:
    async with running(empty_url, max_streams=2) as service, service.client() as client:
        async with streaming(client), streaming(client):
            response = await client.get("/v1/changes/stream")
            problem = as_problem(response, 503)
            assert problem["type"] == "/problems/unavailable"
            assert "2 streams are open" in problem["detail"]
            assert response.headers["retry-after"] == "5"
            assert (await client.get("/v1/changes")).status_code == 200
            # An EventSource would never come back after 503; it does after a stream that ends.
            later = await client.get("/v1/changes/stream", headers=EVENT_SOURCE)
            assert later.status_code == 200
            assert later.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert later.headers["cache-control"] == "no-store"
            assert later.text == ": unavailable\nretry: 5000\n\n"
            # Generated clients list all that they read: they get the problem.
            both = {"Accept": "text/event-stream, application/problem+json"}
            as_problem(await client.get("/v1/changes/stream", headers=both), 503)
        await until(service, 0)
        async with streaming(client), streaming(client):
            assert service.feed._streams.total() == 2


async def test_only_a_read_is_told_by_a_stream_to_come_back() -> None:
    """A write that accepts events is no ``EventSource``: 200 would say that it was recorded."""
    for method, status in (("GET", 200), ("POST", 503)):
        headers = [(b"accept", b"text/event-stream")]
        scope = {"type": "http", "method": method, "path": "/v1/sources", "headers": headers}
        refusal = UnavailableError(foreign("test", "later"), headers={"Retry-After": "5"})
        assert problem(Request(scope), refusal).status_code == status


async def test_where_reading_is_closed_a_stream_ends_and_goes_on_with_a_key_that_holds(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LIFETIME", 0.3)
    async with running(empty_url, public_reading=False) as service, service.client() as client:
        await organization(client, "a")
        async with streaming(client) as stream:
            assert (await stream.change()).id == 1
            assert await stream.ends() == [": nothing new"]
        await organization(client, "b")
        async with streaming(client, last=1) as stream:
            assert (await stream.change()).id == 2
        del client.headers["Authorization"]
        as_problem(await client.get("/v1/changes/stream"), 401)


async def test_a_revoked_key_is_sent_nothing_more(empty_url: str) -> None:
    async with running(empty_url, public_reading=False) as service, service.client() as client:
        reader = await make_key(service.database, "reader", PrincipalRole.reader)
        own = bearer(reader.key)
        async with service.client() as other:
            other.headers.update(own)
            async with streaming(other) as stream:
                await organization(client, "a")
                assert (await stream.change()).id == 1
                await post(client, f"/v1/keys/{reader.id}/revocation", {"reason": "lost"})
                await organization(client, "b")
                assert await stream.ends() == []


async def test_a_refusal_for_good_is_one_to_event_sources_too(service: Service) -> None:
    async with service.client() as client:
        answer = await client.get("/v1/changes/stream?after=9", headers=EVENT_SOURCE)
        as_problem(answer, 400)
        bad = EVENT_SOURCE | bearer("icr_x")
        as_problem(await client.get("/v1/changes/stream", headers=bad), 401)


async def test_clients_without_headers_resume_by_the_query(
    service: Service, web: httpx.AsyncClient
) -> None:
    for name in ("a", "b", "c"):
        await organization(web, name)
    # It goes further than where the client once began; the header further than both.
    for last, asked, first in (
        (None, {"lastEventId": 1, "after": 0}, 2),
        (2, {"lastEventId": 1}, 3),
    ):
        async with streaming(web, last=last, **asked) as stream:
            assert (await stream.change()).id == first
    for value in ("", "x", "-1", "99"):
        problem = as_problem(await web.get(f"/v1/changes/stream?lastEventId={value}"), 400)
        assert problem["errors"][0]["parameter"] == "lastEventId"
    assert service.feed.latest == 3


async def test_one_address_cannot_take_all_streams(empty_url: str) -> None:
    async with (
        running(empty_url, max_streams=3, max_streams_per_address=2) as service,
        service.client() as client,
        streaming(client),
        streaming(client),
    ):
        problem = as_problem(await client.get("/v1/changes/stream"), 503)
        assert "2 streams are open for your address" in problem["detail"]
        async with service.feed.stream("192.0.2.7"):
            assert service.feed._streams.total() == 3
        assert service.feed._streams.total() == 2


async def test_after_revisions_were_lost_those_that_come_instead_are_sent(
    empty_url: str,
) -> None:
    """As after a fail-over to a standby that had not received them all."""
    async with opened(empty_url) as database:
        feed = Feed(database, 1, 1)
        await fill(database, 2)
        assert await feed.look() == 2
        assert [c.number for c in (await feed.page(ChangesQuery(after=0))).items] == [1, 2]
        await lose_revision(database, 2)
        # Before the next look as well, nothing is passed over that is not there.
        page = await feed.page(ChangesQuery(after=1))
        assert (page.items, page.next_after) == ([], 1)
        assert await feed.look() == 1
        body = OrganizationRegistration(id="b", name="B")
        await register_organization(await writer_on(database), body)
        assert await feed.look() == 2
        assert [c.author for c in (await feed.page(ChangesQuery(after=1))).items] == ["tester"]


async def lose_revision(database: Database, number: int) -> None:
    """Take the last revision away, as if it had never been recorded."""
    async with unguarded(database.url) as connection:
        for statement in (
            f"DELETE FROM organization WHERE revision = {number}",
            f"DELETE FROM revision WHERE number = {number}",
            f"UPDATE revision_counter SET number = {number - 1}",
        ):
            await connection.execute(text(statement))


async def test_what_one_client_has_seen_is_no_matter_of_the_others(empty_url: str) -> None:
    """The stream that begins the work for all of them may be one that is refused."""
    async with opened(empty_url) as database, AsyncExitStack() as streams:
        feed = Feed(database, 2, 2)
        feed.calm = feed.interval = 0.01
        with noting_revisions(Noted(seen=99)):
            await streams.enter_async_context(feed.stream("192.0.2.1"))
            assert (await feed.page(ChangesQuery(after=0))).items == []
        await streams.enter_async_context(feed.stream("192.0.2.2"))
        await fill(database, 1)
        assert await feed.wait(0, SECONDS)
        assert [change.number for change in (await feed.page(ChangesQuery(after=0))).items] == [1]
        await feed.close()


async def test_a_refused_stream_leaves_its_room(empty_url: str) -> None:
    async with running(empty_url, max_streams=1) as service, service.client() as client:
        for query in ("after=1", "nonsense=1", "subject_type=x"):
            as_problem(await client.get(f"/v1/changes/stream?{query}"), 400)
        await until(service, 0)
        async with streaming(client):
            assert service.feed._streams.total() == 1


# Slow clients


async def fill(database: Database, count: int) -> None:
    """Record revisions of which each fills half a kilobyte or more of a stream."""
    writer = await writer_on(database, "Ữ" * 200)
    for number in range(count):
        body = OrganizationRegistration(id=f"org-{number}", name=f"Công ty {number}")
        await register_organization(writer, body)


def connect_and_never_read(base: str) -> socket.socket:
    address = httpx.URL(base)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((address.host, address.port))
    connection.sendall(b"GET /v1/changes/stream HTTP/1.1\r\nHost: register\r\n\r\n")
    return connection


async def test_a_client_that_does_not_read_holds_nobody_up(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = 0
    encode = format_sse_event

    def counted(**fields: Any) -> bytes:
        nonlocal given
        given += 1
        return encode(**fields)

    async with opened(empty_url) as database:
        await fill(database, 300)
    async with running(empty_url, patience=1) as service, service.client() as client:
        with monkeypatch.context() as patch:
            patch.setattr(api, "format_sse_event", counted)
            with connect_and_never_read(service.base):
                await until(service, 1)
                # It gets a part, and what it does not take is not made.
                async with asyncio.timeout(SECONDS):
                    stuck = 0
                    while given <= 1 or given != stuck:
                        stuck = given
                        await asyncio.sleep(0.5)
                assert stuck < 250
                async with streaming(client) as stream:
                    assert [(await stream.change()).id for _ in range(300)][-1] == 300
                    await organization(client, "another")
                    assert (await stream.change()).id == 301
                assert service.feed._streams.total() >= 1
                began = monotonic()
                await service.stop()
                assert monotonic() - began < 5


# The end of the service


async def test_streams_end_with_the_service(empty_url: str) -> None:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running(empty_url))
        client = await stack.enter_async_context(service.client())
        opening = (stack.enter_async_context(streaming(client)) for _ in range(5))
        streams: list[Stream] = [await opened_one for opened_one in opening]
        began = monotonic()
        await service.stop()
        # Their last chunk is sent: a client that lacks it would be told so by an error.
        assert [await one.ends() for one in streams] == [[]] * 5
        assert monotonic() - began < 3
        assert service.feed.is_closed
        assert service.feed._watcher is not None
        assert service.feed._watcher.done()


async def test_a_service_that_ends_takes_no_more_streams(
    service: Service, web: httpx.AsyncClient
) -> None:
    service.feed.end()
    response = await web.get("/v1/changes/stream")
    assert "ending" in as_problem(response, 503)["detail"]
    assert response.headers["retry-after"] == "5"


async def test_province_statements_come_as_they_are_recorded(
    web: httpx.AsyncClient, writer: Writer
) -> None:
    async with streaming(web, after=BEGUN, subject_type="province") as stream:
        await state(writer, SITES[0], "2024", area_ha=5)
        stated = await observe(writer, "2024", cluster_count=5)
        (entry,) = (await stream.change()).change["entries"]
        assert (entry["subject_id"], entry["statement_id"]) == ("06", stated.id)
