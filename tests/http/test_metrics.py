"""What Prometheus is told."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.serving import application, coming_from, started_anew


@pytest.fixture
async def seeded_client(seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to an application of the test's own, which has counted nothing yet."""
    async with started_anew(seeded_url) as app, coming_from("127.0.0.1", app) as found:
        yield found


Name = tuple[str, tuple[tuple[str, str], ...]]
Figures = dict[Name, float]


async def figures(client: httpx.AsyncClient) -> Figures:
    """Read the figures as Prometheus does."""
    response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def requests(route: str, status: int = 200, method: str = "GET") -> Name:
    labels = (("method", method), ("route", route), ("status", str(status)))
    return "icr_http_requests_total", labels


async def test_requests_are_counted_by_the_template_of_their_route(
    seeded_client: httpx.AsyncClient,
) -> None:
    for name in ("ccn-quang-chu", "ccn-cam-giang", "nowhere"):
        await seeded_client.get(f"/v1/sites/{name}")
    await seeded_client.get("/v1/sites/ccn-quang-chu", headers={"Accept-Encoding": "gzip"})
    await seeded_client.head("/v1/sites/ccn-quang-chu")
    await seeded_client.get("/nothing/here")
    await seeded_client.request("MAKEUP", "/v1/sites")
    found = await figures(seeded_client)
    template = "/v1/sites/{site_id}"
    assert found[requests(template)] == 3
    assert found[requests(template, 404)] == 1
    assert found[requests(template, method="HEAD")] == 1
    assert found[requests("unmatched", 404)] == 1
    timed = (("method", "GET"), ("route", template))
    assert found["icr_http_request_seconds_count", timed] == 4
    assert found["icr_http_request_seconds_bucket", (("le", "+Inf"), *timed)] == 4
    assert not [name for name, labels in found if ("method", "MAKEUP") in labels]
    # The request for the figures is one itself.
    assert found["icr_http_requests_in_progress", ()] == 1
    assert found["icr_database_connections_in_use", ()] == 0


async def test_the_register_is_told(seeded_client: httpx.AsyncClient) -> None:
    latest = (await seeded_client.get("/v1/revisions?limit=1")).json()["items"][0]["number"]
    found = await figures(seeded_client)
    assert found["icr_revision", ()] == latest
    for projection in ("site_version", "project_version", "observation"):
        label = (("projection", projection),)
        assert found["icr_projection_rows", label] > 0
        assert 0 < found["icr_projection_revision", label] <= latest


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("allowed", "address", "status"),
    [
        ("127.0.0.0/8,::1", "127.0.0.1", 200),
        ("127.0.0.0/8,::1", "::1", 200),
        ("127.0.0.0/8,::1", "10.0.0.1", 404),
        ("10.0.0.0/8", "10.0.0.1", 200),
        ("10.0.0.0/8", "127.0.0.1", 404),
        ("10.0.0.0/8", "no address", 404),
        ("*", "10.0.0.1", 200),
    ],
)
async def test_only_named_addresses_may_read(
    empty_url: str, allowed: str, address: str, status: int
) -> None:
    async with application(empty_url, address=address, metrics_allow_ips=allowed) as client:
        assert (await client.get("/metrics")).status_code == status
