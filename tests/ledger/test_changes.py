"""The change feed in pages: what each revision did, in order, each once, whoever writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from random import Random
from typing import Any

import httpx
import pytest

from app.core.query_parameters import KnownPageQuery
from app.database.paging import Cursor, mark_of
from app.ledger.revisions import Writer
from tests.support.followers import LATE, Fold, Mirror, Replica, Tally, follow
from tests.support.http import (
    as_problem,
    latest_revision,
    pointers,
    read,
    register,
    said,
    signed_in,
    state,
)
from tests.support.ledgers import begin
from tests.support.ledgers import state as state_directly
from tests.support.lives import Register, plain, random_lives, without_names
from tests.support.registers import Templates, get, opened, post, prepare_empty, serving, writer_on

Story = list[tuple[str, list[tuple[str, str, str, str | None]]]]


def brief(change: Any) -> list[tuple[str, str, str, str | None]]:
    """Return the entries of a change as tuples."""
    names = ("type", "subject_type", "subject_id", "statement_id")
    entries: list[Any] = [tuple(entry[name] for name in names) for entry in change["entries"]]
    return entries


async def tell_a_story(client: httpx.AsyncClient) -> Story:
    """Make one write of every kind; return by revision why it was made and what it did."""
    await post(client, "/v1/organizations", {"id": "builder", "name": "Công ty"})
    await post(client, "/v1/sources", {"id": "article", "kind": "article", "title": "Báo"})
    await post(client, "/v1/sources", {"id": "plan", "kind": "plan", "title": "Quy hoạch"})
    await register(client, "ccn-a")
    await state(client, "ccn-a", "2021", area_ha=40)
    project = {"id": "du-an", "reason": "Mới biết"} | said(
        "2022", values={"name": "Dự án", "province_code": "06"}
    )
    await post(client, "/v1/projects", project)
    count = said("2023", observations=[{"indicator": "cluster_count", "value": 5}])
    await post(client, "/v1/provinces/06/statements", count)
    document = said("2023", values={"status": "approved"})
    await post(client, "/v1/sources/plan/statements", document)
    for statement, reason in (("5-1", "Đọc nhầm"), ("7-1", "Nhầm tỉnh"), ("8-1", "Nhầm văn bản")):
        await post(client, f"/v1/statements/{statement}/retraction", {"reason": reason})
    await post(client, "/v1/projects/du-an/withdrawal", {"reason": "Trùng"})
    await post(client, "/v1/sites/ccn-a/withdrawal", {"reason": "Không có thật"})
    return [
        ("", [("registered", "organization", "builder", None)]),
        ("", [("registered", "source", "article", None)]),
        ("", [("registered", "source", "plan", None)]),
        ("", [("registered", "site", "ccn-a", None), ("stated", "site", "ccn-a", "4-1")]),
        ("", [("stated", "site", "ccn-a", "5-1")]),
        (
            "Mới biết",
            [("registered", "project", "du-an", None), ("stated", "project", "du-an", "6-1")],
        ),
        ("", [("stated", "province", "06", "7-1")]),
        ("", [("stated", "source", "plan", "8-1")]),
        ("Đọc nhầm", [("retracted", "site", "ccn-a", "5-1")]),
        ("Nhầm tỉnh", [("retracted", "province", "06", "7-1")]),
        ("Nhầm văn bản", [("retracted", "source", "plan", "8-1")]),
        ("Trùng", [("withdrawn", "project", "du-an", None)]),
        ("Không có thật", [("withdrawn", "site", "ccn-a", None)]),
    ]


async def test_every_kind_of_write_appears_with_what_it_did(client: httpx.AsyncClient) -> None:
    assert await get(client, "/v1/changes") == {
        "items": [],
        "next_after": 0,
        "latest_revision": 0,
    }
    expected = await tell_a_story(client)
    page = await get(client, "/v1/changes")
    assert [(change["reason"] or "", brief(change)) for change in page["items"]] == expected
    assert (page["next_after"], page["latest_revision"]) == (13, 13)
    for number, change in enumerate(page["items"], start=1):
        entries = change.pop("entries")
        assert change.pop("entries_count") == len(entries)
        assert change.pop("links") == {"entries": f"/v1/revisions/{number}/entries"}
        assert change.pop("erased") == []
        whole = await get(client, f"/v1/revisions/{number}/entries")
        assert whole == {"items": entries, "next_cursor": None, "revision": 13}
        assert change == await get(client, f"/v1/revisions/{number}")
        for entry in entries:
            statement = entry["statement_id"]
            assert entry["links"] == {
                "subject": f"/v1/{entry['subject_type']}s/{entry['subject_id']}",
                "statement": statement and f"/v1/statements/{statement}",
            }
    gone = await client.get("/v1/sites/ccn-a")
    assert gone.json()["withdrawn_in"] == 13


async def test_the_author_is_told(client: httpx.AsyncClient) -> None:
    source = {"id": "article", "kind": "article", "title": "Báo"}
    author = await signed_in(client, "Lê Đức")
    assert (await client.post("/v1/sources", json=source, headers=author)).status_code == 201
    (change,) = (await get(client, "/v1/changes"))["items"]
    assert change["author"] == "Lê Đức"


async def test_every_link_of_the_documents_answers(documents: httpx.AsyncClient) -> None:
    changes = [change async for change in follow(documents)]
    links = {entry["links"]["subject"] for change in changes for entry in change["entries"]}
    links |= {entry["links"]["statement"] for change in changes for entry in change["entries"]}
    links -= {None}
    assert {link.split("/")[2] for link in links} == {
        *("sites", "projects", "provinces", "sources", "organizations", "statements")
    }
    for link in sorted(links):
        await read(documents, link)


# Pages


async def test_pages_of_every_length_from_every_revision(documents: httpx.AsyncClient) -> None:
    latest = await latest_revision(documents)
    changes = (await get(documents, "/v1/changes", limit=1000))["items"]
    assert [change["number"] for change in changes] == list(range(1, latest + 1))
    for after in range(latest + 1):
        limit = 1 + after % 7
        page = await get(documents, "/v1/changes", after=after, limit=limit)
        assert page == {
            "items": changes[after : after + limit],
            "next_after": min(after + limit, latest),
            "latest_revision": latest,
        }


async def test_links_lead_through_all_pages(documents: httpx.AsyncClient) -> None:
    latest = await latest_revision(documents)
    response = await documents.get("/v1/changes?limit=1&subject_type=site&subject_type=project")
    found = [change["number"] for change in response.json()["items"]]
    while link := response.links.get("next"):
        response = await documents.get(link["url"])
        found += [change["number"] for change in response.json()["items"]]
    assert response.json()["next_after"] == latest
    everything = [change async for change in follow(documents)]
    kinds = {"site", "project"}
    expected = [
        change["number"]
        for change in everything
        if kinds & {entry["subject_type"] for entry in change["entries"]}
    ]
    assert found == expected
    assert 1 < len(found) < latest


@pytest.mark.parametrize("subject_type", ["site", "project", "province", "source", "organization"])
async def test_filters_leave_out_whole_revisions(
    documents: httpx.AsyncClient, subject_type: str
) -> None:
    everything = [change async for change in follow(documents)]

    def concerning(subjects: set[str] | None) -> list[Any]:
        return [
            change
            for change in everything
            if any(
                entry["subject_type"] == subject_type
                and (subjects is None or entry["subject_id"] in subjects)
                for entry in change["entries"]
            )
        ]

    expected = concerning(None)
    assert expected
    for limit in (1, 7, 1000):
        assert [c async for c in follow(documents, limit, subject_type=subject_type)] == expected
    ids = {
        entry["subject_id"]
        for change in expected
        for entry in change["entries"]
        if entry["subject_type"] == subject_type
    }
    for subject_id in sorted(ids)[::5]:
        asked = {"subject_type": subject_type, "subject_id": subject_id}
        found = [change async for change in follow(documents, 2, **asked)]
        assert found == concerning({subject_id})
    asked = {"subject_type": subject_type, "subject_id": "nothing"}
    assert [change async for change in follow(documents, **asked)] == []


async def test_filters_find_retractions_and_withdrawals(client: httpx.AsyncClient) -> None:
    await tell_a_story(client)
    for subject_type, subject_id, expected in (
        ("site", "ccn-a", [4, 5, 9, 13]),
        ("project", "du-an", [6, 12]),
        ("province", "06", [7, 10]),
        ("source", "plan", [3, 8, 11]),
        ("source", "article", [2]),
        ("organization", "builder", [1]),
        ("province", "ccn-a", []),
    ):
        asked = {"subject_type": subject_type, "subject_id": subject_id}
        page = await get(client, "/v1/changes", **asked)
        assert [change["number"] for change in page["items"]] == expected
        assert page["next_after"] == 13


# What is refused


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("after=1000", "after"),
        ("after=-1", "after"),
        ("after=1.5", "after"),
        ("after=9007199254740993", "after"),
        ("after=", "after"),
        ("subject_type=cluster", "subject_type"),
        ("subject_type=site&subject_id=", "subject_id"),
        ("subject_id=ccn-quang-chu", "subject_id"),
        ("subject_id=06&subject_type=province&subject_type=site", "subject_id"),
        ("subject_type=site&subject_id=%00", "subject_id"),
    ],
)
async def test_what_cannot_be_followed(
    documents: httpx.AsyncClient, query: str, named: str
) -> None:
    for path in ("/v1/changes", "/v1/changes/stream"):
        problem = as_problem(await documents.get(f"{path}?{query}"), 400)
        assert pointers(problem) == [named]


async def test_what_has_not_happened_yet_cannot_be_followed(documents: httpx.AsyncClient) -> None:
    latest = await latest_revision(documents)
    assert (await get(documents, "/v1/changes", after=latest))["items"] == []
    problem = as_problem(await documents.get(f"/v1/changes?after={latest + 1}"), 400)
    assert problem["latest_revision"] == latest


@pytest.mark.parametrize("header", ["", "x", "-1", "1000", "1.0", "１", "1, 2"])
async def test_an_event_that_never_was(documents: httpx.AsyncClient, header: str) -> None:
    headers = {b"Last-Event-ID": header.encode()}
    problem = as_problem(await documents.get("/v1/changes/stream", headers=headers), 400)
    assert pointers(problem) == ["Last-Event-ID"]


async def test_the_length_of_pages_is_bounded(documents: httpx.AsyncClient) -> None:
    for limit in (0, 1001):
        problem = as_problem(await documents.get(f"/v1/changes?limit={limit}"), 400)
        assert pointers(problem) == ["limit"]


# While others write


async def test_a_client_that_polls_meets_every_revision_once(empty_url: str) -> None:
    """Eight writers over four connections of their own, and a client that takes three at a time."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(serving(empty_url))
        databases = [await stack.enter_async_context(opened(empty_url)) for _ in range(4)]
        writers = [await writer_on(database, f"w{n}") for n, database in enumerate(databases)]
        await begin(writers[0], "ccn-a", "ccn-b")
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(poll(client, done))
            await asyncio.gather(*(write(writers[n % 4], n) for n in range(8)))
            done.set()
        changes, polls = following.result()
        assert [change["number"] for change in changes] == list(range(1, 3 + 8 * 5 + 1))
        assert polls > len(changes) / 3
        assert changes == (await get(client, "/v1/changes", limit=1000))["items"]
        assert {change["author"] for change in changes} == {"w0", "w1", "w2", "w3"}


