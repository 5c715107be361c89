"""What the register finds in the documents, through HTTP."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.findings import RULES, queries
from tests.support.http import MISTAKE, as_problem, observe, pointers, read, register, state, walk
from tests.support.registers import get, opened, post, seed, serving

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
RELEASE = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
BAC_KAN = "/v1/provinces/06/findings"
# The last day of Bắc Kạn as a province of its own.
LAST_DAY = "2025-06-30"
WARNINGS = [("growth_differs", "06"), ("nested_totals_differ", "06")]
SILENT = "no_word_for_a_reporting_period"
UNHEARD = (
    "ccn-cam-giang",
    "ccn-nam-bang-lung",
    "ccn-quang-chu",
    "ccn-thanh-thinh",
    "ccn-vang-muoi",
    "kcn-cho-moi-1",
    "kcn-cho-moi-2",
)
STATES = [
    ("expected_date_passed", "ccn-quang-chu"),
    ("full_but_not_operating", "ccn-huyen-tung"),
    *((SILENT, site) for site in UNHEARD),
    ("operating_but_never_established", "kcn-thanh-binh"),
]

OF_HOA_BINH = [("percent_implies_no_whole_target", "17")]


def named(page: Any) -> list[tuple[str, str]]:
    return [(item["rule"], item["subject_id"]) for item in page["items"]]


async def test_all_that_is_wrong_in_the_documents_and_nothing_else(
    documents: httpx.AsyncClient,
) -> None:
    page = await read(documents, f"/v1/findings?as_of={LAST_DAY}&limit=100")
    assert named(page) == WARNINGS + STATES + OF_HOA_BINH
    assert {item["as_of"] for item in page["items"]} == {LAST_DAY}
    assert page["rules_edition"] == RELEASE
    of_province = await read(documents, f"{BAC_KAN}?as_of={LAST_DAY}&limit=1")
    assert of_province["rules_edition"] == RELEASE
    assert (page["as_of"], page["next_cursor"]) == (LAST_DAY, None)


async def test_a_finding_has_its_numbers_statements_and_sentences(
    documents: httpx.AsyncClient,
) -> None:
    page = await read(documents, f"{BAC_KAN}?as_of={LAST_DAY}&rule=growth_differs")
    (found,) = page["items"]
    numbers = {number["name"]: (number["value"], number["unit"]) for number in found["numbers"]}
    # 2023.72 over 1780 is 1.13692…, and 2023.72 over 1.1338 is 1784.90….
    assert numbers == {
        "stated_growth": (13.38, "pct"),
        "level": (2023.72, "billion_vnd"),
        "level_before": (1780, "billion_vnd"),
        "computed_growth": (13.69, "pct"),
        "implied_level_before": (1784.9, "billion_vnd"),
    }
    assert set(found["source_ids"]) == {"bac-kan-press-2023-12", "bac-kan-press-2025-01"}
    for statement_id in found["statement_ids"]:
        statement = await get(documents, f"/v1/statements/{statement_id}")
        assert statement["subject_id"] == "06"
        assert statement["source_id"] in found["source_ids"]
    assert found["law"] is None
    assert "13,38%" in found["message_vi"]
    assert "13.38%" in found["message_en"]
    assert found["severity"] == "warning"
    assert (found["subject_type"], found["province_code"]) == ("province", "06")
    assert found["province_name"] == "Bắc Kạn"


async def test_what_adds_up_is_not_mentioned(documents: httpx.AsyncClient) -> None:
    """Sector outputs, craft villages, percents of targets and the plan all add up.

    Of the five percents of Hòa Bình, that of the clusters is of no whole target.
    """
    page = await read(documents, f"/v1/provinces/17/findings?as_of={LAST_DAY}")
    assert named(page) == OF_HOA_BINH
    quiet = {"parts_differ_from_whole", "percent_of_target_differs", "area_total_differs"}
    assert quiet <= set(RULES)
    found = await read(documents, f"/v1/findings?as_of={LAST_DAY}&limit=100")
    assert not quiet & {item["rule"] for item in found["items"]}


async def test_findings_of_a_day_know_nothing_of_later_ones(documents: httpx.AsyncClient) -> None:
    assert (await read(documents, f"{BAC_KAN}?as_of=2022-12-31"))["items"] == []
    at_the_end_of_2023 = await read(documents, f"{BAC_KAN}?as_of=2023-12-31")
    assert named(at_the_end_of_2023) == [
        ("nested_totals_differ", "06"),
        ("operating_but_never_established", "kcn-thanh-binh"),
    ]


async def test_without_a_date_sites_are_told_where_they_are_today(
    documents: httpx.AsyncClient,
) -> None:
    page = await read(documents, "/v1/findings?limit=100")
    of_provinces = [i for i in page["items"] if i["subject_type"] == "province"]
    assert named({"items": of_provinces}) == WARNINGS + OF_HOA_BINH
    ended = {("06", LAST_DAY), ("17", LAST_DAY)}
    assert {(i["province_code"], i["as_of"]) for i in of_provinces} == ended
    others = [i for i in page["items"] if i["subject_type"] != "province"]
    assert {i["province_code"] for i in others} == {"19"}
    assert {i["as_of"] for i in others} == {page["as_of"]}
    # What was open on the last day of Bắc Kạn still is, and by now no site was heard of at all.
    assert set(STATES) <= set(named({"items": others}))


async def test_a_province_that_ended_answers_for_its_last_day(documents: httpx.AsyncClient) -> None:
    page = await read(documents, BAC_KAN)
    assert page["as_of"] == LAST_DAY
    assert "2025-06-30" in page["as_of_note"]
    assert named(page) == WARNINGS + STATES


@pytest.mark.parametrize(("path", "more"), [("/v1/findings", OF_HOA_BINH), (BAC_KAN, [])])
async def test_filters(
    documents: httpx.AsyncClient, path: str, more: list[tuple[str, str]]
) -> None:
    at = f"{path}?as_of={LAST_DAY}&limit=100"
    assert named(await read(documents, f"{at}&severity=warning")) == WARNINGS
    assert named(await read(documents, f"{at}&severity=info")) == STATES + more
    assert named(await read(documents, f"{at}&severity=error")) == []
    two = "rule=growth_differs&rule=full_but_not_operating"
    assert named(await read(documents, f"{at}&{two}")) == [WARNINGS[0], STATES[1]]
    problem = as_problem(await documents.get(f"{path}?rule=groth_differs"), 400)
    assert pointers(problem) == ["rule"]
    assert "growth_differs" in problem["detail"]
    assert pointers(as_problem(await documents.get(f"{path}?severity=bad"), 400)) == ["severity"]


@pytest.mark.parametrize(("path", "more"), [("/v1/findings", OF_HOA_BINH), (BAC_KAN, [])])
@pytest.mark.parametrize("limit", [1, 5, 11, 12])
async def test_pages_make_up_the_whole(
    documents: httpx.AsyncClient, path: str, more: list[tuple[str, str]], limit: int
) -> None:
    pages = await walk(documents, f"{path}?as_of={LAST_DAY}&limit={limit}")
    assert [named_one for page in pages for named_one in named(page)] == WARNINGS + STATES + more
    assert all(len(page["items"]) == limit for page in pages[:-1])


@pytest.mark.parametrize("as_of", ["", f"&as_of={LAST_DAY}"])
async def test_a_rule_alone_finds_what_it_finds_among_all(
    documents: httpx.AsyncClient, as_of: str
) -> None:
    """Alone, only the facts that it needs are read."""
    found = (await read(documents, f"/v1/findings?limit=200{as_of}"))["items"]
    for rule in RULES:
        alone = await read(documents, f"/v1/findings?limit=200&rule={rule}{as_of}")
        assert alone["items"] == [item for item in found if item["rule"] == rule]


async def test_a_page_ends_after_so_much_work(
    documents: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is short, or empty, and names the next one; together they are the whole."""
    whole = await read(documents, "/v1/findings?limit=200")
    monkeypatch.setattr(queries, "MOST_FACTS", 0)
    # Another page than the whole, which would be given again.
    pages = [await read(documents, "/v1/findings?limit=199")]
    while pages[-1]["next_cursor"] is not None:
        cursor = pages[-1]["next_cursor"]
        pages.append(await read(documents, f"/v1/findings?limit=199&cursor={cursor}"))
    assert len(pages) > 1
    assert [item for page in pages for item in page["items"]] == whole["items"]


