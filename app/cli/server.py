"""The server of one process, as the settings want it."""

import gc
import json
import re
import sys
from asyncio import AbstractEventLoop, Transport
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from app.cli.gathering import GatheringTransport
from app.cli.logs import configure_logs
from app.core.digest import JsonObject
from app.core.garbage import uncollected
from app.core.settings import Settings

if TYPE_CHECKING:
    # The parent of several processes needs none of what they serve.
    from app.entry.feed import Feed

PATIENCE_SECONDS = 10
"""How long requests under way may take when the service stops."""

# Other processes of a busy machine may keep a worker from answering for a while.
_WORKER_SECONDS = 30

_MOST_HEAD_BYTES = 65_536
_LINGER_SECONDS = 2

# The header fields that offer another protocol; "Connection" lists them by these names.
_OFFERS = {b"upgrade", b"http2-settings"}
_VERSIONS = {"1.0", "1.1"}
_OLD_LINE = re.compile(rb"GET +\S+\s*")
# RFC 9110, section 7.2: a name or an address, and a port.
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?")
# What the parser says of versions that it does not know; it gives no codes.
_UNKNOWN_VERSION = ("Invalid HTTP version", "Expected dot", "Pause on PRI/Upgrade")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a request is refused before the application sees it."""

    status: int
    kind: str
    title: str
    detail: str


_LONG_HEAD = _Fault(
    431,
    "long-head",
    "The head of the request is too large",
    f"Send a head of at most {_MOST_HEAD_BYTES} bytes.",
)
_OTHER_VERSION = _Fault(
    505, "http-version", "HTTP version not supported", "Send HTTP/1.1, as RFC 9112 has it."
)
_OTHER_CODING = _Fault(
    501,
    "transfer-coding",
    "Transfer coding not supported",
    "Send the body with Content-Length, or with Transfer-Encoding: chunked and no other coding.",
)


def _unreadable(detail: str) -> _Fault:
    return _Fault(400, "bad-request", "The request cannot be read", detail)


_HOSTS = _unreadable("Send one Host field with a host and, where needed, its port (RFC 9112, 3.2).")
_OLD_CODING = _unreadable("HTTP/1.0 has no Transfer-Encoding: send Content-Length, or HTTP/1.1.")


def _fault_of(version: str, headers: Sequence[tuple[bytes, bytes]]) -> _Fault | None:
    """Return what forbids to answer a request with this head, if anything does."""
    if version not in _VERSIONS:
        return _OTHER_VERSION
    hosts = [value for name, value in headers if name == b"host"]
    is_one = len(hosts) == 1 and _HOST.fullmatch(hosts[0])
    if not is_one and (hosts or version != "1.0"):
        return _HOSTS
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if codings and version == "1.0":
        return _OLD_CODING
    return _OTHER_CODING if codings not in ([], [b"chunked"]) else None


class Config(uvicorn.Config):
    """The server as the settings want it."""

    def __init__(self, app: ASGIApp | str, settings: Settings, **options: Any) -> None:
        """Take an application, or the name of what makes one, and uvicorn's own options."""
        self.settings = settings
        super().__init__(
            app,
            http=Connection,
            ws="none",
            access_log=False,
            server_header=False,
            log_config=None,
            proxy_headers=settings.forwarded_allow_ips is not None,
            forwarded_allow_ips=settings.forwarded_allow_ips or "",
            timeout_keep_alive=settings.keep_alive_seconds,
            timeout_worker_healthcheck=_WORKER_SECONDS,
            **{"timeout_graceful_shutdown": PATIENCE_SECONDS, **options},
        )


class ServingConfig(Config):
    """The same for ``icr serve``, whose processes have their logs to themselves."""

    def configure_logging(self) -> None:
        """Set the logs up; called once in each process."""
        configure_logs(self.settings)

    def load(self) -> None:
        """Load the application, which stays: the collector passes over all that it brings."""
        with uncollected():
            super().load()
        gc.freeze()


