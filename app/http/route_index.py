"""Finding the route of a request by the first segments of its path.

The framework tries one route after another, and those of the included routers twice: with 67
routes, half of the time of a bare request went by until the last was found.
"""

from collections.abc import Sequence
from itertools import takewhile

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

_SEGMENTS = 2
_APP = "icr.app"


class RouteIndex(BaseRoute):
    """A route in front of all others, which takes every request that an operation answers.

    It finds the very operation that the framework would find. All else (paths with other methods,
    mounts, what is not there) matches nothing here and is left to the framework.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Index the routes of an application that has all of them."""
        self._routes = list(iter_route_contexts(routes))
        keys = {_literal_segments(route.path or "") for route in self._routes} | {()}
        self._by_segments = {key: self._candidates_of(key) for key in keys}

    def _candidates_of(self, key: tuple[str, ...]) -> list[RouteContext]:
        """Return the routes whose literal segments begin these, in their order."""
        literals = [(route, _literal_segments(route.path or "")) for route in self._routes]
        return [route for route, literal in literals if literal == key[: len(literal)]]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the first route that takes path and method is an operation."""
        if scope["type"] != "http" or scope.get("root_path"):
            return Match.NONE, {}
        key = tuple(scope["path"].split("/", _SEGMENTS + 1)[1 : _SEGMENTS + 1])
        while key not in self._by_segments:
            key = key[:-1]
        for candidate in self._by_segments[key]:
            match, child_scope = candidate.matches(scope)
            if match == Match.FULL:
                route = candidate.original_route
                if not isinstance(route, APIRoute):
                    break
                return match, {**child_scope, "route": route, _APP: candidate.app}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the operation that was found answer, and note which it is.

        The middlewares see a copy of the scope at most; its state is the same.
        """
        scope.setdefault("state", {})["route"] = scope["route"].path_format
        await scope[_APP](scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Leave addresses to the routes themselves."""
        raise NoMatchFound(name, path_params)

    def methods_at(self, path: str) -> list[str]:
        """Return the methods of all routes at a path, sorted; none where nothing is.

        HEAD comes with GET, and OPTIONS with any.
        """
        methods: set[str] = set()
        for route in self._routes:
            if route.methods and route.path_regex.match(path):
                methods |= route.methods | {"OPTIONS"}
        return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _literal_segments(path: str) -> tuple[str, ...]:
    """Return the first segments of a path's template, up to one that has a parameter."""
    segments = path.split("/")[1 : _SEGMENTS + 1]
    return tuple(takewhile(lambda segment: "{" not in segment, segments))
