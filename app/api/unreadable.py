"""Requests that are no HTTP: refused by the server itself, before the application sees them."""

import json
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import BadRequestError

_HEAD = (
    "HTTP/1.1 400 Bad Request\r\n"
    "content-type: application/problem+json\r\n"
    "content-length: {length}\r\n"
    "connection: close\r\n\r\n"
)


def _problem() -> bytes:
    error = BadRequestError(
        "This is not HTTP/1.1. Write other than ASCII characters of an address as %XX, in UTF-8."
    )
    members = {
        "type": f"/problems/{error.type}",
        "title": error.title,
        "status": HTTPStatus.BAD_REQUEST,
        "detail": error.detail,
        "errors": [],
    }
    body = json.dumps(members).encode()
    return _HEAD.format(length=len(body)).encode() + body


class ProblemProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose refusals are problem documents; they have no instance, as no path was read."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (what is wrong is always the same)
        """Refuse what cannot be read and close the connection, as what follows has no beginning."""
        self.transport.write(_problem())
        self.transport.close()
