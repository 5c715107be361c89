"""The head of pages, what readers keep, files that pages bring along, and problems as pages."""

import re
from pathlib import Path

import httpx
import pytest

import app.pages
from app.core.messages import TEMPLATES
from tests.support.http import register, state
from tests.support.pages import HTML, attribute, look, words
from tests.support.registers import serving

pytestmark = pytest.mark.databases("sqlite")
FOLDER = Path(app.pages.__file__).parent


def test_templates_use_words_that_there_are_and_all_of_them() -> None:
    sources = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources).replace("'", '"')
    known = {name.removeprefix("page.") for name in TEMPLATES if name.startswith("page.")}
    pages = "|".join(sorted({name.split(".")[0] for name in known}))
    named = set(re.findall(rf'"((?:{pages})\.[a-z0-9-]*)"', text))
    # "layout." ~ name: the rest is known when the page is made.
    stems = tuple(name for name in named if name[-1] in ".-")
    files = (".html", ".css", ".js", ".mjs")
    whole = {name for name in named if name[-1] not in ".-" and not name.endswith(files)}
    # Pages say some messages of other rooms in words of their own.
    plain = {name for name in known if name.startswith("plain.")}
    others = {name.replace("_", "-") for name in TEMPLATES}
    assert {name.removeprefix("plain.") for name in plain} <= others
    assert whole <= known | others
    assert {name for name in known - plain - whole if not name.startswith(stems)} == set()


async def test_what_a_reader_chooses_stays(client: httpx.AsyncClient) -> None:
    answer = await client.get(
        "/preferences", params={"lang": "vi", "theme": "dark", "back": "/?as_of=2024-01-01"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/?as_of=2024-01-01")
    assert answer.headers["cache-control"] == "no-store"
    for cookie in answer.headers.get_list("set-cookie"):
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=31536000"} <= set(cookie.split("; "))
    page = await look(client, "/", languages="en")
    assert attribute(page, "html", "lang") == "vi"
    assert attribute(page, "html", "data-theme") == "dark"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
async def test_the_way_back_stays_on_this_host(client: httpx.AsyncClient, back: str) -> None:
    answer = await client.get("/preferences", params={"theme": "dark", "back": back})
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_files_of_pages_never_change(client: httpx.AsyncClient) -> None:
    page = await look(client, "/")
    style, _ = [str(one["href"]) for one in page.of("link") if one["rel"] == "stylesheet"]
    assert re.fullmatch(r"/static/[0-9a-f]{16}/style\.css", style)
    answer = await client.get(style)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for coding in ("gzip", "identity", "gzip"):
        again = await client.get(style, headers={"accept-encoding": coding})
        assert again.content == (FOLDER / "static/style.css").read_bytes()
        assert again.headers.get("content-encoding", "identity") == coding
        assert again.headers["cache-control"] == answer.headers["cache-control"]
        tag = {"if-none-match": again.headers["etag"], "accept-encoding": coding}
        assert (await client.get(style, headers=tag)).status_code == 304
    part = {"range": "bytes=3-5", "accept-encoding": "identity"}
    assert (await client.get(style, headers=part)).content == b"The"
    assert (await client.get("/static/0123456789abcdef/style.css")).status_code == 404
    assert (await client.get(style + "/../../rendering.py")).status_code == 404


async def test_a_problem_is_a_page_for_people_and_a_document_for_programs(
    client: httpx.AsyncClient,
) -> None:
    page = await look(client, "/nowhere", 404, languages="vi")
    assert "Không có gì ở địa chỉ này" in words(page)
    faulty = words(await look(client, "/?as_of=yesterday&colour=red", 400))
    assert "The page does not know 'colour'" in faulty
    faulty = words(await look(client, "/?as_of=yesterday", 400))
    assert "write a day, as in 31/12/2026" in faulty
    for path, headers in (("/nowhere", {}), ("/v1/nowhere", HTML)):
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_caches_tell_a_page_of_a_problem_from_its_document(client: httpx.AsyncClient) -> None:
    for headers in (HTML, {}):
        answer = await client.get("/nowhere", headers=headers)
        names = {name.strip().lower() for name in answer.headers["vary"].split(",")}
        assert {"accept", "accept-language"} <= names


async def test_the_path_of_a_problem_begins_no_other_host(client: httpx.AsyncClient) -> None:
    answer = await client.get("http://testserver//evil.example/x", headers=HTML)
    assert answer.status_code == 404
    assert '"//' not in answer.text
    assert "back=%2Fevil.example%2Fx" in answer.text


async def test_a_problem_shows_what_was_requested_as_text(client: httpx.AsyncClient) -> None:
    page = await look(client, "/?%3Cscript%3Ealert(1)%3C/script%3E=1", 400)
    assert "<script>alert(1)</script>" in words(page)
    assert [str(script.get("src"))[:8] for script in page.of("script")] == ["/static/"]


async def test_the_controls_of_the_head_work_without_scripts(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", area_ha=10)
    page = await look(sourced_client, "/?as_of=&known_at=&lang=en")
    assert {one["name"] for one in page.of("input")} >= {"as_of", "known_at", "lang"}
    # A day before anything was recorded: it was known to its end.
    text = words(await look(sourced_client, "/?known_at=2020-02-03"))
    assert "nothing is recorded yet" in text
    assert "known_at" in words(await look(sourced_client, "/?known_at=2999-01-01", 400))


async def test_a_pinned_page_says_what_has_changed_since(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "one", area_ha=10)
    revision = (await sourced_client.get("/v1/sites")).json()["revision"]
    pinned = f"/?as_of=2024-01-01&revision={revision}"
    assert "Nothing shown here has changed since" in words(await look(sourced_client, pinned))
    # Another year: what was so in 2024 stays.
    await state(sourced_client, "one", "2025", area_ha=11)
    text = words(await look(sourced_client, pinned))
    assert f"Nothing shown here has changed since, up to revision {revision + 1}" in text
    await state(sourced_client, "one", "2023", area_ha=12)
    text = words(await look(sourced_client, pinned))
    assert f"What is shown here has changed since; the latest is revision {revision + 2}" in text
    old = words(await look(sourced_client, f"{pinned}&rules=0.0.1"))
    assert "the address names edition 0.0.1" in old


async def test_a_further_page_of_a_list_is_no_change(sourced_client: httpx.AsyncClient) -> None:
    for number in range(3):
        await register(sourced_client, f"site-{number}", area_ha=10)
    revision = (await sourced_client.get("/v1/sites")).json()["revision"]
    pinned = f"/sites?limit=2&province_code=06&as_of=2024-01-01&revision={revision}"
    await register(sourced_client, "elsewhere", area_ha=10, province_code="19")
    page = await look(sourced_client, pinned)
    assert [a for a in page.of("a") if a.get("rel") == "next"]
    assert "Nothing shown here has changed since" in words(page)


async def test_too_many_requests_are_a_page_too(empty_url: str) -> None:
    async with serving(empty_url, rate_per_address="1/day") as client:
        assert (await client.get("/", headers=HTML)).status_code == 200
        page = await look(client, "/", 429)
        assert attribute(page, "html", "lang") == "en"
        assert "Too much was asked for at once" in words(page)
