"""Commands that change a register take turns, on both databases."""

import asyncio
import os
import sys

from sqlalchemy import text

from app.database import file_of
from app.database.commands import in_turn
from tests.support.ledgers import check_sound, one
from tests.support.registers import SEEDS, opened, writer_on

ICR = (sys.executable, "-c", "from app.cli import main; main()")


async def test_the_second_waits_and_says_so(empty_url: str) -> None:
    happened = list[str]()
    begun, end = asyncio.Event(), asyncio.Event()

    async def work(name: str) -> None:
        async with in_turn(empty_url, lambda: happened.append(f"{name} waits")):
            happened.append(f"{name} begins")
            begun.set()
            await end.wait()
            happened.append(f"{name} ends")

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(work("first"))
        await begun.wait()
        group.create_task(work("second"))
        while "second waits" not in happened:  # noqa: ASYNC110  (nothing else tells of it)
            await asyncio.sleep(0.01)
        # The service writes meanwhile.
        async with opened(empty_url) as database, database.write() as session:
            await session.execute(text("UPDATE revision_counter SET number = number"))
        end.set()
    assert happened == [
        "first begins",
        "second waits",
        "first ends",
        "second begins",
        "second ends",
    ]


async def test_whoever_fails_lets_the_next_begin_and_leaves_no_file(empty_url: str) -> None:
    for _ in range(2):
        try:
            async with in_turn(empty_url, lambda: None):
                raise KeyError
        except KeyError:
            pass
    path = file_of(empty_url)
    assert path is None or not list(path.parent.glob(f"{path.name}-lock"))


async def test_two_seeds_at_once_record_everything_once(empty_url: str) -> None:
    async def begin() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *ICR,
            "seed",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "ICR_DATABASE_URL": empty_url},
            cwd=SEEDS.parent,
        )

    async def told(process: asyncio.subprocess.Process) -> str:
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()

    async with in_turn(empty_url, lambda: None):
        both = [await begin(), await begin()]
        for process in both:
            assert process.stderr is not None
            line = await asyncio.wait_for(process.stderr.readline(), 60)
            assert b"Another icr command is changing this register; waiting" in line
    first, second = sorted(
        await asyncio.gather(*map(told, both)), key=lambda out: "recorded" not in out
    )
    assert "sites: 37 recorded" in first
    assert "sites: 37 present" in second
    assert "recorded" not in second
    async with opened(empty_url) as database:
        assert await one(database, "SELECT number FROM revision_counter") == 5
        await check_sound(await writer_on(database))
