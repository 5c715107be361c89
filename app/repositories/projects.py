"""Reading projects: one, many, and their timelines, as of a date and as known at a revision."""

from app.domain.vocabulary import Boundaries
from app.repositories.filters import Asked, conditions, retell
from app.repositories.histories import (
    PROJECT_HISTORY,
    count_states,
    get_state,
    get_timeline,
    list_states,
)
from app.repositories.snapshots import At, Executor
from app.repositories.tables import PROJECT_VERSIONS
from app.schemas.history_queries import ProjectsQuery
from app.schemas.projects import Project, ProjectDetail, ProjectPage, ProjectTimeline

_CODES = ("site", "investor", "licence_status", "operation_status")


async def get_project(
    connection: Executor, project_id: str, asked: Asked, boundaries: Boundaries
) -> ProjectDetail:
    """Return the state of one project; problems say why there is none."""
    values = await get_state(connection, PROJECT_HISTORY, project_id, asked.at)
    if boundaries is Boundaries.now:
        values = retell(values, asked.at, asked.units, asked.today)
    at = {"as_of": asked.at.day, "revision": asked.at.revision}
    return ProjectDetail.model_validate({**values, **at})


async def get_project_timeline(connection: Executor, project_id: str, at: At) -> ProjectTimeline:
    """Return the versions of a project that had begun by a day, oldest first."""
    rows = await get_timeline(connection, PROJECT_HISTORY, project_id, at)
    items = [Project.model_validate(values) for values in rows]
    return ProjectTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_projects(connection: Executor, query: ProjectsQuery, asked: Asked) -> ProjectPage:
    """Return one page of projects."""
    where = conditions(PROJECT_VERSIONS.c, query, asked, _CODES)
    page, cursor = await list_states(connection, PROJECT_HISTORY, query, asked.at, where)
    if query.boundaries is Boundaries.now:
        page = [retell(values, asked.at, asked.units, asked.today) for values in page]
    return ProjectPage(
        items=[Project.model_validate(values) for values in page],
        next_cursor=cursor,
        count=await count_states(connection, PROJECT_HISTORY, query, asked.at, where),
        as_of=asked.at.day,
        revision=asked.at.revision,
    )
