"""What the register has already of what a report says, read for one commit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from app.core.dates import Period
from app.core.vietnamese import fold
from app.core.vocabulary import MEASURED, Basis, ChangeSubjectType, SubjectType
from app.database.connections import AnyRow, Executor, read_rows
from app.entry.known import in_parts
from app.imports.correcting import Correction, Earlier
from app.ledger.entries import ENTRIES, is_present
from app.ledger.statements import live_of_many
from app.ledger.tables import (
    OPEN_REVISION,
    ORGANIZATIONS,
    REGISTRATIONS,
    SOURCES,
    STATEMENTS,
    Statement,
)
from app.statistics.projection import OBSERVATIONS
from app.subjects.attributes import encode
from app.subjects.histories import Values, read_dicts
from app.subjects.sites import SiteState
from app.subjects.tables import SITE_VERSIONS

_IDS = {
    ChangeSubjectType.organization: select(ORGANIZATIONS.c.id),
    ChangeSubjectType.source: select(SOURCES.c.id),
    ChangeSubjectType.site: select(REGISTRATIONS[SubjectType.site].c.id),
}
_TWO_LANES = frozenset(SiteState.attributes.planned)
_V = SITE_VERSIONS.c
_HEDGES = ("qualifiers", "values_to")
_VERSIONS = select(_V.site_id, _V.valid_from, _V.valid_to, _V.planned, *(_V[n] for n in _HEDGES))
_SOURCES = ENTRIES[ChangeSubjectType.source]
_ENTRY = _SOURCES.selected_columns
_DOCUMENTS = _SOURCES.where(
    or_(
        _ENTRY.published_on.in_(bindparam("days", expanding=True)),
        _ENTRY.id.in_(bindparam("ids", expanding=True)),
    ),
    is_present(_SOURCES),
)
_RECORDED = select(STATEMENTS).where(
    STATEMENTS.c.revision == bindparam("revision"), STATEMENTS.c.retracted_in.is_(None)
)
_O = OBSERVATIONS.c
_OBSERVED = select(OBSERVATIONS).where(
    _O.province_code == bindparam("code"), _O.known_to == OPEN_REVISION
)


class Stated(NamedTuple):
    """A value of a site as a file states it, with its qualifier and the upper end of a range."""

    name: str
    value: object
    hedge: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Sought:
    """What has to be known of the register before a report is made into entries."""

    sites: Collection[str]
    """The sites that rows mean."""
    attributes: Collection[str]
    days: Collection[str]
    """The dates of the documents that are named."""
    sources: Collection[str]
    """The ids that such documents may have; the file's own comes to be known by its id, too."""
    province: str | None
    correction: Correction | None = None


