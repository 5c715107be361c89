"""Exports: sites by the filters of their list but without pages, rollups, and reporting tables.

Every file carries its media type, a name and an entity tag.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core.dates import today
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import Boundaries
from app.database.connections import Executor
from app.exports.columns import ESTABLISHED_COLUMNS
from app.exports.delimited import csv_file
from app.exports.established import read_established
from app.exports.maps import site_map
from app.exports.rollups import rollup_map, rollup_rows, rollup_table
from app.exports.sites import site_chunks
from app.exports.tables import SITE_TABLE, About, Column, Rows
from app.exports.workbooks import workbook
from app.http.consistency_token import standby_since
from app.http.entity_tags import tag_of
from app.http.reading import (
    ProvinceCode,
    Reading,
    ReadingAtLength,
    TheDatabase,
    TheUnits,
    snapshot_of,
)
from app.http.responses import RESPONSES
from app.http.service import service_of
from app.http.strict_routes import StrictRoute
from app.ledger.snapshots import At, Snapshot, resolve_revision
from app.statistics import rollups
from app.statistics.query_parameters import (
    ReportCsvQuery,
    ReportQuery,
    ReportWorkbookQuery,
    RollupsCsvQuery,
    RollupsMapQuery,
    RollupsQuery,
    RollupsWorkbookQuery,
)
from app.statistics.schemas import GroupRollups
from app.subjects.query_parameters import SitesCsvQuery, SitesFilter, SitesWorkbookQuery
from app.units import provinces
from app.units.units import Units

CSV = "text/csv"
GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMED = "The name to save the file under."


def file_of(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """Describe the file that an operation answers with."""
    schema = {"type": "string", "format": "binary"}
    headers = {"Content-Disposition": {"description": _NAMED, "schema": {"type": "string"}}}
    content = {media_type: {"schema": schema}}
    return {200: {"description": what, "headers": headers, "content": content}}


def stream(
    parts: AsyncIterator[bytes], media_type: str, name: str, request: Request, snapshot: Snapshot
) -> Response:
    """Send a file part by part.

    Its tag is made of everything that its bytes follow from, as they cannot be hashed before they
    are sent.
    """
    return StreamingResponse(
        parts, headers={**_headers(media_type, name), "ETag": _tag(request, snapshot)}
    )


async def send(parts: AsyncIterator[bytes], media_type: str, name: str) -> Response:
    """Send a file that is small enough to be sent whole."""
    content = b"".join([part async for part in parts])
    return Response(content, headers=_headers(media_type, name))


def _headers(media_type: str, name: str) -> dict[str, str]:
    charset = "; charset=utf-8" if media_type == CSV else ""
    return {
        "Content-Type": media_type + charset,
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _tag(request: Request, snapshot: Snapshot) -> str:
    """Return a tag of the release, the request, the point in time and the units."""
    made_of = (
        request.app.version,
        request.url.path,
        request.query_params.multi_items(),
        snapshot.at.revision,
        snapshot.at.day,
        snapshot.today,
        snapshot.units.digest,
    )
    return tag_of(repr(made_of).encode())


site_files_router = APIRouter(
    prefix="/v1", tags=["exports"], route_class=StrictRoute, responses=RESPONSES
)
_NO_FILTERS = {*TimeQuery.model_fields, "boundaries", "lang", "bom"}


async def _pin_snapshot(request: Request, units: Units, query: SitesFilter) -> Snapshot:
    """Pin an export to one revision; every chunk of it is read at that."""
    async with service_of(request).database.read(since=standby_since(request)) as connection:
        return snapshot_of(query, await resolve_revision(connection, query), units)


@site_files_router.get(
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
    snapshot = await _pin_snapshot(request, units, query)
    chunks = await site_chunks(database, query, snapshot)
    parts = site_map(SITE_TABLE, chunks, about(query, snapshot.at))
    return stream(parts, GEOJSON, "sites.geojson", request, snapshot)


@site_files_router.get(
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
    snapshot = await _pin_snapshot(request, units, query)
    chunks = await site_chunks(database, query, snapshot)
    parts = csv_file(SITE_TABLE, chunks, byte_order_mark=query.bom)
    return stream(parts, CSV, "sites.csv", request, snapshot)


@site_files_router.get(
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
    snapshot = await _pin_snapshot(request, units, query)
    chunks = await site_chunks(database, query, snapshot)
    parts = workbook(SITE_TABLE, chunks, about(query, snapshot.at), query.lang)
    return stream(parts, XLSX, "sites.xlsx", request, snapshot)


def about(query: Any, at: At, title: str = "sites") -> About:
    """Return what an export is about: its filters, and its point in time."""
    filters = query.model_dump(mode="json", exclude=_NO_FILTERS, exclude_defaults=True)
    return About(title, at, query.boundaries.value, filters)


figure_files_router = APIRouter(
    prefix="/v1", tags=["exports"], route_class=StrictRoute, responses=RESPONSES
)
_MAP_NOTES = (
    "Outlines: Natural Earth 10 m admin-1 4.1.0 (public domain), generalised, for display only. "
    "They leave out Hoàng Sa and Trường Sa, which are added here as labelled points."
)
ESTABLISHED_TABLE = tuple(
    Column(name, labels, "stage" if name == "note" else None)
    for name, labels in ESTABLISHED_COLUMNS.items()
)


async def _one(content: Any) -> AsyncIterator[Any]:
    """Give what is there already as the one part of a stream."""
    yield content


def _about(found: GroupRollups, query: Any, notes: str | None = None) -> About:
    described = about(query, At(found.as_of, found.revision), "rollups")
    return About(described.title, described.at, described.boundaries, described.filters, notes)


@figure_files_router.get(
    "/rollups.geojson",
    summary="Export figures as GeoJSON",
    response_class=Response,
    responses=file_of(GEOJSON, "A feature (RFC 7946) for each province and kind of site."),
)
async def export_rollups_geojson(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsMapQuery, Query()]
) -> Response:
    """Export the figures of each province with its outline; `kind` chooses one layer.

    Outlines are generalised and for display only. Hoàng Sa and Trường Sa are labelled points.
    """
    rollups_query = RollupsQuery(**query.model_dump())
    found = await rollups.read_group_rollups(connection, units, rollups_query)
    day = today() if query.boundaries is Boundaries.now else found.as_of
    content = rollup_map(found.items, _about(found, query, _MAP_NOTES), day, units)
    return await send(_one(content), GEOJSON, "rollups.geojson")


@figure_files_router.get(
    "/rollups.csv",
    summary="Export figures as CSV",
    response_class=Response,
    responses=file_of(CSV, "A table of figures; a column is named by its path in a rollup."),
)
async def export_rollups_csv(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsCsvQuery, Query()]
) -> Response:
    """Export the figures of every group as a table (RFC 4180, UTF-8)."""
    found = await rollups.read_group_rollups(connection, units, query)
    rows = _one(rollup_rows(found.items))
    parts = csv_file(rollup_table(found.group_by), rows, byte_order_mark=query.bom)
    return await send(parts, CSV, "rollups.csv")


@figure_files_router.get(
    "/rollups.xlsx",
    summary="Export figures as a spreadsheet",
    response_class=Response,
    responses=file_of(XLSX, "A workbook (Office Open XML) of figures."),
)
async def export_rollups_xlsx(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsWorkbookQuery, Query()]
) -> Response:
    """Export the figures of every group as a spreadsheet with labels in a language."""
    found = await rollups.read_group_rollups(connection, units, query)
    rows = _one(rollup_rows(found.items))
    description = _about(found, query)
    return await send(
        workbook(rollup_table(found.group_by), rows, description, query.lang), XLSX, "rollups.xlsx"
    )


async def _established(
    connection: Executor, units: Units, code: str, query: ReportQuery
) -> tuple[Rows, About]:
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), query.boundaries)
    scope = rollups.scope_of(unit, day, query.boundaries, units)
    at = At(day, await resolve_revision(connection, query))
    rows = await read_established(connection, [member.code for member in scope.members], at)
    filters = {"province_code": unit.label} | ({"as_of": note} if note else {})
    return rows, About("established_clusters", at, query.boundaries.value, filters)


@figure_files_router.get(
    "/provinces/{code}/established-clusters.xlsx",
    summary="Export the table of established clusters as a spreadsheet",
    response_class=Response,
    responses=file_of(XLSX, "The table of the half-yearly report (Thông tư 14/2024/TT-BCT)."),
)
async def export_established_clusters_xlsx(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[ReportWorkbookQuery, Query()],
) -> Response:
    """Export the clusters of a province that are established on a date, with their decisions.

    A decision is named where a source of that kind says so or is cited: by its number, or else by
    its title.
    """
    rows, description = await _established(connection, units, code, query)
    parts = workbook(ESTABLISHED_TABLE, _one(rows), description, query.lang)
    return await send(parts, XLSX, f"established-clusters-{code}.xlsx")


@figure_files_router.get(
    "/provinces/{code}/established-clusters.csv",
    summary="Export the table of established clusters as CSV",
    response_class=Response,
    responses=file_of(CSV, "The table of the half-yearly report (Thông tư 14/2024/TT-BCT)."),
)
async def export_established_clusters_csv(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[ReportCsvQuery, Query()],
) -> Response:
    """Export the clusters of a province that are established on a date, with their decisions."""
    rows, _ = await _established(connection, units, code, query)
    parts = csv_file(ESTABLISHED_TABLE, _one(rows), byte_order_mark=query.bom)
    return await send(parts, CSV, f"established-clusters-{code}.csv")