class Connection(HttpToolsProtocol):
    """A connection that checks heads, reads bodies of upgrade offers, and answers with problems.

    Slow heads, idle connections and slow readers are left to the proxy that production requires.

    A client that offers to speak another protocol too, as Java's does with ``Upgrade: h2c``,
    is answered as if it had not offered (RFC 9110, section 7.8). httptools stops after the head of
    such a request and uvicorn would lose the body (its issue 2722), so the parser is given the
    request again without the offer.
    """

    config: Config

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: JsonObject,
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """Begin with nothing read."""
        super().__init__(config, server_state, app_state, _loop)
        # How many bytes came since a head or a part of a body was complete.
        self._unread = 0
        # What came of the first line; None once it is complete.
        self._first_line: bytes | None = b""
        self._is_refused = False
        self._before: RequestResponseCycle | None = None
        self._is_offer = False
        self._offer_end: int | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        self._gathering = GatheringTransport(transport, self.loop)
        super().connection_made(cast("Transport", self._gathering))

    def eof_received(self) -> None:
        """Hand on what is written, since the transport closes after the client's last word."""
        self._gathering.hand_on()
        super().eof_received()

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long or nothing more is read."""
        if self._is_refused:
            return
        self._unread += len(data)
        if self._is_without_version(data):
            self._refuse(_OTHER_VERSION)
            return
        super().data_received(data)
        while self._offer_end is not None:
            data = self._without_offer() + data[self._offer_end :]
            self._is_offer, self._offer_end = False, None
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            super().data_received(data)
        if self._unread > _MOST_HEAD_BYTES:
            self._refuse(_LONG_HEAD)

    def _is_without_version(self, data: bytes) -> bool:
        """Return whether a connection begins with a request of HTTP/0.9, which is only a line.

        The parser would wait for a head that never comes.
        """
        if self._first_line is None:
            return False
        self._first_line = (self._first_line + data).lstrip(b"\r\n")
        line, end, _ = self._first_line.partition(b"\n")
        if end:
            self._first_line = None
        return bool(end) and _OLD_LINE.fullmatch(line) is not None

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on; it is the application that says how large one may be."""
        self._unread = 0
        if not self._is_refused:
            super().on_body(body)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field without the blanks around its value (RFC 9110, section 5.5)."""
        super().on_header(name, value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head is too long or offers another protocol."""
        self._unread = 0
        if self._is_refused:
            return
        if sum(len(name) + len(value) for name, value in self.headers) > _MOST_HEAD_BYTES:
            self._refuse(_LONG_HEAD)
            return
        fault = _fault_of(self.parser.get_http_version(), self.headers)
        if fault is not None:
            self._refuse(fault)
            return
        self._is_offer = any(name == b"upgrade" for name, _ in self.headers)
        self._is_offer &= self.parser.should_upgrade()
        if not self._is_offer:
            self._before = self.cycle
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Let the application know that the body is whole, if it has the request already."""
        if not self._is_offer and not self._is_refused:
            super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Keep where the head of the request ends, instead of a warning; uvicorn calls this."""
        upgrade = sys.exception()
        if self._is_offer and upgrade is not None:
            self._offer_end = upgrade.args[0]

    def shutdown(self) -> None:
        """End the streams of changes, that have no end of their own; then as other requests."""
        feed: Feed | None = self.app_state.get("feed")
        if feed is not None:
            feed.end()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP as everything else is answered."""
        if str(sys.exception()).startswith(_UNKNOWN_VERSION):
            self._refuse(_OTHER_VERSION)
            return
        detail = (
            f"{msg} Send HTTP/1.1, as RFC 9112 has it; in addresses, what is not ASCII is written"
            " as %XX."
        )
        self._refuse(_unreadable(detail))

    def _without_offer(self) -> bytes:
        """Write the head of the request again, less what offers another protocol."""
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        for name, value in self.headers:
            if name == b"connection":
                tokens = (token.strip() for token in value.lower().split(b","))
                lines.append(b"connection: " + b", ".join(t for t in tokens if t not in _OFFERS))
            elif name not in _OFFERS:
                lines.append(b"%b: %b" % (name, value))
        return b"\r\n".join([*lines, b"", b""])

    def _leaves_to_answer(self) -> bool:
        """Return whether an answer is under way, in whose midst nothing else can be said.

        One to a whole request is finished, and ends the connection; so is one that a request that
        broke off was waiting for. One to the request that broke off itself is given up.
        """
        # Before the first request there is no cycle, whatever the server's types say.
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            return False
        if self.cycle.more_body and self.pipeline and self._before is not None:
            self.pipeline.popleft()
            self.cycle = self._before
            self.cycle.keep_alive = False
            return True
        if self.cycle.more_body:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
            return self.cycle.response_started
        self.cycle.keep_alive = False
        return True

    def _refuse(self, fault: _Fault) -> None:
        if self._is_refused:
            return
        self._is_refused = True
        if self._leaves_to_answer():
            return
        problem = {
            "type": f"/problems/{fault.kind}",
            "title": fault.title,
            "status": fault.status,
            "detail": fault.detail,
        }
        body = json.dumps({**problem, "errors": []}).encode()
        head = (
            f"HTTP/1.1 {fault.status} {fault.title}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        # What the client still sends is taken for a while: closed at once, the connection would be
        # reset and the answer with it (RFC 9112, section 9.6).
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
