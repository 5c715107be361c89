"""Turns of reads, the bound of heavy ones, and clients that go away."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text
from starlette.types import Message, Receive, Scope, Send

from app.core.errors import TooManyHeavyReadsError
from app.database import Database, is_sqlite
from app.database.connections import HeavyReads, PoolLimits
from app.findings import RULES, Finding, ProvinceFacts
from app.http.admission import Turn, Turns, work_of
from app.http.timeout import TimeoutMiddleware
from tests.support.registers import bearer, make_key
from tests.support.serving import started

SECONDS = 60
NO_CACHE = {"response_cache_bytes": 0}
"""Each request is worked on, also one that was answered before."""
HEAVY = (
    "/v1/findings",
    "/v1/provinces/06/findings?as_of=2025-06-30",
    "/v1/rollups",
    "/v1/provinces/06/rollup/series?from=2024-01-01&to=2024-12-31&step=month",
    "/v1/sites?count=exact",
    "/v1/projects?count=exact",
    "/v1/sites.csv",
    "/v1/projects.csv",
    "/v1/sources.csv",
    "/v1/organizations.xlsx",
    "/v1/provinces/06/rollup/series.csv?from=2024-01-01&to=2024-12-31&step=month",
    "/v1/sites.geojson",
    "/v1/sites.xlsx",
    "/v1/rollups.csv",
    "/v1/rollups.geojson",
    "/v1/provinces/06/established-clusters.csv?as_of=2025-06-30",
    "/v1/provinces/06/cluster-report.csv?as_of=2025-06-30",
)
LIGHT = ("/v1/sites?limit=2", "/v1/changes?limit=2", "/v1/sites/ccn-cam-giang", "/livez")


def asking(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register")


async def test_heavy_reads_wait_for_each_other_and_nobody_else_does(seeded_url: str) -> None:
    async with (
        started(seeded_url, **NO_CACHE, heavy_reads=1, heavy_reads_waiting=0) as app,
        asking(app) as ask,
    ):
        database: Database = app.state.service.database
        headers = bearer((await make_key(database)).key)
        tag = (await ask.get("/v1/rollups")).headers["etag"]
        async with database.heavy_reads.take():
            for path in HEAVY:
                refused = await ask.get(path)
                assert refused.status_code == 503, path
                assert refused.json()["type"] == "/problems/too-many-heavy-reads"
                assert refused.headers["retry-after"] == "5"
            for path in LIGHT:
                assert (await ask.get(path)).status_code == 200, path
            known = await ask.get("/v1/rollups", headers={"If-None-Match": tag})
            assert known.status_code == 304
            source = {"id": "report-2026", "kind": "report", "title": "Báo cáo năm 2026"}
            written = await ask.post("/v1/sources", json=source, headers=headers)
            assert written.status_code == 201
        for path in HEAVY:
            assert (await ask.get(path)).status_code == 200, path


async def test_heavy_reads_that_wait_get_their_place(seeded_url: str) -> None:
    async with (
        started(seeded_url, **NO_CACHE, heavy_reads=1, heavy_reads_waiting=2) as app,
        asking(app) as ask,
    ):
        database: Database = app.state.service.database
        async with database.heavy_reads.take():
            waiting = [asyncio.create_task(ask.get("/v1/rollups")) for _ in range(2)]
            await until(lambda: database.heavy_reads.waiting == 2)
            assert (await ask.get("/v1/rollups")).status_code == 503
        assert [(await one).status_code for one in waiting] == [200, 200]


async def test_what_has_begun_is_not_broken_off_for_waiting() -> None:
    reads = HeavyReads(PoolLimits(heavy_reads=1, pool_wait=0.01))

    async def go_on() -> None:
        async with reads.take(is_begun=True):
            pass

    async with reads.take():
        waiting = asyncio.create_task(go_on())
        # It began to wait first, so its time would be over first.
        await until(lambda: reads.waiting == 1)
        with pytest.raises(TooManyHeavyReadsError):
            async with reads.take():
                pass
        assert not waiting.done()
    await waiting


async def test_a_client_that_goes_away_waits_for_nothing(seeded_url: str) -> None:
    async with started(seeded_url, **NO_CACHE, heavy_reads=1) as app:
        database: Database = app.state.service.database
        async with database.heavy_reads.take(), visiting(app, "/v1/findings") as visit:
            await until(lambda: database.heavy_reads.waiting == 1)
            visit.leave()
            assert await visit.status() == 499
            assert database.heavy_reads.waiting == 0
        await until(lambda: database.connections_in_use == 0)


async def test_rules_stop_when_the_client_goes_away(
    seeded_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that would go on for ever ends in its thread, and its place is free again."""
    begun, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    (found,) = await _one_finding(seeded_url)

    def endless(_: ProvinceFacts) -> Iterator[Finding]:
        loop.call_soon_threadsafe(begun.set)
        try:
            for _number in count():
                yield found
        finally:
            loop.call_soon_threadsafe(ended.set)

    rule = RULES["growth_differs"]
    monkeypatch.setitem(RULES, rule.code, replace(rule, find=endless))
    path = "/v1/findings?rule=growth_differs&as_of=2025-06-30"
    async with started(seeded_url, **NO_CACHE, heavy_reads=1) as app, visiting(app, path) as visit:
        async with asyncio.timeout(SECONDS):
            await begun.wait()
            visit.leave()
            assert await visit.status() == 499
            await ended.wait()
        database: Database = app.state.service.database
        async with asyncio.timeout(SECONDS), database.heavy_reads.take():
            assert database.connections_in_use == 0


