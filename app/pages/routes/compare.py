"""Compare: two days, two states of knowledge, or two provinces; what differs is marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi.responses import HTMLResponse
from pydantic import Field, model_validator

from app.core.query_parameters import RevisionNumber, TimeQuery
from app.core.types import Day, WrittenInstant
from app.core.vocabulary import Boundaries
from app.http.reading import Reading, province_at
from app.ledger.snapshots import At, Snapshot, pin
from app.pages.pages import Figures, File, page_router, pinned, shown
from app.pages.views import View, as_forms_send_it, looks_at
from app.statistics import rollups
from app.statistics.query_parameters import RollupsQuery
from app.statistics.schemas import GroupRollup, GroupRollups, KindRollup, Rollup
from app.subjects.histories import SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.units.provinces import existing_province
from app.units.units import UnitLevel

router = page_router()
_MOST_SITES = 500
_OF_SITES = ("name", "stage", "clearance_status", "area_ha", "clearance_pct", "occupancy_pct")
_Code = Annotated[str, Field(max_length=10)]


class CompareView(View):
    """One view of a province, or of all, and the other one that it is compared with."""

    province_code: _Code | None = None
    boundaries: Boundaries = Boundaries.then
    other_province_code: _Code | None = None
    other_as_of: Day | None = None
    other_known_at: WrittenInstant | None = None
    other_revision: RevisionNumber | None = None

    @model_validator(mode="before")
    @classmethod
    def read_other_day(cls, given: Any) -> Any:
        """Read the other day of knowledge as the first one."""
        return as_forms_send_it(given, "other_known_at")


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two: a province on a day, or all of them where there is none."""

    code: str | None
    at: At
    name: str | None
    """What the province is called on the day."""

    @property
    def path(self) -> str:
        """Where its figures are as data."""
        return "/v1/rollups" if self.code is None else f"/v1/provinces/{self.code}/rollup"


class Figure(NamedTuple):
    """A figure, and of how many sites it is known; ``None`` is unknown."""

    value: float | None = None
    known: int = 0
    unknown: int = 0
    is_registered: bool = True
    """False for figures of sites where none is registered: nothing follows from them."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure on both sides."""

    about: tuple[str, ...]
    name: str
    here: Figure
    other: Figure

    @property
    def is_comparable(self) -> bool:
        """Whether sites are registered on both sides."""
        return self.here.is_registered and self.other.is_registered

    @property
    def differs(self) -> bool:
        """Whether the two can be compared and are not the same."""
        return self.is_comparable and self.here.value != self.other.value

    @property
    def is_partial(self) -> bool:
        """Whether one of the two leaves out sites of which it is unknown."""
        return self.here.unknown > 0 or self.other.unknown > 0


@dataclass(frozen=True, slots=True)
class Row:
    """An attribute of a site on both sides; ``None`` is unknown."""

    about: tuple[str, ...]
    name: str
    here: Any
    other: Any
    is_here: bool = True
    is_there: bool = True

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return bool(self.here != self.other or self.is_here != self.is_there)


@router.get("/compare")
async def show_compare(
    read: Annotated[Reading[CompareView], looks_at(CompareView, heavy=True)],
) -> HTMLResponse:
    """Show both, figure by figure and site by site."""
    query, code = read.query, read.query.province_code
    at, note = read.at, read.note
    if code:
        _, at, note = province_at(read, code, query.as_of, query.boundaries)
    this, other = _side(read, code, at), await _other(read, at)

    async def figures(snapshot: Snapshot) -> Figures:
        here = _side(read, code, snapshot.at)
        return {
            "rows": list(_rows(*[await _figures(read, one) for one in (here, other)])),
            "sites": await _sites(read, here, other) if code else [],
        }

    files = [
        File("JSON", pinned(one.path, one.at, boundaries=query.boundaries.value), name)
        for name, one in (("view", this), ("other", other))
    ]
    provinces = read.units.all_at(UnitLevel.province, at.day)
    context = {"this": this, "other": other, "provinces": provinces}
    return await shown(
        read, "compare.html", figures, day=at.day, note=note, files=files, context=context
    )


