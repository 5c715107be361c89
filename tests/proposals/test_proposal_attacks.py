"""Proposals where somebody wants more than they may, or two act at once."""

import asyncio
from typing import Any

import pytest

from tests.proposals.test_proposals import HOA_BINH, PATH, SITE, People, stated
from tests.proposals.test_proposals import people as people  # noqa: PLC0414  (a fixture)
from tests.support.http import as_problem, latest_revision, register, said, signed_in
from tests.support.registers import get

sqlite = pytest.mark.databases("sqlite")
FOREIGN = {"subject_type": "site", "subject_id": "ccn-hb"}


async def body_of(people: People, path: str) -> Any:
    return (await people.send(None, "get", f"{path}/body")).json()


@sqlite
async def test_a_change_stays_within_the_provinces_of_its_author(people: People) -> None:
    await register(people.client, "ccn-hb", province_code="17", area_ha=10)
    path = f"{PATH}/{(await people.propose(12))['id']}"
    before = await body_of(people, path)
    foreign = {"reason": "x", "statements": [said("2024", **FOREIGN, values={"area_ha": 1})]}
    both = {"reason": "x", "statements": [*stated(13)["statements"], *foreign["statements"]]}
    moved = stated(13)
    moved["statements"][0]["values"] = {"province_code": "17"}
    for body in (foreign, both, moved):
        answer = await people.send(people.contributor, "put", f"{path}/body", body)
        assert as_problem(answer, 403)["type"] == "/problems/forbidden"
    assert await body_of(people, path) == before


@sqlite
async def test_what_is_approved_is_changed_no_more(people: People) -> None:
    proposal = await people.propose(12)
    path = f"{PATH}/{proposal['id']}"
    await people.approve(people.editor, proposal)
    revision = await latest_revision(people.client)
    for who, method, step, body in (
        (people.contributor, "put", "body", stated(99)),
        (people.contributor, "post", "withdrawal", {}),
        (people.editor, "post", "return", {"reason": "x"}),
    ):
        as_problem(await people.send(who, method, f"{path}/{step}", body), 409)
    again = await people.approve(people.second, proposal | {"edited": proposal["edited"] + 1})
    as_problem(again, 409)
    assert (await body_of(people, path))["statements"][0]["values"] == {"area_ha": 12}
    assert await latest_revision(people.client) == revision


@sqlite
async def test_every_step_names_the_state_that_was_seen(people: People) -> None:
    proposal = await people.propose(12)
    path = f"{PATH}/{proposal['id']}"
    await people.send(people.contributor, "put", f"{path}/body", stated(12.5))
    for who, method, step, body in (
        (people.contributor, "put", "body", stated(13)),
        (people.contributor, "post", "withdrawal", {}),
        (people.editor, "post", "return", {"reason": "x"}),
        (people.editor, "post", "approval", {}),
    ):
        answer = await people.send(who, method, f"{path}/{step}", body, if_match='"1-x"')
        as_problem(answer, 412)
    found = (await people.send(people.editor, "get", path)).json()
    assert (found["state"], found["edited"]) == ("submitted", 2)


async def test_a_change_and_an_approval_at_once(people: People) -> None:
    """Either what was seen is recorded, or nothing: never what came meanwhile."""
    for number in range(3):
        area = 20 + number
        proposal = await people.propose(area)
        path = f"{PATH}/{proposal['id']}"
        changed, approved = await asyncio.gather(
            people.send(people.contributor, "put", f"{path}/body", stated(90 + number)),
            people.approve(people.editor, proposal),
        )
        found = (await people.send(people.editor, "get", path)).json()
        if approved.status_code == 201:
            assert changed.status_code in {409, 412}
            assert found["state"] == "approved"
            assert (await get(people.client, SITE))["area_ha"] == area
        else:
            assert (approved.status_code, changed.status_code) == (412, 200)
            assert found["state"] == "submitted"
            assert (await get(people.client, SITE))["area_ha"] < 90
            await people.send(people.contributor, "post", f"{path}/withdrawal", {})


@sqlite
async def test_what_concerns_two_provinces_needs_the_rights_for_both(people: People) -> None:
    await register(people.client, "ccn-hb", province_code="17", area_ha=10)
    body = stated(12)
    body["statements"].append(said("2024", **FOREIGN, values={"area_ha": 11}))
    sent = await people.send(None, "post", PATH, body)
    proposal, path = sent.json(), sent.headers["location"]
    for one in (people.editor, people.foreigner):
        as_problem(await people.approve(one, proposal), 403)
    returned = await people.send(people.foreigner, "post", f"{path}/return", {"reason": "Tách ra"})
    assert returned.json()["state"] == "returned"


@sqlite
async def test_a_subject_that_moved_meanwhile_is_approved_by_nobody_else(people: People) -> None:
    """The provinces are looked at anew: what was its editor's is not any more."""
    proposal = await people.propose(12)
    moving = {"source_id": "report", "effective_from": "2020", "values": {"province_code": "17"}}
    moved = await people.client.post(
        f"{SITE}/statements", json=moving | {"override_reason": "Ghi nhầm tỉnh"}
    )
    assert moved.status_code == 201, moved.text
    as_problem(await people.approve(people.editor, proposal), 403)
    assert (await get(people.client, SITE))["area_ha"] == 10


@sqlite
async def test_an_editor_whose_key_is_revoked_decides_nothing(people: People) -> None:
    proposal = await people.propose(12)
    gone = await signed_in(people.client, "Cũ", "editor", ("06", "2025-06-30"))
    keys = (await get(people.client, "/v1/keys"))["items"]
    key = next(one["id"] for one in keys if one["name"] == "Cũ")
    path = f"/v1/keys/{key}/revocation"
    await people.send(None, "post", path, {"reason": "Nghỉ việc"})
    as_problem(await people.approve(gone, proposal), 401)


@sqlite
async def test_a_contributor_decides_nothing(people: People) -> None:
    """Neither about one's own, nor about a neighbour's, which does not exist to others."""
    proposal = await people.propose(12)
    path = f"{PATH}/{proposal['id']}"
    foreign = await signed_in(people.client, "Xã xa", "contributor", HOA_BINH)
    for who in (people.contributor, people.neighbour, foreign):
        as_problem(await people.approve(who, proposal), 403)
        answer = await people.send(who, "post", f"{path}/return", {"reason": "x"})
        as_problem(answer, 403)
    for who in (people.neighbour, foreign):
        as_problem(await people.send(who, "get", path), 404)
        as_problem(await people.send(who, "get", f"{path}/body"), 404)
        as_problem(await people.send(who, "put", f"{path}/body", stated(1)), 404)
        as_problem(await people.send(who, "post", f"{path}/withdrawal", {}), 404)
