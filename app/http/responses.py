"""OpenAPI responses: the problems and the headers that operations can answer with."""

from collections.abc import Mapping

from pydantic import BaseModel

from app.core.digest import JsonObject
from app.http.problems import ProblemResponse

_PROBLEM_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}


def documented(description: str, **headers: str) -> JsonObject:
    """Describe an answer that is a problem document, and its headers."""
    described: JsonObject = {
        "description": f"{description} The body is a problem document (RFC 9457).",
        "content": {ProblemResponse.media_type: _PROBLEM_SCHEMA},
    }
    if headers:
        described["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return described


Responses = dict[int | str, JsonObject]
RESPONSES: Responses = {
    400: documented("A parameter does not fit."),
    404: documented("Nothing of that name, or nothing at that date or revision."),
    422: documented("A member of the body does not fit."),
    429: documented(
        "More requests than one address or one credential may send.",
        Retry_After="In how many seconds to send it again.",
        RateLimit_Policy='What may be sent, as in "address";q=1200;w=60: quota and seconds.',
        RateLimit='What is left, as in "address";r=0;t=60: requests, and seconds until all are.',
    ),
    503: documented(
        "Not available at the moment, or not answered in time.",
        Retry_After="In how many seconds to send it again.",
    ),
    "default": documented("Any other problem."),
}
"""What every operation can answer besides success."""


def file_of(
    media_type: str, description: str, headers: Mapping[str, JsonObject] | None = None
) -> Responses:
    """Describe the file that an operation answers with, and further headers of the answer."""
    named = {"description": "The name to save the file under.", "schema": {"type": "string"}}
    schema = {"type": "string", "format": "binary"}
    return {
        200: {
            "description": description,
            "headers": {"Content-Disposition": named, **(headers or {})},
            "content": {media_type: {"schema": schema}},
        }
    }


def _header(description: str, schema: JsonObject | None = None) -> JsonObject:
    return {"description": description, "schema": schema or {"type": "string"}}


_LOCATION = {
    **_header(
        "Address of what was recorded, relative to that of the request.",
        {"type": "string", "format": "uri-reference"},
    ),
    "required": True,
}
_REPLAYED = _header(
    "Given when this is the answer to an earlier request with the same Idempotency-Key.",
    {"type": "boolean"},
)
_TAG = _header("The state of what was written to after this write, to be sent as If-Match.")
_ON_ALL = {"Idempotent-Replayed": _REPLAYED}
_REFUSED: Responses = {
    409: documented(
        "It contradicts what is registered, or the same request is being answered already."
    ),
    413: documented("The body is larger than the service reads."),
    415: documented("The body has another media type than the path takes."),
}
MERGED: Responses = {
    308: documented(
        "It was merged into another, which the answer leads to.",
        Location="The same read of the other, relative to the address of the request.",
    )
}
"""A read of what may be another now."""
WITHDRAWN: Responses = {410: documented("The subject was withdrawn.")}
"""A read of what may be gone."""
_CHANGED: Responses = {
    **WITHDRAWN,
    412: documented("The subject was changed since the state that If-Match names."),
}


def created(model: type[BaseModel], *, has_state: bool = True) -> Responses:
    """Document a write that adds something; ``model`` is what it answers with.

    What is registered once and never changes has no state to be named by ``If-Match``.
    """
    tag = {"ETag": _TAG} if has_state else {}
    return {
        200: {"model": model, "description": "With dry_run=true: what would be recorded."},
        201: {"headers": {"Location": _LOCATION, **tag, **_ON_ALL}},
        **_REFUSED,
    }


def created_if_match(model: type[BaseModel]) -> Responses:
    """Document a write that adds to something of which a state may be named."""
    return {**created(model), **_CHANGED}


def begun(model: type[BaseModel]) -> Responses:
    """Document a write that goes on after its answer; ``model`` is what it answers with."""
    return {
        200: {"model": model, "description": "With dry_run=true: what would be recorded."},
        202: {"headers": {"Location": _LOCATION, "ETag": _TAG, **_ON_ALL}},
        **_REFUSED,
        412: _CHANGED[412],
    }


LOCATED: Responses = {
    201: {"headers": {"Location": _LOCATION}},
    **_REFUSED,
}
"""A write that is no write to the register: it has no dry run, and its answer is not kept."""
PATCHED: Responses = {
    200: {"headers": {"ETag": _TAG, **_ON_ALL}},
    **_REFUSED,
    **_CHANGED,
    428: documented("If-Match is missing."),
}
"""A write that replaces something of which a state must be named."""
REPLAYED: JsonObject = {"headers": _ON_ALL}
"""The success of a write that leaves nothing of which a state could be named."""
READ_STATE: Responses = {
    200: {"headers": {"ETag": _header("The state that is shown; see If-Match.")}},
    **WITHDRAWN,
}
"""A read of what has a state that can be named."""
