"""Charts of a province: its figures over time, as step lines, and its plan beside what is there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal

from app.core.vocabulary import Boundaries, ClearanceStatus, SiteKind
from app.ledger.snapshots import At, Snapshot
from app.pages.charts.bars import Pair, pairs_chart
from app.pages.charts.drawing import Chart
from app.pages.charts.levels import STAGES, level_of
from app.pages.charts.steps import Series, Step, StepChart, step_chart
from app.pages.speech import Speech
from app.statistics.change_days import MOST_DAYS, change_days, country_days, thinned
from app.statistics.kept_steps import Provinces
from app.statistics.rollups import Scope, read_country_series, read_rollups, scope_of
from app.statistics.schemas import AreaSum, GroupRollup, KindRollup
from app.units.units import Unit, UnitLevel, Units

_HECTARES, _PERCENT = "ha", "%"
_ALL = 100
_MOST_OF_COUNTRY = 60
AnyRollup = KindRollup | GroupRollup


class ProvinceFigure(StrEnum):
    """What charts of provinces show."""

    area = "area"
    stages = "stages"
    clearance = "clearance"
    clearance_status = "clearance-status"
    occupancy = "occupancy"
    plan = "plan"


CountryFigure = Literal[
    ProvinceFigure.area,
    ProvinceFigure.stages,
    ProvinceFigure.clearance,
    ProvinceFigure.clearance_status,
    ProvinceFigure.occupancy,
]
"""What charts of the country show: plans are those of provinces."""


@dataclass(frozen=True, slots=True)
class ProvinceSeries:
    """The figures of one kind of site of a province, from each day on which they may change."""

    name: str
    """What the province is called; of all of them the country."""
    kind: SiteKind
    last: date
    rollups: Sequence[tuple[date, AnyRollup]]
    borders: Sequence[date]
    """The days on which the territory of the code changed."""
    most: int | None
    """How many days are drawn at most, where there are more days of change."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a chart shows: up to ``last``, from the first change on where none is given."""

    first: date | None
    last: date

    def of(self, days: Sequence[date]) -> list[date]:
        """Return those of the days of change that are drawn."""
        within = [day for day in days if (self.first or date.min) < day <= self.last]
        return within if self.first is None else [self.first, *within]


async def read_series(
    provinces: Provinces,
    unit: Unit,
    kind: SiteKind,
    boundaries: Boundaries,
    snapshot: Snapshot,
    window: Window,
) -> ProvinceSeries:
    """Return the figures of a province within a window, all as known at one revision."""
    at, units = replace(snapshot.at, day=window.last), snapshot.units
    all_days = window.of(await change_days(provinces.connection, unit, kind, at, units))
    days = thinned(all_days, at.day)
    scopes = [scope for day in days if (scope := _scope(unit, day, boundaries, units)) is not None]
    found = await read_rollups(provinces, scopes, [kind], units) if scopes else []
    rollups = [
        (scope.day, KindRollup.model_validate(values["rollups"][0]))
        for scope, values in zip(scopes, found, strict=True)
    ]
    borders = [] if boundaries is Boundaries.now else _borders(unit, days[0], at, units)
    most = None if days == all_days else MOST_DAYS
    return ProvinceSeries(unit.name, kind, at.day, rollups, borders, most)


async def read_country(
    provinces: Provinces, kind: SiteKind, snapshot: Snapshot, window: Window, speech: Speech
) -> ProvinceSeries:
    """Return the figures of all provinces together within a window."""
    at = replace(snapshot.at, day=window.last)
    all_days = window.of(await country_days(provinces.connection, kind, at))
    days = thinned(all_days, at.day, _MOST_OF_COUNTRY)
    found = await read_country_series(provinces, days, kind, snapshot.units) if days else []
    rollups = [(day, GroupRollup.model_validate(one)) for day, one in zip(days, found, strict=True)]
    most = None if days == all_days else _MOST_OF_COUNTRY
    return ProvinceSeries(speech.text("home.country"), kind, at.day, rollups, [], most)


def _scope(unit: Unit, day: date, boundaries: Boundaries, units: Units) -> Scope | None:
    """Return what a province is on a day; ``None`` where its code names none yet, or no more."""
    if boundaries is Boundaries.now:
        return scope_of(unit, day, boundaries, units)
    then = units.at(UnitLevel.province, unit.code, day)
    return None if then is None else scope_of(then, day, boundaries, units)


def _borders(unit: Unit, first: date, at: At, units: Units) -> list[date]:
    territories = units.territories(UnitLevel.province, unit.code, first, at.day)
    return [day for day, _ in territories[1:]]


def draw(series: ProvinceSeries, figure: ProvinceFigure, speech: Speech, width: int = 640) -> Chart:
    """Draw a figure of a province."""
    if figure is ProvinceFigure.plan:
        return _plan(series, speech, width)
    lines, unit = _LINES[figure](series, speech)
    first = series.rollups[0][0] if series.rollups else series.last
    data = StepChart(
        title=_title(series, figure, speech),
        unit=unit,
        first=first,
        last=series.last,
        series=lines,
        stacked=figure in {ProvinceFigure.stages, ProvinceFigure.clearance_status},
        width=width,
        least_top=_ALL if unit == _PERCENT else 0,
        marks=[(day, speech.text("charts.borders")) for day in series.borders],
    )
    note = speech.text("charts.thinned", most=series.most) if series.most else ""
    return replace(step_chart(data, speech), note=note)


