"""Sources, organizations and revisions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator

from app.api.answers import created
from app.api.asked import link_next
from app.api.dependencies import Reading, ReadingLists
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.writing import Writing
from app.repositories import registers, roles
from app.repositories.paging import pinned
from app.repositories.snapshots import resolve_revision
from app.schemas.numbers import whole_number_from_text
from app.schemas.organizations import RoleList
from app.schemas.queries import (
    KnownPageQuery,
    KnownQuery,
    OrganizationsQuery,
    SourcesQuery,
    TimeQuery,
)
from app.schemas.revisions import Revision, RevisionPage
from app.schemas.sources import (
    Organization,
    OrganizationPage,
    OrganizationRegistration,
    Source,
    SourcePage,
    SourceRegistration,
)
from app.services import registers as service

sources = APIRouter(
    prefix="/v1/sources", tags=["sources"], route_class=StrictRoute, responses=RESPONSES
)
organizations = APIRouter(
    prefix="/v1/organizations", tags=["organizations"], route_class=StrictRoute, responses=RESPONSES
)
revisions = APIRouter(
    prefix="/v1/revisions", tags=["revisions"], route_class=StrictRoute, responses=RESPONSES
)
Key = Annotated[str, Path(description="Readable id.", max_length=100)]
Number = Annotated[
    int,
    Path(
        description="Number of a revision.",
        ge=1,
        le=2**53,
        json_schema_extra={"format": "int64"},
    ),
    BeforeValidator(whole_number_from_text),
]


@sources.get("", summary="List sources")
async def list_sources(
    connection: ReadingLists,
    query: Annotated[SourcesQuery, Query()],
    request: Request,
    response: Response,
) -> SourcePage:
    """List the documents that say something, by id."""
    asked, revision = await pinned(connection, query)
    page = await registers.list_sources(connection, asked, revision)
    link_next(request, response, page.next_cursor)
    return page


@sources.post(
    "", status_code=201, summary="Register a source", responses=created(Source, has_state=False)
)
async def register_source(writer: Writing, body: SourceRegistration, response: Response) -> Source:
    """Register a document, so that statements can name it."""
    source = await service.register_source(writer, body)
    response.headers["Location"] = f"/v1/sources/{source.id}"
    return source


@sources.get("/{source_id}", summary="Read a source")
async def get_source(
    connection: Reading, source_id: Key, query: Annotated[KnownQuery, Query()]
) -> Source:
    """Read one document's entry."""
    revision = await resolve_revision(connection, query)
    return await registers.get_source(connection, source_id, revision)


@organizations.get("", summary="List organizations")
async def list_organizations(
    connection: ReadingLists,
    query: Annotated[OrganizationsQuery, Query()],
    request: Request,
    response: Response,
) -> OrganizationPage:
    """List the organizations that statements can name, by id."""
    asked, revision = await pinned(connection, query)
    page = await registers.list_organizations(connection, asked, revision)
    link_next(request, response, page.next_cursor)
    return page


@organizations.post(
    "",
    status_code=201,
    summary="Register an organization",
    responses=created(Organization, has_state=False),
)
async def register_organization(
    writer: Writing, body: OrganizationRegistration, response: Response
) -> Organization:
    """Register an investor, a managing body or another organization."""
    organization = await service.register_organization(writer, body)
    response.headers["Location"] = f"/v1/organizations/{organization.id}"
    return organization


@organizations.get("/{organization_id}", summary="Read an organization")
async def get_organization(
    connection: Reading, organization_id: Key, query: Annotated[KnownQuery, Query()]
) -> Organization:
    """Read one organization's entry."""
    revision = await resolve_revision(connection, query)
    return await registers.get_organization(connection, organization_id, revision)


@organizations.get("/{organization_id}/roles", summary="List what an organization does")
async def list_roles(
    connection: Reading, organization_id: Key, query: Annotated[TimeQuery, Query()]
) -> RoleList:
    """List the sites, projects and documents an organization has a hand in, and from when on.

    With ``as_of``, only what holds on that date; otherwise the whole history.
    """
    revision = await resolve_revision(connection, query)
    await registers.get_organization(connection, organization_id, revision)
    items = await roles.list_roles(connection, organization_id, query.as_of, revision)
    return RoleList(items=items, next_cursor=None, revision=revision)


@revisions.get("", summary="List revisions")
async def list_revisions(
    connection: Reading,
    query: Annotated[KnownPageQuery, Query()],
    request: Request,
    response: Response,
) -> RevisionPage:
    """List the committed writes, newest first."""
    asked, revision = await pinned(connection, query)
    page = await registers.list_revisions(connection, asked, revision)
    link_next(request, response, page.next_cursor)
    return page


@revisions.get("/{number}", summary="Read a revision")
async def get_revision(connection: Reading, number: Number) -> Revision:
    """Read when, by whom and why one write was made, and its digest."""
    return await registers.get_revision(connection, number)
