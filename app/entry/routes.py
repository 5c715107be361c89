"""Statements by their own id, about policy documents, and about provinces."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Request, Response
from starlette.convertors import StringConvertor, register_url_convertor

from app.core.errors import Fault, NotFoundError
from app.core.messages import Template
from app.core.query_parameters import KnownQuery
from app.core.vocabulary import SubjectType
from app.entry import bulk, statement_lists, statement_queries, writes
from app.entry.bulk import BulkAnswer, BulkFault, BulkQuery, BulkWrite
from app.entry.replacements import Replacement
from app.entry.schemas import (
    AllStatementsPage,
    DocumentStatement,
    DocumentStatementPage,
    DocumentStatementWrite,
    ProvinceStatement,
    ProvinceStatementPage,
    ProvinceStatementWrite,
    Retraction,
    Statement,
    StatementAnswer,
    StatementPage,
)
from app.entry.statement_lists import AllStatementsQuery
from app.entry.statement_queries import list_of_province, list_with_effects
from app.http.access import note_refusal
from app.http.languages import CATALOGUES, language_of
from app.http.problems import rendered
from app.http.reading import ProvinceCode, Reading, reads
from app.http.responses import created, created_if_match
from app.http.strict_routes import BulkRoute, strict_router
from app.http.writing import Writing, WritingIfMatch
from app.ledger import sources
from app.subjects.query_parameters import StatementsQuery
from app.units.units import UnitLevel

documents_router = strict_router("/sources", "sources")
SourceId = Annotated[
    str, Path(description="Readable id, as in bac-kan-press-2023-12.", max_length=100)
]


@documents_router.get("/{source_id}/statements", summary="List what was said of a document")
async def list_document_statements(
    source_id: SourceId, read: Annotated[Reading[StatementsQuery], reads(StatementsQuery)]
) -> DocumentStatementPage:
    """List the statements about a policy document, newest first, retracted ones included."""
    await sources.find_present(read.connection, SubjectType.source, source_id, read.at.revision)
    subject = (SubjectType.source, source_id)
    return read.linked(
        await list_with_effects(read.connection, DocumentStatementPage, subject, read.query, read)
    )


@documents_router.post(
    "/{source_id}/statements",
    status_code=201,
    summary="State something of a document",
    response_model=DocumentStatement,
    responses=created(DocumentStatement),
)
async def state_document(
    writer: Writing, source_id: SourceId, body: DocumentStatementWrite, response: Response
) -> StatementAnswer:
    """Record what a source says of a policy document: its status, its date, who approved it."""
    statement = await writes.state(writer, SubjectType.source, source_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@documents_router.get("/{source_id}/citations", summary="List the statements that cite a document")
async def list_citations(
    source_id: SourceId,
    read: Annotated[Reading[StatementsQuery], reads(StatementsQuery, at_length=True)],
) -> StatementPage:
    """List the statements whose source refers to a policy document, newest first."""
    await sources.find_present(read.connection, SubjectType.source, source_id, read.at.revision)
    return read.linked(
        await statement_queries.list_citations(read.connection, source_id, read.query, read.at)
    )


statements_router = strict_router("/statements", "statements")
StatementId = Annotated[str, Path(description="Id of a statement, as in 57-1.", max_length=50)]


class _AnyButBulk(StringConvertor):
    """What may be an id: ``bulk`` is a path of its own, which has another method."""

    regex = "(?!bulk$)[^/]+"


register_url_convertor("any_but_bulk", _AnyButBulk())


@statements_router.get("", summary="List everything that was said")
async def list_all_statements(
    read: Annotated[Reading[AllStatementsQuery], reads(AllStatementsQuery, at_length=True)],
) -> AllStatementsPage:
    """List the statements that match every filter, retracted ones included, newest first.

    With `source_id`: what a document says. Each item has the name of what it is about, and links.
    """
    day = read.query.as_of or read.day
    return read.linked(
        await statement_lists.list_all_statements(read.connection, read.query, read, day)
    )


@statements_router.get("/{statement_id:any_but_bulk}", summary="Read a statement")
async def get_statement(
    statement_id: StatementId, read: Annotated[Reading[KnownQuery], reads(KnownQuery)]
) -> Statement:
    """Read what one source said, and whether it was retracted."""
    return Statement(
        await statement_queries.get_statement(read.connection, statement_id, read.at.revision)
    )


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
    statement = await writes.retract(writer, statement_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return Statement(statement)


@statements_router.post(
    "/{statement_id}/replacement",
    status_code=201,
    summary="Replace a statement",
    responses=created_if_match(Statement),
)
async def replace_statement(
    writer: WritingIfMatch, statement_id: StatementId, body: Replacement, response: Response
) -> Statement:
    """Retract a statement and record a right one in its place, in one revision.

    Of statements of the same date it counts where the other did: what came after that one still
    comes after it. Everything that the source says is stated anew, not only what was wrong.
    """
    statement = await writes.replace(writer, statement_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return Statement(statement)


bulk_router = strict_router("/statements", "statements", BulkRoute)


@bulk_router.post(
    "/bulk",
    status_code=201,
    summary="State many things",
    responses=created(BulkAnswer, has_state=False),
)
async def state_bulk(
    writer: Writing,
    body: BulkWrite,
    query: Annotated[BulkQuery, Query()],
    request: Request,
    response: Response,
) -> BulkAnswer:
    """Record up to 10,000 statements, and what is new for them, as one revision.

    They are judged as if they were sent one after the other: organizations, sources, sites,
    projects, then statements. One that is refused refuses all, and the problem lists the faults of
    all members, a hundred at most; with `skip_refused=true` the others are recorded, without those
    that depend on it. 200 and a `revision` of null: nothing was recorded. With `dry_run=true` the
    answer says what would have been.
    """
    language = language_of(request)
    catalogue = CATALOGUES.get(language, {})
    response.headers["Content-Language"] = language

    def render(fault: Fault) -> BulkFault:
        return BulkFault.model_validate(rendered(fault, catalogue))

    answer = await bulk.state_bulk(
        writer,
        body,
        skip_refused=query.skip_refused,
        render=render,
        note=partial(note_refusal, request),
    )
    if answer.revision is None:
        response.status_code = HTTPStatus.OK
    else:
        response.headers["Location"] = f"/v1/revisions/{answer.revision}"
    return answer


province_statements_router = strict_router("/provinces", "provinces")


_NO_SUCH_PROVINCE = Template(
    "entry.no-such-province", "No province ever had the code {code!r}; see /v1/provinces."
)


@province_statements_router.get("/{code}/statements", summary="List what was said of a province")
async def list_province_statements(
    code: ProvinceCode, read: Annotated[Reading[StatementsQuery], reads(StatementsQuery)]
) -> ProvinceStatementPage:
    """List the statements about every province that had the code, newest first."""
    if not read.units.eras(UnitLevel.province, code):
        raise NotFoundError(_NO_SUCH_PROVINCE(code=code))
    return read.linked(await list_of_province(read.connection, code, read.query, read))


@province_statements_router.post(
    "/{code}/statements",
    status_code=201,
    summary="State something of a province",
    response_model=ProvinceStatement,
    responses=created(ProvinceStatement),
)
async def state_province(
    writer: Writing, code: ProvinceCode, body: ProvinceStatementWrite, response: Response
) -> StatementAnswer:
    """Record what a source says of a province."""
    statement = await writes.state(writer, SubjectType.province, code, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement
