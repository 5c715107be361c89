"""Tallies of sites by day, province, kind and status: one query, whatever is asked.

The database counts and adds whole numbers; everything after that is exact decimal arithmetic.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    func,
    select,
    type_coerce,
    union_all,
)

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


@lru_cache(maxsize=512)
def _query(days: int, *, of_provinces: bool, of_kinds: bool) -> Select[Any]:
    """Return the statement for a number of days, put together once for each shape asked for."""
    each = (select(bindparam(f"day_{number}", type_=Date).label("day")) for number in range(days))
    asked = union_all(*each).cte("days")
    keys = [asked.c.day, _V.province_code, _V.kind, *(_V[track] for track in TRACKS)]
    on_the_day = and_(
        _V.valid_from <= asked.c.day,
        _V.valid_to > asked.c.day,
        _V.known_from <= bindparam("revision"),
        _V.known_to > bindparam("revision"),
    )
    query = select(*keys, *_TALLIED).select_from(asked.join(SITE_VERSIONS, on_the_day))
    if of_provinces:
        query = query.where(_V.province_code.in_(bindparam("provinces", expanding=True)))
    if of_kinds:
        query = query.where(_V.kind.in_(bindparam("kinds", expanding=True)))
    return query.group_by(*keys)


async def read_groups(connection: Executor, asked: GroupsAsked) -> list[Group]:
    """Return the tallies of the sites asked for, one for each combination of codes."""
    days = {f"day_{number}": day for number, day in enumerate(sorted(asked.days))}
    query = _query(len(days), of_provinces=bool(asked.provinces), of_kinds=bool(asked.kinds))
    parameters: dict[str, Any] = {**days, "revision": asked.revision}
    if asked.provinces:
        parameters["provinces"] = sorted(asked.provinces)
    if asked.kinds:
        parameters["kinds"] = sorted(kind.value for kind in asked.kinds)
    return [_group(row) for row in (await connection.execute(query, parameters)).all()]


def _group(row: Row[Any]) -> Group:
    day, province_code, kind, *rest = tuple(row)
    codes, numbers = rest[: len(TRACKS)], rest[len(TRACKS) :]
    # PostgreSQL sums whole numbers to decimals; they are whole all the same.
    tally = Counter({name: int(n) for name, n in zip(_NAMES, numbers, strict=True)})
    return Group(day, province_code, SiteKind(kind), dict(zip(TRACKS, codes, strict=True)), tally)
