"""References in answers are relative to the request, and long ones are left out."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.settings import Settings
from app.http.references import relative
from app.main import create_app
from tests.support.http import as_problem, register

pytestmark = pytest.mark.databases("sqlite")
PREFIX = "https://host.example/below/here"


@pytest.fixture
async def bare(sourced_client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client that sees the heads of answers as they are sent."""
    headers = {"authorization": sourced_client.headers["authorization"]}
    async with httpx.AsyncClient(
        transport=sourced_client._transport, base_url="http://register", headers=headers
    ) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "target", "reference"),
    [
        ("/v1/sites", "/v1/sites/a", "sites/a"),
        ("/v1/sites/a/statements", "/v1/statements/7-1", "../../statements/7-1"),
        ("/v1/sites/a", "/v1/sites/a", "a"),
        (
            "/v1/organizations/a/roles",
            "/v1/organizations/b/roles?as_of=2020",
            "../b/roles?as_of=2020",
        ),
        ("/sign-in", "/", "./"),
        ("/provinces", "/#provinces", "./#provinces"),
        ("/a/b", "/?back=/c/d", "../?back=/c/d"),
        ("/a", "/b:c", "./b:c"),
        ("/a", "//other/b", "//other/b"),
        ("/a", "https://other/b", "https://other/b"),
        ("*", "/b", "/b"),
    ],
)
def test_references_are_relative(path: str, target: str, reference: str) -> None:
    assert relative(path, target) == reference


_PATHS = st.builds(
    lambda parts, end: "/" + "".join(f"{part}/" for part in parts) + end,
    st.lists(st.sampled_from(["a", "b", "c:d", "%2F"]), max_size=4),
    st.sampled_from(["", "a", "b", "c:d"]),
)


@given(path=_PATHS, target=_PATHS, query=st.sampled_from(["", "?q=/x", "#f"]))
def test_references_lead_where_they_should_below_every_path(
    path: str, target: str, query: str
) -> None:
    found = urljoin(PREFIX + path, relative(path, target + query))
    assert urlsplit(found) == urlsplit(PREFIX + target + query)


async def test_what_was_created_is_found_below_a_path(bare: httpx.AsyncClient) -> None:
    body = {"id": "linked", "kind": "article", "title": "Linked"}
    made = await bare.post("/v1/sources", json=body)
    assert made.headers["location"] == "sources/linked"
    headers = {"idempotency-key": "once"}
    body = {"id": "linked-2", "kind": "article", "title": "Linked"}
    for _ in range(2):
        made = await bare.post("/v1/sources", json=body, headers=headers)
        assert made.headers["location"] == "sources/linked-2"
    assert made.headers["idempotent-replayed"] == "true"


async def test_the_next_page_is_the_same_address_with_another_query(
    bare: httpx.AsyncClient,
) -> None:
    for name in ("first", "second"):
        await register(bare, name)
    page = await bare.get("/v1/sites", params={"limit": 1, "kind": "cluster"})
    cursor = page.json()["next_cursor"]
    assert page.headers["link"] == f'<?limit=1&kind=cluster&cursor={cursor}>; rel="next"'
    following = await bare.get(page.url.join(page.links["next"]["url"]))
    assert [item["id"] for item in following.json()["items"]] == ["second"]


async def test_a_link_that_is_too_long_is_left_out(bare: httpx.AsyncClient) -> None:
    for name in ("first", "second"):
        await register(bare, name)
    found = set()
    for count in range(140, 160):
        sent: list[tuple[str, Any]] = [("limit", "1"), *[("kind", "cluster")] * count]
        page = await bare.get("/v1/sites", params=sent)
        cursor = page.json()["next_cursor"]
        query = "&".join(["limit=1", *["kind=cluster"] * count, f"cursor={cursor}"])
        link = f'<?{query}>; rel="next"'
        assert page.headers.get("link") == (link if len(link) <= 2000 else None)
        found.add("link" in page.headers)
        following = await bare.get("/v1/sites", params=[*sent, ("cursor", cursor)])
        assert [item["id"] for item in following.json()["items"]] == ["second"]
    assert found == {True, False}


async def test_the_path_in_a_problem_is_percent_encoded(bare: httpx.AsyncClient) -> None:
    problem = as_problem(await bare.get("/v1/sites/đồng hỷ"), 404)
    assert problem["instance"] == "/v1/sites/%C4%91%E1%BB%93ng%20h%E1%BB%B7"


@pytest.mark.parametrize(("url", "path"), [("", "/"), (f"{PREFIX}", "/below/here")])
async def test_the_documents_name_the_path_of_the_service(url: str, path: str) -> None:
    app = create_app(Settings(public_url=url))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        for document in ("/openapi.json", "/openapi-3.0.json"):
            (server,) = (await client.get(document)).json()["servers"]
            assert server["url"] == path
