"""A rebuild makes of the ledger what the writes made of it, row for row."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Table

from app.core.errors import UnitsChangedError
from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry import writes
from app.entry.schemas import DocumentStatementWrite, Retraction
from app.entry.writes import retract, withdraw
from app.ledger.revisions import Writer
from app.subjects.schemas import WithdrawalWrite
from app.subjects.tables import SITE_VERSIONS, VERSIONS
from app.upkeep import rebuilding
from app.upkeep.rebuilding import Progress, load_units, rebuild
from tests.support.ledgers import (
    PROJECTIONS,
    SOURCE,
    begin,
    begin_project,
    check_sound,
    contents,
    observe,
    one,
    query,
    rebuild_all,
    register,
    state,
    state_of_project,
)
from tests.support.registers import SEEDS, seed, units_of, writer_on

CLUSTER, WITHDRAWN, ZONE = "ccn-cam-giang", "ccn-quang-chu", "kcn-thanh-binh"
MISTAKE = Retraction(reason="Nhầm lẫn")


async def live_a_life(writer: Writer) -> None:
    """Change a seeded register in every way that there is."""
    await begin(writer)
    late = await state(writer, CLUSTER, "2022", area_ha=40)
    await state(writer, CLUSTER, "2022-06", area_ha=41, leased_ha=10)
    await state(writer, CLUSTER, "2022-03", area_ha=None, aliases=["Cẩm Giàng", "Cam Giang"])
    await retract(writer, late.id, MISTAKE)
    # Said again after it was retracted, and a day that several statements share.
    await state(writer, CLUSTER, "2022", area_ha=40)
    await state(writer, CLUSTER, "2022", area_ha=40.1234, stated_occupancy_pct=33.3333)
    await state(writer, ZONE, "2025-08", commune_code="02086", aliases=[])
    figure = await observe(writer, "2024", cluster_count=27, cluster_occupancy_pct=60)
    await observe(writer, "2025-01", cluster_count=28)
    await retract(writer, figure.id, MISTAKE)
    new = await register(writer, "ccn-moi")
    await retract(writer, new.id, Retraction(reason="Nhập nhầm", override_reason="Nhập nhầm"))
    misread = await state(writer, WITHDRAWN, "2022", area_ha=75)
    await withdraw(writer, SubjectType.site, WITHDRAWN, WithdrawalWrite(reason="Trùng"))
    await retract(writer, misread.id, MISTAKE)
    await live_the_life_of_projects(writer)


async def live_the_life_of_projects(writer: Writer) -> None:
    """Let projects change as sites do; and state something of a document, which has no versions."""
    await begin_project(writer, "du-an-1", site=CLUSTER, licence_status="licensed")
    late = await state_of_project(writer, "du-an-1", "2022", design_capacity=1.5)
    await state_of_project(writer, "du-an-1", "2023", design_capacity=None, site=ZONE)
    await state_of_project(writer, "du-an-1", "2022-06", registered_capital_vnd=90_000_000_000)
    await retract(writer, late.id, MISTAKE)
    await begin_project(writer, "du-an-2")
    misread = await state_of_project(writer, "du-an-2", "2025-08", commune_code="02086")
    await withdraw(writer, SubjectType.project, "du-an-2", WithdrawalWrite(reason="Trùng"))
    await retract(writer, misread.id, MISTAKE)
    body = {"source_id": SOURCE, "effective_from": "2024", "values": {"status": "expired"}}
    said = await writes.state(
        writer, SubjectType.source, SOURCE, DocumentStatementWrite.model_validate(body)
    )
    await retract(writer, said.id, MISTAKE)


@pytest.fixture
async def writer(seeded: Database) -> Writer:
    """Give a writer on a register with both seed sets and a life of its own."""
    await seed(seeded, "outside")
    made = await writer_on(seeded)
    await live_a_life(made)
    return made


@pytest.fixture
async def small(database: Database) -> Writer:
    """Give a writer on a register with four sites, a figure of a province and a project."""
    made = await writer_on(database)
    await begin(made, "ccn-1", "ccn-2", "ccn-3", "ccn-4")
    await state(made, "ccn-1", "2024", area_ha=74.4)
    await observe(made, "2024", cluster_count=27)
    await begin_project(made, "du-an-1", design_capacity=1.5)
    return made


async def test_a_rebuild_changes_no_row(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    database = writer.database
    before = await contents(database, PROJECTIONS)
    ended = "SELECT count(*) FROM {} WHERE known_to <= (SELECT number FROM revision_counter)"
    for table in (name for name in PROJECTIONS if not name.endswith("_word")):
        assert await one(database, ended.format(table)) > 0, f"no row of {table} ever ended"
    assert await rebuild_all(writer) == sum(map(len, before.values()))
    assert await contents(database, PROJECTIONS) == before
    await check_sound(writer)
    monkeypatch.setattr(rebuilding, "_BATCH", 3)
    monkeypatch.setattr(rebuilding, "_ROWS_PER_INSERT", 4)
    await rebuild_all(writer)
    assert await contents(database, PROJECTIONS) == before


async def test_rows_that_were_lost_added_or_spoiled_are_mended(small: Writer) -> None:
    before = await contents(small.database, PROJECTIONS)
    stated = "FROM site_version WHERE area_ha = 744000 AND valid_from = '2024-01-01'"
    begun = "FROM project_version WHERE valid_from = '2020-01-01'"
    # Each spoils what the rebuild before it has mended.
    for spoil in (
        "DELETE FROM site_version",
        "DELETE FROM project_version",
        "DELETE FROM observation",
        "UPDATE site_version SET area_ha = 10000, known_to = 7",
        "UPDATE project_version SET design_capacity = 15, known_to = 7",
        "UPDATE observation SET value = '1', known_from = 1",
        earlier_copy(SITE_VERSIONS, stated),
        earlier_copy(VERSIONS[SubjectType.project], begun),
    ):
        await execute(small.database, spoil)
        assert await contents(small.database, PROJECTIONS) != before
        await rebuild_all(small)
        assert await contents(small.database, PROJECTIONS) == before


def earlier_copy(table: Table, rows: str) -> str:
    """Return what adds copies of some rows to a table, as if they held since 1999."""
    columns = ", ".join(column.name for column in table.columns)
    earlier = columns.replace("valid_from", "'1999-01-01'")
    return f"INSERT INTO {table.name} ({columns}) SELECT {earlier} {rows}"


async def execute(database: Database, sql: str) -> None:
    async with database.write() as session:
        await (await session.connection()).exec_driver_sql(sql)


async def test_the_versions_of_a_site_by_hand(small: Writer) -> None:
    """A late statement, retracted again: what was known in between stays readable."""
    late = await state(small, "ccn-1", "2023", area_ha=70)
    await retract(small, late.id, MISTAKE)
    await rebuild_all(small)
    rows = await query(
        small.database,
        "SELECT valid_from, valid_to, known_from, known_to, area_ha FROM site_version "
        "WHERE site_id = 'ccn-1' AND valid_from < '2025-07-01' ORDER BY known_from, valid_from",
    )
    opened = 2**62
    found = [
        (str(row.valid_from), str(row.valid_to), row.known_from, row.known_to, row.area_ha)
        for row in rows
    ]
    assert found == [
        # Revision 2 registered the site, since 2020; codes hold until the units changed.
        ("2020-01-01", "2025-07-01", 2, 6, None),
        # Revision 6 stated 74.4 ha from 2024 on.
        ("2020-01-01", "2024-01-01", 6, 9, None),
        ("2024-01-01", "2025-07-01", 6, opened, 744000),
        # Revision 9 stated 70 ha from 2023 on, revision 10 took it back.
        ("2020-01-01", "2023-01-01", 9, 10, None),
        ("2023-01-01", "2024-01-01", 9, 10, 700000),
        ("2020-01-01", "2024-01-01", 10, opened, None),
    ]


async def test_the_versions_of_a_project_by_hand(small: Writer) -> None:
    """A project that is withdrawn leaves what was known of it until then."""
    await state_of_project(small, "du-an-1", "2024", site="ccn-1", design_capacity=2.25)
    await withdraw(small, SubjectType.project, "du-an-1", WithdrawalWrite(reason="Trùng"))
    await rebuild_all(small)
    rows = await query(
        small.database,
        "SELECT valid_from, valid_to, known_from, known_to, site, design_capacity, province_code "
        "FROM project_version ORDER BY known_from, valid_from",
    )
    found = [
        (str(row.valid_from), str(row.valid_to), row.known_from, row.known_to, row.site,
         row.design_capacity, row.province_code)
        for row in rows
    ]  # fmt: skip
    assert found == [
        # Revision 8 registered the project, since 2020; codes hold until the units changed.
        ("2020-01-01", "2025-07-01", 8, 9, None, 15_000, "06"),
        ("2025-07-01", "9999-12-31", 8, 9, None, 15_000, "19"),
        # Revision 9 told its site from 2024 on, revision 10 took the project out.
        ("2020-01-01", "2024-01-01", 9, 10, None, 15_000, "06"),
        ("2024-01-01", "2025-07-01", 9, 10, "ccn-1", 22_500, "06"),
        ("2025-07-01", "9999-12-31", 9, 10, "ccn-1", 22_500, "19"),
    ]


async def test_progress_counts_subjects_and_rows(
    small: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of four sites and a project has two versions: before the units changed, and since.

    Both of one site ended when an area was stated, and three followed. A figure makes a row, too.
    """
    monkeypatch.setattr(rebuilding, "_BATCH", 2)
    steps = [step async for step in rebuild(small.database, small.units)]
    assert [(step.done, step.total) for step in steps if step.done] == [(2, 5), (4, 5), (5, 5)]
    # Words of each site: ccn, cum, cong, nghiep and its number; of the project: du, an, 1.
    assert steps[-1].rows == 5 * 2 + 3 + 1 + 4 * 5 + 3


