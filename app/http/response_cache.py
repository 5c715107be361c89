"""The response cache: finished answers in this process, given again while nothing has changed.

A read of the register is a function of the request, the snapshot and the release (decision 29).
What is kept is of one moment: one revision, one edition of the units, one day in Vietnam. Each
request checks that the register is still at it (``ledger/latest.py``), and if it is not, all that
was kept is dropped. So no answer is ever older than one that is made anew; decision 40.
"""

from collections.abc import Mapping
from functools import lru_cache

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.principals import Access
from app.core.dates import today
from app.core.errors import RegistryError
from app.database.failures import DatabaseError
from app.http.access import admit
from app.http.admission import Turns
from app.http.conditional_requests import KEPT_BY_304
from app.http.entity_tags import is_known, preferred_coding
from app.http.kept_answers import Flight, Kept, KeptAnswers, Key, Moment
from app.http.languages import preferred_language
from app.http.readers import choices_in
from app.http.reading import REVISION_HEADER
from app.http.route_index import RouteIndex
from app.http.service import Service
from app.http.sessions import session_value
from app.http.strict_routes import StrictRoute
from app.ledger.snapshots import Pin

_REVISION = REVISION_HEADER.lower().encode()
_OK = 200
_NOT_MODIFIED = 304


class ResponseCacheMiddleware:
    """Gives finished answers again, to whoever may read; makes each of them once at a time."""

    def __init__(self, app: ASGIApp, routes: RouteIndex, turns: Turns) -> None:
        """Wrap an application; its routes say which operations read the register."""
        self._app = app
        self._turns = turns
        self._route = lru_cache(maxsize=4096)(lambda path: _pinned_route(routes, path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        route = self._route(scope["path"]) if is_read and not scope.get("root_path") else None
        if route is None:
            await self._app(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        headers, answers = _looked_at(scope), service.answers
        moment = await _moment(service, scope, headers)
        if moment is None:
            await self._app(scope, receive, send)
            return
        # A thousand of them at once would leave a write no share of the process.
        await self._turns.short()
        answers.at(moment)
        key = _key(scope, headers)
        kept = answers.get(key)
        if kept is None and (flight := answers.flight(moment, key)) is not None:
            await flight.landed.wait()
            await self._turns.short()
            kept = flight.answer
        if kept is None:
            scope["state"]["latest"] = moment[0]
            with answers.making(moment, key) as flight:
                await self._app(scope, receive, _Keeping(answers, key, flight, send))
        else:
            scope["state"]["route"] = route
            await _send(kept, headers.get(b"if-none-match", ""), send)


class _Keeping:
    """Sends an answer on, and keeps it if it is one of the moment at which it was begun."""

    def __init__(self, answers: KeptAnswers, key: Key, flight: Flight, send: Send) -> None:
        self._answers = answers
        self._key = key
        self._flight = flight
        self._send = send
        self._headers: list[tuple[bytes, bytes]] | None = None
        self._parts: list[bytes] = []
        self._size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begin(message["status"], [*message["headers"]])
        elif self._headers is not None:
            self._add(self._headers, message)
        await self._send(message)

    def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        revision = dict(headers).get(_REVISION)
        if status == _OK and revision == b"%d" % self._flight.moment[0].revision:
            self._headers = headers
        else:
            self._flight.landed.set()

    def _add(self, headers: list[tuple[bytes, bytes]], message: Message) -> None:
        body = message.get("body", b"")
        self._size += len(body)
        if not self._answers.has_room_for(self._size):
            self._headers, self._parts = None, []
            self._flight.landed.set()
            return
        self._parts.append(body)
        if not message.get("more_body"):
            answer = Kept(headers, b"".join(self._parts))
            self._answers.keep(self._key, self._flight, answer)
        # A stream goes at the pace of its client; nobody else waits for that.
        self._flight.landed.set()


def _pinned_route(routes: RouteIndex, path: str) -> str | None:
    """Return the path template of the operation that reads the register at a path, if one does."""
    route = routes.operation_at(path)
    is_pinned = isinstance(route, StrictRoute) and route.is_pinned
    return route.path_format if route is not None and is_pinned else None


async def _moment(service: Service, scope: Scope, headers: Mapping[bytes, str]) -> Moment | None:
    """Return what the register is at for a request that may be given what others were.

    ``None`` leaves it to the application: what is refused, what has a body, who is signed in to the
    pages, and who has seen a later revision. Nobody waits for one whose credentials are still
    looked at, or for whom a standby has to catch up.
    """
    if not _BODY_HEADERS.isdisjoint(headers) or session_value(scope) is not None:
        return None
    try:
        if _AUTHORIZATION in headers or not service.authenticator.public_reading:
            await admit(Request(scope), Access.reading)
        latest = await service.latest.now()
    except (RegistryError, DatabaseError):
        return None
    return None if _has_seen_later(headers.get(_REVISION), latest) else (latest, today())


_BODY_HEADERS = {b"content-length", b"transfer-encoding"}
"""A read has no body; what comes with one is left to the application."""


def _has_seen_later(seen: str | None, pin: Pin) -> bool:
    """Return whether a client has seen a later revision, or says so in a form that is refused."""
    latest = str(pin.revision)
    if seen is None or seen == latest:
        return False
    is_number = seen.isascii() and seen.isdigit() and len(seen) <= len(latest)
    return not is_number or int(seen) > pin.revision


_AUTHORIZATION = b"authorization"
_LOOKED_AT = {
    *(b"accept-encoding", b"accept-language", b"cookie", b"if-none-match", _REVISION),
    _AUTHORIZATION,
    *_BODY_HEADERS,
}
_SEPARATORS = {b"cookie": "; "}


def _looked_at(scope: Scope) -> dict[bytes, str]:
    """Return the headers that an answer depends on; several lines of one name are one list."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _LOOKED_AT:
            text = value.decode("latin-1")
            separator = _SEPARATORS.get(name, ", ")
            found[name] = f"{found[name]}{separator}{text}" if name in found else text
    return found


def _key(scope: Scope, headers: Mapping[bytes, str]) -> Key:
    """Return all of a request that its answer depends on, but for what revalidates one."""
    coding = preferred_coding(headers.get(b"accept-encoding", ""))
    language = preferred_language(headers.get(b"accept-language", ""))
    chosen = choices_in(headers.get(b"cookie", ""))
    return scope["path"], scope["query_string"], coding, language, chosen


async def _send(kept: Kept, known: str, send: Send) -> None:
    status, headers, body = _OK, kept.headers, kept.body
    if known:
        tag = dict(headers).get(b"etag")
        if is_known(known, tag.decode("latin-1") if tag else None):
            status, body = _NOT_MODIFIED, b""
            headers = [header for header in headers if header[0] in KEPT_BY_304]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
