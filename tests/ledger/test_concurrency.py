"""Many writers at once, in one process and in several: they follow one another, nothing is lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from app.core.errors import ConflictError, IrregularChangeError, RegistryError
from app.database import Database
from app.entry.schemas import Retraction, StatementAnswer
from app.entry.writes import retract
from app.ledger.revisions import Writer
from tests.ledger.kill_writer import SITES, Life
from tests.ledger.writers import WritingProcess, writing_process
from tests.support.ledgers import (
    begin,
    check_sound,
    first_broken,
    observe,
    one,
    query,
    register,
    state,
)
from tests.support.registers import opened, writer_on

PARALLEL = 24
PROCESSES = 2


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on a register with sites to write about."""
    made = await writer_on(database)
    await begin(made, *SITES)
    return made


async def outcomes(writes: Iterable[Awaitable[Any]]) -> Counter[str]:
    """Make all writes at once; count how they end: what they return or what refuses them."""
    ended = await asyncio.gather(*writes, return_exceptions=True)
    unexpected = [e for e in ended if isinstance(e, Exception) and not isinstance(e, RegistryError)]
    assert not unexpected
    return Counter(type(end).__name__ for end in ended)


@asynccontextmanager
async def watched(database: Database) -> AsyncIterator[None]:
    """Look all the while whether the committed revisions are those up to the counter, all of them.

    A revision that was numbered before another one but committed after it would show as a gap.
    """
    looks = 0
    done = asyncio.Event()

    async def look() -> None:
        nonlocal looks
        while not done.is_set():
            seen = await query(
                database,
                "SELECT (SELECT number FROM revision_counter) AS counter, count(*) AS revisions, "
                "max(number) AS last FROM revision",
            )
            assert seen[0].counter == seen[0].revisions == seen[0].last
            looks += 1
            await asyncio.sleep(0.001)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(look())
        yield
        done.set()
    assert looks > 1


async def check_recorded(writer: Writer, recorded: Iterable[str], before: int) -> None:
    """Check that just these statements were added, each in a revision of its own, without gaps."""
    ids = sorted(recorded, key=lambda name: int(name.partition("-")[0]))
    assert ids == [f"{number}-1" for number in range(before + 1, before + 1 + len(ids))]
    rows = await query(
        writer.database, "SELECT id FROM statement WHERE revision > :before", before=before
    )
    assert {row.id for row in rows} == set(ids)


async def write_at_once(writers: list[Writer], sites: tuple[str, ...]) -> None:
    """State another area of each day at once, by the given writers in turn; check the ledger."""
    writer = writers[0]
    before = await one(writer.database, "SELECT max(number) FROM revision")
    async with watched(writer.database):
        stated: list[StatementAnswer] = await asyncio.gather(
            *(
                state(
                    writers[number % len(writers)],
                    sites[number % len(sites)],
                    f"2024-{1 + number % 12:02}",
                    area_ha=number + 1,
                )
                for number in range(PARALLEL)
            )
        )
    await check_recorded(writer, (statement.id for statement in stated), before)
    await check_sound(writer)


async def test_parallel_writers_to_one_site(writer: Writer) -> None:
    await write_at_once([writer], SITES[:1])


async def test_parallel_writers_to_many_sites(writer: Writer) -> None:
    await write_at_once([writer], SITES)


async def test_parallel_writers_over_connections_of_their_own(writer: Writer) -> None:
    """As several processes do, but in one: each has engines and a queue for itself."""
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(opened(writer.database.url)) for _ in range(3)]
        writers = [Writer(other, writer.units, f"w{n}") for n, other in enumerate(others)]
        await write_at_once(writers, SITES)


async def test_several_processes_write_at_once(writer: Writer) -> None:
    """First to one site, then to many; this process writes as well, and looks all the while."""
    async with AsyncExitStack() as stack:
        starting = (writing_process(writer.database.url) for _ in range(PROCESSES))
        entering = (stack.enter_async_context(process) for process in starting)
        processes = list(await asyncio.gather(*entering))
        for sites in (1, len(SITES)):
            await write_in_processes(writer, processes, sites)
    await check_sound(writer)


