"""What every route refuses: unknown and repeated parameters, and bodies of other media types."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.access.principals import Access
from app.core.errors import (
    BadBodyError,
    BadParameterError,
    BodyTooLargeError,
    Fault,
    ForbiddenError,
    MediaTypeError,
    NotFoundError,
    RegistryError,
    UnauthenticatedError,
)
from app.core.messages import Template
from app.http.access import access_to, admit, note_refusal
from app.http.admission import work_of
from app.http.entity_tags import IF_MATCH, NotModified, tag_of
from app.http.partly_read import PartlyRead, rest_of
from app.http.problems import from_validation
from app.http.read_routes import opening_of, read_handler
from app.http.reading import REVISION_HEADER, read_token
from app.http.responses import RESPONSES
from app.http.retry import resources_of_its_own, with_retries
from app.http.service import service_of
from app.http.sessions import PRIVATE, session_of
from app.http.strict_json import read_json
from app.http.strict_queries import query_parameters, query_refusal
from app.http.writing import FORM, MERGE_PATCH, keep_answer
from app.ledger.snapshots import Noted, noting_revisions

_Handler = Callable[[Request], Coroutine[None, None, Response]]
_TOO_LARGE = Template(
    "http.body-too-large", "Send at most {most} bytes; split it into several requests."
)
_NULL_CHARACTER = Template("http.null-character", "No name has a null character in it.")
_NOT_CONDITIONAL = Template("http.not-conditional", "{header} is not looked at here: leave it out.")
_MEDIA_TYPE = Template(
    "http.media-type", "Send the body with Content-Type: {wanted}; it came as {given!r}."
)
_NO_FORM = Template(
    "http.no-form",
    "The body cannot be read as multipart/form-data: send its parts, of which each has a name, "
    "between the boundary that Content-Type names.",
)
_TWICE = Template("http.field-twice", "Give each field of the form once.")
_CODED = Template(
    "http.coded-body", "Send the body as it is, without Content-Encoding; it came as {given!r}."
)


_IF_NONE_MATCH = "If-None-Match"
_DRY_RUN = "dry_run"
# Reading a longer body takes longer than other requests can be kept waiting.
_MOST_BYTES_AT_ONCE = 32_768


class StrictRequest(Request):
    """A request whose JSON is read exactly: numbers as decimals, no NaN, no repeated members."""

    model: ModelField | None = None
    """What the body is, where the operation takes one."""
    can_be_tried: bool = False
    """Whether the operation can be a dry run."""

    async def body(self) -> bytes:
        """Read the body up to the limit of the route; ``BodyTooLargeError`` beyond it."""
        if not hasattr(self, "_body"):
            route: StrictRoute = self.scope["route"]
            limit: int = getattr(service_of(self).settings, route.body_limit)
            parts: list[bytes] = []
            size = 0
            async for part in self.stream():
                size += len(part)
                if size > limit:
                    raise BodyTooLargeError(_TOO_LARGE(most=limit))
                parts.append(part)
            self._body = b"".join(parts)
        return self._body

    async def _get_form(self, **limits: Any) -> FormData:
        """Read the body as a form; ``BadBodyError`` where it is none, or gives a field twice."""
        await self.body()
        try:
            form = await super()._get_form(**limits)
        except HTTPException as error:
            raise BadBodyError.of("#", _NO_FORM()) from error
        counted = Counter(name for name, _ in form.multi_items())
        twice = [Fault(_TWICE(), f"#/{name}") for name, count in counted.items() if count > 1]
        if twice:
            await form.close()
            raise BadBodyError(_TWICE(), errors=twice)
        return form

    async def json(self) -> object:
        """Read the body as the model has it; ``BadBodyError`` says what does not fit.

        The framework finds it valid then. A long one is read in a thread, others wait meanwhile.
        """
        if len(await self.body()) > _MOST_BYTES_AT_ONCE:
            return await asyncio.to_thread(self._read, self._body)
        return self._read(self._body)

    def _read(self, body: bytes) -> object:
        content = read_json(body, service_of(self).settings.max_json_depth)
        if self.model is None:
            return content
        found, errors = self.model.validate(content, loc=("body",))
        if not errors:
            return found
        return self._rest(self.model, content, cast("list[ErrorDetails]", errors))

    def _rest(self, model: ModelField, content: object, errors: Sequence[ErrorDetails]) -> object:
        """Return what can be read of a body for a dry run; or refuse it for its form alone."""
        refusal = from_validation(errors, model.field_info.annotation)
        if hasattr(self.state, "partly_read"):
            refusal = self.state.partly_read.with_others(refusal)
        rest, still = model.validate(rest_of(content, errors), loc=("body",))
        if still or not self.can_be_tried:
            raise refusal
        only_unknown = all(error["type"] == "extra_forbidden" for error in errors)
        self.state.partly_read = PartlyRead(refusal, content, only_unknown)
        return rest


class StrictRoute(APIRoute):
    """A route that refuses whom it does not serve and what it does not know."""

    body_limit = "max_body_bytes"
    """The setting of how long its bodies may be."""
    special_access: Access | None = None
    """The access that its operations need, where neither reading nor writing the register."""
    ignores_unknown = False
    """Whether query parameters that it does not know are ignored instead of refused."""

    @property
    def access(self) -> Access:
        """The access that its operation needs."""
        return access_to(self.methods or (), self.special_access)

    @property
    def is_pinned(self) -> bool:
        """Whether its operation reads the register at a snapshot, the same for all who may."""
        return self.access is Access.reading and opening_of(self.dependant) is not None

    def get_route_handler(self) -> _Handler:
        """Wrap the handler of a read, or else that of the framework."""
        read = read_handler(self)
        handle = read or super().get_route_handler()
        answer = _answer if read else _answer_of_framework
        access, model = self.access, self.body_field
        ignores_unknown = self.ignores_unknown
        repeatable = query_parameters(self.dependant)
        media_type = _media_type(self)
        can_be_tried = _DRY_RUN in repeatable and not isinstance(self, BulkRoute)
        is_conditional = "GET" in (self.methods or ()) or _reads_header(self.dependant, IF_MATCH)

        async def strict(request: Request) -> Response:
            try:
                await with_retries(request, partial(admit, request, access))
                await work_of(request).take_turn()
                if "\0" in request.scope["path"]:
                    raise NotFoundError(_NULL_CHARACTER())
                wrong = query_refusal(request, repeatable, ignores_unknown=ignores_unknown)
                unfit = _media_type_refusal(request, media_type)
                if wrong and (unfit or not can_be_tried):
                    raise wrong
                _check_conditions(request, is_conditional=is_conditional)
                if unfit:
                    raise unfit
                if wrong:
                    request.state.partly_read = PartlyRead(wrong)
                # Whether a service is ready does not depend on what a client has seen.
                seen = None if access is Access.open else read_token(request)
                # One object for all attempts: it keeps the body, which comes only once.
                exact = request
                if read is None:
                    exact = StrictRequest(request.scope, request.receive)
                    exact.model, exact.can_be_tried = model, can_be_tried
                return await with_retries(request, partial(answer, handle, exact, seen))
            except (UnauthenticatedError, ForbiddenError) as refusal:
                note_refusal(request, refusal)
                raise

        return strict


class BulkRoute(StrictRoute):
    """A route whose bodies hold many things, and have a limit of their own."""

    body_limit = "max_bulk_body_bytes"


class ImportRoute(StrictRoute):
    """A route for those who write, about files that are no part of the register yet."""

    body_limit = "max_import_body_bytes"
    special_access = Access.writing


class ImportDraftRoute(ImportRoute):
    """The same for those who propose as well: what they commit becomes a proposal."""

    special_access = Access.proposing


class ProposalRoute(BulkRoute):
    """A route for those who propose what is to be recorded."""

    special_access = Access.proposing


class DecisionRoute(StrictRoute):
    """A route for those who decide on what others propose."""

    special_access = Access.deciding


class OpenRoute(StrictRoute):
    """A route for everyone, also where reading the register is not public."""

    special_access = Access.open


class CallbackRoute(OpenRoute):
    """A route that an issuer leads back to, with parameters of its own (RFC 6749, 4.1.2)."""

    ignores_unknown = True


class AuditRoute(StrictRoute):
    """A route for those who look after what happens."""

    special_access = Access.auditing


class AdministrationRoute(StrictRoute):
    """A route for administrators."""

    special_access = Access.administering


def strict_router(prefix: str, tag: str, route_class: type[StrictRoute] = StrictRoute) -> APIRouter:
    """Return a router of the first version of the interface."""
    return APIRouter(
        prefix=f"/v1{prefix}", tags=[tag], route_class=route_class, responses=RESPONSES
    )


async def _answer(handle: _Handler, request: Request, seen: int | None) -> Response:
    """Make the answer for a client that has seen a revision, within the request's transaction."""
    noted = Noted(seen or 0)
    try:
        with noting_revisions(noted):
            response = await _handled(handle, request)
    except NotModified as known:
        response = Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": known.tag})
    if seen is not None and noted.latest is not None:
        response.headers[REVISION_HEADER] = str(noted.latest)
    if session_of(request) is not None:
        response.headers["Cache-Control"] = PRIVATE
    if request.method != "GET":
        # The transaction of a write is still open: it ends with the attempt.
        await keep_answer(request, response)
    elif response.status_code == HTTPStatus.OK and "ETag" not in response.headers:
        # What comes in one piece gets the tag of its bytes. Files have one, streams have none.
        body: bytes | None = getattr(response, "body", None)
        if body is not None:
            response.headers["ETag"] = tag_of(body)
    return response


