"""Exports: subjects by the filters of their lists but without pages, figures, reporting tables.

Every file carries its media type, a name and an entity tag. ``files_router`` makes the routes of
each table in ``_EXPORTS``, in each format that can hold it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response

from app.core.vocabulary import HISTORIC, Boundaries, Language, SubjectType
from app.exports.chunks import days_of, whole
from app.exports.cluster_report import REPORT_TABLE, ReportingPeriod, read_report
from app.exports.established import ESTABLISHED_TABLE, read_established
from app.exports.formats import FORMATS, GEOJSON, LICENSED, AnyFormat, file_headers, licensed
from app.exports.registers import (
    ORGANIZATION_TABLE,
    SOURCE_TABLE,
    organization_chunks,
    source_chunks,
)
from app.exports.rollups import read_rows, rollup_map, rollup_table, series_rows
from app.exports.routes.declared import Export, about_of, noted
from app.exports.routes.provinces import OF_PROVINCES
from app.exports.routes.records import OF_RECORDS
from app.exports.subjects import subject_chunks
from app.exports.tables import ABOUT, TABLES, About, Table
from app.http.reading import Reading, province_at, reads
from app.http.responses import file_of
from app.http.strict_routes import strict_router
from app.ledger.schemas import OrganizationsFilter, SourcesFilter
from app.ledger.snapshots import Snapshot
from app.statistics import rollups
from app.statistics.query_parameters import (
    ClusterReportQuery,
    GroupKey,
    ReportQuery,
    RollupSeriesQuery,
    RollupsMapQuery,
    RollupsQuery,
)
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES
from app.subjects.query_parameters import QUERIES, HistoryFilter


async def _subjects(what: SubjectType, read: Reading[HistoryFilter]) -> Table:
    days = days_of(read.query, read.at)
    snapshots = [Snapshot(replace(read.at, day=day), read.today, read.units) for day in days]
    chunks = await subject_chunks(read.database, HISTORIES[what], read.query, snapshots)
    title = ABOUT["sites"] if what is SubjectType.site else DEFINITIONS[what].labels
    notes = read.note.en if read.note else None
    about = replace(about_of(read, QUERIES[what].filters, title), days=days, notes=notes)
    return Table(f"{what}s", TABLES[what], chunks, about)


_APOSTROPHE = "Text that a spreadsheet program would run as a formula has an apostrophe before it."


def _of_subjects(what: SubjectType) -> Export:
    return Export(
        path=f"/{what}s",
        name=f"{what}s",
        summary=f"{what}s",
        text=f"Export the {what}s that match every filter as {{shape}}.",
        answer=f"{{contents}} of all {what}s that match.",
        query=QUERIES[what].filters,
        read=partial(_subjects, what),
        streamed=True,
        is_dated=True,
        answers={"csv": f"A table of all {what}s that match, with the attributes for a header."},
        notes={"csv": _APOSTROPHE},
    )


_SITES = replace(
    _of_subjects(SubjectType.site),
    notes={
        "geojson": "A site of unknown geometry is shown at the point of its commune, and its "
        "`geometry_accuracy`\nis `commune_point`; where no commune is known either, its geometry "
        "is null.",
        "csv": "Text that a spreadsheet program would run as a formula has an apostrophe before "
        "it. Outlines\nare left out; `longitude` and `latitude` are those of the point, or of the "
        "middle of the box.",
    },
)


async def _sources(read: Reading[SourcesFilter]) -> Table:
    chunks = await source_chunks(read.database, read.query, read.at.revision)
    return Table("sources", SOURCE_TABLE, chunks, about_of(read, SourcesFilter, "sources"))


async def _organizations(read: Reading[OrganizationsFilter]) -> Table:
    chunks = await organization_chunks(read.database, read.query, read.at.revision)
    about = about_of(read, OrganizationsFilter, "organizations")
    return Table("organizations", ORGANIZATION_TABLE, chunks, about)


_SOURCES, _ORGANIZATIONS = (
    Export(
        path=f"/{name}",
        name=name,
        summary=name,
        text=f"Export the {name} that match every filter, by id, as {{shape}}.",
        answer=f"{{contents}} of all {name} that match.",
        query=query,
        read=read,
        streamed=True,
        notes={"csv": _APOSTROPHE},
    )
    for name, query, read in (
        ("sources", SourcesFilter, _sources),
        ("organizations", OrganizationsFilter, _organizations),
    )
)


async def _rollups(read: Reading[RollupsQuery]) -> Table:
    days = days_of(read.query, read.at)
    rows = await read_rows(read.provinces, read.query, read, days)
    about = replace(about_of(read, RollupsQuery, "rollups"), days=days)
    keys = [key.value for key in read.query.group_by]
    return Table("rollups", rollup_table(keys), whole(rows), about)


_ROLLUPS = Export(
    path="/rollups",
    name="rollups",
    summary="figures",
    text="Export the figures of every group as {shape}.",
    answer="{contents} of figures.",
    query=RollupsQuery,
    read=_rollups,
    is_dated=True,
    answers={"csv": "A table of figures; a column is named by its path in a rollup."},
)


async def _series(read: Reading[RollupSeriesQuery], code: str) -> Table:
    found = await rollups.read_rollup_series(read.provinces, code, read.query, read)
    days = [date.fromisoformat(rollup["as_of"]) for rollup in found["items"]]
    about = replace(about_of(read, RollupSeriesQuery, "rollup_series"), days=days)
    columns = rollup_table([GroupKey.province_code])
    return Table(f"rollup-series-{code}", columns, whole(series_rows(found["items"])), about)


_SERIES = Export(
    path="/provinces/{code}/rollup/series",
    name="rollup_series",
    summary="a province's figures over time",
    text="Export the figures of a province on a series of dates as {shape}: a row for each date "
    "and kind of site.",
    answer="{contents} of figures.",
    query=RollupSeriesQuery,
    read=_series,
)


async def _established_clusters(read: Reading[ReportQuery], code: str) -> Table:
    boundaries = read.query.boundaries
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    scope = rollups.scope_of(unit, at.day, boundaries, read.units)
    codes = [member.code for member in scope.members]
    snapshot = Snapshot(at, read.today, read.units)
    rows, totals = await read_established(read.connection, codes, snapshot, boundaries)
    filters = {"province_code": unit.label} | noted(read, note)
    about = About(ABOUT["established_clusters"], at, boundaries.value, filters, [at.day])
    name = f"established-clusters-{code}"
    return Table(name, ESTABLISHED_TABLE, whole(rows), about, totals)


_ESTABLISHED_NOTE = (
    "A decision is named where a source of that kind says so or is cited: by its number, or else "
    "by its\ntitle. The area beside it is the one that this decision gives; `area_ha` is that by "
    "the latest source.\n`note` is the latest remark on the cluster: a statement with a note and "
    "no values. The last row,\nwithout a number, has the totals; its note says how many clusters "
    "have no value."
)
_ESTABLISHED = Export(
    path="/provinces/{code}/established-clusters",
    name="established_clusters",
    summary="the table of established clusters",
    text="Export the clusters of a province that are established on a date, with their decisions.",
    answer="The table of the half-yearly report (Thông tư 14/2024/TT-BCT).",
    query=ReportQuery,
    read=_established_clusters,
    notes=dict.fromkeys(("csv", "xlsx"), _ESTABLISHED_NOTE),
)


async def _cluster_report(read: Reading[ClusterReportQuery], code: str) -> Table:
    stated = read.query.period
    period = ReportingPeriod.parse(stated) if stated else None
    wanted = read.query.as_of or (period.last_day if period else None)
    unit, at, note = province_at(read, code, wanted)
    period = period or ReportingPeriod.running_on(at.day)
    language: Language | None = getattr(read.query, "lang", None)
    snapshot = Snapshot(at, read.today, read.units)
    rows = await read_report(read.judges, unit, snapshot, period, language)
    filters = {"province_code": unit.label, "period": period.label} | noted(read, note)
    about = About(ABOUT["cluster_report"], at, None, filters, [at.day])
    heading = period.heading(unit, at.day, language or Language.vi)
    name = f"cluster-report-{code}"
    return Table(name, REPORT_TABLE, whole(rows), about, heading=heading)


_CLUSTER_REPORT = Export(
    path="/provinces/{code}/cluster-report",
    name="cluster_report",
    summary="the report on clusters",
    text="Export the report on the clusters of a province, an indicator a row, as {shape}.",
    answer="Forms 03 and 04 of Thông tư 14/2024/TT-BCT.",
    query=ClusterReportQuery,
    read=_cluster_report,
    notes=dict.fromkeys(
        ("csv", "xlsx"),
        "`value` is what documents state, with `period` and `source_title`: of what adds up over "
        "time that of\nthe reporting period, of all else the latest. `computed` is the same from "
        "the clusters that the register\nhas, over those of which enough is known. Both are empty "
        "where nothing is known. `findings` names what\ndoes not fit.",
    ),
)


_EXPORTS = (
    *(_of_subjects(what) for what in HISTORIC if what is not SubjectType.site),
    _SOURCES,
    _ORGANIZATIONS,
    _SERIES,
    *OF_PROVINCES,
    *OF_RECORDS,
)
_MAP_NOTES = (
    "Outlines: Natural Earth 10 m admin-1 4.1.0 (public domain), generalised, for display only. "
    "They leave out Hoàng Sa and Trường Sa, which are added here as labelled points."
)


async def export_rollups_geojson(
    read: Annotated[Reading[RollupsMapQuery], reads(RollupsMapQuery, heavy=True)],
) -> Response:
    """Export the figures of each province with its outline; `kind` chooses one layer.

    Outlines are generalised and for display only. Hoàng Sa and Trường Sa are labelled points.
    """
    by_province = RollupsQuery(**dict(read.query))
    found = await rollups.read_group_rollups(read.provinces, by_province, read)
    day = read.today if read.query.boundaries is Boundaries.now else read.at.day
    about = replace(
        about_of(read, RollupsMapQuery, "rollups"),
        days=[read.at.day],
        notes=_MAP_NOTES,
        licence=read.licence,
    )
    content = rollup_map(found["items"], about, day, read.units)
    named = file_headers(GEOJSON, f"rollups-{about.moment}")
    headers = named | licensed(read.licence) | read.headers
    return Response(content, headers=headers)


def files_router(formats: Sequence[AnyFormat]) -> APIRouter:
    """Return the routes of the files of all tables in some formats."""
    router = strict_router("", "exports")
    tabular = [each for each in formats if not each.needs_places]
    for each in formats:
        _SITES.add(router, each)
    if GEOJSON in formats:
        # A map is no other form of the table: it is always by province, and draws outlines.
        router.get(
            "/rollups.geojson",
            summary="Export figures as GeoJSON",
            response_class=Response,
            responses=file_of(
                GEOJSON.media_type,
                "A feature (RFC 7946) for each province and kind of site.",
                LICENSED,
            ),
        )(export_rollups_geojson)
    for each in tabular:
        _ROLLUPS.add(router, each)
    # The report is handed in as a workbook, so that comes first.
    for each in reversed(tabular):
        _ESTABLISHED.add(router, each)
    for each in reversed(tabular):
        _CLUSTER_REPORT.add(router, each)
    for export in _EXPORTS:
        for each in tabular:
            export.add(router, each)
    return router


router = files_router(FORMATS)
