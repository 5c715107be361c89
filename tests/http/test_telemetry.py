"""Ids of requests, lines in the log, and headers for browsers."""

import logging
from typing import Any

import httpx
import pytest

from app.access.keys import ApiKey
from tests.support.serving import application

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    "given",
    [
        "a",
        "550e8400-e29b-41d4-a716-446655440000",
        "0a" * 64,
        "Root=1-67891233-abcdef012345678912345678",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ],
)
async def test_the_id_of_a_request_is_taken_over(client: httpx.AsyncClient, given: str) -> None:
    response = await client.get("/livez", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given",
    [
        *("", "0" * 129, "a b", 'a"b', "<a>", "ă".encode().decode("latin1")),
        # Credentials: a key, a part of it, one as nobody issued it, and a token.
        *(ApiKey("a" * 10, "Zz9" * 13 + "Z").text, "Zz9" * 13 + "Z"),
        *("icr_abc", "ICR_abc", "trace=icr_abc", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
    ],
)
async def test_what_is_no_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    headers = [(b"x-request-id", given.encode("latin1"))]
    made = [(await client.get("/livez", headers=headers)).headers["x-request-id"] for _ in (1, 2)]
    assert [len(one) for one in made] == [32, 32]
    assert made[0] != made[1]


async def test_one_line_tells_of_a_request_and_nothing_secret(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "icr.requests")
    headers = {"Authorization": "Bearer geheim-1234567890", "X-Request-ID": "seven"}
    await client.get("/v1/sites/nowhere?as_of=2024-01-01", headers=headers)
    (line,) = [record for record in caplog.records if record.name == "icr.requests"]
    told: dict[str, Any] = line.__dict__["request"]
    assert told.pop("milliseconds") > 0
    assert told == {
        "request_id": "seven",
        "method": "GET",
        "path": "/v1/sites/nowhere",
        "route": "/v1/sites/{site_id}",
        # The credentials are no key that was given out.
        "status": 401,
        "client": "127.0.0.1",
    }


async def test_probes_that_succeed_are_not_told(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "icr.requests")
    await client.get("/livez")
    assert not caplog.records


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/sites", 200), ("/v1/sites/nowhere", 404), ("/nothing", 404)]
)
async def test_browsers_are_told_what_an_answer_is_not_for(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    response = await client.get(path)
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["content-security-policy"] == API_POLICY
    assert "strict-transport-security" not in response.headers


async def test_pages_may_run_their_own_scripts_only(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self';" in policy
    assert "http" not in policy


async def test_browsers_are_told_to_use_https_where_asked_for(empty_url: str) -> None:
    async with application(empty_url, hsts_seconds=31_536_000) as client:
        told = (await client.get("/livez")).headers["strict-transport-security"]
    assert told == "max-age=31536000; includeSubDomains"
