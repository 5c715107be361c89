"""Answering with a file: its media type and its name."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi.responses import StreamingResponse

CSV = "text/csv"
GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_of(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """Describe the file that an operation answers with."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": what, "content": {media_type: {"schema": schema}}}}


def send(parts: AsyncIterator[bytes], media_type: str, name: str) -> StreamingResponse:
    """Send a file part by part."""
    charset = "; charset=utf-8" if media_type == CSV else ""
    headers = {
        "Content-Type": media_type + charset,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingResponse(parts, headers=headers)
