"""Imports of contributors: their commit proposes what it would record."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.proposals.test_proposals import PATH, People, serve
from tests.support.http import as_problem, latest_revision, register
from tests.support.registers import Templates, get

IMPORTS = "/v1/imports"
TABLE = "TT;Tên CCN;Diện tích (ha);Chủ đầu tư\n1;CCN Nà Bản;11,5;Công ty Mới\n2;CCN A;x;\n"
GIVEN = {"province_code": "06", "kind": "cluster", "effective_from": "2024-12-31"}
ANSWERS = {"rows": {"2": {"match": "new", "confirmed": True}, "3": {"included": False}}}
TWO_NEW = "TT;Tên CCN;Diện tích (ha);Chủ đầu tư\n1;CCN Nà Bản;11,5;\n2;CCN Nà Hai;7;\n"
TWO_ANSWERS = {"rows": {row: {"match": "new", "confirmed": True} for row in ("2", "3")}}
CONFIRMED = {"content-type": "application/merge-patch+json", "if-match": "*"}


async def reviewed(
    people: People, who: dict[str, str], table: str = TABLE, answers: Any = ANSWERS
) -> Any:
    """Send a file and answer what it asks; return the import."""
    files = {"file": ("clusters.csv", table.encode())}
    sent = await people.client.post(IMPORTS, files=files, data=GIVEN, headers=who)
    assert sent.status_code == 201, sent.text
    path = sent.headers["location"]
    answer = await people.client.patch(path, json=answers, headers=who | CONFIRMED)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def commit(people: People, who: dict[str, str], one: Any, **body: Any) -> httpx.Response:
    path = f"{IMPORTS}/{one['id']}/commit"
    return await people.client.post(path, json={"revision": one["read_at"], **body}, headers=who)


async def test_the_commit_of_a_contributor_is_a_proposal(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        before = await latest_revision(people.client)
        answer = await commit(people, people.contributor, one, reason="Xã rà soát")
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "draft"
        assert await latest_revision(people.client) == before
        path = answer.headers["location"]
        proposal = (await people.send(people.editor, "get", path)).json()
        assert (proposal["author"], proposal["reason"]) == ("Xã Quảng Chu", "Xã rà soát")
        body = (await people.send(people.editor, "get", f"{path}/body")).json()
        assert [one["values"]["name"] for one in body["sites"]] == ["CCN Nà Bản"]
        assert [one["name"] for one in body["organizations"]] == ["Công ty Mới"]
        approved = await people.approve(people.editor, proposal)
        assert approved.status_code == 201, approved.text
        site = await get(people.client, f"/v1/sites/{body['sites'][0]['id']}")
        assert (site["area_ha"], site["investor_name"]) == (11.5, "Công ty Mới")
        # The approval commits the import: nothing of it can be proposed twice.
        done = await get(people.client, f"{IMPORTS}/{one['id']}")
        assert (done["state"], done["revision"]) == ("committed", approved.json()["revision"])
        recorded = len(["source", "organization", "site", "statement"])
        assert (done["outcome"]["recorded"], done["outcome"]["refused"]) == (recorded, [])
        as_problem(await commit(people, people.contributor, one), 409)


async def test_a_returned_import_is_answered_and_submitted_again(
    kind: str, templates: Templates
) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        first = (await commit(people, people.contributor, one)).headers["location"]
        reason = {"reason": "CCN Nà Bản rộng 12 ha"}
        await people.send(people.editor, "post", f"{first}/return", reason)
        path = f"{IMPORTS}/{one['id']}"
        values = {"rows": {"2": {"values": {"area_ha": 12}}}}
        answer = await people.client.patch(
            path, json=values, headers=people.contributor | CONFIRMED
        )
        assert answer.status_code == 200, answer.text
        again = await commit(people, people.contributor, answer.json())
        assert (again.status_code, again.headers["location"]) == (202, first)
        proposal = (await people.send(people.editor, "get", first)).json()
        assert (proposal["state"], proposal["edited"]) == ("submitted", 3)
        assert proposal["import_id"] == one["id"]
        body = (await people.send(people.editor, "get", f"{first}/body")).json()
        assert [one["values"]["area_ha"] for one in body["sites"]] == [12]
        # One that was withdrawn is not taken up again, and a deleted import keeps none from
        # being approved.
        await people.send(people.contributor, "post", f"{first}/withdrawal", {})
        second = (await commit(people, people.contributor, answer.json())).headers["location"]
        assert second != first
        await people.send(people.contributor, "delete", path)
        proposal = (await people.send(people.editor, "get", second)).json()
        assert (await people.approve(people.editor, proposal)).status_code == 201


async def test_the_approval_of_what_was_answered_since_leaves_the_import_open(
    kind: str, templates: Templates
) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor, TWO_NEW, TWO_ANSWERS)
        proposed = (await commit(people, people.contributor, one)).headers["location"]
        path = f"{IMPORTS}/{one['id']}"
        answers = {"rows": {"3": {"included": False}}}
        answer = await people.client.patch(
            path, json=answers, headers=people.contributor | CONFIRMED
        )
        assert answer.status_code == 200, answer.text
        proposal = (await people.send(people.editor, "get", proposed)).json()
        assert (await people.approve(people.editor, proposal)).status_code == 201
        # What was approved is what was proposed; the later answers are not recorded.
        left = await get(people.client, path)
        assert (left["state"], left["revision"], left["edited"]) == ("draft", None, 3)


async def test_two_commits_at_once_are_one_proposal(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        for _ in range(2):
            both = await asyncio.gather(
                *(commit(people, people.contributor, one) for _ in range(3))
            )
            assert [answer.status_code for answer in both] == [202] * 3, both[-1].text
            assert len({answer.headers["location"] for answer in both}) == 1
            (proposal,) = (await people.send(people.editor, "get", PATH)).json()["items"]
            assert (proposal["state"], proposal["edited"]) == ("submitted", 1)
        # Of an editor's, the second learns that the first is under way.
        other = await reviewed(people, people.editor, TWO_NEW, TWO_ANSWERS)
        both = await asyncio.gather(*(commit(people, people.editor, other) for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [202, 409]


@pytest.mark.databases("sqlite")
async def test_what_is_doubted_is_proposed_with_its_reason(kind: str, templates: Templates) -> None:
    """What is not doubted keeps none; without a reason the rest alone can be proposed."""
    async for people in serve(templates, kind):
        await register(people.client, "kcn", kind="zone", override_reason="x", name="CCN Nà Bản")
        one = await reviewed(people, people.contributor, TWO_NEW, TWO_ANSWERS)
        refused = as_problem(await commit(people, people.contributor, one), 422)
        assert {fault.get("code") for fault in refused["errors"]} == {"name_exists"}
        path = f"{IMPORTS}/{one['id']}/commit?skip_refused=true"
        body = {"revision": one["read_at"]}
        rest = await people.client.post(path, json=body, headers=people.contributor)
        proposal = rest.headers["location"]
        names = await names_of(people, proposal)
        assert names == {"CCN Nà Hai": None}
        with_reason = await commit(people, people.contributor, one, override_reason="Tên giống")
        assert with_reason.headers["location"] == proposal
        assert await names_of(people, proposal) == {"CCN Nà Bản": "Tên giống", "CCN Nà Hai": None}


async def names_of(people: People, path: str) -> dict[str, str | None]:
    """Return the names of the sites that a proposal registers, each with its reason."""
    body = (await people.send(people.editor, "get", f"{path}/body")).json()
    return {one["values"]["name"]: one.get("override_reason") for one in body["sites"]}


@pytest.mark.databases("sqlite")
async def test_what_contributors_do_not_do_with_imports(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        path = f"{IMPORTS}/{one['id']}/retraction"
        answer = await people.send(people.contributor, "post", path, {"reason": "Nhầm"})
        as_problem(answer, 403)
        assert (await people.send(None, "get", PATH)).json()["items"] == []
        # Another contributor does not see the import.
        as_problem(await commit(people, people.neighbour, one), 404)
