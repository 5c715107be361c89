"""Requests sent again with their key: answered as before, recorded once."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from app.database import Database
from app.database.tables import REVISION_COUNTER
from app.ledger.tables import IDEMPOTENCY_KEYS
from tests.support.http import (
    MISTAKE,
    as_problem,
    latest_revision,
    pointers,
    prepare_sourced,
    register,
    register_once,
    said,
    signed_in,
)
from tests.support.processes import served
from tests.support.registers import Templates, bearer, make_key, opened, serving

REPLAYED = "idempotent-replayed"


@pytest.fixture
async def own_url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a register of the test's own, with sources only."""
    async with templates.copy(kind, prepare_sourced) as url:
        yield url


async def send(
    client: httpx.AsyncClient,
    path: str,
    body: Any,
    key: str | None,
    author: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send a write with a key of its own; ``author`` are credentials other than the client's."""
    named = {} if key is None else {"Idempotency-Key": key}
    return await client.post(path, json=body, headers={**(author or {}), **named})


def site(name: str) -> dict[str, Any]:
    values = {"name": name, "province_code": "06"}
    return said("2020", id=name, kind="cluster", values=values)


async def test_a_repeat_is_answered_with_the_same_bytes_and_recorded_once(
    shared: httpx.AsyncClient,
) -> None:
    first = await send(shared, "/v1/sites", site("ccn-twice"), "k-twice")
    assert first.status_code == 201, first.text
    assert REPLAYED not in first.headers
    recorded = await latest_revision(shared)
    for _ in range(2):
        again = await send(shared, "/v1/sites", site("ccn-twice"), "k-twice")
        assert (again.status_code, again.content) == (201, first.content)
        for name in ("location", "content-type", "content-length"):
            assert again.headers[name] == first.headers[name]
        assert again.headers[REPLAYED] == "true"
    assert await latest_revision(shared) == recorded


async def test_without_a_key_a_repeat_is_a_new_request(shared: httpx.AsyncClient) -> None:
    assert (await send(shared, "/v1/sites", site("ccn-keyless"), None)).status_code == 201
    as_problem(await send(shared, "/v1/sites", site("ccn-keyless"), None), 409)


async def test_a_key_belongs_to_its_author(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-authors")
    path = "/v1/sites/ccn-authors/statements"
    lan, minh = await signed_in(shared, "lan"), await signed_in(shared, "minh")
    one = await send(shared, path, said("2021", values={"area_ha": 1}), "mine", lan)
    other = await send(shared, path, said("2022", values={"area_ha": 2}), "mine", minh)
    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json()["id"] != other.json()["id"]


async def test_another_body_path_or_query_under_the_same_key_is_refused(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-reuse-a")
    await register(shared, "ccn-reuse-b")
    body = said("2021", values={"area_ha": 1})
    path = "/v1/sites/ccn-reuse-a/statements"
    assert (await send(shared, path, body, "reused")).status_code == 201
    before = await latest_revision(shared)
    for where, what in (
        (path, said("2021", values={"area_ha": 2})),
        ("/v1/sites/ccn-reuse-b/statements", body),
        ("/v1/sources", {"id": "reused", "kind": "plan", "title": "A"}),
    ):
        problem = as_problem(await send(shared, where, what, "reused"), 422)
        assert problem["type"] == "/problems/idempotency-key-reused"
        assert pointers(problem) == ["Idempotency-Key"]
    assert await latest_revision(shared) == before


async def test_what_was_refused_can_be_corrected_under_the_same_key(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-correct")
    path = "/v1/sites/ccn-correct/statements"
    wrong = said("2021", values={"investor": "nobody"})
    for _ in range(2):
        as_problem(await send(shared, path, wrong, "corrected"), 422)
    as_problem(await send(shared, path, {"nonsense": 1}, "corrected"), 422)
    right = said("2021", values={"investor": "builder"})
    answer = await send(shared, path, right, "corrected")
    assert (answer.status_code, REPLAYED in answer.headers) == (201, False)


async def test_every_kind_of_write_is_answered_again(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    await register(client, "ccn-all")
    statement = (await register(client, "ccn-gone"))["id"]
    project = said("2020", id="du-an-all", values={"name": "A", "province_code": "06"})
    observed = said("2021", observations=[{"indicator": "cluster_count", "value": 7}])
    writes = {
        "/v1/sites": site("ccn-new"),
        "/v1/sites/ccn-all/statements": said("2021", values={"area_ha": 1}),
        "/v1/projects": project,
        "/v1/projects/du-an-all/statements": said("2021", values={"product": "gạch"}),
        "/v1/provinces/06/statements": observed,
        "/v1/sources": {"id": "new", "kind": "plan", "title": "A"},
        "/v1/sources/new/statements": said("2021", values={"status": "in_force"}),
        "/v1/organizations": {"id": "new", "name": "A"},
        f"/v1/statements/{statement}/retraction": MISTAKE,
        "/v1/sites/ccn-all/withdrawal": {"reason": "Nhầm"},
        "/v1/projects/du-an-all/withdrawal": {"reason": "Nhầm"},
    }
    answers = {path: await send(client, path, body, path) for path, body in writes.items()}
    last = await latest_revision(client)
    for path, body in writes.items():
        again = await send(client, path, body, path)
        first = answers[path]
        assert first.status_code == 201, first.text
        assert (again.status_code, again.content) == (201, first.content), path
        assert again.headers["location"] == first.headers["location"]
        assert again.headers[REPLAYED] == "true"
    assert await latest_revision(client) == last


async def test_a_patch_is_answered_again(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-patch-twice")
    headers = {
        "content-type": "application/merge-patch+json",
        "idempotency-key": "patch",
        "if-match": "*",
    }
    path = "/v1/sites/ccn-patch-twice?source_id=article"
    first = await shared.patch(path, content='{"area_ha": 3}', headers=headers)
    assert first.status_code == 200, first.text
    again = await shared.patch(path, content='{"area_ha": 3}', headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers[REPLAYED] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    other = await shared.patch(f"{path}&note=x", content='{"area_ha": 3}', headers=headers)
    as_problem(other, 422)


async def test_quotes_around_a_key_are_no_part_of_it(shared: httpx.AsyncClient) -> None:
    first = await send(shared, "/v1/sites", site("ccn-quoted"), '"8e03978e"')
    again = await send(shared, "/v1/sites", site("ccn-quoted"), "8e03978e")
    assert (again.content, again.headers[REPLAYED]) == (first.content, "true")


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "khoá", "a\tb", "\x7f"])
async def test_keys_that_are_none(shared: httpx.AsyncClient, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode()}
    response = await shared.post("/v1/sites", json=site("ccn-no-key"), headers=headers)
    assert pointers(as_problem(response, 400)) == ["Idempotency-Key"]


async def test_the_longest_key(shared: httpx.AsyncClient) -> None:
    for replayed in (False, True):
        answer = await send(shared, "/v1/sites", site("ccn-long-key"), "~ " * 127 + "~")
        assert (answer.status_code, REPLAYED in answer.headers) == (201, replayed)


async def test_the_same_while_the_first_is_in_flight_conflicts(own_url: str) -> None:
    async with serving(own_url) as client, opened(own_url) as other:
        async with other.write() as session:
            # Hold the counter, as another writer does, so that the first must wait.
            await session.execute(update(REVISION_COUNTER).values(number=REVISION_COUNTER.c.number))
            first = asyncio.create_task(send(client, "/v1/sites", site("ccn-a"), "k"))
            await asyncio.sleep(0.05)
            for body in (site("ccn-a"), site("ccn-b")):
                problem = as_problem(await send(client, "/v1/sites", body, "k"), 409)
                assert problem["type"] == "/problems/request-in-flight"
            assert not first.done()
        answer = await first
        again = await send(client, "/v1/sites", site("ccn-a"), "k")
    assert (answer.status_code, again.status_code) == (201, 201)
    assert again.content == answer.content


async def test_processes_share_the_answers(own_url: str) -> None:
    async with serving(own_url) as one, serving(own_url) as other:
        before = await latest_revision(one)
        lan = await signed_in(one, "lan")
        for number in range(5):
            body, key = site(f"ccn-{number}"), f"k-{number}"
            answers = await asyncio.gather(
                *(send(client, "/v1/sites", body, key, lan) for client in (one, other))
            )
            assert [answer.status_code for answer in answers] == [201, 201]
            assert answers[0].content == answers[1].content
            assert sorted(REPLAYED in answer.headers for answer in answers) == [False, True]
        assert await latest_revision(one) == before + 5


async def in_flight(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> asyncio.Task[httpx.Response]:
    """Send a request twice; of the two one is refused at once, because the other is in flight."""
    both = {asyncio.create_task(send(client, "/v1/sites", body, "k")) for _ in range(2)}
    done, waiting = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    problem = as_problem(done.pop().result(), 409)
    assert problem["type"] == "/problems/request-in-flight"
    return waiting.pop()


async def test_the_same_in_flight_at_two_processes_is_recorded_once(own_url: str) -> None:
    """The second process cannot see the first one's request: it waits and gives its answer."""
    async with AsyncExitStack() as stack:
        services = [await stack.enter_async_context(served(own_url)) for _ in range(2)]
        other = await stack.enter_async_context(opened(own_url))
        key = await make_key(other)
        clients = [await stack.enter_async_context(service.client()) for service in services]
        for client in clients:
            client.headers.update(bearer(key.key))
        before = await latest_revision(clients[0])
        async with other.write() as session:
            # Hold the counter, as another writer does, so that both must wait.
            await session.execute(update(REVISION_COUNTER).values(number=REVISION_COUNTER.c.number))
            waiting = [await in_flight(client, site("ccn-both")) for client in clients]
            assert not any(task.done() for task in waiting)
        answers = await asyncio.gather(*waiting)
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert sorted(REPLAYED in answer.headers for answer in answers) == [False, True]
        assert await latest_revision(clients[0]) == before + 1


async def kept(database: Database) -> int:
    async with database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(IDEMPOTENCY_KEYS))
        return int(found.scalar_one())


async def test_answers_are_kept_for_a_day(own_url: str) -> None:
    async with serving(own_url) as client, opened(own_url) as database:
        for number in (1, 2):
            await send(client, "/v1/sites", site(f"ccn-{number}"), f"k-{number}")
        for hours, replayed in ((23.99, True), (24.01, False)):
            then = datetime.now(UTC) - timedelta(hours=hours)
            async with database.write() as session:
                await session.execute(update(IDEMPOTENCY_KEYS).values(recorded_at=then))
            answer = await send(client, "/v1/sites", site("ccn-1"), "k-1")
            assert (REPLAYED in answer.headers) is replayed
            assert answer.status_code == (201 if replayed else 409)
            assert await kept(database) == 2
        # A write in passing lets go of both; a key that was let go of can be used anew.
        await send(client, "/v1/sites", site("ccn-3"), "k-1")
        assert await kept(database) == 1


async def test_any_course_of_requests_is_as_if_each_came_once(own_url: str) -> None:
    """Compare with a dictionary, over a few hundred requests that collide often."""
    choose = random.Random(20_250_701)  # noqa: S311 (a test, no secret)
    answered: dict[tuple[str, str], tuple[str, bytes]] = {}
    stated: set[str] = set()
    async with serving(own_url) as client:
        await register_once(client, "ccn-course")
        revision = await latest_revision(client)
        authors = {name: await signed_in(client, name) for name in "ab"}
        for _ in range(150):
            author, key = choose.choice("ab"), f"k{choose.randrange(6)}"
            area = str(choose.randrange(1, 12))
            body = said("2021", note=area)
            answer = await send(
                client, "/v1/sites/ccn-course/statements", body, key, authors[author]
            )
            before = answered.get((author, key))
            if before is not None and before[0] != area:
                assert answer.status_code == 422
            elif before is not None:
                assert (answer.status_code, answer.content) == (201, before[1])
            elif area in stated:
                assert answer.status_code == 409
            else:
                assert answer.status_code == 201
                assert REPLAYED not in answer.headers
                answered[author, key] = (area, answer.content)
                stated.add(area)
                revision += 1
        assert await latest_revision(client) == revision
        assert answered
