"""What the OpenAPI document says of all operations: parameters, access, headers, and status 304.

Parameters are described as they can be sent and as SDK generators read them. Every response can
carry the consistency token.
"""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.access.principals import Access
from app.core.digest import JsonObject
from app.core.vocabulary import HISTORIC, Unknown
from app.http.reading import REVISION_HEADER as TOKEN
from app.http.responses import documented
from app.http.strict_routes import StrictRoute
from app.http.writing import FORM
from app.subjects.definitions import DEFINITIONS

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


def describe_access(document: JsonObject, app: FastAPI, *, public_reading: bool) -> None:
    """Add to each operation who may use it, and how it refuses the others."""
    document["components"]["securitySchemes"] = _SCHEMES
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        if isinstance(original, StrictRoute) and original.include_in_schema:
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                _describe_access(operation, original.access, public=public_reading)


def _describe_access(operation: JsonObject, access: Access, *, public: bool) -> None:
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


_HEADERS = {
    "ETag": "A strong entity tag: the same tag means the same bytes.",
    "Cache-Control": "no-cache: keep the answer, but ask again with If-None-Match.",
    "Vary": "Accept-Encoding: each content coding has bytes and a tag of its own.",
}
_REQUEST_ID = "X-Request-ID"
_ALSO = {
    "Link": 'The next page, where there is one, as in <?cursor=…>; rel="next" (RFC 8288). Left out '
    "where it would have more than 2,000 bytes: the body says what the next page begins with.",
    _REQUEST_ID: "The request as the log of the service names it: the one sent, or a new one.",
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
# What these answer with has no revision: units, code lists, keys.
_BESIDE_THE_LEDGER = {
    "/v1/anchors",
    "/v1/attributes",
    "/v1/audit",
    "/v1/findings/rules",
    "/v1/indicators",
    "/v1/keys",
    "/v1/keys/{key_id}",
    "/v1/keys/{key_id}/revocation",
    "/v1/provinces",
    "/v1/provinces/{code}",
    "/v1/units",
    "/v1/vocabulary",
    "/v1/vocabulary/{list_name}",
}
_ON_THEIR_WAY = ("/v1/imports", "/v1/proposals")
# What a proposal would do is said as of the latest revision.
_JUDGED = {"/v1/proposals/{proposal_id}"}
_REVISION: JsonObject = {"type": "integer", "format": "int64", "minimum": 0, "title": TOKEN}
_TOKEN = {
    "name": TOKEN,
    "in": "header",
    "required": False,
    "schema": _REVISION,
    "description": f"The {TOKEN} of the last answer: this one is then of a state that has "
    "that revision, whichever server gives it. 400 where the register does not have it.",
}
_REVISION_HEADER = {
    "description": "The latest revision that was there. Send it with the next read, and it does "
    "not go back in time.",
    "schema": _REVISION,
}


def describe_reads(document: JsonObject) -> None:
    """Add to each GET of a document what ``ReadMiddleware`` does for all of them."""
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in {**_HEADERS, **_ALSO}.items()
    } | {TOKEN: _REVISION_HEADER}
    for path, methods in document["paths"].items():
        # Only a body can be refused by 422, and a read has none.
        methods.get("get", {"responses": {}})["responses"].pop("422", None)
        is_beside = path in _BESIDE_THE_LEDGER or path.startswith(_ON_THEIR_WAY)
        if path.startswith("/v1/") and (path in _JUDGED or not is_beside):
            _describe_token(methods)
        if "get" in methods and not _is_endless(methods["get"]):
            _describe_read(methods["get"])
        for operation in methods.values():
            for response in operation["responses"].values():
                _add_header(response, _REQUEST_ID)


def _add_header(response: JsonObject, name: str) -> None:
    headers = response.get("headers", {})
    response["headers"] = headers | {name: {"$ref": f"#/components/headers/{name}"}}


