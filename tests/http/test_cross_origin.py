"""Pages of other origins: let in by name only."""

import httpx
import pytest

from tests.support.serving import application

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])
ORIGIN = "https://maps.example.org"
ASKING = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}


async def test_no_page_is_let_in_by_default(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/sites", headers={"Origin": ORIGIN})
    assert not [name for name in response.headers if name.startswith("access-control")]
    asked = await client.options("/v1/sites/x", headers=ASKING)
    assert not [name for name in asked.headers if name.startswith("access-control")]


async def test_a_named_origin_may_read_what_it_needs(empty_url: str) -> None:
    async with application(
        empty_url, cors_origins=f"{ORIGIN}, https://b.example.org", rate_per_address="2/day"
    ) as client:
        headers = {"Origin": ORIGIN}
        response = await client.get("/v1/sites", headers=headers)
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in response.headers
        exposed = response.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Link", "RateLimit", "X-Request-ID"} < set(exposed)
        assert {part.strip() for part in response.headers["vary"].split(",")} == {
            "Accept-Encoding",
            "Origin",
        }
        headers["If-None-Match"] = response.headers["etag"]
        known = await client.get("/v1/sites", headers=headers)
        assert (known.status_code, known.headers["access-control-allow-origin"]) == (304, ORIGIN)
        refused = await client.get("/v1/sites", headers=headers)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (
            429,
            ORIGIN,
        )


async def test_a_named_origin_may_ask_what_it_may_send(empty_url: str) -> None:
    async with application(empty_url, cors_origins=ORIGIN) as client:
        asked = await client.options(
            "/v1/sites/x", headers=ASKING | {"Access-Control-Request-Headers": "If-Match"}
        )
        assert asked.status_code == 200
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        stranger = await client.options("/v1/sites/x", headers=ASKING | {"Origin": "https://x.org"})
        assert stranger.status_code == 400
        assert "access-control-allow-origin" not in stranger.headers


async def test_pages_may_send_and_read_the_token_of_the_revision(empty_url: str) -> None:
    async with application(empty_url, cors_origins=ORIGIN) as client:
        wanted = {"Access-Control-Request-Headers": "Register-Revision"}
        assert (await client.options("/v1/sites", headers=ASKING | wanted)).status_code == 200
        answer = await client.get("/v1/sites", headers={"Origin": ORIGIN})
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"Accept-Patch", "Accept-Post", "Allow", "Register-Revision"} < exposed
