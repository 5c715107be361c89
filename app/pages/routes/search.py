"""Search: provinces, sites, projects, organizations and sources by words of their names."""

from typing import Annotated

from fastapi.responses import HTMLResponse
from pydantic import Field

from app.core.types import Line
from app.core.vocabulary import SubjectType
from app.http.reading import Reading
from app.ledger.schemas import OrganizationsQuery, SourcesQuery
from app.ledger.snapshots import At, Snapshot
from app.ledger.sources import list_organizations, list_sources
from app.pages.addresses import address
from app.pages.pages import Figures, File, page_router, pinned, shown
from app.pages.views import View, looks_at
from app.subjects.histories import PROJECT_HISTORY, SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import QUERIES, SitesQuery
from app.units.schemas import UnitsQuery
from app.units.search import list_units
from app.units.units import UnitLevel

router = page_router()
_MOST = 8


class SearchView(View):
    """What to search for."""

    q: Annotated[Line, Field(max_length=200)] | None = None


@router.get("/search")
async def show_search(read: Annotated[Reading[SearchView], looks_at(SearchView)]) -> HTMLResponse:
    """Show what has the words in its name."""
    words = read.query.q if any(map(str.isalnum, read.query.q or "")) else None

    async def figures(snapshot: Snapshot) -> Figures:
        return {"found": await _found(read, words, snapshot) if words else None}

    files = _files(words, read.at) if words else []
    return await shown(read, "search.html", figures, files=files, context={"q": read.query.q or ""})


def _files(words: str, at: At) -> list[File]:
    """Return where each list is as data; units have no revisions, documents no days."""
    query = {"q": words, "limit": _MOST}
    known = {**query, "revision": at.revision}
    units = address("/v1/units", {**query, "level": UnitLevel.province.value})
    return [
        File("JSON", pinned("/v1/sites", at, **query), "sites"),
        File("JSON", pinned("/v1/projects", at, **query), "projects"),
        File("JSON", address("/v1/organizations", known), "organizations"),
        File("JSON", address("/v1/sources", known), "sources"),
        File("JSON", units, "provinces"),
    ]


async def _found(read: Reading[SearchView], words: str, snapshot: Snapshot) -> Figures:
    connection, revision = read.connection, snapshot.at.revision
    query = {"q": words, "limit": _MOST}
    units = UnitsQuery.model_validate({**query, "level": UnitLevel.province})
    projects = QUERIES[SubjectType.project].many.model_validate(query)
    sites = SitesQuery.model_validate(query)
    sources = SourcesQuery.model_validate(query)
    organizations = OrganizationsQuery.model_validate(query)
    return {
        "provinces": list_units(snapshot.units, units).items,
        "sites": (await list_page(connection, SITE_HISTORY, sites, snapshot))["items"],
        "projects": (await list_page(connection, PROJECT_HISTORY, projects, snapshot))["items"],
        "organizations": (await list_organizations(connection, organizations, revision)).items,
        "sources": (await list_sources(connection, sources, revision)).items,
    }
