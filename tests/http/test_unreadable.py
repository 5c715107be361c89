"""What is no HTTP, sent over a plain connection: refused with a problem document as well."""

import asyncio
import json

import httpx
import pytest

from tests.support.streams import SECONDS, running


async def answer_to(base: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes; return the status, the headers and the body of what comes until the end."""
    address = httpx.URL(base)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(sent)
    async with asyncio.timeout(SECONDS):
        came = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize(
    "line",
    [
        "GET /v1/sites?q=Cẩm HTTP/1.1".encode(),
        b"GET /v1/sites?q=\xff\xfe HTTP/1.1",
        b"GET /v1/si\x00tes HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
        b"BREW!! / HTTP/1.1",
        b"GET /v1/sites HTTP/1.1\r\nNo colon",
        b"GET /v1/sites HTTP/1.1\r\nA\x00B: c",
        b"POST /v1/sites HTTP/1.1\r\nContent-Length: x",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_what_cannot_be_read_is_refused(empty_url: str, line: bytes) -> None:
    async with running(empty_url) as service:
        status, headers, body = await answer_to(service.base, line + b"\r\nHost: x\r\n\r\n")
        assert status == 400
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        assert int(headers["content-length"]) == len(body)
        problem = json.loads(body)
        assert problem["status"] == 400
        assert problem["type"] == "/problems/bad-request"
        assert problem["title"]
        assert "%XX" in problem["detail"]
        # The next connection is served as if nothing had been.
        async with service.client() as client:
            assert (await client.get("/livez")).status_code == 200
