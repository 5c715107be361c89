"""What the register has that rows of a file may mean, read for one import."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select

from app.core.vocabulary import SiteKind
from app.database.connections import AnyRow, Executor
from app.imports.contexts import Candidates, OrganizationCandidate
from app.imports.matching import SiteCandidate
from app.ledger.entries import ENTRIES, is_present, kept_at
from app.ledger.tables import OPEN_REVISION
from app.statistics.indicators import INDICATORS
from app.subjects.attributes import ValueType
from app.subjects.sites import SiteState
from app.subjects.tables import SITE_VERSIONS
from app.units.units import UnitLevel, Units

_V = SITE_VERSIONS.c
_COMPARED = [
    name
    for name, attribute in SiteState.attributes.items()
    if attribute.is_quantity or attribute.type is ValueType.code
]
"""What a file says as the register does; organizations have ids here and names there."""
_READ = ("site_id", "kind", "name", "aliases", "province_code", "commune_code", "valid_from")
_SITES = (
    select(*(_V[name] for name in (*_READ, *_COMPARED)))
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
    state = _state([row for row in versions if row.valid_from <= day])
    return SiteCandidate(id_, SiteKind(kind), name, former, provinces, communes, state)


def _state(versions: Sequence[AnyRow]) -> dict[str, tuple[object, str]]:
    """Return what the last version says, each value with the date since when it has been so."""
    state: dict[str, tuple[object, str]] = {}
    for version in versions:
        for name in _COMPARED:
            value = getattr(version, name)
            if name not in state or state[name][0] != value:
                state[name] = value, version.valid_from.isoformat()
    return {name: held for name, held in state.items() if held[0] is not None}


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
