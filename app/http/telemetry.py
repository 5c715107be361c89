"""Request id, log line, count and duration of every request, and headers that all answers share.

Log lines hold the path and never the query, the headers or the body, which may hold secrets.
"""

import logging
import re
from random import getrandbits
from time import perf_counter, time

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from app.core.digest import JsonObject
from app.http.admission import is_worked_on
from app.http.metrics import Metrics
from app.http.references import located

_Headers = list[tuple[bytes, bytes]]
_API_POLICY = b"default-src 'none'; frame-ancestors 'none'"
_POLICY = b"content-security-policy"
_HTML = b"text/html"


def page_policy(host: str | None = None) -> str:
    """Return the policy of pages for people: all comes from the service, as files of its own.

    Images and data may come from one more host.
    """
    other = f" {host}" if host else ""
    return (
        f"default-src 'self'; worker-src 'self'; img-src 'self' data: blob:{other}; "
        f"connect-src 'self'{other}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


_PAGE_POLICY = page_policy().encode()


class SecurityHeaders:
    """What is added to every answer, made once."""

    def __init__(self, hsts_seconds: int) -> None:
        """Have browsers use HTTPS only, for so many seconds, unless it is 0."""
        common: _Headers = [(b"x-content-type-options", b"nosniff")]
        if hsts_seconds:
            value = f"max-age={hsts_seconds}; includeSubDomains".encode()
            common.append((b"strict-transport-security", value))
        self._other = [*common, (b"referrer-policy", b"no-referrer")]
        # Without a referrer browsers would not say of forms which origin they come from, either.
        self._page = [*common, (b"referrer-policy", b"same-origin")]

    def of(self, headers: _Headers) -> _Headers:
        """Return what is added to an answer with these headers."""
        values = dict(headers)
        is_page = values.get(b"content-type", b"").startswith(_HTML)
        added = self._page if is_page else self._other
        if _POLICY in values:
            return added
        return [*added, (_POLICY, _PAGE_POLICY if is_page else _API_POLICY)]


_log = logging.getLogger("icr.requests")
_REQUEST_ID = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._:/=+-]{1,128}")
# A key of the register, a token, or as many letters and digits as only a secret has; hexadecimal
# ids may be as long.
_SECRET = re.compile(rb"(?i:icr_)|eyJ|(?![0-9A-Fa-f-]+\Z)[A-Za-z0-9]{40}")
_NOT_MODIFIED = 304
_SERVER_ERROR = 500
# Requested every few seconds by machines; nobody reads that they were answered as always.
_PROBES = {"/livez", "/readyz", "/metrics"}
UNMATCHED = "unmatched"
"""Stands for the route of a request that no route matches."""


class TelemetryMiddleware:
    """Gives every request an id; logs, counts and times it; adds the headers for browsers."""

    def __init__(self, app: ASGIApp, metrics: Metrics, security: SecurityHeaders) -> None:
        """Wrap an application."""
        self._app = app
        self._metrics = metrics
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        # Every line that is logged meanwhile carries it.
        bind_contextvars(request_id=request_id)
        status = _SERVER_ERROR

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = located(list(message.get("headers", ())), scope)
                if status != _NOT_MODIFIED:
                    headers += self._security.of(headers)
                headers.append((_REQUEST_ID, request_id.encode()))
                message = {**message, "headers": headers}
            await send(message)

        started = perf_counter()
        self._metrics.enter()
        try:
            await self._app(scope, receive, send_on)
        finally:
            seconds = perf_counter() - started
            route = scope["state"].get("route", UNMATCHED)
            if is_worked_on(scope):
                self._metrics.look_at_connections()
            self._metrics.leave(scope["method"], route, status, seconds)
            _log_request(scope, route, status, seconds)


def _id_of(scope: Scope) -> str:
    """Return the id that the client or a proxy gave, if it can be no secret, or a new one."""
    for name, value in scope["headers"]:
        if name == _REQUEST_ID and _ID.fullmatch(value) and not _SECRET.search(value):
            return bytes(value).decode("ascii")
    # Nothing depends on that nobody guesses it.
    return f"{getrandbits(128):032x}"


class _RequestRecord(logging.LogRecord):
    """A record as the logger makes it, without looking for the caller in the stack each time."""

    def __init__(self, level: int, request: JsonObject) -> None:
        self.__dict__.update(_RECORD)
        self.levelno, self.levelname = level, logging.getLevelName(level)
        self.created = time()
        self.request = request


_RECORD = logging.LogRecord(_log.name, logging.INFO, __file__, 0, "request", None, None).__dict__


def _log_request(scope: Scope, route: str, status: int, seconds: float) -> None:
    level = logging.ERROR if status >= _SERVER_ERROR else logging.INFO
    if scope["path"] in _PROBES and status < _SERVER_ERROR:
        level = logging.DEBUG
    if not _log.isEnabledFor(level):
        return
    client = scope.get("client")
    line = {
        "request_id": scope["state"]["request_id"],
        "method": scope["method"],
        "path": scope["path"],
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 2),
        "client": client[0] if client else None,
    }
    _log.handle(_RequestRecord(level, line))
