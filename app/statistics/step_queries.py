"""Reading what the sites of a province are tallied by: their versions, as whole numbers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Text,
    and_,
    bindparam,
    exists,
    or_,
    select,
    type_coerce,
    union,
    union_all,
)

from app.core.vocabulary import SiteKind
from app.database.connections import AnyColumn, AnyRow, AnySelect, Executor
from app.ledger.tables import OPEN_REVISION, REVISIONS, SOURCE_CORRECTIONS
from app.statistics.projection import OBSERVATIONS
from app.statistics.site_tallies import QUANTITIES, tally_of
from app.statistics.steps import Held
from app.statistics.tallies import TRACKS, codes_of
from app.subjects.tables import SITE_VERSIONS

_V, _O = SITE_VERSIONS.c, OBSERVATIONS.c
_NEEDED = (
    _V.valid_from,
    _V.valid_to,
    _V.kind,
    *(_V[name] for name in TRACKS),
    # Read as the whole numbers and the text that they are stored as.
    *(type_coerce(_V[name], BigInteger).label(name) for name in QUANTITIES),
    type_coerce(_V.qualifiers, Text).label("qualifiers"),
)
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
# Naming all kinds, although it leaves nothing out, lets the index be used by what follows them.
_KINDS = _V.kind.in_([kind.value for kind in SiteKind])


async def read_held(
    connection: Executor,
    codes: Collection[str | None],
    revision: int,
    days: Collection[date] | None,
) -> Mapping[str | None, Sequence[Held]]:
    """Return what the sites of provinces hold, as known at a revision, by the codes of these.

    Under ``None`` are those of unknown province. With ``days`` only what is held on any of them.
    """
    ordered = sorted(days or ())
    parameters: dict[str, object] = {"revision": revision}
    parameters |= {f"day_{place}": day for place, day in enumerate(ordered)}
    found: dict[str | None, list[Held]] = defaultdict(list)
    for some in ([code for code in codes if code is not None], None if None in codes else ()):
        if some is None or some:
            statement = _statement(len(ordered), is_placed=some is not None)
            rows = await connection.execute(statement, parameters | {"codes": some})
            for row in rows.all():
                found[row.province_code].append(_held(row))
    return found


@lru_cache(maxsize=64)
def _statement(days: int, *, is_placed: bool) -> AnySelect:
    of_codes = _V.province_code.in_(bindparam("codes", expanding=True))
    conditions: list[ColumnElement[bool]] = [
        of_codes if is_placed else _V.province_code.is_(None),
        _KINDS,
    ]
    if days:
        conditions.append(_held_on([bindparam(f"day_{n}", type_=Date()) for n in range(days)]))
    of_provinces = select(*_NEEDED, _V.province_code).where(*conditions)
    found = union_all(*(of_provinces.where(known) for known in _KNOWN)).subquery()
    return select(*found.c)


def _held_on(days: Sequence[ColumnElement[date]]) -> ColumnElement[bool]:
    # The first, which the second follows from, narrows what is read of the index.
    on_any = or_(*(and_(_V.valid_from <= day, _V.valid_to > day) for day in days))
    return and_(_V.valid_to > days[0], on_any)


_SINCE = bindparam("since", type_=BigInteger())
_UNTIL = bindparam("until", type_=BigInteger())


def _between(column: AnyColumn) -> ColumnElement[bool]:
    return and_(column > _SINCE, column <= _UNTIL)


_MOVES = union_all(
    *(
        select(*_NEEDED, _V.province_code, _V.known_from, _V.known_to).where(_between(column))
        for column in (_V.known_from, _V.known_to)
    )
)
_STATED = union(
    *(select(_O.province_code).where(_between(column)) for column in (_O.known_from, _O.known_to))
)
_DIGEST = select(
    REVISIONS.c.digest, exists().where(_between(SOURCE_CORRECTIONS.c.revision)).label("corrected")
).where(REVISIONS.c.number == _SINCE)


@dataclass(frozen=True, slots=True)
class Touched:
    """What the revisions after one changed, until another.

    ``moves`` are, by province, what its sites hold since, with 1, and what they do not hold any
    more, with -1; none where it is the same again. ``observed`` are the provinces of which
    something is stated since, or not any more. ``digest`` is that of the revision itself.
    """

    until: int
    digest: str | None
    has_corrections: bool
    moves: Mapping[str | None, Sequence[tuple[Held, int]]]
    observed: Collection[str]


async def read_touched(connection: Executor, since: int, until: int) -> Touched:
    """Return what the revisions after one changed, until another."""
    between = {"since": since, "until": until}
    found = (await connection.execute(_DIGEST, between)).one_or_none()
    moves: dict[str | None, list[tuple[Held, int]]] = defaultdict(list)
    for row in (await connection.execute(_MOVES, between)).all():
        sign = _is_known(row, until) - _is_known(row, since)
        moves[row.province_code] += [(_held(row), sign)] if sign else []
    stated = (await connection.execute(_STATED, between)).scalars()
    digest, has_corrections = (None, True) if found is None else found
    return Touched(until, digest, has_corrections, moves, set(stated))


def _is_known(row: AnyRow, revision: int) -> bool:
    return bool(row.known_from <= revision < row.known_to)


_FIRST = 3 + len(TRACKS)
_LAST = _FIRST + len(QUANTITIES)


def _held(row: Sequence[Any]) -> Held:
    """Return what a version holds, from a row that begins with the needed columns."""
    first, end, kind = row[:3]
    tally = tally_of(kind, first, row[_FIRST:_LAST], row[_LAST])
    return Held(codes_of(*row[2:_FIRST]), first, end, tally)
