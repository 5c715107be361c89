"""Proposals on pages: seen with what they would change, returned, changed, approved."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.proposals.test_proposals import BAC_KAN, HOA_BINH, PATH, SITE, stated
from tests.support.http import latest_revision, prepare_sourced, read, register, signed_in, state
from tests.support.pages import Reader, look, words
from tests.support.registers import Templates, serving
from tests.support.sessions import browser, sign_in
from tests.support.write_forms import fill, hidden

TAG = "<img src=x onerror=alert(1)>"
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
async def client(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as found:
        await register(found, "ccn-a", area_ha=10)
        yield found


KEYS: dict[httpx.AsyncClient, dict[str, str]] = {}
"""The credentials of those who are signed in, by their browsers, for the API."""


@pytest.fixture
async def contributor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async for found in signed(client, f"Xã {TAG}", "contributor", BAC_KAN):
        yield found


@pytest.fixture
async def editor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async for found in signed(client, "Lan", "editor", BAC_KAN):
        yield found


async def signed(
    client: httpx.AsyncClient, name: str, role: str, *provinces: tuple[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a browser in which somebody is signed in."""
    head = await signed_in(client, name, role, *provinces)
    async with browser(client) as found:
        key = head["Authorization"].removeprefix("Bearer ")
        await sign_in(found, key)
        found.headers["accept-language"] = "en"
        KEYS[found] = head
        yield found
        del KEYS[found]


async def propose(contributor: httpx.AsyncClient, area: float = 12.5) -> str:
    """Propose another area by the API; return the path of the page."""
    body = stated(area) | {"reason": f"Kê khai {TAG}"}
    answer = await contributor.post(PATH, json=body, headers=KEYS[contributor])
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("/v1")


async def press(
    visitor: httpx.AsyncClient, path: str, step: str, status: int = 303, **fields: str
) -> Reader:
    """Fill in a form of the page of a proposal, as it is shown, and send it."""
    page = await look(visitor, path)
    assert f"{path}/{step}" in {form.get("action") for form in page.of("form")}
    answer = await fill(visitor, f"{path}/{step}", {**hidden(page), **fields})
    assert answer.status_code == status, words(Reader(answer.text))[:1500]
    if status == 303:
        assert answer.headers["location"] == path
    return Reader(answer.text)


def steps(page: Reader) -> set[str]:
    actions = {str(form.get("action")) for form in page.of("form")}
    return {action.rpartition("/")[2] for action in actions if "/proposals/" in action}


async def test_from_the_proposal_to_the_revision(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    listed = await look(editor, "/proposals")
    assert path in listed.links()
    assert f"Kê khai {TAG}" in words(listed)
    page = await look(editor, path)
    assert "10 ha 12.5 ha" in words(page)
    assert steps(page) == {"approval", "return"}
    assert steps(await look(contributor, path)) == {"withdrawal"}

    await press(editor, path, "return", reason=f"Thiếu {TAG}")
    page = await look(contributor, path)
    assert f"Thiếu {TAG}" in words(page)
    assert steps(await look(editor, path)) == set()
    again = await contributor.put(f"/v1{path}/body", json=stated(13), headers=KEYS[contributor])
    assert again.status_code == 200
    before = await latest_revision(client)
    await press(editor, path, "approval", reason="Đã kiểm tra")
    assert await latest_revision(client) == before + 1
    assert (await read(client, SITE))["area_ha"] == 13
    for where in ("/changes", f"/statements/{before + 1}-1"):
        assert f"Xã {TAG} (approved by Lan)" in words(await look(client, where))
    page = await look(contributor, path)
    assert "Approved" in words(page)
    assert steps(page) == set()


async def test_what_was_changed_since_it_was_seen_is_not_approved(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    seen = await look(editor, path)
    await contributor.put(f"/v1{path}/body", json=stated(13), headers=KEYS[contributor])
    answer = await fill(editor, f"{path}/approval", hidden(seen))
    assert answer.status_code == 412
    page = Reader(answer.text)
    assert "Somebody else changed this meanwhile" in words(page)
    # What it is now is shown beside, and can be approved.
    assert "10 ha 13 ha" in words(page)
    assert hidden(page)["seen"] == "2"
    assert (await read(client, SITE))["area_ha"] == 10


async def test_a_form_sent_twice_records_once(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    fields = hidden(await look(editor, path))
    before = await latest_revision(client)
    for _ in range(2):
        answer = await fill(editor, f"{path}/approval", fields)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await latest_revision(client) == before + 1


async def test_what_cannot_be_recorded_any_more_is_said(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    await state(client, "ccn-a", "2024", area_ha=12.5)
    page = await look(editor, path)
    assert "Cannot be recorded now" in words(page)
    page = await press(editor, path, "approval", 422)
    refusal = "This cannot be recorded as it is"
    assert refusal in words(page)
    # In the refusal, and in what the page says of the proposal as it is now.
    assert words(page).count("says exactly this already") == len(["refusal", "effect"])


async def test_the_contributor_withdraws(contributor: httpx.AsyncClient) -> None:
    path = await propose(contributor)
    await press(contributor, path, "withdrawal")
    page = await look(contributor, path)
    assert "Withdrawn" in words(page)
    assert steps(page) == set()
    assert path not in (await look(contributor, "/proposals?state=submitted")).links()
    assert path in (await look(contributor, "/proposals?state=withdrawn&mine=true")).links()


async def test_a_return_needs_a_word(
    contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    await press(editor, path, "return", 422, reason=" ")
    assert steps(await look(editor, path)) == {"approval", "return"}


async def test_others_see_none_of_it(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    async for foreigner in signed(client, "Khách", "editor", HOA_BINH):
        assert path not in (await look(foreigner, "/proposals")).links()
        await look(foreigner, path, 404)
    async for reader in signed(client, "Đọc", "reader"):
        await look(reader, "/proposals", 403)
        assert "/proposals" not in (await look(reader, "/")).links()
    async with browser(client) as nobody:
        await look(nobody, path, 401)
    assert "/proposals" in (await look(contributor, "/")).links()


async def test_what_is_proposed_is_shown_also_where_it_changes_nothing(
    client: httpx.AsyncClient, contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    """What a later statement outweighs is recorded all the same, and so is a new document."""
    await state(client, "ccn-a", "2025", area_ha=20)
    body = stated(12.5, sources=[{"id": "giay", "kind": "article", "title": f"Giấy {TAG}"}])
    body["statements"][0] |= {"source_id": "giay", "note": "Đo lại", "override_reason": "Đã đo"}
    sent = await contributor.post(PATH, json=body, headers=KEYS[contributor])
    assert sent.status_code == 201, sent.text
    shown = words(await look(editor, sent.headers["location"].removeprefix("/v1")))
    for text in (f"Giấy {TAG}", "12.5 ha", "2024", "Đo lại", "Đã đo"):
        assert text in shown


async def test_the_first_choice_of_the_form_lists_all(
    contributor: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    path = await propose(contributor)
    assert path in (await look(editor, "/proposals?state=")).links()
