"""A province: its figures at a point in time and over the years, its sites, its findings."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import Boundaries, SiteKind, SubjectType
from app.findings.queries import ProvinceOnDay, list_findings
from app.findings.schemas import FindingsQuery
from app.http.reading import ProvinceCode, Reading, province_at
from app.ledger.snapshots import At, Snapshot
from app.ledger.statements import written_dates
from app.pages.names import names_in_findings
from app.pages.pages import (
    MAPS,
    SHEETS,
    Figures,
    File,
    files_of,
    moment,
    page_router,
    pinned,
    shown,
)
from app.pages.province_charts import Drawn, Window, drawn_of, read_series
from app.pages.speech import speech_of
from app.pages.views import View, looks_at
from app.pages.windows import WindowQuery, parameters_of, window_of
from app.statistics import rollups
from app.statistics.schemas import Rollup
from app.subjects.histories import SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.units.provinces import as_province
from app.units.units import Unit

router = page_router()
_YEARS = 10
_MOST_SITES = 200
_MOST_FINDINGS = 50


class ProvinceView(View, WindowQuery):
    """A province, by the units of the day or by those of today."""

    boundaries: Boundaries = Boundaries.then


@router.get("/provinces/{code}")
async def show_province(
    code: ProvinceCode, read: Annotated[Reading[ProvinceView], looks_at(ProvinceView, heavy=True)]
) -> HTMLResponse:
    """Show all that adds up to a province, and what does not."""
    boundaries = read.query.boundaries
    unit, at, note = province_at(read, code, read.query.as_of, boundaries)
    window = window_of(read.query, at.day)
    about = _About(read, unit, boundaries, window)

    async def figures(snapshot: Snapshot) -> Figures:
        rollup = await about.rollup(snapshot)
        return {
            "rollup": rollup,
            "charts": await about.charts(rollup, snapshot),
            **await about.sites(snapshot),
            "findings": await about.findings(snapshot),
        }

    context = {
        "province": as_province(unit, read.units),
        "boundaries": boundaries,
        "window": parameters_of(read.query),
    }
    files = _files(unit.code, at, boundaries)
    return await shown(
        read, "province.html", figures, day=at.day, note=note, files=files, context=context
    )


class _About:
    """Reads what a page of a province shows."""

    def __init__(
        self, read: Reading[ProvinceView], unit: Unit, boundaries: Boundaries, window: Window
    ) -> None:
        self._read = read
        self._connection = read.connection
        self._unit = unit
        self._boundaries = boundaries
        self._window = window
        self._speech = speech_of(read.request)

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
                    provinces, self._unit, one.kind, self._boundaries, snapshot, self._window
                )
                drawn[one.kind] = drawn_of(series, self._speech)
        return drawn

    async def sites(self, snapshot: Snapshot) -> Figures:
        """Return the sites that it has on the day, and imprecise dates of theirs."""
        query = SitesQuery.model_validate(
            {
                "province_code": [self._unit.code],
                "boundaries": self._boundaries,
                "limit": _MOST_SITES,
            }
        )
        page = await list_page(self._connection, SITE_HISTORY, query, snapshot)
        keys, revision = [item["id"] for item in page["items"]], snapshot.at.revision
        written = await written_dates(self._connection, SubjectType.site, keys, revision)
        return {"sites": page, "written": written}

    async def findings(self, snapshot: Snapshot) -> Figures:
        """Return what does not add up, the severest first, and whether there is more."""
        states = [ProvinceOnDay(self._unit, snapshot.at.day)]
        query = FindingsQuery(limit=_MOST_FINDINGS)
        judges = self._read.judges_at(snapshot.at.revision)
        items, cursor = await list_findings(judges, states, query, snapshot.at.day)
        names = await names_in_findings(self._connection, items, snapshot)
        return {"items": items, "more": cursor is not None, "names": names}


def _reports(path: str, at: At) -> list[File]:
    """Return the reports on the two periods of a year, by forms 03 and 04."""
    year = at.day.year
    # The province need not be there until the end of the period.
    half = moment(At(min(at.day, date(year, 6, 14)), at.revision))
    return [
        *files_of(path, {"period": f"{year}-H1", **half}, "cluster-report-half", SHEETS),
        *files_of(path, {"period": str(year), **moment(at)}, "cluster-report", SHEETS),
    ]


def _files(code: str, at: At, boundaries: Boundaries) -> list[File]:
    path = f"/v1/provinces/{code}"
    years = {"from": f"{at.day.year - _YEARS}-12-31", "to": at.day, "revision": at.revision}
    units = {"boundaries": boundaries.value}
    return [
        File("JSON", pinned(f"{path}/rollup", at, **units)),
        *files_of(f"{path}/published", {**units, **moment(at)}, "published", SHEETS),
        *files_of(f"{path}/targets", moment(at), "targets"),
        *files_of(f"{path}/rollup/series", {**units, **years}, "series", SHEETS),
        *files_of("/v1/sites", {"province_code": code, **units, **moment(at)}, "sites", MAPS),
        *files_of(f"{path}/findings", moment(at), "findings"),
        *_reports(f"{path}/cluster-report", at),
        *files_of(f"{path}/established-clusters", {**units, **moment(at)}, "established", SHEETS),
    ]
