"""Signing in at an issuer: the way there and back, and what is not taken on the way."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import update

from app.access.oidc_sign_in import Endpoints
from app.access.tables import ACCESS_SESSIONS
from tests.support.http import prepare_sourced
from tests.support.issuer import CLAIMS, DISCOVERIES, REFUSALS, SETTINGS, issuer
from tests.support.pages import HTML, Reader, look, words
from tests.support.registers import Templates, get, opened, serving
from tests.support.sessions import COOKIE, HOME, browser, send

_FLOW = "__Host-icr_sign_in"
_CALLBACK = "/sign-in/callback"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of an issuer."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with issuer() as url:
        yield url
    CLAIMS.clear()
    REFUSALS.clear()


@pytest.fixture
async def url(kind: str, templates: Templates) -> AsyncIterator[str]:
    async with templates.copy(kind, prepare_sourced) as found:
        yield found


@pytest.fixture
async def client(url: str, there: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(url, oidc_issuer=there, **SETTINGS) as found:
        yield found


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(client) as found:
        yield found


async def at_issuer(visitor: httpx.AsyncClient, back: str = "/findings") -> str:
    """Go to the issuer, which confirms; return the address that it leads back to."""
    answer = await visitor.get("/sign-in/issuer", params={"back": back})
    assert answer.status_code == 303, answer.text
    asked = {
        name: one for name, (one,) in parse_qs(urlsplit(answer.headers["location"]).query).items()
    }
    assert asked["redirect_uri"] == f"{HOME}{_CALLBACK}"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    async with httpx.AsyncClient(trust_env=False) as outside:
        return str((await outside.get(answer.headers["location"])).headers["location"])


async def fields(visitor: httpx.AsyncClient, callback: str) -> dict[str, str]:
    """Open the page that the issuer leads back to, without our cookies; return what it sends."""
    async with httpx.AsyncClient(transport=visitor._transport, base_url=HOME) as bare:
        answer = await bare.get(callback, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    hidden = [one for one in Reader(answer.text).of("input") if one.get("type") == "hidden"]
    return {str(one["name"]): str(one["value"]) for one in hidden}


async def test_signing_in_at_the_issuer(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    page = await look(visitor, "/sign-in?back=%2Fmine")
    assert "/sign-in/issuer?back=%2Fmine" in page.links()
    form = await fields(visitor, await at_issuer(visitor, "/mine"))
    answer = await send(visitor, _CALLBACK, None, **form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    assert _FLOW not in visitor.cookies
    for cookie in answer.headers.get_list("set-cookie"):
        assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure"} <= set(cookie.split("; "))
    text = words(await look(visitor, "/mine"))
    assert "Nguyễn Thị Lan" in text
    assert "token:3f1c" in text
    (entry,) = (await get(client, "/v1/audit", action="signed_in"))["items"]
    assert entry["principal_id"] == "token:3f1c"
    # A replay brings nothing: the secret is gone, and the code was taken.
    answer = await send(visitor, _CALLBACK, None, **form)
    assert answer.status_code == 401
    assert "was not begun in this browser" in answer.text


async def test_a_session_lasts_no_longer_than_its_token(
    visitor: httpx.AsyncClient, url: str
) -> None:
    await send(visitor, _CALLBACK, None, **await fields(visitor, await at_issuer(visitor)))
    assert "Sign out" in words(await look(visitor, "/"))
    async with opened(url) as database:
        async with database.read() as connection:
            expires_at = (await connection.execute(ACCESS_SESSIONS.select())).one().expires_at
        assert timedelta(0) < expires_at - datetime.now(UTC) <= timedelta(seconds=60)
        async with database.write() as session:
            past = datetime.now(UTC) - timedelta(seconds=1)
            await session.execute(update(ACCESS_SESSIONS).values(expires_at=past))
    assert "Sign out" not in words(await look(visitor, "/"))


@pytest.mark.databases("sqlite")
async def test_a_session_ends_with_the_issuer_that_is_set_up(
    visitor: httpx.AsyncClient, url: str
) -> None:
    await send(visitor, _CALLBACK, None, **await fields(visitor, await at_issuer(visitor)))
    cookie = f"{COOKIE}={visitor.cookies[COOKIE]}"
    others: list[dict[str, Any]] = [
        {},
        {"oidc_issuer": "https://other.example", "oidc_audience": "icr"},
    ]
    for settings in others:
        async with serving(url, **settings) as elsewhere, browser(elsewhere) as other:
            assert "Sign out" not in words(await look(other, "/", cookie=cookie))


@pytest.mark.databases("sqlite")
async def test_a_state_or_a_code_of_another_browser_is_not_taken(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    form = await fields(visitor, await at_issuer(visitor))
    async with browser(client) as victim:
        # An attacker has somebody sign in as the attacker: they began nothing, or something else.
        assert (await send(victim, _CALLBACK, None, **form)).status_code == 401
        theirs = await fields(victim, await at_issuer(victim))
        assert (await send(victim, _CALLBACK, None, **form)).status_code == 401
        mixed = {"code": form["code"], "state": theirs["state"]}
        answer = await send(victim, _CALLBACK, None, **mixed)
        assert answer.status_code == 401
        assert "did not confirm who you are" in answer.text
        assert COOKIE not in victim.cookies
        for state in ("", "x", "trạng thái"):
            answer = await send(victim, _CALLBACK, code=theirs["code"], state=state)
            assert answer.status_code in {401, 422}
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}):
        assert (await send(visitor, _CALLBACK, headers, **form)).status_code == 403


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "icr"},
        {"aud": ["icr-pages", "others"]},
        {"azp": "others"},
        {"iss": "https://other.example"},
        {"exp": 1_000_000_000},
        {"icr_role": "king"},
        {"sub": ""},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    visitor: httpx.AsyncClient, claims: dict[str, Any]
) -> None:
    CLAIMS.update(claims)
    form = await fields(visitor, await at_issuer(visitor))
    assert (await send(visitor, _CALLBACK, None, **form)).status_code == 401
    assert COOKIE not in visitor.cookies


@pytest.mark.databases("sqlite")
async def test_what_the_issuer_refuses_or_another_sends_is_said(visitor: httpx.AsyncClient) -> None:
    for query in (
        "error=access_denied&state=x",
        "code=a&state=b&iss=https%3A%2F%2Fother.example",
        "state=b",
    ):
        page = await look(visitor, f"{_CALLBACK}?{query}")
        assert "did not confirm who you are" in words(page)
        assert "callback" not in {str(one.get("id")) for one in page.of("form")}


@pytest.mark.databases("sqlite")
async def test_without_an_issuer_there_is_nothing_of_it(url: str) -> None:
    async with serving(url) as client, browser(client) as visitor:
        assert "/sign-in/issuer" not in (await visitor.get("/sign-in")).text
        assert (await visitor.get("/sign-in/issuer")).status_code == 404
        assert (await visitor.get(f"{_CALLBACK}?code=a&state=b")).status_code == 404
        assert (await send(visitor, _CALLBACK, code="a", state="b")).status_code == 404


@pytest.mark.databases("sqlite")
async def test_an_issuer_that_is_down_leaves_the_key(url: str) -> None:
    down = {"oidc_issuer": "http://127.0.0.1:9", **SETTINGS}
    async with serving(url, **down) as client, browser(client) as visitor:
        page = await look(visitor, "/sign-in/issuer", 503)
        assert "The issuer cannot be reached" in words(page)
        assert "key" in {one.get("name") for one in (await look(visitor, "/sign-in")).of("input")}


@pytest.mark.databases("sqlite")
async def test_parameters_of_the_issuer_that_are_unknown_are_ignored(
    visitor: httpx.AsyncClient,
) -> None:
    query = "code=a&state=b&client_info=x&client_info=y&error_description="
    assert await fields(visitor, f"{_CALLBACK}?{query}") == {"code": "a", "state": "b"}
    # Those that are read may come only once (RFC 6749, 3.1).
    await look(visitor, f"{_CALLBACK}?code=a&code=b&state=b", 400)
    await look(visitor, "/sign-in/issuer?client_info=x", 400)


_BEGIN_AGAIN = (401, "did not confirm who you are: begin again")
_MEND_IT = (503, "which only an administrator can mend")
_LATER = (503, "cannot be reached at the moment")


_TOKEN_ANSWERS: list[tuple[int, object, tuple[int, str], str | None]] = [
    (400, {"error": "invalid_grant", "error_description": "geheim"}, _BEGIN_AGAIN, None),
    (400, {"error": "invalid_client", "x": "geheim"}, _MEND_IT, "400, error 'invalid_client'"),
    (401, {"error": "invalid_client", "x": "geheim"}, _MEND_IT, "401, error 'invalid_client'"),
    (400, {"error": "two\nlines"}, _MEND_IT, r"400, error 'two\nlines'"),
    (403, ["geheim"], _MEND_IT, "403, error None"),
    (404, {"error": {"geheim": 1}}, _MEND_IT, "404, error None"),
    (302, {}, _MEND_IT, "302, error None"),
    (200, {"access_token": "geheim"}, _MEND_IT, "gives no ID token"),
    (429, {}, _LATER, "429, error None"),
    (500, {"error": "server_error"}, _LATER, "500, error 'server_error'"),
    (200, ["geheim"], _LATER, None),
]


@pytest.mark.databases("sqlite")
async def test_only_a_code_that_is_not_accepted_is_the_users_fault(
    visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    for status, content, (expected, says), logged in _TOKEN_ANSWERS:
        form = await fields(visitor, await at_issuer(visitor))
        REFUSALS[:] = [(status, content)]
        caplog.clear()
        answer = await send(visitor, _CALLBACK, None, **form)
        assert (answer.status_code, says in words(Reader(answer.text))) == (expected, True), content
        entries = [one for one in caplog.messages if "token endpoint" in one]
        assert len(entries) == (logged is not None)
        assert logged is None or logged in entries[0]
        assert "geheim" not in caplog.text
    assert COOKIE not in visitor.cookies


@pytest.mark.databases("sqlite")
async def test_the_discovery_document_is_fetched_once_for_all(visitor: httpx.AsyncClient) -> None:
    DISCOVERIES.clear()
    answers = await asyncio.gather(*(visitor.get("/sign-in/issuer") for _ in range(5)))
    assert {one.status_code for one in answers} == {303}
    await visitor.get("/sign-in/issuer")
    assert len(DISCOVERIES) == 1


async def test_the_endpoints_of_an_issuer_are_kept_for_minutes(there: str) -> None:
    DISCOVERIES.clear()
    clock = [0.0]
    async with httpx.AsyncClient(trust_env=False) as client:
        endpoints = Endpoints(client, there, lambda: clock[-1])
        for now, fetched in ((0.0, 1), (299.0, 1), (301.0, 2), (600.0, 2)):
            clock.append(now)
            assert await endpoints.authorization() == f"{there}/authorize"
            assert await endpoints.token() == f"{there}/token"
            assert len(DISCOVERIES) == fetched
        # That there is none is known for half a minute.
        endpoints = Endpoints(client, f"{there}/", lambda: clock[-1])
        for now, fetched in ((600.0, 3), (629.0, 3), (631.0, 4)):
            clock.append(now)
            with pytest.raises(ValueError, match="describes another issuer"):
                await endpoints.token()
            assert len(DISCOVERIES) == fetched


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("length", "is_kept"), [(2200, True), (2300, False)])
async def test_a_way_back_that_no_cookie_can_hold_is_left_out(
    visitor: httpx.AsyncClient, length: int, is_kept: bool
) -> None:
    back = "/sites?q=" + "x" * (length - 9)
    form = await fields(visitor, await at_issuer(visitor, back))
    answer = await send(visitor, _CALLBACK, None, **form)
    assert (answer.status_code, answer.headers["location"]) == (303, back if is_kept else "/")
