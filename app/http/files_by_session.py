"""Reads of ``/v1`` for those who are signed in to the pages: a browser sends no key with a link.

Below ``/files`` stand the paths of ``/v1``, with the operations that read the register and no
others. They have the rights, the limits and the answers that they have there, but sessions are
looked at, and what is refused is a page.
"""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.access.principals import Access
from app.http.route_index import RouteIndex
from app.http.sessions import is_of_api
from app.http.strict_routes import StrictRoute

FILES = "/files"
"""What stands in front of the address of data, for those who are signed in."""


class FilesBySession:
    """Answers reads of the register at the paths of ``/v1``, mounted where sessions count."""

    def __init__(self, routes: RouteIndex) -> None:
        """Keep the index of the operations."""
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 404 where nothing reads the register."""
        path = scope["path"].removeprefix(scope["root_path"])
        there = {**scope, "path": path, "root_path": ""}
        _, found = self._routes.matches(there) if is_of_api(there) else (None, {})
        route = found.get("route")
        if not isinstance(route, StrictRoute) or route.access is not Access.reading:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        await self._routes.handle({**scope, **found}, receive, send)
