"""Finding the route of a request by the first segments of its path.

The framework tries one route after another, and those of the included routers twice: with 67
routes, half of the time of a bare request went by until the last was found.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.core.types import in_url

_SEGMENTS = 2
_APP = "icr.app"
_VERSION = "v1"
_MOST_SEGMENTS = 8
_ALIKE = 0.7


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

    def operation_at(self, path: str) -> APIRoute | None:
        """Return the operation that answers GET at a path, if one does."""
        match, found = self.matches({"type": "http", "method": "GET", "path": path})
        return found["route"] if match == Match.FULL else None

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

    def likely(self, path: str) -> str | None:
        """Return the path of an operation that a path at which nothing is likely means.

        It lacks /v1, has a slash too many, or another spelling: /v1/site for /v1/sites.
        """
        given = [part for part in path.split("/") if part][:_MOST_SEGMENTS]
        if given == [_VERSION]:
            return f"/{_VERSION}"
        wanted = given if given[:1] == [_VERSION] else [_VERSION, *given]
        known = [r.path.split("/")[1:] for r in self._routes if r.path and _is_documented(r)]
        found = [(likeness, spelled) for one in known for likeness, spelled in _as_one(wanted, one)]
        best = max(found, default=(0.0, []))
        return "/" + "/".join(map(in_url, best[1])) if best[0] >= _ALIKE else None


def _is_documented(route: RouteContext) -> bool:
    return isinstance(route.original_route, APIRoute) and route.original_route.include_in_schema


def _as_one(given: list[str], known: list[str]) -> Iterator[tuple[float, list[str]]]:
    """Yield how much a path is like one of a template, and how it would be spelled."""
    if len(given) != len(known):
        return
    pairs = list(zip(given, known, strict=True))
    spelled = [one if "{" in literal else literal for one, literal in pairs]
    likenesses = [SequenceMatcher(None, *pair).ratio() for pair in zip(given, spelled, strict=True)]
    literals = sum("{" not in part for part in known)
    # Of two that are as much alike, the one with more words of its own.
    yield min(likenesses) + literals / 1000, spelled


def _literal_segments(path: str) -> tuple[str, ...]:
    """Return the first segments of a path's template, up to one that has a parameter."""
    segments = path.split("/")[1 : _SEGMENTS + 1]
    return tuple(takewhile(lambda segment: "{" not in segment, segments))
