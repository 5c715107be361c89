"""Policy documents: what is stated of them, and the statements they are cited for."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.answers import created
from app.api.asked import link_next, statements_about
from app.api.dependencies import Reading, ReadingAtLength
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.writing import Writing
from app.domain.vocabulary import SubjectType
from app.repositories import registers, statements
from app.repositories.paging import pinned
from app.repositories.snapshots import At
from app.schemas.queries import StatementsQuery
from app.schemas.statements import (
    DocumentStatement,
    DocumentStatementPage,
    Statement,
    StatementPage,
)
from app.schemas.subject_statements import DocumentStatementWrite
from app.services import documents as service

router = APIRouter(
    prefix="/v1/sources", tags=["sources"], route_class=StrictRoute, responses=RESPONSES
)
SourceId = Annotated[
    str, Path(description="Readable id, as in bac-kan-press-2023-12.", max_length=100)
]


@router.get("/{source_id}/statements", summary="List what was said of a document")
async def list_document_statements(
    connection: Reading,
    source_id: SourceId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> DocumentStatementPage:
    """List the statements about a policy document, newest first, retracted ones included."""
    query, revision = await pinned(connection, query)
    await registers.get_source(connection, source_id, revision)
    subject = (SubjectType.source, source_id)
    found = await statements_about(connection, subject, query, revision, request, response)
    return DocumentStatementPage(**found)


@router.post(
    "/{source_id}/statements",
    status_code=201,
    summary="State something of a document",
    responses=created(DocumentStatement),
)
async def state_document(
    writer: Writing, source_id: SourceId, body: DocumentStatementWrite, response: Response
) -> DocumentStatement:
    """Record what a source says of a policy document: its status, its date, who approved it."""
    statement = await service.state_document(writer, source_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{source_id}/citations", summary="List the statements that cite a document")
async def list_citations(
    connection: ReadingAtLength,
    source_id: SourceId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> StatementPage:
    """List the statements whose source refers to a policy document, newest first."""
    query, revision = await pinned(connection, query)
    await registers.get_source(connection, source_id, revision)
    at = At(query.as_of or date.max, revision)
    found, cursor = await statements.list_citations(connection, source_id, query, at)
    link_next(request, response, cursor)
    items = [Statement(statement) for statement in found]
    return StatementPage(items=items, next_cursor=cursor, revision=revision)
