"""Findings are kept between requests: never those of another revision are answered."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import httpx
import pytest

from app.findings import RULES
from app.upkeep.rebuilding import rebuild
from tests.support.counting import counted
from tests.support.http import MERGE_PATCH, observe, prepare_sourced, register, state
from tests.support.lives import Register, days_of, random_lives
from tests.support.registers import Templates, get, opened, post, serving, units_of
from tests.support.subjects import PROJECTS

PATH = "/v1/provinces/14/findings"
DAYS = ("2024-03-01", "2026-03-01")


def some_path(random: Random, register_: Register) -> str:
    """Return where some findings are: mostly those of few days, which others ask for as well."""
    day = random.choice(DAYS if random.random() < 0.8 else days_of(register_))
    code = "19" if str(day) >= "2025-07-01" else random.choice(("06", "17", "19"))
    path = random.choice((f"/v1/provinces/{code}/findings", "/v1/findings"))
    earlier = f"&revision={random.randint(0, register_.latest)}" if random.random() < 0.2 else ""
    rule = f"&rule={random.choice(list(RULES))}" if random.random() < 0.2 else ""
    return f"{path}?as_of={day}&limit={random.choice((5, 1000))}{earlier}{rule}"


async def test_workers_that_write_and_read_at_random_are_never_stale(empty_url: str) -> None:
    """Two processes keep what they read while others write; one more keeps nothing."""
    random = Random(20_270_101)  # noqa: S311  (a walk that can be repeated)
    compared = found_any = 0
    async with AsyncExitStack() as stack, opened(empty_url) as database:

        async def worker(**settings: Any) -> httpx.AsyncClient:
            return await stack.enter_async_context(
                serving(empty_url, response_cache_bytes=0, **settings)
            )

        keeping = [await worker(), await worker(findings_bytes=200_000)]
        bare = await worker(findings_bytes=0)
        writer = await worker()
        written = Register(writer, database, random_lives(random))

        async def compare() -> None:
            nonlocal compared, found_any
            path = some_path(random, written)
            found, right = await random.choice([*keeping, writer]).get(path), await bare.get(path)
            assert (found.status_code, found.content) == (200, right.content), path
            compared += 1
            found_any += bool(right.json()["items"])

        async def after(answer: httpx.Response) -> None:
            if answer.request.method == "POST" and random.random() < 0.5:
                await compare()

        writer.event_hooks["response"] = [after]
        await written.record(random)
        writer.event_hooks["response"] = []
        for number in range(30):
            await correct(random.choice([bare, *keeping]), random, number)
            await compare()
    assert compared > 60
    assert found_any > 40


async def correct(client: httpx.AsyncClient, random: Random, number: int) -> None:
    """Do something to an entry that statements name, or to a site that projects are in."""
    if number == 20:
        merged = {"into": "developer-b", "reason": "one builder"}
        await post(client, "/v1/organizations/developer-a/merge", merged)
    elif number % 3 == 0:
        body = {"number": f"{random.randint(1, 3)}/QĐ-UBND", "published_on": "2022-05-01"}
        answer = await client.patch("/v1/sources/report-a?reason=r", json=body, headers=MERGE_PATCH)
        assert answer.status_code in {200, 409}, answer.text
    else:
        site = f"site-{random.randrange(12)}"
        values = {random.choice(("area_ha", "to_clear_ha")): random.randint(1, 90)}
        body = {"source_id": "report-a", "effective_from": f"20{random.randint(22, 26)}"}
        answer = await client.post(
            f"/v1/sites/{site}/statements", json={**body, "values": values, "override_reason": "r"}
        )
        assert answer.status_code in {201, 404, 409, 410}, answer.text


@pytest.fixture
async def url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a database of the test's own, with sources only."""
    async with templates.copy(kind, prepare_sourced) as url:
        yield url


