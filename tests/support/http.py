"""What the HTTP tests share: writing through HTTP, walking lists, checking refusals."""

from typing import Any
from urllib.parse import unquote

import httpx

from app.database import Database
from tests.support.registers import bearer, beginning_with, get, post, prepare_empty, serving

SOURCES = {
    "decision": "decision",
    "plan": "plan",
    "report": "report",
    "article": "article",
    "other-article": "article",
}
ORGANIZATIONS = {"builder": "Công ty Hạ tầng Đông Á", "board": "Ban quản lý các KCN"}
MERGE_PATCH = {"content-type": "application/merge-patch+json", "if-match": "*"}
MISTAKE = {"reason": "Nhầm", "override_reason": "Bỏ cả thông tin"}
"""The body of a retraction, whatever it takes away."""
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}


@beginning_with(prepare_empty)
async def prepare_sourced(database: Database) -> None:
    """Register sources and organizations to name, but no sites."""
    async with serving(database.url) as client:
        for name, kind in SOURCES.items():
            await post(client, "/v1/sources", {"id": name, "kind": kind, "title": f"The {name}"})
        for key, name in ORGANIZATIONS.items():
            await post(client, "/v1/organizations", {"id": key, "name": name})


def said(effective_from: str, source_id: str = "article", **members: Any) -> dict[str, Any]:
    """Return the body of a statement."""
    return {"source_id": source_id, "effective_from": effective_from, **members}


async def signed_in(
    client: httpx.AsyncClient,
    name: str = "someone",
    role: str = "administrator",
    *provinces: tuple[str, str],
) -> dict[str, str]:
    """Return the credentials of a new key; ``provinces`` are codes, each with a day of its use."""
    rights = [{"code": code, "on": on} for code, on in provinces]
    body = {"name": name, "role": role, "provinces": rights}
    return bearer((await post(client, "/v1/keys", body))["key"])


async def register(
    client: httpx.AsyncClient,
    site_id: str,
    effective_from: str = "2020",
    kind: str = "cluster",
    override_reason: str | None = None,
    **values: Any,
) -> Any:
    """Register a site in Bắc Kạn, or where the values say."""
    values = {"name": site_id, "province_code": "06"} | values
    body = said(effective_from, id=site_id, kind=kind, values=values)
    return await post(client, "/v1/sites", body | {"override_reason": override_reason})


async def register_once(client: httpx.AsyncClient, site_id: str, **values: Any) -> None:
    """Register a site of which everything else will be refused."""
    if (await client.get(f"/v1/sites/{site_id}/statements")).status_code == 404:
        await register(client, site_id, **values)


async def state(
    client: httpx.AsyncClient,
    site_id: str,
    effective_from: str,
    override_reason: str | None = None,
    **values: Any,
) -> Any:
    """State something of a site."""
    body = said(effective_from, values=values, override_reason=override_reason)
    return await post(client, f"/v1/sites/{site_id}/statements", body)


async def observe(
    client: httpx.AsyncClient, code: str, effective_from: str, basis: str, **indicators: Any
) -> Any:
    """State the values of indicators of a province."""
    observations = [{"indicator": name, "value": value} for name, value in indicators.items()]
    body = said(effective_from, basis=basis, observations=observations)
    return await post(client, f"/v1/provinces/{code}/statements", body)


async def read(client: httpx.AsyncClient, url: str) -> Any:
    """Read JSON at an address with its query written out; the answer must be a success."""
    response = await client.get(url)
    assert response.status_code == 200, response.text
    return response.json()


async def latest_revision(client: httpx.AsyncClient) -> int:
    """Return the number of the latest revision."""
    number: int = (await get(client, "/v1/revisions", limit=1))["revision"]
    return number


async def refused(
    client: httpx.AsyncClient, method: str, path: str, status: int, **request: Any
) -> Any:
    """Send a request that must be refused with a problem document, and record nothing."""
    before = await latest_revision(client)
    response = await client.request(method, path, **request)
    problem = as_problem(response, status)
    assert await latest_revision(client) == before
    return problem


def as_problem(response: httpx.Response, status: int) -> Any:
    """Check the form of a refusal (RFC 9457) and return its members."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() >= PROBLEM_MEMBERS
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    assert unquote(problem["instance"]) == response.request.url.path
    assert problem["instance"].isascii()
    return problem


def pointers(problem: Any) -> list[str]:
    """Return which members or parameters a refusal names."""
    return [error.get("pointer") or error.get("parameter") for error in problem["errors"]]


def ids(page: Any) -> list[str]:
    """Return the ids of a page."""
    return [item["id"] for item in page["items"]]


def with_parameters(url: str, **parameters: Any) -> str:
    """Return an address with further query parameters."""
    return str(httpx.URL(url).copy_merge_params(parameters))


async def walk(client: httpx.AsyncClient, url: str) -> list[Any]:
    """Follow a list from page to page by its Link headers and return the pages."""
    response = await client.get(url)
    pages = []
    while True:
        assert response.status_code == 200, response.text
        pages.append(response.json())
        link = response.links.get("next")
        assert bool(link) == (pages[-1]["next_cursor"] is not None)
        if link is None:
            return pages
        assert len(pages) < 200
        response = await client.get(response.url.join(link["url"]))
