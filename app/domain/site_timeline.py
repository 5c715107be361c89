"""The timeline of a site: its statements folded, placed in the units of each day, and derived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.attributes import UNIT_LEVELS
from app.domain.occupancy import DEFINITION_DAYS, occupancy_of, share_pct
from app.domain.stage import stage_of
from app.domain.timeline import Piece, Said, cut, fold, merge
from app.domain.units import Unit, UnitLevel, Units
from app.domain.vocabulary import SiteKind

_Rank = tuple[date, int, int, int]
_PRECISION = {UnitLevel.province: 0, UnitLevel.district: 1, UnitLevel.commune: 2}


@dataclass(frozen=True, slots=True)
class Site:
    """What never changes about a site."""

    id: str
    kind: SiteKind


def site_timeline(site: Site, statements: Iterable[Said], units: Units) -> list[Piece]:
    """Return the versions of a site over valid time, oldest first, tiling it without gaps.

    Each piece holds the known attributes and the derived ``stage``, ``leasable_ha``,
    ``occupancy_pct``, ``occupancy_pct_definition`` and ``clearance_pct``. Codes of places are
    those of the piece's days.
    """
    located = (replace(said, values=_locate(said, units)) for said in statements)
    days = sorted({*units.change_days, *DEFINITION_DAYS})
    pieces = cut(fold(located), days)
    return merge([_complete(site.kind, piece, units) for piece in pieces])


def _locate(said: Said, units: Units) -> Mapping[str, Any]:
    """Replace codes by the units they named when the statement took effect, with its rank."""
    values = dict(said.values)
    for name, level in UNIT_LEVELS.items():
        if values.get(name) is not None:
            unit = units.at(level, values[name], said.effective_day)
            values[name] = unit and (said.rank, _PRECISION[level], unit)
    return values


def _complete(kind: SiteKind, piece: Piece, units: Units) -> Piece:
    values = dict(piece.values)
    stated = sorted((values.pop(name) for name in UNIT_LEVELS if name in values), reverse=True)
    place = units.place_on(piece.valid_from, _fitting(stated, units))
    occupancy = occupancy_of(kind, piece.valid_from, values)
    derived = {
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
        "stage": stage_of(values),
        "leasable_ha": occupancy.leasable_ha,
        "occupancy_pct": occupancy.occupancy_pct,
        "occupancy_pct_definition": occupancy.definition,
        "clearance_pct": _clearance_pct(values),
    }
    known = {name: value for name, value in derived.items() if value is not None}
    return Piece(piece.valid_from, piece.valid_to, values | known)


def _fitting(stated: list[tuple[_Rank, int, Unit]], units: Units) -> list[Unit]:
    """Leave out what a weightier statement contradicts on the day it takes effect.

    ``stated`` comes with the weightiest first: the latest statement, and of one statement the most
    precise level. A later reform does not bring back what was contradicted before it.
    """
    return units.fitting((rank[0], unit) for rank, _, unit in stated)


def _clearance_pct(values: Mapping[str, Any]) -> Decimal | None:
    cleared, to_clear = values.get("cleared_ha"), values.get("to_clear_ha")
    return None if cleared is None or to_clear is None else share_pct(cleared, to_clear)


def state_on(timeline: Iterable[Piece], day: date) -> Piece | None:
    """Return the version that holds on ``day``, or ``None`` before the first."""
    return next((p for p in timeline if p.valid_from <= day < p.valid_to), None)
