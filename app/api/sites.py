"""Sites: registering, reading, stating, patching, withdrawing."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.dependencies import Reading, ReadingLists, TheUnits, Writing
from app.api.problems import RESPONSES
from app.api.routes import MERGE_PATCH, StrictRoute
from app.domain.vocabulary import Boundaries, DateBasis, SubjectType
from app.errors import BadBodyError, BadParameterError, Fault, RegistryError
from app.repositories import provenance, sites, statements
from app.repositories.paging import pinned
from app.repositories.snapshots import At, Executor, resolve_revision, today
from app.schemas.queries import (
    PatchQuery,
    SiteQuery,
    SitesQuery,
    StatementsQuery,
    TimelineQuery,
    TimeQuery,
)
from app.schemas.site_statements import SiteRegistration, SiteStatementWrite
from app.schemas.sites import (
    SiteDetail,
    SitePage,
    SiteProvenance,
    SiteTimeline,
    SiteValues,
    SiteWithdrawal,
    Withdrawal,
)
from app.schemas.statements import Statement, StatementPage
from app.services import sites as service

router = APIRouter(prefix="/v1/sites", tags=["sites"], route_class=StrictRoute, responses=RESPONSES)
SiteId = Annotated[str, Path(description="Readable id, as in ccn-quang-chu.", max_length=100)]


async def _at(connection: Executor, query: TimeQuery) -> At:
    revision = await resolve_revision(connection, query)
    return At(query.as_of or today(), revision)


@router.get("", summary="List sites")
async def list_sites(
    connection: ReadingLists,
    units: TheUnits,
    query: Annotated[SitesQuery, Query()],
    request: Request,
    response: Response,
) -> SitePage:
    """List the sites that match every filter, as of a date and as known at a revision."""
    asked, revision = await pinned(connection, query)
    at = At(asked.as_of or today(), revision)
    page = await sites.list_sites(connection, asked, at, units, At(today(), at.revision))
    link_next(request, response, page.next_cursor)
    return page


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Give the address of the next page in a Link header (RFC 8288)."""
    if cursor is not None:
        asked = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
        url = request.url.replace(query=urlencode([*asked, ("cursor", cursor)]))
        response.headers["Link"] = f'<{url}>; rel="next"'


@router.post("", status_code=201, summary="Register a site")
async def register_site(writer: Writing, body: SiteRegistration, response: Response) -> Statement:
    """Register a site with the first statement about it, and answer with that statement."""
    statement = await service.register_site(writer, body)
    response.headers["Location"] = f"/v1/sites/{statement.subject_id}"
    return statement


@router.get("/{site_id}", summary="Read a site")
async def get_site(
    connection: Reading, units: TheUnits, site_id: SiteId, query: Annotated[SiteQuery, Query()]
) -> SiteDetail:
    """Read the state of a site on a date, as known at a revision."""
    at = await _at(connection, query)
    values = await sites.get_site(connection, site_id, at)
    if query.boundaries is Boundaries.now:
        values = sites.retell(values, at, units, At(today(), at.revision))
    return sites.as_detail(values, at)


@router.patch(
    "/{site_id}",
    summary="Patch a site",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MERGE_PATCH: {"schema": {"$ref": "#/components/schemas/SiteValues"}}},
        }
    },
)
async def patch_site(
    writer: Writing,
    site_id: SiteId,
    body: SiteValues,
    query: Annotated[PatchQuery, Query()],
) -> Statement:
    """Record a statement of just the members given (RFC 7396): null clears, absent stays."""
    if not body.model_fields_set:
        raise BadBodyError.of("#", "The patch is empty: give the members that change.")
    how = DateBasis.stated if query.effective_from else DateBasis.inferred
    write: dict[str, Any] = query.model_dump() | {
        "effective_from": query.effective_from or today().isoformat(),
        "date_basis": query.date_basis or how,
        "values": body,
    }
    try:
        return await service.state_site(writer, site_id, SiteStatementWrite.model_validate(write))
    except RegistryError as error:
        raise _about_patch(error) from error


def _about_patch(error: RegistryError) -> RegistryError:
    """Name what is at fault as the patch has it: values are its members, the rest parameters."""
    error.errors = tuple(map(_patch_fault, error.errors))
    if any(fault.parameter for fault in error.errors):
        return BadParameterError(error.detail, errors=error.errors)
    return error


def _patch_fault(fault: Fault) -> Fault:
    pointer = fault.pointer or ""
    if pointer.startswith("#/values"):
        return Fault(fault.detail, pointer=pointer.replace("#/values", "#", 1))
    return Fault(fault.detail, parameter=pointer.removeprefix("#/"))


@router.get("/{site_id}/statements", summary="List what was said of a site")
async def list_site_statements(
    connection: Reading,
    site_id: SiteId,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> StatementPage:
    """List the statements about a site, newest first, retracted ones included."""
    asked, revision = await pinned(connection, query)
    await sites.check_registered(connection, site_id, revision)
    subject = (SubjectType.site, site_id)
    at = At(asked.as_of or date.max, revision)
    page = await statements.list_statements(connection, subject, asked, at)
    link_next(request, response, page.next_cursor)
    return page


@router.post("/{site_id}/statements", status_code=201, summary="State something of a site")
async def state_site(
    writer: Writing, site_id: SiteId, body: SiteStatementWrite, response: Response
) -> Statement:
    """Record what a source says of a site from a date on."""
    statement = await service.state_site(writer, site_id, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{site_id}/timeline", summary="Read a site's versions")
async def get_site_timeline(
    connection: Reading, site_id: SiteId, query: Annotated[TimelineQuery, Query()]
) -> SiteTimeline:
    """Read the states of a site over valid time, oldest first, as known at a revision."""
    at = At(query.as_of or date.max, await resolve_revision(connection, query))
    return await sites.get_timeline(connection, site_id, at)


@router.get("/{site_id}/provenance", summary="Read who said what a site is")
async def get_site_provenance(
    connection: Reading, units: TheUnits, site_id: SiteId, query: Annotated[TimeQuery, Query()]
) -> SiteProvenance:
    """Read for each known attribute of a site the statement and source that decide it."""
    at = await _at(connection, query)
    site = await sites.get_site(connection, site_id, at)
    return await provenance.get_provenance(connection, site, at, units)


@router.post("/{site_id}/withdrawal", status_code=201, summary="Withdraw a site")
async def withdraw_site(writer: Writing, site_id: SiteId, body: Withdrawal) -> SiteWithdrawal:
    """Take a site that was registered by mistake out of the register; its history stays."""
    return await service.withdraw_site(writer, site_id, body)
