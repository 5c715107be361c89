"""Imports recorded: what the samples say, read back; what is refused; what is left out."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.errors import BulkRefusedError, ConflictError
from app.database import Database
from tests.support.http import said, state
from tests.support.import_registers import LAO_CAI, THAI_NGUYEN, prepare_lao_cai
from tests.support.importing import committed, read_file, read_sample
from tests.support.ledgers import check_projected, check_sound, one, query
from tests.support.registers import (
    Templates,
    get,
    opened,
    post,
    serving,
    writer_on,
)

RULES = "CCN Minh Khai and KCN Minh Khai are two sites"


async def site(database: Database, key: str, as_of: str) -> Any:
    async with serving(database.url) as client:
        return await get(client, f"/v1/sites/{key}", as_of=as_of)


async def test_clusters_with_their_decisions(seeded: Database) -> None:
    """Sample 2: each decision holds from its date, what is known from the date of the file."""
    file = await read_sample(seeded, 2, 19, province_code=THAI_NGUYEN)
    outcome = await committed(seeded, file)
    assert outcome.refused == ()
    before = await site(seeded, "ccn-cam-giang", "2023-03-01")
    after = await site(seeded, "ccn-cam-giang", "2026-06-14")
    assert (before["area_ha"], before["legal_status"]) == (40, "established")
    assert (after["area_ha"], after["legal_status"]) == (43, "expanded")
    assert (after["industrial_land_ha"], after["leased_ha"]) == (30.1, 4.2)
    assert (after["stated_occupancy_pct"], after["occupancy_definition"]) == (13.95, "ccn")
    gone = await site(seeded, "ccn-chu-huong", "2022-11-04")
    assert gone["legal_status"] == "abolished"
    async with serving(seeded.url) as client:
        source = await get(client, f"/v1/sources/{outcome.source_id}")
        said = await get(client, "/v1/sites/ccn-quang-chu/statements")
        decision = await get(client, "/v1/sources/decision-9001-qd-ubnd-2020")
    assert (source["kind"], source["number"]) == ("report", "9412/BC-SCT")
    assert source["published_on"] == "2026-06-30"
    assert decision["published_on"] == "2020-12-15"
    mine = {s["effective_from"]: s for s in said["items"] if s["source_id"] == outcome.source_id}
    assert mine["2020-12-15"]["values"] == {"area_ha": 74.4, "legal_status": "established"}
    assert mine["2020-12-15"]["cites"] == ["decision-9001-qd-ubnd-2020"]
    assert mine["2026-06-14"]["note"].startswith("Đang thi công hạ tầng")
    await check_projected(seeded)
    await check_sound(await writer_on(seeded))


async def test_the_same_file_again_says_nothing_new(seeded: Database) -> None:
    first = await read_sample(seeded, 2, province_code=THAI_NGUYEN)
    await committed(seeded, first, skip_refused=True)
    again = await read_sample(seeded, 2, province_code=THAI_NGUYEN)
    before = await one(seeded, "SELECT count(*) FROM statement")
    outcome = await committed(seeded, again, skip_refused=True)
    assert (outcome.revision, outcome.recorded) == (None, 0)
    assert outcome.unchanged == (10, 11, 13, 15, 17, 21)
    assert await one(seeded, "SELECT count(*) FROM statement") == before


async def test_a_plan_with_new_clusters_and_its_totals(lao_cai: Database) -> None:
    """Sample 3: what a plan foresees; two clusters are taken out of it."""
    file = await read_sample(lao_cai, 3, province_code=LAO_CAI)
    outcome = await committed(lao_cai, file)
    assert outcome.refused == ()
    assert [one["id"] for one in outcome.missing] == ["ccn-phu-hung-2", "ccn-thinh-hoa"]
    new = await site(lao_cai, "ccn-tan-hoa", "2026-02-25")
    assert (new["name"], new["commune_code"]) == ("CCN Tân Hòa", "04336")
    assert (new["planning_status"], new["planned_area_ha"]) == ("planned", 40)
    assert (new["legal_status"], new["area_ha"]) == ("not_established", None)
    removed = await site(lao_cai, "ccn-pho-cu", "2026-02-25")
    assert (removed["planning_status"], removed["planned_area_ha"]) == ("removed", None)
    async with serving(lao_cai.url) as client:
        said = await get(client, f"/v1/provinces/{LAO_CAI}/observations", as_of="2026-02-25")
        statements = await get(client, "/v1/sites/ccn-tan-hoa/statements")
    assert {(o["indicator"], o["value"], o["basis"]) for o in said["items"]} == {
        ("cluster_planned_count", 11, "plan"),
        ("cluster_planned_area_ha", 512.18, "plan"),
    }
    assert {(s["basis"], s["date_basis"]) for s in statements["items"]} == {
        ("plan", "publication"),
        ("actual", "publication"),
    }


async def test_a_list_with_investors_and_managing_bodies(lao_cai: Database) -> None:
    """Sample 4: new organizations are registered once; what guards doubt needs a reason."""
    file = await read_sample(lao_cai, 4, province_code=LAO_CAI)
    with pytest.raises(BulkRefusedError) as refusal:
        await committed(lao_cai, file)
    assert {fault.pointer for fault in refusal.value.errors} == {
        "#/rows/13/values/name",
        "#/rows/15",
    }
    assert await one(lao_cai, "SELECT count(*) FROM statement") == 5
    file = await read_sample(lao_cai, 4, 15, province_code=LAO_CAI)
    outcome = await committed(lao_cai, file, override_reason=RULES)
    assert outcome.refused == ()
    over = await site(lao_cai, "ccn-au-giang", "2026-06-18")
    assert (over["stated_occupancy_pct"], over["qualifiers"]["stated_occupancy_pct"]) == (
        95,
        "over",
    )
    assert over["managing_body"] == "ubnd-phuong-au-lau"
    joint = await site(lao_cai, "ccn-phu-hung-1", "2026-06-18")
    async with serving(lao_cai.url) as client:
        investor = await get(client, f"/v1/organizations/{joint['investor']}")
        doubted = await get(client, "/v1/sites/ccn-minh-khai/statements")
        others = await get(client, "/v1/sites/ccn-bao-ngoc/statements")
    assert investor["name"] == (
        "Liên danh Công ty Cổ phần Tập đoàn Đông Hải - Công ty Cổ phần Đầu tư xây dựng số 99"
    )
    assert [s["override_reason"] for s in doubted["items"]] == [RULES]
    assert [s["override_reason"] for s in others["items"]] == [None]
    matched = await site(lao_cai, "ccn-phu-hung-2", "2026-06-18")
    assert (matched["name"], matched["area_ha"]) == ("CCN Phú Hưng 2", 75)


@pytest.mark.databases("sqlite")
async def test_land_clearance(lao_cai: Database) -> None:
    """Sample 10: about 20 of 75 ha; a row that cannot be true stays out."""
    file = await read_sample(lao_cai, 10, 5, 6, 8, 10, province_code=LAO_CAI)
    outcome = await committed(lao_cai, file, skip_refused=True, override_reason=RULES)
    assert [(row.row, row.name) for row in outcome.refused] == [(9, "CCN Bảo Ngọc")]
    about = await site(lao_cai, "ccn-y-son", "2026-06-01")
    assert (about["to_clear_ha"], about["cleared_ha"]) == (75, 20)
    assert about["qualifiers"]["cleared_ha"] == "about"
    assert about["clearance_status"] == "in_progress"
    phase = await site(lao_cai, "ccn-minh-khai", "2026-06-01")
    assert (phase["clearance_phase"], phase["cleared_ha"]) == (1, 4.3)


@pytest.mark.databases("sqlite")
async def test_clusters_and_zones_of_several_sheets(lao_cai: Database) -> None:
    """Sample 5: decisions of other dates than the file's; a number that is open stays out."""
    file = await read_sample(lao_cai, 5, 10, 12, 15, province_code=LAO_CAI)
    outcome = await committed(lao_cai, file, skip_refused=True)
    assert [row.row for row in outcome.refused] == [11]
    zone = await site(lao_cai, "kcn-phu-son", "2026-09-06")
    assert (zone["kind"], zone["area_ha"], zone["legal_status"]) == ("zone", 300, "established")
    proposed = await site(lao_cai, "ccn-mong-ha", "2026-09-06")
    assert (proposed["planned_area_ha"], proposed["investor"]) == (50, None)
    assert (proposed["legal_status"], proposed["area_ha"]) == (None, None)


