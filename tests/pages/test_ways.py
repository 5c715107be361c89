"""Ways that readers take: links that others passed on, days without an answer, and files."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.http.trackers import without_trackers
from tests.support.http import register, state
from tests.support.pages import HTML, Reader, look, words

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (b"fbclid=x", b""),
        (b"utm_source=zalo&utm_medium=a%20b&as_of=2024-01-01", b"as_of=2024-01-01"),
        (b"a=1&gclid&zarsrc=30&b=2", b"a=1&b=2"),
        (b"mc_cid=1&mc_other=2&xfbclid=3&fbclids=4", b"mc_other=2&xfbclid=3&fbclids=4"),
        (b"q=fbclid=x", b"q=fbclid=x"),
    ],
)
def test_trackers_are_known_by_their_whole_names(query: bytes, kept: bytes) -> None:
    assert without_trackers(query) == kept


async def test_a_link_that_a_network_passed_on_shows_the_page(client: httpx.AsyncClient) -> None:
    plain = await client.get("/?as_of=2024-01-01", headers=HTML)
    passed_on = await client.get("/?fbclid=x&as_of=2024-01-01&utm_source=zalo", headers=HTML)
    assert (passed_on.status_code, passed_on.text) == (200, plain.text)
    assert passed_on.headers["etag"] == plain.headers["etag"]
    assert (await client.get("/?colour=red", headers=HTML)).status_code == 400
    assert (await client.get("/v1/sites?fbclid=x")).status_code == 400


def fields(page: Reader) -> dict[str, str]:
    """Return what the form of the head sends without scripts."""
    named = [one for one in page.of("input") if one["name"] != "q"]
    return {str(one["name"]): str(one.get("value") or "") for one in named}


async def test_the_form_keeps_the_revision_and_pins_none_unasked(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", area_ha=10)
    page = await look(sourced_client, "/sites/one?revision=8")
    assert fields(page).keys() == {"as_of", "revision"}
    assert fields(page)["revision"] == "8"
    assert "As known at revision 8 (as known now)" in words(page)
    assert "/sites/one" in page.links()
    assert fields(await look(sourced_client, "/sites/one"))["known_at"] == ""
    given = await look(sourced_client, "/?known_at=2020-02-03")
    assert fields(given)["known_at"] == "2020-02-03"


async def test_each_change_of_a_site_leads_to_before_and_after(
    sourced_client: httpx.AsyncClient,
) -> None:
    first = (await register(sourced_client, "one", area_ha=10))["revision"]
    second = (await state(sourced_client, "one", "2023", area_ha=12))["revision"]
    page = await look(sourced_client, "/sites/one")
    assert f"Revision {second}: before · after" in words(page)
    # Before the first there was no such site.
    assert f"Revision {first}: after" in words(page)
    before = await look(sourced_client, f"/sites/one?revision={second - 1}")
    assert f"/sites/one?revision={second - 1}" in page.links()
    assert "Area 10 ha" in words(before)


async def test_workbooks_are_in_the_language_of_the_page(documents: httpx.AsyncClient) -> None:
    for path in ("/", "/map", "/sites", "/provinces/19", "/sites/ccn-cam-giang"):
        for language in ("vi", "en"):
            links = (await look(documents, path, cookie=f"lang={language}")).links()
            books = [link for link in links if ".xlsx" in link]
            assert books
            for book in books:
                assert parse_qs(urlsplit(book).query)["lang"] == [language]
                assert (await documents.get(book)).status_code == 200


async def test_the_data_of_a_search_and_a_comparison_are_what_is_seen(
    documents: httpx.AsyncClient,
) -> None:
    page = await look(documents, "/search?q=cam giang")
    files = {urlsplit(link).path: link for link in page.links() if link.startswith("/v1/")}
    assert files.keys() == {
        *("/v1/sites", "/v1/projects", "/v1/organizations", "/v1/sources", "/v1/units")
    }
    for link in files.values():
        assert (await documents.get(link)).status_code == 200
    (site,) = (await documents.get(files["/v1/sites"])).json()["items"]
    assert site["name"] in words(page)
    compared = "/compare?province_code=06&as_of=2024-12-31&other_as_of=2020-12-31"
    links = [one for one in (await look(documents, compared)).links() if one.startswith("/v1/")]
    assert {urlsplit(one).path for one in links} == {"/v1/provinces/06/rollup"}
    days = sorted(parse_qs(urlsplit(one).query)["as_of"][0] for one in links)
    assert days == ["2020-12-31", "2024-12-31"]


async def test_a_day_without_an_answer_leads_to_one_with(documents: httpx.AsyncClient) -> None:
    page = await look(documents, "/provinces/06?as_of=2025-12-31&lang=en", 404)
    successor = "/provinces/19?as_of=2025-12-31&lang=en"
    assert successor in page.links()
    await look(documents, successor)
    assert fields(page) == {"as_of": "2025-12-31", "lang": "en"}
    page = await look(documents, "/sites/ccn-cam-giang?as_of=2019-01-01", 404)
    # The first day that a document of the seeds speaks of.
    assert "See it on 30 Jun 2021" in words(page)
    assert "/sites/ccn-cam-giang?as_of=2021-06-30" in page.links()
    await look(documents, "/sites/ccn-cam-giang?as_of=2021-06-30")


async def test_provinces_that_ended_are_found_from_the_overview(
    documents: httpx.AsyncClient,
) -> None:
    page = await look(documents, "/?lang=en")
    assert "Provinces that ended on 30 Jun 2025:" in words(page)
    for code in ("06", "17"):
        assert f"/provinces/{code}?lang=en&as_of=2025-06-30" in page.links()
    # 63 provinces became 34: the codes of 29 ended.
    ended = {one for one in page.links() if "as_of=2025-06-30" in one and "/provinces/" in one}
    assert len(ended) == 29
    assert "Provinces that ended" not in words(await look(documents, "/?as_of=2025-06-30"))
    heir = words(await look(documents, "/provinces/25"))
    assert "It came from Hòa Bình, Phú Thọ, Vĩnh Phúc." in heir


async def test_an_address_that_is_shortened_leads_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/provinces")
    assert (answer.status_code, answer.headers["location"]) == (307, "/#provinces")
    await look(client, "/#provinces")


async def test_a_chart_says_how_to_embed_it(documents: httpx.AsyncClient) -> None:
    page = await look(documents, "/sites/ccn-cam-giang")
    (picture,) = [one for one in page.links() if one.startswith("/charts/")]
    assert f'<img src="{picture}" alt=' in page.text
    assert (await documents.get(picture)).headers["content-type"].startswith("image/svg+xml")
