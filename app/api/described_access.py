"""What the OpenAPI document says of access: how to sign in, and where it is needed."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.api.problems import documented
from app.api.routes import StrictRoute
from app.domain.principals import Access

_SCHEME = "bearer"
_SCHEMES = {
    _SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of this register (icr_…), or a token of the OpenID Connect issuer "
        "that the service is set up with.",
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "How to sign in (RFC 6750).",
        "schema": {"type": "string"},
        "required": True,
    }
}
_UNAUTHENTICATED = {
    **documented("There are no credentials where some are needed, or they are not valid."),
    "headers": _CHALLENGE,
}
_FORBIDDEN = documented("The role, or the provinces, of whoever asks do not allow it.")


def describe_access(document: dict[str, Any], app: FastAPI) -> None:
    """Add to each operation who may use it, and how it refuses the others."""
    document["components"]["securitySchemes"] = _SCHEMES
    public: bool = app.state.public_reading
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        if isinstance(original, StrictRoute) and original.include_in_schema:
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                _describe(operation, original.access, public=public)


def _describe(operation: dict[str, Any], access: Access, *, public: bool) -> None:
    if access is Access.open:
        operation["security"] = []
        return
    # An empty requirement says that there may be none.
    optional: list[dict[str, list[str]]] = [{}] if access is Access.reading and public else []
    operation["security"] = [*optional, {_SCHEME: []}]
    responses = operation["responses"] | {"401": _UNAUTHENTICATED}
    if access is not Access.reading:
        responses["403"] = _FORBIDDEN
    operation["responses"] = dict(sorted(responses.items()))