@pytest.mark.databases("sqlite")
async def test_a_form_is_a_report_about_the_province(seeded: Database) -> None:
    """Sample 1: a line a statement; what a plan foresees has its basis."""
    file = await read_sample(seeded, 1)
    outcome = await committed(seeded, file)
    assert outcome.refused == ()
    async with serving(seeded.url) as client:
        path = f"/v1/provinces/{THAI_NGUYEN}/observations"
        page = await get(client, path, as_of="2025-12-14", limit=200)
    mine = {o["indicator"]: o for o in page["items"] if o["source_id"] == outcome.source_id}
    assert mine["cluster_planned_count"]["value"] == 61
    assert mine["cluster_planned_count"]["basis"] == "plan"
    assert mine["cluster_established_area_ha"]["value"] == 1604.35
    assert mine["cluster_established_area_ha"]["basis"] == "actual"
    assert {o["effective_from"] for o in mine.values()} == {"2025-12-14"}
    again = await committed(seeded, await read_sample(seeded, 1))
    assert again.recorded == 0


@pytest.mark.databases("sqlite")
async def test_the_report_on_clusters_is_read_back_without_a_change(seeded: Database) -> None:
    """Of the same day, and of a later one on which nothing else is known."""
    await committed(seeded, await read_sample(seeded, 1))
    for period in ("2025", "2026-H1"):
        async with serving(seeded.url) as client:
            path = f"/v1/provinces/{THAI_NGUYEN}/cluster-report.xlsx"
            exported = await client.get(path, params={"period": period})
        outcome = await committed(seeded, await read_file(seeded, exported.content))
        assert (outcome.recorded, outcome.refused) == (0, ())
        assert len(outcome.unchanged) == (33 if period == "2025" else 29)


