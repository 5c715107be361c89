"""Findings: what does not add up, by rule, severity and province."""

from typing import Annotated

from fastapi.responses import HTMLResponse
from pydantic import Field

from app.findings import RULES
from app.findings.queries import ProvinceOnDay, all_provinces, list_findings
from app.findings.schemas import FindingsQuery
from app.http.reading import Reading, province_at
from app.ledger.snapshots import Snapshot
from app.pages.names import names_in_findings
from app.pages.pages import Figures, files_of, moment, page_router, shown
from app.pages.views import View, looks_at
from app.units.units import UnitLevel

router = page_router()


class FindingsView(View, FindingsQuery):
    """Which findings to show: of a rule, of a severity, of a province."""

    province_code: Annotated[str, Field(max_length=10)] | None = None


@router.get("/findings")
async def show_findings(
    read: Annotated[Reading[FindingsView], looks_at(FindingsView, heavy=True)],
) -> HTMLResponse:
    """Show what does not add up, the severest of each province first."""
    query, at, note = read.query, read.at, read.note
    states = all_provinces(query.as_of, at.day, read.units)
    path = "/v1/findings"
    if query.province_code:
        unit, at, note = province_at(read, query.province_code, query.as_of)
        states = [ProvinceOnDay(unit, at.day)]
        path = f"/v1/provinces/{unit.code}/findings"

    async def figures(snapshot: Snapshot) -> Figures:
        judges = read.judges_at(snapshot.at.revision)
        items, cursor = await list_findings(judges, states, query, snapshot.at.day)
        names = await names_in_findings(read.connection, items, snapshot)
        return {"findings": items, "next_cursor": cursor, "names": names}

    filters = query.model_dump(include={"rule", "severity"}, exclude_defaults=True)
    files = files_of(path, {**filters, **moment(at)}, "findings")
    provinces = read.units.all_at(UnitLevel.province, at.day)
    context = {"rules": list(RULES.values()), "provinces": provinces}
    return await shown(
        read, "findings.html", figures, day=at.day, note=note, files=files, context=context
    )
