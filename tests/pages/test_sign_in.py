"""Signing in to the pages and out: what a session may do, and what ends it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update

from app.access.principals import PrincipalRole
from app.access.tables import ACCESS_SESSIONS
from app.database import Database
from tests.support.http import as_problem, signed_in
from tests.support.ledgers import one
from tests.support.pages import Reader, look, words
from tests.support.registers import make_key, post, serving
from tests.support.sessions import COOKIE, HOME, browser, key_of, send, sign_in
from tests.support.streams import SECONDS, Stream, running


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(client) as found:
        yield found


async def head(visitor: httpx.AsyncClient, path: str = "/") -> str:
    """Return the words of the head of a page, which says who is signed in."""
    page = words(await look(visitor, path))
    return page[: page.index("As it was on")]


async def test_signing_in_and_out(client: httpx.AsyncClient, visitor: httpx.AsyncClient) -> None:
    key = (await signed_in(client, "Nguyễn Thị <b>Hoa</b>"))["Authorization"][len("Bearer ") :]
    assert "Sign in" in await head(visitor)
    page = await look(visitor, "/sign-in?back=%2Ffindings%3Flang%3Dvi")
    (form,) = [one for one in page.of("form") if "sign-in" in str(one["action"])]
    assert form["method"] == "post"
    answer = await send(visitor, str(form["action"]), key=f"  {key}\n")
    assert (answer.status_code, answer.headers["location"]) == (303, "/findings?lang=vi")
    assert answer.headers["cache-control"] == "private, no-store"
    (cookie,) = answer.headers.get_list("set-cookie")
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=strict; Secure", cookie)
    for path in ("/", "/findings", "/map", "/sign-in"):
        page = await look(visitor, path)
        assert "Nguyễn Thị <b>Hoa</b> What I recorded Keys Audit log Sign out" in words(page)
    answer = await send(visitor, "/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    # What was typed into forms stays with nobody who sits down there next.
    assert answer.headers["clear-site-data"] == '"storage"'
    assert COOKIE not in visitor.cookies
    assert "Sign out" not in await head(visitor)
    log = (await client.get("/v1/audit", params={"action": ["signed_in", "signed_out"]})).json()
    assert [entry["action"] for entry in log["items"]] == ["signed_out", "signed_in"]
    assert {entry["principal"] for entry in log["items"]} == {"Nguyễn Thị <b>Hoa</b>"}
    assert {entry["principal_id"] for entry in log["items"]} == {f"key:{key[4:14]}"}


async def test_the_cookie_alone_signs_in_and_only_its_digest_is_kept(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, database: Database
) -> None:
    value = await sign_in(visitor, key_of(client))
    assert await one(database, "SELECT count(*) FROM access_session") == 1
    assert await one(database, "SELECT digest FROM access_session") != value
    digest = str(await one(database, "SELECT digest FROM access_session"))
    async with browser(client) as other:
        for forged in (digest, value[:-1], f"{value}x", "", "x" * 9000):
            page = await look(other, "/", cookie=f"{COOKIE}={forged}")
            assert "Sign out" not in words(page)
        assert "Sign out" in words(await look(other, "/", cookie=f"{COOKIE}={value}"))


async def test_signing_in_begins_another_session_and_ends_the_one_before(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    """A value that somebody else put into the browser is never made a session (fixation)."""
    planted = "planted-by-somebody-else"
    visitor.cookies.set(COOKIE, planted, domain="register.local", path="/")
    first = await sign_in(visitor, key_of(client))
    second = await sign_in(visitor, key_of(client))
    assert len({planted, first, second}) == 3
    async with browser(client) as other:
        for value in (planted, first):
            page = await look(other, "/", cookie=f"{COOKIE}={value}")
            assert "Sign out" not in words(page)


async def test_a_session_that_ended_cannot_be_used_again(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    value = await sign_in(visitor, key_of(client))
    await send(visitor, "/sign-out")
    async with browser(client) as other:
        page = await look(other, "/", cookie=f"{COOKIE}={value}")
        assert "Sign out" not in words(page)


async def test_a_session_ends_with_its_key_in_every_process(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, empty_url: str
) -> None:
    made = await post(client, "/v1/keys", {"name": "An", "role": "reader"})
    value = await sign_in(visitor, made["key"])
    async with (
        serving(empty_url, public_reading=False) as elsewhere,
        browser(elsewhere) as other,
    ):
        cookie = f"{COOKIE}={value}"
        assert "An Sign out" in words(await look(other, "/", cookie=cookie))
        await post(client, f"/v1/keys/{made['id']}/revocation", {"reason": "Lost"})
        page = words(await look(other, "/", 401, cookie=cookie))
        assert f"Key {made['id']} was revoked" in page
    assert "Sign out" not in await head(visitor)


@pytest.mark.parametrize("column", ["expires_at", "seen_at"])
async def test_a_session_ends_in_time_and_where_nobody_uses_it(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, database: Database, column: str
) -> None:
    await sign_in(visitor, key_of(client))
    before = {"expires_at": timedelta(), "seen_at": timedelta(hours=1)}[column]
    async with database.write() as session:
        past = datetime.now(UTC) - before
        await session.execute(update(ACCESS_SESSIONS).values({column: past}))
    assert "Sign out" not in await head(visitor)


async def test_using_a_session_keeps_it(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, database: Database
) -> None:
    await sign_in(visitor, key_of(client))
    before = datetime.now(UTC) - timedelta(minutes=59)
    async with database.write() as session:
        await session.execute(update(ACCESS_SESSIONS).values(seen_at=before))
    assert "Sign out" in await head(visitor)
    service = client._transport.app.state.service  # type: ignore[attr-defined]
    await service.authenticator.journal.flush()
    assert await one(database, "SELECT seen_at FROM access_session") != before


@pytest.mark.databases("sqlite")
async def test_a_stream_does_not_keep_a_session(empty_url: str) -> None:
    async with running(empty_url) as service:
        key = (await make_key(service.database, "reader", PrincipalRole.reader)).key
        own = {"origin": service.base}
        async with httpx.AsyncClient(
            base_url=service.base, headers=own, trust_env=False, timeout=SECONDS
        ) as visitor:
            await send(visitor, "/sign-in", key=key)
            before = datetime.now(UTC) - timedelta(minutes=59)
            async with service.database.write() as session:
                await session.execute(update(ACCESS_SESSIONS).values(seen_at=before))
            seen = await one(service.database, "SELECT seen_at FROM access_session")
            async with visitor.stream("GET", "/changes/stream") as response:
                assert (await Stream(response).event()).fields == {"retry": "2000"}
            journal = service.app.state.service.authenticator.journal
            await journal.flush()
            assert await one(service.database, "SELECT seen_at FROM access_session") == seen
            assert (await visitor.get("/changes")).status_code == 200
            await journal.flush()
            assert await one(service.database, "SELECT seen_at FROM access_session") != seen


@pytest.mark.databases("sqlite")
async def test_a_session_never_opens_the_api(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, empty_url: str
) -> None:
    await sign_in(visitor, key_of(client))
    body = {"id": "a", "name": "A"}
    as_problem(await visitor.post("/v1/organizations", json=body), 401)
    as_problem(await visitor.get("/v1/keys"), 401)
    assert (await visitor.get("/v1/sites")).headers["cache-control"] == "no-cache"
    async with serving(empty_url, public_reading=False) as closed, browser(closed) as other:
        await sign_in(other, key_of(closed))
        assert (await other.get("/")).status_code == 200
        as_problem(await other.get("/v1/sites"), 401)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://register"},
        {"origin": f"{HOME}.evil.example"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {},
    ],
)
async def test_what_another_origin_has_a_browser_send_is_refused(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await sign_in(visitor, key_of(client))
    del visitor.headers["origin"]
    for path, fields in (("/sign-out", {}), ("/sign-in", {"key": key_of(client)})):
        answer = await send(visitor, path, headers, **fields)
        assert answer.status_code == 403
        assert "This was not sent by a page of this register" in answer.text
        assert "set-cookie" not in answer.headers
    assert "Sign out" in await head(visitor)


@pytest.mark.databases("sqlite")
async def test_a_browser_that_sends_no_origin_says_that_it_is_the_same(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await sign_in(visitor, key_of(client))
    del visitor.headers["origin"]
    answer = await send(visitor, "/sign-out", {"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303


@pytest.mark.databases("sqlite")
async def test_behind_a_proxy_that_has_another_name_the_public_one_counts(empty_url: str) -> None:
    public = "https://register.example.org"
    async with serving(empty_url, public_url=public) as client, browser(client) as visitor:
        answer = await send(visitor, "/sign-in", {"origin": public}, key=key_of(client))
        assert answer.status_code == 303


@pytest.mark.databases("sqlite")
async def test_keys_are_not_taken_in_the_open(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    """Over plain HTTP on the machine itself only, as ``make run`` serves."""
    for base, status in (("http://10.0.0.7:8000", 403), ("http://127.0.0.1:8000", 303)):
        answer = await send(visitor, f"{base}/sign-in", {"origin": base}, key=key_of(client))
        assert answer.status_code == status
        form = await visitor.get(f"{base}/sign-in")
        assert ('name="key"' in form.text) is (status == 303)
        assert ("needs HTTPS" in form.text) is (status == 403)
        cookie = answer.headers.get("set-cookie", "")
        assert cookie.startswith("icr_session=") is (status == 303)
        assert "Secure" not in cookie


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
async def test_signing_in_leads_to_no_other_host(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient, back: str
) -> None:
    address = str(httpx.URL("/sign-in", params={"back": back}))
    answer = await send(visitor, address, key=key_of(client))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    page = await look(visitor, address, 400)
    assert all("evil" not in str(one.get("action")) for one in page.of("form"))


@pytest.mark.databases("sqlite")
async def test_a_wrong_key_is_refused_on_the_page_and_noted(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    key = key_of(client)
    for wrong in (key[:-1], f"{key[:-8]}00000000", "secret", "eyJhbGciOiJub25lIn0.e30."):
        answer = await send(visitor, "/sign-in?back=%2Ffindings", key=wrong)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        page = Reader(answer.text)
        assert "These credentials are not valid." in words(page)
        assert "/sign-in?back=%2Ffindings" in {one["action"] for one in page.of("form")}
        assert wrong not in answer.text
    service = client._transport.app.state.service  # type: ignore[attr-defined]
    await service.authenticator.journal.flush()
    (entry,) = (await client.get("/v1/audit", params={"action": "refused"})).json()["items"]
    assert (entry["path"], entry["status"], entry["count"]) == ("/sign-in", 401, 4)


@pytest.mark.databases("sqlite")
async def test_attempts_are_counted_by_address(empty_url: str) -> None:
    async with serving(empty_url, rate_per_address="3/day") as client, browser(client) as visitor:
        seen = [(await send(visitor, "/sign-in", key="icr_x")).status_code for _ in range(4)]
        assert seen == [401, 401, 401, 429]


@pytest.mark.databases("sqlite")
async def test_a_session_counts_as_a_credential(empty_url: str) -> None:
    async with (
        serving(empty_url, rate_per_credential="2/day") as client,
        browser(client) as visitor,
    ):
        await sign_in(visitor, key_of(client))
        assert [(await visitor.get("/")).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.databases("sqlite")
async def test_pages_of_somebody_are_kept_nowhere(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    anonymous = await visitor.get("/")
    assert anonymous.headers["cache-control"] == "no-cache"
    value = await sign_in(visitor, key_of(client))
    tag = {"if-none-match": anonymous.headers["etag"]}
    for path in ("/", "/sites", "/nowhere", "/provinces/06", "/?colour=red"):
        for _ in range(2):
            answer = await visitor.get(path, headers=tag)
            assert answer.status_code != 304
            if path != "/nowhere":
                assert answer.headers["cache-control"] == "private, no-store"
                assert "cookie" in answer.headers["vary"].lower()
    # What others are given is as it was, and knows nothing of it.
    async with browser(client) as other:
        again = await other.get("/")
        assert again.content == anonymous.content
        assert value not in again.text
        assert (await other.get("/", headers=tag)).status_code == 304


@pytest.mark.databases("sqlite")
async def test_pages_are_not_framed_and_send_forms_here_only(
    visitor: httpx.AsyncClient,
) -> None:
    for path in ("/sign-in", "/", "/map", "/nowhere"):
        answer = await visitor.get(path)
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"form-action 'self'", "frame-ancestors 'none'"} <= set(policy)
        # With no-referrer the browser would send "null" as the origin of forms.
        assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("way", ["sign out", "revoke"])
async def test_changes_are_followed_by_a_session_until_it_ends(empty_url: str, way: str) -> None:
    """On a register whose reading is closed, over a real connection."""
    async with running(empty_url, public_reading=False) as service, service.client() as client:
        reader = await make_key(service.database, "reader", PrincipalRole.reader)
        own = {"origin": service.base}
        async with httpx.AsyncClient(
            base_url=service.base, headers=own, trust_env=False, timeout=SECONDS
        ) as visitor:
            assert (await visitor.get("/changes/stream")).status_code == 401
            assert (await send(visitor, "/sign-in", key=reader.key)).status_code == 303
            assert (await visitor.get("/v1/changes/stream")).status_code == 401
            async with visitor.stream("GET", "/changes/stream?after=0") as response:
                assert response.headers["cache-control"] == "private, no-store"
                stream = Stream(response)
                assert (await stream.event()).fields == {"retry": "2000"}
                await post(client, "/v1/organizations", {"id": "a", "name": "A"})
                assert (await stream.change()).id == 1
                if way == "revoke":
                    await post(client, f"/v1/keys/{reader.id}/revocation", {"reason": "lost"})
                else:
                    assert (await send(visitor, "/sign-out")).status_code == 303
                await post(client, "/v1/organizations", {"id": "b", "name": "B"})
                assert await stream.ends() == []


@pytest.mark.databases("sqlite")
async def test_a_stream_that_was_lost_goes_on_after_the_last_change_that_came(
    empty_url: str,
) -> None:
    async with running(empty_url) as service, service.client() as client:
        for name in "abc":
            await post(client, "/v1/organizations", {"id": name, "name": name})
        path, last = "/changes/stream?after=0", {"Last-Event-ID": "2"}
        async with client.stream("GET", path, headers=last) as response:
            stream = Stream(response)
            assert (await stream.event()).fields == {"retry": "2000"}
            assert (await stream.change()).id == 3


@pytest.mark.databases("sqlite")
async def test_who_is_signed_in_is_so_where_nothing_is(
    client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    assert "Sign in" in words(await look(visitor, "/nowhere", 404))
    await sign_in(visitor, key_of(client))
    for method, path, status in (("GET", "/nowhere", 404), ("POST", "/findings", 405)):
        answer = await visitor.request(method, path)
        assert answer.status_code == status
        assert "Sign out" in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
