"""A writer killed in the middle of writes leaves whole revisions only, and all it acknowledged."""

import asyncio
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import text

from app.database import Database
from app.ledger.revisions import Writer
from tests.ledger.kill_writer import SITES, Life
from tests.ledger.writers import WritingProcess, writing_process
from tests.support.ledgers import (
    LEDGER,
    PROJECTIONS,
    begin,
    check_numbering,
    check_projected,
    check_sound,
    contents,
    first_broken,
    query,
    state,
)
from tests.support.registers import writer_on

KILLS = 10
KILLED = -9
EVERYTHING = (*LEDGER, *PROJECTIONS, "revision_counter")


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on a register that the writing processes can state something in."""
    made = await writer_on(database)
    await begin(made, *SITES)
    return made


async def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(
    writer: Writer,
) -> None:
    """The moments are pseudo-random: after some acknowledged writes, anywhere in the next ones."""
    database, moments = writer.database, Random(20240630)  # noqa: S311 -- no secret
    recorded, retracted = set[str](), set[str]()
    async with writing_process(database.url) as process:
        for kill in range(KILLS):
            await process.begin(Life(seed=kill, tasks=1 + kill % 4))
            # The first life is killed while it opens the database or makes its first writes.
            await process.listen(moments.randrange(1, 25) if kill else 0)
            await asyncio.sleep(moments.uniform(0, 0.02))
            process.kill()
            assert await process.end() == KILLED
            recorded |= process.recorded
            retracted |= process.retracted
            await check_acknowledged(database, recorded, retracted)
            await check_numbering(database)
            await check_projected(database)
            assert await first_broken(database) is None
    assert len(recorded) > KILLS
    assert retracted
    await check_sound(writer)


async def check_acknowledged(database: Database, recorded: set[str], retracted: set[str]) -> None:
    # Who holds the counter keeps commits away, also one that the killed process asked for and
    # that the server still works on.
    async with database.write() as session:
        await session.execute(text("UPDATE revision_counter SET number = number"))
        rows = await query(database, "SELECT id, retracted_in FROM statement")
    found = {row.id: row.retracted_in for row in rows}
    assert recorded <= found.keys()
    assert all(found[statement] is not None for statement in retracted)


async def test_a_writer_killed_before_any_step_of_a_write_changes_nothing(writer: Writer) -> None:
    """The steps are the queries of one write and its commit; the last life outlives them."""
    stated = await state(writer, SITES[0], "2024", area_ha=40)
    async with writing_process(writer.database.url) as process:
        for act in ("site", "province", "retraction", "bulk"):
            life = Life(seed=1, acts=(act,), writes=1, retractable=(stated.id,))
            # At the least: the counter, the revision, the statement or its mark, the projection,
            # the commit.
            assert await kill_at_every_step(writer.database, process, life) >= 5
            assert len(process.recorded | process.retracted) == 1
    await check_sound(writer)


async def kill_at_every_step(database: Database, process: WritingProcess, life: Life) -> int:
    """Let lives die before the first, the second … step; return how many steps there are."""
    before = await contents(database, EVERYTHING)
    for step in range(1, 100):
        await process.begin(replace(life, die_at=step))
        status = await process.end()
        if status == 0:
            return step - 1
        assert status == KILLED
        assert await contents(database, EVERYTHING) == before, f"killed before step {step}"
    pytest.fail("no life outlived its write")
