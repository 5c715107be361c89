"""Exports are read in chunks, at one revision, in memory that does not grow with them."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from app.core.vocabulary import SubjectType
from app.database import Database
from app.exports.formats import FORMATS, Format
from app.exports.subjects import subject_chunks
from app.exports.tables import ABOUT, TABLES, About, Table
from app.ledger.snapshots import At, Snapshot
from app.ledger.tables import OPEN_REVISION, REVISIONS, SITES
from app.subjects.fold import FOREVER
from app.subjects.histories import SITE_HISTORY
from app.subjects.query_parameters import SitesFilter, sort_keys
from app.subjects.sites import SiteState
from app.subjects.tables import SITE_VERSIONS
from app.units.units import Units

DAY = date(2024, 1, 1)
SITES_ABOUT = About(ABOUT["sites"], At(DAY, 1), "then", {}, [DAY])


async def fill(database: Database, first: int, last: int, revision: int = 1) -> None:
    """Put sites into the register that are known from a revision on, of which the last is one."""
    head = {"number": revision, "recorded_at": datetime(2024, 1, revision, tzinfo=UTC)}
    ids = [f"ccn-{number:05}" for number in range(first, last)]
    async with database.write() as session:
        await session.execute(insert(REVISIONS), [{**head, "author": "t", "digest": "0" * 64}])
        await session.execute(
            insert(SITES), [{"id": key, "kind": "cluster", "revision": revision} for key in ids]
        )
        versions = [_version(number, key, revision) for number, key in enumerate(ids, first)]
        await session.execute(insert(SITE_VERSIONS), versions)


def _version(number: int, key: str, revision: int) -> dict[str, Any]:
    """Return a version; every third site knows its area, and names come in pairs."""
    known = {"area_ha": Decimal(number % 5), "occupancy_pct": Decimal(number % 2)}
    return {
        "site_id": key,
        "valid_from": date(2020, 1, 1),
        "valid_to": FOREVER,
        "known_from": revision,
        "known_to": OPEN_REVISION,
        "kind": "cluster",
        "stage": "planned" if number % 2 else "established",
        "name": f"CCN {number // 2}",
        "address": "Khu vực xã Quảng Chu, huyện Chợ Mới",
        "province_code": "06",
        "name_sort": f"{number // 2:05}",
        "search_text": " ccn",
        **(known if number % 3 == 0 else dict.fromkeys(known)),
    }


def asked(revision: int = 1) -> Snapshot:
    # No query here names a unit.
    return Snapshot(At(DAY, revision), DAY, Units((), ()))


async def read_ids(database: Database, size: int, sort: str = "name") -> list[list[str]]:
    query = SitesFilter(sort=sort)
    chunks = await subject_chunks(database, SITE_HISTORY, query, [asked()], size)
    return [[str(values["id"]) for values in chunk] async for chunk in chunks]


async def test_chunks_are_the_whole_in_order(database: Database) -> None:
    await fill(database, 0, 25)
    for name in sort_keys(SiteState):
        for sort in (name, f"-{name}"):
            (whole,) = await read_ids(database, 100, sort)
            parts = await read_ids(database, 7, sort)
            assert [len(part) for part in parts] == [7, 7, 7, 4]
            assert [key for part in parts for key in part] == whole
            assert len(set(whole)) == 25


async def test_a_last_chunk_that_is_full(database: Database) -> None:
    await fill(database, 0, 4)
    assert [len(part) for part in await read_ids(database, 2)] == [2, 2]
    assert [len(part) for part in await read_ids(database, 4)] == [4]


async def test_what_is_recorded_meanwhile_is_not_read(database: Database) -> None:
    await fill(database, 0, 10)
    chunks = await subject_chunks(database, SITE_HISTORY, SitesFilter(), [asked()], 4)
    found = [values["id"] for values in await anext(chunks)]
    await fill(database, 10, 20, revision=2)
    found += [values["id"] async for chunk in chunks for values in chunk]
    assert found == [f"ccn-{number:05}" for number in range(10)]
    later = await subject_chunks(database, SITE_HISTORY, SitesFilter(), [asked(2)], 100)
    assert len(await anext(later)) == 20


async def test_no_connection_is_held_between_chunks(database: Database) -> None:
    """More exports may be under way than there are connections."""
    await fill(database, 0, 6)
    point = asked()
    started = [
        await subject_chunks(database, SITE_HISTORY, SitesFilter(), [point], 2) for _ in range(30)
    ]
    counted = [len([values async for chunk in chunks for values in chunk]) for chunks in started]
    assert counted == [6] * 30


async def _exported(
    database: Database, file_format: Format[Any], point: Snapshot
) -> tuple[int, int]:
    """Export everything; return how many bytes that came to and the most memory it took."""
    tracemalloc.start()
    try:
        chunks = await subject_chunks(database, SITE_HISTORY, SitesFilter(), [point], 100)
        table = Table("sites", TABLES[SubjectType.site], chunks, SITES_ABOUT)
        size = sum([len(part) async for part in file_format.write(table, file_format.parameters())])
        return size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("file_format", FORMATS, ids=[each.extension for each in FORMATS])
async def test_memory_does_not_grow_with_the_register(
    database: Database, file_format: Format[Any]
) -> None:
    await fill(database, 0, 500)
    point = asked()
    await _exported(database, file_format, point)
    few, of_few = await _exported(database, file_format, point)
    await fill(database, 500, 2500, revision=2)
    many, of_many = await _exported(database, file_format, asked(2))
    assert many > 3 * few
    assert of_many < 1.2 * of_few
