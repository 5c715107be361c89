"""What all responses have in common: entity tags, 304, HEAD, OPTIONS, compression.

Bodies that come in one piece get the tag of their bytes. A stream passes through piece by piece; it
has a tag only if its route gives one, as a function of the request and the revision.
"""

from anyio import CancelScope
from anyio.lowlevel import checkpoint
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.http.entity_tags import coded, is_known, joined, preferred_coding, tag_of
from app.http.route_index import RouteIndex
from app.http.strict_routes import MERGE_PATCH

_OK = 200
_NOT_MODIFIED = 304
# What RFC 9110 (15.4.5) requires a 304 to repeat; everything else the client has already.
_KEPT = {
    *(b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary"),
    # Whoever has the answer has not gone back in time either.
    b"register-revision",
}
for _media_type in ("application/problem+json", "text/csv"):
    add_compress_type(_media_type)


class ConditionalRequestMiddleware:
    """Answers OPTIONS, and HEAD like GET; tags, revalidates and compresses answers."""

    def __init__(self, app: ASGIApp, routes: RouteIndex) -> None:
        """Wrap an application; its routes say which methods a path has."""
        self._app = app
        self._routes = routes
        self._compressing = CompressMiddleware(app)
        self._tagging = _TaggingMiddleware(app)
        self._tagging_and_compressing = CompressMiddleware(self._tagging)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS" and (allowed := self._routes.methods_at(scope["path"])):
            await _options(allowed)(scope, receive, send)
            return
        coding = preferred_coding(joined(scope, b"accept-encoding"))
        if coding:
            scope = _accepting(scope, coding)
        if method not in {"GET", "HEAD"}:
            await (self._compressing if coding else self._app)(scope, receive, send)
            return
        app = self._tagging_and_compressing if coding else self._tagging
        known = joined(scope, b"if-none-match")
        if method == "GET" and not known:
            await app(scope, receive, _Answer(send).send)
            return
        with CancelScope() as running:
            answer = _ShortAnswer(send, running, known, is_head=method == "HEAD")
            await app({**scope, "method": "GET"}, receive, answer.send)


def _options(allowed: list[str]) -> Response:
    headers = {"Allow": ", ".join(allowed)}
    if "PATCH" in allowed:
        headers["Accept-Patch"] = MERGE_PATCH
    return Response(status_code=204, headers=headers)


def _accepting(scope: Scope, coding: str) -> Scope:
    """Leave just the coding that is to be applied: the library would not look at preferences."""
    others = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
    return {**scope, "headers": [*others, (b"accept-encoding", coding.encode())]}


class _TaggingMiddleware:
    """Tags successful answers by their bytes, before any compression."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _Tagging(send).send)


class _Tagging:
    """Holds the head of an answer back until its body is there, if that comes in one piece."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _wants_tag(message):
                self._held = message
                return
        elif self._held is not None:
            head, self._held = self._held, None
            if message["type"] == "http.response.body" and not message.get("more_body"):
                tag = tag_of(message.get("body", b""))
                head["headers"] = [*head["headers"], (b"etag", tag.encode())]
            await self._send(head)
        await self._send(message)


def _wants_tag(head: Message) -> bool:
    """Return whether an answer is a success without a tag; one without a length is a stream."""
    if head["status"] != _OK:
        return False
    names = [name for name, _ in head["headers"]]
    return b"content-length" in names and b"etag" not in names


class _Answer:
    """The answer to GET on its way out, when all of its headers are known."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _completed(message)}
        await self._send(message)


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
            kept = [header for header in headers if header[0] in _KEPT]
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
    if b"etag" in values and b"content-encoding" in values:
        tag = coded(values[b"etag"].decode("latin-1"), values[b"content-encoding"].decode())
        headers = [header for header in headers if header[0] != b"etag"]
        headers.append((b"etag", tag.encode("latin-1")))
    return headers
