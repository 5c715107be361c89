"""The documentation page: Swagger UI with everything it needs, and nothing from elsewhere.

No script or style stands in the page itself, so that a strict Content-Security-Policy can hold.
"""

import json
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from app.api.routes import OpenRoute
from app.domain.contract.openapi30 import as_openapi_30

_PAGE = Path(__file__).resolve().parent.parent / "data" / "docs"

# Routes of the module, not of an application: the framework keeps every function that answers, and
# with one made for an application it would keep that application for ever.
_pages = APIRouter(route_class=OpenRoute)


@_pages.get("/docs", include_in_schema=False)
async def docs() -> FileResponse:
    """Show the page."""
    return FileResponse(_PAGE / "index.html", media_type="text/html")


@_pages.get("/openapi-3.0.json", include_in_schema=False)
async def openapi_30(request: Request) -> Response:
    """Give the document in OpenAPI 3.0, which is derived once."""
    state = request.app.state
    if state.openapi_30 is None:
        document = as_openapi_30(request.app.openapi())
        state.openapi_30 = json.dumps(document, ensure_ascii=False).encode()
    return Response(state.openapi_30, media_type=JSONResponse.media_type)


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs, and the document in OpenAPI 3.0 beside the one in 3.1."""
    app.state.openapi_30 = None
    app.include_router(_pages)
    app.mount("/docs/page", StaticFiles(directory=_PAGE))
    # The package brings the files of Swagger UI; of its code nothing is used.
    app.mount("/docs/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
