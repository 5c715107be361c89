"""Pages of sites, projects, organizations and sources: what they say, and what became of it."""

import json
import re
from csv import DictReader
from io import StringIO
from typing import Any

import httpx
import pytest

from tests.support.http import latest_revision, register, said, state
from tests.support.pages import HTML, look, words
from tests.support.registers import post

pytestmark = pytest.mark.databases("sqlite")


async def with_a_history(client: httpx.AsyncClient) -> None:
    """Register a cluster whose area was 20 ha, by a plan 30 ha, and by a decision 25 ha."""
    await register(
        client, "yen-binh", "2020-03-05", name="CCN Yên Bình", area_ha=20, investor="builder"
    )
    await state(client, "yen-binh", "2021-02-01", clearance_status="in_progress")
    body = said("2022-05-01", "decision", values={"area_ha": 25, "to_clear_ha": 25})
    await post(client, "/v1/sites/yen-binh/statements", body)
    plan = said("2023", "plan", basis="plan", values={"to_clear_ha": 30})
    await post(client, "/v1/sites/yen-binh/statements", plan)


async def change(client: httpx.AsyncClient, path: str, body: Any) -> None:
    """Send a write that names the state which its client has seen."""
    answer = await client.post(path, json=body, headers={"if-match": "*"})
    assert answer.status_code == 201, answer.text