@pytest.mark.databases("sqlite")
async def test_how_exactly_a_line_of_a_form_is_given_is_recorded(seeded: Database) -> None:
    text = (
        "TT;Chỉ tiêu;Đơn vị tính;Kết quả\n"
        "1;Tổng số lao động trong các cụm công nghiệp;Người;khoảng 1.200\n"
        "2;Tổng doanh thu của các dự án trong các cụm công nghiệp;Tỷ đồng;20-25\n"
    )
    outcome = await committed(seeded, await read_file(seeded, text, name="form.csv", **given()))
    async with serving(seeded.url) as client:
        path = f"/v1/provinces/{LAO_CAI}/observations"
        page = await get(client, path, as_of="2026-06-30", limit=200)
    mine = {o["indicator"]: o for o in page["items"] if o["source_id"] == outcome.source_id}
    workers, revenue = mine["cluster_workers_count"], mine["cluster_revenue"]
    assert (workers["value"], workers["qualifier"]) == (1200, "about")
    assert (revenue["value"], revenue["value_to"], revenue["qualifier"]) == (20, 25, "range")


# What is left out

TABLE = "TT;Tên CCN;Diện tích (ha);Đất công nghiệp (ha);Ghi chú\n"


@pytest.fixture
async def two(kind: str, templates: Templates) -> AsyncIterator[Database]:
    """Give a register of two clusters of Lào Cai."""
    async with templates.copy(kind, prepare_lao_cai) as url:
        async with serving(url) as client:
            await state(client, "ccn-hong-dam", "2026-02-01", area_ha=16, industrial_land_ha=11)
            await state(client, "ccn-hong-dam", "2026-05-01", industrial_land_ha=12)
        async with opened(url) as database:
            yield database