@dataclass
class Existing:
    """What the register has of it."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """All ids that organizations, sources and sites ever had."""
    sources: list[AnyRow] = field(default_factory=list)
    versions: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    """The live statements about sites, by site."""
    observed: list[AnyRow] = field(default_factory=list)
    earlier: Earlier = field(default_factory=lambda: Earlier((), None))

    def document(self, number: str, day: str | None) -> str | None:
        """Return the source that has a number and a date."""
        return self._numbered.get((_number_key(number), day))

    @cached_property
    def _numbered(self) -> dict[tuple[str, str | None], str]:
        numbered = (one for one in self.sources if one.number)
        return {(_number_key(one.number), one.published_on): one.id for one in numbered}

    def has(self, site: str, source: str, on: tuple[Basis, date], value: Stated) -> bool:
        """Return whether a value of a site is in effect on a day, or the source said it of then."""
        basis, day = on
        return self._is_in_effect(site, basis, day, value) or any(
            one.source_id == source
            and one.effective_day == day
            and one.content.get(value.name) == encode({value.name: value.value})[value.name]
            and value.hedge == _hedge(value.name, one.qualifiers, one.values_to)
            for one in self.said.get(site, ())
        )

    def _is_in_effect(self, site: str, basis: Basis, day: date, value: Stated) -> bool:
        versions = self.versions.get(site, ())
        held = next((v for v in versions if v["valid_from"] <= day < v["valid_to"]), None)
        if held is None:
            return False
        is_planned = basis not in MEASURED and value.name in _TWO_LANES
        lane: Mapping[str, Any] = held["planned"] if is_planned else held
        hedge = _hedge(value.name, *(lane.get(member) for member in _HEDGES))
        return _plain(lane.get(value.name)) == _plain(value.value) and value.hedge == hedge

    def cites(self, site: str) -> set[str]:
        """Return the documents that the live statements about a site refer to."""
        return {key for one in self.said.get(site, ()) for key in one.cites or ()}

    def has_note(self, site: str, note: str) -> bool:
        """Return whether a live statement about a site has a note."""
        return any(one.note == note for one in self.said.get(site, ()))

    def has_observation(self, stated: Mapping[str, Any], basis: str, day: str) -> bool:
        """Return whether a figure of the province has this value: of the period, or in effect.

        A figure without a period of its own, a stock or a plan, is in effect until the next.
        """
        period = Period.parse(stated.get("period") or day)
        same = (stated["indicator"], basis)
        alike = [one for one in self.observed if (one.indicator, one.basis) == same]
        found = [one for one in alike if (one.period_from, one.period_to) == period.days]
        if "period" not in stated and (last := _in_effect(alike, period.first_day)):
            found.append(last)
        return any(one.value == stated["value"] for one in found)


def _in_effect(alike: Iterable[AnyRow], day: date) -> AnyRow | None:
    """Return the figure that counts on a day."""
    ranked = [
        ((about, one.effective_day, one.authority, one.known_from), one)
        for one in alike
        if one.effective_day <= day and (about := _about(one, day)) is not None
    ]
    return max(ranked, key=itemgetter(0))[1] if ranked else None


def _about(observed: AnyRow, day: date) -> date | None:
    """Return the day that a figure is about; ``None`` for a plan whose horizon has passed."""
    last_day: date = observed.period_to
    if observed.basis != Basis.plan:
        return min(last_day, day)
    if observed.period == observed.effective_from:
        return date.min
    return last_day if last_day >= day else None


def _hedge(
    name: str, qualifiers: Mapping[str, str] | None, ends: Mapping[str, str] | None
) -> tuple[str | None, str | None]:
    return (qualifiers or {}).get(name), (ends or {}).get(name)


def _plain(value: object) -> object:
    """Return a value so that equal numbers are equal, in whatever form they are kept."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def _number_key(number: str) -> str:
    """Return what two spellings of the number of one document have in common."""
    return fold(number).replace(" ", "")


async def read_existing(connection: Executor, sought: Sought) -> Existing:
    """Read it as the register is now."""
    found = Existing()
    if sought.correction is not None:
        parameters = {"revision": sought.correction.revision}
        earlier = await read_rows(connection, Statement, _RECORDED, parameters)
        found.earlier = Earlier(earlier, sought.correction)
    for what, query in _IDS.items():
        found.ids[what] = set((await connection.execute(query)).scalars())
    documents = {
        "days": sorted(sought.days),
        "ids": sorted(sought.sources),
        "revision": OPEN_REVISION,
    }
    found.sources = list((await connection.execute(_DOCUMENTS, documents)).all())
    await _read_sites(connection, sought, found)
    if sought.province is not None:
        rows = await connection.execute(_OBSERVED, {"code": sought.province})
        found.observed = list(rows.all())
    return found


async def _read_sites(connection: Executor, sought: Sought, found: Existing) -> None:
    query = _VERSIONS.add_columns(*(_V[name] for name in sorted(sought.attributes)))
    for part in in_parts(sought.sites):
        of_sites = query.where(_V.site_id.in_(part), _V.known_to == OPEN_REVISION)
        for version in await read_dicts(connection, of_sites, {}):
            found.versions[version["site_id"]].append(version)
        live = await live_of_many(connection, SubjectType.site, part, OPEN_REVISION, remarks=True)
        for row in live:
            found.said[row.subject_id].append(row)
