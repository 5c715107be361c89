"""Findings: what does not add up, in one province or in all."""

from dataclasses import asdict
from typing import Annotated

from app.findings import RULES, RULES_EDITION, queries
from app.findings.schemas import (
    FindingLaw,
    FindingPage,
    FindingRule,
    FindingRulePage,
    FindingsQuery,
    ProvinceFindingPage,
)
from app.http.reading import HELD, ProvinceCode, Reading, province_at, reads
from app.http.strict_routes import strict_router
from app.ledger.snapshots import Note

router = strict_router("", "findings")


@router.get("/findings", summary="Find what does not add up")
async def list_findings(
    read: Annotated[Reading[FindingsQuery], reads(FindingsQuery, heavy=True)],
) -> FindingPage:
    """Find in all provinces which facts do not fit together, as of a date and as known.

    Without ``as_of`` the provinces of today are searched, and what was stated of those that ended,
    as of their last day.
    """
    at = read.at
    # A cursor brings the day of its first page, so that midnight does not move the pages.
    states = queries.all_provinces(read.query.as_of, at.day, read.units)
    items, cursor = await queries.list_findings(read.judges, states, read.query, at.day)
    page = FindingPage(
        items=items,
        next_cursor=cursor,
        as_of=at.day,
        revision=at.revision,
        rules_edition=RULES_EDITION,
    )
    return read.linked(page)


@router.get("/findings/rules", summary="List the rules", dependencies=[HELD])
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
            laws=[FindingLaw.model_validate(asdict(law)) for law in rule.laws],
        )
        for rule in RULES.values()
    ]
    return FindingRulePage(items=items, next_cursor=None, rules_edition=RULES_EDITION)


@router.get("/provinces/{code}/findings", summary="Find what does not add up in a province")
async def list_province_findings(
    code: ProvinceCode,
    read: Annotated[Reading[FindingsQuery], reads(FindingsQuery, heavy=True)],
) -> ProvinceFindingPage:
    """Find which facts of a province do not fit together, as of a date and as known."""
    unit, at, note = province_at(read, code, read.query.as_of)
    states = [queries.ProvinceOnDay(unit, at.day)]
    items, cursor = await queries.list_findings(read.judges, states, read.query, at.day)
    page = ProvinceFindingPage(
        items=items,
        next_cursor=cursor,
        as_of=at.day,
        **Note.members(note),
        revision=at.revision,
        rules_edition=RULES_EDITION,
    )
    return read.linked(page)
