"""Verification names the first subject whose projection is not what the ledger gives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry.schemas import Retraction
from app.entry.writes import retract, withdraw
from app.ledger.revisions import Writer
from app.subjects.schemas import WithdrawalWrite
from app.upkeep import comparing
from app.upkeep.comparing import Progress, compare
from tests.support.ledgers import (
    PROJECTIONS,
    begin,
    begin_project,
    contents,
    observe,
    rebuild_all,
    register,
    state,
    state_of_project,
    unguarded,
)
from tests.support.registers import writer_on

SITES = ("ccn-1", "ccn-2", "ccn-3")
STEPS = 3 + 1 + 2
"""Three sites, a project, and two statements of a province."""


@pytest.fixture
async def small(database: Database) -> Writer:
    """Give a register of three sites, one of them withdrawn, a project and two figures.

    1 source, 2 to 4 sites, 5 area of ccn-1, 6 a figure, 7 project, 8 its site, 9 retraction of the
    area, 10 withdrawal of ccn-3, 11 a figure.
    """
    writer = await writer_on(database)
    await begin(writer, *SITES)
    await state(writer, "ccn-1", "2024", area_ha=74.4)
    await observe(writer, "2024", cluster_count=27)
    await begin_project(writer, "du-an-1")
    await state_of_project(writer, "du-an-1", "2024", site="ccn-1")
    await retract(writer, "5-1", Retraction(reason="Đọc nhầm"))
    await withdraw(writer, SubjectType.site, "ccn-3", WithdrawalWrite(reason="Trùng"))
    await observe(writer, "2025-01", cluster_count=28)
    return writer


async def steps_of(writer: Writer) -> list[Progress]:
    return [step async for step in compare(writer.database, writer.units)]


async def difference(writer: Writer) -> str | None:
    return (await steps_of(writer))[-1].difference


async def test_projections_made_by_writes_are_what_the_ledger_gives(small: Writer) -> None:
    rows = sum(map(len, (await contents(small.database, PROJECTIONS)).values()))
    last = (await steps_of(small))[-1]
    assert last == Progress(STEPS, STEPS, rows)


async def test_projections_of_the_documents_are_what_the_ledger_gives(seeded: Database) -> None:
    writer = await writer_on(seeded)
    rows = sum(map(len, (await contents(seeded, PROJECTIONS)).values()))
    last = (await steps_of(writer))[-1]
    assert (last.rows, last.difference) == (rows, None)


async def test_an_empty_register_has_nothing_to_compare(database: Database) -> None:
    last = (await steps_of(await writer_on(database)))[-1]
    assert last == Progress(0, 0, 0)


@asynccontextmanager
async def tampered(writer: Writer, *statements: str) -> AsyncIterator[str]:
    """Give what is found after tampering with projections; they are mended afterwards."""
    async with unguarded(writer.database.url) as connection:
        for statement in statements:
            await connection.execute(text(statement))
    found = await difference(writer)
    assert found is not None, statements
    yield found
    await rebuild_all(writer)
    assert await difference(writer) is None


SITE_COPY = (
    "INSERT INTO site_version (site_id, kind, stage, valid_from, valid_to, known_from, known_to, "
    "name_sort, search_text) SELECT {id}, kind, stage, '1999-01-01', '1999-01-02', known_from, "
    "known_to, name_sort, search_text FROM site_version WHERE site_id = 'ccn-2' "
    "AND valid_from = '2020-01-01'"
)
NOT_GIVEN = "known from revision 3 is not what the ledger gives"
LATER = "site_id = 'ccn-2' AND valid_from > '2025-01-01'"
FIGURE = "statement_id = '6-1'"
TAMPERED = (
    (
        "UPDATE site_version SET area_ha = 1 WHERE site_id = 'ccn-2' AND valid_from < '2025-07-01'",
        "site ccn-2: the version of 2020-01-01 known from revision 3 differs in area_ha",
    ),
    (
        "UPDATE site_version SET name = NULL, stage = 'closed' WHERE site_id = 'ccn-2'",
        "site ccn-2: the version of 2020-01-01 known from revision 3 differs in stage, name",
    ),
    (
        (
            "UPDATE site_version SET valid_to = '2025-06-30' "
            "WHERE site_id = 'ccn-2' AND valid_from < '2025-07-01'"
        ),
        "site ccn-2: the version of 2020-01-01 known from revision 3 differs in valid_to",
    ),
    (
        (
            "UPDATE site_version SET valid_from = '2020-01-02' "
            "WHERE site_id = 'ccn-2' AND valid_from < '2025-07-01'"
        ),
        "site ccn-2: the version of 2020-01-01 known from revision 3 is missing",
    ),
    (
        f"UPDATE site_version SET known_to = 11 WHERE {LATER}",
        "site ccn-2: the version of 2025-07-01 known from revision 3 differs in known_to",
    ),
    # Closed versions are compared as well: what was known is still read.
    (
        (
            "UPDATE site_version SET search_text = 'x' WHERE site_id = 'ccn-1' AND known_to = 5 "
            "AND valid_from < '2025-07-01'"
        ),
        "site ccn-1: the version of 2020-01-01 known from revision 2 differs in search_text",
    ),
    # A revision that is still to come would hide the row until it is there.
    (
        f"UPDATE site_version SET known_to = 12 WHERE {LATER}",
        ("site ccn-2: the version of 2025-07-01 known from revision 3 names a revision to come"),
    ),
    (
        "UPDATE project_version SET known_from = 12 WHERE valid_from = '2024-01-01'",
        (
            "project du-an-1: the version of 2024-01-01 known from revision 12 names a revision "
            "to come"
        ),
    ),
    (
        "DELETE FROM site_version WHERE site_id = 'ccn-3' AND valid_from < '2025-07-01'",
        "site ccn-3: the version of 2020-01-01 known from revision 4 is missing",
    ),
    (
        "DELETE FROM project_version",
        "project du-an-1: the version of 2020-01-01 known from revision 7 is missing",
    ),
    ("DELETE FROM observation", "province 06: observation 1 of statement 11-1 is missing"),
    (
        "UPDATE observation SET value = '27.0' WHERE " + FIGURE,
        "province 06: observation 1 of statement 6-1 differs in value",
    ),
    (
        "UPDATE observation SET province_code = '17' WHERE " + FIGURE,
        "province 17: observation 1 of statement 6-1 differs in province_code",
    ),
    (
        "UPDATE observation SET position = 2 WHERE " + FIGURE,
        "province 06: observation 1 of statement 6-1 is missing",
    ),
    (
        SITE_COPY.format(id="'ccn-2'"),
        "site ccn-2: the version of 1999-01-01 known from revision 3 is not what the ledger gives",
    ),
    # Of subjects that were never registered, before, between and after those that were.
    *(
        (
            SITE_COPY.format(id=f"'{name}'"),
            (f"site {name}: the version of 1999-01-01 {NOT_GIVEN}"),
        )
        for name in ("a", "ccn-21", "x")
    ),
    (
        "UPDATE observation SET statement_id = '99-1' WHERE " + FIGURE,
        "province 06: observation 1 of statement 6-1 is missing",
    ),
)
"""What is done to the projections, and what is found."""


@pytest.mark.parametrize("batch", [1, 200])
async def test_what_is_changed_inserted_or_deleted_is_named(
    small: Writer, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(comparing, "_BATCH", batch)
    for statement, told in TAMPERED:
        async with tampered(small, statement) as found:
            assert found == told, statement


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("value", ["'x'", "''", "1.5", "x'00'"])
async def test_what_cannot_be_read_is_named_as_well(small: Writer, value: str) -> None:
    """SQLite takes anything in any column."""
    for column in ("area_ha", "valid_to", "aliases", "name"):
        async with tampered(small, f"UPDATE site_version SET {column} = {value}") as found:
            assert found.startswith("site ccn-1: the version of ")
            assert found.endswith(f" differs in {column}")
    day = f"UPDATE site_version SET valid_from = {value} WHERE {LATER}"
    async with tampered(small, day) as found:
        assert found.startswith("site ccn-2: ")


async def test_the_first_of_several_subjects_is_named(small: Writer) -> None:
    async with tampered(
        small,
        "DELETE FROM observation",
        "UPDATE site_version SET area_ha = 1 WHERE site_id IN ('ccn-2', 'ccn-3')",
        "DELETE FROM project_version",
    ) as found:
        assert found.startswith("site ccn-2: ")


async def test_the_comparison_stops_at_the_first_part_that_differs(
    small: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_BATCH", 1)
    async with unguarded(small.database.url) as connection:
        await connection.execute(text("DELETE FROM site_version WHERE site_id = 'ccn-2'"))
    steps = await steps_of(small)
    # Versions and words of the first site, then versions of the second one.
    assert [step.done for step in steps] == [1, 1, 2]
    assert [step.difference is None for step in steps] == [True, True, False]


async def test_nothing_is_changed(small: Writer) -> None:
    async with unguarded(small.database.url) as connection:
        await connection.execute(text("UPDATE site_version SET area_ha = 1"))
    before = await contents(small.database, PROJECTIONS)
    assert await difference(small)
    assert await contents(small.database, PROJECTIONS) == before


async def test_writes_go_on_meanwhile_and_make_no_difference(
    small: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New subjects, new versions, ends of versions and marks come between any two parts."""
    monkeypatch.setattr(comparing, "_BATCH", 1)
    writes = iter(
        [
            state(small, "ccn-2", "2024", area_ha=20),
            register(small, "ccn-0"),
            observe(small, "2023", cluster_count=26),
            retract(small, "11-1", Retraction(reason="Đọc nhầm")),
            withdraw(small, SubjectType.project, "du-an-1", WithdrawalWrite(reason="Trùng")),
            register(small, "ccn-9"),
        ]
    )
    steps = []
    async for step in compare(small.database, small.units):
        steps.append(step)
        write = next(writes, None)
        if write is not None:
            async with asyncio.timeout(20):
                await write
    assert next(writes, None) is None, "not all writes came in between"
    assert [step.difference for step in steps] == [None] * len(steps)
    assert await difference(small) is None
