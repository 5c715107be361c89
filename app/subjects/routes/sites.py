"""Sites: registering, reading, stating, patching, withdrawing."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.core.errors import RegistryError
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import SubjectType
from app.entry import writes
from app.entry.schemas import (
    SiteRegistration,
    SiteStatement,
    SiteStatementPage,
    SiteStatementWrite,
    Withdrawal,
)
from app.entry.statement_queries import list_statements
from app.http.merge_patch import AS_MERGE_PATCH, about_patch, as_statement
from app.http.reading import Reading, reads
from app.http.responses import PATCHED, READ_STATE, RESPONSES, WITHDRAWN, created, created_if_match
from app.http.strict_routes import StrictRoute
from app.http.writing import Writing, WritingIfMatch
from app.subjects import provenance, queries
from app.subjects.histories import SITE_HISTORY, check_present, check_registered
from app.subjects.query_parameters import (
    PatchQuery,
    ProjectsQuery,
    SiteProjectsQuery,
    SiteQuery,
    SitesQuery,
    StatementsQuery,
    TimelineQuery,
)
from app.subjects.schemas import (
    ProjectPage,
    ProvenanceList,
    SiteDetail,
    SitePage,
    SiteTimeline,
    SiteValues,
    WithdrawalWrite,
)

router = APIRouter(prefix="/v1/sites", tags=["sites"], route_class=StrictRoute, responses=RESPONSES)
SiteId = Annotated[str, Path(description="Readable id, as in ccn-quang-chu.", max_length=100)]


@router.get("", summary="List sites", response_model=SitePage)
async def list_sites(
    read: Annotated[Reading[SitesQuery], reads(SitesQuery)],
) -> SitePage | Response:
    """List the sites that match every filter, as of a date and as known at a revision."""
    page = await queries.list_sites(read.connection, read.query, read)
    return read.sparse_page(read.linked(page))


@router.post("", status_code=201, summary="Register a site", responses=created(SiteStatement))
async def register_site(
    writer: Writing, body: SiteRegistration, response: Response
) -> SiteStatement:
    """Register a site with the first statement about it, and answer with that statement."""
    statement = await writes.register_site(writer, body)
    response.headers["Location"] = f"/v1/sites/{statement.subject_id}"
    return statement


@router.get("/{site_id}", summary="Read a site", response_model=SiteDetail, responses=READ_STATE)
async def get_site(
    site_id: SiteId, read: Annotated[Reading[SiteQuery], reads(SiteQuery)]
) -> SiteDetail | Response:
    """Read the state of a site on a date, as known at a revision."""
    found = await queries.get_site(read.connection, site_id, read, read.query.boundaries)
    read.shows_state(found.changed_in)
    return read.sparse(found)


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
        return await writes.patch_site(writer, site_id, write)
    except RegistryError as error:
        raise about_patch(error) from error


@router.get("/{site_id}/statements", summary="List what was said of a site")
async def list_site_statements(
    site_id: SiteId, read: Annotated[Reading[StatementsQuery], reads(StatementsQuery)]
) -> SiteStatementPage:
    """List the statements about a site, newest first, retracted ones included."""
    await check_registered(read.connection, SITE_HISTORY, site_id, read.at.revision)
    subject = (SubjectType.site, site_id)
    return read.linked(
        await list_statements(read.connection, SiteStatementPage, subject, read.query, read.at)
    )


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
    statement = await writes.state_site(writer, site_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{site_id}/timeline", summary="Read a site's versions", responses=WITHDRAWN)
async def get_site_timeline(
    site_id: SiteId, read: Annotated[Reading[TimelineQuery], reads(TimelineQuery)]
) -> SiteTimeline:
    """Read the states of a site over valid time, oldest first, as known at a revision."""
    return await queries.get_site_timeline(read.connection, site_id, read.at)


@router.get("/{site_id}/provenance", summary="Read who said what a site is", responses=WITHDRAWN)
async def get_site_provenance(
    site_id: SiteId, read: Annotated[Reading[TimeQuery], reads(TimeQuery)]
) -> ProvenanceList:
    """Read for each known attribute of a site the statement and source that decide it."""
    return await provenance.get_provenance(
        read.connection, SITE_HISTORY, site_id, read.at, read.units
    )


@router.get(
    "/{site_id}/projects",
    summary="List the projects of a site",
    response_model=ProjectPage,
    responses=WITHDRAWN,
)
async def list_site_projects(
    site_id: SiteId, read: Annotated[Reading[SiteProjectsQuery], reads(SiteProjectsQuery)]
) -> ProjectPage | Response:
    """List the projects that are in a site on a date, as known at a revision."""
    await check_present(read.connection, SITE_HISTORY, site_id, read.at.revision)
    of_site = ProjectsQuery(**read.query.model_dump(), site=[site_id])
    page = await queries.list_projects(read.connection, of_site, read)
    return read.sparse_page(read.linked(page))


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
    withdrawal = await writes.withdraw(writer, SubjectType.site, site_id, body)
    response.headers["Location"] = f"/v1/revisions/{withdrawal.revision}"
    return withdrawal
