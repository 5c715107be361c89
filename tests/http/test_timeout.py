"""Time-outs, and errors that nobody foresaw."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.database import Database
from app.http.admission import Turns
from app.http.timeout import TimeoutMiddleware
from tests.support.registers import bearer, make_key
from tests.support.serving import application, started
from tests.support.streams import running

SOURCE = {"id": "report-2026", "kind": "report", "title": "Báo cáo năm 2026"}


async def test_a_write_that_waits_too_long_is_broken_off_as_a_whole(empty_url: str) -> None:
    """One service is in a hurry, the other, on the same register, sees what is left of it."""
    async with started(empty_url, request_timeout=1) as app, application(empty_url) as patient:
        database: Database = app.state.service.database
        headers = bearer((await make_key(database)).key) | {"Idempotency-Key": "once"}
        transport = httpx.ASGITransport(app)
        async with (
            database.write(),
            httpx.AsyncClient(transport=transport, base_url="http://register") as client,
        ):
            late = await client.post("/v1/sources", json=SOURCE, headers=headers)
        assert late.status_code == 503
        assert late.headers["content-type"] == "application/problem+json"
        assert late.headers["retry-after"] == "5"
        problem = late.json()
        assert problem["type"] == "/problems/timed-out"
        assert "Idempotency-Key" in problem["detail"]
        assert problem["request_id"] == late.headers["x-request-id"]
        assert (await patient.get("/v1/revisions")).json()["items"] == []
        # Nothing is left of it: neither its place in the queue nor its key.
        async with asyncio.timeout(60), database.write():
            pass
        again = await patient.post("/v1/sources", json=SOURCE, headers=headers)
        assert (again.status_code, again.json()["revision"]) == (201, 1)
        assert "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_body_that_does_not_come_is_told_and_holds_nobody(empty_url: str) -> None:
    """Its head is there, so it has reached the application; others write meanwhile."""
    async with (
        running(empty_url, request_timeout=2) as service,
        application(empty_url) as patient,
    ):
        port = int(service.base.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/sources HTTP/1.1\r\nHost: register\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: 1000\r\nAuthorization: "
            + service.headers["Authorization"].encode()
            + b"\r\n\r\n"
        )
        assert b" 100 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        async with asyncio.timeout(60), service.database.write():
            pass
        answer = await asyncio.wait_for(reader.read(), 60)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in head.lower()
        assert json.loads(body)["type"] == "/problems/slow-body"
        writer.close()
        await writer.wait_closed()
        assert (await patient.get("/v1/revisions")).json()["items"] == []


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_read_that_takes_too_long_is_told(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("app.upkeep.readiness.Readiness.checks", never)
    async with application(empty_url, request_timeout=0.2) as client:
        late = await client.get("/readyz")
        assert late.status_code == 503
        assert "ask for less" in late.json()["detail"]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_an_error_nobody_foresaw_is_logged_and_told_with_the_request(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> Any:
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr("app.upkeep.readiness.Readiness.checks", broken)
    async with application(empty_url) as client:
        response = await client.get("/readyz", headers={"X-Request-ID": "request-7"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["request_id"] == "request-7"
    assert "secret" not in response.text
    logged = next(record for record in caplog.records if record.name == "icr")
    assert logged.levelno == logging.ERROR
    assert logged.exc_info is not None
    assert logged.exc_info[0] is ZeroDivisionError


async def nothing() -> Message:
    """Receive no more than that there is no body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_the_clock_stops_when_the_answer_begins() -> None:
    """A stream outlives the time-out many times over."""
    sent: list[Message] = []

    async def streams(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"late"})

    async def keep(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "state": {}}
    await TimeoutMiddleware(streams, 0.02, Turns(1))(scope, nothing, keep)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
