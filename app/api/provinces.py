"""Provinces: dated units, what is said of them, and their figures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.answers import created
from app.api.asked import link_next, statements_about
from app.api.dependencies import Reading, ReadingAtLength, TheUnits
from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.api.writing import Writing
from app.domain.series import dates_between
from app.domain.units import UnitLevel
from app.domain.vocabulary import Boundaries, SiteKind, SubjectType
from app.errors import BadParameterError, NotFoundError
from app.repositories import observations, provinces, rollups
from app.repositories.paging import pinned
from app.repositories.snapshots import At, resolve_revision, today
from app.schemas.observations import ObservationPage
from app.schemas.provinces import ProvinceDetail, ProvincePage, ProvinceStatementWrite
from app.schemas.queries import (
    ObservationsQuery,
    ProvincesQuery,
    RollupQuery,
    RollupSeriesQuery,
    StatementsQuery,
    Step,
)
from app.schemas.rollups import Rollup, RollupSeries
from app.schemas.statements import ProvinceStatement, ProvinceStatementPage
from app.services import provinces as service

router = APIRouter(
    prefix="/v1/provinces", tags=["provinces"], route_class=StrictRoute, responses=RESPONSES
)
ProvinceCode = Annotated[
    str, Path(description="Official code with its leading zero, as in 06.", max_length=10)
]
_MONTHS = {Step.month: 1, Step.quarter: 3, Step.half_year: 6, Step.year: 12}
_MOST_DATES = 120


@router.get("", summary="List provinces")
async def list_provinces(
    units: TheUnits, query: Annotated[ProvincesQuery, Query()]
) -> ProvincePage:
    """List the provinces that existed on a date, with predecessors and successors."""
    day = query.as_of or today()
    found = units.all_at(UnitLevel.province, day)
    items = [provinces.as_province(unit, units) for unit in found]
    return ProvincePage(items=items, next_cursor=None, as_of=day)


@router.get("/{code}", summary="Read a province")
async def get_province(
    units: TheUnits, code: ProvinceCode, query: Annotated[ProvincesQuery, Query()]
) -> ProvinceDetail:
    """Read which province a code named on a date, what it came from and what became of it."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    return provinces.as_province_detail(unit, units, day, note)


@router.get("/{code}/statements", summary="List what was said of a province")
async def list_province_statements(
    connection: Reading,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[StatementsQuery, Query()],
    request: Request,
    response: Response,
) -> ProvinceStatementPage:
    """List the statements about every province that had the code, newest first."""
    if not units.eras(UnitLevel.province, code):
        raise NotFoundError(f"No province ever had the code {code!r}; see /v1/provinces.")
    asked, revision = await pinned(connection, query)
    subject = (SubjectType.province, code)
    found = await statements_about(connection, subject, asked, revision, request, response)
    return ProvinceStatementPage(**found)


@router.post(
    "/{code}/statements",
    status_code=201,
    summary="State something of a province",
    responses=created(ProvinceStatement),
)
async def state_province(
    writer: Writing, code: ProvinceCode, body: ProvinceStatementWrite, response: Response
) -> ProvinceStatement:
    """Record what a source says of a province."""
    statement = await service.state_province(writer, code, body)
    response.headers["Location"] = f"/v1/statements/{statement.id}"
    return statement


@router.get("/{code}/observations", summary="List a province's observations")
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
    asked, revision = await pinned(connection, query)
    at = At(asked.as_of or day, revision)
    items, cursor = await observations.list_observations(connection, unit, asked, at)
    link_next(request, response, cursor)
    return ObservationPage(
        items=items, next_cursor=cursor, as_of=at.day, as_of_note=note, revision=revision
    )


@router.get("/{code}/rollup", summary="Compute a province's figures")
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
    kinds = kinds_of(query.kind)
    (values,) = await rollups.read_rollups(connection, [scope], kinds, revision, units)
    return rollups.as_rollup(values, note, query.boundaries)


def kinds_of(asked: list[SiteKind]) -> list[SiteKind]:
    """Return the kinds asked for, each once, in their own order; all when none is asked for."""
    return [kind for kind in SiteKind if not asked or kind in asked]


@router.get("/{code}/rollup/series", summary="Compute a province's figures over time")
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
    kinds = kinds_of(query.kind)
    found = await rollups.read_rollups(connection, scopes, kinds, revision, units)
    items = [rollups.as_rollup(values, None, query.boundaries) for values in found]
    return RollupSeries(items=items, next_cursor=None, revision=revision)


def _dates(query: RollupSeriesQuery) -> list[date]:
    if query.to < query.from_:
        raise BadParameterError.of("to", "to lies before from; write the earlier date as from.")
    days = list(dates_between(query.from_, query.to, _MONTHS[query.step]))
    if len(days) > _MOST_DATES:
        detail = f"These are {len(days)} dates; at most {_MOST_DATES} are answered at once."
        raise BadParameterError.of("step", detail)
    return days
