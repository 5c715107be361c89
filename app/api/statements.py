"""Statements by their own id, and their retraction."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.api.answers import created
from app.api.dependencies import Reading
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.writing import Writing
from app.repositories import statements
from app.repositories.snapshots import resolve_revision
from app.schemas.queries import KnownQuery
from app.schemas.statements import Retraction, Statement
from app.services import statements as service

router = APIRouter(
    prefix="/v1/statements", tags=["statements"], route_class=StrictRoute, responses=RESPONSES
)
StatementId = Annotated[str, Path(description="Id of a statement, as in 57-1.", max_length=50)]


@router.get("/{statement_id}", summary="Read a statement")
async def get_statement(
    connection: Reading, statement_id: StatementId, query: Annotated[KnownQuery, Query()]
) -> Statement:
    """Read what one source said, and whether it was retracted."""
    revision = await resolve_revision(connection, query)
    return Statement(await statements.get_statement(connection, statement_id, revision))


@router.post(
    "/{statement_id}/retraction",
    status_code=201,
    summary="Retract a statement",
    responses=created(Statement),
)
async def retract_statement(
    writer: Writing, statement_id: StatementId, body: Retraction, response: Response
) -> Statement:
    """Withdraw a statement with a reason: it stays readable and stops counting."""
    statement = await service.retract(writer, statement_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return Statement(statement)
