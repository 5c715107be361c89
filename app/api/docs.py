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


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs, and the document in OpenAPI 3.0 beside the one in 3.1."""
    older: list[bytes] = []

    pages = APIRouter(route_class=OpenRoute)

    @pages.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(_PAGE / "index.html", media_type="text/html")

    @pages.get("/openapi-3.0.json", include_in_schema=False)
    async def openapi_30(_request: Request) -> Response:
        if not older:
            older.append(json.dumps(as_openapi_30(app.openapi()), ensure_ascii=False).encode())
        return Response(older[0], media_type=JSONResponse.media_type)

    app.include_router(pages)
    app.mount("/docs/page", StaticFiles(directory=_PAGE))
    # The package brings the files of Swagger UI; of its code nothing is used.
    app.mount("/docs/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
