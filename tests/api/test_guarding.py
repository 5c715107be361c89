"""Time-outs, and errors that nobody foresaw."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest

from app.database import Database
from tests.serving import application, started
from tests.streams import running

SOURCE = {"id": "report-2026", "kind": "report", "title": "Báo cáo năm 2026"}


async def test_a_write_that_waits_too_long_is_broken_off_as_a_whole(empty_url: str) -> None:
    async with started(empty_url, request_timeout=0.3) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
            database: Database = app.state.database
            headers = {"Idempotency-Key": "once"}
            async with database.write():
                late = await client.post("/v1/sources", json=SOURCE, headers=headers)
            assert late.status_code == 503
            assert late.headers["content-type"] == "application/problem+json"
            assert late.headers["retry-after"] == "5"
            problem = late.json()
            assert problem["type"] == "/problems/timed-out"
            assert "Idempotency-Key" in problem["detail"]
            assert problem["request_id"] == late.headers["x-request-id"]
            assert (await client.get("/v1/revisions")).json()["items"] == []
            # Nothing is left of it: neither its place in the queue nor its key.
            again = await client.post("/v1/sources", json=SOURCE, headers=headers)
            assert (again.status_code, again.json()["revision"]) == (201, 1)
            assert "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_body_that_does_not_come_is_told_and_holds_nobody(empty_url: str) -> None:
    async with running(empty_url, request_timeout=0.5) as service, service.client() as client:
        address = service.base.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(address[0], int(address[1]))
        writer.write(
            b"POST /v1/sources HTTP/1.1\r\nHost: register\r\nContent-Type: application/json\r\n"
            b'Content-Length: 1000\r\n\r\n{"id": '
        )
        await writer.drain()
        # Others write meanwhile: the slow one is not in their queue.
        assert (await client.post("/v1/sources", json=SOURCE)).status_code == 201
        answer = await asyncio.wait_for(reader.read(), 20)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in head.lower()
        assert json.loads(body)["type"] == "/problems/slow-body"
        writer.close()
        await writer.wait_closed()
        assert len((await client.get("/v1/revisions")).json()["items"]) == 1


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_read_that_takes_too_long_is_told(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("app.api.health.Readiness.checks", never)
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

    monkeypatch.setattr("app.api.health.Readiness.checks", broken)
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


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_the_clock_stops_when_the_answer_begins(empty_url: str) -> None:
    """A stream outlives the time-out many times over."""
    async with (
        running(empty_url, request_timeout=0.3) as service,
        service.client() as client,
        client.stream("GET", "/v1/changes/stream") as response,
    ):
        lines = response.aiter_lines()
        await anext(lines)
        for number in range(1, 4):
            await asyncio.sleep(0.2)
            source = SOURCE | {"id": f"report-{number}"}
            assert (await client.post("/v1/sources", json=source)).status_code == 201
            async with asyncio.timeout(20):
                while await anext(lines) != f"id: {number}":
                    pass
