"""A commit that is killed leaves all of an import or nothing, and the import says which."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import pytest

from app.database import Database
from app.imports.commits import Terms
from app.imports.jobs import Job, Jobs
from app.imports.reviewing import reading_places
from app.imports.store import DISPOSABLE, DraftState, change_draft, find_draft
from tests.imports.test_commit_requests import OWN, TABLE, sent
from tests.ledger.kill_writer import Life
from tests.ledger.test_kill import EVERYTHING, KILLED
from tests.ledger.writers import writing_process
from tests.support.import_registers import prepare_lao_cai
from tests.support.ledgers import check_numbering, check_projected, contents, one
from tests.support.registers import Templates, get, opened, serving, writer_on

STRIDE = 6
"""Not each step is tried: the steps of one transaction are alike."""


@pytest.fixture
async def database(kind: str, templates: Templates) -> AsyncIterator[Database]:
    async with templates.copy(kind, prepare_lao_cai) as url, opened(url) as lent:
        yield lent


async def test_a_kill_at_any_step_leaves_all_or_nothing(database: Database) -> None:
    async with serving(database.url) as client:
        draft = await sent(client, TABLE + OWN)
    before = await contents(database, EVERYTHING)
    seen: list[str] = []
    async with writing_process(database.url) as process:
        for step in count(1, STRIDE):
            life = Life(1, ("import",), writes=1, die_at=step, draft=draft["id"])
            await process.begin(life)
            status = await process.end()
            seen.append(await one(database, "SELECT state FROM import_draft"))
            if seen[-1] == "committed":
                break
            assert status == KILLED
            assert await contents(database, EVERYTHING) == before, f"killed before step {step}"
            await settled(database, draft["id"])
    assert (seen[0], seen[-1]) == ("draft", "committed")
    assert seen.count("committing") > 2
    async with serving(database.url) as client:
        shown = await get(client, f"/v1/imports/{draft['id']}")
        assert shown["revision"] == draft["read_at"] + 1
        assert (await get(client, "/v1/sites/ccn-moi", as_of="2026-06-30"))["area_ha"] == 20
    await check_numbering(database)
    await check_projected(database)


@pytest.mark.databases("sqlite")
async def test_an_attempt_that_was_given_up_gives_no_signs_of_life(database: Database) -> None:
    """They would be those of the attempt that came after it."""
    async with serving(database.url) as client:
        draft = await sent(client, TABLE + OWN)
    jobs = Jobs(database, reading_places())
    jobs.interval = 0.01
    first = {"attempt": "first", "done": 0, "of": None}
    async with database.write() as session:
        state = DraftState.committing.value
        await change_draft(session, draft["id"], where=DISPOSABLE, state=state, outcome=first)
    job = Job(draft["id"], "first", await writer_on(database), Terms())
    async with jobs.places.take():
        jobs.take(job)
        await asyncio.sleep(0.1)
        second = {"attempt": "second", "done": 0, "of": None}
        async with database.write() as session:
            where = {DraftState.committing}
            await change_draft(session, draft["id"], where=where, outcome=second)
        await asyncio.sleep(0.1)
        async with database.read() as connection:
            found = await find_draft(connection, draft["id"])
    await jobs.close()
    assert found
    assert found.outcome == second


async def settled(database: Database, draft_id: str) -> None:
    """Let another process find that the first one ended, and say so: it can be committed again."""
    jobs = Jobs(database, reading_places())
    jobs.patience = timedelta(0)
    was = await one(database, "SELECT state FROM import_draft")
    await jobs.settle()
    async with database.read() as connection:
        draft = await find_draft(connection, draft_id)
    assert draft is not None
    assert draft.state == ("failed" if was == "committing" else was)
    if draft.state == "failed":
        assert draft.outcome is not None
        assert draft.outcome["failure"]["detail"]["id"] == "imports.interrupted"
