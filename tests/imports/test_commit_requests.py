"""Imports committed and retracted over HTTP, apart from the requests that ask for it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.http import as_problem, pointers, signed_in, state
from tests.support.import_registers import LAO_CAI, prepare_lao_cai
from tests.support.importing import sample
from tests.support.registers import Templates, get, serving

TABLE = "TT;Tên CCN;Diện tích (ha);Đất công nghiệp (ha);Chủ đầu tư\n"
OWN = "1;CCN Hồng Đầm;17;;\n2;CCN Mới;20;;Công ty TNHH Một\n"
SECONDS = 20


@pytest.fixture
async def client(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy(kind, prepare_lao_cai) as url, serving(url) as lent:
        yield lent


async def sent(client: httpx.AsyncClient, content: str | bytes, **fields: Any) -> Any:
    data = {"province_code": LAO_CAI, "effective_from": "2026-06-30"} | fields
    files = {"file": ("clusters.csv", content)}
    response = await client.post("/v1/imports", data=data, files=files)
    assert response.status_code == 201, response.text
    return response.json()


async def committed(client: httpx.AsyncClient, draft: Any, **query: Any) -> Any:
    """Commit an import and wait for its end."""
    path = f"/v1/imports/{draft['id']}"
    body = {"revision": draft["read_at"]} | query.pop("body", {})
    response = await client.post(f"{path}/commit", params=query, json=body)
    assert response.status_code == 202, response.text
    assert response.headers["Location"] == path
    begun = response.json()
    assert (begun["state"], begun["progress"]) == ("committing", {"done": 0, "of": None})
    return await ended(client, path)


async def ended(client: httpx.AsyncClient, path: str) -> Any:
    for _ in range(50 * SECONDS):
        shown = await get(client, path)
        if shown["state"] != "committing":
            return shown
        await asyncio.sleep(0.02)
    pytest.fail("it is not committed in time")


async def test_a_reviewed_file_is_recorded_as_one_revision(client: httpx.AsyncClient) -> None:
    draft = await sent(client, TABLE + OWN)
    done = await committed(client, draft, body={"reason": "Half-year report"})
    assert (done["state"], done["progress"], done["failure"]) == ("committed", None, None)
    assert done["revision"] == draft["read_at"] + 1 == done["outcome"]["revision"]
    assert done["expires_at"] is None
    # The source, the organization and the site with its first statement, and one of the other.
    assert (done["outcome"]["recorded"], done["outcome"]["refused"]) == (5, [])
    revision = await get(client, f"/v1/revisions/{done['revision']}")
    assert (revision["author"], revision["reason"]) == ("tester", "Half-year report")
    site = await get(client, "/v1/sites/ccn-hong-dam", as_of="2026-06-30")
    assert site["area_ha"] == 17
    again = await client.post(f"/v1/imports/{draft['id']}/commit", json={"revision": 1})
    as_problem(again, 409)
    as_problem(await client.delete(f"/v1/imports/{draft['id']}"), 409)


async def test_the_same_file_again_is_committed_without_a_revision(
    client: httpx.AsyncClient,
) -> None:
    await committed(client, await sent(client, TABLE + OWN))
    again = await committed(client, await sent(client, TABLE + OWN))
    assert (again["state"], again["revision"]) == ("committed", None)
    assert (again["outcome"]["recorded"], again["outcome"]["unchanged"]) == (0, [2, 3])
    deleted = await client.delete(f"/v1/imports/{again['id']}")
    assert deleted.status_code == 200, deleted.text


@pytest.mark.databases("sqlite")
async def test_a_dry_run_says_what_would_change(client: httpx.AsyncClient) -> None:
    draft = await sent(client, TABLE + OWN)
    path = f"/v1/imports/{draft['id']}"
    body = {"revision": draft["read_at"]}
    response = await client.post(f"{path}/commit", params={"dry_run": True}, json=body)
    assert response.status_code == 200, response.text
    outcome = response.json()["outcome"]
    changed = [one for one in outcome["dry_run"]["sites"] if one["valid_from"] == "2026-06-30"]
    assert sorted(one["after"]["area_ha"] for one in changed) == [17, 20]
    figures = {f["figure"]: (f["before"], f["after"]) for f in outcome["dry_run"]["figures"]}
    assert figures["area.total_ha"] == (None, 37)
    assert [one["id"] for one in outcome["missing"]] == [
        "ccn-phu-hung-1", "ccn-phu-hung-2", "ccn-thinh-hoa",
    ]  # fmt: skip
    assert (await get(client, path))["state"] == "draft"
    as_problem(await client.get("/v1/sites/ccn-moi"), 404)


@pytest.mark.databases("sqlite")
async def test_open_rows_are_named_and_keep_all_from_being_recorded(
    client: httpx.AsyncClient,
) -> None:
    """Sample 10: a row with an error, and four that are to be confirmed."""
    draft = await sent(client, sample(10).read_bytes(), effective_from="2026-06-01")
    path = f"/v1/imports/{draft['id']}/commit"
    body = {"revision": draft["read_at"]}
    problem = as_problem(await client.post(path, json=body), 422)
    assert pointers(problem) == [f"#/rows/{row}" for row in (6, 8, 9, 10)]
    done = await committed(client, draft, skip_refused=True)
    assert [one["row"] for one in done["outcome"]["refused"]] == [6, 8, 9, 10]
    why = done["outcome"]["refused"][0]["errors"][0]
    assert why["message_vi"].startswith("Hãy xác nhận")
    assert why["message_en"].startswith("Confirm")


async def test_what_others_changed_meanwhile_is_a_conflict(client: httpx.AsyncClient) -> None:
    draft = await sent(client, TABLE + OWN)
    path = f"/v1/imports/{draft['id']}"
    await state(client, "ccn-hong-dam", "2026-06-01", area_ha=16.5)
    refused = await client.post(f"{path}/commit", json={"revision": draft["read_at"]})
    assert "ccn-hong-dam" in as_problem(refused, 409)["detail"]
    patch = {"content-type": "application/merge-patch+json", "if-match": "*"}
    read = (await client.patch(path, json={}, headers=patch)).json()
    as_problem(await client.post(f"{path}/commit", json={"revision": draft["read_at"]}), 409)
    assert (await committed(client, read))["state"] == "committed"


async def test_a_commit_that_is_refused_says_why(client: httpx.AsyncClient) -> None:
    """A second CCN Hồng Đầm in the province is doubted."""
    draft = await sent(client, TABLE + "1;CCN Khác;17;;\n")
    path, patch = (
        f"/v1/imports/{draft['id']}",
        {"rows": {"2": {"values": {"name": "CCN Hồng Đầm"}, "match": "new"}}},
    )
    headers = {"content-type": "application/merge-patch+json", "if-match": "*"}
    answered = await client.patch(path, json=patch, headers=headers)
    assert answered.status_code == 200, answered.text
    failed = await committed(client, answered.json())
    assert (failed["state"], failed["outcome"]) == ("failed", None)
    assert failed["failure"]["errors"][0]["code"] == "name_exists"
    assert failed["failure"]["errors"][0]["pointer"] == "#/rows/2/values/name"
    body = {"override_reason": "Another site of the name"}
    done = await committed(client, failed, body=body)
    assert (done["state"], done["outcome"]["recorded"]) == ("committed", 3)


async def test_rights_are_judged_row_by_row(client: httpx.AsyncClient) -> None:
    """An editor of another province: all is refused, and nothing is recorded."""
    editor = await signed_in(client, "editor", "editor", ("19", "2026-01-01"))
    client.headers.update(editor)
    draft = await sent(client, TABLE + OWN)
    failed = await committed(client, draft)
    assert failed["state"] == "failed"
    assert failed["failure"]["type"] == "/problems/forbidden"
    assert {e["pointer"] for e in failed["failure"]["errors"]} >= {"#/rows/2", "#/rows/3"}
    skipped = await committed(client, failed, skip_refused=True)
    assert (skipped["state"], skipped["outcome"]["recorded"]) == ("draft", 0)


async def test_the_audit_log_has_what_a_commit_is_refused_for_want_of_a_right(
    client: httpx.AsyncClient,
) -> None:
    """Once of a commit that is refused, once of one that leaves it out."""
    head = client.headers.copy()
    client.headers.update(await signed_in(client, "Lan", "editor", ("19", "2026-01-01")))
    draft = await sent(client, TABLE + OWN)
    await committed(client, await committed(client, draft), skip_refused=True)
    app = client._transport.app  # type: ignore[attr-defined]
    await app.state.service.authenticator.journal.flush()
    client.headers = head
    entries = (await get(client, "/v1/audit", action="refused"))["items"]
    path = "/v1/imports/{import_id}/commit"
    assert [(e["principal"], e["path"], e["status"]) for e in entries] == [("Lan", path, 403)] * 2
    assert all("where you may not write" in e["detail"] for e in entries)


async def test_only_authors_and_administrators_commit(client: httpx.AsyncClient) -> None:
    draft = await sent(client, TABLE + OWN)
    other = await signed_in(client, "other", "editor", (LAO_CAI, "2026-01-01"))
    path = f"/v1/imports/{draft['id']}"
    for end, body in (("commit", {"revision": draft["read_at"]}), ("retraction", {"reason": "r"})):
        as_problem(await client.post(f"{path}/{end}", json=body, headers=other), 404)


async def test_a_retraction_undoes_an_import(client: httpx.AsyncClient) -> None:
    draft = await sent(client, TABLE + OWN)
    path = f"/v1/imports/{draft['id']}"
    as_problem(await client.post(f"{path}/retraction", json={"reason": "r"}), 409)
    done = await committed(client, draft)
    response = await client.post(f"{path}/retraction", json={"reason": "A wrong file"})
    assert response.status_code == 200, response.text
    undone = response.json()
    assert (undone["retracted"], undone["stays"]) == (2, [])
    assert undone["withdrawn"] == [
        "/v1/sites/ccn-moi",
        f"/v1/sources/{done['outcome']['source_id']}",
        "/v1/organizations/cong-ty-tnhh-mot",
    ]
    shown = await get(client, path)
    assert (shown["state"], shown["retracted_in"]) == ("retracted", undone["revision"])
    as_problem(await client.post(f"{path}/retraction", json={"reason": "r"}), 409)
    assert (await get(client, "/v1/sites/ccn-hong-dam", as_of="2026-06-30"))["area_ha"] is None


@pytest.mark.databases("sqlite")
async def test_an_import_of_which_all_stays_is_not_retracted(client: httpx.AsyncClient) -> None:
    """An editor of another province may undo nothing of what an administrator committed."""
    editor = await signed_in(client, "editor", "editor", ("19", "2026-01-01"))
    administrator = {"authorization": client.headers["authorization"]}
    client.headers.update(editor)
    draft = await sent(client, TABLE + OWN)
    client.headers.update(administrator)
    await committed(client, draft)
    path = f"/v1/imports/{draft['id']}"
    response = await client.post(f"{path}/retraction", json={"reason": "r"}, headers=editor)
    undone = response.json()
    assert (undone["revision"], undone["retracted"], undone["withdrawn"]) == (None, 0, [])
    assert undone["stays"]
    assert (await get(client, path))["state"] == "committed"
    again = await client.post(f"{path}/retraction", json={"reason": "r"})
    assert (again.json()["retracted"], again.json()["stays"]) == (2, [])
    assert (await get(client, path))["state"] == "retracted"


async def test_a_commit_goes_on_when_it_is_sent_again(client: httpx.AsyncClient) -> None:
    """With the same key the same answer comes, and there is one revision."""
    draft = await sent(client, TABLE + OWN)
    path = f"/v1/imports/{draft['id']}"
    request: dict[str, Any] = {
        "json": {"revision": draft["read_at"]},
        "headers": {"Idempotency-Key": "k"},
    }
    first = await client.post(f"{path}/commit", **request)
    second = await client.post(f"{path}/commit", **request)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (await ended(client, path))["revision"] == draft["read_at"] + 1


# Newer editions

EDITION = TABLE + "1;CCN Hồng Đầm;17;12;\n2;CCN Thịnh Hoà;53;;\n3;CCN Mới;20;;Công ty TNHH Một\n"
NEWER = TABLE + "1;CCN Hồng Đầm;17;12,5;\n2;CCN Mới;20;;Công ty TNHH Một\n"


async def test_a_newer_edition_replaces_only_what_changed(client: httpx.AsyncClient) -> None:
    first = await committed(client, await sent(client, EDITION))
    draft = await sent(client, NEWER, corrects=first["id"])
    asked = await committed(client, draft)
    assert (asked["state"], asked["failure"]["errors"][0]["pointer"]) == ("failed", "#/gone")
    assert "ccn-thinh-hoa" in asked["failure"]["message_en"]
    body = {"gone": "retract", "reason": "Bản sửa"}
    done = await committed(client, draft, body=body)
    assert (done["state"], done["outcome"]["unchanged"]) == ("committed", [3])
    said = (await get(client, "/v1/sites/ccn-hong-dam/statements"))["items"]
    newer, older = said[0], said[1]
    assert (newer["values"], older["values"]) == (
        {"area_ha": 17, "industrial_land_ha": 12.5},
        {"area_ha": 17, "industrial_land_ha": 12},
    )
    assert newer["replaces"] == older["id"]
    assert older["retraction"]["reason"] == "Bản sửa"
    gone = (await get(client, "/v1/sites/ccn-thinh-hoa/statements"))["items"][0]
    assert (gone["values"], gone["retraction"]["reason"]) == ({"area_ha": 53}, "Bản sửa")
    assert len((await get(client, "/v1/sites/ccn-moi/statements"))["items"]) == 1


@pytest.mark.databases("sqlite")
async def test_what_is_gone_of_a_newer_edition_can_be_kept(client: httpx.AsyncClient) -> None:
    first = await committed(client, await sent(client, EDITION))
    draft = await sent(client, NEWER, corrects=first["id"])
    done = await committed(client, draft, body={"gone": "keep"})
    assert done["state"] == "committed"
    kept = (await get(client, "/v1/sites/ccn-thinh-hoa/statements"))["items"][0]
    assert (kept["values"], kept["retraction"]) == ({"area_ha": 53}, None)


@pytest.mark.databases("sqlite")
async def test_a_newer_edition_of_a_new_site_keeps_its_name_and_place(
    client: httpx.AsyncClient,
) -> None:
    first = await committed(client, await sent(client, EDITION))
    changed = EDITION.replace("CCN Mới;20", "CCN Mới;21")
    await committed(client, await sent(client, changed, corrects=first["id"]))
    site = await get(client, "/v1/sites/ccn-moi", as_of="2026-06-30")
    assert (site["name"], site["province_code"], site["area_ha"]) == ("CCN Mới", LAO_CAI, 21)
    assert site["investor"] == "cong-ty-tnhh-mot"
