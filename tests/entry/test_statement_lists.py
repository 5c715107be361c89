"""Everything that was said: filters, orders, pages, names and links; against the change feed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.http import (
    as_problem,
    observe,
    pointers,
    read,
    register,
    state,
    walk,
    with_parameters,
)
from tests.support.registers import get, post

PATH = "/v1/statements"
SOURCE = "bac-kan-press-2023-12"
Statement = dict[str, Any]


async def everything(client: httpx.AsyncClient) -> list[Statement]:
    """Return all statements as the feed has them, oldest first, with their authors."""
    changes = (await get(client, "/v1/changes", limit=1000))["items"]
    entries = [entry for change in changes for entry in change["entries"]]
    assert sum(change["entries_count"] for change in changes) == len(entries)
    return [e["statement"] for e in entries if e["type"] == "stated"]


def given(statement: Statement) -> set[str]:
    """Return the names of what a statement gives."""
    values = set(statement.get("values") or {})
    return values | {o["indicator"] for o in statement.get("observations") or ()}


FILTERS: dict[str, Callable[[Statement], bool]] = {
    f"source_id={SOURCE}": lambda s: s["source_id"] == SOURCE,
    "subject_type=province": lambda s: s["subject_type"] == "province",
    "subject_type=site&subject_id=ccn-quang-chu": lambda s: s["subject_id"] == "ccn-quang-chu",
    "subject_id=06": lambda s: s["subject_id"] == "06",
    "attribute=area_ha": lambda s: "area_ha" in given(s),
    "attribute=cluster_planned_count&attribute=investor": lambda s: bool(
        {"cluster_planned_count", "investor"} & given(s)
    ),
    "basis=plan": lambda s: s["basis"] == "plan",
    "author=icr+seed": lambda s: s["author"] == "icr seed",
    "author=nobody": lambda _: False,
    "principal_id=key%3Anone": lambda _: False,
    "retracted=false": lambda s: s["retraction"] is None,
    "retracted=true": lambda s: s["retraction"] is not None,
    "effective_min=2021-01-01&effective_max=2022-12-31": lambda s: (
        "2021" <= s["effective_from"] < "2023"
    ),
    "recorded_min=2001-01-01T00:00:00Z": lambda _: True,
    "recorded_max=2001-01-01T00:00:00Z": lambda _: False,
    f"source_id={SOURCE}&attribute=area_ha&subject_type=site": lambda s: (
        s["source_id"] == SOURCE and s["subject_type"] == "site" and "area_ha" in given(s)
    ),
}


@pytest.mark.parametrize("query", FILTERS)
async def test_a_filter_lists_what_the_feed_has_of_it(
    documents: httpx.AsyncClient, query: str
) -> None:
    wanted = [s["id"] for s in await everything(documents) if FILTERS[query](s)]
    page = await read(documents, f"{PATH}?{query}&limit=1000&count=exact")
    assert [item["id"] for item in page["items"]] == wanted[::-1]
    assert page["count"] == len(wanted)


@pytest.mark.parametrize(
    "sort", ["recorded_at", "-recorded_at", "effective_from", "-effective_from"]
)
async def test_pages_follow_each_other_in_any_order(
    documents: httpx.AsyncClient, sort: str
) -> None:
    whole = (await get(documents, PATH, sort=sort, limit=1000))["items"]
    pages = await walk(documents, with_parameters(PATH, sort=sort, limit=7))
    walked = [item for page in pages for item in page["items"]]
    assert [item["id"] for item in walked] == [item["id"] for item in whole]
    days = [
        item["recorded_at"] if "recorded" in sort else item["effective_from"][:4] for item in whole
    ]
    assert days == sorted(days, reverse=sort.startswith("-"))


async def test_an_item_names_its_subject_and_links_to_it(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-named", name="CCN Tên Cũ")
    await state(shared, "ccn-named", "2023", name="CCN Tên Mới")
    await observe(shared, "06", "2021", "actual", cluster_count=3)
    item = (await get(shared, PATH, subject_id="ccn-named"))["items"][0]
    assert item["subject_name"] == "CCN Tên Mới"
    assert item["links"] == {"subject": "/v1/sites/ccn-named", "source": "/v1/sources/article"}
    assert item["source_title"] == "The article"
    assert item["values"] == {"name": "CCN Tên Mới"}
    then = (await get(shared, PATH, subject_id="ccn-named", as_of="2021-01-01"))["items"]
    assert {one["subject_name"] for one in then} == {"CCN Tên Cũ"}
    (before,) = (await get(shared, PATH, subject_id="ccn-named", revision=item["revision"] - 1))[
        "items"
    ]
    assert before["subject_name"] == "CCN Tên Cũ"
    (province,) = (await get(shared, PATH, subject_type="province", as_of="2021-06-30"))["items"]
    assert (province["subject_name"], province["links"]["subject"]) == (
        "Bắc Kạn",
        "/v1/provinces/06",
    )
    for link in (*item["links"].values(), province["links"]["subject"]):
        assert (await shared.get(link)).status_code == 200


async def test_a_province_has_what_lies_in_it(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-in-19", province_code="19", name="Trong")
    await register(shared, "ccn-in-06", name="Bắc")
    await observe(shared, "19", "2022", "actual", cluster_count=4)

    async def found(**query: Any) -> set[str]:
        items = (await get(shared, PATH, limit=1000, **query))["items"]
        return {item["subject_id"] for item in items} & {"ccn-in-19", "ccn-in-06", "19"}

    # Bắc Kạn (06) became part of Thái Nguyên (19) on 2025-07-01; 19 named another unit before.
    assert await found(province_code="19", as_of="2024-01-01") == {"ccn-in-19", "19"}
    assert await found(province_code="19") == {"ccn-in-19", "ccn-in-06"}
    assert await found(province_code="06") == {"ccn-in-06"}
    problem = as_problem(
        await shared.get(PATH, params={"province_code": "06", "as_of": "2026-01-01"}), 400
    )
    assert pointers(problem) == ["province_code"]


async def test_what_is_retracted_is_found_as_known_then(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-retracted")
    wrong = await state(shared, "ccn-retracted", "2022", "Đọc nhầm", area_ha=744)
    await post(shared, f"{PATH}/{wrong['id']}/retraction", {"reason": "Nhầm"})

    async def ids(**query: Any) -> list[str]:
        found = await get(shared, PATH, subject_id="ccn-retracted", attribute="area_ha", **query)
        return [item["id"] for item in found["items"]]

    assert await ids(retracted=True) == [wrong["id"]]
    assert await ids(retracted=False) == []
    assert await ids(retracted=False, revision=wrong["revision"]) == [wrong["id"]]
    assert await ids(retracted=True, revision=wrong["revision"]) == []
    assert await ids() == [wrong["id"]]


async def test_times_of_recording_cover_what_they_are_written_as(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-timed")
    at = first["recorded_at"]
    for bound in ("recorded_min", "recorded_max"):
        page = await get(shared, PATH, **{bound: at}, subject_id="ccn-timed")
        assert [item["id"] for item in page["items"]] == [first["id"]]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("sort=name", "sort"),
        ("attribute=aera_ha", "attribute"),
        ("effective_min=2022-01-01&effective_max=2021-01-01", "effective_max"),
        ("recorded_min=2022-01-01T00:00:00Z&recorded_max=2021-01-01T00:00:00Z", "recorded_max"),
        ("province_code=99", "province_code"),
        ("source=article", "source"),
        ("source_id=No%20Slug", "source_id"),
    ],
)
async def test_what_is_no_filter_is_refused(
    documents: httpx.AsyncClient, query: str, pointer: str
) -> None:
    problem = as_problem(await documents.get(f"{PATH}?{query}"), 400)
    assert pointers(problem)[0].startswith(pointer)


async def test_a_cursor_of_another_order_is_refused(documents: httpx.AsyncClient) -> None:
    cursor = (await get(documents, PATH, limit=1))["next_cursor"]
    response = await documents.get(PATH, params={"cursor": cursor, "sort": "effective_from"})
    assert pointers(as_problem(response, 400)) == ["cursor"]


async def test_the_client_that_has_the_list_is_sent_304(documents: httpx.AsyncClient) -> None:
    first = await documents.get(PATH, params={"source_id": SOURCE, "limit": 3})
    assert first.headers["link"].startswith(f"<{PATH}?source_id={SOURCE}&limit=3&cursor=")
    again = await documents.get(
        PATH,
        params={"source_id": SOURCE, "limit": 3},
        headers={"if-none-match": first.headers["etag"]},
    )
    assert again.status_code == 304


async def test_a_source_links_to_all_that_it_says(documents: httpx.AsyncClient) -> None:
    source = await get(documents, f"/v1/sources/{SOURCE}")
    page = await read(documents, source["links"]["statements"])
    assert {item["source_id"] for item in page["items"]} == {SOURCE}
    assert (await documents.get(source["links"]["citations"])).status_code == 200


async def test_a_filter_may_be_given_a_thousand_times(client: httpx.AsyncClient) -> None:
    for name, value in (("attribute", "name"), ("province_code", "06")):
        answer = await client.get("/v1/statements", params={name: [value] * 1500})
        assert answer.status_code == 200
