"""Projects: registering, reading, stating, patching, withdrawing."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.core.errors import RegistryError
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import SubjectType
from app.entry import writes
from app.entry.schemas import (
    ProjectRegistration,
    ProjectStatement,
    ProjectStatementPage,
    ProjectStatementWrite,
    Withdrawal,
)
from app.entry.statement_queries import list_statements
from app.http.merge_patch import AS_MERGE_PATCH, about_patch, as_statement
from app.http.reading import Reading, reads
from app.http.responses import PATCHED, READ_STATE, RESPONSES, WITHDRAWN, created, created_if_match
from app.http.strict_routes import StrictRoute
from app.http.writing import Writing, WritingIfMatch
from app.subjects import provenance, queries
from app.subjects.histories import PROJECT_HISTORY, check_registered
from app.subjects.query_parameters import (
    PatchQuery,
    ProjectQuery,
    ProjectsQuery,
    StatementsQuery,
    TimelineQuery,
)
from app.subjects.schemas import (
    ProjectDetail,
    ProjectPage,
    ProjectTimeline,
    ProjectValues,
    ProvenanceList,
    WithdrawalWrite,
)

router = APIRouter(
    prefix="/v1/projects", tags=["projects"], route_class=StrictRoute, responses=RESPONSES
)
ProjectId = Annotated[
    str, Path(description="Readable id, as in du-an-khu-lien-hop-gang-thep.", max_length=100)
]


@router.get("", summary="List projects", response_model=ProjectPage)
async def list_projects(
    read: Annotated[Reading[ProjectsQuery], reads(ProjectsQuery)],
) -> ProjectPage | Response:
    """List the projects that match every filter, as of a date and as known at a revision."""
    page = await queries.list_projects(read.connection, read.query, read)
    return read.sparse_page(read.linked(page))


@router.post("", status_code=201, summary="Register a project", responses=created(ProjectStatement))
async def register_project(
    writer: Writing, body: ProjectRegistration, response: Response
) -> ProjectStatement:
    """Register a project with the first statement about it, and answer with that statement."""
    statement = await writes.register_project(writer, body)
    response.headers["Location"] = f"/v1/projects/{statement.subject_id}"
    return statement


@router.get(
    "/{project_id}", summary="Read a project", response_model=ProjectDetail, responses=READ_STATE
)
async def get_project(
    project_id: ProjectId, read: Annotated[Reading[ProjectQuery], reads(ProjectQuery)]
) -> ProjectDetail | Response:
    """Read the state of a project on a date, as known at a revision."""
    found = await queries.get_project(read.connection, project_id, read, read.query.boundaries)
    read.shows_state(found.changed_in)
    return read.sparse(found)


@router.patch("/{project_id}", summary="Patch a project", responses=PATCHED)
async def patch_project(
    writer: WritingIfMatch,
    project_id: ProjectId,
    body: Annotated[ProjectValues, AS_MERGE_PATCH],
    query: Annotated[PatchQuery, Query()],
) -> ProjectStatement:
    """Record a statement of just the members given (RFC 7396): null clears, absent stays."""
    write = ProjectStatementWrite.model_validate(as_statement(body, query))
    try:
        return await writes.patch_project(writer, project_id, write)
    except RegistryError as error:
        raise about_patch(error) from error


@router.get("/{project_id}/statements", summary="List what was said of a project")
async def list_project_statements(
    project_id: ProjectId, read: Annotated[Reading[StatementsQuery], reads(StatementsQuery)]
) -> ProjectStatementPage:
    """List the statements about a project, newest first, retracted ones included."""
    await check_registered(read.connection, PROJECT_HISTORY, project_id, read.at.revision)
    subject = (SubjectType.project, project_id)
    return read.linked(
        await list_statements(read.connection, ProjectStatementPage, subject, read.query, read.at)
    )


@router.post(
    "/{project_id}/statements",
    status_code=201,
    summary="State something of a project",
    responses=created_if_match(ProjectStatement),
)
async def state_project(
    writer: WritingIfMatch, project_id: ProjectId, body: ProjectStatementWrite, response: Response
) -> ProjectStatement:
    """Record what a source says of a project from a date on."""
    statement = await writes.state_project(writer, project_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{project_id}/timeline", summary="Read a project's versions", responses=WITHDRAWN)
async def get_project_timeline(
    project_id: ProjectId, read: Annotated[Reading[TimelineQuery], reads(TimelineQuery)]
) -> ProjectTimeline:
    """Read the states of a project over valid time, oldest first, as known at a revision."""
    return await queries.get_project_timeline(read.connection, project_id, read.at)


@router.get(
    "/{project_id}/provenance", summary="Read who said what a project is", responses=WITHDRAWN
)
async def get_project_provenance(
    project_id: ProjectId, read: Annotated[Reading[TimeQuery], reads(TimeQuery)]
) -> ProvenanceList:
    """Read for each known attribute of a project the statement and source that decide it."""
    return await provenance.get_provenance(
        read.connection, PROJECT_HISTORY, project_id, read.at, read.units
    )


@router.post(
    "/{project_id}/withdrawal",
    status_code=201,
    summary="Withdraw a project",
    responses=created_if_match(Withdrawal),
)
async def withdraw_project(
    writer: WritingIfMatch, project_id: ProjectId, body: WithdrawalWrite, response: Response
) -> Withdrawal:
    """Take a project that was registered by mistake out of the register; its history stays."""
    withdrawal = await writes.withdraw(writer, SubjectType.project, project_id, body)
    response.headers["Location"] = f"/v1/revisions/{withdrawal.revision}"
    return withdrawal
