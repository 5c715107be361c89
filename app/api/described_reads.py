"""What the OpenAPI document says of all reads: their headers, and the answer 304."""

from typing import Any

_HEADERS = {
    "ETag": "A strong entity tag: the same tag means the same bytes.",
    "Cache-Control": "no-cache: keep the answer, but ask again with If-None-Match.",
    "Vary": "Accept-Encoding: each content coding has bytes and a tag of its own.",
}
_REPEATED = {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}}
_NOT_MODIFIED = {"description": "The client has the answer: If-None-Match names it."} | _REPEATED
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": "If-None-Match"},
    "description": "Entity tags of answers that the client has; 304 if the answer is one of them.",
}


def describe_reads(document: dict[str, Any]) -> None:
    """Add to each GET of a document what ``ReadMiddleware`` does for all of them."""
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
    }
    for methods in document["paths"].values():
        # Only a body can be refused by 422, and a read has none.
        methods.get("get", {"responses": {}})["responses"].pop("422", None)
        if "get" in methods and not _is_endless(methods["get"]):
            _describe(methods["get"])


def _is_endless(operation: dict[str, Any]) -> bool:
    """Tell whether an answer goes on as long as it is read, so that it has no bytes to tag."""
    return "text/event-stream" in operation["responses"]["200"]["content"]


def _describe(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    responses = operation["responses"]
    responses["200"]["headers"] = responses["200"].get("headers", {}) | _REPEATED["headers"]
    responses["304"] = {**_NOT_MODIFIED}
    operation["responses"] = dict(sorted(responses.items()))
