"""Projects: registering, reading, stating, patching, withdrawing."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.core.errors import RegistryError
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import SubjectType
from app.entry import subjects
from app.entry.schemas import (
    ProjectRegistration,
    ProjectStatement,
    ProjectStatementPage,
    ProjectStatementWrite,
    Withdrawal,
)
from app.http.entity_tags import state_tag
from app.http.merge_patch import AS_MERGE_PATCH, about_patch, as_statement
from app.http.reading import (
    Reading,
    ReadingLists,
    TheUnits,
    link_next,
    snapshot_of,
    sparse,
    sparse_page,
    statements_about,
)
from app.http.responses import PATCHED, READ_STATE, RESPONSES, WITHDRAWN, created, created_if_match
from app.http.strict_routes import StrictRoute
from app.http.writing import Writing, WritingIfMatch
from app.ledger.snapshots import At, pinned, resolve_revision
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
    connection: ReadingLists,
    units: TheUnits,
    query: Annotated[ProjectsQuery, Query()],
    request: Request,
    response: Response,
) -> ProjectPage | Response:
    """List the projects that match every filter, as of a date and as known at a revision."""
    query, revision = await pinned(connection, query)
    page = await queries.list_projects(connection, query, snapshot_of(query, revision, units))
    link_next(request, response, page.next_cursor)
    return sparse_page(page, query.fields, response)


@router.post("", status_code=201, summary="Register a project", responses=created(ProjectStatement))
async def register_project(
    writer: Writing, body: ProjectRegistration, response: Response
) -> ProjectStatement:
    """Register a project with the first statement about it, and answer with that statement."""
    statement = await subjects.register_project(writer, body)
    response.headers["Location"] = f"/v1/projects/{statement.subject_id}"
    return statement


@router.get(
    "/{project_id}", summary="Read a project", response_model=ProjectDetail, responses=READ_STATE
)
async def get_project(
    connection: Reading,
    units: TheUnits,
    project_id: ProjectId,
    query: Annotated[ProjectQuery, Query()],
    response: Response,
) -> ProjectDetail | Response:
    """Read the state of a project on a date, as known at a revision."""
    snapshot = snapshot_of(query, await resolve_revision(connection, query), units)
    found = await queries.get_project(connection, project_id, snapshot, query.boundaries)
    response.headers["ETag"] = state_tag(found.changed_in)
    return sparse(found, query.fields, response)


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
        return await subjects.patch_project(writer, project_id, write)
    except RegistryError as error:
        raise about_patch(error) from error


@router.get("/{project_id}/statements", summary="List what was said of a project")
async def list_project_statements(
    connection: Reading,
    project_id: ProjectId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> ProjectStatementPage:
    """List the statements about a project, newest first, retracted ones included."""
    query, revision = await pinned(connection, query)
    await check_registered(connection, PROJECT_HISTORY, project_id, revision)
    subject = (SubjectType.project, project_id)
    found = await statements_about(connection, subject, query, revision, request, response)
    return ProjectStatementPage(**found)


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
    statement = await subjects.state_project(writer, project_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{project_id}/timeline", summary="Read a project's versions", responses=WITHDRAWN)
async def get_project_timeline(
    connection: Reading, project_id: ProjectId, query: Annotated[TimelineQuery, Query()]
) -> ProjectTimeline:
    """Read the states of a project over valid time, oldest first, as known at a revision."""
    at = At(query.as_of or date.max, await resolve_revision(connection, query))
    return await queries.get_project_timeline(connection, project_id, at)


@router.get(
    "/{project_id}/provenance", summary="Read who said what a project is", responses=WITHDRAWN
)
async def get_project_provenance(
    connection: Reading,
    units: TheUnits,
    project_id: ProjectId,
    query: Annotated[TimeQuery, Query()],
) -> ProvenanceList:
    """Read for each known attribute of a project the statement and source that decide it."""
    at = snapshot_of(query, await resolve_revision(connection, query), units).at
    return await provenance.get_provenance(connection, PROJECT_HISTORY, project_id, at, units)


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
    withdrawal = await subjects.withdraw(writer, SubjectType.project, project_id, body)
    response.headers["Location"] = f"/v1/revisions/{withdrawal.revision}"
    return withdrawal