async def _answer_of_framework(handle: _Handler, request: Request, seen: int | None) -> Response:
    """Make the answer; what the framework opens for it ends with the attempt."""
    async with resources_of_its_own(request.scope):
        return await _answer(handle, request, seen)


async def _handled(handle: _Handler, request: Request) -> Response:
    """Make the answer; a body of which only a part could be read is refused after all."""
    try:
        response = await handle(request)
    except (RegistryError, RequestValidationError, HTTPException) as raised:
        error = _refusal_in(raised)
        if error is None:
            raise
        partly: PartlyRead | None = getattr(request.state, "partly_read", None)
        raise (partly.with_others(error) if partly else error) from None
    if hasattr(request.state, "partly_read"):
        raise request.state.partly_read.refusal
    return response


def _refusal_in(error: Exception) -> RegistryError | None:
    """Return the refusal that an error of the framework stands for, if it does."""
    if isinstance(error, RequestValidationError):
        return from_validation(error.errors())
    # Why a body could not be read is hidden behind an error of the framework's own.
    found = error.__cause__ if isinstance(error, HTTPException) else error
    return found if isinstance(found, RegistryError) else None


def _check_conditions(request: Request, *, is_conditional: bool) -> None:
    """Refuse conditions that would not be looked at."""
    for name, is_looked_at in (
        (IF_MATCH, is_conditional),
        (_IF_NONE_MATCH, request.method in {"GET", "HEAD"}),
    ):
        if not is_looked_at and name in request.headers:
            raise BadParameterError.of(name, _NOT_CONDITIONAL(header=name))


def _media_type(route: APIRoute) -> str | None:
    """Return the one media type of the bodies that a route takes."""
    if route.body_field is None:
        return None
    if isinstance(route.body_field.field_info, Form):
        return FORM
    return MERGE_PATCH if "PATCH" in (route.methods or ()) else "application/json"


def _media_type_refusal(request: Request, wanted: str | None) -> RegistryError | None:
    """Return the refusal of a body that does not come as the one media type of a route."""
    if wanted is None:
        return None
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        return MediaTypeError(_CODED(given=coding), headers={"Accept-Encoding": "identity"})
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given == wanted:
        return None
    name = "Accept-Patch" if wanted == MERGE_PATCH else "Accept-Post"
    detail = _MEDIA_TYPE(wanted=wanted, given=given or "nothing")
    return MediaTypeError(detail, headers={name: wanted})


def _reads_header(dependant: Dependant, header: str) -> bool:
    """Return whether a route has a parameter in a header field."""
    if any(parameter.alias == header for parameter in dependant.header_params):
        return True
    return any(_reads_header(dependency, header) for dependency in dependant.dependencies)
