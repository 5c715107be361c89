"""If-Match: what a client has seen against what there is; and the tags that name it."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.http import (
    as_problem,
    latest_revision,
    pointers,
    prepare_sourced,
    read,
    register,
    said,
    state,
)
from tests.support.registers import Templates, get, post, serving

MERGE_PATCH = {"content-type": "application/merge-patch+json"}


async def patch(
    client: httpx.AsyncClient,
    key: str,
    body: str,
    if_match: str | None,
    what: str = "sites",
    **asked: str,
) -> httpx.Response:
    headers = MERGE_PATCH | ({} if if_match is None else {"if-match": if_match})
    parameters = {"source_id": "article"} | asked
    return await client.patch(f"/v1/{what}/{key}", params=parameters, content=body, headers=headers)


async def tag(client: httpx.AsyncClient, key: str, what: str = "sites", **asked: str) -> str:
    response = await client.get(f"/v1/{what}/{key}", params=asked)
    assert response.status_code == 200, response.text
    return response.headers["etag"]


async def register_project(client: httpx.AsyncClient, key: str) -> Any:
    values = {"name": key, "province_code": "06"}
    return await post(client, "/v1/projects", said("2020", id=key, values=values))


@pytest.mark.parametrize("what", ["sites", "projects"])
async def test_a_patch_says_which_state_it_has_seen(shared: httpx.AsyncClient, what: str) -> None:
    key = f"seen-{what}"
    first = await (register if what == "sites" else register_project)(shared, key)
    seen = await tag(shared, key, what)
    assert seen.startswith(f'"{first["revision"]}-')
    before = await latest_revision(shared)

    problem = as_problem(await patch(shared, key, '{"name_en": "A"}', None, what), 428)
    assert problem["type"] == "/problems/precondition-required"
    assert pointers(problem) == ["If-Match"]
    assert await latest_revision(shared) == before

    one = await patch(shared, key, '{"name_en": "A"}', seen, what)
    assert one.status_code == 200, one.text
    problem = as_problem(await patch(shared, key, '{"name_en": "B"}', seen, what), 412)
    assert problem["type"] == "/problems/precondition-failed"
    assert problem["changed_in"] == one.json()["revision"] == before + 1
    # The tag of the answer is good for the next patch, without reading in between.
    assert one.headers["etag"] == f'"{before + 1}"'
    two = await patch(shared, key, '{"name_en": "B"}', one.headers["etag"], what)
    assert two.status_code == 200
    assert (await get(shared, f"/v1/{what}/{key}"))["name_en"] == "B"


@pytest.mark.parametrize("what", ["sites", "projects"])
async def test_a_weak_tag_is_refused_with_the_one_to_send(
    shared: httpx.AsyncClient, what: str
) -> None:
    """A proxy that compresses makes tags weak; reading again would bring a weak one again."""
    key = f"weak-{what}"
    changed_in = (await (register if what == "sites" else register_project)(shared, key))[
        "revision"
    ]
    weak = f"W/{await tag(shared, key, what)}"
    before = await latest_revision(shared)
    for header in (weak, f'"1", {weak}', f'{weak}, "other"'):
        problem = as_problem(await patch(shared, key, '{"name_en": "A"}', header, what), 412)
        assert problem["type"] == "/problems/precondition-failed"
        assert f'Send If-Match: "{changed_in}"' in problem["detail"]
        assert "It is still as" in problem["detail"]
        assert problem["changed_in"] == changed_in
    assert await latest_revision(shared) == before
    # What it says to send is right, and is a member of what was read.
    shown = await get(shared, f"/v1/{what}/{key}")
    assert shown["changed_in"] == changed_in
    done = await patch(shared, key, '{"name_en": "A"}', f'"{changed_in}"', what)
    assert done.status_code == 200, done.text
    # A weak tag of a state that is past: that it was changed is true then.
    problem = as_problem(await patch(shared, key, '{"name_en": "B"}', weak, what), 412)
    assert "It was changed in revision" in problem["detail"]


async def test_writes_about_others_do_not_matter(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-still")
    seen = await tag(shared, "ccn-still")
    await register(shared, "ccn-other")
    # The register's revision is part of the answer, so its bytes and its tag did change.
    assert await tag(shared, "ccn-still") != seen
    assert (await patch(shared, "ccn-still", '{"area_ha": 1}', seen)).status_code == 200


async def test_a_remark_changes_no_state(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-remark", area_ha=1)
    seen = await tag(shared, "ccn-remark")
    path = "/v1/sites/ccn-remark/statements"
    remark = await shared.post(path, json=said("2021", note="Không có gì mới"))
    assert remark.status_code == 201
    # Neither does a source that says what is known already from that date on.
    same = await shared.post(path, json=said("2021", values={"area_ha": 1}))
    assert remark.headers["etag"] == f'{seen.partition("-")[0]}"'
    assert same.status_code == 201
    assert (await patch(shared, "ccn-remark", '{"area_ha": 2}', seen)).status_code == 200


async def test_a_change_of_any_date_and_a_retraction_do_matter(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-dates", "2015", area_ha=1)
    seen = await tag(shared, "ccn-dates")
    past = await state(shared, "ccn-dates", "2016", name_en="A")
    as_problem(await patch(shared, "ccn-dates", '{"area_ha": 2}', seen), 412)
    seen = await tag(shared, "ccn-dates")
    future = await state(shared, "ccn-dates", "2035", area_ha=9)
    as_problem(await patch(shared, "ccn-dates", '{"area_ha": 2}', seen), 412)
    for statement in (past, future):
        seen = await tag(shared, "ccn-dates")
        await post(shared, f"/v1/statements/{statement['id']}/retraction", {"reason": "Nhầm"})
        as_problem(await patch(shared, "ccn-dates", '{"area_ha": 2}', seen), 412)
    # All is as it was at first, but nobody has seen it so.
    now = await get(shared, "/v1/sites/ccn-dates")
    assert now["changed_in"] == await latest_revision(shared) > first["revision"]


async def test_the_tag_of_an_older_revision_is_old(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-older", area_ha=1)
    await state(shared, "ccn-older", "2021", area_ha=2)
    old = await tag(shared, "ccn-older", revision=str(first["revision"]))
    assert old.startswith(f'"{first["revision"]}-')
    as_problem(await patch(shared, "ccn-older", '{"area_ha": 3}', old), 412)
    # Another date of the same revision shows another interval of the same state.
    other_day = await tag(shared, "ccn-older", as_of="2020-06-01")
    assert other_day != await tag(shared, "ccn-older")
    assert (await patch(shared, "ccn-older", '{"area_ha": 3}', other_day)).status_code == 200


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ("*", 200),
        ("{seen}", 200),
        ('"1-a", {seen}', 200),
        ('"1-a",{seen},"x"', 200),
        ("{state}", 200),
        ("W/{seen}", 412),
        ('"1-a"', 412),
        ('""', 412),
        ('"nonsense"', 412),
        ('"{number}0"', 412),
        ('"0{number}0-a"', 412),
        ("{number}", 400),
        ('"', 400),
        ("", 400),
        ("*, *", 400),
        ('* "a"', 400),
        ('"a" "b"', 400),
    ],
)
async def test_what_if_match_names(shared: httpx.AsyncClient, if_match: str, status: int) -> None:
    key = "ccn-named"
    if (await shared.get(f"/v1/sites/{key}")).status_code == 404:
        await register(shared, key)
    seen = await tag(shared, key)
    number = (await get(shared, f"/v1/sites/{key}"))["changed_in"]
    value = if_match.format(seen=seen, number=number, state=f'"{number}"')
    body = f'{{"name_en": "{await latest_revision(shared)}"}}'
    answer = await patch(shared, key, body, value)
    assert answer.status_code == status, answer.text
    if status == 400:
        assert pointers(as_problem(answer, 400)) == ["If-Match"]


async def test_several_lines_are_one_list(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-lines")
    headers = [
        *MERGE_PATCH.items(),
        ("if-match", '"1"'),
        ("if-match", await tag(shared, "ccn-lines")),
    ]
    path = "/v1/sites/ccn-lines?source_id=article"
    answer = await shared.patch(path, content='{"area_ha": 1}', headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("what", ["statements", "withdrawal"])
async def test_other_writes_heed_it_where_it_is_given(shared: httpx.AsyncClient, what: str) -> None:
    key = f"ccn-heed-{what}"
    await register(shared, key)
    seen = await tag(shared, key)
    await state(shared, key, "2021", area_ha=1)
    body = {"statements": said("2022", values={"area_ha": 2}), "withdrawal": {"reason": "Nhầm"}}
    path = f"/v1/sites/{key}/{what}"
    before = await latest_revision(shared)
    as_problem(await shared.post(path, json=body[what], headers={"if-match": seen}), 412)
    assert await latest_revision(shared) == before
    headers = {"if-match": await tag(shared, key)}
    assert (await shared.post(path, json=body[what], headers=headers)).status_code == 201


@pytest.mark.parametrize("if_match", [None, "*", '"1"'])
async def test_what_is_not_there_is_told_first(
    shared: httpx.AsyncClient, if_match: str | None
) -> None:
    as_problem(await patch(shared, "ccn-nowhere", '{"area_ha": 1}', if_match), 404)


async def test_tags_are_of_the_bytes(shared: httpx.AsyncClient) -> None:
    """Two answers of one address have the same tag exactly when they have the same bytes."""
    await register(shared, "ccn-bytes", area_ha=1)
    seen: dict[str, bytes] = {}
    for number in range(4):
        for _ in range(2):
            answer = await shared.get("/v1/sites/ccn-bytes")
            known = seen.setdefault(answer.headers["etag"], answer.content)
            assert known == answer.content
        await register(shared, f"ccn-bytes-{number}")
    assert len(seen) == len(set(seen.values())) == 4
    assert await read(shared, "/v1/sites/ccn-bytes")


@pytest.fixture
async def own_url(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give the URL of a register of the test's own, with sources only."""
    async with templates.copy(kind, prepare_sourced) as url:
        yield url


