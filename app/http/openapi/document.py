"""The OpenAPI document as a whole, and the page that shows it.

Added to what the framework makes: problem documents, links, examples and what rooms add. The page
is Swagger UI with everything it needs, and nothing from elsewhere. No script or style stands in the
page itself, so that a strict Content-Security-Policy can hold.
"""

import json
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from app.core.digest import JsonObject
from app.core.vocabulary import HISTORIC
from app.http.openapi.features import describe_features
from app.http.openapi.operations import (
    describe_access,
    describe_filters,
    describe_forms,
    describe_parameters,
    describe_reads,
)
from app.http.openapi.shown_examples import describe_examples
from app.http.problems import Problem
from app.http.strict_routes import OpenRoute
from app.subjects.definitions import DEFINITIONS

_IDS = {
    **{
        name: members
        for what in HISTORIC
        for name, members in (
            (f"register_{what}", {f"{what}_id": "subject_id", "statement_id": "id"}),
            (f"state_{what}", {"statement_id": "id"}),
        )
    },
    "state_province": {"statement_id": "id"},
    "state_document": {"statement_id": "id"},
    "create_import": {"import_id": "id"},
    "register_source": {"source_id": "id"},
    "register_organization": {"organization_id": "id"},
}
"""For each operation that creates: the path parameter that each member of its answer fills."""


def link_operations(document: JsonObject) -> None:
    """Link each operation that creates to those that take the id of what was created."""
    operations = {
        operation["operationId"]: (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    for name, members in _IDS.items():
        operations[name][1]["responses"]["201"]["links"] = {
            target: {"operationId": target, "parameters": {parameter: f"$response.body#/{member}"}}
            for parameter, member in members.items()
            for target, (path, _) in operations.items()
            if f"{{{parameter}}}" in path
        }


TAGS = [
    *({"name": f"{what}s", "description": DEFINITIONS[what].described} for what in HISTORIC),
    {"name": "statements", "description": "Single statements and their retraction."},
    {"name": "provinces", "description": "Dated units, what is stated of them, and their figures."},
    {"name": "rollups", "description": "The figures of all provinces at once."},
    {
        "name": "findings",
        "description": "Where statements and figures do not fit together, and the rules behind it.",
    },
    {
        "name": "exports",
        "description": "Subjects, registers and figures as CSV, XLSX, GeoJSON.",
    },
    {
        "name": "indicators",
        "description": "What can be stated of a province: the catalogue, series and targets.",
    },
    {"name": "sources", "description": "The documents that say something."},
    {"name": "organizations", "description": "Investors, managing bodies and others."},
    {
        "name": "revisions",
        "description": "The committed writes, numbered and chained by digests, and what they did.",
    },
    {"name": "vocabulary", "description": "Code lists with their labels, and the attributes."},
    {
        "name": "imports",
        "description": "Officers' files on their way into the ledger: read, reviewed, answered.",
    },
    {
        "name": "proposals",
        "description": "What contributors propose, and what editors decide on it.",
    },
    {"name": "access", "description": "Keys, and the log of what was refused and administered."},
    {"name": "operation", "description": "Whether the service is alive."},
]


def described(app: FastAPI, *, public_reading: bool) -> JsonObject:
    """Return the document, made once; whether credentials are optional depends on the settings."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app, public_reading=public_reading)
    return app.openapi_schema


def _made(app: FastAPI, *, public_reading: bool) -> JsonObject:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        contact=app.contact,
        license_info=app.license_info,
        servers=app.servers,
        routes=app.routes,
        tags=TAGS,
        separate_input_output_schemas=False,
    )
    # An operation that asks for credentials says so itself.
    document["security"] = []
    template = "#/components/schemas/{model}"
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=template)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    lists = {name: schema["enum"] for name, schema in schemas.items() if "enum" in schema}
    document["components"]["schemas"] = {
        name: schema if name in lists else _named(schema, lists)
        for name, schema in sorted(schemas.items())
    }
    describe_features(document)
    describe_parameters(document)
    describe_forms(document)
    describe_filters(document)
    describe_reads(document)
    describe_access(document, app, public_reading=public_reading)
    link_operations(document)
    describe_examples(document)
    return document


def _named(schema: object, lists: dict[str, list[str]]) -> object:
    """Refer to code lists by name wherever they stand written out, so that SDKs have one type."""
    if isinstance(schema, list):
        return [_named(item, lists) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("title", "")
    if "enum" in schema and schema["enum"] == lists.get(name):
        return {"$ref": f"#/components/schemas/{name}"}
    return {key: _named(value, lists) for key, value in schema.items()}


_DATA = Path(__file__).resolve().parents[2] / "data"
_PAGE = _DATA / "docs"
_OLDER = _DATA / "openapi-3.0.json"
# What Swagger UI needs: its fonts are data, its workers blobs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Routes of the module, not of an application: the framework keeps every function that answers, and
# with one made for an application it would keep that application for ever.
_pages = APIRouter(route_class=OpenRoute)


@_pages.get("/docs", include_in_schema=False)
async def docs() -> FileResponse:
    """Show the page."""
    headers = {"Content-Security-Policy": _POLICY}
    return FileResponse(_PAGE / "index.html", media_type="text/html", headers=headers)


@_pages.get("/openapi.json", include_in_schema=False)
async def openapi_31(request: Request) -> JSONResponse:
    """Return the document in OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@_pages.get("/openapi-3.0.json", include_in_schema=False)
async def openapi_30(request: Request) -> JSONResponse:
    """Return the document in OpenAPI 3.0, as ``make openapi`` wrote it."""
    return JSONResponse(_older() | {"servers": request.app.servers})


@cache
def _older() -> JsonObject:
    document: JsonObject = json.loads(_OLDER.read_bytes())
    return document


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs, and the document in OpenAPI 3.0 beside the one in 3.1."""
    app.include_router(_pages)
    app.mount("/docs/page", StaticFiles(directory=_PAGE))
    # The package brings the files of Swagger UI; of its code nothing is used.
    app.mount("/docs/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
