"""What is said of provinces, as files: published totals, targets, and what does not add up."""

from collections.abc import Sequence
from dataclasses import replace

from app.exports.chunks import whole
from app.exports.provinces import (
    FINDING_TABLE,
    PUBLISHED_TABLE,
    TARGET_TABLE,
    FindingsFilter,
    finding_rows,
    stated_rows,
)
from app.exports.routes.declared import Export, about_of, noted
from app.exports.tables import Column, Rows, Table
from app.findings.queries import ProvinceOnDay, all_provinces
from app.http.reading import AnyReading, Reading, province_at
from app.ledger.snapshots import At, Note
from app.statistics import rollups, target_figures
from app.statistics.query_parameters import RollupQuery, TargetsQuery
from app.units.units import Unit


async def _published(read: Reading[RollupQuery], code: str) -> Table:
    boundaries, kinds = read.query.boundaries, rollups.kinds_of(read.query.kind)
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    scope = rollups.scope_of(unit, at.day, boundaries, read.units)
    (values,) = await rollups.read_rollups(read.provinces, [scope], kinds, read.units)
    found = [one for rollup in values["rollups"] for one in rollup["published"]]
    return _of_province("published", PUBLISHED_TABLE, stated_rows(found), read, (unit, at, note))


async def _targets(read: Reading[TargetsQuery], code: str) -> Table:
    unit, at, note = province_at(read, code, read.query.as_of)
    found = await target_figures.read_targets(read.provinces, unit, read.query, at.day)
    return _of_province("targets", TARGET_TABLE, stated_rows(found), read, (unit, at, note))


async def _province_findings(read: Reading[FindingsFilter], code: str) -> Table:
    unit, at, note = province_at(read, code, read.query.as_of)
    rows = await finding_rows(read.judges, [ProvinceOnDay(unit, at.day)], read.query, at.day)
    return _of_province("findings", FINDING_TABLE, rows, read, (unit, at, note))


def _of_province(
    name: str,
    columns: Sequence[Column],
    rows: Rows,
    read: AnyReading,
    about: tuple[Unit, At, Note | None],
) -> Table:
    """Return a table of what is said of a province on a day."""
    unit, at, note = about
    words = about_of(read, type(read.query), name)
    filters = {"province_code": unit.label, **words.filters, **noted(read, note)}
    metadata = replace(words, at=at, filters=filters, days=[at.day])
    return Table(f"{name}-{unit.code}", columns, whole(rows), metadata)


async def _findings(read: Reading[FindingsFilter]) -> Table:
    provinces = all_provinces(read.query.as_of, read.at.day, read.units)
    rows = await finding_rows(read.judges, provinces, read.query, read.at.day)
    about = replace(about_of(read, FindingsFilter, "findings"), days=[read.at.day])
    return Table("findings", FINDING_TABLE, whole(rows), about)


OF_PROVINCES = (
    Export(
        path="/provinces/{code}/published",
        name="published",
        summary="a province's published totals",
        text="Export the published totals of a province beside the computed ones as {shape}.",
        answer="{contents} of published totals.",
        query=RollupQuery,
        read=_published,
    ),
    Export(
        path="/provinces/{code}/targets",
        name="targets",
        summary="a province's targets",
        text="Export the targets of a province with what was reached as {shape}.",
        answer="{contents} of targets.",
        query=TargetsQuery,
        read=_targets,
    ),
    Export(
        path="/provinces/{code}/findings",
        name="province_findings",
        summary="what does not add up in a province",
        text="Export which facts of a province do not fit together as {shape}.",
        answer="{contents} of findings.",
        query=FindingsFilter,
        read=_province_findings,
    ),
    Export(
        path="/findings",
        name="findings",
        summary="what does not add up",
        text="Export which facts of all provinces do not fit together as {shape}.",
        answer="{contents} of findings.",
        query=FindingsFilter,
        read=_findings,
    ),
)