async def test_of_those_who_saw_the_same_one_wins(own_url: str) -> None:
    async with serving(own_url) as one, serving(own_url) as other:
        await register(one, "ccn-race")
        for round_ in range(4):
            seen = await tag(one, "ccn-race")
            racing = [
                patch(client, "ccn-race", f'{{"area_ha": {10 * round_ + number + 1}}}', seen)
                for number, client in enumerate((one, other) * 3)
            ]
            statuses = sorted(answer.status_code for answer in await asyncio.gather(*racing))
            assert statuses == [200, *[412] * 5]


async def test_any_course_of_patches_loses_nothing(own_url: str) -> None:
    """Clients that patch only what they have seen add up: every success counts once."""
    choose = random.Random(57)  # noqa: S311 (a test, no secret)
    async with serving(own_url) as client:
        await register(client, "ccn-sum", affected_households=0)
        held = [await tag(client, "ccn-sum")] * 3
        seen, total = [0] * 3, 0
        for _ in range(60):
            who = choose.randrange(3)
            if choose.random() < 0.4:
                site = await client.get("/v1/sites/ccn-sum")
                held[who] = site.headers["etag"]
                seen[who] = site.json()["affected_households"]
            wanted = seen[who] + 1
            body = f'{{"affected_households": {wanted}}}'
            answer = await patch(client, "ccn-sum", body, held[who])
            if answer.status_code == 200:
                assert seen[who] == total
                total += 1
            else:
                assert answer.status_code == 412
                assert seen[who] < total
        assert (await get(client, "/v1/sites/ccn-sum"))["affected_households"] == total > 0
