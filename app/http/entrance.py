"""What leads on from ``/v1``: links to the lists, the files and the documentation.

It is outside the OpenAPI document, as the documentation is. People have the pages, from ``/`` on.
"""

from fastapi import APIRouter, Request

from app.core.types import Answer
from app.http.strict_routes import OpenRoute

_VERSION = "/v1/"
entrance_router = APIRouter(route_class=OpenRoute, include_in_schema=False)


class Entrance(Answer):
    """Where to go on."""

    title: str
    version: str
    documentation: str = "/docs"
    openapi: str = "/openapi.json"
    links: dict[str, str]


@entrance_router.get("/v1")
async def enter(request: Request) -> Entrance:
    """List the reads that need nothing but their path."""
    documented = request.app.openapi()["paths"]
    paths = [p for p, methods in documented.items() if "get" in methods and "{" not in p]
    links = {p.removeprefix(_VERSION): p for p in paths if p.startswith(_VERSION)}
    return Entrance(title=request.app.title, version=request.app.version, links=links)
