"""A province: its figures at a point in time and over the years, its sites, its findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import Boundaries, SiteKind
from app.findings.queries import ProvinceOnDay, list_findings
from app.findings.schemas import FindingsQuery
from app.http.readers import reader_of
from app.http.reading import ProvinceCode, Reading, province_at
from app.ledger.snapshots import At, Snapshot
from app.pages.addresses import address
from app.pages.charts.drawing import Chart
from app.pages.names import names_in_findings
from app.pages.pages import Figures, File, page_router, pinned, shown
from app.pages.province_charts import ProvinceFigure, ProvinceSeries, draw, read_series
from app.pages.speech import Speech
from app.pages.views import View, looks_at
from app.statistics import rollups
from app.statistics.schemas import Rollup
from app.subjects.histories import SITE_HISTORY, Values
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.units.provinces import as_province
from app.units.units import Unit

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
        rollup = await about.rollup(snapshot)
        return {
            "rollup": rollup,
            "charts": await about.charts(rollup, snapshot),
            "sites": await about.sites(snapshot),
            "findings": await about.findings(snapshot),
        }

    context = {"province": as_province(unit, read.units), "boundaries": boundaries}
    files = _files(unit.code, at, boundaries)
    return await shown(
        read, "province.html", figures, day=at.day, note=note, files=files, context=context
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a figure."""

    figure: ProvinceFigure
    chart: Chart


def _told(series: ProvinceSeries) -> Iterator[ProvinceFigure]:
    """Yield the figures that say something: of the others nothing is known, on any day."""
    yield ProvinceFigure.stages
    known = [rollup for _, rollup in series.rollups]
    if any(one.area.known for one in known):
        yield ProvinceFigure.area
    if any(one.clearance.to_clear_ha.known or one.clearance.cleared_ha.known for one in known):
        yield ProvinceFigure.clearance
    elif any(one.sites.count > one.sites.by_clearance_status.unknown for one in known):
        yield ProvinceFigure.clearance_status
    if any(one.occupancy.known or one.occupancy.rates_known for one in known):
        yield ProvinceFigure.occupancy


class _About:
    """Reads what a page of a province shows."""

    def __init__(self, read: Reading[ProvinceView], unit: Unit, boundaries: Boundaries) -> None:
        self._read = read
        self._connection = read.connection
        self._unit = unit
        self._boundaries = boundaries
        self._speech = Speech(reader_of(read.request).language)

    async def rollup(self, snapshot: Snapshot) -> Rollup:
        """Return the figures of the day."""
        day, units = snapshot.at.day, snapshot.units
        scope = rollups.scope_of(self._unit, day, self._boundaries, units)
        (values,) = await rollups.read_rollups(
            self._read.provinces_at(snapshot.at.revision), [scope], rollups.kinds_of([]), units
        )
        return Rollup.model_validate(rollups.as_rollup(values, None, self._boundaries))

    async def charts(self, rollup: Rollup, snapshot: Snapshot) -> Mapping[SiteKind, list[Drawn]]:
        """Return the figures over time, drawn, of each kind of which there are any."""
        drawn = {}
        for one in rollup.rollups:
            if one.sites.listed is not None:
                provinces = self._read.provinces_at(snapshot.at.revision)
                series = await read_series(
                    provinces, self._unit, one.kind, self._boundaries, snapshot
                )
                drawn[one.kind] = [
                    Drawn(figure, draw(series, figure, self._speech)) for figure in _told(series)
                ]
        return drawn

    async def sites(self, snapshot: Snapshot) -> Values:
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
        judges = self._read.judges_at(snapshot.at.revision)
        items, cursor = await list_findings(judges, states, query, snapshot.at.day)
        names = await names_in_findings(self._connection, items, snapshot)
        return {"items": items, "more": cursor is not None, "names": names}


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
