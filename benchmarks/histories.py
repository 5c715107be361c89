"""The history of a synthetic site: what documents state about it over time, free of contradictions.

Every statement is one that the service would take: the statuses follow each other as they usually
do, no more land is cleared than was to clear, and no more is leased than can be leased.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.core.dates import PartialDate
from app.core.vocabulary import Basis, SiteKind

FIRST_DAY = date(2016, 1, 1)
LAST_DAY = date(2025, 10, 31)
_LAST_BEGINNING = date(2021, 12, 31)

_MILESTONES = (
    "planned",
    "established",
    "clearing",
    "preparing",
    "building",
    "cleared",
    "built",
    "operating",
    "expanded",
)
# How far sites have come: weights of ending with each milestone, with many in operation.
_ENDINGS = (14, 12, 9, 5, 9, 6, 5, 32, 8)
_REPORT = "report"
_REMOVED = "removed"
_SHARE_REMOVED = 0.2
"""Among sites that are only planned, how many were taken out of the plan again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is, by the codes before 2025-07-01; the district is not always known."""

    province_code: str
    district_code: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: from when on, on what basis, by what kind of source."""

    effective_from: str
    basis: Basis
    source: str
    values: Mapping[str, Any]
    is_report: bool

    @property
    def day(self) -> date:
        """The day on which it takes effect."""
        return PartialDate.parse(self.effective_from).first_day


@dataclass(slots=True)
class History:
    """A site over time; ``steps`` gives the statements about it, oldest first."""

    random: Random
    kind: SiteKind
    name: str
    place: Place
    investor: str
    managing_body: str
    area: Decimal = field(init=False)
    passed: set[str] = field(init=False, default_factory=set)
    cleared: int = field(init=False, default=0)
    leased: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Choose the size: a cluster has at most 75 ha by law, a zone has some hundreds."""
        middle, least, most = (5.3, 60, 1500) if self.kind is SiteKind.zone else (3.6, 8, 75)
        hectares = min(max(self.random.lognormvariate(middle, 0.5), least), most)
        self.area = _hectares(hectares)

    def steps(self, count: int) -> Iterator[Step]:
        """Yield ``count`` statements."""
        names = self._names(count)
        for name, day in zip(names, self._days(count), strict=True):
            basis, source, values = getattr(self, f"_{name}")()
            self.passed.add(name)
            yield Step(day, basis, source, values, name == _REPORT)

    def _names(self, count: int) -> list[str]:
        """Return the milestones reached, with reports in between up to ``count``."""
        (last,) = self.random.choices(range(len(_MILESTONES)), _ENDINGS)
        names = list(_MILESTONES[: last + 1])
        if last == 0 and count > 1 and self.random.random() < _SHARE_REMOVED:
            names.append(_REMOVED)
        while len(names) < count:
            names.insert(self.random.randint(1, len(names)), _REPORT)
        return names[:count]

    def _days(self, count: int) -> list[str]:
        """Return rising dates; some are known by month or year only."""
        first = _day_between(self.random, FIRST_DAY, _LAST_BEGINNING)
        later = sorted(
            _day_between(self.random, first + timedelta(1), LAST_DAY) for _ in range(count - 1)
        )
        texts, last = [first.isoformat()], first
        for day in later:
            text = self._imprecise(max(day, last), last)
            texts.append(text)
            last = PartialDate.parse(text).first_day
        return texts

    def _imprecise(self, day: date, after: date) -> str:
        text = day.isoformat()
        shorter = self.random.choices((text, text[:7], text[:4]), (60, 30, 10))[0]
        return shorter if PartialDate.parse(shorter).first_day > after else text

    def _planned(self) -> tuple[Basis, str, dict[str, Any]]:
        values: dict[str, Any] = {
            "name": self.name,
            "province_code": self.place.province_code,
            "planning_status": "planned",
        }
        if self.place.district_code is not None:
            values["district_code"] = self.place.district_code
        if self.random.random() < 0.9:
            values["planned_area_ha"] = self.area
        return Basis.plan, "plan", values

    def _removed(self) -> tuple[Basis, str, dict[str, Any]]:
        return Basis.plan, "plan", {"planning_status": "removed"}

    def _established(self) -> tuple[Basis, str, dict[str, Any]]:
        values: dict[str, Any] = {"legal_status": "established", "investor": self.investor}
        if self.kind is SiteKind.zone:
            values["managing_body"] = self.managing_body
        if self.random.random() < 0.85:
            values["area_ha"] = self.area
        return Basis.actual, "decision", values

    def _clearing(self) -> tuple[Basis, str, dict[str, Any]]:
        values = {
            "clearance_status": "in_progress",
            "clearance_stage": "inventory",
            "to_clear_ha": self.area,
            "affected_households": self.random.randint(5, 900),
        }
        return Basis.actual, "report", values

    def _preparing(self) -> tuple[Basis, str, dict[str, Any]]:
        return Basis.actual, "report", {"construction_status": "preparing"}

    def _building(self) -> tuple[Basis, str, dict[str, Any]]:
        return Basis.actual, "report", {"construction_status": "in_progress", **self._more_land()}

    def _cleared(self) -> tuple[Basis, str, dict[str, Any]]:
        self.cleared = 100
        values = {
            "clearance_status": "completed",
            "clearance_stage": "handover",
            "cleared_ha": self.area,
        }
        return Basis.actual, "report", values

    def _built(self) -> tuple[Basis, str, dict[str, Any]]:
        return Basis.actual, "report", {"construction_status": "completed"}

    def _operating(self) -> tuple[Basis, str, dict[str, Any]]:
        values = {
            "operation_status": "operating",
            "industrial_land_ha": _part(self.area, 70),
            "service_land_ha": _part(self.area, 8),
            **self._more_leases(),
        }
        return Basis.actual, "report", values

    def _expanded(self) -> tuple[Basis, str, dict[str, Any]]:
        return Basis.actual, "decision", {"legal_status": "expanded"}

    def _report(self) -> tuple[Basis, str, dict[str, Any]]:
        """Say what changes from year to year at the point the site has reached."""
        if "operating" in self.passed:
            return Basis.actual, "report", self._more_leases()
        if "clearing" in self.passed and "cleared" not in self.passed:
            return Basis.actual, "report", self._more_land()
        if "established" in self.passed:
            expected = {"expected_operation": str(self.random.randint(2024, 2032))}
            return Basis.estimate, "article", expected
        address = {
            "address": f"Km {self.random.randint(1, 90)}, quốc lộ {self.random.randint(1, 60)}"
        }
        return Basis.plan, "article", address

    def _more_land(self) -> dict[str, Decimal]:
        self.cleared += (100 - self.cleared) * self.random.randint(5, 60) // 100
        return {"cleared_ha": _part(self.area, self.cleared)}

    def _more_leases(self) -> dict[str, Decimal]:
        self.leased += (100 - self.leased) * self.random.randint(3, 50) // 100
        return {"leased_ha": _part(_part(self.area, 70), self.leased)}


def _day_between(random: Random, first: date, last: date) -> date:
    return first + timedelta(random.randint(0, (last - first).days))


def _hectares(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _part(whole: Decimal, pct: int) -> Decimal:
    """Return some percent of an area, to the square metre."""
    return (whole * pct / 100).quantize(Decimal("0.0001"))
