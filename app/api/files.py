"""Answering with a file: its media type, its name and its entity tag."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.api.entity_tags import tag_of
from app.repositories.filters import Asked

CSV = "text/csv"
GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


_NAMED = "The name to save the file under."


def file_of(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """Describe the file that an operation answers with."""
    schema = {"type": "string", "format": "binary"}
    headers = {"Content-Disposition": {"description": _NAMED, "schema": {"type": "string"}}}
    content = {media_type: {"schema": schema}}
    return {200: {"description": what, "headers": headers, "content": content}}


def stream(
    parts: AsyncIterator[bytes], media_type: str, name: str, request: Request, asked: Asked
) -> Response:
    """Send a file part by part.

    Its tag is made of everything that its bytes follow from, as they cannot be hashed before they
    are sent.
    """
    return StreamingResponse(
        parts, headers={**_headers(media_type, name), "ETag": _tag(request, asked)}
    )


async def send(parts: AsyncIterator[bytes], media_type: str, name: str) -> Response:
    """Send a file that is small enough to be sent whole."""
    content = b"".join([part async for part in parts])
    return Response(content, headers=_headers(media_type, name))


def _headers(media_type: str, name: str) -> dict[str, str]:
    charset = "; charset=utf-8" if media_type == CSV else ""
    return {
        "Content-Type": media_type + charset,
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _tag(request: Request, asked: Asked) -> str:
    """Return a tag of the release, the request, the point in time and the units."""
    made_of = (
        request.app.version,
        request.url.path,
        request.query_params.multi_items(),
        asked.at.revision,
        asked.at.day,
        asked.today,
        asked.units.digest,
    )
    return tag_of(repr(made_of).encode())