async def _one_finding(url: str) -> list[Any]:
    async with started(url, **NO_CACHE) as app, asking(app) as ask:
        answer = await ask.get("/v1/findings?rule=growth_differs&as_of=2025-06-30")
        items = answer.json()["items"]
    assert len(items) == 1
    members = Finding.__dataclass_fields__.keys()
    return [Finding(**{name: items[0][name] for name in members} | {"numbers": ()})]


ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) SELECT max(i) FROM n"
)
RUNNING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE state = 'active' AND query LIKE 'WITH RECURSIVE n(i)%'"
)


async def test_a_statement_that_nobody_waits_for_ends(database: Database) -> None:

    before = threading.active_count()

    async def read() -> None:
        async with database.read(at_length=True) as connection:
            await connection.execute(ENDLESS)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    assert not reading.done()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    if is_sqlite(database.url):
        await until(lambda: threading.active_count() <= before)
        return
    async with asyncio.timeout(SECONDS):
        while True:
            async with database.read() as connection:
                if (await connection.execute(RUNNING)).scalar_one() == 0:
                    return


async def test_a_read_waits_for_its_turn_and_a_write_for_none() -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def waits(scope: Scope, _receive: Receive, send: Send) -> None:
        await work_of(Request(scope)).take_turn()
        begun.append(scope["path"])
        await go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = TimeoutMiddleware(waits, SECONDS, Turns(1))
    asked = [("GET", "/first"), ("GET", "/second"), ("POST", "/write"), ("GET", "/livez")]
    scopes = [
        {"type": "http", "method": method, "path": path, "headers": [], "state": {}}
        for method, path in asked
    ]
    tasks = [asyncio.create_task(app(scope, nothing, drop)) for scope in scopes]
    await until(lambda: len(begun) == 3)
    assert begun == ["/first", "/write", "/livez"]
    go_on.set()
    await asyncio.gather(*tasks)
    assert begun[3:] == ["/second"]


async def test_a_long_write_lets_reads_wait_for_one_moment_only(database: Database) -> None:
    async with database.write():
        pass  # It has a connection: making one may take longer than a moment.
    turns = Turns(1)
    turns.calm = database.calm
    async with asyncio.timeout(SECONDS), database.write():
        assert not database.calm.is_set()
        for _ in range(3):
            turn = Turn(turns)
            await turn.wait()
            turn.end()
            # Those who come later begin at once.
            assert database.calm.is_set()
    assert database.calm.is_set()


