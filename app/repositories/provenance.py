"""Who said so: the statement that decides each attribute of a site."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from app.domain.attributes import UNIT_LEVELS
from app.domain.timeline import Said, deciding
from app.domain.units import Units
from app.domain.vocabulary import SubjectType
from app.repositories.snapshots import At, Executor
from app.repositories.statements import live_statements, said
from app.schemas.sites import Provenance, SiteProvenance


async def get_provenance(
    connection: Executor, site: Mapping[str, Any], at: At, units: Units
) -> SiteProvenance:
    """Return for each attribute that ``site`` shows on a day which statement decides it."""
    rows = await live_statements(connection, (SubjectType.site, site["id"]), at.revision)
    row_of = {(row.revision, row.position): row for row in rows}
    decided = deciding(map(said, rows), at.day)
    found = {name: by for name, by in decided.items() if name not in UNIT_LEVELS}
    found |= dict(_places(decided, site, at, units))
    items = [
        _provenance(name, row_of[by.revision, by.position])
        for name, by in sorted(found.items())
        if site[name] is not None
    ]
    return SiteProvenance(items=items, next_cursor=None, as_of=at.day, revision=at.revision)


def _places(
    decided: Mapping[str, Said], site: Mapping[str, Any], at: At, units: Units
) -> Iterator[tuple[str, Said]]:
    """Yield for each code of the place the weightiest statement whose unit tells it."""
    named = [(name, decided[name]) for name in reversed(UNIT_LEVELS) if name in decided]
    stated = sorted(named, key=lambda pair: pair[1].rank, reverse=True)
    for name, level in UNIT_LEVELS.items():
        for by_name, by in stated:
            code = by.values[by_name]
            unit = units.at(UNIT_LEVELS[by_name], code, by.effective_day) if code else None
            if unit and units.codes_on(unit, at.day).get(level) == site[name]:
                yield name, by
                break


def _provenance(attribute: str, row: Row[Any]) -> Provenance:
    return Provenance(
        attribute=attribute,
        statement_id=row.id,
        source_id=row.source_id,
        effective_from=row.effective_from,
        revision=row.revision,
    )
