"""Problem documents (RFC 9457): every error of the service and of the framework, translated."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.sse import format_sse_event
from pydantic import ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from app.core.digest import JsonObject
from app.core.errors import (
    MOST_FAULTS,
    BadBodyError,
    BadParameterError,
    Fault,
    MergedError,
    RegistryError,
    UnavailableError,
)
from app.core.messages import Catalogue, Message, Template, foreign
from app.core.numbers import Whole
from app.core.types import Answer
from app.core.validation import fault_of, sentences_of
from app.database.failures import DatabaseError, problem_of
from app.http.access import look_for_session
from app.http.entity_tags import qualities
from app.http.languages import CATALOGUES, language_of
from app.http.readers import reader_of
from app.http.route_index import RouteIndex
from app.http.sessions import is_of_api
from app.http.writing import repeated
from app.ledger.idempotency import RepeatedError

_log = logging.getLogger("icr")
_EVENTS = "text/event-stream"
_HTML = "text/html"
_VARY = "Accept, Accept-Language"
_TYPE_PREFIX = "/problems/"
# RFC 3986, section 3.3: what stands in a path as it is, besides letters, digits and "-._~".
_IN_PATHS = "/:@!$&'()*+,;="
NOTHING_HERE = Template("http.no-such-path", "There is nothing at this path; see /docs.")
_LIKELY_PATH = Template("http.likely-path", "There is nothing at this path. Did you mean {path}?")
_OTHER_METHODS = Template("http.other-methods", "This path has other methods; see Allow.")
_UNFORESEEN = Template(
    "http.unforeseen",
    "Something went wrong in the service; nothing was recorded. Try again later.",
)
_CANNOT_BE_ANSWERED = Template("title.http-error", "The request cannot be answered")


def _no_path(request: Request, routes: RouteIndex) -> Message:
    """Return that nothing is at the path of a request, with the one that is likely meant."""
    likely = routes.likely(request.scope["path"])
    return NOTHING_HERE() if likely is None else _LIKELY_PATH(path=likely)


class NoSuchPathError(RegistryError):
    """404: no route matches the path."""

    status = 404
    type = "no-such-path"
    title = Template("title.no-such-path", "No such path")


class MethodNotAllowedError(RegistryError):
    """405: the path has routes, none of them for this method."""

    status = 405
    type = "method-not-allowed"
    title = Template("title.method-not-allowed", "Method not allowed")


class HttpError(RegistryError):
    """Any other refusal of the framework, with the status that it gives."""

    type = "http-error"
    title = _CANNOT_BE_ANSWERED

    def __init__(self, error: HTTPException) -> None:
        """Take over status, text and headers."""
        super().__init__(foreign("http-error", str(error.detail)), headers=error.headers)


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def problem(request: Request, error: RegistryError, status: int | None = None) -> Response:
    """Render an error in the language that the client prefers.

    An ``EventSource`` would never come back after a status other than 200 (HTML, 9.2.3), so where
    it is to come back later it gets a stream that ends and says when.
    """
    seconds = error.headers.get("Retry-After")
    is_stream = request.method == "GET" and request.headers.get("accept", "").strip() == _EVENTS
    if seconds and is_stream:
        events = format_sse_event(retry=int(seconds) * 1000, comment=error.type)
        return Response(events, headers={"Cache-Control": "no-store"}, media_type=_EVENTS)
    page = _page_for(request)
    language = reader_of(request).language if page else language_of(request)
    catalogue = CATALOGUES.get(language, {})
    content: JsonObject = {
        "type": _TYPE_PREFIX + error.type,
        "title": error.title().render(catalogue),
        "status": status or error.status,
        "detail": error.detail.render(catalogue),
        "instance": quote(request.url.path, safe=_IN_PATHS),
        "errors": [rendered(fault, catalogue) for fault in error.errors],
    }
    if error.more_errors:
        content["more_errors"] = error.more_errors
    if content["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The lines of the log about the request have it, too.
        content["request_id"] = request.scope.get("state", {}).get("request_id")
    headers = {**error.headers, "Vary": _VARY, "Content-Language": language}
    if isinstance(error, MergedError):
        headers["Location"] = _instead(request, error)
    if page:
        return page(request, error, content | error.members, headers)
    return ProblemResponse(content | error.members, content["status"], headers=headers)


ProblemPage = Callable[[Request, RegistryError, JsonObject, Mapping[str, str]], Response]
"""Shows a problem to people, with its headers; kept in the state of the application."""


def _page_for(request: Request) -> ProblemPage | None:
    """Return what shows a problem as a page, where people look at what is outside the API."""
    accepted = qualities(", ".join(request.headers.getlist("accept")))
    if is_of_api(request.scope) or not accepted.get(_HTML):
        return None
    page: ProblemPage | None = getattr(request.app.state, "problem_page", None)
    return page


def _instead(request: Request, error: MergedError) -> str:
    """Return the path and query of a request about what another was merged into."""
    segments = request.url.path.split("/")
    segments[segments.index(error.key, segments.index("organizations") + 1)] = error.into
    path = "/".join(segments)
    return f"{path}?{request.url.query}" if request.url.query else path


def rendered(fault: Fault, catalogue: Catalogue) -> dict[str, str]:
    """Return a fault as answers show it, in the language of a catalogue."""
    return members_of_fault(fault, fault.detail.render(catalogue))


def members_of_fault(fault: Fault, detail: str) -> dict[str, str]:
    """Return the members of a fault as answers show it, with its sentence."""
    kind = fault.type and _TYPE_PREFIX + fault.type
    members = {
        "pointer": fault.pointer,
        "parameter": fault.parameter,
        "type": kind,
        "code": fault.code,
        "detail": detail,
    }
    return {name: value for name, value in members.items() if value is not None}


def from_validation(errors: Sequence[ErrorDetails], annotation: object = None) -> RegistryError:
    """Return what pydantic found in a request as an error; ``annotation``: the type of its body."""
    in_body = any(error["loc"][0] == "body" for error in errors)
    faults = [fault_of(error, annotation=annotation) for error in errors[:MOST_FAULTS]]
    kind = BadBodyError if in_body else BadParameterError
    return kind(sentences_of(faults), errors=faults, more_errors=len(errors) - len(faults))


def install_problem_handlers(app: FastAPI, routes: RouteIndex) -> None:
    """Make every error of the application a problem document."""

    @app.exception_handler(RegistryError)
    async def registry_error(request: Request, error: RegistryError) -> Response:
        return problem(request, error)

    @app.exception_handler(RepeatedError)
    async def answered_before(_request: Request, found: RepeatedError) -> Response:
        # Raised, so that the transaction of the repeat is rolled back.
        return repeated(found.answer)

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> Response:
        return problem(request, from_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        await _look_for_reader(request)
        if error.status_code == HTTPStatus.NOT_FOUND:
            return problem(request, NoSuchPathError(_no_path(request, routes)))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework names the methods of one route; a path can have several.
            allowed = ", ".join(routes.methods_at(request.scope["path"]))
            found = MethodNotAllowedError(_OTHER_METHODS(), headers={"Allow": allowed})
            return problem(request, found)
        return problem(request, HttpError(error), error.status_code)

    app.add_exception_handler(DatabaseError, database_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, unforeseen)


async def _look_for_reader(request: Request) -> None:
    """Look who is signed in, which pages say and no route has done here.

    What else is answered needs no database, so one that fails is left to the log.
    """
    try:
        await look_for_session(request)
    except (UnavailableError, DatabaseError):
        _log.warning("who is signed in cannot be looked up", exc_info=True)
    except RegistryError:
        # Signed out meanwhile; nor need anybody be signed in, to be told this.
        return


async def database_error(request: Request, error: DatabaseError) -> Response:
    """Answer what the database says of itself; anything else of it is unforeseen."""
    known = problem_of(error)
    if known is None:
        return await unforeseen(request, error)
    _log.error("the database refuses %s: %s", request.url.path, error.orig)
    return problem(request, known)


async def unforeseen(request: Request, error: Exception) -> Response:
    """Answer that something is wrong with the service, and nothing about it."""
    _log.exception("unforeseen error at %s", request.url.path, exc_info=error)
    return problem(request, internal_error())


def internal_error() -> RegistryError:
    """Return the error that stands for all that nobody foresaw."""
    return RegistryError(_UNFORESEEN())


class ProblemError(Answer):
    """One member or parameter at fault."""

    detail: str = Field(description="What is wrong and what would be right.")
    pointer: str | None = Field(
        default=None, description="JSON pointer to the body member, as in #/values/area_ha."
    )
    parameter: str | None = Field(default=None, description="Name of the path or query parameter.")
    type: str | None = Field(
        default=None, description="The problem that this alone would be, where there are several."
    )
    code: str | None = Field(
        default=None, description="The guard that asks for override_reason; see docs/guards.md."
    )


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
    instance: str = Field(description="The requested path, percent-encoded.")
    errors: list[ProblemError] = Field(
        description=f"What is at fault; at most {MOST_FAULTS} are listed."
    )
    more_errors: Whole | None = Field(
        default=None, description="How many more there are, where not all are listed."
    )
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
    known_from: date | None = Field(
        default=None, description="The first day for which something is stated of it."
    )
    withdrawn_in: Whole | None = None
    merged_into: str | None = Field(
        default=None, description="The organization that the requested one was merged into."
    )
    latest_revision: Whole | None = None
    changed_in: Whole | None = None
    statement_id: str | None = Field(
        default=None, description="The statement that says exactly this already."
    )
