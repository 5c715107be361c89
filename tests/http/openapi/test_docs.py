"""The documentation page works without internet access."""

import json
import re

import httpx
import pytest

from openapi.contract.openapi30 import as_openapi_30
from tests.support.operations import DOCUMENT

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
_REFERENCE = re.compile(r'(?:src|href)="([^"]+)"')


async def test_the_page_refers_to_nothing_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    found = _REFERENCE.findall(page.text)
    assert len(found) == 5
    for reference in found:
        assert not re.match(r"[a-z]+:|//", reference)
        answer = await client.get(page.url.join(reference))
        assert answer.status_code == 200, reference
        assert answer.content
    assert "://" not in page.text


async def test_no_script_or_style_stands_in_the_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert all(not text.strip() for text in re.findall(r"<script[^>]*>(.*?)</script>", page))
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"\son[a-z]+=", page)


async def test_the_script_asks_for_the_document_of_the_service(client: httpx.AsyncClient) -> None:
    script = (await client.get("/docs/page/start.js")).text
    assert 'url: "openapi.json"' in script
    assert "validatorUrl: null" in script
    assert "http" not in script
    document = await client.get("/openapi.json")
    assert document.json() == json.loads(json.dumps(DOCUMENT))


async def test_the_older_document_is_served_beside_it(client: httpx.AsyncClient) -> None:
    older = await client.get("/openapi-3.0.json")
    assert older.headers["content-type"] == "application/json"
    assert older.json() == json.loads(json.dumps(as_openapi_30(DOCUMENT)))
    again = await client.get("/openapi-3.0.json", headers={"If-None-Match": older.headers["etag"]})
    assert again.status_code == 304


async def test_what_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    for path in ("/docs/swagger/none.js", "/docs/page/../../main.py", "/redoc", "/docs/page/"):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.head("/docs")).status_code == 200
    assert (await client.post("/docs")).status_code == 405
