"""Problem documents (RFC 9457): every error of the service and of the framework."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

from app.core.errors import BadBodyError, BadParameterError, Fault, RegistryError
from app.core.numbers import Whole
from app.core.types import Answer
from app.database.failures import DatabaseError, problem_of
from app.http.route_index import RouteIndex
from app.http.writing import repeated
from app.ledger.idempotency import RepeatedError

_log = logging.getLogger("icr")
_TYPE_PREFIX = "/problems/"
_HTTP_PROBLEMS = {
    404: ("no-such-path", "No such path", "There is nothing at this path; see /docs."),
    405: ("method-not-allowed", "Method not allowed", "This path has other methods; see Allow."),
}


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def problem(request: Request, error: RegistryError) -> ProblemResponse:
    """Render an error of the service."""
    content: dict[str, Any] = {
        "type": _TYPE_PREFIX + error.type,
        "title": str(error.title()),
        "status": error.status,
        "detail": str(error.detail),
        "instance": request.url.path,
        "errors": [_shown(fault) for fault in error.errors],
    }
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # By this the lines about it are found in the log.
        content["request_id"] = request.scope.get("state", {}).get("request_id")
    return ProblemResponse(content | error.members, error.status, headers=error.headers)


def _shown(fault: Fault) -> dict[str, str]:
    members = {"pointer": fault.pointer, "parameter": fault.parameter, "detail": str(fault.detail)}
    return {name: value for name, value in members.items() if value is not None}


def from_validation(error: RequestValidationError) -> RegistryError:
    """Turn what the framework found into the errors of the service."""
    errors: Sequence[Any] = error.errors()
    in_body = [e for e in errors if e["loc"][0] == "body"]
    faults = [_fault(e) for e in (in_body or errors)]
    detail = " ".join(f"{f.pointer or f.parameter}: {f.detail}" for f in faults[:5])
    return (BadBodyError if in_body else BadParameterError)(detail, errors=faults)


def _fault(error: Any) -> Fault:
    where, *path = [part for part in error["loc"] if part not in _CHOICES]
    text = _sentence(error)
    if where == "body":
        return Fault(text, pointer="#" + "".join(f"/{_escaped(part)}" for part in path))
    return Fault(text, parameter=str(path[0]) if path else where)


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


# Of a choice of types the framework names the one chosen as if it were a member.
_CHOICES = {"Point", "Polygon", "MultiPolygon"}
_SENTENCES = {
    "missing": "it is required.",
    "extra_forbidden": "unknown member; check its spelling.",
    "model_attributes_type": "send a JSON object, with its members in {}.",
    "model_type": "send a JSON object, with its members in {}.",
    "string_type": "write text, in quotes.",
    "union_tag_not_found": "say in its member type of which type it is.",
    "timezone_aware": "write an instant with its offset, as in 2024-01-31T00:00:00Z.",
}


def _sentence(error: Any) -> str:
    known = _SENTENCES.get(error["type"])
    text = known or str(error["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."


def install_problem_handlers(app: FastAPI, routes: RouteIndex) -> None:
    """Make every error of the application a problem document."""

    @app.exception_handler(RegistryError)
    async def registry_error(request: Request, error: RegistryError) -> ProblemResponse:
        return problem(request, error)

    @app.exception_handler(RepeatedError)
    async def answered_before(_request: Request, found: RepeatedError) -> Response:
        # Raised, so that the transaction of the repeat is rolled back.
        return repeated(found.answer)

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> ProblemResponse:
        return problem(request, from_validation(error))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> ProblemResponse:
        kind, title, detail = _HTTP_PROBLEMS.get(
            error.status_code, ("http-error", "The request cannot be answered", str(error.detail))
        )
        content = {
            "type": _TYPE_PREFIX + kind,
            "title": title,
            "status": error.status_code,
            "detail": detail,
            "instance": request.url.path,
            "errors": [],
        }
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework names the methods of one route; a path can have several.
            headers["Allow"] = ", ".join(routes.methods_at(request.scope["path"]))
        return ProblemResponse(content, error.status_code, headers=headers)

    app.add_exception_handler(DatabaseError, database_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, unforeseen)


async def database_error(request: Request, error: DatabaseError) -> ProblemResponse:
    """Tell what the database says of itself; anything else of it is unforeseen."""
    known = problem_of(error)
    if known is None:
        return await unforeseen(request, error)
    _log.error("the database refuses %s: %s", request.url.path, error.orig)
    return problem(request, known)


async def unforeseen(request: Request, error: Exception) -> ProblemResponse:
    """Tell that something is wrong with the service, and nothing about it."""
    _log.exception("unforeseen error at %s", request.url.path, exc_info=error)
    detail = "Something went wrong in the service; nothing was recorded. Try again later."
    return problem(request, RegistryError(detail))


class ProblemError(Answer):
    """One member or parameter at fault."""

    detail: str = Field(description="What is wrong and what would be right.")
    pointer: str | None = Field(
        default=None, description="JSON pointer to the body member, as in #/values/area_ha."
    )
    parameter: str | None = Field(default=None, description="Name of the path or query parameter.")


class ProblemUnit(Answer):
    """An administrative unit that a problem points to."""

    code: str
    name: str
    valid_from: str | None = None
    valid_to: str | None = None


class ReadinessCheck(Answer):
    """One thing that serving needs."""

    name: str
    is_ready: bool
    detail: str


class Problem(Answer):
    """Why a request was refused and how to mend it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable identifier of the kind of problem.")
    title: str
    status: Whole
    detail: str
    instance: str | None = Field(default=None, description="The path asked for.")
    errors: list[ProblemError] = Field(default_factory=list)
    request_id: str | None = Field(
        default=None, description="The request as the log of the service names it."
    )
    violated_policies: list[str] | None = Field(
        default=None, description="The limits that were passed, by their names in RateLimit-Policy."
    )
    checks: list[ReadinessCheck] | None = Field(
        default=None, description="What serving needs, and what of it is missing."
    )
    successors: list[ProblemUnit] | None = None
    predecessors: list[ProblemUnit] | None = None
    withdrawn_in: Whole | None = None
    latest_revision: Whole | None = None
    changed_in: Whole | None = None
    statement_id: str | None = Field(
        default=None, description="The statement that says exactly this already."
    )