def _is_endless(operation: JsonObject) -> bool:
    """Return whether an answer goes on as long as it is read, so that it has no bytes to tag."""
    return "text/event-stream" in operation["responses"]["200"]["content"]


def _describe_token(methods: JsonObject) -> None:
    for operation in methods.values():
        operation.setdefault("parameters", []).append(_TOKEN)
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                _add_header(response, TOKEN)


def _describe_read(operation: JsonObject) -> None:
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    responses = operation["responses"]
    for name in _HEADERS:
        _add_header(responses["200"], name)
    if any(parameter["name"] in {"cursor", "after"} for parameter in operation["parameters"]):
        _add_header(responses["200"], "Link")
    responses["304"] = {**_NOT_MODIFIED}
    operation["responses"] = dict(sorted(responses.items()))


_MEANINGS = {
    name: member.attribute.meaning.rstrip(".")
    for what in reversed(HISTORIC)
    for name, member in DEFINITIONS[what].state.members.items()
} | {
    "indicator": "Code of the indicator; see /v1/indicators",
    "basis": "How the statement is meant",
    "severity": "How much it matters",
    "action": "What happened",
}
# Members of the statement that a patch becomes.
_OF_STATEMENT = {
    "locator": "Where in the source: line, page.",
    "note": "What else is to be known of the statement.",
    "reason": "Why this is recorded now.",
    "override_reason": "Why an irregular change is right all the same.",
}


def describe_filters(document: JsonObject) -> None:
    """Describe each parameter that has no words of its own."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if "description" not in parameter:
                    parameter["description"] = _described(parameter["name"])


def _described(name: str) -> str:
    meaning = _OF_STATEMENT.get(name)
    return meaning or f"{_MEANINGS[name]}. Repeat it for several; all when absent."


_NULL = {"type": "null"}


def describe_parameters(document: JsonObject) -> None:
    """Refer to code lists by name alone; what is taken when absent goes into the description.

    A reference may have members beside it since OpenAPI 3.1, but some generators then lose the
    type of the parameter.

    No query and no header has null: it would be the text. A patch and an approval must name the
    state that their client has seen; that a missing one is answered with 428, and not with 400 as
    other parameters are, is why their routes read it as optional.
    """
    for operations in document["paths"].values():
        for operation in operations.values():
            needs_state = "428" in operation["responses"]
            for parameter in operation.get("parameters", []):
                parameter["required"] |= needs_state and parameter["name"] == "If-Match"
            # They came later than all others, whose places generated clients have.
            operation.get("parameters", []).sort(key=_asks_if_known)
    for parameter in _parameters(document):
        schema = parameter["schema"] = _without_null(parameter["schema"])
        if parameter["name"] == "fields":
            # As the examples write it: names with commas between.
            parameter |= {"style": "form", "explode": False}
        if "$ref" not in schema:
            continue
        parameter["schema"] = {"$ref": schema["$ref"]}
        if "default" in schema:
            sentences = [parameter.get("description"), f"When absent: {schema['default']}."]
            parameter["description"] = " ".join(filter(None, sentences))


def describe_forms(document: JsonObject) -> None:
    """Describe no field of a form as null: it would be the text."""
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            form = operation.get("requestBody", {}).get("content", {}).get(FORM)
            if form is not None:
                fields = schemas[form["schema"]["$ref"].rpartition("/")[2]]["properties"]
                fields.update({name: _without_null(field) for name, field in fields.items()})


def _asks_if_known(parameter: JsonObject) -> bool:
    reference = {"$ref": f"#/components/schemas/{Unknown.__name__}"}
    return reference in parameter["schema"].get("anyOf", [])


def _parameters(document: JsonObject) -> Iterator[JsonObject]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from operation.get("parameters", [])


def _without_null(schema: JsonObject) -> JsonObject:
    choices: list[JsonObject] = schema.get("anyOf", [])
    choices = [choice for choice in choices if choice != _NULL]
    if len(choices) != 1:
        return schema
    return choices[0] | {name: value for name, value in schema.items() if name != "anyOf"}