async def write(writer: Writer, number: int) -> None:
    for turn in range(5):
        site = ("ccn-a", "ccn-b")[turn % 2]
        await state_directly(writer, site, f"2024-{turn + 1:02}", area_ha=10 * number + turn + 1)


async def poll(client: httpx.AsyncClient, done: asyncio.Event) -> tuple[list[Any], int]:
    changes: list[Any] = []
    after, polls = 0, 0
    while True:
        is_last = done.is_set()
        page = await get(client, "/v1/changes", after=after, limit=3)
        polls += 1
        assert page["latest_revision"] >= page["next_after"] >= after
        changes += page["items"]
        after = page["next_after"]
        if is_last and after == page["latest_revision"]:
            return changes, polls
        await asyncio.sleep(0)


# What can be made of it


async def compare(origin: httpx.AsyncClient, mirror: Mirror, revision: int) -> None:
    """Compare what a client has read so far with the lists of that revision."""
    for what, states in mirror.states.items():
        asked = {"as_of": LATE, "revision": revision, "limit": 1000}
        page = await get(origin, f"/v1/{what}s", **asked)
        listed = {item["id"]: item for item in page["items"]}
        for item in page["items"]:
            item.pop("revision", None)
        known = {
            key: {name: value for name, value in found.items() if name in listed.get(key, found)}
            for key, found in states.items()
        }
        assert known == listed