def _title(series: ProvinceSeries, figure: ProvinceFigure, speech: Speech) -> str:
    shown, kind = speech.text("figures." + figure), speech.label("site_kind", series.kind)
    return f"{shown}: {kind}, {series.name}"


def _line(
    series: ProvinceSeries,
    label: str,
    name: str,
    value: Callable[[AnyRollup], float | None],
    covers: Callable[[AnyRollup], str] = lambda _: "",
) -> Series:
    """Return the steps of a figure; days on which it stays the same are left out."""
    steps: list[Step] = []
    for day, rollup in series.rollups:
        step = Step(day, value(rollup), covers(rollup))
        if not steps or steps[-1][1:] != step[1:]:
            steps.append(step)
    return Series(label, steps, name)


def _covered(known: int, unknown: int) -> str:
    return f"{known}/{known + unknown}" if unknown else ""


def _sum(area: AreaSum) -> tuple[float | None, str]:
    total = None if area.total_ha is None else float(area.total_ha)
    return total, _covered(area.known, area.unknown)


def _sum_line(
    series: ProvinceSeries, label: str, name: str, area: Callable[[AnyRollup], AreaSum]
) -> Series:
    return _line(series, label, name, lambda r: _sum(area(r))[0], lambda r: _sum(area(r))[1])


_Lines = tuple[Sequence[Series], str]
"""Series and their unit."""


def _areas(series: ProvinceSeries, speech: Speech) -> _Lines:
    def planned(rollup: AnyRollup) -> float | None:
        return _float(rollup.planned.area_ha if rollup.planned else None)

    return (
        _sum_line(series, speech.text("figures.area"), "series-1", lambda r: r.area),
        _line(series, speech.text("charts.planned"), "series-2", planned),
    ), _HECTARES


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _clearance(series: ProvinceSeries, speech: Speech) -> _Lines:
    return (
        _sum_line(
            series, speech.text("charts.cleared"), "series-1", lambda r: r.clearance.cleared_ha
        ),
        _sum_line(
            series, speech.text("charts.to-clear"), "series-2", lambda r: r.clearance.to_clear_ha
        ),
        _sum_line(
            series,
            speech.text("charts.completed"),
            "series-3",
            lambda r: r.clearance.completed_area_ha,
        ),
    ), _HECTARES


def _occupancy(series: ProvinceSeries, speech: Speech) -> _Lines:
    return (
        _line(
            series,
            speech.text("charts.by-land"),
            "series-1",
            lambda r: _float(r.occupancy.land_weighted_pct),
            lambda r: _covered(r.occupancy.known, r.occupancy.unknown),
        ),
        _line(
            series,
            speech.text("charts.mean"),
            "series-2",
            lambda r: _float(r.occupancy.mean_pct),
            lambda r: _covered(r.occupancy.rates_known, r.occupancy.rates_unknown),
        ),
    ), _PERCENT


def _counted(
    series: ProvinceSeries,
    speech: Speech,
    code_list: str,
    codes: Sequence[str],
    counts: Callable[[AnyRollup], object],
) -> _Lines:
    """Return for each code how many sites have it."""

    def of(code: str) -> Callable[[AnyRollup], float]:
        return lambda rollup: float(getattr(counts(rollup), code))

    label = {code: speech.label(code_list, code) for code in codes}
    label["unknown"] = speech.text("value.unknown")
    lines = [_line(series, label[code], level_of(code), of(code)) for code in codes]
    return lines, speech.text("charts.sites")


def _stages(series: ProvinceSeries, speech: Speech) -> _Lines:
    return _counted(series, speech, "stage", STAGES, lambda r: r.sites.by_stage)


def _statuses(series: ProvinceSeries, speech: Speech) -> _Lines:
    codes = [*ClearanceStatus, "unknown"]
    return _counted(
        series, speech, "clearance_status", codes, lambda r: r.sites.by_clearance_status
    )


_LINES: Mapping[ProvinceFigure, Callable[[ProvinceSeries, Speech], _Lines]] = {
    ProvinceFigure.area: _areas,
    ProvinceFigure.stages: _stages,
    ProvinceFigure.clearance: _clearance,
    ProvinceFigure.clearance_status: _statuses,
    ProvinceFigure.occupancy: _occupancy,
}


def _plan(series: ProvinceSeries, speech: Speech, width: int) -> Chart:
    rollup = series.rollups[-1][1] if series.rollups else None
    plan = rollup.planned if rollup else None
    pairs = [
        Pair(
            speech.text("charts.number-of-sites"),
            _float(plan.sites if plan else None),
            float(rollup.sites.count) if rollup else None,
            "",
        ),
        Pair(
            speech.text("figures.area"),
            _float(plan.area_ha if plan else None),
            _float(rollup.area.total_ha if rollup else None),
            _HECTARES,
        ),
    ]
    return pairs_chart(_title(series, ProvinceFigure.plan, speech), pairs, speech, width)


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


def drawn_of(series: ProvinceSeries, speech: Speech) -> list[Drawn]:
    """Draw each figure that says something."""
    return [Drawn(figure, draw(series, figure, speech)) for figure in _told(series)]
