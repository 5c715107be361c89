"""The days on which figures change: between them every day has the same figures."""

import re
from datetime import date, timedelta
from typing import Any

import httpx

from app.core.vocabulary import SiteKind
from app.ledger.snapshots import At
from app.statistics.change_days import MOST_DAYS, change_days, thinned
from app.units.units import UnitLevel
from tests.support.http import latest_revision, prepare_sourced, read
from tests.support.province_history import with_history
from tests.support.registers import Templates, opened, serving, units_of

LAST = date(2026, 6, 30)
"""After the reform of 2025, when province 06 became part of 19."""


async def rollup_on(client: httpx.AsyncClient, code: str, day: date) -> str:
    """Return the figures of a day without the addresses of what they are made of."""
    url = f"/v1/provinces/{code}/rollup?as_of={day}&kind=cluster"
    rollup: Any = (await read(client, url))["rollups"][0]
    return re.sub(r"/v1/[^']*", "", repr(rollup))


async def test_figures_change_on_these_days_alone(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as client:
        await with_history(client)
        at = At(LAST, await latest_revision(client))
        async with opened(url) as database, database.read() as connection:
            units = await units_of(database)
            unit = units.eras(UnitLevel.province, "19")[-1]
            days = await change_days(connection, unit, SiteKind.cluster, at, units)
        assert days[0] == date(2020, 1, 1)
        assert {date(2020, 3, 5), date(2021, 7, 1), date(2022, 2, 1), date(2025, 7, 1)} < {*days}
        for code, first, end in (("06", days[0], date(2025, 7, 1)), ("19", days[0], LAST)):
            even = [first + timedelta(days=n) for n in range(0, (end - first).days, 61)]
            before = [day - timedelta(days=1) for day in days[1:] if day <= end]
            for day in (*even, *before):
                held = max(one for one in days if one <= day)
                here, there = (
                    await rollup_on(client, code, day),
                    await rollup_on(client, code, held),
                )
                assert here == there, f"something changes between {held} and {day}"


def test_too_many_days_are_those_of_even_distances() -> None:
    first = date(2000, 1, 1)
    many = [first + timedelta(days=n) for n in range(MOST_DAYS)]
    assert thinned(many, many[-1]) == many
    more = [first + timedelta(days=n) for n in range(1000)]
    assert thinned(more, date(2002, 9, 26))[:3] == [date(2000, m, 1) for m in (1, 2, 3)]
    ages = [first + timedelta(days=30 * n) for n in range(200)]
    assert thinned(ages, date(2016, 5, 18))[:2] == [date(2000, 1, 1), date(2000, 4, 1)]
