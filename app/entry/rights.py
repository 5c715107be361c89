"""The rights of editors: they write about subjects in their provinces, before and after the write.

A subject lies in every province that it has on any day, as far as is known; a project also in those
of the sites that it is in. All of them must be the editor's, so that nothing can be written for,
moved out of or moved into a province of somebody else. Subjects in no known province are for
administrators.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, null, select

from app.core.errors import ForbiddenError
from app.core.messages import Template
from app.database.connections import Executor
from app.ledger.revisions import Draft, Writer
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.definitions import Subject
from app.subjects.fold import StatePeriod
from app.subjects.histories import HISTORIES, SITE_HISTORY, History
from app.units.units import Unit, UnitLevel

_NOWHERE = Template(
    "entry.nowhere", "This lies in no known province: it is for administrators to write."
)
_FOREIGN = Template(
    "entry.foreign",
    "This is about {foreign}, where you may not write; your provinces: {own}.",
)
_Stated = tuple[Mapping[str, Any], date]
"""The values of a statement, and the day from which they hold."""


async def list_provinces_of(
    connection: Executor, history: History, keys: Collection[str]
) -> list[Row[Any]]:
    """Return province, site (of projects) and days of each version of some subjects.

    Of a subject that has no version any more, those that were ended last.
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


def check_rights(writer: Writer, provinces: Iterable[Unit]) -> None:
    """Refuse a write about a subject in provinces that are not the writer's, or in none."""
    principal = writer.principal
    if principal is None or not principal.is_bound:
        return
    concerned = set(provinces)
    if not concerned:
        raise ForbiddenError(_NOWHERE())
    foreign = principal.foreign(concerned, writer.units)
    if foreign:
        named = ", ".join(unit.label for unit in foreign)
        own = ", ".join(map(str, principal.provinces))
        raise ForbiddenError(_FOREIGN(foreign=named, own=own))


async def check_known_place(draft: Draft, subject: Subject) -> None:
    """Refuse a write about a subject that lies, as far as is known, in provinces of others."""
    known = await _known_provinces(draft, subject)
    if known:
        check_rights(draft.writer, known)


async def check_place(
    draft: Draft, subject: Subject, timeline: Iterable[StatePeriod], stated: _Stated | None = None
) -> None:
    """Refuse a write that gives a subject a ``timeline`` in provinces of others.

    The ``stated`` place counts also where another statement outweighs it for now.
    """
    if not _is_bound(draft):
        return
    known = await _known_provinces(draft, subject)
    own = {unit for period in timeline for unit in _of_period(draft, period)}
    sites = {site for period in timeline if (site := text_of(period.values, "site"))}
    if stated is not None:
        own |= set(_named(draft, *stated))
        sites |= {stated[0]["site"]} if stated[0].get("site") else set()
    check_rights(draft.writer, known | own | await _around(draft, sites))


def _is_bound(draft: Draft) -> bool:
    principal = draft.writer.principal
    return principal is not None and principal.is_bound


async def _known_provinces(draft: Draft, subject: Subject) -> set[Unit]:
    """Return the provinces that a subject lay in before the write; its last, if it has none now."""
    if not _is_bound(draft):
        return set()
    rows = await list_provinces_of(draft.session, HISTORIES[subject.type], [subject.id])
    own = {unit for row in rows for unit in _during(draft, row.province_code, row)}
    return own | await _around(draft, {row.site for row in rows if row.site is not None})


async def _around(draft: Draft, sites: set[str]) -> set[Unit]:
    """Return the provinces of the sites that a project is in."""
    rows = await list_provinces_of(draft.session, SITE_HISTORY, sites)
    return {unit for row in rows for unit in _during(draft, row.province_code, row)}


def _of_period(draft: Draft, period: StatePeriod) -> list[Unit]:
    return _during(draft, text_of(period.values, "province_code"), period)


def _during(draft: Draft, code: str | None, days: StatePeriod | Row[Any]) -> list[Unit]:
    """Return the provinces that a code named on any of the days."""
    units = draft.writer.units
    return units.during(UnitLevel.province, code, days.valid_from, days.valid_to) if code else []


def _named(draft: Draft, values: Mapping[str, Any], day: date) -> Iterator[Unit]:
    """Yield the provinces of the units that a statement names."""
    units = draft.writer.units
    for name, level in UNIT_LEVELS.items():
        unit = units.at(level, values[name], day) if values.get(name) else None
        above = units.lineage(unit) if unit else ()
        yield from (one for one in above if one.level is UnitLevel.province)
