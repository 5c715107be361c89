"""The days on which the figures of a province change: step functions jump on these alone."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select, true, union

from app.core.dates import dates_between
from app.core.vocabulary import SiteKind
from app.database.connections import Executor
from app.ledger.snapshots import At
from app.statistics.indicator_queries import read_observed
from app.statistics.plans import lineage_codes
from app.subjects.tables import SITE_VERSIONS
from app.units.units import Unit, UnitLevel, Units

MOST_DAYS = 120
"""So many days are computed at most; where there are more, those of even distances are."""
_MONTHS = (1, 3, 6, 12, 24, 60)
_V = SITE_VERSIONS.c


async def change_days(
    connection: Executor, unit: Unit, kind: SiteKind, at: At, units: Units
) -> list[date]:
    """Return the days until that of ``at`` on which figures of a province may change, in order.

    On each a version of a site of the kind begins or ends, a value is stated of the province, the
    period of one begins or is over, or a unit that had its code, or is part of it now, ends. The
    first is the beginning of the year in which the first site is known.
    """
    eras = [era for era in units.eras(UnitLevel.province, unit.code) if _began(era) <= at.day]
    codes = lineage_codes(eras, units)
    versions = await _version_days(connection, codes, kind, at)
    first = min(versions, default=at.day).replace(month=1, day=1)
    days = {first, *versions, *(_began(era) for era in eras)}
    for observed in await read_observed(connection, eras, at, codes):
        days |= {observed.effective_day, observed.period_from, _after(observed.period_to)}
    return sorted(day for day in days if first <= day <= at.day)


def thinned(days: Sequence[date], last: date, most: int = MOST_DAYS) -> list[date]:
    """Return days as they are, or those of the least even distance that are few enough."""
    if len(days) <= most:
        return list(days)
    even = (list(dates_between(days[0], last, months)) for months in _MONTHS)
    return next((found for found in even if len(found) <= most), list(days[-most:]))


async def country_days(connection: Executor, kind: SiteKind, at: At) -> list[date]:
    """Return the same for all sites of a kind, whatever their province."""
    versions = await _version_days(connection, None, kind, at)
    first = min(versions, default=at.day).replace(month=1, day=1)
    return sorted({first, *versions})


async def _version_days(
    connection: Executor, codes: Collection[str] | None, kind: SiteKind, at: At
) -> list[date]:
    known = _known(codes, kind, at)
    found = union(
        *(select(end).where(known, end <= at.day) for end in (_V.valid_from, _V.valid_to))
    )
    return [day for (day,) in await connection.execute(found)]


def _known(codes: Collection[str] | None, kind: SiteKind, at: At) -> ColumnElement[bool]:
    return and_(
        true() if codes is None else _V.province_code.in_(sorted(codes)),
        _V.kind == kind,
        _V.known_from <= at.revision,
        _V.known_to > at.revision,
    )


def _began(unit: Unit) -> date:
    return unit.valid_from or date.min


def _after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
