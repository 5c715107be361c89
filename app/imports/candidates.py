"""What the register has that rows of a file may mean, read for one import."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import or_, select

from app.core.vocabulary import SiteKind
from app.database.connections import AnyRow, Executor
from app.imports.contexts import Candidates, OrganizationCandidate
from app.imports.matching import SiteCandidate
from app.ledger.entries import ENTRIES, is_present, kept_at
from app.ledger.tables import OPEN_REVISION
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import PLANNED, ValueType, hedges_of
from app.subjects.fold import HEDGE
from app.subjects.sites import SiteState
from app.subjects.tables import SITE_VERSIONS
from app.units.units import UnitLevel, Units

V = TypeVar("V")
_V = SITE_VERSIONS.c
_STATED = [
    name
    for name, attribute in SiteState.attributes.items()
    if attribute.type is not ValueType.geometry
]
_READ = ("site_id", "kind", "valid_from", "planned", "qualifiers", "values_to", "known_from")
_SITES = (
    select(*(_V[name] for name in (*_READ, *_STATED)))
    .where(_V.known_to == OPEN_REVISION)
    .order_by(_V.site_id, _V.valid_from)
)
_ENTRIES = ENTRIES["organization"]
_ORGANIZATIONS = _ENTRIES.where(
    or_(is_present(_ENTRIES), _ENTRIES.selected_columns.merged_into.is_not(None))
).params(revision=OPEN_REVISION)


async def read_candidates(connection: Executor, units: Units, day: date) -> Candidates:
    """Return all sites and organizations, with their names and units of all times.

    The units that sites were in count as those that they are on ``day``.
    """
    versions: dict[str, list[AnyRow]] = {}
    for row in await connection.execute(_SITES):
        versions.setdefault(row[0], []).append(row)
    sites = [_site(rows, units, day) for rows in versions.values()]
    kept = await kept_at(connection, OPEN_REVISION)
    rows = await connection.execute(_ORGANIZATIONS)
    # Last, for the last of a name counts: those that were not merged.
    organizations = [
        OrganizationCandidate(
            kept.get(row.id, row.id),
            tuple(filter(None, (row.name, row.name_en, *(row.aliases or ())))),
            row.id,
        )
        for row in sorted(rows, key=lambda row: row.id not in kept)
    ]
    attributes = frozenset(SiteState.members)
    return Candidates(units, sites, organizations, attributes, frozenset(INDICATORS))


def _site(versions: Sequence[AnyRow], units: Units, day: date) -> SiteCandidate:
    id_, kind = versions[-1][:2]
    names = [row.name for row in versions if row.name]
    aliases = [alias for row in versions for alias in row.aliases or ()]
    name = names[-1] if names else id_
    former = tuple(dict.fromkeys(other for other in (*names, *aliases) if other != name))
    provinces = _codes(versions, "province_code", UnitLevel.province, units, day)
    communes = _codes(versions, "commune_code", UnitLevel.commune, units, day)
    changes = tuple(_changes(versions))
    return SiteCandidate(id_, SiteKind(kind), name, former, provinces, communes, changes)


def _changes(versions: Iterable[AnyRow]) -> Iterator[tuple[date, dict[str, object]]]:
    """Give what each version has otherwise than the one before, from when it holds."""
    before: dict[str, object] = {}
    for version in versions:
        now = _flat(version)
        names = before.keys() | now.keys()
        changed = {n: now.get(n) for n in names if now.get(n) != before.get(n)}
        yield version.valid_from, changed
        before = now


def _flat(version: AnyRow) -> dict[str, object]:
    """Return what a version says by the names of columns in files, hedges beside the numbers."""
    planned = dict(version.planned)
    of_plans = hedges_of(planned.pop("qualifiers", None), planned.pop("values_to", None))
    hedges = hedges_of(version.qualifiers, version.values_to) | _in_plan(of_plans)
    return {
        **{name: value for name in _STATED if (value := getattr(version, name)) is not None},
        **_in_plan(SiteState.attributes.decode(planned)),
        **{HEDGE + name: hedge for name, hedge in hedges.items()},
        "known_from": version.known_from,
    }


def _in_plan(values: Mapping[str, V]) -> dict[str, V]:
    return {PLANNED + name: value for name, value in values.items()}


def _codes(
    versions: Iterable[AnyRow], column: str, level: UnitLevel, units: Units, day: date
) -> frozenset[str]:
    codes = set()
    for version in versions:
        code = getattr(version, column)
        since = max(version.valid_from, date(1, 1, 2))
        unit = units.at(level, code, since) if code else None
        heir = units.follow(unit, day) if unit else None
        codes |= {code, heir.code if heir else code} - {None}
    return frozenset(codes)
