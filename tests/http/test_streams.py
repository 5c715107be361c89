"""Streams pass through piece by piece, with the tags that their routes give, and end when told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import shake_256
from typing import Any

import brotli
import pytest
import zstandard
from anyio import Event, create_task_group, fail_after
from anyio.lowlevel import checkpoint
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope

from app.http.conditional_requests import ConditionalRequestMiddleware
from app.http.route_index import RouteIndex

TAG = '"revision-7"'


def line(number: int) -> bytes:
    """Return a line that no compression makes shorter."""
    return shake_256(str(number).encode()).digest(1000)


@dataclass
class Seen:
    """What a client got so far, and how far the stream is."""

    messages: list[Message] = field(default_factory=list)
    made: int = 0
    is_closed: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def streaming(seen: Seen, lines: int | None = 100, wait: Event | None = None) -> FastAPI:
    """Make an application with streams: of so many lines or without end, or one that waits."""
    app = FastAPI()
    app.add_middleware(ConditionalRequestMiddleware, routes=RouteIndex([]))

    async def content() -> AsyncIterator[bytes]:
        try:
            while lines is None or seen.made < lines:
                if wait:
                    await wait.wait()
                seen.made += 1
                yield line(seen.made)
                await checkpoint()
        finally:
            seen.is_closed = True

    @app.get("/tagged")
    async def tagged() -> StreamingResponse:
        return StreamingResponse(content(), headers={"ETag": TAG}, media_type="text/csv")

    @app.get("/untagged")
    async def untagged() -> StreamingResponse:
        return StreamingResponse(content(), media_type="text/csv")

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(content(), media_type="text/event-stream")

    return app


async def ask(app: FastAPI, seen: Seen, path: str, method: str = "GET", **headers: str) -> None:
    """Ask an application as a server does, and keep each message as it comes."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()],
    }

    async def receive() -> Message:
        await Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        seen.messages.append(message)

    with fail_after(10):
        await app(scope, receive, send)


@pytest.mark.parametrize("path", ["/tagged", "/untagged"])
async def test_pieces_stay_pieces(path: str) -> None:
    seen = Seen()
    await ask(streaming(seen), seen, path)
    pieces = [message["body"] for message in seen.messages[1:]]
    assert pieces == [*map(line, range(1, 101)), b""]
    assert "content-length" not in seen.headers
    assert seen.headers.get("etag") == (TAG if path == "/tagged" else None)
    assert seen.headers["cache-control"] == "no-cache"


async def test_compressed_streams_are_not_gathered() -> None:
    seen = Seen()
    await ask(streaming(seen, lines=1000), seen, "/tagged", accept_encoding="zstd")
    assert seen.headers["content-encoding"] == "zstd"
    assert seen.headers["etag"] == '"revision-7-zstd"'
    assert zstandard.ZstdDecompressor().decompressobj().decompress(seen.body) == b"".join(
        map(line, range(1, 1001))
    )
    assert len([message for message in seen.messages if message.get("more_body")]) > 5


@pytest.mark.parametrize("accepted", ["identity", "br"])
async def test_events_arrive_one_by_one(accepted: str) -> None:
    seen, wait = Seen(), Event()
    app = streaming(seen, lines=1, wait=wait)
    async with create_task_group() as tasks:

        async def run() -> None:
            await ask(app, seen, "/events", accept_encoding=accepted)

        tasks.start_soon(run)
        with fail_after(10):
            while not seen.messages:
                await checkpoint()
        # The head of the answer is there before the first event.
        assert seen.made == 0
        assert seen.headers["content-type"].startswith("text/event-stream")
        wait.set()
    body = seen.body if accepted == "identity" else brotli.decompress(seen.body)
    assert body == line(1)


@pytest.mark.parametrize("known", [TAG, "*", f'"other", W/{TAG}'])
async def test_a_stream_that_is_known_is_not_made(known: str) -> None:
    seen = Seen()
    await ask(streaming(seen, lines=None), seen, "/tagged", if_none_match=known)
    assert [message["type"] for message in seen.messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert seen.messages[0]["status"] == 304
    assert seen.headers == {"etag": TAG, "cache-control": "no-cache", "vary": "Accept-Encoding"}
    assert seen.body == b""
    assert seen.made <= 1


async def test_the_tag_of_a_compressed_stream_is_known() -> None:
    seen = Seen()
    headers = {"accept_encoding": "gzip", "if_none_match": '"revision-7-gzip"'}
    await ask(streaming(seen, lines=None), seen, "/tagged", **headers)
    assert seen.messages[0]["status"] == 304
    assert seen.headers["etag"] == '"revision-7-gzip"'


@pytest.mark.parametrize("path", ["/tagged", "/untagged", "/events"])
@pytest.mark.parametrize("accepted", ["identity", "gzip"])
async def test_head_does_not_make_the_stream(path: str, accepted: str) -> None:
    full, head = Seen(), Seen()
    await ask(streaming(full, lines=1), full, path, accept_encoding=accepted)
    await ask(streaming(head, lines=None), head, path, "HEAD", accept_encoding=accepted)
    assert head.headers == full.headers
    assert head.messages[0]["status"] == 200
    assert head.body == b""
    assert [message.get("more_body", False) for message in head.messages] == [False, False]
    assert head.made <= 1


async def test_head_of_events_does_not_wait_for_one() -> None:
    seen = Seen()
    await ask(streaming(seen, wait=Event()), seen, "/events", "HEAD")
    assert seen.messages[0]["status"] == 200
    assert seen.made == 0


async def test_a_stream_that_was_stopped_is_closed() -> None:
    """What it holds, such as a connection, is given back."""
    seen = Seen()
    await ask(streaming(seen, lines=None), seen, "/untagged", "HEAD", accept_encoding="gzip")
    assert seen.made == 1
    with fail_after(10):
        while not seen.is_closed:
            await checkpoint()


async def test_a_short_answer_with_background_work_is_not_stopped() -> None:
    app, done = FastAPI(), []
    app.add_middleware(ConditionalRequestMiddleware, routes=RouteIndex([]))

    @app.get("/")
    async def root() -> Any:
        async def work() -> None:
            await checkpoint()
            done.append(1)

        response = StreamingResponse(iter([b"one"]), headers={"Content-Length": "3"})
        response.background = work  # type: ignore[assignment]
        return response

    seen = Seen()
    await ask(app, seen, "/", "HEAD")
    assert seen.headers["content-length"] == "3"
    assert "etag" not in seen.headers
    assert done == [1]