async def compare_figures(origin: httpx.AsyncClient, mirror: Mirror) -> None:
    """Compare the rollups with what a client adds up from the states that it has followed."""
    asked = {"as_of": LATE, "group_by": ["province_code", "kind"]}
    page = await get(origin, "/v1/rollups", **asked)
    answered = {
        (item["province_code"], item["kind"]): Tally.shown(item)
        for item in page["items"]
        if item["sites"]["count"]
    }
    assert Tally(mirror.states["site"].values()).groups == answered
    assert answered


async def rebuild(origin: httpx.AsyncClient, copy: httpx.AsyncClient) -> None:
    """Follow the feed from zero in two ways; both end with what a fresh read answers."""
    mirror, replica = Mirror(origin), Replica(origin, copy)
    latest = await latest_revision(origin)
    provinces: set[str] = set()
    async for change in follow(origin, limit=9):
        await mirror.take(change)
        await replica.take(change)
        if change["number"] in {latest, *range(0, latest, 10)}:
            await compare(origin, mirror, change["number"])
        told = (e["subject_id"] for e in change["entries"] if e["subject_type"] == "province")
        provinces.update(told)
    assert await latest_revision(copy) == latest
    await compare_figures(origin, mirror)
    assert all(mirror.states.values())
    located = (
        state["province_code"] for states in mirror.states.values() for state in states.values()
    )
    paths = [
        f"/v1/provinces/{code}/rollup" for code in sorted(provinces.union(filter(None, located)))
    ]
    assert len(paths) > 1
    for path in [*paths, "/v1/rollups", "/v1/sites?limit=1000", "/v1/projects?limit=1000"]:
        for day in ("2021-06-01", "2024-01-01", "2025-07-01", LATE):
            url = str(httpx.URL(path).copy_merge_params({"as_of": day}))
            answers = [await client.get(url) for client in (origin, copy)]
            # A province of today need not have existed then.
            assert answers[0].status_code in {200, 404}
            assert answers[0].json() == answers[1].json(), url


