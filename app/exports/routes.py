"""Exports: sites by the filters of their list but without pages, rollups, and reporting tables.

Every file carries its media type, a name and an entity tag. ``files_router`` makes the routes of
each format in ``FORMATS``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.core.query_parameters import BoundariesQuery, TimeQuery
from app.core.vocabulary import Boundaries
from app.exports.established import read_established
from app.exports.formats import FORMATS, GEOJSON, AnyFormat
from app.exports.rollups import rollup_map, rollup_rows, rollup_table
from app.exports.sites import site_chunks
from app.exports.tables import ESTABLISHED_COLUMNS, SITE_TABLE, About, Column, Rows, Table
from app.http.reading import AnyReading, ProvinceCode, Reading, province_at, reads
from app.http.responses import Responses
from app.http.strict_routes import strict_router
from app.ledger.snapshots import At
from app.statistics import rollups
from app.statistics.query_parameters import ReportQuery, RollupsMapQuery, RollupsQuery
from app.subjects.query_parameters import SitesFilter


@dataclass(frozen=True, slots=True)
class _Description:
    """How the OpenAPI document describes the files of one table, with {words} of each format.

    ``answers`` and ``notes`` are what it says of single formats, by extension: instead of
    ``answer``, and after ``text``.
    """

    path: str
    name: str
    summary: str
    text: str
    answer: str
    answers: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def add(
        self, router: APIRouter, of: AnyFormat, export: Callable[..., Awaitable[Response]]
    ) -> None:
        """Add the operation that exports the table in a format."""
        note = self.notes.get(of.extension)
        text = self.text.format(shape=of.shape)
        answer = self.answers.get(of.extension) or self.answer.format(contents=of.contents)
        router.add_api_route(
            f"{self.path}.{of.extension}",
            export,
            name=f"export_{self.name}_{of.extension}",
            summary=f"Export {self.summary} as {of.label}",
            description=f"{text}\n\n{note}" if note else text,
            response_class=Response,
            responses=_file_of(of, answer),
        )


def _file_of(file_format: AnyFormat, description: str) -> Responses:
    """Describe the file that an operation answers with."""
    named = {"description": "The name to save the file under.", "schema": {"type": "string"}}
    schema = {"type": "string", "format": "binary"}
    return {
        200: {
            "description": description,
            "headers": {"Content-Disposition": named},
            "content": {file_format.media_type: {"schema": schema}},
        }
    }


def _headers(file_format: AnyFormat, name: str) -> dict[str, str]:
    return {
        "Content-Type": file_format.content_type,
        "Content-Disposition": f'attachment; filename="{name}.{file_format.extension}"',
    }


def _streamed(file_format: AnyFormat, table: Table, read: AnyReading) -> Response:
    """Send a file part by part."""
    headers = _headers(file_format, table.name) | read.headers
    return StreamingResponse(file_format.write(table, read.query), headers=headers)


async def _whole(file_format: AnyFormat, table: Table, read: AnyReading) -> Response:
    """Send a file that is small enough to be sent whole."""
    content = b"".join([part async for part in file_format.write(table, read.query)])
    return Response(content, headers=_headers(file_format, table.name) | read.headers)


async def _one(rows: Rows) -> AsyncIterator[Rows]:
    """Yield rows that are read already as the one chunk of a table."""
    yield rows


def _about(
    query: BoundariesQuery,
    parameters: type[BaseModel],
    at: At,
    title: str,
    notes: str | None = None,
) -> About:
    """Return the metadata of an export: its filters and its point in time."""
    others = {*TimeQuery.model_fields, "boundaries", *parameters.model_fields}
    filters = query.model_dump(mode="json", exclude=others, exclude_defaults=True)
    return About(title, at, query.boundaries.value, filters, notes)


_SITES = _Description(
    path="/sites",
    name="sites",
    summary="sites",
    text="Export the sites that match every filter as {shape}.",
    answer="{contents} of all sites that match.",
    answers={"csv": "A table of all sites that match, with the attributes for a header."},
    notes={
        "geojson": "A site of unknown geometry is shown at the point of its commune, and its "
        "`geometry_accuracy`\nis `commune_point`; where no commune is known either, its geometry "
        "is null.",
        "csv": "Text that a spreadsheet program would run as a formula has an apostrophe before "
        "it. Outlines\nare left out; `longitude` and `latitude` are those of the point, or of the "
        "middle of the box.",
    },
)


def _add_sites(router: APIRouter, file_format: AnyFormat) -> None:
    model = file_format.query(SitesFilter)

    async def export(
        read: Annotated[Reading[SitesFilter], reads(model, streamed=True)],
    ) -> Response:
        chunks = await site_chunks(read.database, read.query, read)
        about = _about(read.query, file_format.parameters, read.at, "sites")
        table = Table("sites", SITE_TABLE, chunks, about)
        return _streamed(file_format, table, read)

    _SITES.add(router, file_format, export)


_ROLLUPS = _Description(
    path="/rollups",
    name="rollups",
    summary="figures",
    text="Export the figures of every group as {shape}.",
    answer="{contents} of figures.",
    answers={"csv": "A table of figures; a column is named by its path in a rollup."},
)
_MAP_NOTES = (
    "Outlines: Natural Earth 10 m admin-1 4.1.0 (public domain), generalised, for display only. "
    "They leave out Hoàng Sa and Trường Sa, which are added here as labelled points."
)


def _add_rollups(router: APIRouter, file_format: AnyFormat) -> None:
    model = file_format.query(RollupsQuery)

    async def export(
        read: Annotated[Reading[RollupsQuery], reads(model, heavy=True)],
    ) -> Response:
        found = await rollups.read_group_rollups(read.connection, read.query, read)
        about = _about(read.query, file_format.parameters, read.at, "rollups")
        columns, rows = rollup_table(found.group_by), rollup_rows(found.items)
        return await _whole(file_format, Table("rollups", columns, _one(rows), about), read)

    _ROLLUPS.add(router, file_format, export)


async def export_rollups_geojson(
    read: Annotated[Reading[RollupsMapQuery], reads(RollupsMapQuery, heavy=True)],
) -> Response:
    """Export the figures of each province with its outline; `kind` chooses one layer.

    Outlines are generalised and for display only. Hoàng Sa and Trường Sa are labelled points.
    """
    by_province = RollupsQuery(**dict(read.query))
    found = await rollups.read_group_rollups(read.connection, by_province, read)
    day = read.today if read.query.boundaries is Boundaries.now else read.at.day
    about = _about(read.query, GEOJSON.parameters, read.at, "rollups", _MAP_NOTES)
    content = rollup_map(found.items, about, day, read.units)
    return Response(content, headers=_headers(GEOJSON, "rollups") | read.headers)


_ESTABLISHED = _Description(
    path="/provinces/{code}/established-clusters",
    name="established_clusters",
    summary="the table of established clusters",
    text="Export the clusters of a province that are established on a date, with their decisions.",
    answer="The table of the half-yearly report (Thông tư 14/2024/TT-BCT).",
    notes={
        "xlsx": "A decision is named where a source of that kind says so or is cited: by its "
        "number, or else by\nits title."
    },
)
ESTABLISHED_TABLE = tuple(
    Column(name, labels, "stage" if name == "note" else None)
    for name, labels in ESTABLISHED_COLUMNS.items()
)


def _add_established(router: APIRouter, file_format: AnyFormat) -> None:
    model = file_format.query(ReportQuery)

    async def export(
        code: ProvinceCode, read: Annotated[Reading[ReportQuery], reads(model, heavy=True)]
    ) -> Response:
        return await _whole(file_format, await _established_clusters(code, read), read)

    _ESTABLISHED.add(router, file_format, export)


async def _established_clusters(code: str, read: Reading[ReportQuery]) -> Table:
    boundaries = read.query.boundaries
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    scope = rollups.scope_of(unit, at.day, boundaries, read.units)
    rows = await read_established(read.connection, [member.code for member in scope.members], at)
    filters = {"province_code": unit.label} | ({"as_of": note} if note else {})
    about = About("established_clusters", at, boundaries.value, filters)
    return Table(f"established-clusters-{code}", ESTABLISHED_TABLE, _one(rows), about)


def files_router(formats: Sequence[AnyFormat]) -> APIRouter:
    """Return the routes of the files of all tables in some formats."""
    router = strict_router("", "exports")
    tabular = [each for each in formats if not each.needs_places]
    for each in formats:
        _add_sites(router, each)
    if GEOJSON in formats:
        # A map is no other form of the table: it is always by province, and draws outlines.
        router.get(
            "/rollups.geojson",
            summary="Export figures as GeoJSON",
            response_class=Response,
            responses=_file_of(GEOJSON, "A feature (RFC 7946) for each province and kind of site."),
        )(export_rollups_geojson)
    for each in tabular:
        _add_rollups(router, each)
    # The report is handed in as a workbook, so that comes first.
    for each in reversed(tabular):
        _add_established(router, each)
    return router


router = files_router(FORMATS)
