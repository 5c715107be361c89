"""What pages show of the documents: figures worked out by hand, and where they lead."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.http import latest_revision, register, state
from tests.support.import_registers import prepare_outside
from tests.support.pages import HTML, PAGES, Reader, look, words
from tests.support.registers import Templates, post, serving

OF_HOSTILE = ("statements", "revisions", "hostile")
OF_DOCUMENTS = [one for one in PAGES if not any(part in one for part in OF_HOSTILE)]
OF_SUBJECTS = (
    "/sites/ccn-cam-giang",
    "/projects/du-an-giay-dep-huyen-tung",
    "/organizations/ubnd-tinh-bac-kan",
    "/sources/bac-kan-press-2023-12",
    "/revisions/5",
)


def local(page: Reader) -> Iterator[str]:
    """Give the addresses on this host that a page leads to, but for its own parts."""
    for address in page.links():
        if address.startswith("/") and not address.startswith("/preferences"):
            yield address


async def test_a_province_shows_its_plan_with_what_is_listed(documents: httpx.AsyncClient) -> None:
    # Bắc Kạn ended on 2025-07-01: it answers for its last day, and says so.
    text = words(await look(documents, "/provinces/06"))
    assert "Bắc Kạn (06) ended on 1 Jul 2025" in text
    # 27 clusters of 676.4 ha are planned; six are listed, so 21 remain.
    assert "27 in the plan" in text
    assert "676.4 ha in the plan" in text
    assert "Plan against actual until 31 Dec 2030 In the plan Listed here Remaining" in text
    assert "Sites 27 6 21" in text


async def test_numbers_and_words_are_those_of_the_language(documents: httpx.AsyncClient) -> None:
    text = words(await look(documents, "/provinces/06?lang=vi"))
    assert "676,4 ha theo quy hoạch" in text
    assert "Hiện trạng ngày 30/06/2025" in text


async def test_a_plan_of_a_predecessor_is_said_to_be_that(documents: httpx.AsyncClient) -> None:
    # The new Thái Nguyên has no plan of its own; of its two predecessors only Bắc Kạn stated one.
    of_one = "of Bắc Kạn (1 of 2 former provinces)"
    assert f"27 in the plan {of_one}" in words(await look(documents, "/provinces/19"))
    assert f"Industrial cluster 6 27 {of_one} 167.4 3 of 6 676.4 {of_one}" in words(
        await look(documents, "/")
    )
    assert "former provinces" not in words(await look(documents, "/provinces/06"))


async def test_figures_that_are_published_have_units_and_periods_of_the_language(
    documents: httpx.AsyncClient,
) -> None:
    path = "/provinces/06?as_of=2024-12-31"
    english = words(await look(documents, path))
    assert "clusters in progress Dec 2023 186.4 ha 167.4 ha 3 of 6" in english
    assert "Area, ha 676.4 167.4 3 of 6 At most 509" in english
    vietnamese = words(await look(documents, f"{path}&lang=vi"))
    assert "đang triển khai 12/2023 186,4 ha 167,4 ha 3/6" in vietnamese
    assert "at_most" not in english + vietnamese


async def test_only_published_figures_that_a_finding_is_about_are_marked(
    documents: httpx.AsyncClient,
) -> None:
    # 186.4 ha are published of clusters in progress; for the 130 ha no finding was made, however
    # many hectares are known of these clusters.
    page = await look(documents, "/provinces/06?as_of=2024-12-31")
    assert sum(row.get("class") == "changed" for row in page.of("tr")) == 1


async def test_a_target_that_is_calculated_is_said_to_be(documents: httpx.AsyncClient) -> None:
    # Hòa Bình states 46.77 % as so many percent of the target, not the target.
    text = words(await look(documents, "/provinces/17"))
    assert "24 Jun 2024 About 80 %calculated from a stated percentage 46.77 %" in text
    # No zone or cluster of the province is registered: neither is there a number of them.
    assert "Sites none registered Area —unknown Land cleared" in text
    assert "Sites by stage" not in text


async def test_the_province_and_the_kind_of_a_list_are_in_words(
    documents: httpx.AsyncClient,
) -> None:
    text = words(await look(documents, "/sites?kind=cluster&province_code=06"))
    assert "Kind: Industrial cluster leave out" in text
    assert "Province: Bắc Kạn leave out" in text
    assert "So since" not in text


async def test_closed_sites_are_said_to_be_left_out(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "one", "2020", name="CCN Một", area_ha=10)
    await register(sourced_client, "two", "2020", name="CCN Hai", operation_status="operating")
    await state(sourced_client, "two", "2022", operation_status="closed")
    left_out = "Sums leave out closed and removed sites (1)."
    assert left_out in words(await look(sourced_client, "/provinces/06?as_of=2024-01-01"))
    assert left_out not in words(await look(sourced_client, "/provinces/06?as_of=2021-01-01"))


async def test_the_overview_has_the_figures_of_each_province(documents: httpx.AsyncClient) -> None:
    page = await look(documents, "/?as_of=2024-12-31")
    text = words(page)
    assert "Bắc Kạn Industrial zone" in text
    assert "/provinces/06?as_of=2024-12-31" in page.links()


async def test_a_sum_leads_to_the_values_and_those_to_who_said_them(
    documents: httpx.AsyncClient,
) -> None:
    page = await look(documents, "/provinces/06?as_of=2024-12-31")
    (address, *_) = [one for one in page.links() if one.startswith("/values?attribute=area_ha")]
    values = await look(documents, address)
    assert "CCN Cẩm Giàng" in words(values)
    statements = [one for one in values.links() if one.startswith("/statements/")]
    assert "Bắc Kạn: Quan tâm phát triển hạ tầng công nghiệp" in words(values)
    statement = words(await look(documents, statements[0]))
    assert "What it says" in statement
    assert re.search(r"What it says .*Area [0-9.]+ ha", statement)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("path", [*OF_DOCUMENTS, *OF_SUBJECTS])
async def test_no_way_leads_nowhere(documents: httpx.AsyncClient, path: str) -> None:
    page = await look(documents, path)
    for address in {*local(page)}:
        assert (await documents.get(address, headers=HTML)).status_code == 200, address


async def test_findings_are_those_of_the_filters(documents: httpx.AsyncClient) -> None:
    everything = await look(documents, "/findings")
    warnings = await look(documents, "/findings?severity=warning&province_code=&rule=")
    shown = [
        sum(one.get("class") == "finding" for one in page.of("li"))
        for page in (everything, warnings)
    ]
    answer = (await documents.get("/v1/findings?severity=warning&limit=50")).json()
    assert shown[0] > shown[1] == len(answer["items"]) > 0
    text = words(await look(documents, "/findings?province_code=99", 404))
    assert "No province ever had the code" in text


async def test_comparing_two_days_marks_what_differs(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "old", "2020", name="CCN Cũ", area_ha=10)
    await register(sourced_client, "new", "2023", name="CCN Mới", area_ha=5.5)
    await state(sourced_client, "old", "2023-06", area_ha=12)
    both = "province_code=06&as_of=2024-01-01&other_as_of=2022-01-01"
    text = words(await look(sourced_client, f"/compare?{both}"))
    assert "Sites 2 1 +1" in text
    assert "Area, ha 17.5 10 +7.5" in text
    assert "CCN Mới Stage Unknown not in the register" in text
    assert "CCN Cũ Area (ha) 12 10" in text
    same = "province_code=06&as_of=2024-01-01&other_as_of=2024-01-01"
    text = words(await look(sourced_client, f"/compare?{same}"))
    assert "Sites 2 2 the same" in text
    assert "Nothing differs between the sites" in text


async def test_comparing_two_states_of_knowledge(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "one", "2020", name="CCN Một", area_ha=10)
    before = await latest_revision(sourced_client)
    await state(sourced_client, "one", "2021", area_ha=11)
    day = "province_code=06&as_of=2024-01-01&other_as_of=2024-01-01"
    text = words(await look(sourced_client, f"/compare?{day}&other_revision={before}"))
    assert "Area, ha 11 10 +1" in text


async def test_comparing_two_provinces(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "one", "2020", name="CCN Một", area_ha=10)
    await register(sourced_client, "two", "2020", name="CCN Hai", area_ha=4, province_code="19")
    day = "province_code=06&as_of=2024-01-01"
    text = words(await look(sourced_client, f"/compare?{day}&other_province_code=19"))
    assert "Area, ha 10 4 +6" in text
    assert "Bắc Kạn1 Jan 2024 · Revision" in text
    assert "Thái Nguyên1 Jan 2024 · Revision" in text
    assert "the sites that are compared" not in text
    assert "What differs between the sites" not in text


async def test_sums_that_are_compared_say_of_how_many_sites_they_are(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "old", "2020", name="CCN Cũ", area_ha=10)
    await register(sourced_client, "new", "2020", name="CCN Mới")
    await state(sourced_client, "new", "2023", area_ha=5.5)
    both = "province_code=06&as_of=2024-01-01&other_as_of=2022-01-01"
    text = words(await look(sourced_client, f"/compare?{both}"))
    assert "Area, ha 15.5 2 of 2 10 1 of 2 +5.5of what is known" in text
    assert "Sites 2 2 the same Industrial" in text


async def test_a_province_without_sites_has_none_registered_and_no_difference(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "one", "2020", name="CCN Một", area_ha=10)
    day = "province_code=06&as_of=2024-01-01"
    text = words(await look(sourced_client, f"/compare?{day}&other_province_code=17"))
    assert "Sites 1 none registered —unknown" in text
    assert "Area, ha 10 none registered —unknown" in text
    # A site that is closed is registered: none is left, which can be compared.
    await state(sourced_client, "one", "2022", operation_status="closed")
    text = words(await look(sourced_client, f"/compare?{day}&other_as_of=2021-01-01"))
    assert "Sites 0 1 −1" in text


async def test_changes_are_shown_newest_first_in_pages(sourced_client: httpx.AsyncClient) -> None:
    last = await latest_revision(sourced_client)
    for number in range(25):
        await register(sourced_client, f"site-{number}", name=f"CCN {number}")
    page = await look(sourced_client, "/changes")
    text = words(page)
    assert f"Revision {last + 25} ·" in text
    assert f"Revision {last + 6} ·" in text
    assert f"Revision {last + 5} ·" not in text
    (earlier,) = [str(a["href"]) for a in page.of("a") if a.get("rel") == "next"]
    text = words(await look(sourced_client, earlier))
    assert f"Revision {last + 5} ·" in text
    assert f"Revision {last + 6} ·" not in text


async def test_search_finds_what_is_named_so_without_accents(documents: httpx.AsyncClient) -> None:
    text = words(await look(documents, "/search?q=bac%20kan"))
    assert "Tỉnh Bắc Kạn until 1 Jul 2025" in text
    text = words(await look(documents, "/search?q=cam giang"))
    assert "CCN Cẩm Giàng" in text
    for nothing in ("", "...", "khongcogi"):
        await look(documents, f"/search?q={nothing}")


async def test_a_search_that_finds_nothing_names_what_may_be_meant(
    documents: httpx.AsyncClient,
) -> None:
    for misspelt in ("cam giabg", "cma giang", "cam gang", "ca giang ccn"):
        page = await look(documents, f"/search?q={misspelt}")
        if "Did you mean" in words(page):
            assert "/sites/ccn-cam-giang" in page.links(), misspelt
        else:
            # What somebody has yet to type on is found as it is.
            assert "CCN Cẩm Giàng" in words(page), misspelt
    for unlike in ("khongcogi", "cam khongcogi"):
        assert "Did you mean" not in words(await look(documents, f"/search?q={unlike}"))
    # What it is not known by on a day is not meant then.
    text = words(await look(documents, "/search?q=cma giang&as_of=1990-01-01"))
    assert "Did you mean" not in text


@pytest.mark.databases("sqlite")
async def test_a_search_says_how_many_more_there_are(sourced_client: httpx.AsyncClient) -> None:
    for number in range(10, 70):
        body = {"id": f"bao-cao-{number}", "kind": "report", "title": f"Báo cáo tháng {number}"}
        await post(sourced_client, "/v1/sources", body)
    page = await look(sourced_client, "/search?q=thang 1")
    assert "2 more" in words(page)
    assert "Báo cáo tháng 18" not in words(page)
    (all_of_them,) = [link for link in page.links() if "only=sources" in link]
    text = words(await look(sourced_client, all_of_them))
    assert all(f"Báo cáo tháng {number}" in text for number in range(10, 20))
    assert "more" not in text
    assert "More than 42 more" in words(await look(sourced_client, "/search?q=thang"))
    text = words(await look(sourced_client, "/search?q=thang&only=sources"))
    assert "Báo cáo tháng 69" in text


@pytest.mark.databases("sqlite")
async def test_lists_name_what_they_lead_to(sourced_client: httpx.AsyncClient) -> None:
    # A cluster has 75 ha at most: a finding.
    await register(sourced_client, "ccn-cu", "2024-06-01", name="CCN Tên Cũ", area_ha=80)
    await state(sourced_client, "ccn-cu", "2025", name="CCN Tên Mới")
    for day, name in (("2025-03-01", "CCN Tên Mới"), ("2024-12-31", "CCN Tên Cũ")):
        for path in ("/", "/changes", "/findings", "/provinces/06"):
            page = await look(sourced_client, f"{path}?as_of={day}")
            assert f"/sites/ccn-cu?as_of={day}" in page.links(), path
            assert name in words(page), path
            assert "ccn-cu" not in words(page), path


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_filters_are_said_in_words(sourced_client: httpx.AsyncClient, language: str) -> None:
    query = "stage=operating&clearance_status=null&area_min=7.5&q=ccn&boundaries=now"
    text = words(await look(sourced_client, f"/sites?{query}", languages=language))
    said = {
        "en": (
            "Stage: Operating",
            "Land clearance: unknown",
            "Area (ha) ≥ 7.5",
            "Name, alias or id: ccn",
        ),
        "vi": ("Giai đoạn: ", "Giải phóng mặt bằng: chưa rõ", "Diện tích (ha) ≥ 7.5", ": ccn"),
    }
    for one in said[language]:
        assert one in text
    for name in ("stage", "clearance_status", "area_min", "boundaries", "operating"):
        assert name not in text.split()


@pytest.mark.databases("sqlite")
async def test_the_canonical_address_keeps_what_is_shown(documents: httpx.AsyncClient) -> None:
    page = await look(documents, "/values?attribute=area_ha&as_of=2024-01-01&revision=2&lang=vi")
    (canonical,) = [str(one["href"]) for one in page.of("link") if one["rel"] == "canonical"]
    assert canonical == "/values?attribute=area_ha"
    assert (await documents.get(canonical, headers=HTML)).status_code == 200


@pytest.mark.databases("sqlite")
async def test_statements_name_what_they_refer_to(documents: httpx.AsyncClient) -> None:
    statements = (await documents.get("/v1/statements?subject_type=project")).json()["items"]
    (number,) = [one["id"] for one in statements if one["values"].get("site") == "ccn-huyen-tung"]
    source = "/sources/bac-kan-press-2023-12"
    for path in ("/projects/du-an-giay-dep-huyen-tung", f"/statements/{number}", source):
        text = words(await look(documents, path))
        assert "CCN Huyền Tụng" in text
        assert "ccn-huyen-tung" not in text


@pytest.mark.databases("sqlite")
async def test_findings_lead_to_all_that_they_rest_on(templates: Templates) -> None:
    async with templates.copy("sqlite", prepare_outside) as url, serving(url) as client:
        path = "/provinces/06/findings?as_of=2023-12-31"
        found = (await client.get(f"/v1{path}")).json()["items"]
        assert max(len(one["statement_ids"]) for one in found) > 5
        page = await look(client, "/findings?province_code=06&as_of=2023-12-31")
    led = {urlsplit(one).path.removeprefix("/statements/") for one in page.links()}
    assert {key for one in found for key in one["statement_ids"]} <= led
    assert "and 2 further statements" in words(page)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("language", "unit"), [("en", "percentage points"), ("vi", "điểm phần trăm")]
)
async def test_percentages_differ_by_percentage_points(
    sourced_client: httpx.AsyncClient, language: str, unit: str
) -> None:
    await register(sourced_client, "one", "2020-01-01", industrial_land_ha=40, leased_ha=10)
    await state(sourced_client, "one", "2022-01-01", leased_ha=14)
    path = "/compare?province_code=06&as_of=2023-01-01&other_as_of=2021-01-01"
    text = words(await look(sourced_client, path, languages=language))
    assert f"+10 {unit}" in text


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("language", "day"), [("en", "30 Jun 2025"), ("vi", "30/06/2025")])
async def test_days_in_notes_are_written_as_readers_do(
    documents: httpx.AsyncClient, language: str, day: str
) -> None:
    page = await look(documents, "/sites?province_code=06", languages=language)
    notes = words(page)
    (said,) = [one for one in notes.split(". ") if "Thái Nguyên" in one and day in one][:1]
    assert "2025-06-30" not in said
    answer = (await documents.get("/v1/sites?province_code=06")).json()
    assert "2025-06-30" in answer["as_of_note"]
