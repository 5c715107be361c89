"""The response cache: as fast as no work, and never older than an answer made anew."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx
import pytest

from app.core.dates import today
from app.database import Database
from app.http.kept_answers import Flight, Kept, KeptAnswers, Key
from app.http.readers import choices_in
from app.ledger.latest import LatestPin
from app.ledger.snapshots import Pin
from app.upkeep.rebuilding import rebuild
from tests.database.test_database_errors import reported
from tests.http.test_reading import on
from tests.support.counting import counted
from tests.support.http import latest_revision, signed_in
from tests.support.registers import opened, post, serving, units_of

SITE = "/v1/sites/ccn-quang-chu"
READS = (
    SITE,
    f"{SITE}?as_of=2022-01-01",
    f"{SITE}/statements",
    "/v1/sites?limit=50",
    "/v1/sites?q=quang",
    "/v1/sites.csv",
    "/v1/provinces/06/rollup",
    "/v1/rollups",
    "/v1/findings?limit=5",
    "/v1/changes?limit=3",
)


@pytest.fixture
async def client(seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the seeds."""
    async with serving(seeded_url) as client:
        yield client


async def statements_of(client: httpx.AsyncClient, path: str, **request: Any) -> int:
    """Read something and return how many statements that took."""
    with counted() as found:
        response = await client.get(path, **request)
    assert response.status_code == 200, response.text
    return len(found)


async def say(client: httpx.AsyncClient, area: float) -> None:
    """State another area of the site."""
    body = {
        "source_id": "bac-kan-press-2023-12",
        "effective_from": "2025",
        "values": {"area_ha": area},
        "override_reason": "a test",
    }
    await post(client, f"{SITE}/statements", body)


@pytest.mark.parametrize("path", READS)
async def test_what_was_answered_is_answered_again_without_any_work(
    client: httpx.AsyncClient, kind: str, path: str
) -> None:
    first = await client.get(path)
    with counted() as found:
        again = await client.get(path)
    # SQLite says without a statement whether anything was committed.
    assert len(found) == (0 if kind == "sqlite" else 1)
    assert again.content == first.content
    given, kept = (dict(response.headers) for response in (first, again))
    assert given.pop("x-request-id") != kept.pop("x-request-id")
    assert kept == given


async def test_a_write_is_seen_by_the_next_read(client: httpx.AsyncClient) -> None:
    before = await client.get(SITE)
    await say(client, 61.5)
    after = await client.get(SITE)
    assert before.json()["area_ha"] != 61.5
    assert after.json()["area_ha"] == 61.5
    assert after.json()["revision"] == before.json()["revision"] + 1


async def test_workers_that_write_and_read_at_random_are_never_stale(seeded_url: str) -> None:
    """Three processes share a register; a fourth keeps no answers and says what is right."""
    random = Random(20_261_130)  # noqa: S311  (a walk that can be repeated)
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(serving(seeded_url, max_streams=10 + number))
            for number in range(3)
        ]
        bare = await stack.enter_async_context(serving(seeded_url, response_cache_bytes=0))
        checked = 0
        for turn in range(60):
            if random.random() < 0.3:
                await say(random.choice(workers), (6000 + turn) / 100)
            path = random.choice(READS)
            right = await bare.get(path)
            for worker in random.sample(workers, 2):
                answer = await worker.get(path)
                assert answer.content == right.content
                assert answer.headers["ETag"] == right.headers["ETag"]
                checked += 1
        assert checked == 120


async def test_a_rebuild_drops_what_was_kept(client: httpx.AsyncClient, seeded_url: str) -> None:
    tag = (await client.get(SITE)).headers["ETag"]
    async with opened(seeded_url) as database:
        async for _ in rebuild(database, await units_of(database)):
            pass
    assert await statements_of(client, SITE) > 1
    assert (await client.get(SITE)).headers["ETag"] != tag


