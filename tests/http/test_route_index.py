"""Routes are found by an index, and they are those that the framework finds."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles

from app.core.settings import Settings
from app.http.route_index import RouteIndex
from app.main import create_app

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "MAKEUP")


def scope_of(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []} | more


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite:///nowhere.sqlite3"))


def found_by_the_framework(app: FastAPI, scope: dict[str, Any]) -> Any:
    """Return the endpoint that the routes behind the index find, one after another."""
    for router in (route for route in app.routes if not isinstance(route, RouteIndex)):
        if router.matches(dict(scope))[0] == Match.FULL:
            found = getattr(router, "_match", router.matches)(dict(scope))
            return found[1].get("endpoint")
    return None


def paths_of(app: FastAPI) -> list[str]:
    return [path.replace("{", "").replace("}", "") for path in app.openapi()["paths"]]


def test_every_operation_is_found_as_the_framework_finds_it(app: FastAPI) -> None:
    index = app.routes[0]
    assert isinstance(index, RouteIndex)
    count = 0
    for path in [*paths_of(app), "/docs", "/metrics", "/openapi-3.0.json"]:
        for method in METHODS:
            scope = scope_of(method, path)
            match, child_scope = index.matches(dict(scope))
            count += match == Match.FULL
            assert child_scope.get("endpoint") == found_by_the_framework(app, scope), path
    operations = sum(len(methods) for methods in app.openapi()["paths"].values())
    assert count == operations + 3


@pytest.mark.parametrize(
    "path",
    ["", "*", "/v1/", "/v1/sites/", "/v1//sites", "/nowhere", "/docs/page/index.html"],
)
def test_what_no_operation_answers_is_left_to_the_framework(app: FastAPI, path: str) -> None:
    assert app.routes[0].matches(scope_of("GET", path)) == (Match.NONE, {})


def test_what_is_no_request_at_the_root_is_left_to_the_framework(app: FastAPI) -> None:
    index = app.routes[0]
    assert index.matches(scope_of("GET", "/livez", root_path="/register"))[0] == Match.NONE
    assert index.matches({"type": "websocket", "path": "/livez"})[0] == Match.NONE


def application(*paths: str, mounts: tuple[str, ...] = ()) -> FastAPI:
    """Make an application whose operations answer with the template of their path."""
    app = FastAPI()
    for path in mounts:
        app.mount(path, StaticFiles(directory="app/data/docs"))
    for path in paths:
        router = APIRouter()

        def answer(template: str = path) -> str:
            return template

        router.add_api_route(path, answer, methods=["GET"])
        app.include_router(router)
    app.router.routes.insert(0, RouteIndex(app.routes))
    return app


async def answered(app: FastAPI, path: str, method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        return await client.request(method, path)


@pytest.mark.parametrize(
    ("paths", "path"),
    [
        (("/{anything}", "/livez"), "/livez"),
        (("/v1/{anything}", "/v1/sites"), "/v1/sites"),
        (("/{a}/{b}", "/v1/sites"), "/v1/sites"),
        (("/{a:path}", "/v1/sites/{b}"), "/v1/sites/x"),
        (("/v1/sites/{b}", "/v1/sites/special"), "/v1/sites/special"),
        (("/v1/{a}.json", "/v1/sites.json"), "/v1/sites.json"),
    ],
)
async def test_the_first_route_that_matches_answers(paths: tuple[str, str], path: str) -> None:
    for order in (paths, paths[::-1]):
        response = await answered(application(*order), path)
        assert response.json() == order[0]


async def test_a_mount_in_front_of_an_operation_answers() -> None:
    app = application("/docs/index.html", "/{name}", mounts=("/docs",))
    assert "<html" in (await answered(app, "/docs/index.html")).text
    assert (await answered(app, "/other")).json() == "/{name}"


async def test_a_route_of_starlette_in_front_of_an_operation_answers() -> None:
    app = application("/livez")
    app.router.routes.insert(0, Route("/livez", StaticFiles(directory="app/data/docs")))
    app.router.routes.insert(0, RouteIndex(app.routes[:1] + app.routes[2:]))
    assert app.routes[0].matches(scope_of("GET", "/livez"))[0] == Match.NONE


async def test_other_methods_are_refused_and_what_is_added_later_is_found() -> None:
    app = application("/v1/sites")
    refused = await answered(app, "/v1/sites", "POST")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    app.add_api_route("/v1/sites", lambda: "written", methods=["POST"])
    assert (await answered(app, "/v1/sites", "POST")).json() == "written"
    assert (await answered(app, "/v1/sites/")).url.path == "/v1/sites/"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/sites", ["GET", "HEAD", "OPTIONS", "POST"]),
        ("/v1/sites/x", ["GET", "HEAD", "OPTIONS", "PATCH"]),
        ("/docs/page", []),
        ("/nowhere", []),
    ],
)
def test_the_methods_of_a_path_are_those_of_all_its_routes(
    app: FastAPI, path: str, methods: list[str]
) -> None:
    index = app.routes[0]
    assert isinstance(index, RouteIndex)
    assert index.methods_at(path) == methods
