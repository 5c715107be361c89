"""A commit that is killed leaves all of an import or nothing, and the import says which."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import pytest

from app.database import Database
from app.imports.jobs import Jobs
from app.imports.reviewing import reading_places
from app.imports.store import find_draft
from tests.imports.test_commit_requests import OWN, TABLE, sent
from tests.imports.test_commits import prepare_lao_cai
from tests.ledger.kill_writer import Life
from tests.ledger.test_kill import EVERYTHING, KILLED
from tests.ledger.writers import writing_process
from tests.support.ledgers import check_numbering, check_projected, contents, one
from tests.support.registers import Templates, get, opened, serving

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
