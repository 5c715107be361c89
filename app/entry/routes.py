"""Statements by their own id, about policy documents, and about provinces."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.core.errors import NotFoundError
from app.core.messages import Template
from app.core.query_parameters import KnownQuery
from app.core.vocabulary import SubjectType
from app.entry import provinces, statement_queries, statements
from app.entry.schemas import (
    DocumentStatement,
    DocumentStatementPage,
    DocumentStatementWrite,
    ProvinceStatement,
    ProvinceStatementPage,
    ProvinceStatementWrite,
    Retraction,
    Statement,
    StatementPage,
)
from app.http.reading import (
    ProvinceCode,
    Reading,
    ReadingAtLength,
    TheUnits,
    link_next,
    statements_about,
)
from app.http.responses import RESPONSES, created
from app.http.strict_routes import StrictRoute
from app.http.writing import Writing
from app.ledger import sources
from app.ledger.snapshots import At, pinned, resolve_revision
from app.subjects.query_parameters import StatementsQuery
from app.units.units import UnitLevel

documents_router = APIRouter(
    prefix="/v1/sources", tags=["sources"], route_class=StrictRoute, responses=RESPONSES
)
SourceId = Annotated[
    str, Path(description="Readable id, as in bac-kan-press-2023-12.", max_length=100)
]


@documents_router.get("/{source_id}/statements", summary="List what was said of a document")
async def list_document_statements(
    connection: Reading,
    source_id: SourceId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> DocumentStatementPage:
    """List the statements about a policy document, newest first, retracted ones included."""
    query, revision = await pinned(connection, query)
    await sources.get_source(connection, source_id, revision)
    subject = (SubjectType.source, source_id)
    found = await statements_about(connection, subject, query, revision, request, response)
    return DocumentStatementPage(**found)


@documents_router.post(
    "/{source_id}/statements",
    status_code=201,
    summary="State something of a document",
    responses=created(DocumentStatement),
)
async def state_document(
    writer: Writing, source_id: SourceId, body: DocumentStatementWrite, response: Response
) -> DocumentStatement:
    """Record what a source says of a policy document: its status, its date, who approved it."""
    statement = await statements.state_document(writer, source_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@documents_router.get("/{source_id}/citations", summary="List the statements that cite a document")
async def list_citations(
    connection: ReadingAtLength,
    source_id: SourceId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> StatementPage:
    """List the statements whose source refers to a policy document, newest first."""
    query, revision = await pinned(connection, query)
    await sources.get_source(connection, source_id, revision)
    at = At(query.as_of or date.max, revision)
    found, cursor = await statement_queries.list_citations(connection, source_id, query, at)
    link_next(request, response, cursor)
    items = [Statement(statement) for statement in found]
    return StatementPage(items=items, next_cursor=cursor, revision=revision)


statements_router = APIRouter(
    prefix="/v1/statements", tags=["statements"], route_class=StrictRoute, responses=RESPONSES
)
StatementId = Annotated[str, Path(description="Id of a statement, as in 57-1.", max_length=50)]


@statements_router.get("/{statement_id}", summary="Read a statement")
async def get_statement(
    connection: Reading, statement_id: StatementId, query: Annotated[KnownQuery, Query()]
) -> Statement:
    """Read what one source said, and whether it was retracted."""
    revision = await resolve_revision(connection, query)
    return Statement(await statement_queries.get_statement(connection, statement_id, revision))


@statements_router.post(
    "/{statement_id}/retraction",
    status_code=201,
    summary="Retract a statement",
    responses=created(Statement),
)
async def retract_statement(
    writer: Writing, statement_id: StatementId, body: Retraction, response: Response
) -> Statement:
    """Withdraw a statement with a reason: it stays readable and stops counting."""
    statement = await statements.retract(writer, statement_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return Statement(statement)


province_statements_router = APIRouter(
    prefix="/v1/provinces", tags=["provinces"], route_class=StrictRoute, responses=RESPONSES
)


_NO_SUCH_PROVINCE = Template(
    "entry.no-such-province", "No province ever had the code {code!r}; see /v1/provinces."
)


@province_statements_router.get("/{code}/statements", summary="List what was said of a province")
async def list_province_statements(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> ProvinceStatementPage:
    """List the statements about every province that had the code, newest first."""
    if not units.eras(UnitLevel.province, code):
        raise NotFoundError(_NO_SUCH_PROVINCE(code=code))
    pinned_query, revision = await pinned(connection, query)
    subject = (SubjectType.province, code)
    found = await statements_about(connection, subject, pinned_query, revision, request, response)
    return ProvinceStatementPage(**found)


@province_statements_router.post(
    "/{code}/statements",
    status_code=201,
    summary="State something of a province",
    responses=created(ProvinceStatement),
)
async def state_province(
    writer: Writing, code: ProvinceCode, body: ProvinceStatementWrite, response: Response
) -> ProvinceStatement:
    """Record what a source says of a province."""
    statement = await provinces.state_province(writer, code, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement
