"""What every route refuses: unknown and repeated parameters, and JSON that is not plain JSON."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.api.access import access_to, admit, note_refusal
from app.api.attempts import persistently
from app.api.tags import tag_representation
from app.api.tokens import HEADER as TOKEN
from app.api.tokens import check_token, read_token
from app.api.writing import keep_answer
from app.domain.principals import Access
from app.errors import (
    BadBodyError,
    BadParameterError,
    BodyTooLargeError,
    ForbiddenError,
    MediaTypeError,
    NotFoundError,
    RegistryError,
    UnauthenticatedError,
)
from app.repositories.snapshots import noting_revisions

MERGE_PATCH = "application/merge-patch+json"
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is read exactly: numbers as decimals, no NaN, no repeated members."""

    async def body(self) -> bytes:
        """Read the body up to the limit of the service; ``BodyTooLargeError`` beyond it."""
        if not hasattr(self, "_body"):
            limit: int = self.app.state.max_body_bytes
            parts: list[bytes] = []
            size = 0
            async for part in self.stream():
                size += len(part)
                if size > limit:
                    detail = f"Send at most {limit} bytes; split it into several requests."
                    raise BodyTooLargeError(detail)
                parts.append(part)
            self._body = b"".join(parts)
        return self._body

    async def json(self) -> Any:
        """Read the body; ``BadBodyError`` says what is not plain JSON."""
        return read_json(await self.body(), self.app.state.max_json_depth)


class StrictRoute(APIRoute):
    """A route that refuses whom it does not serve and what it does not know."""

    special_access: Access | None = None
    """What its operations are about, where that is neither reading nor writing the register."""

    @property
    def access(self) -> Access:
        """What its operation is about, for those who may use it."""
        return access_to(self.methods or (), self.special_access)

    def get_route_handler(self) -> _Handler:
        """Wrap the handler of the framework."""
        answer = self._strict_handler()
        access = self.access

        async def guarded(request: Request) -> Response:
            try:
                await persistently(request, partial(admit, request, access))
                return await answer(request)
            except (UnauthenticatedError, ForbiddenError) as refusal:
                note_refusal(request, refusal)
                raise

        return guarded

    def _strict_handler(self) -> _Handler:
        handle = super().get_route_handler()
        repeatable = _query_parameters(self.dependant)
        media_type = _media_type(self)

        async def strict(request: Request) -> Response:
            if "\0" in request.scope["path"]:
                raise NotFoundError("No name has a null character in it.")
            if request.scope["query_string"]:
                _check_query(request, repeatable)
            if media_type:
                _check_media_type(request, media_type)
            read_token(request)
            # One object for all attempts: it keeps the body, which comes only once.
            exact = StrictRequest(request.scope, request.receive)
            return await persistently(request, partial(_answer, handle, exact))

        return strict


class OpenRoute(StrictRoute):
    """A route for everyone, also where reading the register is not public."""

    special_access = Access.open


class AuditRoute(StrictRoute):
    """A route for those who look after what happens."""

    special_access = Access.auditing


class AdministrationRoute(StrictRoute):
    """A route for administrators."""

    special_access = Access.administering


async def _answer(handle: _Handler, request: Request) -> Response:
    """Make the answer to a request, within its transaction."""
    try:
        with noting_revisions() as noted:
            response = await handle(request)
    except HTTPException as error:
        # The framework hides why a body could not be read behind an error of its own.
        if isinstance(error.__cause__, RegistryError):
            raise error.__cause__ from None
        raise
    if noted:
        check_token(request, noted[-1])
        response.headers[TOKEN] = str(noted[-1])
    if request.method == "GET":
        tag_representation(response)
    else:
        # The transaction of a write is still open: it ends with the attempt.
        await keep_answer(request, response)
    return response


def _media_type(route: APIRoute) -> str | None:
    """Return the one media type of the bodies that a route takes."""
    if route.body_field is None:
        return None
    return MERGE_PATCH if "PATCH" in (route.methods or ()) else "application/json"


def _check_media_type(request: Request, wanted: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        name = "Accept-Patch" if wanted == MERGE_PATCH else "Accept-Post"
        detail = f"Send the body with Content-Type: {wanted}; it came as {given or 'nothing'!r}."
        raise MediaTypeError(detail, headers={name: wanted})


def _query_parameters(dependant: Dependant) -> dict[str, bool]:
    """Return the names of the query parameters and whether they may be repeated."""
    found: dict[str, bool] = {}
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                found[field.alias or name] = get_origin(field.annotation) is list
        else:
            found[parameter.alias] = get_origin(annotation) is list
    for dependency in dependant.dependencies:
        found |= _query_parameters(dependency)
    return found


def _check_query(request: Request, repeatable: dict[str, bool]) -> None:
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in repeatable:
            known = ", ".join(sorted(repeatable)) or "none"
            detail = f"Unknown query parameter {name!r}; known here: {known}."
            raise BadParameterError.of(name, detail)
        if name in seen and not repeatable[name]:
            raise BadParameterError.of(name, f"{name} is given more than once; give it once.")
        seen.add(name)


def read_json(body: bytes, most_depth: int) -> Any:
    """Read JSON strictly (RFC 8259, with unique names as RFC 7493 asks)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8: byte {error.start} does not fit."
        raise BadBodyError.of("#", detail) from error
    try:
        content = json.loads(
            text,
            parse_float=_finite,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise BadBodyError.of("#", detail) from error
    except RecursionError as error:
        raise _too_deep(most_depth) from error
    except ValueError as error:
        raise BadBodyError.of("#", f"The body cannot be read: {error}.") from error
    if not _is_shallow(content, most_depth):
        raise _too_deep(most_depth)
    _check_members(content, "#")
    return content


def _too_deep(most: int) -> BadBodyError:
    return BadBodyError.of("#", f"The body is nested deeper than {most} levels; send it flatter.")


def _is_shallow(content: Any, levels: int) -> bool:
    """Tell whether no member lies deeper than so many levels; without recursion, level by level."""
    level = [content]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return True
    return False


def _children(parent: Any) -> Iterable[Any]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > 40:  # noqa: PLR2004  (far beyond any quantity of the register)
        raise BadBodyError.of("#", f"The number {text[:40]} is out of any range.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise BadBodyError.of("#", f"{name} is not JSON; write a number, or null where unknown.")


class _Repeated(dict[str, Any]):
    """Members of which one was given more than once; refused when it is known where they stand."""

    name: str


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    repeated = _Repeated(members)
    repeated.name = next(name for name, count in counts.items() if count > 1)
    return repeated


def _check_members(content: Any, pointer: str) -> None:
    """Refuse repeated members, with their place."""
    if isinstance(content, _Repeated):
        detail = f"The member {content.name!r} is given more than once; give it once."
        raise BadBodyError.of(f"{pointer}/{_as_token(content.name)}", detail)
    if isinstance(content, dict | list):
        named = content.items() if isinstance(content, dict) else enumerate(content)
        for name, child in named:
            _check_members(child, f"{pointer}/{_as_token(name)}")


def _as_token(name: str | int) -> str:
    """Write a name as a token of a JSON pointer, lone surrogates in their escaped form."""
    text = str(name).encode(errors="backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
