"""Pages: their length, their cursors, and that they neither skip nor repeat while others write."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from json import dumps, loads
from typing import Any

import httpx
import pytest

from tests.support.catalogue import BY_NAME, IN_2024
from tests.support.http import (
    MISTAKE,
    as_problem,
    ids,
    latest_revision,
    pointers,
    read,
    refused,
    register,
    state,
    walk,
    with_parameters,
)
from tests.support.registers import get, post

# Each list with how many items the documents give it.
LISTS = {
    "/v1/sites?as_of=2024-01-01": 10,
    "/v1/sites?as_of=2024-01-01&sort=-area_ha": 10,
    "/v1/sites?as_of=2024-01-01&sort=known_from": 10,
    "/v1/sites?as_of=2024-01-01&kind=cluster&kind=zone&q=c": 9,
    "/v1/sites/ccn-quang-chu/statements": 6,
    "/v1/projects?as_of=2024-01-01": 12,
    "/v1/projects?as_of=2024-01-01&sort=-licence_status": 12,
    "/v1/projects/du-an-go-sahabak/statements": 3,
    "/v1/sources/conclusion-02-kl-tu-2016/statements": 2,
    "/v1/sources/programme-07-da-tu/citations": 6,
    "/v1/provinces/06/statements": 29,
    "/v1/provinces/06/observations": 45,
    "/v1/provinces/06/observations?basis=target&basis=plan": 12,
    "/v1/sources": 21,
    "/v1/organizations": 16,
    "/v1/revisions": 5,
    "/v1/revisions/1/entries": 58,
}
every_list = pytest.mark.parametrize("url", LISTS)


async def first_cursor(client: httpx.AsyncClient, url: str) -> str:
    cursor: str = (await read(client, with_parameters(url, limit=1)))["next_cursor"]
    return cursor


def content_of(cursor: str) -> list[Any]:
    """Read a cursor: the query's mark, the revision, the day, then the keys of the last item."""
    content: list[Any] = loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return content


def forged(content: list[Any]) -> str:
    return urlsafe_b64encode(dumps(content).encode()).decode().rstrip("=")


async def check_each_is_refused(
    client: httpx.AsyncClient, url: str, parameter: str, values: Iterable[str]
) -> None:
    """Every value must be refused with a problem that names the parameter."""
    before = await latest_revision(client)
    statuses = {}
    for value in values:
        response = await client.get(with_parameters(url, **{parameter: value}))
        statuses[value] = response.status_code
        if response.status_code == 400:
            assert pointers(as_problem(response, 400)) == [parameter], value
    assert statuses == dict.fromkeys(statuses, 400)
    assert await latest_revision(client) == before


