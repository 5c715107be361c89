"""Observations, rollups, targets and indicators of provinces."""

from typing import Annotated

from fastapi import Path, Response

from app.http.reading import HELD, ProvinceCode, Reading, province_at, reads
from app.http.strict_routes import strict_router
from app.ledger.snapshots import Note
from app.statistics import indicator_queries, rollups, target_figures
from app.statistics.indicator_schemas import IndicatorPage, IndicatorSeries, ObservationPage
from app.statistics.query_parameters import (
    IndicatorSeriesQuery,
    ObservationsQuery,
    RollupQuery,
    RollupSeriesQuery,
    RollupsQuery,
    TargetsQuery,
)
from app.statistics.schemas import GroupRollups, Rollup, RollupSeries, TargetPage

provinces_router = strict_router("/provinces", "provinces")


@provinces_router.get("/{code}/observations", summary="List a province's observations")
async def list_observations(
    code: ProvinceCode, read: Annotated[Reading[ObservationsQuery], reads(ObservationsQuery)]
) -> ObservationPage:
    """List the stated values in force on a date, by indicator, period and basis."""
    unit, at, note = province_at(read, code, read.query.as_of)
    items, cursor = await indicator_queries.list_observations(read.connection, unit, read.query, at)
    page = ObservationPage(
        items=items, next_cursor=cursor, as_of=at.day, **Note.members(note), revision=at.revision
    )
    return read.linked(page)


@provinces_router.get(
    "/{code}/rollup", summary="Compute a province's figures", response_model=Rollup
)
async def get_rollup(
    code: ProvinceCode, read: Annotated[Reading[RollupQuery], reads(RollupQuery)]
) -> Response:
    """Compute what the sites of a province add up to, beside its plan, totals and targets."""
    boundaries, kinds = read.query.boundaries, rollups.kinds_of(read.query.kind)
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    scope = rollups.scope_of(unit, at.day, boundaries, read.units)
    (values,) = await rollups.read_rollups(read.provinces, [scope], kinds, read.units)
    return read.answer(rollups.as_rollup(values, note, boundaries))


@provinces_router.get(
    "/{code}/rollup/series",
    summary="Compute a province's figures over time",
    response_model=RollupSeries,
)
async def get_rollup_series(
    code: ProvinceCode,
    read: Annotated[Reading[RollupSeriesQuery], reads(RollupSeriesQuery, heavy=True)],
) -> Response:
    """Compute the figures on a series of dates, all as known at one revision."""
    found = await rollups.read_rollup_series(read.provinces, code, read.query, read)
    return read.answer(found)


rollups_router = strict_router("", "rollups")


@rollups_router.get(
    "/rollups", summary="Compute the figures of all provinces", response_model=GroupRollups
)
async def list_rollups(
    read: Annotated[Reading[RollupsQuery], reads(RollupsQuery, heavy=True)],
) -> Response:
    """Compute the figures of all sites, grouped as requested; kinds are never added together.

    Grouped by province alone, each province of which anything is known has its whole rollup.
    """
    return read.answer(await rollups.read_group_rollups(read.provinces, read.query, read))


indicators_router = strict_router("", "indicators")
IndicatorCode = Annotated[str, Path(description="As in /v1/indicators.", max_length=100)]


@indicators_router.get("/indicators", summary="List the indicators", dependencies=[HELD])
async def list_indicators() -> IndicatorPage:
    """List what can be stated of a province: code, unit, names, meaning, and how it adds up."""
    return IndicatorPage(items=indicator_queries.list_indicators(), next_cursor=None)


@indicators_router.get(
    "/provinces/{code}/indicators/{indicator}", summary="Read one indicator of a province"
)
async def get_indicator_series(
    code: ProvinceCode,
    indicator: IndicatorCode,
    read: Annotated[Reading[IndicatorSeriesQuery], reads(IndicatorSeriesQuery)],
) -> IndicatorSeries:
    """Read an indicator period by period: values in force, superseded ones, and implied ones."""
    entry = indicator_queries.get_indicator(indicator)
    unit, at, note = province_at(read, code, read.query.as_of)
    items = await indicator_queries.read_series(read.connection, unit, entry.code, at)
    return IndicatorSeries(
        province_code=unit.code,
        province_name=unit.name,
        indicator=entry,
        items=items,
        next_cursor=None,
        as_of=at.day,
        **Note.members(note),
        revision=at.revision,
    )


@indicators_router.get(
    "/provinces/{code}/targets", summary="List a province's targets", response_model=TargetPage
)
async def list_targets(
    code: ProvinceCode, read: Annotated[Reading[TargetsQuery], reads(TargetsQuery)]
) -> Response:
    """List what should be reached, stated or implied, beside what was reached by a date."""
    unit, at, note = province_at(read, code, read.query.as_of)
    items = await target_figures.read_targets(read.provinces, unit, read.query, at.day)
    page = {"items": items, "next_cursor": None, "as_of": at.day.isoformat()}
    return read.answer(page | Note.members(note) | {"revision": at.revision})
