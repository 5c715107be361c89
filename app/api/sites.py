"""Sites: registering, reading, stating, patching, withdrawing."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.answers import PATCHED, READ_STATE, WITHDRAWN, created, created_if_match
from app.api.asked import asked_for, link_next, narrowed, narrowed_page, statements_about
from app.api.dependencies import Reading, ReadingLists, TheUnits
from app.api.patches import AS_MERGE_PATCH, about_patch, as_statement
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.tags import state_tag
from app.api.writing import Writing, WritingIfMatch
from app.domain.vocabulary import SubjectType
from app.errors import RegistryError
from app.repositories import projects, provenance, sites
from app.repositories.histories import SITE_HISTORY, check_present, check_registered
from app.repositories.paging import pinned
from app.repositories.snapshots import At, resolve_revision
from app.schemas.history_queries import ProjectsQuery, SiteProjectsQuery, SiteQuery, SitesQuery
from app.schemas.projects import ProjectPage
from app.schemas.queries import PatchQuery, StatementsQuery, TimelineQuery, TimeQuery
from app.schemas.sites import SiteDetail, SitePage, SiteTimeline, SiteValues
from app.schemas.statements import SiteStatement, SiteStatementPage
from app.schemas.subject_statements import SiteRegistration, SiteStatementWrite
from app.schemas.subjects import ProvenanceList, WithdrawalWrite
from app.schemas.withdrawals import Withdrawal
from app.services import histories as service

router = APIRouter(prefix="/v1/sites", tags=["sites"], route_class=StrictRoute, responses=RESPONSES)
SiteId = Annotated[str, Path(description="Readable id, as in ccn-quang-chu.", max_length=100)]


@router.get("", summary="List sites", response_model=SitePage)
async def list_sites(
    connection: ReadingLists,
    units: TheUnits,
    query: Annotated[SitesQuery, Query()],
    request: Request,
    response: Response,
) -> SitePage | Response:
    """List the sites that match every filter, as of a date and as known at a revision."""
    query, revision = await pinned(connection, query)
    page = await sites.list_sites(connection, query, asked_for(query, revision, units))
    link_next(request, response, page.next_cursor)
    return narrowed_page(page, query.fields, response)


@router.post("", status_code=201, summary="Register a site", responses=created(SiteStatement))
async def register_site(
    writer: Writing, body: SiteRegistration, response: Response
) -> SiteStatement:
    """Register a site with the first statement about it, and answer with that statement."""
    statement = await service.register_site(writer, body)
    response.headers["Location"] = f"/v1/sites/{statement.subject_id}"
    return statement


@router.get("/{site_id}", summary="Read a site", response_model=SiteDetail, responses=READ_STATE)
async def get_site(
    connection: Reading,
    units: TheUnits,
    site_id: SiteId,
    query: Annotated[SiteQuery, Query()],
    response: Response,
) -> SiteDetail | Response:
    """Read the state of a site on a date, as known at a revision."""
    asked = asked_for(query, await resolve_revision(connection, query), units)
    found = await sites.get_site(connection, site_id, asked, query.boundaries)
    response.headers["ETag"] = state_tag(found.changed_in)
    return narrowed(found, query.fields, response)


@router.patch("/{site_id}", summary="Patch a site", responses=PATCHED)
async def patch_site(
    writer: WritingIfMatch,
    site_id: SiteId,
    body: Annotated[SiteValues, AS_MERGE_PATCH],
    query: Annotated[PatchQuery, Query()],
) -> SiteStatement:
    """Record a statement of just the members given (RFC 7396): null clears, absent stays."""
    write = SiteStatementWrite.model_validate(as_statement(body, query))
    try:
        return await service.patch_site(writer, site_id, write)
    except RegistryError as error:
        raise about_patch(error) from error


@router.get("/{site_id}/statements", summary="List what was said of a site")
async def list_site_statements(
    connection: Reading,
    site_id: SiteId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> SiteStatementPage:
    """List the statements about a site, newest first, retracted ones included."""
    query, revision = await pinned(connection, query)
    await check_registered(connection, SITE_HISTORY, site_id, revision)
    subject = (SubjectType.site, site_id)
    found = await statements_about(connection, subject, query, revision, request, response)
    return SiteStatementPage(**found)


@router.post(
    "/{site_id}/statements",
    status_code=201,
    summary="State something of a site",
    responses=created_if_match(SiteStatement),
)
async def state_site(
    writer: WritingIfMatch, site_id: SiteId, body: SiteStatementWrite, response: Response
) -> SiteStatement:
    """Record what a source says of a site from a date on."""
    statement = await service.state_site(writer, site_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{site_id}/timeline", summary="Read a site's versions", responses=WITHDRAWN)
async def get_site_timeline(
    connection: Reading, site_id: SiteId, query: Annotated[TimelineQuery, Query()]
) -> SiteTimeline:
    """Read the states of a site over valid time, oldest first, as known at a revision."""
    at = At(query.as_of or date.max, await resolve_revision(connection, query))
    return await sites.get_site_timeline(connection, site_id, at)


@router.get("/{site_id}/provenance", summary="Read who said what a site is", responses=WITHDRAWN)
async def get_site_provenance(
    connection: Reading, units: TheUnits, site_id: SiteId, query: Annotated[TimeQuery, Query()]
) -> ProvenanceList:
    """Read for each known attribute of a site the statement and source that decide it."""
    at = asked_for(query, await resolve_revision(connection, query), units).at
    return await provenance.get_provenance(connection, SITE_HISTORY, site_id, at, units)


@router.get(
    "/{site_id}/projects",
    summary="List the projects of a site",
    response_model=ProjectPage,
    responses=WITHDRAWN,
)
async def list_site_projects(
    connection: ReadingLists,
    units: TheUnits,
    site_id: SiteId,
    query: Annotated[SiteProjectsQuery, Query()],
    request: Request,
    response: Response,
) -> ProjectPage | Response:
    """List the projects that are in a site on a date, as known at a revision."""
    query, revision = await pinned(connection, query)
    await check_present(connection, SITE_HISTORY, site_id, revision)
    of_site = ProjectsQuery(**query.model_dump(), site=[site_id])
    page = await projects.list_projects(connection, of_site, asked_for(query, revision, units))
    link_next(request, response, page.next_cursor)
    return narrowed_page(page, query.fields, response)


@router.post(
    "/{site_id}/withdrawal",
    status_code=201,
    summary="Withdraw a site",
    responses=created_if_match(Withdrawal),
)
async def withdraw_site(
    writer: WritingIfMatch, site_id: SiteId, body: WithdrawalWrite, response: Response
) -> Withdrawal:
    """Take a site that was registered by mistake out of the register; its history stays."""
    withdrawal = await service.withdraw(writer, SubjectType.site, site_id, body)
    response.headers["Location"] = f"/v1/revisions/{withdrawal.revision}"
    return withdrawal
