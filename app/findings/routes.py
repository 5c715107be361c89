"""Findings: what does not add up, in one province or in all."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core.dates import today
from app.core.vocabulary import Boundaries
from app.findings import RULES, queries
from app.findings.schemas import (
    FindingPage,
    FindingRule,
    FindingRulePage,
    FindingsQuery,
    ProvinceFindingPage,
)
from app.http.reading import ProvinceCode, ReadingAtLength, TheUnits, link_next
from app.http.responses import RESPONSES
from app.http.strict_routes import StrictRoute
from app.ledger.snapshots import At, pinned
from app.units import provinces

router = APIRouter(prefix="/v1", tags=["findings"], route_class=StrictRoute, responses=RESPONSES)


@router.get("/findings", summary="Find what does not add up")
async def list_findings(
    connection: ReadingAtLength,
    units: TheUnits,
    query: Annotated[FindingsQuery, Query()],
    request: Request,
    response: Response,
) -> FindingPage:
    """Find in all provinces which facts do not fit together, as of a date and as known.

    Without ``as_of`` the provinces of today are searched, and what was stated of those that ended,
    as of their last day.
    """
    pinned_query, revision = await pinned(connection, query)
    at = At(pinned_query.as_of or today(), revision)
    # A cursor brings the day of its first page, so that midnight does not move the pages.
    states = queries.all_provinces(query.as_of, at.day, units)
    items, cursor = await queries.list_findings(connection, units, states, pinned_query, at)
    link_next(request, response, cursor)
    return FindingPage(items=items, next_cursor=cursor, as_of=at.day, revision=revision)


@router.get("/findings/rules", summary="List the rules")
async def list_finding_rules() -> FindingRulePage:
    """List the rules: what each rests on, and since when it applies."""
    items = [
        FindingRule(
            code=rule.code,
            severity=rule.severity,
            title_vi=rule.title_vi,
            title_en=rule.title_en,
            basis=rule.basis,
            since=rule.since,
        )
        for rule in RULES.values()
    ]
    return FindingRulePage(items=items, next_cursor=None)


@router.get("/provinces/{code}/findings", summary="Find what does not add up in a province")
async def list_province_findings(
    connection: ReadingAtLength,
    units: TheUnits,
    code: ProvinceCode,
    query: Annotated[FindingsQuery, Query()],
    request: Request,
    response: Response,
) -> ProvinceFindingPage:
    """Find which facts of a province do not fit together, as of a date and as known."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    pinned_query, revision = await pinned(connection, query)
    at = At(pinned_query.as_of or day, revision)
    states = [queries.ProvinceOnDay(unit, at.day)]
    items, cursor = await queries.list_findings(connection, units, states, pinned_query, at)
    link_next(request, response, cursor)
    return ProvinceFindingPage(
        items=items, next_cursor=cursor, as_of=at.day, as_of_note=note, revision=revision
    )
