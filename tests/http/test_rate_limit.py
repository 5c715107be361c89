"""Limits of the rate: by address and by credential, told in headers, shared by a store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.support.registers import Templates, prepare_empty
from tests.support.serving import coming_from, started_anew
from tests.support.valkey import valkey_server

TYPE = "application/problem+json"


@asynccontextmanager
async def limited(
    templates: Templates, address: str = "10.0.0.1", **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client that comes from an address."""
    async with (
        templates.copy("sqlite", prepare_empty) as url,
        started_anew(url, **settings) as app,
        coming_from(address, app) as client,
    ):
        yield client


def from_address(client: httpx.AsyncClient, address: str) -> None:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    transport.client = (address, 1)


async def test_what_is_left_is_told_and_one_too_many_is_refused(templates: Templates) -> None:
    async with limited(templates, rate_per_address="3/day") as client:
        for left in (2, 1, 0):
            response = await client.get("/v1/sites")
            assert response.status_code == 200
            assert response.headers["ratelimit-policy"] == '"address";q=3;w=86400'
            assert response.headers["ratelimit"].startswith(f'"address";r={left};t=')
        refused = await client.get("/v1/sites")
        assert refused.status_code == 429
        assert refused.headers["content-type"] == TYPE
        # A quota of three a day fills by one in eight hours, and the test takes minutes at most.
        assert 28_000 < int(refused.headers["retry-after"]) <= 28_800
        assert refused.headers["ratelimit"].startswith('"address";r=0;t=')
        problem = refused.json()
        assert problem["type"] == "/problems/too-many-requests"
        assert problem["violated_policies"] == ["address"]
        assert "3 requests in 86400 seconds" in problem["detail"]
        from_address(client, "10.0.0.2")
        assert (await client.get("/v1/sites")).status_code == 200


async def test_without_limits_nothing_is_said_of_them(templates: Templates) -> None:
    async with limited(templates) as client:
        assert "ratelimit" not in (await client.get("/v1/sites")).headers


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_are_not_counted(templates: Templates, path: str) -> None:
    async with limited(templates, "127.0.0.1", rate_per_address="1/day") as client:
        for _ in range(3):
            assert (await client.get(path)).status_code == 200


async def test_a_credential_is_counted_wherever_it_comes_from(templates: Templates) -> None:
    async with limited(templates, rate_per_credential="2/day") as client:
        headers = {"Authorization": "Bearer the-same"}
        for number in (1, 2):
            from_address(client, f"10.0.0.{number}")
            response = await client.get("/v1/sites", headers=headers)
            assert response.headers["ratelimit-policy"] == '"credential";q=2;w=86400'
        from_address(client, "10.0.0.3")
        assert (await client.get("/v1/sites", headers=headers)).status_code == 429
        other = await client.get("/v1/sites", headers={"Authorization": "Bearer another"})
        assert other.status_code != 429
        # Without a credential there is nothing to count here.
        assert "ratelimit" not in (await client.get("/v1/sites")).headers


async def test_made_up_credentials_do_not_evade_the_limit_of_the_address(
    templates: Templates,
) -> None:
    async with limited(templates, rate_per_address="3/day", rate_per_credential="9/day") as client:
        statuses = []
        for number in range(5):
            headers = {"Authorization": f"Bearer made-up-{number}"}
            statuses.append((await client.get("/v1/sites", headers=headers)).status_code)
        assert 429 not in statuses[:3]
        assert statuses[3:] == [429, 429]


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
async def test_addresses_of_one_ipv6_network_are_one(
    templates: Templates, first: str, second: str, is_same: bool
) -> None:
    async with limited(templates, first, rate_per_address="1/day") as client:
        assert (await client.get("/v1/sites")).status_code == 200
        from_address(client, second)
        assert (await client.get("/v1/sites")).status_code == (429 if is_same else 200)


async def test_a_refusal_is_counted(templates: Templates) -> None:
    async with limited(templates, "127.0.0.1", rate_per_address="1/day") as client:
        for _ in range(3):
            await client.get("/v1/sites")
        figures = (await client.get("/metrics")).text
        assert 'icr_rate_limited_total{policy="address"} 2.0' in figures


async def test_services_with_one_store_count_together(templates: Templates) -> None:
    async with (
        valkey_server() as url,
        limited(templates, rate_per_address="3/day", rate_store_url=url) as one,
        limited(templates, rate_per_address="3/day", rate_store_url=url) as other,
    ):
        statuses = [(await client.get("/v1/sites")).status_code for client in (one, other) * 2]
        assert statuses == [200, 200, 200, 429]


async def test_without_its_store_a_service_counts_by_itself(templates: Templates) -> None:
    async with limited(
        # Nothing listens there: the port is reserved for discarding.
        templates,
        rate_per_address="2/day",
        rate_store_url="redis://127.0.0.1:9/0",
    ) as client:
        statuses = [(await client.get("/v1/sites")).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


async def test_a_credential_is_the_same_however_it_is_sent(templates: Templates) -> None:
    async with limited(templates, rate_per_credential="2/day") as client:
        for scheme in ("Bearer ", "bearer   "):
            assert (
                await client.get("/v1/sites", headers={"Authorization": f"{scheme}one"})
            ).status_code != 429
        for number in range(2):
            headers = {"Authorization": "BEARER one", "X-API-Key": f"other-{number}"}
            assert (await client.get("/v1/sites", headers=headers)).status_code == 429
