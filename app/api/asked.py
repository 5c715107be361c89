"""What read routes share: when and by which units is asked, paging, choosing members."""

from collections.abc import Collection
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response

from app.domain.units import Units
from app.domain.vocabulary import SubjectType
from app.repositories import statements
from app.repositories.filters import Asked
from app.repositories.snapshots import At, Executor, today
from app.schemas.fields import ALWAYS
from app.schemas.queries import StatementsQuery, TimeQuery
from app.schemas.types import Answer

_Answer = TypeVar("_Answer", bound=Answer)


def asked_for(query: TimeQuery, revision: int, units: Units) -> Asked:
    """Return the point in time that a query asks for: today where it names no date."""
    now = today()
    return Asked(At(query.as_of or now, revision), now, units)


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Give the address of the next page in a Link header (RFC 8288)."""
    if cursor is not None:
        link_to(request, response, "cursor", cursor)


def link_to(request: Request, response: Response, parameter: str, value: str) -> None:
    """Give the address of the next page: that of this one with another value of a parameter."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != parameter]
    url = request.url.replace(query=urlencode([*asked, (parameter, value)]))
    response.headers["Link"] = f'<{url}>; rel="next"'


async def statements_about(
    connection: Executor,
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    revision: int,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Return the members of a page of a subject's statements, and give the address of the next."""
    at = At(query.as_of or date.max, revision)
    items, cursor = await statements.list_statements(connection, subject, query, at)
    link_next(request, response, cursor)
    return {"items": items, "next_cursor": cursor, "revision": revision}


def narrowed(answer: _Answer, fields: Collection[str], response: Response) -> _Answer | Response:
    """Return an answer with just the members asked for, and what it is about."""
    return _only(answer, ALWAYS.union(fields), response) if fields else answer


def narrowed_page(page: _Answer, fields: Collection[str], response: Response) -> _Answer | Response:
    """Return a page whose items have just the members asked for."""
    if not fields:
        return page
    members: dict[str, Any] = dict.fromkeys(type(page).model_fields, True)
    return _only(page, {**members, "items": {"__all__": ALWAYS.union(fields)}}, response)


def _only(answer: Answer, include: Any, response: Response) -> Response:
    """Write the members of an answer; the framework adds no headers to what is written already."""
    content = answer.model_dump_json(include=include)
    return Response(content, media_type="application/json", headers=dict(response.headers))
