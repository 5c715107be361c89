"""Keys, the audit log and one's own revisions on pages: the rights and functions of the API."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from app.core.dates import today
from tests.support.http import register, said, signed_in
from tests.support.pages import Reader, look, words
from tests.support.registers import get, post
from tests.support.sessions import browser, key_of, send, sign_in

pytestmark = pytest.mark.databases("sqlite")
HOSTILE = "Lan <img src=x onerror=alert(1)>'\"{{7*7}}"


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(client) as found:
        await sign_in(found, key_of(client))
        yield found


def secret_in(html: str) -> str:
    (key,) = set(re.findall(r"icr_[a-z0-9]{10}_\w{48}", html))
    return str(key)


async def test_a_key_is_made_and_shown_once(
    client: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    last = today() + timedelta(days=30)
    form = {"name": HOSTILE, "role": "editor", "provinces": "19, 06@2025-06-30"}
    answer = await send(admin, "/keys", None, **form, expires_on=last.isoformat())
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    key = secret_in(answer.text)
    found = await get(client, f"/v1/keys/{key[4:14]}")
    assert (found["name"], found["role"]) == (HOSTILE, "editor")
    assert found["expires_at"] == f"{last}T16:59:59Z"
    assert [one["code"] for one in found["provinces"]] == ["19", "06"]
    assert found["provinces"][1]["on"] == "2025-06-30"
    for path in ("/keys", f"/keys/{key[4:14]}"):
        answer = await admin.get(path)
        assert "icr_" not in answer.text
        page = Reader(answer.text)
        assert HOSTILE in words(page)
        rights = f"Thái Nguyên (19@{today()}), Bắc Kạn (06@2025-06-30)"
        assert rights in words(page)
        assert not page.of("img")[1:], "the icon is the only image"
    async with browser(client) as other:
        await sign_in(other, key)
        page = await look(other, "/")
        assert f"{HOSTILE} What I recorded Sign out" in words(page)
        assert "/keys" not in page.links()


async def test_a_form_for_a_key_that_is_sent_again_makes_no_other(
    client: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    page = await look(admin, "/keys")
    (given,) = [str(one["value"]) for one in page.of("input") if one.get("name") == "once"]
    form = {"name": "An", "role": "reader", "once": given}
    first = await send(admin, "/keys", None, **form)
    assert first.status_code == 201
    path = f"/keys/{secret_in(first.text)[4:14]}"
    again = await send(admin, "/keys", None, **form)
    assert (again.status_code, again.headers["location"]) == (303, path)
    assert "icr_" not in again.text + (await admin.get(path)).text
    assert len((await get(client, "/v1/keys"))["items"]) == 2
    # Another form with the same content is another key.
    assert (await send(admin, "/keys", None, **form | {"once": "other"})).status_code == 201
    assert len((await get(client, "/v1/keys"))["items"]) == 3


@pytest.mark.parametrize(
    ("form", "field", "says"),
    [
        ({"name": "", "role": "reader"}, "name", "fill this in"),
        ({"name": "An", "role": "king"}, "role", "choose one from the list"),
        ({"name": "An", "role": "editor"}, "", "needs provinces to write for"),
        ({"name": "An", "role": "editor", "provinces": "99"}, "provinces", "99"),
        ({"name": "An", "role": "reader", "expires_on": "1999-01-01"}, "expires_at", "to come"),
        ({"name": "An", "role": "reader", "expires_on": "soon"}, "expires_at", "is no date"),
    ],
)
async def test_what_does_not_fit_stands_beside_its_field(
    client: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    form: dict[str, str],
    field: str,
    says: str,
) -> None:
    answer = await send(admin, "/keys", None, **form)
    assert answer.status_code == 422
    page = Reader(answer.text)
    assert says in words(page)
    if field:
        inputs = [*page.of("input"), *page.of("select")]
        (faulty,) = [one for one in inputs if "aria-invalid" in one]
        # The fault first, then the help.
        assert str(faulty["aria-describedby"]).split()[0] == f"fault-{field}"
    assert len((await get(client, "/v1/keys"))["items"]) == 1


async def test_a_revoked_key_ends_the_sessions_of_its_holder(
    client: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    made = await post(client, "/v1/keys", {"name": "An", "role": "reader"})
    path = f"/keys/{made['id']}"
    async with browser(client) as other:
        await sign_in(other, made["key"])
        assert "reason" in (await send(admin, f"{path}/revocation", reason="")).text
        answer = await send(admin, f"{path}/revocation", reason="Đã nghỉ việc")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert "Sign out" not in words(await look(other, "/"))
    assert "Đã nghỉ việc" in words(await look(admin, path))
    answer = await send(admin, f"{path}/revocation", reason="Again")
    assert answer.status_code == 409
    assert "is revoked already" in answer.text


async def test_pages_have_the_rights_of_the_api(client: httpx.AsyncClient) -> None:
    allowed: dict[str, set[str]] = {
        "reader": set(),
        "contributor": {"/mine"},
        "editor": {"/mine"},
        "auditor": {"/audit"},
        "administrator": {"/mine", "/keys", "/audit"},
    }
    for role, paths in allowed.items():
        rights = [("06", "2025-06-30")] if role in {"contributor", "editor"} else []
        key = (await signed_in(client, role, role, *rights))["Authorization"]
        async with browser(client) as other:
            await sign_in(other, key.removeprefix("Bearer "))
            for path in ("/mine", "/keys", "/audit"):
                page = await look(other, path, 200 if path in paths else 403)
                assert set(page.links()) & {"/mine", "/keys", "/audit"} == paths
            made = (await send(other, "/keys", name="An", role="administrator")).status_code
            assert made == (201 if role == "administrator" else 403)
    async with browser(client) as other:
        for path in ("/mine", "/keys", "/audit"):
            page = await look(other, path, 401)
            assert f"/sign-in?back=%2F{path[1:]}" in {one.get("action") for one in page.of("form")}


async def test_the_log_is_filtered_and_paged(
    client: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    for number in range(3):
        await post(client, "/v1/keys", {"name": f"{HOSTILE}{number}", "role": "reader"})
    page = await look(admin, "/audit?action=key_created&limit=2")
    assert f"{HOSTILE}2" in words(page)
    assert f"{HOSTILE}0" not in words(page)
    assert len(page.of("tr")) == 3
    (further,) = [str(a["href"]) for a in page.of("a") if a.get("rel") == "next"]
    assert f"{HOSTILE}0" in words(await look(admin, further))
    text = words(await look(admin, "/audit?action=signed_in"))
    assert "Signed in" in text
    assert HOSTILE not in text
    assert "Đăng nhập" in words(await look(admin, "/audit?action=", languages="vi"))


async def test_an_editor_sees_what_she_recorded(
    sourced_client: httpx.AsyncClient,
) -> None:
    client = sourced_client
    key = await signed_in(client, "Lan", "editor", ("06", "2025-06-30"))
    await register(client, "of-another", area_ha=10)
    for number in range(3):
        values = {"name": f"Mine {number}", "province_code": "06", "area_ha": 10}
        body = said("2021", id=f"mine-{number}", kind="cluster", values=values)
        answer = await client.post("/v1/sites", json=body, headers=key)
        assert answer.status_code == 201
    # Another principal of the same name.
    twin = await signed_in(client, "Lan")
    await client.post("/v1/organizations", json={"id": "twin", "name": "Twin"}, headers=twin)
    async with browser(client) as lan:
        await sign_in(lan, key["Authorization"].removeprefix("Bearer "))
        page = await look(lan, "/mine")
        text = words(page)
        assert all(f"Mine {number}" in text for number in range(3))
        assert "of-another" not in text
        assert "Twin" not in text
        of_it = {"subject_type": "site", "subject_id": "mine-1"}
        (change,) = (await get(client, "/v1/changes", **of_it))["items"]
        revision = change["number"]
        text = words(await look(lan, f"/mine?before={revision}"))
        assert "Mine 0" in text
        assert "Mine 1" not in text
