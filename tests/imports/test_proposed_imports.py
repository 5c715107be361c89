"""Imports of contributors: their commit proposes what it would record."""

from typing import Any

import httpx
import pytest

from tests.proposals.test_proposals import PATH, People, serve
from tests.support.http import as_problem, latest_revision
from tests.support.registers import Templates, get

IMPORTS = "/v1/imports"
TABLE = "TT;Tên CCN;Diện tích (ha);Chủ đầu tư\n1;CCN Nà Bản;11,5;Công ty Mới\n2;CCN A;x;\n"
GIVEN = {"province_code": "06", "kind": "cluster", "effective_from": "2024-12-31"}
ANSWERS = {"rows": {"2": {"match": "new", "confirmed": True}, "3": {"included": False}}}
CONFIRMED = {"content-type": "application/merge-patch+json", "if-match": "*"}


async def reviewed(people: People, who: dict[str, str]) -> Any:
    """Send a file and answer what it asks; return the import."""
    files = {"file": ("clusters.csv", TABLE.encode())}
    sent = await people.client.post(IMPORTS, files=files, data=GIVEN, headers=who)
    assert sent.status_code == 201, sent.text
    path = sent.headers["location"]
    answer = await people.client.patch(path, json=ANSWERS, headers=who | CONFIRMED)
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
        again = await commit(people, people.contributor, one)
        assert as_problem(again, 422)["errors"][0]["code"] == "name_exists"


@pytest.mark.databases("sqlite")
async def test_what_contributors_do_not_do_with_imports(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind):
        one = await reviewed(people, people.contributor)
        override = await commit(people, people.contributor, one, override_reason="Đúng")
        assert as_problem(override, 422)["errors"][0]["pointer"] == "#/override_reason"
        path = f"{IMPORTS}/{one['id']}/retraction"
        answer = await people.send(people.contributor, "post", path, {"reason": "Nhầm"})
        as_problem(answer, 403)
        assert (await people.send(None, "get", PATH)).json()["items"] == []
        # Pages record what they commit: they are for those whose writes are not reviewed.
        for page in ("/imports", f"/imports/{one['id']}"):
            as_problem(await people.send(people.contributor, "get", page), 403)
        # Another contributor does not see the import.
        as_problem(await commit(people, people.neighbour, one), 404)
