"""What all responses have in common: 304, HEAD, OPTIONS, compression."""

from functools import partial

from anyio import CancelScope
from anyio.lowlevel import checkpoint
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.http.entity_tags import is_known, preferred_coding
from app.http.route_index import RouteIndex
from app.http.writing import MERGE_PATCH

_OK = 200
_NOT_MODIFIED = 304
# What RFC 9110 (15.4.5) requires a 304 to repeat; everything else the client has already.
KEPT_BY_304 = {
    *(b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary"),
    # Whoever has the answer has not gone back in time either.
    b"register-revision",
}
for _media_type in ("application/problem+json", "text/csv"):
    add_compress_type(_media_type)


class ConditionalRequestMiddleware:
    """Answers OPTIONS, and HEAD like GET; revalidates and compresses answers."""

    def __init__(self, app: ASGIApp, routes: RouteIndex) -> None:
        """Wrap an application; its routes say which methods a path has."""
        self._app = app
        self._routes = routes
        self._compressing = CompressMiddleware(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS" and (allowed := self._routes.methods_at(scope["path"])):
            await _options(allowed)(scope, receive, send)
            return
        app, given = self._app, Headers(scope=scope)
        # Several lines of a header mean one list.
        if coding := preferred_coding(", ".join(given.getlist("accept-encoding"))):
            # Just the coding that is to be applied: the library would not look at preferences.
            others = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            scope = {**scope, "headers": [*others, (b"accept-encoding", coding.encode())]}
            app = self._compressing
        known = ", ".join(given.getlist("if-none-match"))
        if method not in {"GET", "HEAD"}:
            await app(scope, receive, send)
        elif method == "GET" and not known:
            await app(scope, receive, partial(_complete, send))
        else:
            with CancelScope() as running:
                answer = _ShortAnswer(send, running, known, is_head=method == "HEAD")
                await app({**scope, "method": "GET"}, receive, answer.send)


def _options(allowed: list[str]) -> Response:
    headers = {"Allow": ", ".join(allowed)}
    if "PATCH" in allowed:
        headers["Accept-Patch"] = MERGE_PATCH
    return Response(status_code=204, headers=headers)


class _ShortAnswer:
    """The answer to HEAD, or to a client that may have it already: no more than its headers."""

    def __init__(self, send: Send, running: CancelScope, known: str, *, is_head: bool) -> None:
        self._send = send
        self._running = running
        self._known = known
        self._is_head = is_head
        self._is_complete = False

    async def send(self, message: Message) -> None:
        if self._is_complete:
            return
        if message["type"] != "http.response.start":
            await self._send(message)
            return
        headers = _completed(message)
        head = {**message, "headers": headers}
        values = dict(headers)
        is_stream = b"content-length" not in values
        if message["status"] == _OK and self._has(values.get(b"etag")):
            kept = [header for header in headers if header[0] in KEPT_BY_304]
            await self._end({**head, "status": _NOT_MODIFIED, "headers": kept}, is_stream)
        elif self._is_head:
            await self._end(head, is_stream)
        else:
            await self._send(head)

    def _has(self, tag: bytes | None) -> bool:
        """Return whether the client has the answer already."""
        return bool(self._known) and is_known(self._known, tag.decode("latin-1") if tag else None)

    async def _end(self, head: Message, is_stream: bool) -> None:
        """Send an answer without its body, and stop a stream: nobody reads the rest of it."""
        self._is_complete = True
        await self._send(head)
        await self._send({"type": "http.response.body", "body": b""})
        if is_stream:
            self._running.cancel()
            await checkpoint()


async def _complete(send: Send, message: Message) -> None:
    """Send a part of the answer to GET, with all of its headers."""
    if message["type"] == "http.response.start":
        message = {**message, "headers": _completed(message)}
    await send(message)


def _completed(head: Message) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with what all answers have.

    They are read as they are, lower-case bytes: any wrapping costs more than all the rest.
    """
    headers: list[tuple[bytes, bytes]] = list(head["headers"])
    values = dict(headers)
    if b"accept-encoding" not in values.get(b"vary", b"").lower():
        headers.append((b"vary", b"Accept-Encoding"))
    if head["status"] not in {_OK, _NOT_MODIFIED}:
        return headers
    if b"cache-control" not in values:
        headers.append((b"cache-control", b"no-cache"))
    tag, coding = values.get(b"etag"), values.get(b"content-encoding")
    if tag and coding:
        headers.remove((b"etag", tag))
        headers.append((b"etag", b'%b-%b"' % (tag[:-1], coding)))
    return headers
