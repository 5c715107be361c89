"""What editors may write: about what lies in their provinces, before the write and after it.

A subject lies in every province that it has on any day, as far as is known; a project also in those
of the sites that it is in. All of them must be the editor's, so that nothing can be written for,
moved out of or moved into a province that is somebody else's. What lies in no known province is for
administrators.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from app.domain.attributes import UNIT_LEVELS
from app.domain.subjects import Subject
from app.domain.timeline import Piece
from app.domain.units import Unit, UnitLevel
from app.errors import ForbiddenError
from app.repositories.histories import HISTORIES, SITE_HISTORY
from app.repositories.whereabouts import list_whereabouts
from app.services.ledger import Draft, Writer

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
    draft: Draft, subject: Subject, timeline: Iterable[Piece], stated: _Stated | None = None
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
    rows = await list_whereabouts(draft.session, HISTORIES[subject.type], [subject.id])
    own = {unit for row in rows for unit in _during(draft, row)}
    return own | await _around(draft, {row.site for row in rows if row.site is not None})


async def _around(draft: Draft, sites: set[str]) -> set[Unit]:
    """Return the provinces of the sites that a project is in."""
    rows = await list_whereabouts(draft.session, SITE_HISTORY, sites)
    return {unit for row in rows for unit in _during(draft, row)}


def _during(draft: Draft, row: Any) -> list[Unit]:
    code = row.province_code
    units = draft.writer.units
    return units.during(UnitLevel.province, code, row.valid_from, row.valid_to) if code else []


def _of_piece(draft: Draft, piece: Piece) -> list[Unit]:
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