async def test_the_catalogue_of_rules(documents: httpx.AsyncClient) -> None:
    page = await read(documents, "/v1/findings/rules")
    # The version of pyproject.toml, which the document names as well.
    assert page["rules_edition"] == RELEASE
    assert [rule["code"] for rule in page["items"]] == list(RULES)
    for rule in page["items"]:
        assert rule["title_vi"] != rule["title_en"]
        assert len(rule["basis"]) > 20
    since = {rule["code"]: rule["since"] for rule in page["items"]}
    assert since["no_word_for_a_reporting_period"] == "2024-10-01"
    assert since["growth_differs"] is None
    laws = {rule["code"]: rule["laws"] for rule in page["items"]}
    assert laws["growth_differs"] == []
    assert laws["cluster_size"] == [
        {"number": "68/2017/NĐ-CP", "since": "2017-07-15", "until": "2024-05-01"},
        {"number": "32/2024/NĐ-CP", "since": "2024-05-01", "until": "2026-09-15"},
        {"number": "303/2026/NĐ-CP", "since": "2026-09-15", "until": None},
    ]


async def test_with_other_sources_the_set_behind_a_total_is_named(seeded_url: str) -> None:
    async with opened(seeded_url) as database:
        await seed(database, "outside")
    async with serving(seeded_url) as client:
        page = await read(client, f"{BAC_KAN}?as_of={LAST_DAY}&rule=set_does_not_add_up")
    # 16 + 74.4 + 40 is 130.4: of the 130 ha of 2021 nothing is left to find.
    (found,) = page["items"]
    assert found["numbers"][0]["value"] == 186.4
    assert found["severity"] == "error"
    # 16 + 74.4 + 43 + 50 + 15 + 20 is 218.4; with 18 in place of 50 it is 186.4.
    message = found["message_en"]
    six = ("Huyền Tụng", "Vằng Mười", "Nam Bằng Lũng", "Chu Hương", "Quảng Chu", "Cẩm Giàng")
    assert all(f"CCN {name}" in message for name in six)
    assert "among them CCN Chu Hương, abolished 4 November 2022" in message
    assert "without CCN Thanh Thịnh, established 4 November 2022" in message
    assert "218,4" in found["message_vi"]


