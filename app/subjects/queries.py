"""Reading sites and projects: one, many, and their timelines, at a snapshot."""

from collections.abc import Mapping, Sequence
from datetime import date
from json import loads

from sqlalchemy import Column, ColumnElement, String, literal
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.core.errors import BadParameterError
from app.core.geometry import Box, read_box
from app.core.messages import Template
from app.core.query_parameters import words_of
from app.core.vocabulary import Boundaries, SiteKind
from app.database.connections import Executor
from app.ledger.snapshots import At, Snapshot
from app.subjects.attributes import UNIT_LEVELS, text_of
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
from app.subjects.query_parameters import (
    HistoryFilter,
    HistoryQuery,
    ProjectsQuery,
    SitesFilter,
    SitesQuery,
)
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
from app.subjects.states import State
from app.subjects.tables import PROJECT_VERSIONS, SITE_VERSIONS
from app.units.provinces import explain_unit
from app.units.units import Unit, Units

_V = SITE_VERSIONS.c
Columns = ReadOnlyColumnCollection[str, Column[object]]
_NO_UNIT_TODAY = Template(
    "subjects.no-unit-today",
    "{fault} Name a unit of {day}, or of the date with boundaries=then.",
)
_NO_UNIT_THEN = Template(
    "subjects.no-unit-then", "{fault} Name a unit of {day}, or give as_of for another date."
)


async def read_state(
    connection: Executor, history: History, key: str, snapshot: Snapshot, boundaries: Boundaries
) -> Values:
    """Return the state of one subject with day and revision; problems say why there is none."""
    values = await get_state(connection, history, key, snapshot.at)
    if boundaries is Boundaries.now:
        values = translate_place(values, snapshot)
    return {**values, "as_of": snapshot.at.day, "revision": snapshot.at.revision}


async def read_page(
    connection: Executor,
    history: History,
    query: HistoryQuery,
    snapshot: Snapshot,
    where: Sequence[ColumnElement[bool]],
) -> dict[str, object]:
    """Return the members of a page of states."""
    page, cursor = await list_states(connection, history, query, snapshot.at, where)
    if query.boundaries is Boundaries.now:
        page = [translate_place(values, snapshot) for values in page]
    return {
        "items": page,
        "next_cursor": cursor,
        "count": await count_states(connection, history, query, snapshot.at, where),
        "as_of": snapshot.at.day,
        "revision": snapshot.at.revision,
    }


def translate_place(values: Mapping[str, object], snapshot: Snapshot) -> dict[str, object]:
    """Replace the codes of a place, which are those of the day, by those of today's units."""
    units, day = snapshot.units, snapshot.at.day
    coded = ((level, text_of(values, name)) for name, level in UNIT_LEVELS.items())
    stated = (units.at(level, code, day) for level, code in coded if code is not None)
    place = units.place_on(snapshot.today, [unit for unit in stated if unit])
    return {
        **values,
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
    }


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
    where = conditions(_V, SiteState, query, snapshot)
    if query.province_code and not query.kind:
        # All kinds: in the index of provinces the kind comes before the times.
        where.append(_V.kind.in_(list(SiteKind)))
    if query.bbox is not None:
        where += _meets(read_box(query.bbox))
    return where


def _meets(box: Box) -> list[ColumnElement[bool]]:
    return [
        _V.west <= box.east,
        _V.east >= box.west,
        _V.south <= box.north,
        _V.north >= box.south,
    ]


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


def conditions(
    columns: Columns, state: type[State], query: HistoryFilter, snapshot: Snapshot
) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters of a query that the attributes of a state give."""
    wheres: list[ColumnElement[bool]] = []
    for member in state.members.values():
        attribute, column = member.attribute, columns[member.attribute.name]
        if attribute.filtered and (wanted := getattr(query, attribute.name)):
            codes = _codes_then(attribute.name, wanted, query.boundaries, snapshot)
            wheres.append(column.in_(codes))
        if attribute.range:
            if (least := getattr(query, f"{attribute.range}_min")) is not None:
                wheres.append(column >= least)
            if (most := getattr(query, f"{attribute.range}_max")) is not None:
                wheres.append(column <= most)
    if query.q is not None:
        wheres += [_has_word(columns["search_text"], word) for word in words_of(query.q)]
    return wheres


def _has_word(column: ColumnElement[object], word: str) -> ColumnElement[bool]:
    return column.like(literal(f"% {word}%", String))


def _codes_then(
    name: str, wanted: Sequence[str], boundaries: Boundaries, snapshot: Snapshot
) -> list[str]:
    """Translate codes of today's units into those of the date, with ``boundaries=now``."""
    if name not in UNIT_LEVELS:
        return list(wanted)
    is_now = boundaries is Boundaries.now
    day = snapshot.today if is_now else snapshot.at.day
    refusal = _NO_UNIT_TODAY if is_now else _NO_UNIT_THEN
    units = snapshot.units
    named = [_existing_unit(name, code, day, units, refusal) for code in wanted]
    return [m.code for unit in named for m in units.members_on(unit, snapshot.at.day)]


def _existing_unit(name: str, code: str, day: date, units: Units, refusal: Template) -> Unit:
    unit = units.at(UNIT_LEVELS[name], code, day)
    if unit is None:
        fault, members = explain_unit(units, UNIT_LEVELS[name], code, day)
        raise BadParameterError.of(name, refusal(fault=fault, day=day), members)
    return unit
