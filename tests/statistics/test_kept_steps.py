"""What figures are made from is kept between requests: never what is of another revision."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import httpx
import pytest

from app.core.types import Answer
from app.statistics.schemas import GroupRollups, Rollup, RollupSeries, TargetPage
from app.upkeep.rebuilding import rebuild
from tests.support.counting import counted
from tests.support.http import MERGE_PATCH, observe, prepare_sourced, register
from tests.support.lives import Register, days_of, random_lives
from tests.support.registers import Templates, get, opened, serving, units_of

MODELS: dict[str, type[Answer]] = {
    "/rollup?": Rollup,
    "/series?": RollupSeries,
    "/rollups?": GroupRollups,
    "/targets?": TargetPage,
}
HALF_A_YEAR = "from=2021-01-01&to=2026-12-31&step=half_year"


def some_path(random: Random, register_: Register) -> str:
    """Return where some figures are."""
    day = random.choice(days_of(register_)).isoformat()
    earlier = f"&revision={random.randint(0, register_.latest)}" if random.random() < 0.3 else ""
    boundaries = random.choice(("then", "now"))
    code = "19" if boundaries == "now" or day >= "2025-07-01" else random.choice(("06", "17", "19"))
    of_all = random.choice(("province_code", "stage", "operation_status", "country"))
    pinned = f"as_of={day}&boundaries={boundaries}{earlier}"
    return random.choice(
        (
            f"/v1/provinces/{code}/rollup?{pinned}",
            f"/v1/provinces/19/rollup/series?{HALF_A_YEAR}&boundaries=now{earlier}",
            f"/v1/rollups?group_by={of_all}&{pinned}",
            f"/v1/provinces/19/targets?as_of=2026-03-01{earlier}",
        )
    )


def as_documented(path: str, content: bytes) -> bytes:
    """Return an answer as it is when it is written from the model of its schema."""
    model = next(model for name, model in MODELS.items() if name in path)
    return model.model_validate_json(content).model_dump_json().encode()


async def test_workers_that_write_and_read_at_random_are_never_stale(empty_url: str) -> None:
    """Two processes keep what they read while a third writes; a fourth keeps nothing."""
    random = Random(20_261_201)  # noqa: S311  (a walk that can be repeated)
    compared = 0
    async with AsyncExitStack() as stack, opened(empty_url) as database:
        writer = await stack.enter_async_context(serving(empty_url))
        keeping = [
            await stack.enter_async_context(serving(empty_url, response_cache_bytes=0, **settings))
            for settings in ({}, {"steps_bytes": 60_000})
        ]
        bare = await stack.enter_async_context(
            serving(empty_url, response_cache_bytes=0, steps_bytes=0)
        )
        written = Register(writer, database, random_lives(random))

        async def compare(answer: httpx.Response) -> None:
            nonlocal compared
            if answer.request.method == "POST" and random.random() < 0.5:
                path = some_path(random, written)
                worker = random.choice(keeping)
                found, right = await worker.get(path), await bare.get(path)
                assert (found.status_code, found.content) == (200, right.content), path
                assert as_documented(path, right.content) == right.content
                compared += 1

        writer.event_hooks["response"] = [compare]
        await written.record(random)
    assert compared > 50


@pytest.fixture
async def url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a database of the test's own, with sources only."""
    async with templates.copy(kind, prepare_sourced) as url:
        yield url


@pytest.fixture
async def worker(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a register with a cluster and a total, without finished answers."""
    async with serving(url, response_cache_bytes=0) as client:
        await register(client, "ccn-a", "2022", province_code="14", area_ha=10)
        await observe(client, "14", "2023", "actual", cluster_area_ha=12)
        yield client


async def area(client: httpx.AsyncClient, day: str) -> Any:
    found = await get(client, "/v1/provinces/14/rollup", as_of=day, kind="cluster")
    return found["rollups"][0]["area"]["total_ha"]


async def test_another_date_of_a_known_province_takes_no_query(
    worker: httpx.AsyncClient,
) -> None:
    """The first read is of its day, the second of all days; the third only pins its revision."""
    for day in ("2024-01-01", "2024-01-02"):
        assert await area(worker, day) == 10
    with counted() as found:
        assert await area(worker, "2021-01-01") == 0
        assert await area(worker, "2025-01-01") == 10
    assert [one for one in found if "site_version" in one or "observation" in one] == []


async def test_a_write_moves_what_is_kept_and_reads_no_province_again(
    worker: httpx.AsyncClient,
) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        await area(worker, day)
    await register(worker, "ccn-b", "2024-01-02", province_code="14", area_ha=5)
    await register(worker, "ccn-c", "2023", province_code="15", area_ha=7)
    with counted() as found:
        assert await area(worker, "2024-01-02") == 15
        assert await area(worker, "2024-01-01") == 10
    assert [one for one in found if "site_version.province_code IN" in one] == []


async def test_a_corrected_title_is_seen(worker: httpx.AsyncClient) -> None:
    path = "/v1/provinces/14/rollup"
    before = await get(worker, path, as_of="2024-01-01", kind="cluster")
    (published,) = before["rollups"][0]["published"]
    source = f"/v1/sources/{published['source_id']}"
    body = {"title": "Another title"}
    answer = await worker.patch(f"{source}?reason=r", json=body, headers=MERGE_PATCH)
    assert answer.status_code == 200
    after = await get(worker, path, as_of="2024-01-01", kind="cluster")
    assert after["rollups"][0]["published"][0]["source_title"] == "Another title"


async def test_a_rebuild_drops_what_was_kept(worker: httpx.AsyncClient, url: str) -> None:
    await area(worker, "2024-01-01")
    async with opened(url) as database:
        async for _ in rebuild(database, await units_of(database)):
            pass
    with counted() as found:
        assert await area(worker, "2024-01-01") == 10
    assert any("site_version.province_code IN" in one for one in found)
