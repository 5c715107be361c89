"""Exports of figures: rollups as tables and as a map, and tables of the half-yearly report."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.api.dependencies import Reading, ReadingAtLength, TheUnits
from app.api.exports import about
from app.api.files import CSV, GEOJSON, XLSX, file_of, send
from app.api.problems import RESPONSES
from app.api.provinces import ProvinceCode
from app.api.rollups import grouped
from app.api.routes import StrictRoute
from app.domain.labels.figure_columns import ESTABLISHED_COLUMNS
from app.domain.units import Units
from app.domain.vocabulary import Boundaries
from app.repositories import provinces, rollups
from app.repositories.established import read_established
from app.repositories.snapshots import At, Executor, resolve_revision, today
from app.schemas.queries import (
    ReportCsvQuery,
    ReportQuery,
    ReportWorkbookQuery,
    RollupsCsvQuery,
    RollupsMapQuery,
    RollupsQuery,
    RollupsWorkbookQuery,
)
from app.schemas.rollups import GroupRollups
from app.services.exports.delimited import csv_file
from app.services.exports.rollups import rollup_map, rollup_rows, rollup_table
from app.services.exports.tables import About, Column, Rows
from app.services.exports.workbooks import workbook

router = APIRouter(prefix="/v1", tags=["exports"], route_class=StrictRoute, responses=RESPONSES)
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
    told = about(query, At(found.as_of, found.revision), "rollups")
    return About(told.title, told.at, told.boundaries, told.filters, notes)


@router.get(
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
    asked = RollupsQuery(**query.model_dump())
    found = await grouped(connection, units, asked)
    day = today() if query.boundaries is Boundaries.now else found.as_of
    content = rollup_map(found.items, _about(found, query, _MAP_NOTES), day, units)
    return await send(_one(content), GEOJSON, "rollups.geojson")


@router.get(
    "/rollups.csv",
    summary="Export figures as CSV",
    response_class=Response,
    responses=file_of(CSV, "A table of figures; a column is named by its path in a rollup."),
)
async def export_rollups_csv(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsCsvQuery, Query()]
) -> Response:
    """Export the figures of every group as a table (RFC 4180, UTF-8)."""
    found = await grouped(connection, units, query)
    rows = _one(rollup_rows(found.items))
    parts = csv_file(rollup_table(found.group_by), rows, byte_order_mark=query.bom)
    return await send(parts, CSV, "rollups.csv")


@router.get(
    "/rollups.xlsx",
    summary="Export figures as a spreadsheet",
    response_class=Response,
    responses=file_of(XLSX, "A workbook (Office Open XML) of figures."),
)
async def export_rollups_xlsx(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsWorkbookQuery, Query()]
) -> Response:
    """Export the figures of every group as a spreadsheet with labels in a language."""
    found = await grouped(connection, units, query)
    rows = _one(rollup_rows(found.items))
    told = _about(found, query)
    return await send(
        workbook(rollup_table(found.group_by), rows, told, query.lang), XLSX, "rollups.xlsx"
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


@router.get(
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
    rows, told = await _established(connection, units, code, query)
    parts = workbook(ESTABLISHED_TABLE, _one(rows), told, query.lang)
    return await send(parts, XLSX, f"established-clusters-{code}.xlsx")


@router.get(
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
