"""Files that pages bring along: their addresses have a digest of all of them, and never change.

One digest for the folder, not one for each file: what refers to a file beside it (a module that
imports another, an address in a stylesheet) stays as it was written.
"""

from functools import cache
from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app.http.entity_tags import preferred_coding

_FOLDER = Path(__file__).resolve().parent / "static"
_DIGITS = 16
_FOREVER = "public, max-age=31536000, immutable"
_PART = {"range", "if-none-match", "if-modified-since"}
"""What asks for a part of a file, or for it only if it is another."""


@cache
def static_path() -> str:
    """Return the path below which the files are."""
    digest = sha256()
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(_FOLDER)}\0".encode() + path.read_bytes())
    return f"/static/{digest.hexdigest()[:_DIGITS]}"


def static(name: str) -> str:
    """Return the address of a file by its name in the folder; ``ValueError`` if there is none."""
    if not (_FOLDER / name).is_file():
        raise ValueError(f"there is no file {name}")
    return f"{static_path()}/{name}"


class ImmutableFiles(StaticFiles):
    """Files that clients keep without asking again, each compressed once for each coding."""

    def __init__(self) -> None:
        """Serve the folder."""
        super().__init__(directory=_FOLDER)
        self._compressed: dict[tuple[str, str], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, as it was compressed before if all of it is requested."""
        headers = Headers(scope=scope)
        coding = preferred_coding(headers.get("accept-encoding", ""))
        if coding is None or scope["method"] != "GET" or not _PART.isdisjoint(headers):
            await super().__call__(scope, receive, send)
            return
        key = self.get_path(scope), coding
        if key not in self._compressed:
            # Only files get here, all else is an error: there are no more than those of the folder.
            self._compressed[key] = await self._compress(scope, receive)
        await self._compressed[key](scope, receive, send)

    async def _compress(self, scope: Scope, receive: Receive) -> Response:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await CompressMiddleware(super().__call__)(scope, receive, keep)
        start, *parts = messages
        body = b"".join(part["body"] for part in parts)
        headers = {**Headers(raw=start["headers"]), "content-length": str(len(body))}
        return Response(body, start["status"], headers)

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file, to be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _FOREVER
        return response
