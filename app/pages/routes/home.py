"""The overview of the country."""

from datetime import date
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import SiteKind
from app.entry.changes import list_changes
from app.findings.queries import all_provinces, list_findings
from app.findings.schemas import FindingsQuery
from app.http.reading import Reading
from app.ledger.schemas import ChangesQuery
from app.ledger.snapshots import Snapshot
from app.pages.names import names_in_changes, names_in_findings
from app.pages.pages import MAPS, Figures, files_of, moment, page_router, shown
from app.pages.views import View, looks_at
from app.statistics.query_parameters import GroupKey, RollupsQuery
from app.statistics.rollups import read_group_rollups
from app.statistics.schemas import GroupRollups
from app.units.units import Unit, UnitLevel, Units

router = page_router()
_KINDS = [SiteKind.zone, SiteKind.cluster]
_LATEST = 5
_SEVEREST = 6


@router.get("/")
async def show_home(read: Annotated[Reading[View], looks_at(heavy=True)]) -> HTMLResponse:
    """Show the figures of all provinces, what changed last and what does not add up."""
    connection = read.connection

    async def figures(snapshot: Snapshot) -> Figures:
        query = RollupsQuery(kind=_KINDS)
        country = RollupsQuery(kind=_KINDS, group_by=[GroupKey.country])
        provinces = read.provinces_at(snapshot.at.revision)
        found, totals = [
            GroupRollups.model_validate(await read_group_rollups(provinces, one, snapshot)).items
            for one in (query, country)
        ]
        states = all_provinces(read.query.as_of, snapshot.at.day, snapshot.units)
        of_all = FindingsQuery(limit=_SEVEREST)
        judges = read.judges_at(snapshot.at.revision)
        findings, _ = await list_findings(judges, states, of_all, snapshot.at.day)
        names = await names_in_findings(connection, findings, snapshot)
        return {
            "rollups": found,
            "totals": sorted(totals, key=lambda one: _KINDS.index(one.kind)),
            "findings": findings,
            "names": names,
        }

    last = read.at.revision
    latest = ChangesQuery(after=max(last - _LATEST, 0), limit=_LATEST)
    changes = (await list_changes(connection, latest, last)).items[::-1]
    context = {
        "changes": changes,
        "former": _former(read.units, read.at.day),
        "changed_names": await names_in_changes(connection, changes, read),
    }
    files = files_of("/v1/rollups", moment(read.at), formats=MAPS)
    return await shown(read, "home.html", figures, files=files, context=context)


def _former(units: Units, day: date) -> list[Unit]:
    """Return the provinces that ended until a day, and whose codes name none on it."""
    codes = {unit.code for unit in units.all_at(UnitLevel.province, day)}
    return [
        unit
        for unit in units
        if unit.level is UnitLevel.province
        and unit.valid_to
        and unit.valid_to <= day
        and unit.code not in codes
    ]