async def test_answers_that_are_there_take_turns_and_let_a_write_go_first(
    database: Database,
) -> None:
    async with database.write():
        pass  # It has a connection: making one may take longer than a moment.
    turns = Turns(1)
    turns.calm = database.calm
    # Reads that have to be worked on do not keep them waiting.
    await Turn(turns).wait()
    async with asyncio.timeout(SECONDS), database.write():
        waiting = [asyncio.create_task(turns.short()) for _ in range(3)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)


async def test_answers_that_are_there_leave_rounds_of_the_event_loop_short() -> None:
    """However many are ready at once, each round answers a few: new connections wait for rounds."""
    turns, done = Turns(1), 0

    async def read() -> None:
        nonlocal done
        await turns.short()
        done += 1

    waiting = [asyncio.create_task(read()) for _ in range(200)]
    rounds = []
    while not all(task.done() for task in waiting):
        before = done
        await asyncio.sleep(0)
        rounds.append(done - before)
    assert sum(rounds) == 200
    assert max(rounds) <= 16


async def test_the_moment_of_a_write_begins_anew_when_it_can_write(database: Database) -> None:
    """It may have waited for another process longer than reads wait for it."""
    async with asyncio.timeout(SECONDS), database.turn():
        await database.calm.wait()
        database.disturb()
        assert not database.calm.is_set()
        await database.calm.wait()


async def test_a_read_that_waits_for_a_connection_has_no_turn(seeded_url: str) -> None:
    async with (
        started(seeded_url, **NO_CACHE, reads_at_once=1, pool_size=1) as app,
        asking(app) as ask,
    ):
        database: Database = app.state.service.database
        async with database.read(at_length=True), database.read(at_length=True):
            waiting = asyncio.create_task(ask.get("/v1/changes?limit=2"))
            await asyncio.sleep(0.1)
            async with asyncio.timeout(SECONDS):
                assert (await ask.get("/v1/attributes")).status_code == 200
            assert not waiting.done()
        assert (await waiting).status_code == 200


async def test_a_turn_lasts_for_a_second_at_most() -> None:
    """Whatever a read waits for, the next begins before it is answered."""
    turns = Turns(1)
    await Turn(turns).wait()
    async with asyncio.timeout(SECONDS):
        await Turn(turns).wait()


async def test_a_turn_ends_when_the_answer_begins() -> None:
    """A client that reads slowly keeps nobody from reading."""
    is_read = asyncio.Event()

    async def answers(scope: Scope, _receive: Receive, send: Send) -> None:
        await work_of(Request(scope)).take_turn()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await is_read.wait()
        await send({"type": "http.response.body", "body": b""})

    app = TimeoutMiddleware(answers, SECONDS, Turns(1))
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    slow = asyncio.create_task(app({**scope, "state": {}}, nothing, drop))
    starts: list[Message] = []

    async def keep(message: Message) -> None:
        starts.append(message)

    other = asyncio.create_task(app({**scope, "state": {}}, nothing, keep))
    await until(lambda: len(starts) == 1)
    assert not slow.done()
    is_read.set()
    await asyncio.gather(slow, other)


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def drop(_message: Message) -> None:
    return


async def until(is_so: Any) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110  (counters and threads set no event)
            await asyncio.sleep(0.01)


class Visit:
    """A request whose client may leave before it is answered."""

    def __init__(self, app: FastAPI, path: str) -> None:
        path, _, query = path.partition("?")
        self._scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"register")],
            "client": ("127.0.0.1", 1),
            "server": ("register", 80),
        }
        self._left = asyncio.Event()
        self._is_sent = False
        self._sent: list[Message] = []
        self.task = asyncio.create_task(app(self._scope, self._receive, self._send))

    def leave(self) -> None:
        self._left.set()

    async def status(self) -> int:
        async with asyncio.timeout(SECONDS):
            await self.task
        status: int = self._sent[0]["status"]
        return status

    async def _receive(self) -> Message:
        if not self._is_sent:
            self._is_sent = True
            return await nothing()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self._sent.append(message)


@asynccontextmanager
async def visiting(app: FastAPI, path: str) -> AsyncIterator[Visit]:
    visit = Visit(app, path)
    try:
        yield visit
    finally:
        visit.leave()
        await asyncio.wait([visit.task])
