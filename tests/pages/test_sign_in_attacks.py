"""What somebody tries who has no session: to use that of another, or to be led astray by it."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.pages import Reader, look, words
from tests.support.registers import get, post
from tests.support.sessions import COOKIE, HOME, browser, key_of, send, sign_in
from tests.support.write_forms import hidden

pytestmark = pytest.mark.databases("sqlite")
_MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(client) as found:
        await sign_in(found, key_of(client))
        yield found


async def is_signed_in(visitor: httpx.AsyncClient) -> bool:
    return "Sign out" in words(await look(visitor, "/"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "", "sec-fetch-site": "same-origin"},
        {"origin": f"{HOME}:8443"},
        {"origin": f"{HOME}/"},
        {"origin": HOME.upper()},
        {"origin": "https://registe"},
        {"origin": "https://register@evil.example"},
        {"origin": "https://evil.example", "x-forwarded-host": "evil.example"},
        {"origin": "https://evil.example", "referer": f"{HOME}/keys"},
        {"referer": f"{HOME}/keys"},
        {"sec-fetch-site": "same-origin, cross-site"},
    ],
)
async def test_every_form_refuses_another_origin(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Also where the body is of a type that browsers send elsewhere without asking first."""
    del visitor.headers["origin"]
    for path in ("/keys", "/sites/new", "/imports", "/sign-out", "/sign-in/callback", "/nowhere"):
        for body in ({"files": {"name": (None, "An")}}, {"data": {"name": "An"}}):
            answer = await visitor.post(path, headers=headers, **body)
            assert answer.status_code == (404 if path == "/nowhere" else 403), path
        text = {**headers, "content-type": "text/plain"}
        assert (await visitor.post("/keys", content=b"name=An", headers=text)).status_code == 403
    twice = [("origin", HOME), ("origin", "https://evil.example")]
    assert (await visitor.post("/keys", headers=twice)).status_code == 403
    assert len((await get(client, "/v1/keys"))["items"]) == 1
    assert await is_signed_in(visitor)


async def test_nothing_is_done_by_reading(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    """By GET or HEAD, nor by a method that a header, a parameter or a field names instead."""
    made = await post(client, "/v1/keys", {"name": "An", "role": "reader"})
    over = {"x-http-method-override": "POST", "x-method-override": "POST"}
    for path in ("/sign-out", f"/keys/{made['id']}/revocation"):
        for method in ("GET", "HEAD"):
            assert (await visitor.request(method, path, headers=over)).status_code == 405
        assert (await visitor.get(f"{path}?_method=POST")).status_code == 405
    assert (await visitor.get("/keys?name=An&role=reader")).status_code == 400
    assert (await get(client, f"/v1/keys/{made['id']}"))["revoked_at"] is None
    assert await is_signed_in(visitor)


async def test_no_spelling_of_a_path_opens_the_api_to_a_session(
    visitor: httpx.AsyncClient,
) -> None:
    for path in (
        "/v1/keys",
        "//v1/keys",
        "/./v1/keys",
        "/V1/keys",
        "/v1%2Fkeys",
        "/x/../v1/keys",
        "/files/v1/../v1/keys",
        "/files//v1/keys",
        "/files/v1/%2e%2e/keys",
        "/files/files/v1/sites",
    ):
        answer = await visitor.get(httpx.URL(HOME, raw_path=path.encode()))
        assert answer.status_code in {401, 404}, path
        assert "secret" not in answer.text
    answer = await visitor.post("/files/v1/keys", json={"name": "An", "role": "reader"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("back", "is_taken"),
    [
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/ /evil.example", False),
        ("/sites\n", False),
        ("/sites\r\nSet-Cookie: a=b", False),
        ("javascript:alert(1)", False),
        ("https:/evil.example", False),
        ("evil.example", False),
        (".//evil.example", False),
        ("@evil.example", False),
        ("/%2f%2fevil.example", True),
        ("/%5cevil.example", True),
        ("/.//evil.example", True),
        ("/sites?q=//evil.example", True),
    ],
)
async def test_signing_in_leads_on_at_this_host_alone(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, back: str, is_taken: bool
) -> None:
    """By the rules of browsers: a path of which the first two characters are no host."""
    address = str(httpx.URL("/sign-in", params={"back": back}))
    answer = await send(visitor, address, key=key_of(client))
    assert answer.status_code == (303 if is_taken else 400)
    if is_taken:
        to = httpx.URL(f"{HOME}/sign-in").join(answer.headers["location"])
        assert (to.scheme, to.host) == ("https", "register")
    page = Reader((await visitor.get(address)).text)
    for form in page.of("form"):
        assert httpx.URL(HOME).join(str(form["action"])).host == "register"


async def test_a_key_is_in_no_answer_and_in_no_log(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "icr")
    secret = "icr_" + "s3cr3t" * 40
    for fields in ({"key": secret}, {"key": secret[:60]}, {"key": "x", "name": secret}):
        answer = await send(visitor, "/sign-in", None, **fields)
        assert answer.status_code in {401, 422}
        assert secret[:60] not in answer.text
    value = await sign_in(visitor, key_of(client))
    await visitor.get(f"/sign-in/callback?code={value}&state={value}")
    service = client._transport.app.state.service  # type: ignore[attr-defined]
    await service.authenticator.journal.flush()
    noted = (await client.get("/v1/audit")).text
    records = [one for one in caplog.records if one.name.startswith("icr")]
    logged = " ".join(str(vars(one)) for one in records)
    assert "/sign-in/callback" in logged
    for text in (value, key_of(client), secret[:60]):
        assert text not in logged
        assert text not in noted


async def test_what_is_planted_as_a_cookie_is_not_looked_at(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    """By a subdomain, which cannot set the prefix, or over plain HTTP, which cannot either."""
    value = visitor.cookies[COOKIE]
    async with browser(client) as other:
        for planted in (
            f"icr_session={value}",
            f"__Secure-icr_session={value}",
            f"__host-icr_session={value}",
            f"{COOKIE}={value}; {COOKIE}=planted",
            f"{COOKIE}={value}%00",
            f"{COOKIE}={value}, {COOKIE}=planted",
        ):
            assert "Sign out" not in words(await look(other, "/", cookie=planted)), planted


async def test_markup_stays_text_in_all_that_comes_back(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    made = await post(client, "/v1/keys", {"name": _MARKUP, "role": "administrator"})
    async with browser(client) as other:
        await sign_in(other, made["key"])
        pages = [await look(other, path) for path in ("/", "/mine", "/keys", "/audit")]
        refused = await send(other, "/keys", None, name=_MARKUP, role=_MARKUP, provinces=_MARKUP)
        reason = {"reason": _MARKUP}
        assert (await send(visitor, f"/keys/{made['id']}/revocation", None, **reason)).is_redirect
        lost = await send(other, "/keys", None, **{"name": _MARKUP, _MARKUP: "x"})
    assert (refused.status_code, lost.status_code) == (422, 401)
    assert hidden(Reader(lost.text))["name"] == _MARKUP
    pages += [Reader(refused.text), Reader(lost.text)]
    pages += [await look(visitor, path) for path in ("/keys", f"/keys/{made['id']}", "/audit")]
    for page in pages:
        assert [one.get("src") for one in page.of("img")] == [page.of("img")[0]["src"]]
        inline = [one.get("type") for one in page.of("script") if not one.get("src")]
        assert set(inline) <= {"application/ld+json"}
    assert _MARKUP in words(pages[-2])
