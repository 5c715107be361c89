"""Exports of sites: the same filters and both time axes as the list, without pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.api.asked import asked_for
from app.api.dependencies import TheDatabase, TheUnits
from app.api.files import CSV, GEOJSON, XLSX, file_of, stream
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.tokens import standby_since
from app.database import Database
from app.domain.units import Units
from app.repositories.exports import site_chunks
from app.repositories.filters import Asked
from app.repositories.snapshots import At, resolve_revision
from app.schemas.history_queries import SitesCsvQuery, SitesFilter, SitesWorkbookQuery
from app.schemas.queries import TimeQuery
from app.services.exports.delimited import csv_file
from app.services.exports.maps import site_map
from app.services.exports.tables import SITE_TABLE, About
from app.services.exports.workbooks import workbook

router = APIRouter(prefix="/v1", tags=["exports"], route_class=StrictRoute, responses=RESPONSES)
_UNTOLD = {*TimeQuery.model_fields, "boundaries", "lang", "bom"}


async def _asked(request: Request, units: Units, query: SitesFilter) -> Asked:
    """Pin an export to one revision; every chunk of it is read at that."""
    database: Database = request.app.state.database
    async with database.read(since=standby_since(request)) as connection:
        return asked_for(query, await resolve_revision(connection, query), units)


@router.get(
    "/sites.geojson",
    summary="Export sites as GeoJSON",
    response_class=Response,
    responses=file_of(GEOJSON, "A feature collection (RFC 7946) of all sites that match."),
)
async def export_sites_geojson(
    database: TheDatabase,
    units: TheUnits,
    query: Annotated[SitesFilter, Query()],
    request: Request,
) -> Response:
    """Export the sites that match every filter as features with their attributes.

    A site of unknown geometry is shown at the point of its commune, and its `geometry_accuracy`
    is `commune_point`; where no commune is known either, its geometry is null.
    """
    asked = await _asked(request, units, query)
    chunks = await site_chunks(database, query, asked)
    parts = site_map(SITE_TABLE, chunks, about(query, asked.at))
    return stream(parts, GEOJSON, "sites.geojson", request, asked)


@router.get(
    "/sites.csv",
    summary="Export sites as CSV",
    response_class=Response,
    responses=file_of(CSV, "A table of all sites that match, with the attributes for a header."),
)
async def export_sites_csv(
    database: TheDatabase,
    units: TheUnits,
    query: Annotated[SitesCsvQuery, Query()],
    request: Request,
) -> Response:
    """Export the sites that match every filter as a table (RFC 4180, UTF-8).

    Text that a spreadsheet program would run as a formula has an apostrophe before it. Outlines
    are left out; `longitude` and `latitude` are those of the point, or of the middle of the box.
    """
    asked = await _asked(request, units, query)
    chunks = await site_chunks(database, query, asked)
    parts = csv_file(SITE_TABLE, chunks, byte_order_mark=query.bom)
    return stream(parts, CSV, "sites.csv", request, asked)


@router.get(
    "/sites.xlsx",
    summary="Export sites as a spreadsheet",
    response_class=Response,
    responses=file_of(XLSX, "A workbook (Office Open XML) of all sites that match."),
)
async def export_sites_xlsx(
    database: TheDatabase,
    units: TheUnits,
    query: Annotated[SitesWorkbookQuery, Query()],
    request: Request,
) -> Response:
    """Export the sites that match every filter as a spreadsheet with labels in a language."""
    asked = await _asked(request, units, query)
    chunks = await site_chunks(database, query, asked)
    parts = workbook(SITE_TABLE, chunks, about(query, asked.at), query.lang)
    return stream(parts, XLSX, "sites.xlsx", request, asked)


def about(query: Any, at: At, title: str = "sites") -> About:
    """Return what an export is about: what was asked for, and when."""
    filters = query.model_dump(mode="json", exclude=_UNTOLD, exclude_defaults=True)
    return About(title, at, query.boundaries.value, filters)
