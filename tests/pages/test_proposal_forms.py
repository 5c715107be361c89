"""Contributors state things by the usual forms, which submit for review what they say."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from tests.pages.test_proposals import KEYS, TAG, press, signed
from tests.proposals.test_proposals import BAC_KAN, HOA_BINH, PATH, SITE, stated
from tests.support.http import latest_revision, prepare_sourced, read, register, said
from tests.support.pages import Reader, look, words
from tests.support.registers import Templates, serving
from tests.support.write_forms import faults, fill, hidden, tried

pytestmark = pytest.mark.databases("sqlite")
FORM = "/sites/ccn-a/state"
TYPED = {
    "source": "The report",
    "effective_from": "2024",
    "basis": "actual",
    "date_basis": "stated",
    "values.area_ha": "12.5",
}


@pytest.fixture
async def client(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as found:
        await register(found, "ccn-a", area_ha=10)
        yield found


@pytest.fixture
async def contributor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async for found in signed(client, "Xã Quảng Chu", "contributor", BAC_KAN):
        yield found


@pytest.fixture
async def editor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async for found in signed(client, "Lan", "editor", BAC_KAN):
        yield found


async def submit(visitor: httpx.AsyncClient, path: str, typed: Mapping[str, str]) -> str:
    """Fill in a form as it is shown, look at its effect, and submit it; return the proposal."""
    fields = {**values(await look(visitor, path)), **typed}
    page = await tried(visitor, path, fields)
    assert "Submit for review" in words(page)
    assert "Record it" not in words(page)
    answer = await fill(visitor, path, {**hidden(page), "step": "record"})
    assert answer.status_code == 303, words(Reader(answer.text))[:1500]
    found, _, query = answer.headers["location"].partition("?")
    assert (found.startswith("/proposals/"), query) == (True, "sent=true")
    return found


def values(page: Reader) -> dict[str, str]:
    """Return what the fields of a line and the choices of a form hold."""
    found: dict[str, str] = {}
    select = ""
    for tag, one in page.elements:
        if tag == "select":
            select = str(one["name"])
        elif tag == "option" and "selected" in one:
            found[select] = one["value"] or ""
        elif tag == "input" and one.get("name") and one.get("type") != "checkbox":
            found[str(one["name"])] = one.get("value") or ""
    return found


async def body_of(visitor: httpx.AsyncClient, path: str) -> Any:
    answer = await visitor.get(f"/v1{path}/body", headers=KEYS[visitor])
    assert answer.status_code == 200
    return answer.json()


async def test_from_the_form_to_the_revision(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    before = await latest_revision(client)
    links = set((await look(contributor, "/sites/ccn-a")).links())
    assert {FORM, "/imports", "/proposals"} <= links
    assert not {one for one in links if one.endswith(("/withdrawal", "/retraction"))}
    path = await submit(contributor, FORM, TYPED)
    assert await latest_revision(client) == before
    page = await look(contributor, f"{path}?sent=true")
    assert "Submitted for review." in words(page)

    await press(editor, path, "return", reason="Thiếu số lẻ")
    page = await look(contributor, path)
    assert "Thiếu số lẻ" in words(page)
    change = f"{path}/statements/0"
    assert change in page.links()
    form = await look(contributor, change)
    assert "Last decision, Lan: Thiếu số lẻ" in words(form)
    assert values(form)["values.area_ha"] == "12.5"
    assert values(form)["effective_from"] == "2024"
    assert await submit(contributor, change, {"values.area_ha": "12.75"}) == path
    assert await latest_revision(client) == before

    assert "Area 10 ha 12.75 ha" in words(await look(editor, path))
    await press(editor, path, "approval", reason="Đã kiểm tra")
    assert (await read(client, SITE))["area_ha"] == 12.75
    assert await latest_revision(client) == before + 1
    shown = words(await look(client, f"/revisions/{before + 1}"))
    assert "Xã Quảng Chu (approved by Lan)" in shown
    shown = words(await look(client, "/sites/ccn-a"))
    assert shown.count("Xã Quảng Chu (approved by Lan)") == len(["statement", "changes"])
    assert change not in (await look(contributor, path)).links()
    await look(contributor, change, 409)


async def test_what_is_sent_twice_is_proposed_once(contributor: httpx.AsyncClient) -> None:
    page = await tried(contributor, FORM, TYPED | hidden(await look(contributor, FORM)))
    sent = [await fill(contributor, FORM, {**hidden(page), "step": "record"}) for _ in range(2)]
    assert [one.status_code for one in sent] == [303, 303]
    assert len({one.headers["location"] for one in sent}) == 1
    listed = await contributor.get(PATH, headers=KEYS[contributor])
    assert len(listed.json()["items"]) == 1


async def test_faults_are_at_their_fields(contributor: httpx.AsyncClient) -> None:
    typed = TYPED | {"values.area_ha": "zwölf", "source": "No such report"}
    page = await tried(contributor, FORM, typed | hidden(await look(contributor, FORM)), 422)
    assert faults(page) == {"values.area_ha", "source"}
    typed = TYPED | {"source": "No such report"}
    page = await tried(contributor, FORM, typed | hidden(await look(contributor, FORM)), 422)
    assert faults(page) == {"source"}


async def test_a_reason_that_is_too_long_is_a_fault_of_its_field(
    contributor: httpx.AsyncClient,
) -> None:
    typed = TYPED | {"reason": "x" * 501}
    page = await tried(contributor, FORM, typed | hidden(await look(contributor, FORM)), 422)
    assert faults(page) == {"reason"}
    change = f"{await submit(contributor, FORM, TYPED)}/statements/0"
    typed = values(await look(contributor, change)) | {"reason": "x" * 501}
    assert faults(await tried(contributor, change, typed, 422)) == {"reason"}


async def test_a_new_site_and_its_document_are_changed_together(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    new = "/sites/new?kind=cluster"
    typed = {
        "id": "ccn-moi",
        "effective_from": "2024",
        "values.name": f"Cụm {TAG}",
        "values.province_code": "06",
        "new_source.kind": "article",
        "new_source.title": f"Tờ trình {TAG}",
        "reason": "Mới lập",
    }
    path = await submit(contributor, new, typed)
    body = await body_of(contributor, path)
    assert [one["id"] for one in body["sites"]] == ["ccn-moi"]
    assert [one["title"] for one in body["sources"]] == [f"Tờ trình {TAG}"]

    change = f"{path}/sites/0"
    form = values(await look(contributor, change))
    assert {name: form[name] for name in typed} == typed
    await submit(contributor, change, {"new_source.title": "Tờ trình số 2", "values.area_ha": "7"})
    body = await body_of(contributor, path)
    (source,) = body["sources"]
    assert (source["title"], source["kind"]) == ("Tờ trình số 2", "article")
    assert body["sites"][0]["source_id"] == source["id"]
    assert (body["sites"][0]["kind"], body["reason"]) == ("cluster", "Mới lập")

    # With a registered document in its place, the new one is registered no more.
    await submit(contributor, change, {"new_source.title": "", "source": "The report"})
    body = await body_of(contributor, path)
    assert body.get("sources", []) == []
    await press(editor, path, "approval")
    assert (await read(client, "/v1/sites/ccn-moi"))["area_ha"] == 7


async def test_one_of_many_is_changed_and_the_others_stay(
    contributor: httpx.AsyncClient,
) -> None:
    giay = {"id": "giay", "kind": "article", "title": "Giấy"}
    body = stated(12, sources=[giay])
    second = said("2025", subject_type="site", subject_id="ccn-a", values={"tenants": 4})
    body["statements"] = [one | {"source_id": "giay"} for one in (*body["statements"], second)]
    sent = await contributor.post(PATH, json=body, headers=KEYS[contributor])
    path = sent.headers["location"].removeprefix("/v1")
    form = values(await look(contributor, f"{path}/statements/1"))
    # Others name it too: it stays as it is.
    assert (form["source"], form["new_source.title"]) == ("giay", "")
    await submit(contributor, f"{path}/statements/1", {"values.tenants": "5"})
    now = await body_of(contributor, path)
    assert now["sources"] == [giay]
    assert [one["values"] for one in now["statements"]] == [{"area_ha": 12}, {"tenants": 5}]
    await submit(contributor, f"{path}/statements/1", {"source": "report"})
    now = await body_of(contributor, path)
    assert [one["source_id"] for one in now["statements"]] == ["giay", "report"]
    assert now["sources"] == [giay]


async def test_others_and_other_members_cannot_be_changed(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await submit(contributor, FORM, TYPED)
    assert f"{path}/statements/0" not in (await look(editor, path)).links()
    await look(editor, f"{path}/statements/0", 403)
    for place in ("statements/1", "statements/-1", "sources/0", "reason/0", "statements/x"):
        answer = await contributor.get(f"{path}/{place}")
        assert answer.status_code in {400, 404, 422}, place
    async for foreigner in signed(client, "Khách", "contributor", HOA_BINH):
        await look(foreigner, f"{path}/statements/0", 404)


async def test_what_changed_meanwhile_is_not_overwritten(
    contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await submit(contributor, FORM, TYPED)
    change = f"{path}/statements/0"
    page = await tried(contributor, change, values(await look(contributor, change)) | TYPED)
    await press(editor, path, "return", reason="Thiếu số lẻ")
    answer = await fill(contributor, change, {**hidden(page), "step": "record"})
    assert answer.status_code == 412
    again = Reader(answer.text)
    assert "Thiếu số lẻ" in words(again)
    assert values(again)["seen"] == "2"
    await submit(contributor, change, {"values.area_ha": "12.6"})


async def test_a_contributor_writes_nothing_by_any_form(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient
) -> None:
    before = await latest_revision(client)
    statement = (await read(client, "/v1/sites/ccn-a/statements"))["items"][0]["id"]
    for path in (
        "/sites/ccn-a/withdrawal",
        f"/statements/{statement}/retraction",
        "/sources/report/correction",
        "/sources/report/withdrawal",
        "/organizations/builder/correction",
        "/organizations/builder/merge",
    ):
        await look(contributor, path, 403)
        answer = await fill(contributor, path, {"step": "record", "reason": "x", "seen": "1"})
        assert answer.status_code == 403, path
    assert await latest_revision(client) == before


async def test_a_contributor_proposes_in_its_provinces_only(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient
) -> None:
    await register(client, "ccn-hb", province_code="17", area_ha=10)
    path = "/sites/ccn-hb/state"
    page = await tried(contributor, path, TYPED | hidden(await look(contributor, path)), 403)
    assert "you may not write" in words(page)
    answer = await fill(contributor, path, {**TYPED, "step": "record"})
    assert answer.status_code == 403


async def test_a_statement_is_replaced_by_a_proposal(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    statement = (await read(client, "/v1/sites/ccn-a/statements"))["items"][0]["id"]
    path = f"/statements/{statement}/replacement"
    assert path in (await look(contributor, f"/statements/{statement}")).links()
    form = await look(contributor, path)
    typed = {**values(form), "values.area_ha": "11", "reason": "Đo nhầm"}
    page = await tried(contributor, path, typed)
    answer = await fill(contributor, path, {**hidden(page), "step": "record"})
    assert answer.status_code == 303, words(Reader(answer.text))[:1000]
    proposal = answer.headers["location"].partition("?")[0]
    await submit(contributor, f"{proposal}/statements/0", {"values.area_ha": "11.5"})
    assert (await body_of(contributor, proposal))["statements"][0]["replaces"] == statement
    await press(editor, proposal, "approval")
    assert (await read(client, SITE))["area_ha"] == 11.5


async def test_reviewed_editors_are_led_to_the_same_forms(kind: str, templates: Templates) -> None:
    async with (
        templates.copy(kind, prepare_sourced) as url,
        serving(url, reviewed_roles="editor") as client,
    ):
        await register(client, "ccn-a", area_ha=10)
        async for lan in signed(client, "Lan", "editor", BAC_KAN):
            links = set((await look(lan, "/sites/ccn-a")).links())
            assert FORM in links
            assert "/sites/ccn-a/withdrawal" not in links
            path = await submit(lan, FORM, TYPED)
            page = words(await look(lan, path))
            assert "You proposed this: somebody else decides." in page
            answer = await fill(lan, f"{path}/approval", {"seen": "1"})
            assert answer.status_code == 403
            async for minh in signed(client, "Minh", "editor", BAC_KAN):
                await press(minh, path, "approval")
            assert (await read(client, SITE))["area_ha"] == 12.5


async def test_an_import_is_submitted_returned_changed_and_approved(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    before = await latest_revision(client)
    fields = {"given.province_code": "19", "given.effective_from": "30/6/2026"}
    cells = f"TT\tTên CCN\tDiện tích (ha)\n1\tCCN {TAG}\t11,5\n"
    answer = await fill(contributor, "/imports", {**fields, "cells": cells})
    assert answer.status_code == 303, words(Reader(answer.text))[:1500]
    path = answer.headers["location"]

    async def submitted() -> str:
        page = await look(contributor, f"{path}/effect")
        assert "Submit for review" in words(page)
        sent = [
            await fill(contributor, f"{path}/commit", {**hidden(page), "reason": f"Rà soát {TAG}"})
            for _ in range(2)
        ]
        assert [one.status_code for one in sent] == [303, 303]
        assert sent[0].headers["location"] == sent[1].headers["location"]
        return sent[0].headers["location"].removesuffix("?sent=true")

    proposal = await submitted()
    assert await latest_revision(client) == before
    page = await look(editor, proposal)
    assert f"CCN {TAG}" in words(page)
    assert path not in page.links()
    await press(editor, proposal, "return", reason=f"Thiếu số lẻ {TAG}")
    assert path in (await look(contributor, proposal)).links()
    page = await look(contributor, path)
    assert f"Returned: Thiếu số lẻ {TAG}" in words(page)

    answers = {**hidden(page), "row.2.value.area_ha": "11.75"}
    answer = await fill(contributor, f"{path}/answers", answers)
    assert answer.status_code == 303
    assert await submitted() == proposal
    assert "Area — 11.75 ha" in words(await look(editor, proposal))
    await press(editor, proposal, "approval")
    assert await latest_revision(client) == before + 1
    page = await look(contributor, path)
    assert f"revision {before + 1}" in words(page)
    assert f"{path}/retraction" not in page.links()
    # What is recorded is not submitted again, nor undone by its author.
    answer = await fill(contributor, f"{path}/commit", {"revision": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    await look(contributor, f"{path}/retraction", 403)
    shown = words(await look(client, f"/revisions/{before + 1}"))
    assert "Xã Quảng Chu (approved by Lan)" in shown


async def test_markup_in_words_is_text(
    contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await submit(contributor, FORM, TYPED | {"note": TAG, "reason": TAG})
    await press(editor, path, "return", reason=TAG)
    for visitor, page in (
        (contributor, f"{path}/statements/0"),
        (contributor, path),
        (editor, path),
        (editor, "/proposals"),
    ):
        shown = await look(visitor, page)
        assert TAG in words(shown)
        assert not [one for one in shown.of("img") if one.get("onerror")]
