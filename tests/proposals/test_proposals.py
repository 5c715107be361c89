"""Proposals over HTTP: contributors send them, editors of their provinces decide."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.database import Database
from app.ledger.verification import verify
from tests.support.http import (
    as_problem,
    latest_revision,
    prepare_sourced,
    register,
    said,
    signed_in,
)
from tests.support.registers import Templates, get, opened, post, serving

BAC_KAN, HOA_BINH = ("06", "2025-06-30"), ("17", "2025-06-30")
PATH = "/v1/proposals"
SITE = "/v1/sites/ccn-a"


@dataclass
class People:
    """A register with the cluster A of Bắc Kạn, 10 ha since 2020, and those who work on it."""

    client: httpx.AsyncClient
    url: str
    contributor: dict[str, str]
    neighbour: dict[str, str]
    editor: dict[str, str]
    second: dict[str, str]
    foreigner: dict[str, str]
    auditor: dict[str, str]

    async def send(
        self, who: dict[str, str] | None, method: str, path: str, body: Any = None, **head: str
    ) -> httpx.Response:
        """Send a request as somebody; as the administrator where nobody is named."""
        names = {"if_match": "if-match", "key": "idempotency-key"}
        headers = {**(who or {}), **{names[name]: value for name, value in head.items()}}
        return await self.client.request(method, path, json=body, headers=headers)

    async def propose(self, area: float = 12, **members: Any) -> Any:
        """Propose another area of the cluster as the contributor."""
        answer = await self.send(self.contributor, "post", PATH, stated(area, **members))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def approve(
        self, who: dict[str, str] | None, proposal: Any, seen: str | None = None
    ) -> httpx.Response:
        """Approve a proposal as it was read."""
        seen = seen or f'"{proposal["edited"]}-x"'
        return await self.send(who, "post", f"{PATH}/{proposal['id']}/approval", {}, if_match=seen)


def stated(area: float, day: str = "2024", **members: Any) -> dict[str, Any]:
    """Return the body of a proposal: one statement about the cluster A."""
    about = {"subject_type": "site", "subject_id": "ccn-a"}
    one = said(day, **about, values={"area_ha": area})
    return {"reason": "Kê khai của chủ đầu tư", "statements": [one], **members}


async def serve(templates: Templates, kind: str, **settings: Any) -> AsyncIterator[People]:
    async with templates.copy(kind, prepare_sourced) as url, serving(url, **settings) as client:
        await register(client, "ccn-a", area_ha=10)
        yield People(
            client,
            url,
            await signed_in(client, "Xã Quảng Chu", "contributor", BAC_KAN),
            await signed_in(client, "Xã khác", "contributor", BAC_KAN),
            await signed_in(client, "Lan", "editor", BAC_KAN),
            await signed_in(client, "Minh", "editor", BAC_KAN),
            await signed_in(client, "Khách", "editor", HOA_BINH),
            await signed_in(client, "Kiểm", "auditor"),
        )


@pytest.fixture
async def people(kind: str, templates: Templates) -> AsyncIterator[People]:
    """Give those who work on a register."""
    async for found in serve(templates, kind):
        yield found


async def test_what_is_proposed_counts_once_it_is_approved(people: People) -> None:
    before = await latest_revision(people.client)
    sent = await people.send(people.contributor, "post", PATH, stated(12.5))
    proposal = sent.json()
    assert sent.headers["location"] == f"{PATH}/{proposal['id']}"
    assert (proposal["state"], proposal["author"]) == ("submitted", "Xã Quảng Chu")
    assert (proposal["members"], proposal["province_codes"]) == (1, ["06", "19"])
    assert (await get(people.client, SITE))["area_ha"] == 10
    assert await latest_revision(people.client) == before

    seen = await people.send(people.editor, "get", f"{PATH}/{proposal['id']}")
    changed = seen.json()["effect"]["dry_run"]["sites"][1]
    assert (changed["before"]["area_ha"], changed["after"]["area_ha"]) == (10, 12.5)
    assert seen.json()["effect"]["findings"] is not None
    assert await latest_revision(people.client) == before

    approved = await people.approve(people.editor, proposal, seen.headers["etag"])
    assert approved.status_code == 201, approved.text
    assert approved.headers["location"] == f"/v1/revisions/{before + 1}"
    assert (approved.json()["state"], approved.json()["revision"]) == ("approved", before + 1)
    assert (await get(people.client, SITE))["area_ha"] == 12.5


async def test_its_revision_names_both(people: People) -> None:
    proposal = await people.propose()
    number = (await people.approve(people.editor, proposal)).json()["revision"]
    revision = await get(people.client, f"/v1/revisions/{number}")
    both = {name: revision[name] for name in ("author", "approved_by", "reason")}
    assert both == {
        "author": "Xã Quảng Chu",
        "approved_by": "Lan",
        "reason": "Kê khai của chủ đầu tư",
    }
    assert revision["principal_id"] == proposal["principal_id"]
    assert revision["approver_id"].startswith("key:")
    assert revision["approver_id"] != revision["principal_id"]
    (change,) = (await get(people.client, "/v1/changes", after=number - 1))["items"]
    assert (change["author"], change["approved_by"]) == ("Xã Quảng Chu", "Lan")
    statement = await get(people.client, f"/v1/statements/{number}-1")
    assert (statement["author"], statement["approved_by"]) == ("Xã Quảng Chu", "Lan")
    direct = await get(people.client, f"/v1/revisions/{number - 1}")
    assert (direct["approved_by"], direct["approver_id"]) == (None, None)


async def test_the_digest_covers_who_approved(people: People) -> None:
    await people.approve(people.editor, await people.propose())
    async with opened(people.url) as database:
        assert [step.broken async for step in verify(database)][-1] is None
    number = await latest_revision(people.client)
    for column in ("approved_by", "approver_id"):
        async with opened(people.url) as database:
            kept = await forge(database, number, column, "somebody else")
            assert [step.broken async for step in verify(database)][-1] == number
            await forge(database, number, column, kept)


async def forge(database: Database, number: int, column: str, value: str) -> str:
    """Change a column of a revision past the triggers; return what it was."""
    async with database.write() as session:
        if "sqlite" in database.url:
            rows = await session.execute(
                text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='revision'")
            )
            for (name,) in rows.all():
                await session.execute(text(f"DROP TRIGGER {name}"))
        else:
            await session.execute(text("ALTER TABLE revision DISABLE TRIGGER USER"))
        where = f"WHERE number = {number}"
        kept: str = (
            await session.execute(text(f"SELECT {column} FROM revision {where}"))
        ).scalar_one()
        change = text(f"UPDATE revision SET {column} = :value {where}")
        await session.execute(change, {"value": value})
    return kept


async def test_contributors_record_nothing_themselves(people: People) -> None:
    body = said("2024", values={"area_ha": 11})
    for path, sent in ((f"{SITE}/statements", body), ("/v1/statements/bulk", stated(11))):
        answer = await people.send(people.contributor, "post", path, sent)
        problem = as_problem(answer, 403)
        assert "POST /v1/proposals" in problem["detail"]


async def test_who_sees_a_proposal(people: People) -> None:
    proposal = await people.propose()
    path = f"{PATH}/{proposal['id']}"
    allowed = [people.contributor, people.editor, people.second, None]
    for who in allowed:
        assert (await people.send(who, "get", path)).status_code == 200
        assert (await people.send(who, "get", f"{path}/body")).json() == stated(12)
        assert len((await people.send(who, "get", PATH)).json()["items"]) == 1
    for who in (people.neighbour, people.foreigner):
        for address in (path, f"{path}/body"):
            as_problem(await people.send(who, "get", address), 404)
        assert (await people.send(who, "get", PATH)).json()["items"] == []
    as_problem(await people.send(people.auditor, "get", path), 403)
    as_problem(await people.send(people.foreigner, "post", f"{path}/return", {"reason": "x"}), 404)
    as_problem(await people.approve(people.foreigner, proposal), 404)
    for step in ("return", "approval"):
        answer = await people.send(people.contributor, "post", f"{path}/{step}", {"reason": "x"})
        as_problem(answer, 403)
    for who in (people.editor, None):
        as_problem(await people.send(who, "post", f"{path}/withdrawal", {}), 403)
        as_problem(await people.send(who, "put", f"{path}/body", stated(13)), 403)


async def test_a_returned_proposal_is_changed_and_approved(people: People) -> None:
    proposal = await people.propose(12)
    path = f"{PATH}/{proposal['id']}"
    as_problem(await people.send(people.editor, "post", f"{path}/return", {}), 422)
    back = await people.send(people.editor, "post", f"{path}/return", {"reason": "Thiếu số lẻ"})
    assert back.json()["state"] == "returned"
    read = (await people.send(people.contributor, "get", path)).json()
    decision = (read["decision"]["author"], read["decision"]["reason"])
    assert decision == ("Lan", "Thiếu số lẻ")
    as_problem(await people.approve(people.editor, read), 409)

    again = await people.send(people.contributor, "put", f"{path}/body", stated(12.5))
    assert (again.json()["state"], again.json()["edited"]) == ("submitted", 3)
    # What was seen before is not what is approved.
    as_problem(await people.approve(people.editor, read), 412)
    approved = await people.approve(people.second, again.json())
    assert approved.json()["state"] == "approved"
    assert (await get(people.client, SITE))["area_ha"] == 12.5
    actions = [
        (entry["action"], entry["principal"], entry["detail"])
        for entry in (await get(people.client, "/v1/audit"))["items"]
        if entry["action"].startswith("proposal_")
    ]
    of = f"Proposal {proposal['id']} of Xã Quảng Chu"
    assert actions[::-1] == [
        ("proposal_submitted", "Xã Quảng Chu", f"{of}: Kê khai của chủ đầu tư"),
        ("proposal_returned", "Lan", f"{of}: Thiếu số lẻ"),
        ("proposal_submitted", "Xã Quảng Chu", f"{of}: Kê khai của chủ đầu tư"),
        ("proposal_approved", "Minh", f"{of}: -"),
    ]


async def test_approval_needs_the_state_that_was_seen(people: People) -> None:
    proposal = await people.propose()
    path = f"{PATH}/{proposal['id']}/approval"
    as_problem(await people.send(people.editor, "post", path, {}), 428)


async def test_what_changed_meanwhile_refuses_all(people: People) -> None:
    """Both statements are refused where one of them cannot be recorded any more."""
    about = {"subject_type": "site", "subject_id": "ccn-a"}
    other = said("2023", **about, values={"affected_households": 5})
    body = stated(12)
    body["statements"].append(other)
    proposal = (await people.send(people.contributor, "post", PATH, body)).json()
    await post(people.client, "/v1/statements/bulk", {"statements": [other]})
    before = await latest_revision(people.client)

    seen = (await people.send(people.editor, "get", f"{PATH}/{proposal['id']}")).json()["effect"]
    assert [item["is_recorded"] for item in seen["statements"]] == [True, False]
    problem = as_problem(await people.approve(people.editor, proposal), 422)
    assert problem["type"] == "/problems/bulk-refused"
    assert await latest_revision(people.client) == before
    read = await people.send(people.editor, "get", f"{PATH}/{proposal['id']}")
    assert read.json()["state"] == "submitted"


async def test_what_cannot_be_recorded_cannot_be_proposed(people: People) -> None:
    elsewhere = said(
        "2024", kind="cluster", values={"name": "CCN B", "province_code": "17"}, id="ccn-b"
    )
    answer = await people.send(people.contributor, "post", PATH, {"sites": [elsewhere]})
    (fault,) = as_problem(answer, 403)["errors"]
    assert fault["pointer"] == "#/sites/0"
    as_problem(await people.send(people.contributor, "post", PATH, {"statements": []}), 422)
    assert (await get(people.client, PATH))["items"] == []


async def test_nobody_approves_their_own(people: People) -> None:
    sent = await people.send(people.editor, "post", PATH, stated(12))
    as_problem(await people.approve(people.editor, sent.json()), 403)
    assert (await people.approve(people.second, sent.json())).status_code == 201


async def test_two_decide_at_once(people: People) -> None:
    proposal = await people.propose()
    path = f"{PATH}/{proposal['id']}"
    answers = await asyncio.gather(
        people.approve(people.editor, proposal),
        people.approve(people.second, proposal),
        people.send(people.second, "post", f"{path}/return", {"reason": "Chưa rõ"}),
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] in {200, 201}
    assert set(codes[1:]) <= {409, 412}
    read = (await people.send(None, "get", path)).json()
    area = (await get(people.client, SITE))["area_ha"]
    assert (read["state"], area) in {("approved", 12), ("returned", 10)}


async def test_a_request_sent_twice_is_carried_out_once(people: People) -> None:
    sent = [
        await people.send(people.contributor, "post", PATH, stated(12), key="a") for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert sent[1].headers["idempotent-replayed"] == "true"
    proposal = sent[0].json()
    path, seen = f"{PATH}/{proposal['id']}/approval", '"1"'
    twice = [
        await people.send(people.editor, "post", path, {}, if_match=seen, key="b") for _ in range(2)
    ]
    assert twice[0].json() == twice[1].json()
    assert twice[1].headers["idempotent-replayed"] == "true"
    assert len((await get(people.client, PATH))["items"]) == 1


async def test_a_dry_run_keeps_nothing(people: People) -> None:
    tried = await people.send(people.contributor, "post", f"{PATH}?dry_run=true", stated(12))
    assert (tried.status_code, tried.json()["id"]) == (200, "dry-run")
    assert (await get(people.client, PATH))["items"] == []
    proposal = await people.propose()
    path = f"{PATH}/{proposal['id']}"
    tried = await people.send(
        people.editor, "post", f"{path}/approval?dry_run=true", {}, if_match="*"
    )
    assert tried.status_code == 200, tried.text
    assert (await people.send(None, "get", path)).json()["state"] == "submitted"
    assert (await get(people.client, SITE))["area_ha"] == 10


async def test_proposals_of_a_revoked_key_stay(people: People) -> None:
    proposal = await people.propose()
    key = proposal["principal_id"].removeprefix("key:")
    await post(people.client, f"/v1/keys/{key}/revocation", {"reason": "Nghỉ việc"})
    approved = await people.approve(people.editor, proposal)
    number = approved.json()["revision"]
    assert (await get(people.client, f"/v1/revisions/{number}"))["author"] == "Xã Quảng Chu"


async def test_pages_and_filters(people: People) -> None:
    first, second = await people.propose(12), await people.propose(13)
    await people.send(people.contributor, "post", f"{PATH}/{second['id']}/withdrawal", {})
    third = (await people.send(people.neighbour, "post", PATH, stated(14))).json()

    async def found(who: dict[str, str] | None, query: str) -> list[str]:
        answer = (await people.send(who, "get", f"{PATH}?{query}")).json()
        return [item["id"] for item in answer["items"]]

    newest = [third["id"], second["id"], first["id"]]
    assert await found(people.editor, "") == newest
    assert await found(people.editor, "state=withdrawn") == [second["id"]]
    assert await found(people.editor, "province_code=17") == []
    assert await found(people.editor, "province_code=19") == newest
    assert await found(people.editor, "mine=true") == []
    assert await found(people.neighbour, "mine=true") == [third["id"]]
    page = await people.send(people.editor, "get", f"{PATH}?limit=2")
    assert [item["id"] for item in page.json()["items"]] == newest[:2]
    rest = await found(people.editor, f"limit=2&cursor={page.json()['next_cursor']}")
    assert rest == newest[2:]


@pytest.mark.databases("sqlite")
async def test_a_register_may_review_its_editors(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind, reviewed_roles="editor"):
        as_problem(
            await people.send(
                people.editor, "post", f"{SITE}/statements", said("2024", values={"area_ha": 11})
            ),
            403,
        )
        sent = await people.send(people.editor, "post", PATH, stated(12))
        as_problem(await people.approve(people.editor, sent.json()), 403)
        assert (await people.approve(people.second, sent.json())).status_code == 201
        # Administrators record what they write.
        await post(people.client, f"{SITE}/statements", said("2025", values={"area_ha": 11}))


@pytest.mark.databases("sqlite")
async def test_a_register_may_let_editors_approve_their_own(
    kind: str, templates: Templates
) -> None:
    async for people in serve(templates, kind, own_approval=True):
        sent = await people.send(people.editor, "post", PATH, stated(12))
        approved = await people.approve(people.editor, sent.json())
        assert approved.status_code == 201


@pytest.mark.databases("sqlite")
async def test_there_is_a_quota(kind: str, templates: Templates) -> None:
    async for people in serve(templates, kind, max_proposals=1):
        first = await people.propose()
        problem = as_problem(await people.send(people.contributor, "post", PATH, stated(13)), 409)
        assert problem["type"] == "/problems/quota-exceeded"
        await people.send(people.contributor, "post", f"{PATH}/{first['id']}/withdrawal", {})
        await people.propose(13)


@pytest.mark.databases("sqlite")
async def test_proposals_of_administrators_concern_their_provinces(people: People) -> None:
    sent = await people.send(None, "post", PATH, stated(12))
    assert sent.json()["province_codes"] == ["06", "19"]
    path = f"{PATH}/{sent.json()['id']}"
    as_problem(await people.send(people.foreigner, "get", path), 404)
    assert (await people.send(people.editor, "get", path)).status_code == 200
    listed = await people.send(people.editor, "get", PATH)
    assert [one["id"] for one in listed.json()["items"]] == [sent.json()["id"]]


async def test_bytes_have_a_quota_too(kind: str, templates: Templates) -> None:
    """The bytes are those of what is kept, and of what takes the place of it."""
    noise = "".join(sha256(bytes([one])).hexdigest() for one in range(200))
    async for people in serve(templates, kind, max_proposals_bytes=2000):
        first = await people.propose()
        long = stated(12.5) | {"reason": noise[:500]}
        long["statements"][0]["note"] = noise[:5000]
        for method, path in (("post", PATH), ("put", f"{PATH}/{first['id']}/body")):
            problem = as_problem(await people.send(people.contributor, method, path, long), 409)
            assert problem["type"] == "/problems/quota-exceeded"
            assert "2000 bytes" in problem["detail"]
        kept = await people.send(people.contributor, "get", f"{PATH}/{first['id']}")
        assert (kept.json()["edited"], kept.json()["members"]) == (1, 1)
        assert len((await people.send(people.contributor, "get", PATH)).json()["items"]) == 1


@pytest.mark.databases("sqlite")
async def test_nothing_is_kept_of_what_a_withdrawn_one_stated(people: People) -> None:
    path = f"{PATH}/{(await people.propose())['id']}"
    await people.send(people.contributor, "post", f"{path}/withdrawal", {})
    assert (await people.send(people.contributor, "get", f"{path}/body")).json() == {}
