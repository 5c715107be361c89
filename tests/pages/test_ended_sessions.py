"""A session that ends while somebody works: nothing is recorded, and nothing typed is lost."""

import httpx
import pytest

from tests.support.http import prepare_sourced, register
from tests.support.pages import Reader, look, words
from tests.support.registers import Templates, get, post, serving
from tests.support.sessions import COOKIE, browser, key_of, send, sign_in
from tests.support.write_forms import hidden

pytestmark = pytest.mark.databases("sqlite")
_TYPED = {
    "source": "The report",
    "effective_from": "2023-06",
    "values.area_ha": "43",
    "note": 'Hai dòng:\r\n"<b>&amp;</b>"',
}


async def test_what_was_typed_is_sent_again_after_signing_in_again(templates: Templates) -> None:
    async with (
        templates.copy("sqlite", prepare_sourced) as url,
        serving(url) as client,
        browser(client) as visitor,
    ):
        await register(client, "alpha", area_ha=40)
        made = await post(client, "/v1/keys", {"name": "An", "role": "administrator"})
        await sign_in(visitor, made["key"])
        path = "/sites/alpha/state?lang=en"
        page = await look(visitor, path)
        sent = {**hidden(page), **_TYPED}
        await post(client, f"/v1/keys/{made['id']}/revocation", {"reason": "lost"})
        for step in ("check", "record"):
            answer = await send(visitor, path, None, **sent, step=step)
            assert answer.status_code == 401
            assert answer.headers["cache-control"] == "private, no-store"
            page = Reader(answer.text)
            assert f"Key {made['id']} was revoked" in words(page)
            assert "what you filled in is kept in it" in words(page)
            assert "/sign-in" in page.links()
            (form,) = page.of("form")
            assert form["action"] == path
            assert hidden(page) == sent | {"step": "edit"}
        # Still not signed in: the same again, however often.
        again = Reader((await send(visitor, path, None, **hidden(page))).text)
        assert hidden(again) == hidden(page)
        await sign_in(visitor, key_of(client))
        page = Reader((await send(visitor, path, None, **hidden(page))).text)
        fields = {str(one.get("name")): one.get("value") for one in page.of("input")}
        assert (fields["values.area_ha"], fields["effective_from"]) == ("43", "2023-06")
        assert (await get(client, "/v1/sites/alpha"))["area_ha"] == 40


async def test_what_is_no_form_or_too_much_is_not_given_back(client: httpx.AsyncClient) -> None:
    async with browser(client) as visitor:
        kept = await send(visitor, "/keys", {"cookie": f"{COOKIE}=gone"}, name="An", role="reader")
        assert hidden(Reader(kept.text)) == {"name": "An", "role": "reader"}
        for body in (
            {"content": b"name=An", "headers": {"content-type": "text/plain"}},
            {"files": {"file": ("a.csv", b"a,b")}, "data": {"name": "An"}},
            {"files": {"name": (None, "x" * 1_000_001)}},
        ):
            answer = await visitor.post("/keys", **body)
            assert answer.status_code == 401
            assert not hidden(Reader(answer.text))
            assert "go back to the form and send it again" in words(Reader(answer.text))


async def test_what_another_origin_sends_is_not_given_back(client: httpx.AsyncClient) -> None:
    async with browser(client) as visitor:
        answer = await send(visitor, "/keys", {"origin": "https://evil.example"}, name="An")
        assert answer.status_code == 403
        assert not hidden(Reader(answer.text))
