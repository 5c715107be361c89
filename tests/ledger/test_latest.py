"""The latest revision as each read checks it, on a register that another connection writes."""

import asyncio

import pytest

from app.database import Database
from app.ledger.latest import LatestPin
from tests.support.ledgers import begin
from tests.support.registers import opened, writer_on

pytestmark = pytest.mark.databases("sqlite")


async def test_the_requests_of_one_round_look_once_and_each_round_looks_again(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another connection commits is seen by all that begin in any later round."""
    async with opened(empty_url) as database, opened(empty_url) as other:
        latest, looks = LatestPin(database), 0
        before = await latest.now()
        data_version = Database.data_version

        def look(looked_at: Database) -> int | None:
            nonlocal looks
            looks += 1
            return data_version(looked_at)

        monkeypatch.setattr(Database, "data_version", look)
        requests = [asyncio.create_task(latest.now()) for _ in range(20)]
        assert {pin.revision for pin in await asyncio.gather(*requests)} == {before.revision}
        assert looks == 1
        await asyncio.sleep(0)
        await begin(await writer_on(other), "ccn-mot")
        assert (await asyncio.create_task(latest.now())).revision > before.revision
