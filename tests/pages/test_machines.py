"""What machines read: the catalogue, the sitemap, robots.txt, canonical addresses, the licence."""

from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from pydantic import ValidationError

from app.core.publishing import PublishingSettings
from app.core.vocabulary import HISTORIC
from app.database import Database
from app.pages import sitemap
from app.subjects.registered import REGISTERED, count_registered, registered_ids
from tests.support.http import latest_revision, prepare_sourced, register
from tests.support.pages import look, words
from tests.support.registers import Templates, opened, serving

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PUBLIC = "https://register.example.org"


async def test_ids_are_those_of_what_is_in_the_register(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as client:
        for name in ("b", "a", "c", "d"):
            await register(client, f"site-{name}")
        before = await latest_revision(client)
        for path in ("sites/site-c", "organizations/builder"):
            body = {"reason": "Nhầm"}
            answer = await client.post(
                f"/v1/{path}/withdrawal", json=body, headers={"if-match": "*"}
            )
            assert answer.status_code == 201, answer.text
        after = await latest_revision(client)
        async with opened(url) as database, database.read() as connection:
            assert await registered_ids(connection, "site", after, 0, 9) == [
                "site-a",
                "site-b",
                "site-d",
            ]
            assert await registered_ids(connection, "site", after, 1, 1) == ["site-b"]
            assert await count_registered(connection, "site", before) == 4
            assert await count_registered(connection, "site", after) == 3
            assert await registered_ids(connection, "organization", before, 0, 9) == [
                "board",
                "builder",
            ]
            assert await registered_ids(connection, "organization", after, 0, 9) == ["board"]
            assert await count_registered(connection, "source", after) == 5
            assert await count_registered(connection, "project", after) == 0
    assert (*HISTORIC, "source", "organization") == REGISTERED or set(REGISTERED) >= {*HISTORIC}


@pytest.mark.databases("sqlite")
async def test_the_catalogue_names_data_that_there_are(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "site")
    answer = await sourced_client.get("/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    document: Any = answer.json()
    assert document["@type"] == "dcat:Catalog"
    assert document["dct:license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert {one["@language"] for one in document["dct:title"]} == {"vi", "en"}
    datasets = document["dcat:dataset"]
    assert [one["@id"] for one in datasets] == [
        "v1/sites",
        "v1/projects",
        "v1/rollups",
        "v1/sources",
        "v1/organizations",
        "v1/statements",
        "v1/findings",
    ]
    for one in datasets:
        for file in one["dcat:distribution"]:
            found = await sourced_client.get(answer.url.join(file["dcat:downloadURL"]["@id"]))
            assert found.status_code == 200
            assert found.headers["content-type"].startswith(file["dcat:mediaType"])
    tag = answer.headers["etag"]
    again = await sourced_client.get("/catalog.jsonld", headers={"if-none-match": tag})
    assert again.status_code == 304
    await register(sourced_client, "other")
    assert (await sourced_client.get("/catalog.jsonld")).headers["etag"] != tag


@pytest.mark.databases("sqlite")
async def test_the_sitemap_leads_to_every_page(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MOST", 2)
    async with (
        templates.copy("sqlite", prepare_sourced) as url,
        serving(url, public_url=PUBLIC) as client,
    ):
        for name in ("a", "b", "c"):
            await register(client, f"site-{name}")
        answer = await client.get("/sitemap.xml")
        assert answer.headers["content-type"] == "application/xml"
        parts = [one.text or "" for one in fromstring(answer.text).iter(f"{SITEMAP}loc")]  # noqa: S314
        assert f"{PUBLIC}/sitemaps/sites/2.xml" in parts
        assert f"{PUBLIC}/sitemaps/sites/3.xml" not in parts
        found = []
        for part in parts:
            text = (await client.get(part.removeprefix(PUBLIC))).text
            found += [one.text or "" for one in fromstring(text).iter(f"{SITEMAP}loc")]  # noqa: S314
        assert {f"{PUBLIC}/sites/site-{name}" for name in "abc"} <= set(found)
        assert {f"{PUBLIC}/organizations/board", f"{PUBLIC}/sources/plan", f"{PUBLIC}/"} <= {*found}
        assert len(found) == len(set(found))
        robots = (await client.get("/robots.txt")).text
        assert robots.endswith(f"\nSitemap: {PUBLIC}/sitemap.xml\n")
        for missing in ("sites/3", "sites/999", "towns/1", "provinces/2", "pages/2"):
            assert (await client.get(f"/sitemaps/{missing}.xml")).status_code == 404
        page = await look(client, "/sites/site-a?as_of=2024-01-01")
        (canonical,) = [one["href"] for one in page.of("link") if one["rel"] == "canonical"]
        assert canonical == f"{PUBLIC}/sites/site-a"


@pytest.mark.databases("sqlite")
async def test_without_an_address_there_is_no_sitemap(client: httpx.AsyncClient) -> None:
    page = await look(client, "/sitemap.xml", 404)
    assert "ICR_PUBLIC_URL" in words(page)
    robots = await client.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert "Sitemap" not in robots.text
    assert "Disallow: /v1/" in robots.text


@pytest.mark.databases("sqlite")
async def test_robots_stay_out_of_a_closed_register(database: Database) -> None:
    async with serving(database.url, public_reading=False) as client:
        client.headers.pop("authorization", None)
        assert (await client.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"
        assert (await client.get("/catalog.jsonld")).status_code == 401


@pytest.mark.databases("sqlite")
async def test_each_page_names_the_licence_of_the_data(database: Database) -> None:
    async with serving(database.url, data_licence="CC0-1.0") as client:
        page = await look(client, "/")
        (licence,) = [one for one in page.of("a") if one.get("rel") == "license"]
        assert licence["href"] == "https://spdx.org/licenses/CC0-1.0"
        assert "Data under CC0-1.0" in words(page)


@pytest.mark.parametrize(
    "url",
    [
        "register.example.org",
        "https://a/b/",
        "https://a/",
        "ftp://a",
        "https://a/b?c",
        "https://a//b",
    ],
)
def test_an_address_with_more_than_a_path_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        PublishingSettings(public_url=url)