@pytest.fixture
async def worker(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a register with two clusters and a total, without finished answers."""
    async with serving(url, response_cache_bytes=0) as client:
        for name in ("ccn-a", "ccn-b"):
            await register(client, name, "2022", province_code="14", area_ha=10)
        await observe(client, "14", "2023", "actual", cluster_count=1)
        yield client


async def found(client: httpx.AsyncClient, path: str = PATH, **parameters: str) -> Any:
    """Return the subjects of findings by rule."""
    page = await get(client, path, as_of="2024-01-01", limit="1000", **parameters)
    by_rule: dict[str, list[str]] = {}
    for one in page["items"]:
        by_rule.setdefault(one["rule"], []).append(one["subject_id"])
    return by_rule


async def test_what_is_kept_is_not_read_again(worker: httpx.AsyncClient) -> None:
    first = await found(worker)
    assert first["count_total_differs"] == ["14"]
    with counted() as statements:
        assert await found(worker) == first
        assert await found(worker, rule="count_total_differs") == {"count_total_differs": ["14"]}
    # Only which provinces have facts, and whether sites are of unknown province.
    assert [one for one in statements if "FROM statement" in one] == []


async def test_after_a_write_only_what_it_touched_is_read(worker: httpx.AsyncClient) -> None:
    await found(worker)
    await register(worker, "ccn-c", "2022", province_code="15", area_ha=80)
    with counted() as elsewhere:
        assert "cluster_size" not in await found(worker)
    await state(worker, "ccn-b", "2023", area_ha=80)
    with counted() as inside:
        assert (await found(worker))["cluster_size"] == ["ccn-b"]
    # What was touched, and where that lies; then the state of one cluster and what is said of it.
    assert len(inside) <= len(elsewhere) + 2
    assert not any("JOIN source" in one for one in elsewhere)


async def test_a_corrected_title_is_seen(worker: httpx.AsyncClient) -> None:
    await found(worker)
    sources = (await get(worker, "/v1/sources"))["items"]
    for source in sources:
        path = f"/v1/sources/{source['id']}?reason=r"
        answer = await worker.patch(path, json={"title": "Another"}, headers=MERGE_PATCH)
        assert answer.status_code == 200, answer.text
    page = await get(worker, PATH, as_of="2024-01-01", rule="count_total_differs")
    assert "“Another”" in page["items"][0]["message_en"]


async def test_a_site_of_another_province_concerns_the_projects_in_it(
    worker: httpx.AsyncClient,
) -> None:
    rule = "project_and_site_in_two_provinces"
    await register(worker, "ccn-c", "2022", province_code="15", area_ha=30)
    await PROJECTS.register(worker, "a", "2022", site="ccn-c", province_code="14")
    assert (await found(worker))[rule] == ["du-an-a"]
    await state(worker, "ccn-c", "2023", name="Renamed")
    page = await get(worker, PATH, as_of="2024-01-01", limit="1000")
    assert ["Renamed" in one["message_en"] for one in page["items"] if one["rule"] == rule] == [
        True
    ]
    await state(worker, "ccn-c", "2023", province_code="14", override_reason="it moved")
    assert rule not in await found(worker)


async def test_a_site_that_begins_later_is_looked_at_before(worker: httpx.AsyncClient) -> None:
    async def early() -> list[str]:
        page = await get(worker, PATH, rule="recorded_before_it_holds")
        await get(worker, PATH)
        return [one["subject_id"] for one in page["items"]]

    assert await early() == []
    await register(worker, "ccn-c", "2031", province_code="14")
    assert await early() == ["ccn-c"]
    await state(worker, "ccn-c", "2032", area_ha=20)
    assert await early() == ["ccn-c", "ccn-c"]


async def test_a_rebuild_drops_what_was_kept(worker: httpx.AsyncClient, url: str) -> None:
    first = await found(worker)
    async with opened(url) as database:
        async for _ in rebuild(database, await units_of(database)):
            pass
    with counted() as statements:
        assert await found(worker) == first
    assert any("FROM statement" in one for one in statements)
