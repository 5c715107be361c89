"""Correcting and taking back from where a thing is seen: statements, subjects, entries."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, latest_revision, prepare_sourced, read, register, state
from tests.support.pages import Reader, look, words
from tests.support.registers import Templates, post, serving
from tests.support.sessions import browser, key_of, sign_in
from tests.support.write_forms import faults, fill, hidden, recorded, tried

TAG = "<img src=x onerror=alert(1)>"


@pytest.fixture
async def register_of(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as client:
        await register(client, "alpha", area_ha=40, investor="builder")
        yield client


@pytest.fixture
async def editor(register_of: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(register_of) as found:
        await sign_in(found, key_of(register_of))
        found.headers["accept-language"] = "en"
        yield found


def typed(page: Reader) -> dict[str, str]:
    """Return all fields of a form as a browser would send them, but for choices."""
    fields = [one for one in page.of("input") if one.get("type") not in {"checkbox", "search"}]
    return {str(one["name"]): str(one.get("value") or "") for one in fields if one.get("name")}


async def newest(client: httpx.AsyncClient) -> Any:
    return (await read(client, "/v1/sites/alpha/statements?limit=1"))["items"][0]


async def test_a_statement_is_taken_back_from_where_it_is_seen(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    said = await state(register_of, "alpha", "2022", area_ha=42)
    path = f"/statements/{said['id']}/retraction"
    for where in ("/sites/alpha", f"/statements/{said['id']}", "/sources/article"):
        assert path in (await look(editor, where)).links()
        assert path not in (await look(register_of, where)).links()
    page = await tried(editor, path, {}, 422)
    assert faults(page) == {"reason"}
    to = await recorded(editor, path, {"reason": "Nhầm"})
    retraction = (await newest(register_of))["retraction"]
    assert retraction["reason"] == "Nhầm"
    assert to == f"/sites/alpha?recorded={retraction['revision']}"
    assert (await read(register_of, "/v1/sites/alpha"))["area_ha"] == 40


async def test_a_retraction_that_takes_the_name_asks_for_its_reason(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    said = await newest(register_of)
    path = f"/statements/{said['id']}/retraction"
    page = await tried(editor, path, {"reason": "Nhầm"}, 409)
    assert faults(page) == {"override_reason"}
    await recorded(editor, path, {"reason": "Nhầm", "override_reason": "Không có thật"})


async def test_a_statement_is_corrected_by_what_it_says(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    body = {"source_id": "report", "effective_from": "2022-Q3", "values": {"area_ha": 42.125}}
    hedged = {"qualifiers": {"area_ha": "about"}, "note": "Trang 3"}
    old = await post(register_of, "/v1/sites/alpha/statements", body | hedged)
    path = f"/statements/{old['id']}/replacement"
    for language, text in (("en", "42.125"), ("vi", "42,125")):
        page = await look(editor, path, languages=language)
        (field,) = [one for one in page.of("input") if one.get("name") == "values.area_ha"]
        assert field["value"] == text
    editor.headers["accept-language"] = "en"
    page = await look(editor, path)
    fields = typed(page) | {"basis": "actual", "date_basis": "stated", "note": "Trang 4"}
    fields |= {"qualifiers.area_ha": "about", "values.area_ha": "43"}
    page = await tried(editor, path, fields, 422)
    assert faults(page) == {"reason"}
    await recorded(editor, path, fields | {"reason": "Gõ nhầm"})
    new = await newest(register_of)
    assert (new["replaces"], new["reason"], new["note"]) == (old["id"], "Gõ nhầm", "Trang 4")
    assert (new["values"], new["effective_from"]) == ({"area_ha": 43}, "2022-Q3")
    assert new["qualifiers"] == {"area_ha": "about"}


async def test_a_subject_is_withdrawn(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    assert "/sites/alpha/withdrawal" in (await look(editor, "/sites/alpha")).links()
    form = hidden(await look(editor, "/sites/alpha/withdrawal"))
    await recorded(editor, "/sites/alpha/withdrawal", {**form, "reason": "Không có thật"})
    assert (await register_of.get("/v1/sites/alpha")).status_code == 410


async def test_an_organization_is_corrected_although_others_did_so_too(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = "/organizations/builder/correction"
    fields = typed(await look(editor, path)) | {"name_en": "East Asia", "reason": "Thiếu"}
    other = "/v1/organizations/builder?reason=x"
    answer = await register_of.patch(other, json={"name": f"Đông Á {TAG}"}, headers=MERGE_PATCH)
    assert answer.status_code == 200
    page = await tried(editor, path, fields, 412)
    assert "Somebody else changed this meanwhile" in words(page)
    assert f"It is now: Đông Á {TAG}" in words(page)
    # What was typed is kept, and what was left alone is as the other made it.
    fields = typed(page)
    assert (fields["name_en"], fields["name"]) == ("East Asia", f"Đông Á {TAG}")
    page = await tried(editor, path, fields)
    assert "East Asia" in words(page)
    answer = await fill(editor, path, {"step": "record", **hidden(page)})
    assert answer.headers["location"].startswith("/organizations/builder?recorded=")
    found = await read(register_of, "/v1/organizations/builder")
    assert (found["name"], found["name_en"]) == (f"Đông Á {TAG}", "East Asia")


async def test_an_organization_is_merged_into_one_that_is_found_by_its_name(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    form = hidden(await look(editor, "/organizations/builder/merge"))
    fields = form | {"into": "Ban quản lý các KCN", "reason": "Đăng ký hai lần"}
    page = await tried(editor, "/organizations/builder/merge", fields)
    assert "Công ty Hạ tầng Đông Á Ban quản lý các KCN" in words(page)
    answer = await fill(editor, "/organizations/builder/merge", {"step": "record", **hidden(page)})
    assert answer.headers["location"].startswith("/organizations/board?recorded=")
    assert (await read(register_of, "/v1/sites/alpha"))["investor"] == "board"


async def test_a_source_is_corrected_and_an_unused_one_withdrawn(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = "/sources/report/correction"
    page = await look(editor, path)
    fields = typed(page) | {
        "kind": "report",
        "title": "Báo cáo",
        "issuer_id": "Ban quản lý các KCN",
        "published_on": "quý III/2023",
    }
    page = await tried(editor, path, fields | {"reason": "Tên sai"})
    answer = await fill(editor, path, {"step": "record", **hidden(page)})
    assert answer.status_code == 303
    found = await read(register_of, "/v1/sources/report")
    assert (found["title"], found["issuer_id"]) == ("Báo cáo", "board")
    # Any date that people type, and shown as they write it.
    assert found["published_on"] == "2023-Q3"
    assert typed(await look(editor, path))["published_on"] == "Q3 2023"
    form = hidden(await look(editor, "/sources/plan/withdrawal"))
    await recorded(editor, "/sources/plan/withdrawal", {**form, "reason": "Nhầm"})
    assert (await register_of.get("/v1/sources/plan")).status_code == 410


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sites/alpha/state", ("source", "effective_from", "locator", "note", "cites", "reason",
                                "values.name", "values.area_ha", "values.aliases", "new_source.url",
                                "values_to.area_ha", "override_reason", "values.geometry")),
        ("/sites/new?kind=cluster", ("id", "values.name", "values.province_code")),
        ("/statements/9-1/retraction", ("reason", "override_reason")),
        ("/organizations/builder/correction", ("name", "aliases", "reason")),
        ("/organizations/builder/merge", ("into", "reason")),
        ("/sites/alpha/withdrawal", ("reason", "seen")),
    ],
)  # fmt: skip
async def test_nothing_typed_becomes_markup_and_no_other_page_sends(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient, path: str, fields: tuple[str, ...]
) -> None:
    statement = (await newest(register_of))["id"]
    path = path.replace("9-1", statement)
    given = dict.fromkeys(fields, f"\"'>{TAG}")
    before = await latest_revision(register_of)
    for step in ("check", "edit"):
        answer = await fill(editor, path, {"step": step, **given})
        page = Reader(answer.text)
        assert "onerror" not in {name for _, attributes in page.elements for name in attributes}
        for headers in ({"origin": "https://evil.example"}, {"origin": "null"}):
            answer = await fill(editor, path, {"step": step, **given}, headers)
            assert answer.status_code == 403
    del editor.headers["origin"]
    assert (await fill(editor, path, {"step": "record", **given})).status_code == 403
    assert await latest_revision(register_of) == before
