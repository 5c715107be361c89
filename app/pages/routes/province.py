"""A province: its figures at a point in time and over the years, its sites, its findings."""

from datetime import date
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import Boundaries
from app.findings.queries import ProvinceOnDay, list_findings
from app.findings.schemas import FindingsQuery
from app.http.reading import ProvinceCode, Reading, province_at
from app.ledger.snapshots import At, Snapshot
from app.pages.addresses import address
from app.pages.pages import Figures, File, page_router, pinned, shown
from app.pages.views import View, looks_at
from app.statistics import rollups
from app.statistics.schemas import Rollup
from app.subjects.histories import SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.subjects.schemas import Page
from app.units.provinces import as_province
from app.units.units import Unit, UnitLevel

router = page_router()
_YEARS = 10
_MOST_SITES = 200
_MOST_FINDINGS = 50


class ProvinceView(View):
    """A province, by the units of the day or by those of today."""

    boundaries: Boundaries = Boundaries.then


@router.get("/provinces/{code}")
async def show_province(
    code: ProvinceCode, read: Annotated[Reading[ProvinceView], looks_at(ProvinceView, heavy=True)]
) -> HTMLResponse:
    """Show all that adds up to a province, and what does not."""
    boundaries = read.query.boundaries
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    about = _About(read, unit, boundaries)

    async def figures(snapshot: Snapshot) -> Figures:
        series = await about.series(snapshot)
        return {
            "rollup": series[-1],
            "series": series,
            "sites": await about.sites(snapshot),
            "findings": await about.findings(snapshot),
        }

    context = {"province": as_province(unit, read.units), "boundaries": boundaries}
    files = _files(unit.code, at, boundaries)
    return await shown(
        read, "province.html", figures, day=at.day, note=note, files=files, context=context
    )


class _About:
    """Reads what a page of a province shows."""

    def __init__(self, read: Reading[ProvinceView], unit: Unit, boundaries: Boundaries) -> None:
        self._connection = read.connection
        self._unit = unit
        self._boundaries = boundaries

    async def series(self, snapshot: Snapshot) -> list[Rollup]:
        """Return the figures at the end of each year in which the code named a province.

        The last are those of the day.
        """
        units, day = snapshot.units, snapshot.at.day
        days = [date(year, 12, 31) for year in range(day.year - _YEARS, day.year)]
        scopes = [
            rollups.scope_of(unit, one, self._boundaries, units)
            for one in (*(d for d in days if d < day), day)
            if (unit := self._unit_on(one, snapshot)) is not None
        ]
        found = await rollups.read_rollups(
            self._connection, scopes, rollups.kinds_of([]), snapshot.at.revision, units
        )
        return [rollups.as_rollup(values, None, self._boundaries) for values in found]

    def _unit_on(self, day: date, snapshot: Snapshot) -> Unit | None:
        if self._boundaries is Boundaries.now or day == snapshot.at.day:
            return self._unit
        return snapshot.units.at(UnitLevel.province, self._unit.code, day)

    async def sites(self, snapshot: Snapshot) -> Page:
        """Return the sites that it has on the day."""
        query = SitesQuery.model_validate(
            {
                "province_code": [self._unit.code],
                "boundaries": self._boundaries,
                "limit": _MOST_SITES,
            }
        )
        return await list_page(self._connection, SITE_HISTORY, query, snapshot)

    async def findings(self, snapshot: Snapshot) -> Figures:
        """Return what does not add up, the severest first, and whether there is more."""
        states = [ProvinceOnDay(self._unit, snapshot.at.day)]
        query = FindingsQuery(limit=_MOST_FINDINGS)
        items, cursor = await list_findings(
            self._connection, snapshot.units, states, query, snapshot.at
        )
        return {"items": items, "more": cursor is not None}


def _files(code: str, at: At, boundaries: Boundaries) -> list[File]:
    path = f"/v1/provinces/{code}"
    years = {"from": f"{at.day.year - _YEARS}-12-31", "to": at.day, "revision": at.revision}
    units = {"boundaries": boundaries.value}
    series = [
        File(kind.upper(), address(f"{path}/rollup/series.{kind}", units | years), "series")
        for kind in ("csv", "xlsx")
    ]
    sites = [
        File(name, pinned(f"/v1/sites{ending}", at, province_code=code, **units), "sites")
        for name, ending in (
            ("JSON", ""),
            ("CSV", ".csv"),
            ("XLSX", ".xlsx"),
            ("GeoJSON", ".geojson"),
        )
    ]
    return [
        File("JSON", pinned(f"{path}/rollup", at, **units)),
        *series,
        *sites,
        File("JSON", pinned(f"{path}/findings", at), "findings"),
    ]