async def test_a_site_shows_each_value_with_who_said_so(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    page = await look(sourced_client, "/sites/yen-binh?as_of=2024-01-01")
    text = words(page)
    assert "CCN Yên Bình Industrial cluster Land clearance" in text
    assert "Area 25 ha instead of 20 ha (5 Mar 2020) The decision 1 May 2022 · known since" in text
    assert "Infrastructure investor Công ty Hạ tầng Đông Á The article 5 Mar 2020" in text
    assert "To clear 25 ha The decision" in text
    assert "To clear Planned 30 ha The plan 2023" in text
    assert "follows from Land clearance" in text
    assert "/organizations/builder?as_of=2024-01-01" in page.links()
    assert "/sources/decision?as_of=2024-01-01" in page.links()
    # What it leads to within the page is there.
    anchors = {str(given["id"]) for _, given in page.elements if "id" in given}
    assert {link[1:] for link in page.links() if link.startswith("#")} <= anchors


async def test_another_day_is_shown_as_historic(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    text = words(await look(sourced_client, "/sites/yen-binh?as_of=2021-01-01"))
    assert "This is how it was on 1 Jan 2021, not how it is today." in text
    assert "Area 20 ha The article" in text
    assert "25 ha" not in text.partition("Statements")[0].partition("What is known")[2]
    now = words(await look(sourced_client, "/sites/yen-binh"))
    assert "This is how it was" not in now


async def test_an_earlier_knowledge_knows_no_more(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    revision = await latest_revision(sourced_client)
    page = await look(sourced_client, f"/sites/yen-binh?revision={revision - 2}")
    text = words(page)
    assert "What is shown here has changed since" in text
    assert "25 ha" not in text
    assert "Area 20 ha" in text
    changed = f"Revision {revision - 3}"
    assert changed in text
    assert f"Revision {revision} " not in text


async def test_what_was_known_when_is_drawn_row_by_row(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    page = await look(sourced_client, "/sites/yen-binh")
    text = words(page)
    # Of four revisions that changed it, the second brought another stage.
    assert "What was known when" in text
    first = await latest_revision(sourced_client) - 3
    assert f"Revision {first}, " in text
    assert f"Revision {first + 1}, " in text
    assert "Stage Land clearance 1 Feb 2021" in text


async def test_a_closed_site_says_that_it_counts_no_more(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "old", legal_status="established")
    await state(sourced_client, "old", "2023", legal_status="abolished")
    assert "it counts in no sum" in words(await look(sourced_client, "/sites/old"))
    assert "it counts in no sum" not in words(
        await look(sourced_client, "/sites/old?as_of=2022-01-01")
    )


async def test_a_withdrawn_site_is_gone_but_readable(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "mistake", area_ha=10)
    await change(sourced_client, "/v1/sites/mistake/withdrawal", {"reason": "Nhập nhầm <b>"})
    revision = await latest_revision(sourced_client)
    page = await look(sourced_client, "/sites/mistake", 410)
    text = words(page)
    assert "Withdrawn from the register: mistake" in text
    assert "Nhập nhầm <b>" in text
    assert "Area 10 ha" in text
    before = f"/sites/mistake?revision={revision - 1}"
    assert before in page.links()
    assert "What is shown here has changed since" in words(await look(sourced_client, before))


async def test_a_retracted_statement_stays_with_its_reason(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "site", area_ha=10)
    statement = await state(sourced_client, "site", "2022", area_ha=99)
    await post(sourced_client, f"/v1/statements/{statement['id']}/retraction", {"reason": "Sai số"})
    text = words(await look(sourced_client, "/sites/site"))
    assert "Area 10 ha" in text
    assert "Area 99 ha" in text.partition("Statements")[2]
    assert "Sai số" in text


async def test_a_project_shows_its_site(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "site", name="CCN Một")
    values = {"name": "Nhà máy giấy", "site": "site", "licence_status": "licensed"} | {
        "province_code": "06"
    }
    await post(sourced_client, "/v1/projects", said("2021", id="paper", values=values))
    page = await look(sourced_client, "/projects/paper")
    assert "Nhà máy giấy" in words(page)
    assert "/sites/site" in page.links()
    site = await look(sourced_client, "/sites/site")
    assert "/projects/paper" in site.links()


async def test_an_organization_shows_its_roles(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    page = await look(sourced_client, "/organizations/builder")
    assert "CCN Yên Bình Infrastructure developer 5 Mar 2020" in words(page)
    assert "/sites/yen-binh" in page.links()
    assert "It has no role" in words(await look(sourced_client, "/organizations/board"))


async def test_a_merged_organization_says_into_which(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    body = {"into": "board", "reason": "Trùng"}
    await change(sourced_client, "/v1/organizations/builder/merge", body)
    page = await look(sourced_client, "/organizations/builder")
    text = words(page)
    assert "builder was registered twice and counts as this organization" in text
    assert "Ban quản lý các KCN" in text
    assert "/organizations/board" in page.links()
    canonical = [one["href"] for one in page.of("link") if one["rel"] == "canonical"]
    assert canonical == ["/organizations/board"]


async def test_a_source_shows_what_it_says(sourced_client: httpx.AsyncClient) -> None:
    await with_a_history(sourced_client)
    body = said("2024", "article", values={"tenants": 3}, cites=["decision"])
    await post(sourced_client, "/v1/sites/yen-binh/statements", body)
    page = await look(sourced_client, "/sources/decision")
    text = words(page)
    assert "What it says CCN Yên Bình" in text
    assert "Area 25 ha" in text
    assert "Cited by CCN Yên Bình: The article" in text or "Cited by yen-binh: The article" in text


async def test_a_site_is_a_place_to_machines(sourced_client: httpx.AsyncClient) -> None:
    await register(
        sourced_client,
        "site",
        name="</script><b>Tên",
        geometry={"type": "Point", "coordinates": [105.8, 22.1]},
        geometry_accuracy="surveyed",
    )
    answer = await sourced_client.get("/sites/site", headers=HTML)
    _, _, rest = answer.text.partition('<script type="application/ld+json">')
    document: Any = json.loads(rest.partition("</script>")[0])
    assert document == {
        "@context": "https://schema.org",
        "@type": "Place",
        "@id": "/sites/site",
        "url": "/sites/site",
        "identifier": "site",
        "name": "</script><b>Tên",
        "geo": {"@type": "GeoCoordinates", "longitude": 105.8, "latitude": 22.1},
        "containedInPlace": {"@type": "AdministrativeArea", "name": "Thái Nguyên"},
    }


@pytest.mark.parametrize("path", ["/sites/x", "/projects/x", "/organizations/x", "/sources/x"])
async def test_what_is_not_registered_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    page = await look(client, path, 404)
    assert re.search(r"No \w+ 'x' is registered\.", words(page))


async def test_the_page_of_a_site_is_small(seeded_client: httpx.AsyncClient) -> None:
    sites = (await seeded_client.get("/v1/sites?limit=100")).json()["items"]
    for site in sites:
        answer = await seeded_client.get(f"/sites/{site['id']}", headers=HTML)
        assert answer.status_code == 200
        # With stylesheet and script, and before compression, below 100 KB.
        assert len(answer.content) < 60_000


@pytest.mark.parametrize(
    ("code", "name"), [("48", "Quần đảo Hoàng Sa"), ("56", "Quần đảo Trường Sa")]
)
async def test_a_map_of_their_province_names_the_archipelagos(
    sourced_client: httpx.AsyncClient, code: str, name: str
) -> None:
    await register(sourced_client, "site", "2025-07-01", province_code=code)
    text = words(await look(sourced_client, "/sites/site"))
    assert f"{name} (Việt Nam)" in text


async def test_a_project_is_no_place(sourced_client: httpx.AsyncClient) -> None:
    values = {"name": "Nhà máy", "province_code": "06"}
    await post(sourced_client, "/v1/projects", said("2021", id="mill", values=values))
    page = await look(sourced_client, "/projects/mill")
    assert [one.get("type") for one in page.of("script")] == ["module"]


@pytest.mark.parametrize(
    "path",
    [
        "/sites/ccn-cam-giang?as_of=2023-12-31",
        "/projects/du-an-giay-dep-huyen-tung",
        "/organizations/ubnd-tinh-bac-kan",
        "/sources/bac-kan-press-2023-12",
    ],
)
async def test_files_hold_what_is_seen(seeded_client: httpx.AsyncClient, path: str) -> None:
    page = await look(seeded_client, path)
    files = [link for link in page.links() if link.startswith("/v1/")]
    assert len(files) >= 2
    key = path.partition("?")[0].rpartition("/")[2]
    for file in files:
        answer = await seeded_client.get(file)
        assert answer.status_code == 200, file
        if ".csv" in file:
            assert file.endswith("&lang=en"), "with the labels of the page's language"
            rows = list(DictReader(StringIO(answer.text)))
            assert rows
            if "/statements." in file:
                subjects = {row["Subject"] for row in rows}
                assert {key} <= subjects | {rows[0]["Source, by id"]}
            else:
                assert [next(iter(row.values())) for row in rows] == [key]


async def test_who_said_so_first_is_not_hidden_by_who_repeats_it(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", "2020-03-05", name="CCN Một")
    for day, source, status in (
        ("2020-10-16", "decision", "established"),
        ("2021-06-30", "article", "established"),
    ):
        body = said(day, source, values={"legal_status": status})
        await post(sourced_client, "/v1/sites/one/statements", body)
    page = await look(sourced_client, "/sites/one?as_of=2021-12-31")
    text = words(page)
    first, again = "The decision 16 Oct 2020", "said again by The article 30 Jun 2021"
    assert f"Legal status Established {first} {again} · known since" in text
    assert "struck" not in text
    assert page.of("s") == []
    # An end in between makes it news, and what was said before it is displaced.
    body = said("2022-01-01", "decision", values={"legal_status": "abolished"})
    await post(sourced_client, "/v1/sites/one/statements", body)
    again_so = {"legal_status": "established"}
    body = said("2023-01-01", "article", values=again_so, override_reason="So it was.")
    await post(sourced_client, "/v1/sites/one/statements", body)
    page = await look(sourced_client, "/sites/one?as_of=2023-12-31")
    values = words(page).partition("Who said so Stage")[2].partition("What does not add up")[0]
    assert "said again by" not in values
    assert "Legal status Established instead of Abolished (1 Jan 2022)" in values
    assert "The article 1 Jan 2023 · known since" in values
    assert page.of("s")


async def test_a_province_that_follows_from_a_reform_is_said_to_do_so(
    sourced_client: httpx.AsyncClient,
) -> None:
    await with_a_history(sourced_client)
    before, since = [
        words(await look(sourced_client, f"/sites/yen-binh?as_of={day}"))
        for day in ("2025-06-30", "2025-07-01")
    ]
    assert "Province Bắc Kạn The article 5 Mar 2020" in before
    reform = "Follows from the reform of 1 Jul 2025 (Resolution 202/2025/QH15)"
    stated = "It was said to be in Bắc Kạn, by: The article 5 Mar 2020"
    assert f"Province Thái Nguyên {reform} {stated}" in since
