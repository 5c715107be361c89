"""`icr serve` with several workers, as processes of their own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from functools import partial

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import program
from app.core.settings import get_settings
from tests.support.http import latest_revision
from tests.support.ledgers import check_sound
from tests.support.processes import SECONDS, Served, served
from tests.support.registers import Templates, opened, prepare_seeded, writer_on
from tests.support.valkey import valkey_server

SOURCE = {"kind": "report", "title": "Báo cáo"}
HEAD = (
    b"POST /v1/sources HTTP/1.1\r\nHost: register\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n"
)


@pytest.fixture(scope="module")
async def pair(module_kind: str, templates: Templates) -> AsyncIterator[Served]:
    """Give a service of two workers: its processes take longer to begin than a test does."""
    async with (
        templates.copy(module_kind, prepare_seeded) as url,
        served(url, "--workers", "2") as service,
    ):
        yield service


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something of another process is so; nothing tells of it."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_is_under_way_in_any_worker_is_finished(seeded_url: str) -> None:
    """Requests whose bodies are half sent when the signal comes are answered, and recorded."""
    async with served(seeded_url, "--workers", "2") as service:
        opened_requests = [await half_a_request(service, number) for number in range(8)]
        idle = [await idle_connection(service) for _ in range(8)]
        service.process.send_signal(signal.SIGTERM)
        # A worker that is to stop closes what is idle first.
        for reader, writer in idle:
            assert await asyncio.wait_for(reader.read(), SECONDS) == b""
            writer.close()
        answers = [await rest_of(*request) for request in opened_requests]
        assert [answer.split(b" ", 2)[1] for answer in answers] == [b"201"] * 8
        await asyncio.wait_for(service.process.wait(), SECONDS)
    assert service.process.returncode == 0
    async with opened(seeded_url) as database:
        await check_sound(await writer_on(database))


async def half_a_request(
    service: Served, number: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    body = f'{{"id": "half-{number}", "kind": "report", "title": "Báo cáo"}}'.encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    # The server asks for the body only when the request has reached the application.
    key = service.headers["Authorization"].encode()
    more = b"Expect: 100-continue\r\nAuthorization: " + key + b"\r\nConnection"
    head = HEAD.replace(b"Connection", more) % len(body)
    writer.write(head)
    assert b"100 Continue" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS)
    writer.write(body[:10])
    await writer.drain()
    return reader, writer, body[10:]


async def rest_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes) -> bytes:
    writer.write(rest)
    answer = await asyncio.wait_for(reader.read(), SECONDS)
    writer.close()
    await writer.wait_closed()
    return answer


async def idle_connection(
    service: Served,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: register\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"}"), SECONDS)
    return reader, writer


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_worker_that_dies_is_replaced_and_without_their_parent_all_stop(
    seeded_url: str,
) -> None:
    async with served(seeded_url, "--workers", "2") as service, service.client() as client:
        await until(lambda: len(service.workers()) == 2)
        before = service.workers()
        os.kill(min(before), signal.SIGKILL)
        await until(lambda: len(service.workers() - before) == 1)
        response = await client.get("/v1/sites")
        assert response.status_code == 200
        await until(lambda: len(service.workers()) == 2)
        workers = service.workers()
        service.process.kill()
        await service.process.wait()
        await until(lambda: not any(map(is_running, workers)))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_streams_of_all_workers_tell_what_any_of_them_records(pair: Served) -> None:
    async with pair.client() as client:
        before = await latest_revision(client)
        streams = [client.stream("GET", f"/v1/changes/stream?after={before}") for _ in range(6)]
        responses = [await stream.__aenter__() for stream in streams]
        for number in range(6):
            body = SOURCE | {"id": f"report-{number}"}
            assert (await client.post("/v1/sources", json=body)).status_code == 201
        for response in responses:
            assert await ids(response, 6) == list(range(before + 1, before + 7))
        for stream in streams:
            await stream.__aexit__(None, None, None)


async def ids(response: httpx.Response, count: int) -> list[int]:
    found: list[int] = []
    lines = response.aiter_lines()
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            line = await anext(lines)
            if line.startswith("id: "):
                found.append(int(line.removeprefix("id: ")))
    return found


async def test_a_key_sent_at_once_to_all_workers_is_carried_out_once(pair: Served) -> None:
    """In one process the second is refused while the first runs; in another it waits for it."""
    async with pair.client() as client:
        before = await latest_revision(client)
        headers = {"Idempotency-Key": "once"}
        body = SOURCE | {"id": "report-once"}
        answers = await asyncio.gather(
            *(client.post("/v1/sources", json=body, headers=headers) for _ in range(8))
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert set(statuses) <= {201, 409}
        done = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.content for answer in done}) == 1
        assert len([a for a in done if "idempotent-replayed" not in a.headers]) == 1
        assert await latest_revision(client) == before + 1


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_workers_count_together_in_a_store_and_in_their_figures(seeded_url: str) -> None:
    async with (
        valkey_server() as store,
        served(
            seeded_url, "--workers", "2", rate_per_address="20/day", rate_store_url=store
        ) as service,
        service.client() as client,
    ):
        statuses = [(await client.get("/v1/sites")).status_code for _ in range(30)]
        assert statuses == [200] * 20 + [429] * 10
        # The two workers have answered some each; the figures are of both, whoever tells them.
        told = (await client.get("/metrics")).text
        assert 'icr_http_requests_total{method="GET",route="/v1/sites",status="200"} 20.0' in told
        assert 'icr_rate_limited_total{policy="address"} 10.0' in told
        _, logged = await service.stop()
        assert logged.count('"event":"request"') == 30


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_proxy_is_believed_when_it_is_named(seeded_url: str) -> None:
    forged = {"X-Forwarded-For": "198.51.100.7"}
    for named, seen in (("127.0.0.1", "198.51.100.7"), ("10.0.0.0/8", "127.0.0.1")):
        async with (
            served(seeded_url, forwarded_allow_ips=named) as service,
            service.client() as client,
        ):
            await client.get("/v1/sites", headers=forged | {"Authorization": "Bearer geheim12345"})
            _, logged = await service.stop()
        assert f'"client":"{seen}"' in logged
        assert "geheim" not in logged


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_production_wants_a_store_for_several_workers(empty_url: str) -> None:
    get_settings.cache_clear()
    environment = {
        "ICR_ENVIRONMENT": "production",
        "ICR_DATABASE_URL": empty_url,
        "ICR_FORWARDED_ALLOW_IPS": "127.0.0.1",
        "ICR_RATE_PER_ADDRESS": "1200/minute",
        "ICR_RATE_PER_CREDENTIAL": "600/minute",
    }
    run = partial(CliRunner().invoke, program(), ["serve", "--workers", "2"], env=environment)
    result = await asyncio.to_thread(run)
    get_settings.cache_clear()
    assert result.exit_code == 2
    assert "ICR_RATE_STORE_URL" in result.stderr
    assert "redis://host:6379" in result.stderr