async def test_a_correction_ends_a_finding_and_a_revision_brings_it_back(
    shared: httpx.AsyncClient,
) -> None:
    path = "/v1/provinces/30/findings?as_of=2024-12-31&rule=cluster_size"
    await register(shared, "ccn-too-large", "2024-06-01", province_code="30", area_ha=80)
    page = await read(shared, path)
    assert named(page) == [("cluster_size", "ccn-too-large")]
    decree = {"number": "32/2024/NĐ-CP", "since": "2024-05-01", "until": "2026-09-15"}
    assert page["items"][0]["law"] == decree
    await state(shared, "ccn-too-large", "2024-06-01", area_ha=75)
    assert (await read(shared, path))["items"] == []
    before = await read(shared, f"{path}&revision={page['revision']}")
    assert named(before) == [("cluster_size", "ccn-too-large")]


async def test_parts_that_do_not_add_up_are_found(shared: httpx.AsyncClient) -> None:
    parts = {"mining": 514.35, "processing": 1124.5, "electricity_gas": 84.15, "water_waste": 57.3}
    values = {f"industrial_output_{part}_value": value for part, value in parts.items()}
    path = "/v1/provinces/31/findings?as_of=2024-01-31"
    await observe(shared, "31", "2024-01-01", "estimate", industrial_output_value=1780, **values)
    # The parts add to 1780.30, within the half billion that 1780 leaves open.
    assert (await read(shared, path))["items"] == []
    await observe(shared, "31", "2024-01-01", "estimate", industrial_output_value=1790)
    page = await read(shared, path)
    assert "parts_differ_from_whole" in {item["rule"] for item in page["items"]}


async def test_a_revoked_statement_is_not_behind_a_finding(shared: httpx.AsyncClient) -> None:
    path = "/v1/provinces/33/findings?as_of=2024-12-31&rule=more_leased_than_leasable"
    await register(shared, "ccn-corrected", "2024-01-01", province_code="33", area_ha=30)
    await state(shared, "ccn-corrected", "2024-02-01", industrial_land_ha=10)
    more = await post(
        shared,
        "/v1/sites/ccn-corrected/statements",
        {"source_id": "plan", "effective_from": "2024-02-01", "values": {"industrial_land_ha": 20}},
    )
    await state(shared, "ccn-corrected", "2024-03-01", leased_ha=15)
    assert (await read(shared, path))["items"] == []
    await post(shared, f"/v1/statements/{more['id']}/retraction", MISTAKE)
    (found,) = (await read(shared, path))["items"]
    assert found["severity"] == "error"
    assert more["id"] not in found["statement_ids"]
