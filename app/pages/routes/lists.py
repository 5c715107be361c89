"""Lists of sites, projects, organizations and sources, by the filters of their lists in ``/v1``."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app.core.types import made_model
from app.core.vocabulary import Boundaries, SubjectType
from app.http.reading import Reading
from app.ledger.schemas import OrganizationsQuery, SourcesQuery
from app.ledger.snapshots import Snapshot
from app.ledger.sources import list_organizations, list_sources
from app.ledger.statements import written_dates
from app.pages.addresses import Here
from app.pages.names import names_in_filters
from app.pages.pages import MAPS, Figures, files_of, page_router, same_filters, shown
from app.pages.speech import Speech, speech_of
from app.pages.values import Shown, label_of
from app.pages.values import shown as shown_value
from app.pages.views import View, looks_at
from app.subjects.attributes import Attribute
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import PROJECT_HISTORY, SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import QUERIES, SitesQuery
from app.units.units import UnitLevel

router = page_router()
_OF_PROJECTS = (
    "site",
    "province_code",
    "investor",
    "product",
    "licence_status",
    "operation_status",
    "total_investment_vnd",
)


class SitesView(View, SitesQuery):
    """A list of sites, with the filters of ``/v1/sites``."""


class OrganizationsView(View, OrganizationsQuery):
    """A list of organizations, with the filters of ``/v1/organizations``."""


class SourcesView(View, SourcesQuery):
    """A list of sources, with the filters of ``/v1/sources``."""


_ProjectsView: type[Any] = made_model(
    View,
    "ProjectsView",
    "A list of projects, with the filters of ``/v1/projects``.",
    (View, QUERIES[SubjectType.project].many),
)


@router.get("/sites")
async def show_sites(
    read: Annotated[Reading[SitesView], looks_at(SitesView, heavy=True)],
) -> HTMLResponse:
    """Show the sites that match, with a form for the filters that most are asked for."""
    query = read.query.model_copy(update={"count": "exact"})
    filters = Here.of(read.request).filters

    async def figures(snapshot: Snapshot) -> Figures:
        page = await list_page(read.connection, SITE_HISTORY, query, snapshot)
        keys = [item["id"] for item in page["items"]]
        revision = snapshot.at.revision
        written = await written_dates(read.connection, SubjectType.site, keys, revision)
        named = await names_in_filters(read.connection, SubjectType.site, filters, snapshot)
        return {"page": page, "written": written, "chosen_names": named}

    context = {"provinces": _provinces(read, query.boundaries), "listed": "site"}
    files = files_of("/v1/sites", same_filters(read), "sites", MAPS)
    return await shown(read, "sites.html", figures, files=files, context=context)


@router.get("/projects")
async def show_projects(
    read: Annotated[Reading[Any], looks_at(_ProjectsView, heavy=True)],
) -> HTMLResponse:
    """Show the projects that match."""
    query = read.query.model_copy(update={"count": "exact"})
    speech = speech_of(read.request)
    filters = Here.of(read.request).filters
    members = DEFINITIONS[SubjectType.project].state.members
    attributes = [members[name].attribute for name in _OF_PROJECTS]

    async def figures(snapshot: Snapshot) -> Figures:
        page = await list_page(read.connection, PROJECT_HISTORY, query, snapshot)
        named = await names_in_filters(read.connection, SubjectType.project, filters, snapshot)
        return {"page": page, "chosen_names": named}

    context = {
        "provinces": _provinces(read, query.boundaries),
        "listed": "project",
        "columns": [label_of(attribute, speech) for attribute in attributes],
        "shown_values": partial(_shown_values, attributes, speech),
    }
    files = files_of("/v1/projects", same_filters(read), "projects")
    return await shown(read, "projects.html", figures, files=files, context=context)


def _shown_values(
    attributes: Sequence[Attribute], speech: Speech, state: Mapping[str, object]
) -> list[Shown | None]:
    return [shown_value(attribute, state, speech) for attribute in attributes]


@router.get("/organizations")
async def show_organizations(
    read: Annotated[Reading[OrganizationsView], looks_at(OrganizationsView)],
) -> HTMLResponse:
    """Show the organizations that match, by id."""

    async def figures(snapshot: Snapshot) -> Figures:
        revision = snapshot.at.revision
        return {"page": _as_page(await list_organizations(read.connection, read.query, revision))}

    files = files_of("/v1/organizations", same_filters(read, is_dated=False), "organizations")
    return await shown(read, "organizations.html", figures, files=files)


@router.get("/sources")
async def show_sources(
    read: Annotated[Reading[SourcesView], looks_at(SourcesView)],
) -> HTMLResponse:
    """Show the documents that match, by id."""

    async def figures(snapshot: Snapshot) -> Figures:
        revision = snapshot.at.revision
        return {"page": _as_page(await list_sources(read.connection, read.query, revision))}

    files = files_of("/v1/sources", same_filters(read, is_dated=False), "sources")
    return await shown(read, "sources.html", figures, files=files)


def _as_page(page: BaseModel) -> Mapping[str, object]:
    """Return a page as a mapping, as those of subjects are, without its revision."""
    return {name: value for name, value in page if name != "revision"}


def _provinces(read: Reading[Any], boundaries: Boundaries) -> list[tuple[str, str]]:
    """Return the provinces to choose from, by code."""
    day = read.today if boundaries is Boundaries.now else read.at.day
    return [(unit.code, unit.name) for unit in read.units.all_at(UnitLevel.province, day)]
