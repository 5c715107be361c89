"""Observations, rollups, targets and indicators of provinces."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.core.dates import dates_between, today
from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.vocabulary import Boundaries
from app.http.reading import ProvinceCode, Reading, ReadingAtLength, TheUnits, link_next
from app.http.responses import RESPONSES
from app.http.strict_routes import StrictRoute
from app.ledger.snapshots import At, pinned, resolve_revision
from app.statistics import indicator_queries, rollups, target_figures
from app.statistics.indicator_schemas import IndicatorPage, IndicatorSeries, ObservationPage
from app.statistics.query_parameters import (
    IndicatorSeriesQuery,
    ObservationsQuery,
    RollupQuery,
    RollupSeriesQuery,
    RollupsQuery,
    Step,
    TargetsQuery,
)
from app.statistics.schemas import GroupRollups, Rollup, RollupSeries, TargetPage
from app.units import provinces

provinces_router = APIRouter(
    prefix="/v1/provinces", tags=["provinces"], route_class=StrictRoute, responses=RESPONSES
)

_MONTHS = {Step.month: 1, Step.quarter: 3, Step.half_year: 6, Step.year: 12}
_MOST_DATES = 120


@provinces_router.get("/{code}/observations", summary="List a province's observations")
async def list_observations(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[ObservationsQuery, Query()],
    request: Request,
    response: Response,
) -> ObservationPage:
    """List the stated values in force on a date, by indicator, period and basis."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    pinned_query, revision = await pinned(connection, query)
    at = At(pinned_query.as_of or day, revision)
    items, cursor = await indicator_queries.list_observations(connection, unit, pinned_query, at)
    link_next(request, response, cursor)
    return ObservationPage(
        items=items, next_cursor=cursor, as_of=at.day, as_of_note=note, revision=revision
    )


@provinces_router.get("/{code}/rollup", summary="Compute a province's figures")
async def get_rollup(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[RollupQuery, Query()],
) -> Rollup:
    """Compute what the sites of a province add up to, beside its plan, totals and targets."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), query.boundaries)
    scope = rollups.scope_of(unit, day, query.boundaries, units)
    revision = await resolve_revision(connection, query)
    kinds = rollups.kinds_of(query.kind)
    (values,) = await rollups.read_rollups(connection, [scope], kinds, revision, units)
    return rollups.as_rollup(values, note, query.boundaries)


@provinces_router.get("/{code}/rollup/series", summary="Compute a province's figures over time")
async def get_rollup_series(
    connection: ReadingAtLength,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[RollupSeriesQuery, Query()],
) -> RollupSeries:
    """Compute the figures on a series of dates, all as known at one revision."""
    scopes = []
    for day in _dates(query):
        unit, _, _ = provinces.find_province(units, code, day, today(), query.boundaries)
        scopes.append(rollups.scope_of(unit, day, query.boundaries, units))
    revision = await resolve_revision(connection, query)
    kinds = rollups.kinds_of(query.kind)
    found = await rollups.read_rollups(connection, scopes, kinds, revision, units)
    items = [rollups.as_rollup(values, None, query.boundaries) for values in found]
    return RollupSeries(items=items, next_cursor=None, revision=revision)


_BEFORE_FROM = Template(
    "statistics.to-before-from", "to lies before from; write the earlier date as from."
)
_TOO_MANY_DATES = Template(
    "statistics.too-many-dates", "These are {count} dates; at most {most} are answered at once."
)


def _dates(query: RollupSeriesQuery) -> list[date]:
    if query.to < query.from_:
        raise BadParameterError.of("to", _BEFORE_FROM())
    days = list(dates_between(query.from_, query.to, _MONTHS[query.step]))
    if len(days) > _MOST_DATES:
        raise BadParameterError.of("step", _TOO_MANY_DATES(count=len(days), most=_MOST_DATES))
    return days


rollups_router = APIRouter(
    prefix="/v1", tags=["rollups"], route_class=StrictRoute, responses=RESPONSES
)


@rollups_router.get("/rollups", summary="Compute the figures of all provinces")
async def list_rollups(
    connection: ReadingAtLength, units: TheUnits, query: Annotated[RollupsQuery, Query()]
) -> GroupRollups:
    """Compute the figures of all sites, grouped as requested; kinds are never added together.

    Grouped by province alone, each province of which anything is known has its whole rollup.
    """
    return await rollups.read_group_rollups(connection, units, query)


indicators_router = APIRouter(
    prefix="/v1", tags=["indicators"], route_class=StrictRoute, responses=RESPONSES
)
IndicatorCode = Annotated[str, Path(description="As in /v1/indicators.", max_length=100)]


@indicators_router.get("/indicators", summary="List the indicators")
async def list_indicators() -> IndicatorPage:
    """List what can be stated of a province: code, unit, names, meaning, and how it adds up."""
    return IndicatorPage(items=indicator_queries.list_indicators(), next_cursor=None)


@indicators_router.get(
    "/provinces/{code}/indicators/{indicator}", summary="Read one indicator of a province"
)
async def get_indicator_series(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    indicator: IndicatorCode,
    query: Annotated[IndicatorSeriesQuery, Query()],
) -> IndicatorSeries:
    """Read an indicator period by period: values in force, superseded ones, and implied ones."""
    entry = indicator_queries.get_indicator(indicator)
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    revision = await resolve_revision(connection, query)
    items = await indicator_queries.read_series(connection, unit, entry.code, At(day, revision))
    return IndicatorSeries(
        province_code=unit.code,
        indicator=entry,
        items=items,
        next_cursor=None,
        as_of=day,
        as_of_note=note,
        revision=revision,
    )


@indicators_router.get("/provinces/{code}/targets", summary="List a province's targets")
async def list_targets(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[TargetsQuery, Query()],
) -> TargetPage:
    """List what should be reached, stated or implied, beside what was reached by a date."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    revision = await resolve_revision(connection, query)
    items = await target_figures.read_targets(connection, unit, query, At(day, revision))
    return TargetPage(items=items, next_cursor=None, as_of=day, as_of_note=note, revision=revision)
