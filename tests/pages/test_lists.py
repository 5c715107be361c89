"""Lists of projects, organizations and sources, revisions, and dates as sources gave them."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.http import latest_revision, register, said, state
from tests.support.pages import Reader, look, words
from tests.support.registers import post

pytestmark = pytest.mark.databases("sqlite")


def files(page: Reader) -> dict[str, str]:
    """Return the files that a page offers, by their paths."""
    return {urlsplit(one).path: one for one in page.links() if one.startswith("/v1/")}


async def add_project(client: httpx.AsyncClient, key: str, site: str, **values: object) -> None:
    """Register a project in a site."""
    values = {"name": key.upper(), "province_code": "06", "site": site, **values}
    await post(client, "/v1/projects", said("2021-01-01", "article", id=key, values=values))


@pytest.mark.parametrize("name", ["projects", "organizations", "sources"])
async def test_a_list_keeps_the_day_and_offers_its_files(
    documents: httpx.AsyncClient, name: str
) -> None:
    home = await look(documents, "/?as_of=2024-06-30")
    assert f"/{name}?as_of=2024-06-30" in home.links()
    page = await look(documents, f"/{name}?as_of=2024-06-30")
    offered = files(page)
    assert offered.keys() == {f"/v1/{name}{ending}" for ending in ("", ".csv", ".xlsx")}
    items = (await documents.get(offered[f"/v1/{name}"])).json()["items"]
    assert items
    for one in items:
        assert f"/{name}/{one['id']}?as_of=2024-06-30" in page.links()
    for address in offered.values():
        assert (await documents.get(address)).status_code == 200
        assert ("as_of" in parse_qs(urlsplit(address).query)) == (name == "projects")


async def test_lists_have_only_what_their_filters_let_through(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", name="CCN Một")
    await register(sourced_client, "two", name="CCN Hai")
    await add_project(sourced_client, "giay", "one", licence_status="licensed")
    await add_project(sourced_client, "thep", "two", product="thép")
    page = await look(sourced_client, "/projects?licence_status=licensed&as_of=2022-01-01")
    text = words(page)
    assert "Projects found: 1" in text
    assert "GIAY CCN Một" in text
    assert "THEP" not in text
    assert "licence_status=licensed" in files(page)["/v1/projects.csv"]
    assert "THEP CCN Hai" in words(await look(sourced_client, "/projects?q=thep&as_of=2022-01-01"))
    assert "Projects found: 0" in words(await look(sourced_client, "/projects?as_of=2020-12-31"))
    sources = words(await look(sourced_client, "/sources?kind=decision"))
    assert "The decision" in sources
    assert "The article" not in sources
    organizations = words(await look(sourced_client, "/organizations?q=ha%20tang"))
    assert "Công ty Hạ tầng Đông Á" in organizations
    assert "No organization matches." in words(
        await look(sourced_client, "/organizations?q=khong-co")
    )


@pytest.mark.parametrize("name", ["projects", "organizations", "sources"])
async def test_lists_go_on_page_after_page(documents: httpx.AsyncClient, name: str) -> None:
    every = (await documents.get(f"/v1/{name}?limit=1000")).json()["items"]
    path: str | None = f"/{name}?limit=4"
    found: list[str] = []
    while path:
        page = await look(documents, path)
        heads = [one for one in page.links() if one.startswith(f"/{name}/")]
        found += [urlsplit(one).path.rpartition("/")[2] for one in heads]
        path = next((str(a["href"]) for a in page.of("a") if a.get("rel") == "next"), None)
    assert sorted(found) == sorted(one["id"] for one in every)
    assert len(found) > 4


async def test_a_revision_says_who_did_what_when_and_why(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "one", name="CCN Một", area_ha=10)
    first = await latest_revision(sourced_client)
    body = said("2022", "article", reason="found later", values={"area_ha": 12})
    await post(sourced_client, "/v1/sites/one/statements", body)
    changes = await look(sourced_client, "/changes")
    assert f"/revisions/{first + 1}" in changes.links()
    page = await look(sourced_client, f"/revisions/{first + 1}")
    text = words(page)
    assert f"Revision {first + 1}" in text
    assert "found later" in text
    assert "Stated: CCN Một" in text
    assert "Area 12 ha" in text
    assert {"/sites/one", f"/revisions/{first}"} <= set(page.links())
    # The first of two has the one that came after.
    assert f"/revisions/{first + 1}" in (await look(sourced_client, f"/revisions/{first}")).links()
    await look(sourced_client, f"/revisions/{first + 2}", 404)
    await look(sourced_client, f"/revisions/{first + 1}?revision={first}", 404)


async def test_a_long_revision_goes_on_page_after_page(documents: httpx.AsyncClient) -> None:
    changes = (await documents.get("/v1/changes?limit=1000")).json()["items"]
    longest = max(changes, key=lambda one: one["entries_count"])
    assert longest["entries_count"] > 50
    path: str | None = f"/revisions/{longest['number']}"
    seen = 0
    while path:
        page = await look(documents, path)
        seen += words(page).count("Stated: ") + words(page).count("Registered: ")
        links = [str(a["href"]) for a in page.of("a") if a.get("rel") == "next"]
        path = next((one for one in links if "cursor=" in one), None)
    assert seen == longest["entries_count"]


@pytest.mark.databases("sqlite", "postgresql")
async def test_dates_are_as_precise_as_sources_gave_them(sourced_client: httpx.AsyncClient) -> None:
    for key, day, shown in (
        ("year", "2021", "2021"),
        ("month", "2021-03", "Mar 2021"),
        ("quarter", "2021-Q2", "Q2 2021"),
        ("day", "2021-04-05", "5 Apr 2021"),
    ):
        await register(sourced_client, key, day, name=f"CCN {key}", investor="builder")
        row = words(await look(sourced_client, f"/sites?q={key}&as_of=2023-01-01"))
        assert f"unknown {shown} What you see" in row, key
        roles = words(await look(sourced_client, "/organizations/builder"))
        assert f"CCN {key} Infrastructure developer {shown} " in roles
    # The first of two dates that begin on one day is said no more precisely than the other.
    await state(sourced_client, "year", "2021-01-01", area_ha=4)
    row = words(await look(sourced_client, "/sites?q=year&as_of=2023-01-01"))
    assert " 4 " in row
    assert "unknown 2021 What you see" in row


async def test_a_timeline_says_imprecise_days_as_they_were_given(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", "2021", name="CCN Một", clearance_status="in_progress")
    await state(sourced_client, "one", "2022-03", clearance_status="completed")
    text = words(await look(sourced_client, "/sites/one"))
    assert "In progress 2021 Mar 2022" in text
    assert "1 Jan 2021" not in text


async def test_filters_that_name_something_say_its_name(sourced_client: httpx.AsyncClient) -> None:
    """Of an organization, a site and a province, also where nothing matches."""
    await register(sourced_client, "one", "2021", name="CCN Một", investor="builder")
    page = words(await look(sourced_client, "/sites?investor=builder&lang=vi"))
    assert ": Công ty Hạ tầng Đông Á" in page
    page = words(await look(sourced_client, "/projects?investor=builder&site=one&lang=vi"))
    assert ": Công ty Hạ tầng Đông Á" in page
    assert ": CCN Một" in page
    page = words(await look(sourced_client, "/sites?province_code=06&as_of=2024-01-01&lang=en"))
    assert "Province: Bắc Kạn" in page
    page = words(await look(sourced_client, "/sites?area_min=50&lang=en"))
    assert "Area (ha) ≥ 50" in page
