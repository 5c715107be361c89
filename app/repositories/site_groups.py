"""Tallies of sites by day, province, kind and status: one query, whatever is asked.

The database counts and adds whole numbers; everything after that is exact decimal arithmetic.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    column,
    func,
    select,
    type_coerce,
    values,
)
from sqlalchemy.types import Date

from app.domain.figures import AREAS, Group
from app.domain.vocabulary import SiteKind
from app.repositories.snapshots import Executor
from app.repositories.tables import SITE_VERSIONS

_V = SITE_VERSIONS.c
TRACKS = (
    "stage",
    "planning_status",
    "legal_status",
    "clearance_status",
    "construction_status",
    "operation_status",
    "occupancy_pct_definition",
)


@dataclass(frozen=True, slots=True)
class GroupsAsked:
    """Which sites to tally: on which days, of which provinces and kinds (empty: all)."""

    days: Collection[date]
    revision: int
    provinces: Collection[str] = ()
    kinds: Collection[SiteKind] = ()


def _metres(name: str) -> ColumnElement[int]:
    if name == "plan_share_ha":
        return func.coalesce(_metres("planned_area_ha"), _metres("area_ha"))
    return type_coerce(_V[name], BigInteger)


def _sum(expression: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return func.coalesce(func.sum(expression), 0).label(name)


def _both(part: str, whole: str, prefix: str) -> list[ColumnElement[Any]]:
    """Tally the sites that know both quantities, and both sums over just these."""
    known = and_(_V[part].is_not(None), _V[whole].is_not(None))
    return [
        func.count().filter(known).label(f"{prefix}_known"),
        func.coalesce(func.sum(_metres(part)).filter(known), 0).label(f"{prefix}_part"),
        func.coalesce(func.sum(_metres(whole)).filter(known), 0).label(f"{prefix}_whole"),
    ]


_TALLIED: Sequence[ColumnElement[Any]] = (
    func.count().label("sites"),
    *(func.count(_metres(name)).label(f"{name}_known") for name in AREAS),
    *(_sum(_metres(name), f"{name}_sum") for name in AREAS),
    *_both("cleared_ha", "to_clear_ha", "clearance"),
    *_both("leased_ha", "leasable_ha", "occupancy"),
    func.count(_V.occupancy_pct).label("rate_known"),
    _sum(type_coerce(_V.occupancy_pct, BigInteger), "rate_sum"),
)
_NAMES = [str(expression.key) for expression in _TALLIED]


async def read_groups(connection: Executor, asked: GroupsAsked) -> list[Group]:
    """Return the tallies of the sites asked for, one for each combination of codes."""
    days = values(column("day", Date)).data([(day,) for day in sorted(asked.days)]).cte("days")
    keys = [days.c.day, _V.province_code, _V.kind, *(_V[track] for track in TRACKS)]
    on_the_day = and_(
        _V.valid_from <= days.c.day,
        _V.valid_to > days.c.day,
        _V.known_from <= asked.revision,
        _V.known_to > asked.revision,
    )
    query = select(*keys, *_TALLIED).select_from(days.join(SITE_VERSIONS, on_the_day))
    if asked.provinces:
        query = query.where(_V.province_code.in_(sorted(asked.provinces)))
    if asked.kinds:
        query = query.where(_V.kind.in_(sorted(asked.kinds)))
    rows = (await connection.execute(query.group_by(*keys))).all()
    return [_group(row) for row in rows]


def _group(row: Row[Any]) -> Group:
    day, province_code, kind, *rest = tuple(row)
    codes, numbers = rest[: len(TRACKS)], rest[len(TRACKS) :]
    # PostgreSQL sums whole numbers to decimals; they are whole all the same.
    tally = Counter({name: int(n) for name, n in zip(_NAMES, numbers, strict=True)})
    return Group(day, province_code, SiteKind(kind), dict(zip(TRACKS, codes, strict=True)), tally)