def given(day: str = "2026-06-30") -> dict[str, Any]:
    return {"province_code": LAO_CAI, "effective_from": day}


async def test_only_what_differs_is_stated(two: Database) -> None:
    text = TABLE + "1;CCN Hồng Đầm;16,0;12,5;\n2;CCN Thịnh Hoà;53,05;;\n"
    outcome = await committed(two, await read_file(two, text, **given()))
    rows = await query(two, "SELECT subject_id, content FROM statement WHERE revision = :n",
        n=outcome.revision)  # fmt: skip
    assert [row.subject_id for row in rows] == ["ccn-hong-dam", "ccn-thinh-hoa"]
    assert "area_ha" not in rows[0].content
    assert '"12.5"' in rows[0].content


@pytest.mark.databases("sqlite")
async def test_what_held_on_the_date_of_the_file_is_left_out(two: Database) -> None:
    text = TABLE + "1;CCN Hồng Đầm;16;11;\n"
    outcome = await committed(two, await read_file(two, text, **given("2026-03-31")))
    assert (outcome.recorded, outcome.unchanged) == (0, (2,))
    later = await committed(two, await read_file(two, text, **given("2026-06-01")))
    assert (later.recorded, later.unchanged) == (2, ())


@pytest.mark.databases("sqlite")
async def test_what_another_source_outweighs_is_not_stated_twice(two: Database) -> None:
    text = TABLE + "1;CCN Hồng Đầm;17;;\n"
    await committed(two, await read_file(two, text, **given()))
    async with serving(two.url) as client:
        body = {"id": "decision", "kind": "decision", "title": "D"}
        await post(client, "/v1/sources", body)
        body = said("2026-06-30", "decision", values={"area_ha": 18})
        await post(client, "/v1/sites/ccn-hong-dam/statements", body)
    again = await committed(two, await read_file(two, text, **given()))
    assert (again.recorded, again.unchanged) == (0, (2,))


@pytest.mark.databases("sqlite")
async def test_a_note_alone_is_a_remark_and_recorded_once(two: Database) -> None:
    text = TABLE + "1;CCN Hồng Đầm;16;12;Chờ duyệt\n"
    outcome = await committed(two, await read_file(two, text, **given()))
    assert outcome.recorded == 2
    again = await committed(two, await read_file(two, text, **given()))
    assert again.recorded == 0


# What is refused


async def test_what_others_changed_since_the_review_is_refused(two: Database) -> None:
    file = await read_file(two, TABLE + "1;CCN Hồng Đầm;17;;\n", **given())
    reviewed = await one(two, "SELECT number FROM revision_counter")
    async with serving(two.url) as client:
        await state(client, "ccn-thinh-hoa", "2026-05-01", area_ha=50)
        await state(client, "ccn-hong-dam", "2026-06-01", area_ha=16.5)
    with pytest.raises(ConflictError, match="ccn-hong-dam"):
        await committed(two, file, reviewed=reviewed)
    other = await committed(two, file, reviewed=reviewed + 2)
    assert other.revision == reviewed + 3


@pytest.mark.databases("sqlite")
async def test_a_change_of_another_site_since_the_review_is_no_conflict(two: Database) -> None:
    file = await read_file(two, TABLE + "1;CCN Hồng Đầm;17;;\n", **given())
    reviewed = await one(two, "SELECT number FROM revision_counter")
    async with serving(two.url) as client:
        await state(client, "ccn-thinh-hoa", "2026-05-01", area_ha=50)
    assert (await committed(two, file, reviewed=reviewed)).revision == reviewed + 2


@pytest.mark.databases("sqlite")
async def test_nothing_is_recorded_without_a_date(two: Database) -> None:
    file = await read_file(two, TABLE + "1;CCN Hồng Đầm;17;;\n", province_code=LAO_CAI)
    with pytest.raises(BulkRefusedError, match="effective_from"):
        await committed(two, file)
    outcome = await committed(two, file, skip_refused=True)
    assert (outcome.recorded, [row.row for row in outcome.refused]) == (0, [2])
