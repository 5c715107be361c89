"""Which methods the paths of the application have: what ``Allow`` names."""

from collections.abc import Iterator
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path


class PathMethods:
    """The methods of every path; HEAD comes with GET, and OPTIONS with any."""

    def __init__(self, app: FastAPI) -> None:
        """Collect the routes of an application that has them all."""
        found: dict[str, set[str]] = {}
        for path, methods in _routes(app):
            found.setdefault(path, {"OPTIONS"}).update(methods)
        self._patterns = [(_pattern(path), methods) for path, methods in found.items()]

    def at(self, path: str) -> list[str]:
        """Return the methods of all routes at a path, sorted; none where nothing is."""
        matching = [methods for pattern, methods in self._patterns if pattern.match(path)]
        return sorted(set().union(*matching))


def _routes(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """Give the path and the methods of each route, those that the document leaves out included."""
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.methods:
            head = {"HEAD"} if "GET" in route.methods else set()
            yield route.path, set(route.methods) | head


def _pattern(path: str) -> Pattern[str]:
    return compile_path(path)[0]