async def _other(read: Reading[CompareView], at: At) -> _Side:
    """Return what is compared with: a year before, where the query names nothing."""
    query = read.query
    revision = at.revision
    if query.other_known_at or query.other_revision is not None:
        known = TimeQuery(known_at=query.other_known_at, revision=query.other_revision)
        revision = (await pin(read.connection, known)).revision
    code = query.other_province_code or query.province_code
    names_nothing = code == query.province_code and revision == at.revision
    before = _year_before(at.day) if names_nothing else at.day
    return _side(read, code, At(query.other_as_of or before, revision))


def _side(read: Reading[CompareView], code: str | None, at: At) -> _Side:
    return _Side(code, at, read.units.name_of(UnitLevel.province, code, at.day))


def _year_before(day: date) -> date:
    # 29 February has none.
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004


_Found = Mapping[tuple[str, ...], Mapping[str, Figure]]


async def _figures(read: Reading[CompareView], side: _Side) -> _Found:
    """Return the figures of a side by kind, or by province and kind."""
    units, boundaries, kinds = read.units, read.query.boundaries, rollups.kinds_of([])
    provinces = read.provinces_at(side.at.revision)
    if side.code is None:
        snapshot = Snapshot(side.at, read.today, units)
        query = RollupsQuery(boundaries=boundaries)
        groups = GroupRollups.model_validate(
            await rollups.read_group_rollups(provinces, query, snapshot)
        )
        return {(g.province_name or "", g.kind.value): _figures_of(g) for g in groups.items}
    day = side.at.day if boundaries is Boundaries.then else read.today
    unit = existing_province(units, side.code, day)
    scope = rollups.scope_of(unit, side.at.day, boundaries, units)
    (values,) = await rollups.read_rollups(provinces, [scope], kinds, units)
    found = Rollup.model_validate(rollups.as_rollup(values, None, boundaries))
    return {(one.kind.value,): _figures_of(one) for one in found.rollups}


def _figures_of(one: GroupRollup | KindRollup) -> Mapping[str, Figure]:
    planned, area, clearance, occupancy = one.planned, one.area, one.clearance, one.occupancy
    of_sites = {
        "sites": Figure(one.sites.count),
        "area-ha": Figure(area.total_ha, area.known, area.unknown),
        "cleared": Figure(clearance.clearance_pct, clearance.known, clearance.unknown),
        "occupied": Figure(occupancy.land_weighted_pct, occupancy.known, occupancy.unknown),
    }
    if one.sites.listed is None:
        of_sites = dict.fromkeys(of_sites, Figure(is_registered=False))
    return {
        **of_sites,
        "planned-sites": Figure(planned.sites if planned else None),
        "planned-area": Figure(planned.area_ha if planned else None),
    }


def _rows(here: _Found, other: _Found) -> Iterator[FigureRow]:
    for about in sorted(here.keys() | other.keys()):
        ours, theirs = here.get(about, {}), other.get(about, {})
        for name in ours or theirs:
            row = FigureRow(about, name, ours.get(name, Figure()), theirs.get(name, Figure()))
            if row.here.value is not None or row.other.value is not None:
                yield row


async def _sites(read: Reading[CompareView], here: _Side, other: _Side) -> Sequence[Row]:
    """Return what differs between the sites of the two, where both are of one province."""
    if here.code != other.code:
        return []
    ours, theirs = [await _states(read, one) for one in (here, other)]
    rows = [
        row
        for key in sorted(ours.keys() | theirs.keys())
        for row in _compared(key, ours.get(key), theirs.get(key))
    ]
    return [row for row in rows if row.differs]


_State = Mapping[str, Any]


def _compared(key: str, ours: _State | None, theirs: _State | None) -> Iterator[Row]:
    """Yield the attributes of a site on both sides; of one that is on one side only, its stage."""
    known = ours or theirs or {}
    for name in _OF_SITES if ours and theirs else ("stage",):
        here, other = (side[name] if side else None for side in (ours, theirs))
        about = (key, known["name"] or key)
        yield Row(about, name, here, other, ours is not None, theirs is not None)


async def _states(read: Reading[CompareView], side: _Side) -> Mapping[str, _State]:
    query = SitesQuery.model_validate(
        {
            "province_code": [side.code],
            "boundaries": read.query.boundaries,
            "limit": _MOST_SITES,
        }
    )
    snapshot = Snapshot(side.at, read.today, read.units)
    page = await list_page(read.connection, SITE_HISTORY, query, snapshot)
    return {item["id"]: item for item in page["items"]}
