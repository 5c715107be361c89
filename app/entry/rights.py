"""What editors may write: about what lies in their provinces, before the write and after it.

A subject lies in every province that it has on any day, as far as is known; a project also in those
of the sites that it is in. All of them must be the editor's, so that nothing can be written for,
moved out of or moved into a province that is somebody else's. What lies in no known province is for
administrators.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, null, select

from app.core.errors import ForbiddenError
from app.database.connections import Executor
from app.ledger.revisions import Draft, Writer
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.declarations import Subject
from app.subjects.fold import StatePeriod
from app.subjects.histories import HISTORIES, SITE_HISTORY, History
from app.units.units import Unit, UnitLevel


async def list_provinces_of(
    connection: Executor, history: History, keys: Collection[str]
) -> list[Row[Any]]:
    """Return province, site (of projects) and days of each version of some subjects.

    Of a subject that has no version any more, those that were given up last.
    """
    if not keys:
        return []
    columns = history.versions.c
    last = (
        select(history.id.label("id"), func.max(columns.known_to).label("known_to"))
        .where(history.id.in_(keys))
        .group_by(history.id)
        .subquery()
    )
    site = columns.site if "site" in columns else null().label("site")
    query = select(columns.province_code, site, columns.valid_from, columns.valid_to).join(
        last, and_(history.id == last.c.id, columns.known_to == last.c.known_to)
    )
    return list((await connection.execute(query)).all())


_Stated = tuple[Mapping[str, Any], date]
"""What a statement says, and the day from which on."""


def check_rights(writer: Writer, provinces: Iterable[Unit]) -> None:
    """Refuse a write about what lies in provinces that are not the writer's, or in none."""
    principal = writer.principal
    if principal is None or not principal.is_bound:
        return
    found = set(provinces)
    if not found:
        raise ForbiddenError("This lies in no known province: it is for administrators to write.")
    foreign = principal.foreign(found, writer.units)
    if foreign:
        named = ", ".join(unit.label for unit in foreign)
        own = ", ".join(map(str, principal.provinces))
        detail = f"This is about {named}, where you may not write; your provinces: {own}."
        raise ForbiddenError(detail)


async def check_known_place(draft: Draft, subject: Subject) -> None:
    """Refuse a write about a site or project that lies, as is known so far, where others write."""
    known = await _known_provinces(draft, subject)
    if known:
        check_rights(draft.writer, known)


async def check_place(
    draft: Draft, subject: Subject, timeline: Iterable[StatePeriod], stated: _Stated | None = None
) -> None:
    """Refuse a write after which a subject has a ``timeline`` that lies where others write.

    What is ``stated`` counts also where another statement outweighs it for now.
    """
    if not _is_bound(draft):
        return
    known = await _known_provinces(draft, subject)
    found = {unit for piece in timeline for unit in _of_piece(draft, piece)}
    sites = {piece.values["site"] for piece in timeline if "site" in piece.values}
    if stated is not None:
        found |= set(_named(draft, *stated))
        sites |= {stated[0]["site"]} if stated[0].get("site") else set()
    check_rights(draft.writer, known | found | await _around(draft, sites))


def _is_bound(draft: Draft) -> bool:
    principal = draft.writer.principal
    return principal is not None and principal.is_bound


async def _known_provinces(draft: Draft, subject: Subject) -> set[Unit]:
    """Return the provinces that a subject lay in before the write; its last, if it has none now."""
    if not _is_bound(draft):
        return set()
    rows = await list_provinces_of(draft.session, HISTORIES[subject.type], [subject.id])
    own = {unit for row in rows for unit in _during(draft, row)}
    return own | await _around(draft, {row.site for row in rows if row.site is not None})


async def _around(draft: Draft, sites: set[str]) -> set[Unit]:
    """Return the provinces of the sites that a project is in."""
    rows = await list_provinces_of(draft.session, SITE_HISTORY, sites)
    return {unit for row in rows for unit in _during(draft, row)}


def _during(draft: Draft, row: Any) -> list[Unit]:
    code = row.province_code
    units = draft.writer.units
    return units.during(UnitLevel.province, code, row.valid_from, row.valid_to) if code else []


def _of_piece(draft: Draft, piece: StatePeriod) -> list[Unit]:
    code = piece.values.get("province_code")
    units = draft.writer.units
    return units.during(UnitLevel.province, code, piece.valid_from, piece.valid_to) if code else []


def _named(draft: Draft, values: Mapping[str, Any], day: date) -> Iterator[Unit]:
    """Yield the provinces of the units that a statement names."""
    units = draft.writer.units
    for name, level in UNIT_LEVELS.items():
        unit = units.at(level, values[name], day) if values.get(name) else None
        above = units.lineage(unit) if unit else ()
        yield from (one for one in above if one.level is UnitLevel.province)
