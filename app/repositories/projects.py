"""Reading projects: one, many, and their timelines, as of a date and as known at a revision."""

from app.domain.vocabulary import Boundaries
from app.repositories.filters import Asked, conditions
from app.repositories.histories import (
    PROJECT_HISTORY,
    get_timeline,
)
from app.repositories.snapshots import At, Executor
from app.repositories.states import read_page, read_state
from app.repositories.tables import PROJECT_VERSIONS
from app.schemas.history_queries import ProjectsQuery
from app.schemas.projects import Project, ProjectDetail, ProjectPage, ProjectTimeline

_CODES = ("site", "investor", "licence_status", "operation_status")


async def get_project(
    connection: Executor, project_id: str, asked: Asked, boundaries: Boundaries
) -> ProjectDetail:
    """Return the state of one project; problems say why there is none."""
    values = await read_state(connection, PROJECT_HISTORY, project_id, asked, boundaries)
    return ProjectDetail.model_validate(values)


async def get_project_timeline(connection: Executor, project_id: str, at: At) -> ProjectTimeline:
    """Return the versions of a project that had begun by a day, oldest first."""
    rows = await get_timeline(connection, PROJECT_HISTORY, project_id, at)
    items = [Project.model_validate(values) for values in rows]
    return ProjectTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_projects(connection: Executor, query: ProjectsQuery, asked: Asked) -> ProjectPage:
    """Return one page of projects."""
    where = conditions(PROJECT_VERSIONS.c, query, asked, _CODES)
    page = await read_page(connection, PROJECT_HISTORY, query, asked, where)
    return ProjectPage.model_validate(page)
