"""Imports, proposals and the audit log are locked in one order, so that nobody waits in a circle.

Another transaction holds one lock of the order, and an operation waits for it: then all later ones
are free. What PostgreSQL ends where two wait for each other is repeated, so no answer shows it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.imports.test_proposed_imports import commit, reviewed
from tests.proposals.test_proposals import PATH, People, serve, stated
from tests.support.postgres import direct_url
from tests.support.registers import Templates

IMPORTS, PROPOSALS, PROVINCES, AUDIT = range(4)
ORDER = (
    "SELECT true FROM import_draft FOR UPDATE NOWAIT",
    "SELECT true FROM proposal FOR UPDATE NOWAIT",
    "SELECT true FROM proposal_province FOR UPDATE NOWAIT",
    "SELECT pg_try_advisory_xact_lock(hashtext('icr audit'))",
)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
Operation = Callable[[People, Any, Any], Coroutine[Any, Any, httpx.Response]]


async def erase_import(people: People, one: Any, _: Any) -> httpx.Response:
    return await _erase(people, "import", one)


async def erase_proposal(people: People, _: Any, proposal: Any) -> httpx.Response:
    return await _erase(people, "proposal", proposal)


async def _erase(people: People, what: str, one: Any) -> httpx.Response:
    body = {"reason": "Yêu cầu", "erase": [{"type": what, "id": one["id"]}]}
    return await people.send(None, "post", "/v1/erasures", body)


async def change(people: People, _: Any, proposal: Any) -> httpx.Response:
    path, body = f"{PATH}/{proposal['id']}/body", stated(13)
    return await people.send(people.contributor, "put", path, body, if_match="*")


async def approve(people: People, _: Any, proposal: Any) -> httpx.Response:
    return await people.approve(people.editor, proposal)


async def propose_again(people: People, one: Any, _: Any) -> httpx.Response:
    return await commit(people, people.contributor, one, reason="Rà soát lại")


async def waits(engine: AsyncEngine, task: asyncio.Task[httpx.Response]) -> bool:
    """Return whether an operation waits for a lock, and not that it is over."""
    async with engine.connect() as connection:
        while not task.done():
            if (await connection.execute(text(WAITING))).scalar_one():
                return True
            await connection.rollback()
            await asyncio.sleep(0.02)
    return False


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    ("operation", "held"),
    [
        (erase_import, IMPORTS),
        (erase_proposal, PROPOSALS),
        (erase_proposal, PROVINCES),
        (change, PROVINCES),
        (approve, IMPORTS),
        (propose_again, PROPOSALS),
    ],
)
async def test_what_waits_for_a_lock_holds_no_later_one(
    kind: str, templates: Templates, operation: Operation, held: int
) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        path = (await commit(people, people.contributor, one)).headers["location"]
        proposal = (await people.send(people.editor, "get", path)).json()
        engine = create_async_engine(direct_url(people.url))
        async with engine.begin() as other:
            await other.execute(text(ORDER[held]))
            task = asyncio.create_task(operation(people, one, proposal))
            assert await waits(engine, task)
            for later in ORDER[held + 1 :]:
                assert all((await other.execute(text(later))).scalars()), later
        answer = await task
        assert answer.is_success, answer.text
        await engine.dispose()
