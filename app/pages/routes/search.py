"""Search: provinces, sites, projects, organizations and sources by words of their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

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
from app.subjects.histories import HISTORIES
from app.subjects.queries import list_page
from app.subjects.query_parameters import QUERIES
from app.subjects.suggesting import corrected
from app.units.schemas import UnitsQuery
from app.units.search import list_units
from app.units.units import UnitLevel

router = page_router()
_MOST = 8
_COUNTED = 50
_ALL = 200
_NEAR = 5


class Found(StrEnum):
    """What is searched for."""

    provinces = "provinces"
    sites = "sites"
    projects = "projects"
    organizations = "organizations"
    sources = "sources"


class SearchView(View):
    """What to search for."""

    q: Annotated[Line, Field(max_length=200)] | None = None
    only: Found | None = Field(default=None, description="More of these, and nothing else.")


@dataclass(frozen=True, slots=True)
class More:
    """How many more there are than are shown; of those that are counted, if there are others."""

    count: int
    is_cut: bool


@router.get("/search")
async def show_search(read: Annotated[Reading[SearchView], looks_at(SearchView)]) -> HTMLResponse:
    """Show what has the words in its name."""
    words = read.query.q if any(map(str.isalnum, read.query.q or "")) else None

    async def figures(snapshot: Snapshot) -> Figures:
        if not words:
            return {"found": None}
        found = await _found(read, words, snapshot)
        is_any = any(items for items, _ in found.values())
        most = _ALL if read.query.only else _MOST
        return {
            "found": {what: items[:most] for what, (items, _) in found.items()},
            "more": {what: _more(items, is_cut, most) for what, (items, is_cut) in found.items()},
            "is_any": is_any,
            "meant": [] if is_any else await _meant(read, words, snapshot),
        }

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


async def _found(
    read: Reading[SearchView], words: str, snapshot: Snapshot
) -> dict[Found, tuple[Sequence[Any], bool]]:
    """Return what has the words, up to a bound, and whether there is more."""
    connection, revision = read.connection, snapshot.at.revision
    query = {"q": words, "limit": _bound(read)}
    found: dict[Found, tuple[Sequence[Any], bool]] = {}
    for what in Found if read.query.only is None else [read.query.only]:
        if what is Found.provinces:
            units = UnitsQuery.model_validate({**query, "level": UnitLevel.province})
            page = list_units(snapshot.units, units)
            found[what] = page.items, page.next_cursor is not None
        elif what is Found.sites:
            found[what] = await _subjects(read, SubjectType.site, words, snapshot, _bound(read))
        elif what is Found.projects:
            found[what] = await _subjects(read, SubjectType.project, words, snapshot, _bound(read))
        elif what is Found.organizations:
            listed = OrganizationsQuery.model_validate(query)
            organizations = await list_organizations(connection, listed, revision)
            found[what] = organizations.items, organizations.next_cursor is not None
        else:
            sources = await list_sources(connection, SourcesQuery.model_validate(query), revision)
            found[what] = sources.items, sources.next_cursor is not None
    return found


def _bound(read: Reading[SearchView]) -> int:
    return _ALL if read.query.only else _COUNTED


async def _subjects(
    read: Reading[SearchView], what: SubjectType, words: str, snapshot: Snapshot, most: int
) -> tuple[Sequence[Any], bool]:
    query = QUERIES[what].many.model_validate({"q": words, "limit": most})
    page = await list_page(read.connection, HISTORIES[what], query, snapshot)
    return page["items"], page["next_cursor"] is not None


def _more(items: Sequence[object], is_cut: bool, most: int) -> More | None:
    count = len(items) - min(len(items), most)
    return More(count, is_cut) if count or is_cut else None


async def _meant(
    read: Reading[SearchView], words: str, snapshot: Snapshot
) -> list[tuple[SubjectType, Any]]:
    """Return the sites and projects whose names are nearest to what was searched for."""
    meant: list[tuple[SubjectType, Any]] = []
    for what in (SubjectType.site, SubjectType.project):
        for near in await corrected(read.connection, HISTORIES[what], words):
            items, _ = await _subjects(read, what, near, snapshot, _NEAR)
            meant += [(what, item) for item in items if (what, item) not in meant]
    return meant[:_NEAR]