async def write_in_processes(writer: Writer, processes: list[WritingProcess], sites: int) -> None:
    """Let each process write 2 times 6 statements about sites and a province, and this one 6."""
    database = writer.database
    before = await one(database, "SELECT max(number) FROM revision")
    async with watched(database):
        for seed, process in enumerate(processes):
            acts = ("site", "province", "site")
            await process.begin(Life(sites * 10 + seed, acts, tasks=2, sites=sites, writes=6))
        own = {(await observe(writer, "2023", cluster_count=100 * sites + n)).id for n in range(6)}
        assert [await process.end() for process in processes] == [0] * PROCESSES
    recorded = [own, *(process.recorded for process in processes)]
    assert [len(ids) for ids in recorded] == [6, *[12] * PROCESSES]
    await check_recorded(writer, set().union(*recorded), before)
    counted = "SELECT author, count(*) FROM revision WHERE number > :before GROUP BY author"
    authors = {tuple(row) for row in await query(database, counted, before=before)}
    lives = {(f"life {sites * 10 + seed}", 12) for seed in range(PROCESSES)}
    assert authors == {("tester", 6)} | lives


async def test_of_the_same_statement_sent_many_times_one_is_recorded(writer: Writer) -> None:
    before = await one(writer.database, "SELECT max(number) FROM revision")
    ended = await outcomes(state(writer, SITES[0], "2024", area_ha=40) for _ in range(10))
    assert ended == {"SiteStatement": 1, "DuplicateStatementError": 9}
    assert await one(writer.database, "SELECT max(number) FROM revision") == before + 1
    await check_sound(writer)


async def test_of_the_same_registration_sent_many_times_one_is_recorded(writer: Writer) -> None:
    ended = await outcomes(register(writer, "ccn-quang-chu") for _ in range(10))
    assert ended == {"SiteStatement": 1, "ConflictError": 9}
    await check_sound(writer)


async def test_of_many_retractions_of_one_statement_one_counts(writer: Writer) -> None:
    stated = await state(writer, SITES[0], "2024", area_ha=40)
    reasons = [f"Nhầm lẫn {number}" for number in range(10)]
    ended = await outcomes(retract(writer, stated.id, Retraction(reason=r)) for r in reasons)
    assert ended == {"SiteStatement": 1, "ConflictError": 9}
    await check_sound(writer)


async def test_two_statements_that_exclude_each_other_are_judged_one_after_the_other(
    writer: Writer,
) -> None:
    """Leased 30 ha and an area of 20 ha: each fits the 40 ha known before, both together do not."""
    await state(writer, SITES[0], "2024-01", area_ha=40)
    ended = await outcomes(
        [
            state(writer, SITES[0], "2024-02", leased_ha=30),
            state(writer, SITES[0], "2024-02", area_ha=20),
        ]
    )
    assert ended == {"SiteStatement": 1, "IrregularChangeError": 1}
    assert issubclass(IrregularChangeError, ConflictError)
    await check_sound(writer)


async def test_refused_writes_among_others_leave_no_gap(writer: Writer) -> None:
    before = await one(writer.database, "SELECT max(number) FROM revision")
    ended = await outcomes(
        state(writer, SITES[0] if number % 2 else "ccn-unknown", "2024", area_ha=number + 1)
        for number in range(20)
    )
    assert ended == {"SiteStatement": 10, "NotFoundError": 10}
    assert await one(writer.database, "SELECT max(number) FROM revision") == before + 10
    await check_sound(writer)


async def test_a_register_that_is_written_to_verifies_all_the_while(writer: Writer) -> None:
    """A revision committed while the chain is walked is not taken for one that does not belong."""
    done = asyncio.Event()

    async def verify_again_and_again() -> list[int | None]:
        found = []
        while not done.is_set():
            found.append(await first_broken(writer.database))
        return found

    async with asyncio.TaskGroup() as tasks:
        verifying = tasks.create_task(verify_again_and_again())
        for number in range(PARALLEL):
            await asyncio.gather(
                *(observe(writer, f"{year}", cluster_count=number) for year in (2022, 2023, 2024))
            )
        done.set()
    assert len(verifying.result()) > 1
    assert set(verifying.result()) == {None}