async def test_those_who_want_the_same_at_once_have_it_made_once(
    client: httpx.AsyncClient, kind: str
) -> None:
    path = "/v1/sites?limit=20"
    alone = await statements_of(client, "/v1/sites?limit=19")
    with counted() as found:
        answers = await asyncio.gather(*(client.get(path) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    checks = [one for one in found if "units_edition" in one]
    assert len(found) - len(checks) <= alone
    # One check answers all who came before it was sent.
    assert len(checks) <= 1 if kind == "sqlite" else len(checks) < len(answers)


async def test_tomorrow_is_another_day(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = (await client.get(SITE)).json()["as_of"]
    on(monkeypatch, today() + timedelta(days=1))
    later = (await client.get(SITE)).json()["as_of"]
    assert date.fromisoformat(later) - date.fromisoformat(now) == timedelta(days=1)


async def test_a_right_that_is_gone_counts_at_once(seeded_url: str) -> None:
    async with serving(seeded_url, public_reading=False) as client:
        reader = await signed_in(client, "reader", "reader")
        listed = (await client.get("/v1/keys", params={"limit": 200})).json()["items"]
        (key,) = [one["id"] for one in listed if one["name"] == "reader"]
        for _ in range(2):
            assert (await client.get(SITE, headers=reader)).status_code == 200
        assert (await client.get(SITE, headers={"Authorization": ""})).status_code == 401
        revoked = await client.post(f"/v1/keys/{key}/revocation", json={"reason": "gone"})
        assert revoked.status_code in {200, 201}, revoked.text
        assert (await client.get(SITE, headers=reader)).status_code == 401


async def test_each_coding_has_bytes_of_its_own(client: httpx.AsyncClient, kind: str) -> None:
    path = "/v1/sites?limit=50"
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    for coding in ("gzip", "zstd", "br"):
        asked = {"Accept-Encoding": coding}
        made = await client.get(path, headers=asked)
        assert await statements_of(client, path, headers=asked) == (0 if kind == "sqlite" else 1)
        again = await client.get(path, headers=asked)
        assert made.headers["Content-Encoding"] == again.headers["Content-Encoding"] == coding
        assert again.content == made.content == plain.content
        assert again.headers["ETag"] == made.headers["ETag"] != plain.headers["ETag"]


async def test_a_kept_answer_is_revalidated(client: httpx.AsyncClient) -> None:
    kept = await client.get(SITE)
    for known in (kept.headers["ETag"], f'"other", {kept.headers["ETag"]}', "*"):
        response = await client.get(SITE, headers={"If-None-Match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == kept.headers["ETag"]
        assert "content-length" not in response.headers
    other = await client.get(SITE, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, kept.content)


async def test_a_client_that_has_seen_more_is_not_given_less(client: httpx.AsyncClient) -> None:
    latest = await latest_revision(client)
    await client.get(SITE)
    for seen, status in (
        (f"{latest}", 200),
        ("1", 200),
        (f"{latest + 1}", 400),
        ("-1", 400),
        ("9" * 30, 400),
    ):
        response = await client.get(SITE, headers={"Register-Revision": seen})
        assert (seen, response.status_code) == (seen, status)
    doubled = [("Register-Revision", "1"), ("Register-Revision", "2")]
    assert (await client.get(SITE, headers=doubled)).status_code == 400


async def test_what_is_refused_is_refused_again(client: httpx.AsyncClient) -> None:
    for path, status in ((f"{SITE}?colour=red", 400), ("/v1/sites/ccn-khong-co", 404)):
        for _ in range(2):
            assert (await client.get(path)).status_code == status
    head = await client.head(SITE)
    assert (head.status_code, head.content) == (200, b"")


NOTHING_CHOSEN = choices_in("")
MOMENT = (Pin(1, "a", 1, None, 1), date(2024, 1, 1))


def key_of(query: bytes) -> Key:
    return ("/", query, None, "en", NOTHING_CHOSEN)


def answer(size: int) -> Kept:
    return Kept([], b"x" * size)


@pytest.mark.databases("sqlite")
async def test_the_application_answers_where_the_storage_cannot_be_checked(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_latest: LatestPin) -> Pin:
        raise reported(sqlite3.SQLITE_IOERR_READ)

    monkeypatch.setattr(LatestPin, "now", failing)
    assert (await client.get(SITE)).status_code == 200


def test_what_is_kept_is_bounded_and_what_was_used_last_stays() -> None:
    answers = KeptAnswers(10_000)
    answers.at(MOMENT)
    keys = [key_of(b"%d" % number) for number in range(5)]
    # Each takes 1,502 bytes beside what belongs to it: six fit, if none is larger.
    for key in keys:
        answers.keep(key, Flight(MOMENT), answer(500))
    assert answers.get(keys[0]) is not None
    for number in range(5, 7):
        answers.keep(key_of(b"%d" % number), Flight(MOMENT), answer(500))
    assert answers.get(keys[1]) is None
    assert answers.get(keys[0]) is not None
    assert answers.size == 6 * 1502
    assert not answers.has_room_for(626)
    assert answers.has_room_for(625)


def test_what_was_begun_at_another_moment_is_not_kept() -> None:
    answers = KeptAnswers(10_000)
    answers.at(MOMENT)
    later = (Pin(2, "b", 1, None, 2), MOMENT[1])
    answers.at(later)
    key = key_of(b"")
    answers.keep(key, Flight(MOMENT), answer(1))
    assert answers.get(key) is None
    answers.keep(key, Flight(later), answer(1))
    answers.at(MOMENT)
    assert (answers.get(key), answers.size) == (None, 0)


def test_who_waits_for_an_answer_is_given_it_even_if_the_register_moved_on() -> None:
    answers, key = KeptAnswers(10_000), key_of(b"")
    answers.at(MOMENT)
    with answers.making(MOMENT, key) as flight:
        assert answers.flight(MOMENT, key) is flight
        later = (Pin(2, "b", 1, None, 2), MOMENT[1])
        answers.at(later)
        # Who came after the change needs an answer that was begun after it.
        assert answers.flight(later, key) is None
        answers.keep(key, flight, answer(1))
    assert (flight.answer, flight.landed.is_set()) == (answer(1), True)
    assert (answers.flight(MOMENT, key), answers.get(key)) == (None, None)


@pytest.mark.parametrize("versions", [None, count()], ids=["postgresql", "sqlite"])
async def test_a_check_answers_only_those_who_came_before_it_was_sent(
    versions: Iterator[int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite others commit all the time, and each look finds another version of the file."""

    sent: list[asyncio.Event] = []

    async def read(_latest: LatestPin) -> Pin:
        number, gate = len(sent) + 1, asyncio.Event()
        sent.append(gate)
        await gate.wait()
        return Pin(number, None, 1, None, number)

    monkeypatch.setattr(LatestPin, "_read", read)
    monkeypatch.setattr(Database, "data_version", lambda _: versions and next(versions))
    latest = LatestPin(Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing"))
    first = asyncio.create_task(latest.now())
    await asyncio.sleep(0.01)
    # These came after the first check was sent, and share the second.
    others = [asyncio.create_task(latest.now()) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert len(sent) == 1
    sent[0].set()
    assert (await first).revision == 1
    await asyncio.sleep(0.01)
    assert len(sent) == 2
    sent[1].set()
    assert [(await other).revision for other in others] == [2] * 5