@every_list
async def test_pages_make_up_the_whole(documents: httpx.AsyncClient, url: str) -> None:
    whole = (await read(documents, with_parameters(url, limit=1000)))["items"]
    assert len(whole) == LISTS[url]
    for limit in (2, 7):
        pages = await walk(documents, with_parameters(url, limit=limit))
        # Rounded up.
        assert len(pages) == -(-LISTS[url] // limit)
        assert list(chain.from_iterable(page["items"] for page in pages)) == whole
        assert len({page.get("revision") for page in pages}) == 1


async def test_a_page_has_fifty_items_unless_told(documents: httpx.AsyncClient) -> None:
    assert len((await get(documents, "/v1/revisions/1/entries"))["items"]) == 50


@every_list
async def test_limits_out_of_bounds_are_refused(documents: httpx.AsyncClient, url: str) -> None:
    limits = ["0", "-1", "1001", "x", "", "1.5", "1e2", "true", "٥", "9" * 20, "9" * 5000]
    await check_each_is_refused(documents, url, "limit", limits)


async def test_a_limit_is_written_as_a_whole_number(documents: httpx.AsyncClient) -> None:
    limits = ["5.0", "1_0", " 5", "+5", "0x5"]
    await check_each_is_refused(documents, "/v1/sites", "limit", limits)


@pytest.mark.parametrize("sort", ["name", "-area_ha"])
async def test_pages_stay_as_they_were_while_others_write(
    own_catalogue: httpx.AsyncClient, sort: str
) -> None:
    asked: dict[str, Any] = {"as_of": IN_2024, "sort": sort}
    before = await get(own_catalogue, "/v1/sites", **asked)
    page = await get(own_catalogue, "/v1/sites", limit=2, **asked)
    found = page["items"]
    writes = iter(
        [
            register(own_catalogue, "ccn-a", name="A", area_ha=1),
            state(own_catalogue, "ccn-chu", "2021", "Mở rộng", area_ha=500, name="CCN Ỷ La"),
            post(own_catalogue, "/v1/sites/ccn-cam/withdrawal", {"reason": "Ghi nhầm"}),
            post(own_catalogue, "/v1/statements/12-1/retraction", MISTAKE),
        ]
    )
    while page["next_cursor"]:
        await next(writes)
        page = await get(own_catalogue, "/v1/sites", limit=2, cursor=page["next_cursor"], **asked)
        assert page["revision"] == before["revision"]
        found += page["items"]

    assert found == before["items"]
    assert len(found) == len(BY_NAME)
    after = ids(await get(own_catalogue, "/v1/sites", **asked))
    assert "ccn-a" in after
    assert "ccn-cam" not in after


async def test_the_other_lists_stay_as_they_were_while_others_write(
    own_catalogue: httpx.AsyncClient,
) -> None:
    lists = ("/v1/sources", "/v1/organizations", "/v1/revisions", "/v1/sites/ccn-an/statements")
    await state(own_catalogue, "ccn-an", "2022", address="Thôn Nà Mố")
    before = {path: await get(own_catalogue, path, limit=1000) for path in lists}
    pages = {path: await get(own_catalogue, path, limit=1) for path in lists}

    for key in ("a-new", "z-new"):
        await post(own_catalogue, "/v1/sources", {"id": key, "kind": "plan", "title": key})
        await post(own_catalogue, "/v1/organizations", {"id": key, "name": key})
        await state(own_catalogue, "ccn-an", "2023", address=key)

    for path in lists:
        page, found = pages[path], list(pages[path]["items"])
        while page["next_cursor"]:
            page = await get(own_catalogue, path, limit=1, cursor=page["next_cursor"])
            assert page["revision"] == before[path]["revision"]
            found += page["items"]
        assert found == before[path]["items"]


async def test_a_list_without_a_date_stays_on_the_day_of_its_first_page(
    documents: httpx.AsyncClient,
) -> None:
    path = "/v1/provinces/06/observations"
    page = await get(documents, path, limit=4)
    later = await get(documents, path, limit=4, cursor=page["next_cursor"])
    assert page["as_of"] == later["as_of"] == "2025-06-30"
    assert page["as_of_note"] == later["as_of_note"]


# Cursors that are not of the query


@every_list
async def test_a_cursor_of_another_query_is_refused(documents: httpx.AsyncClient, url: str) -> None:
    others = [await first_cursor(documents, other) for other in LISTS if other != url]
    await check_each_is_refused(documents, url, "cursor", others)


@every_list
async def test_what_is_no_cursor_is_refused(documents: httpx.AsyncClient, url: str) -> None:
    # Base64 of null, [], [1], of bytes that are no text; and what is no base64 at all.
    texts = ["bnVsbA", "W10", "WzFd", "_w", "", "x", "{}", "!!!!", "/w", "\x00", "Ơ"]
    await check_each_is_refused(documents, url, "cursor", [*texts, "A" * 1999, "A" * 2001])


@every_list
async def test_forged_keys_are_refused(documents: httpx.AsyncClient, url: str) -> None:
    mark, revision, day, *keys = content_of(await first_cursor(documents, url))
    replacements: list[dict[type, Any]] = [
        {int: None, str: None},
        {int: 2**63, str: "a\x00"},
        {int: -(2**70), str: "\ud800"},
        {int: True, str: 1},
        {int: 1.5, str: ["a"]},
        {int: "1", str: {"a": 1}},
    ]
    forgeries = [[replaced[type(key)] for key in keys] for replaced in replacements]
    forgeries += [[], [*keys, 1]]
    await check_each_is_refused(
        documents, url, "cursor", [forged([mark, revision, day, *made]) for made in forgeries]
    )


@every_list
async def test_forged_revisions_and_days_are_refused(
    documents: httpx.AsyncClient, url: str
) -> None:
    mark, revision, day, *keys = content_of(await first_cursor(documents, url))
    revisions = [-1, 2**53, 2**70, "58", None, True, 1.5, [58]]
    days = ["", "2024", "today", None, 20240101, "2024-01-01T00:00:00"]
    forgeries = [[mark, wrong, day, *keys] for wrong in revisions]
    forgeries += [[mark, revision, wrong, *keys] for wrong in days]
    await check_each_is_refused(documents, url, "cursor", map(forged, forgeries))


@every_list
async def test_a_cursor_of_a_revision_to_come_is_refused(
    documents: httpx.AsyncClient, url: str
) -> None:
    mark, revision, *rest = content_of(await first_cursor(documents, url))
    cursor = forged([mark, revision + 1, *rest])
    await refused(documents, "GET", with_parameters(url, cursor=cursor), 400)


@pytest.mark.parametrize(
    "asked",
    [
        "as_of=2024-01-02",
        "as_of=2024-01-01&revision=4",
        "as_of=2024-01-01&known_at=2024-01-01T00:00:00Z",
        "as_of=2024-01-01&sort=-name",
        "as_of=2024-01-01&boundaries=now",
    ],
)
async def test_a_cursor_goes_with_its_own_request_only(
    documents: httpx.AsyncClient, asked: str
) -> None:
    cursor = await first_cursor(documents, "/v1/sites?as_of=2024-01-01")
    problem = await refused(documents, "GET", f"/v1/sites?cursor={cursor}&{asked}", 400)
    assert pointers(problem) == ["cursor"]


async def test_a_cursor_goes_on_as_known_at_its_instant(
    documents: httpx.AsyncClient,
) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = f"/v1/sites?as_of=2024-01-01&limit=4&known_at={now}"
    pages = await walk(documents, asked)
    assert [len(page["items"]) for page in pages] == [4, 4, 2]
