"""The synthetic register as the writes that would have made it, in the order they were recorded.

It is the same for the same size, whenever and wherever it is made: chance comes from a seed, and
the times of recording are synthetic too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.core.dates import PartialDate
from app.core.vocabulary import SiteKind, SourceKind, SubjectType
from app.entry.schemas import BODIES, ProvinceStatementWrite, SubjectStatementWrite
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.units.units import UnitLevel, Units
from benchmarks.histories import History, Place, Step
from benchmarks.names import Names
from benchmarks.provinces import Statement, statements_of, totals_after_the_merger

_SEED = 20250701
_OPENED = date(2015, 12, 31)
"""The day on which all sources and organizations are registered, before any statement."""

_CLOSED = date(2025, 11, 10)
_OLD_UNITS = date(2025, 6, 30)
_NEW_UNITS = date(2025, 7, 1)
_SHARE_OF_ZONES = 0.3
_SHARE_WITH_DISTRICT = 0.7
_SHARE_LATE = 0.05
_SHARE_RETRACTED = 0.015
_INVESTORS = 300
_SOURCES = {
    "plan": (SourceKind.plan, "Quyết định phê duyệt quy hoạch"),
    "decision": (SourceKind.decision, "Quyết định thành lập, mở rộng"),
    "report": (SourceKind.report, "Báo cáo tình hình"),
    "article": (SourceKind.article, "Bài báo"),
}

Body = (
    SourceRegistration | OrganizationRegistration | SubjectStatementWrite | ProvinceStatementWrite
)


@dataclass(frozen=True, slots=True)
class Write:
    """One write: on which day, about which subject ("" for a source or organization), what."""

    day: date
    subject: str
    body: Body
    retracted_on: date | None = None


class Register:
    """A register of ``sites`` sites with ``statements`` statements each, in all 63 provinces."""

    def __init__(self, units: Units, sites: int, statements: int) -> None:
        """Choose the provinces' shares; the writes are generated on demand."""
        self._random = Random(_SEED)
        self._units = units
        self._sites = sites
        self._statements = statements
        self._provinces = [u.code for u in units.all_at(UnitLevel.province, _OLD_UNITS)]
        self._merged = [u.code for u in units.all_at(UnitLevel.province, _NEW_UNITS)]

    def writes(self, *, with_provinces: bool = True) -> list[Write]:
        """Return all writes in the order of recording."""
        statement = [*self._about_sites()]
        if with_provinces:
            statement += self._about_provinces()
        return [*self._sources_and_organizations(), *sorted(statement, key=lambda write: write.day)]

    def _sources_and_organizations(self) -> Iterator[Write]:
        for code in sorted({*self._provinces, *self._merged}):
            for name, (kind, title) in _SOURCES.items():
                body = SourceRegistration(
                    id=f"{name}-{code}", kind=kind, title=f"{title}, tỉnh {code}"
                )
                yield Write(_OPENED, "", body)
            yield self._organization(f"ban-quan-ly-{code}", f"Ban quản lý các KCN tỉnh {code}")
        names = Names(self._random)
        for number in range(1, _INVESTORS + 1):
            yield self._organization(_investor(number), f"{names.company()} {number}")

    @staticmethod
    def _organization(key: str, name: str) -> Write:
        return Write(_OPENED, "", OrganizationRegistration(id=key, name=name))

    def _about_sites(self) -> Iterator[Write]:
        names = Names(self._random)
        weights = [self._random.uniform(1, 4) for _ in self._provinces]
        districts = self._districts()
        for _ in range(self._sites):
            is_zone = self._random.random() < _SHARE_OF_ZONES
            kind = SiteKind.zone if is_zone else SiteKind.cluster
            (province,) = self._random.choices(self._provinces, weights)
            site_id, name = names.site(kind)
            history = History(
                self._random,
                kind,
                name,
                Place(province, self._district(districts[province])),
                _investor(self._random.randint(1, _INVESTORS)),
                f"ban-quan-ly-{province}",
            )
            yield from self._history(site_id, history)

    def _districts(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {code: [] for code in self._provinces}
        for unit in self._units.all_at(UnitLevel.district, _OLD_UNITS):
            found[unit.parent_code or ""].append(unit.code)
        return found

    def _district(self, codes: list[str]) -> str | None:
        is_known = self._random.random() < _SHARE_WITH_DISTRICT
        return self._random.choice(codes) if is_known else None

    def _history(self, site_id: str, history: History) -> Iterator[Write]:
        recorded = date.min
        for position, step in enumerate(history.steps(self._statements)):
            # The first statement registers the site, so the others are recorded after it.
            day = max(recorded, self._recorded(step.day))
            recorded = recorded if position else day
            yield Write(day, site_id, _body(site_id, history, step, position), self._end(step, day))

    def _recorded(self, day: date) -> date:
        """Return when a fact of a day is recorded: within months, sometimes years late."""
        is_late = self._random.random() < _SHARE_LATE
        days = self._random.randint(400, 1500) if is_late else self._random.randint(1, 120)
        return min(day + timedelta(days), _CLOSED)

    def _end(self, step: Step, day: date) -> date | None:
        """Return when a statement is retracted; only reports are, for consistency."""
        if not step.is_report or self._random.random() > _SHARE_RETRACTED:
            return None
        return min(day + timedelta(self._random.randint(10, 300)), _CLOSED)

    def _about_provinces(self) -> Iterator[Write]:
        sites = self._sites // len(self._provinces)
        for code in self._provinces:
            for statement in statements_of(self._random, sites):
                yield self._about_province(code, statement)
        for code in self._merged:
            yield self._about_province(code, totals_after_the_merger(self._random, 2 * sites))

    def _about_province(self, code: str, statement: Statement) -> Write:
        effective_from, basis, source, observations = statement
        body = ProvinceStatementWrite.model_validate(
            {
                "source_id": f"{source}-{code}",
                "effective_from": effective_from,
                "basis": basis,
                "observations": observations,
            }
        )
        return Write(self._recorded(PartialDate.parse(effective_from).first_day), code, body)


def _investor(number: int) -> str:
    return f"cong-ty-ha-tang-{number}"


def _body(site_id: str, history: History, step: Step, position: int) -> SubjectStatementWrite:
    statement = {
        "source_id": f"{step.source}-{history.place.province_code}",
        "effective_from": step.effective_from,
        "basis": step.basis,
        "locator": f"trang {position + 1}",
        "values": step.values,
    }
    if position:
        return BODIES[SubjectType.site].write.model_validate(statement)
    registered = {**statement, "id": site_id, "kind": history.kind}
    return BODIES[SubjectType.site].registration.model_validate(registered)
