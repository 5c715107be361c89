"""The server of one process, as the settings want it."""

import json
import os
import signal
import threading
from multiprocessing import connection, parent_process
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from app.cli.logs import configure_logs
from app.core.settings import Settings, get_settings
from app.ledger.feed import Feed
from app.main import create_app

PATIENCE_SECONDS = 10
"""How long requests under way may take when the service stops."""
# Other processes of a busy machine may keep a worker from answering for a while.
_WORKER_SECONDS = 30
_MOST_HEAD_BYTES = 65_536
_LINGER_SECONDS = 2


class Config(uvicorn.Config):
    """The server as the settings want it."""

    def __init__(self, app: Any, settings: Settings, **options: Any) -> None:
        """Take an application, or the name of what makes one, and uvicorn's own options."""
        self.settings = settings
        super().__init__(
            app,
            http=Connection,
            h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
            ws="none",
            access_log=False,
            server_header=False,
            log_config=None,
            proxy_headers=settings.forwarded_allow_ips is not None,
            forwarded_allow_ips=settings.forwarded_allow_ips or "",
            timeout_worker_healthcheck=_WORKER_SECONDS,
            **{"timeout_graceful_shutdown": PATIENCE_SECONDS, **options},
        )


class ServingConfig(Config):
    """The same for ``icr serve``, whose processes have their logs to themselves."""

    def configure_logging(self) -> None:
        """Set the logs up; called once in each process."""
        configure_logs(self.settings)


class Connection(H11Protocol):
    """A connection that ends streams of changes, and answers with a problem what is not HTTP.

    The parser is h11's: it reads the body of a request that offers another protocol as well, as
    Java's client does with ``Upgrade: h2c`` (RFC 9110, section 7.8); httptools' would lose it.
    Time-outs of heads and of readers are the proxy's.
    """

    def shutdown(self) -> None:
        """End the streams of changes, that have no end of their own; then as other requests."""
        feed: Feed | None = self.app_state.get("feed")
        if feed is not None:
            feed.end()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP as everything else is answered, unless an answer has begun."""
        # Before the first request there is no cycle, whatever the server's types say.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            # The application would wait for the rest of a body that cannot be read.
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        self.transport.write(_bad_request(msg))
        # Closed at once, the connection would be reset while the client still sends, and the
        # answer with it (RFC 9112, section 9.6).
        self.transport.write_eof()
        self.transport.pause_reading()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)


def _bad_request(reason: str) -> bytes:
    detail = (
        f"{reason} Send HTTP/1.1, as RFC 9112 has it, with a head of at most {_MOST_HEAD_BYTES}"
        " bytes; in addresses, what is not ASCII is written as %XX."
    )
    title = "The request cannot be read"
    problem = {"type": "/problems/bad-request", "title": title, "status": 400, "detail": detail}
    body = json.dumps({**problem, "errors": []}).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


def worker() -> FastAPI:
    """Make the application of one of several workers, which stops when its parent is gone."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_stop_after, args=[parent.sentinel], daemon=True).start()
    return create_app(get_settings())


def _stop_after(sentinel: int) -> None:
    """Wait until the parent is gone; it would have taken the signal to stop for this process."""
    connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
