"""The documentation page: Swagger UI with everything it needs, and nothing from elsewhere.

No script or style stands in the page itself, so that a strict Content-Security-Policy can hold.
"""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from app.http.strict_routes import OpenRoute

_DATA = Path(__file__).resolve().parents[2] / "data"
_PAGE = _DATA / "docs"
_OLDER = _DATA / "openapi-3.0.json"
# Routes of the module, not of an application: the framework keeps every function that answers, and
# with one made for an application it would keep that application for ever.
_pages = APIRouter(route_class=OpenRoute)


@_pages.get("/docs", include_in_schema=False)
async def docs() -> FileResponse:
    """Show the page."""
    return FileResponse(_PAGE / "index.html", media_type="text/html")


@_pages.get("/openapi.json", include_in_schema=False)
async def openapi_31(request: Request) -> JSONResponse:
    """Return the document in OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@_pages.get("/openapi-3.0.json", include_in_schema=False)
async def openapi_30() -> Response:
    """Return the document in OpenAPI 3.0, as ``make openapi`` wrote it."""
    return Response(_older(), media_type="application/json")


@cache
def _older() -> bytes:
    return _OLDER.read_bytes()


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs, and the document in OpenAPI 3.0 beside the one in 3.1."""
    app.include_router(_pages)
    app.mount("/docs/page", StaticFiles(directory=_PAGE))
    # The package brings the files of Swagger UI; of its code nothing is used.
    app.mount("/docs/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
