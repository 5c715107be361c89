"""What holds on every page: languages, themes, keys, headers, and that no text becomes markup."""

from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.database import Database
from tests.support.http import prepare_sourced, register, said
from tests.support.pages import HTML, PAGES, look, with_query, words
from tests.support.registers import Templates, beginning_with, post, serving

pytestmark = pytest.mark.databases("sqlite")
TAG = "<img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "שלום"
HOSTILE = f"{RIGHT_TO_LEFT}{TAG}'\"</script><script>alert(2)</script>{{{{1234*4321}}}}"


@beginning_with(prepare_sourced)
async def prepare_hostile(database: Database) -> None:
    """Register texts that browsers would run, wherever users can type."""
    async with serving(database.url) as client:
        source = {"id": "hostile", "kind": "article", "title": HOSTILE}
        script = {**source, "url": "javascript:alert(3)"}
        assert (await client.post("/v1/sources", json=script)).status_code == 422
        await post(client, "/v1/sources", {**source, "url": "https://example.org/?a='b"})
        await post(client, "/v1/organizations", {"id": "hostile", "name": HOSTILE})
        await register(client, "hostile", name=HOSTILE, area_ha=10, investor="hostile")
        body = said("2021", "hostile", values={"area_ha": 12, "clearance_status": "in_progress"})
        await post(client, "/v1/sites/hostile/statements", {**body, "note": HOSTILE})
        values = {"name": HOSTILE, "site": "hostile", "province_code": "06", "product": HOSTILE}
        project = said("2021", "hostile", id="hostile", values=values, cites=["hostile"])
        await post(client, "/v1/projects", project)


@pytest.fixture(scope="module")
async def hostile(templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy("sqlite", prepare_hostile) as url, serving(url) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
async def test_what_users_typed_never_becomes_markup(hostile: httpx.AsyncClient, path: str) -> None:
    for language in ("vi", "en"):
        page = await look(hostile, path, cookie=f"lang={language}")
        assert "onerror" not in {name for _, attributes in page.elements for name in attributes}
        assert not [name for _, given in page.elements for name in given if name.startswith("on")]
        data = "application/ld+json"
        assert all(one.get("src") or one.get("type") == data for one in page.of("script"))
        assert not page.of("style")
        assert not [1 for _, given in page.elements if "style" in given]
        addresses = [*page.links(), *(str(one.get("src")) for one in page.of("img"))]
        assert {urlsplit(address).scheme for address in addresses} <= {"", "https", "http"}
        assert "5332114" not in page.text


@pytest.mark.parametrize("path", PAGES)
async def test_words_that_run_from_right_to_left_turn_nothing_else_round(
    hostile: httpx.AsyncClient, path: str
) -> None:
    """Characters that turn text round are refused (below); words that do are set apart."""
    page = await look(hostile, path)
    assert all(RIGHT_TO_LEFT not in text for text in page.beside_bdi)


@pytest.mark.parametrize("control", ["\u202e", "\u2067", "\u200f"])
async def test_characters_that_turn_text_round_are_not_recorded(
    hostile: httpx.AsyncClient, control: str
) -> None:
    typed = f"CCN {control}evil"
    for path, body in (
        ("/v1/organizations", {"id": "bidi", "name": typed}),
        ("/v1/sources", {"id": "bidi", "kind": "article", "title": typed}),
        ("/v1/sites", said("2021", id="bidi", kind="cluster", values={"name": typed})),
    ):
        assert (await hostile.post(path, json=body)).status_code == 422


@pytest.mark.parametrize(("path", "language"), list(product(PAGES, ("vi", "en"))))
async def test_a_page_is_in_the_language_of_its_reader(
    hostile: httpx.AsyncClient, path: str, language: str
) -> None:
    other = {"vi": "en", "en": "vi"}[language]
    for headers, address in (
        ({"accept-language": language}, path),
        ({"accept-language": other, "cookie": f"lang={language}"}, path),
        (
            {"accept-language": other, "cookie": f"lang={other}"},
            with_query(path, f"lang={language}"),
        ),
    ):
        answer = await hostile.get(address, headers=HTML | headers)
        assert answer.status_code == 200
        assert answer.headers["content-language"] == language
        assert f'<html lang="{language}" data-theme="auto">' in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_kept_for_its_reader_alone(hostile: httpx.AsyncClient, path: str) -> None:
    dark = HTML | {"cookie": "theme=dark; lang=vi"}
    first = await hostile.get(path, headers=dark)
    again = await hostile.get(path, headers=dark)
    assert again.text == first.text
    assert 'data-theme="dark"' in first.text
    tag = first.headers["etag"]
    assert (await hostile.get(path, headers=dark | {"if-none-match": tag})).status_code == 304
    light = await hostile.get(path, headers=HTML | {"cookie": "theme=light; lang=vi"})
    assert 'data-theme="light"' in light.text
    assert light.headers["etag"] != tag
    assert {"accept-language", "cookie", "accept-encoding"} == {
        name.strip().lower() for name in light.headers["vary"].split(",")
    }


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_brings_no_code_along_and_asks_no_other_host(
    hostile: httpx.AsyncClient, path: str
) -> None:
    answer = await hostile.get(path, headers=HTML)
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "worker-src 'self'", "img-src 'self' data: blob:"} <= set(policy)
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_a_closed_register_says_so(hostile: httpx.AsyncClient, path: str) -> None:
    url = hostile._transport.app.state.service.settings.database_url  # type: ignore[attr-defined]
    async with serving(url, public_reading=False) as client:
        assert (await client.get(path, headers=HTML)).status_code == 200
        del client.headers["authorization"]
        page = await look(client, path, 401)
        assert "Sign in to see this page." in words(page)
        # The client of the tests comes from afar by plain HTTP, where no key is to be sent.
        assert "needs HTTPS" in words(page)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_one_revision_says_whether_it_has_changed_since(
    hostile: httpx.AsyncClient, path: str
) -> None:
    page = await look(hostile, path)
    (link,) = [str(a["href"]) for a in page.of("a") if a.get("rel") == "bookmark"]
    assert {"as_of", "revision", "rules"} <= parse_qs(urlsplit(link).query).keys()
    assert "Nothing shown here has changed since" in words(await look(hostile, link))
