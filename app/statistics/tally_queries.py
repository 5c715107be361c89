"""Reading tallies of sites by day, province, kind and status: one statement for every query.

The database counts and adds whole numbers; everything after that is exact decimal arithmetic.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from app.core.vocabulary import SiteKind
from app.database.connections import AnySelect, Executor
from app.ledger.tables import OPEN_REVISION
from app.statistics.tallies import AREAS, HEDGES, Group, Tally
from app.subjects.attributes import Tallied
from app.subjects.sites import SiteState
from app.subjects.tables import SITE_VERSIONS

_V = SITE_VERSIONS.c
_Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[int]]
TRACKS = (*SiteState.tallied(Tallied.counted, Tallied.defining), HEDGES)
"""The codes that every figure can be made from; sites that share them are tallied together."""


@dataclass(frozen=True, slots=True)
class TallyQuery:
    """Which sites to tally: on which days, of which kinds and provinces (empty: all).

    On the ``further_days`` only those of the ``further_provinces`` are.
    """

    days: Collection[date]
    revision: int
    kinds: Collection[SiteKind]
    provinces: Collection[str] = ()
    more_tracks: tuple[str, ...] = ()
    further_days: Collection[date] = ()
    further_provinces: Collection[str] = ()


# Written into the statement: as a parameter it would be sent again with every request.
_ZERO: ColumnElement[int] = literal_column("0", Integer)


def _sum(expression: ColumnElement[int], name: str) -> ColumnElement[int]:
    return _total(func.sum(expression)).label(name)


def _total(summed: ColumnElement[int]) -> ColumnElement[int]:
    # PostgreSQL adds whole numbers up to a decimal; it is whole all the same.
    return cast(func.coalesce(summed, _ZERO), BigInteger)


def _both(columns: _Columns, part: str, whole: str, prefix: str) -> list[ColumnElement[int]]:
    """Tally the sites that have a share, and both sums over just these.

    A site that knows only one of the quantities has none, nor one of which the part exceeds the
    whole.
    """
    # A comparison with null is not true.
    known = columns[part] <= columns[whole]
    return [
        func.count().filter(known).label(f"{prefix}_known"),
        _total(func.sum(columns[part]).filter(known)).label(f"{prefix}_part"),
        _total(func.sum(columns[whole]).filter(known)).label(f"{prefix}_whole"),
    ]


def _unmeasured(columns: _Columns) -> list[ColumnElement[int]]:
    """Tally the sites of which no cleared hectares are known, and their areas."""
    unmeasured, area = columns["cleared_ha"].is_(None), columns["area_ha"]
    return [
        func.count().filter(unmeasured).label("unmeasured"),
        func.count(area).filter(unmeasured).label("unmeasured_known"),
        _total(func.sum(area).filter(unmeasured)).label("unmeasured_sum"),
    ]


def _tallied(columns: _Columns) -> list[ColumnElement[int]]:
    return [
        func.count().label("sites"),
        *(func.count(columns[name]).label(f"{name}_known") for name in AREAS),
        *(_sum(columns[name], f"{name}_sum") for name in AREAS),
        *_both(columns, "cleared_ha", "to_clear_ha", "clearance"),
        *_unmeasured(columns),
        *_both(columns, "leased_ha", "leasable_ha", "occupancy"),
        func.count(columns["occupancy_pct"]).label("rate_known"),
        _sum(columns["occupancy_pct"], "rate_sum"),
    ]


def _whole_number(name: str) -> ColumnElement[int]:
    """Read a quantity as the whole number it is stored as."""
    return type_coerce(_V[name], BigInteger).label(name)


_QUANTITIES = SiteState.tallied(Tallied.summed, Tallied.averaged)
_NEEDED: Sequence[ColumnElement[int]] = (
    *(_whole_number(name) for name in _QUANTITIES),
    func.coalesce(_whole_number("planned_area_ha"), _whole_number("area_ha")).label(
        "plan_share_ha"
    ),
)


def _track(name: str) -> ColumnElement[str]:
    # The hedges are canonical JSON, by which both databases group as the text that it is.
    return type_coerce(_V[name], Text).label(name) if name == HEDGES else _V[name]


# Known at a revision are the versions still open, and those replaced later. Selected separately,
# the first are found by an exact key of the index; the second are nearly none at a late revision.
_KNOWN = (
    and_(_V.known_to == OPEN_REVISION, _V.known_from <= bindparam("revision")),
    and_(
        _V.known_to > bindparam("revision"),
        _V.known_to < OPEN_REVISION,
        _V.known_from <= bindparam("revision"),
    ),
)
_ALWAYS = ("day", "province_code", "kind")
_MOST_DAYS = 200
"""Days read by one statement; SQLite takes at most 500 parts of a UNION."""


def _numbered(name: str, count: int) -> list[BindParameter[str]]:
    return [bindparam(f"{name}_{number}", type_=String()) for number in range(count)]


def _values(name: str, values: Iterable[object]) -> dict[str, object]:
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def _days(part: int, count: int) -> tuple[ColumnElement[date], FromClause]:
    """Return the day of a row, and the rows to select from.

    One day needs no join, and PostgreSQL plans better for a day it knows.
    """
    days = [bindparam(f"day_{part}_{number}", type_=Date()) for number in range(count)]
    if count == 1:
        return days[0], SITE_VERSIONS
    table = union_all(*(select(day.label("day")) for day in days)).cte(f"days_{part}")
    return table.c.day, table.join(SITE_VERSIONS, true())


_Part = tuple[Sequence[date], Collection[str]]
"""Days, and the provinces that are tallied on them."""


@lru_cache(maxsize=512)
def _statement(
    parts: tuple[tuple[int, int], ...], kinds: int, tracks: tuple[str, ...]
) -> AnySelect:
    """Return the statement for so many values of each parameter, built once for each shape.

    Of each part the numbers of days and of provinces are given.
    """
    needed = [_V.province_code, _V.kind, *map(_track, tracks), *_NEEDED]
    valid = []
    for part, (days, provinces) in enumerate(parts):
        day, versions = _days(part, days)
        of_part = select(day.label("day"), *needed).select_from(versions)
        of_part = of_part.where(
            _V.valid_from <= day, _V.valid_to > day, _V.kind.in_(_numbered("kind", kinds))
        )
        if provinces:
            named = _numbered(f"province_{part}", provinces)
            of_part = of_part.where(_V.province_code.in_(named))
        valid.append(of_part)
    found = union_all(*(part.where(known) for part in valid for known in _KNOWN)).subquery()
    keys = [found.c[name] for name in (*_ALWAYS, *tracks)]
    return select(*keys, *_tallied(found.c)).group_by(*keys)


async def read_groups(connection: Executor, query: TallyQuery) -> list[Group]:
    """Return the tallies of the requested sites, one for each combination of codes."""
    parts = [
        *_parts(query.days, query.provinces),
        *_parts(query.further_days, query.further_provinces),
    ]
    is_short = len(query.days) + len(query.further_days) <= _MOST_DAYS
    at_once = [parts] if is_short else [[part] for part in parts]
    return [group for some in at_once for group in await _read_some(connection, query, some)]


def _parts(days: Collection[date], provinces: Collection[str]) -> list[_Part]:
    ordered = sorted(days)
    starts = range(0, len(ordered), _MOST_DAYS)
    return [(ordered[start : start + _MOST_DAYS], sorted(provinces)) for start in starts]


async def _read_some(
    connection: Executor, query: TallyQuery, parts: Sequence[_Part]
) -> list[Group]:
    tracks = tuple(dict.fromkeys((*TRACKS, *query.more_tracks)))
    shape = tuple((len(days), len(provinces)) for days, provinces in parts)
    statement = _statement(shape, len(query.kinds), tracks)
    parameters = {
        "revision": query.revision,
        **_values("kind", sorted(kind.value for kind in query.kinds)),
    }
    for part, (days, provinces) in enumerate(parts):
        parameters |= _values(f"day_{part}", days) | _values(f"province_{part}", provinces)
    found = await connection.execute(statement, parameters)
    codes = len(_ALWAYS) + len(tracks)
    names = list(found.keys())[codes:]
    return [
        _group(row[:codes], tracks, dict(zip(names, row[codes:], strict=True)))
        for row in found.all()
    ]


def _group(
    codes: tuple[date, str | None, str, *tuple[str | None, ...]],
    tracks: Sequence[str],
    tally: Mapping[str, int],
) -> Group:
    day, province_code, kind, *tracked = codes
    named = dict(zip(tracks, tracked, strict=True))
    return Group(day, province_code, SiteKind(kind), named, Tally(tally))