async def test_a_register_without_sites_tells_its_rows_as_well(database: Database) -> None:
    writer = await writer_on(database)
    await begin(writer)
    await observe(writer, "2024", cluster_count=27, cluster_occupancy_pct=60)
    assert await rebuild_all(writer) == 2


async def test_an_empty_register_can_be_rebuilt(database: Database) -> None:
    assert await rebuild_all(await writer_on(database)) == 0


async def test_an_abandoned_rebuild_changes_nothing(
    small: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 1)
    before = await contents(small.database, PROJECTIONS)
    steps = cast("AsyncGenerator[Progress]", rebuild(small.database, small.units))
    while (await anext(steps)).done < 2:
        pass
    await steps.aclose()
    assert await contents(small.database, PROJECTIONS) == before
    await state(small, "ccn-2", "2024", area_ha=20)
    await check_sound(small)


async def test_readers_see_the_old_rows_and_writers_wait_until_all_is_rebuilt(
    small: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 1)
    database = small.database
    before = await contents(database, PROJECTIONS)
    writing = None
    async for _ in rebuild(database, small.units):
        if writing is None:
            writing = asyncio.create_task(state(small, "ccn-2", "2024", area_ha=20))
            # Time enough to get at the rows of the site, if nothing kept it waiting.
            await asyncio.sleep(0.2)
        assert await contents(database, PROJECTIONS) == before
        assert not writing.done()
    assert writing is not None
    assert (await writing).id == "9-1"
    await check_sound(small)


async def test_a_rebuild_with_the_units_from_before_changes_nothing(
    seeded: Database, tmp_path: Path
) -> None:
    """They were loaded while the rebuild waited for its turn."""
    writer = Writer(seeded, await units_of(seeded), "tester")
    folder = shutil.copytree(SEEDS / "units", tmp_path / "units")
    units = folder / "admin-units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("Bắc Kạn", "Bắc Cạn"), "utf-8")
    await load_units(seeded, folder)
    before = await contents(seeded, PROJECTIONS)
    with pytest.raises(UnitsChangedError):
        await rebuild_all(writer)
    assert await contents(seeded, PROJECTIONS) == before
