"""What routes that read share: connection, units, snapshot, page links, sparse fieldsets."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Path, Request, Response

from app.core.dates import today
from app.core.query_parameters import ALWAYS, TimeQuery
from app.core.types import Answer
from app.core.vocabulary import SubjectType
from app.database import Database
from app.database.connections import Executor
from app.entry import statement_queries
from app.http.consistency_token import standby_since
from app.http.service import service_of
from app.ledger.snapshots import At, Snapshot
from app.subjects.query_parameters import READ_AT_LENGTH, StatementsQuery
from app.units.units import Units


def _connection(
    request: Request, *, at_length: bool = False
) -> AbstractAsyncContextManager[Executor]:
    database = service_of(request).database
    return database.read(at_length=at_length, since=standby_since(request))


async def reading(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to read with."""
    async with _connection(request) as connection:
        yield connection


async def reading_at_length(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to read many rows with."""
    async with _connection(request, at_length=True) as connection:
        yield connection


async def reading_lists(request: Request) -> AsyncIterator[Executor]:
    """Lend a connection to list with; what no index serves reads many rows."""
    at_length = not READ_AT_LENGTH.isdisjoint(request.query_params)
    async with _connection(request, at_length=at_length) as connection:
        yield connection


# Asynchronous although they wait for nothing: the framework runs plain functions in a thread.
async def units_of(request: Request) -> Units:
    """Return the administrative units."""
    return service_of(request).units


async def database_of(request: Request) -> Database:
    """Return the database, for answers that are read part by part while they are sent."""
    return service_of(request).database


# The connection goes back before the response is sent, so a slow client does not hold it.
Reading = Annotated[Executor, Depends(reading, scope="function")]
ReadingAtLength = Annotated[Executor, Depends(reading_at_length, scope="function")]
ReadingLists = Annotated[Executor, Depends(reading_lists, scope="function")]
TheDatabase = Annotated[Database, Depends(database_of)]
TheUnits = Annotated[Units, Depends(units_of)]
ProvinceCode = Annotated[
    str, Path(description="Official code with its leading zero, as in 06.", max_length=10)
]


def snapshot_of(query: TimeQuery, revision: int, units: Units) -> Snapshot:
    """Return the snapshot of a query at a revision: as of today where it names no date."""
    now = today()
    return Snapshot(At(query.as_of or now, revision), now, units)


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Add the address of the next page as a Link header (RFC 8288), where there is one."""
    if cursor is not None:
        link_to(request, response, "cursor", cursor)


def link_to(request: Request, response: Response, parameter: str, value: str) -> None:
    """Add the address of this page, with another value of a parameter, as the next page."""
    others = [pair for pair in request.query_params.multi_items() if pair[0] != parameter]
    url = request.url.replace(query=urlencode([*others, (parameter, value)]))
    response.headers["Link"] = f'<{url}>; rel="next"'


async def statements_about(
    connection: Executor,
    subject: tuple[SubjectType, str],
    query: StatementsQuery,
    revision: int,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Return the members of a page of a subject's statements, and link the next."""
    at = At(query.as_of or date.max, revision)
    items, cursor = await statement_queries.list_statements(connection, subject, query, at)
    link_next(request, response, cursor)
    return {"items": items, "next_cursor": cursor, "revision": revision}


_Answer = TypeVar("_Answer", bound=Answer)


def sparse(answer: _Answer, fields: Collection[str], response: Response) -> _Answer | Response:
    """Return an answer with the requested members and the identifying ones only."""
    return _only(answer, ALWAYS.union(fields), response) if fields else answer


def sparse_page(page: _Answer, fields: Collection[str], response: Response) -> _Answer | Response:
    """Return a page whose items have the requested members and the identifying ones only."""
    if not fields:
        return page
    members: dict[str, Any] = dict.fromkeys(type(page).model_fields, True)
    return _only(page, {**members, "items": {"__all__": ALWAYS.union(fields)}}, response)


def _only(answer: Answer, include: Any, response: Response) -> Response:
    """Encode some members of an answer; to what is encoded the framework adds no headers."""
    content = answer.model_dump_json(include=include)
    return Response(content, media_type="application/json", headers=dict(response.headers))
