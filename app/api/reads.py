"""What all answers have in common: entity tags, 304, HEAD, OPTIONS, compression.

Bodies that come in one piece get the tag of their bytes. A stream passes through piece by piece; it
has a tag only if its route gives one, as a function of the request and the revision.
"""

from anyio import CancelScope
from anyio.lowlevel import checkpoint
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.api.codings import preferred_coding
from app.api.entity_tags import coded, is_known, tag_of
from app.api.methods import PathMethods
from app.api.routes import MERGE_PATCH

_OK = 200
_NOT_MODIFIED = 304
# What RFC 9110 (15.4.5) asks a 304 to repeat; everything else the client has already.
_KEPT = {b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary"}

for _media_type in ("application/problem+json", "text/csv"):
    add_compress_type(_media_type)


class ReadMiddleware:
    """Answers OPTIONS, and HEAD like GET; tags, revalidates and compresses answers."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app
        self._compressing = CompressMiddleware(app)
        self._tagging = _TaggingMiddleware(app)
        self._tagging_and_compressing = CompressMiddleware(self._tagging)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS" and (allowed := _methods_at(scope)):
            await _options(allowed)(scope, receive, send)
            return
        headers = Headers(scope=scope)
        coding = preferred_coding(", ".join(headers.getlist("accept-encoding")))
        if coding:
            scope = _accepting(scope, coding)
        if method not in {"GET", "HEAD"}:
            await (self._compressing if coding else self._app)(scope, receive, send)
            return
        known = ", ".join(headers.getlist("if-none-match"))
        with CancelScope() as running:
            answer = _Answer(send, running, known, is_head=method == "HEAD")
            app = self._tagging_and_compressing if coding else self._tagging
            await app({**scope, "method": "GET"}, receive, answer.send)


def _methods_at(scope: Scope) -> list[str]:
    methods: PathMethods = scope["app"].state.methods
    return methods.at(scope["path"])


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
    """Tell whether an answer is a success without a tag; one without a length is a stream."""
    names = {name.lower() for name, _ in head["headers"]}
    return head["status"] == _OK and b"content-length" in names and b"etag" not in names


class _Answer:
    """The answer to GET or HEAD on its way out, when all of its headers are known."""

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
        headers = MutableHeaders(raw=list(message["headers"]))
        if "accept-encoding" not in headers.get("vary", "").lower():
            headers.add_vary_header("Accept-Encoding")
        head = {**message, "headers": headers.raw}
        is_stream = "content-length" not in headers
        if message["status"] == _OK and self._is_unchanged(headers):
            kept = [header for header in headers.raw if header[0] in _KEPT]
            await self._end({**head, "status": _NOT_MODIFIED, "headers": kept}, is_stream)
        elif self._is_head:
            await self._end(head, is_stream)
        else:
            await self._send(head)

    def _is_unchanged(self, headers: MutableHeaders) -> bool:
        """Complete the headers of a success, and tell whether the client has it already."""
        headers.setdefault("Cache-Control", "no-cache")
        tag = headers.get("etag")
        if tag is not None:
            tag = headers["etag"] = coded(tag, headers.get("content-encoding"))
        return bool(self._known) and is_known(self._known, tag)

    async def _end(self, head: Message, is_stream: bool) -> None:
        """Send an answer without its body, and stop a stream: nobody reads the rest of it."""
        self._is_complete = True
        await self._send(head)
        await self._send({"type": "http.response.body", "body": b""})
        if is_stream:
            self._running.cancel()
            await checkpoint()
