"""Reading sites and projects: one, many, and their timelines, at a snapshot."""

from collections.abc import Sequence
from json import loads

from sqlalchemy import ColumnElement

from app.core.geometry import Box, read_box
from app.core.vocabulary import Boundaries, SiteKind
from app.database.connections import Executor
from app.ledger.snapshots import At, Snapshot
from app.subjects.filters import conditions, translate_place
from app.subjects.histories import (
    PROJECT_HISTORY,
    SITE_HISTORY,
    History,
    Values,
    count_states,
    get_state,
    get_timeline,
    list_states,
)
from app.subjects.projects import ProjectState
from app.subjects.query_parameters import HistoryQuery, ProjectsQuery, SitesFilter, SitesQuery
from app.subjects.schemas import (
    Project,
    ProjectDetail,
    ProjectPage,
    ProjectTimeline,
    Site,
    SiteDetail,
    SitePage,
    SiteTimeline,
)
from app.subjects.sites import SiteState
from app.subjects.tables import PROJECT_VERSIONS, SITE_VERSIONS

_V = SITE_VERSIONS.c


async def read_state(
    connection: Executor, history: History, key: str, snapshot: Snapshot, boundaries: Boundaries
) -> Values:
    """Return the state of one subject with day and revision; problems say why there is none."""
    values = await get_state(connection, history, key, snapshot.at)
    return {**_placed(values, snapshot, boundaries), **_about(snapshot)}


async def read_page(
    connection: Executor,
    history: History,
    query: HistoryQuery,
    snapshot: Snapshot,
    where: Sequence[ColumnElement[bool]],
) -> dict[str, object]:
    """Return the members of a page of states."""
    page, cursor = await list_states(connection, history, query, snapshot.at, where)
    return {
        "items": [_placed(values, snapshot, query.boundaries) for values in page],
        "next_cursor": cursor,
        "count": await count_states(connection, history, query, snapshot.at, where),
        **_about(snapshot),
    }


def _placed(values: Values, snapshot: Snapshot, boundaries: Boundaries) -> Values:
    if boundaries is Boundaries.then:
        return values
    return translate_place(values, snapshot.at, snapshot.units, snapshot.today)


def _about(snapshot: Snapshot) -> dict[str, object]:
    return {"as_of": snapshot.at.day, "revision": snapshot.at.revision}


async def get_site(
    connection: Executor, site_id: str, snapshot: Snapshot, boundaries: Boundaries
) -> SiteDetail:
    """Return the state of one site; problems say why there is none."""
    values = await read_state(connection, SITE_HISTORY, site_id, snapshot, boundaries)
    text = values["geometry"]
    geometry = None if text is None else loads(text)
    return SiteDetail.model_validate({**values, "geometry": geometry})


async def get_site_timeline(connection: Executor, site_id: str, at: At) -> SiteTimeline:
    """Return the versions of a site that had begun by a day, oldest first."""
    rows = await get_timeline(connection, SITE_HISTORY, site_id, at)
    items = [Site.model_validate(values) for values in rows]
    return SiteTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_sites(connection: Executor, query: SitesQuery, snapshot: Snapshot) -> SitePage:
    """Return one page of sites."""
    where = conditions_of(query, snapshot)
    page = await read_page(connection, SITE_HISTORY, query, snapshot, where)
    return SitePage.model_validate(page)


def conditions_of(query: SitesFilter, snapshot: Snapshot) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters of a query of sites."""
    boxed = [] if query.bbox is None else _meets(read_box(query.bbox))
    where = conditions(_V, SiteState, query, snapshot)
    return _kinds(query) + where + boxed


def _meets(box: Box) -> list[ColumnElement[bool]]:
    return [
        _V.west <= box.east,
        _V.east >= box.west,
        _V.south <= box.north,
        _V.north >= box.south,
    ]


def _kinds(query: SitesFilter) -> list[ColumnElement[bool]]:
    """Name all kinds where provinces are given: in their index the kind comes before the times."""
    return [_V.kind.in_(list(SiteKind))] if query.province_code and not query.kind else []


async def get_project(
    connection: Executor, project_id: str, snapshot: Snapshot, boundaries: Boundaries
) -> ProjectDetail:
    """Return the state of one project; problems say why there is none."""
    values = await read_state(connection, PROJECT_HISTORY, project_id, snapshot, boundaries)
    return ProjectDetail.model_validate(values)


async def get_project_timeline(connection: Executor, project_id: str, at: At) -> ProjectTimeline:
    """Return the versions of a project that had begun by a day, oldest first."""
    rows = await get_timeline(connection, PROJECT_HISTORY, project_id, at)
    items = [Project.model_validate(values) for values in rows]
    return ProjectTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_projects(
    connection: Executor, query: ProjectsQuery, snapshot: Snapshot
) -> ProjectPage:
    """Return one page of projects."""
    where = conditions(PROJECT_VERSIONS.c, ProjectState, query, snapshot)
    page = await read_page(connection, PROJECT_HISTORY, query, snapshot, where)
    return ProjectPage.model_validate(page)