async def test_every_state_follows_from_the_feed_alone(
    empty_url: str, client: httpx.AsyncClient
) -> None:
    """One call for each page of the feed, none for a change; the fold is the oracle's."""
    random = Random(11)  # noqa: S311  histories are to be repeatable, not secret
    async with opened(empty_url) as database:
        origin = Register(client, database, random_lives(random))
        await origin.record(random)
    asked: list[str] = []

    async def note(request: httpx.Request) -> None:
        asked.append(request.url.path)

    client.event_hooks = {"request": [note]}
    known = Fold(client)
    async for change in follow(client, limit=1000):
        await known.take(change)
    assert set(asked) == {"/v1/changes"}
    assert len(asked) < origin.latest / 10
    client.event_hooks = {"request": []}
    assert len(known.lives) == len(origin.lives)
    for life in origin.lives:
        found = known.lives["project" if life.kind is None else "site", life.id]
        for revision in (life.revisions[0], life.revisions[-1], origin.latest):
            page = await client.get(f"{life.path}/timeline", params={"revision": revision})
            items = page.json()["items"] if page.status_code == 200 else []
            answered = [(item["valid_from"], attributes(item)) for item in items]
            assert [
                (since.isoformat(), plain(now)) for since, _, now in found.timeline(revision)
            ] == answered, (life, revision)


_ABOUT = {"id", "kind", "valid_from", "valid_to", "known_from"}


