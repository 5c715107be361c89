"""Reading sites: one, many, and their timelines, as of a date and as known at a revision."""

from json import loads
from typing import Any

from sqlalchemy import ColumnElement

from app.domain.geometry import Box, read_box
from app.domain.vocabulary import Boundaries, SiteKind
from app.repositories.filters import Asked, conditions
from app.repositories.histories import (
    SITE_HISTORY,
    get_timeline,
)
from app.repositories.snapshots import At, Executor
from app.repositories.states import read_page, read_state
from app.repositories.tables import SITE_VERSIONS
from app.schemas.history_queries import SitesFilter, SitesQuery
from app.schemas.sites import Site, SiteDetail, SitePage, SiteTimeline

_V = SITE_VERSIONS.c
_CODES = (
    "kind",
    "stage",
    "planning_status",
    "legal_status",
    "clearance_status",
    "clearance_stage",
    "construction_status",
    "operation_status",
    "investor",
    "managing_body",
)
_RANGES = (
    ("area_min", "area_ha"),
    ("area_max", "area_ha"),
    ("occupancy_min", "occupancy_pct"),
    ("occupancy_max", "occupancy_pct"),
)


async def get_site(
    connection: Executor, site_id: str, asked: Asked, boundaries: Boundaries
) -> SiteDetail:
    """Return the state of one site; problems say why there is none."""
    values = await read_state(connection, SITE_HISTORY, site_id, asked, boundaries)
    text = values["geometry"]
    geometry = None if text is None else loads(text)
    return SiteDetail.model_validate({**values, "geometry": geometry})


async def get_site_timeline(connection: Executor, site_id: str, at: At) -> SiteTimeline:
    """Return the versions of a site that had begun by a day, oldest first."""
    rows = await get_timeline(connection, SITE_HISTORY, site_id, at)
    items = [Site.model_validate(values) for values in rows]
    return SiteTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_sites(connection: Executor, query: SitesQuery, asked: Asked) -> SitePage:
    """Return one page of sites."""
    where = conditions_of(query, asked)
    page = await read_page(connection, SITE_HISTORY, query, asked, where)
    return SitePage.model_validate(page)


def conditions_of(query: SitesFilter, asked: Asked) -> list[ColumnElement[Any]]:
    """Return the conditions that a query of sites asks for."""
    boxed = [] if query.bbox is None else _meets(read_box(query.bbox))
    return _kinds(query) + conditions(_V, query, asked, _CODES, _RANGES) + boxed


def _meets(box: Box) -> list[ColumnElement[Any]]:
    return [
        _V.west <= box.east,
        _V.east >= box.west,
        _V.south <= box.north,
        _V.north >= box.south,
    ]


def _kinds(query: SitesFilter) -> list[ColumnElement[Any]]:
    """Name all kinds where places are asked for: the index of provinces has the kind first."""
    return [_V.kind.in_(list(SiteKind))] if query.province_code and not query.kind else []
