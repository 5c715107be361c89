"""What leads on from ``/v1``: links to the lists, the files and the documentation.

It is outside the OpenAPI document, as the documentation is. People have the pages, from ``/`` on.
"""

from functools import partial

from fastapi import APIRouter, Request

from app.core.types import Answer
from app.http.references import relative
from app.http.strict_routes import OpenRoute

_VERSION = "/v1/"
entrance_router = APIRouter(route_class=OpenRoute, include_in_schema=False)


class Entrance(Answer):
    """Where to go on: addresses relative to this one."""

    title: str
    version: str
    documentation: str
    openapi: str
    links: dict[str, str]


@entrance_router.get("/v1")
async def enter(request: Request) -> Entrance:
    """List the reads that need nothing but their path."""
    documented = request.app.openapi()["paths"]
    paths = [p for p, methods in documented.items() if "get" in methods and "{" not in p]
    seen = partial(relative, request.url.path)
    return Entrance(
        title=request.app.title,
        version=request.app.version,
        documentation=seen("/docs"),
        openapi=seen("/openapi.json"),
        links={p.removeprefix(_VERSION): seen(p) for p in paths if p.startswith(_VERSION)},
    )