def attributes(item: Any) -> dict[str, Any]:
    """Return the attributes that a version knows."""
    return {n: v for n, v in without_names(item).items() if v not in (None, {}) and n not in _ABOUT}


async def test_a_large_revision_is_listed_in_part_and_read_in_pages(
    client: httpx.AsyncClient, copy: httpx.AsyncClient
) -> None:
    count = 700
    sites = [
        said("2020", id=f"ccn-{n:03}", kind="cluster",
             values={"name": f"CCN {n}", "province_code": "06", "area_ha": (n + 10) / 10})
        for n in range(count)
    ]  # fmt: skip
    sources = [{"id": "article", "kind": "article", "title": "Báo"}]
    await post(client, "/v1/statements/bulk", {"sources": sources, "sites": sites})
    (change,) = (await get(client, "/v1/changes"))["items"]
    assert (change["entries_count"], len(change["entries"])) == (2 * count + 1, 500)
    found: list[Any] = []
    response = await client.get(f"{change['links']['entries']}?limit=300")
    found += response.json()["items"]
    while link := response.links.get("next"):
        response = await client.get(link["url"])
        found += response.json()["items"]
    assert len(found) == change["entries_count"]
    assert found[:500] == change["entries"]
    stated = [entry["statement"]["values"] for entry in found if entry["type"] == "stated"]
    assert [values["area_ha"] for values in stated] == [(n + 10) / 10 for n in range(count)]
    await Replica(client, copy).take(change)
    answers = [await get(one, "/v1/sites", limit=1000) for one in (client, copy)]
    assert answers[0] == answers[1]


async def test_a_page_of_the_feed_ends_before_it_holds_too_much(client: httpx.AsyncClient) -> None:
    sources = [{"id": "article", "kind": "article", "title": "Báo"}]
    await post(client, "/v1/sources", sources[0])
    for turn in range(6):
        body = [
            {"id": f"s-{turn}-{n}", "kind": "report", "title": f"Báo cáo {n}"} for n in range(450)
        ]
        await post(client, "/v1/statements/bulk", {"sources": body})
    page = await get(client, "/v1/changes", limit=1000)
    assert [len(change["entries"]) for change in page["items"]] == [1, 450, 450, 450, 450]
    assert (page["next_after"], page["latest_revision"]) == (5, 7)
    assert [change["number"] async for change in follow(client, 1000)] == list(range(1, 8))


@pytest.fixture
async def copy(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a second register, empty."""
    async with templates.copy(kind, prepare_empty) as url, serving(url) as client:
        yield client


async def test_the_documents_can_be_rebuilt(
    seeded_client: httpx.AsyncClient, copy: httpx.AsyncClient
) -> None:
    """All that the documents say, and a site and a project that were withdrawn."""
    await post(seeded_client, "/v1/sites/ccn-quang-chu/withdrawal", {"reason": "Nhầm"})
    projects = (await get(seeded_client, "/v1/projects", as_of=LATE))["items"]
    await post(seeded_client, f"/v1/projects/{projects[0]['id']}/withdrawal", {"reason": "Nhầm"})
    await rebuild(seeded_client, copy)


async def test_a_random_history_can_be_rebuilt(
    empty_url: str, client: httpx.AsyncClient, copy: httpx.AsyncClient
) -> None:
    random = Random(7)  # noqa: S311  histories are to be repeatable, not secret
    async with opened(empty_url) as database:
        origin = Register(client, database, random_lives(random))
        await origin.record(random)
    done = {entry["type"] async for change in follow(client) for entry in change["entries"]}
    assert done == {"registered", "stated", "retracted", "withdrawn"}
    await rebuild(client, copy)


@pytest.mark.parametrize("after", [-5, 2**31, 2**63 - 1])
async def test_no_cursor_goes_beyond_the_entries_of_a_revision(
    documents: httpx.AsyncClient, after: int
) -> None:
    mark = mark_of(KnownPageQuery(), "entries", "1")
    cursor = Cursor(mark, 1, date.min, (after,)).encode()
    answer = await documents.get("/v1/revisions/1/entries", params={"cursor": cursor})
    assert as_problem(answer, 400)["errors"][0]["parameter"] == "cursor"
