"""The catalogue of indicators, and the series and targets of a province."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.dependencies import Reading, TheUnits
from app.api.problems import RESPONSES
from app.api.provinces import ProvinceCode
from app.api.routes import StrictRoute
from app.domain.vocabulary import Boundaries
from app.repositories import indicators, provinces, targets
from app.repositories.snapshots import At, resolve_revision, today
from app.schemas.indicators import IndicatorPage, IndicatorSeries
from app.schemas.queries import IndicatorSeriesQuery, TargetsQuery
from app.schemas.rollups import TargetPage

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=StrictRoute, responses=RESPONSES)
IndicatorCode = Annotated[str, Path(description="As in /v1/indicators.", max_length=100)]


@router.get("/indicators", summary="List the indicators")
async def list_indicators() -> IndicatorPage:
    """List what can be stated of a province: code, unit, names, meaning, and how it adds up."""
    return IndicatorPage(items=indicators.list_indicators(), next_cursor=None)


@router.get("/provinces/{code}/indicators/{indicator}", summary="Read one indicator of a province")
async def get_indicator_series(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    indicator: IndicatorCode,
    query: Annotated[IndicatorSeriesQuery, Query()],
) -> IndicatorSeries:
    """Read an indicator period by period: values in force, superseded ones, and implied ones."""
    entry = indicators.get_indicator(indicator)
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    revision = await resolve_revision(connection, query)
    items = await indicators.read_series(connection, unit, entry.code, At(day, revision))
    return IndicatorSeries(
        province_code=unit.code,
        indicator=entry,
        items=items,
        next_cursor=None,
        as_of=day,
        as_of_note=note,
        revision=revision,
    )


@router.get("/provinces/{code}/targets", summary="List a province's targets")
async def list_targets(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[TargetsQuery, Query()],
) -> TargetPage:
    """List what should be reached, stated or implied, beside what was reached by a date."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    revision = await resolve_revision(connection, query)
    items = await targets.read_targets(connection, unit, query, At(day, revision))
    return TargetPage(items=items, next_cursor=None, as_of=day, as_of_note=note, revision=revision)
