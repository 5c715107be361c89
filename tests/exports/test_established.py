"""Which decision gave which area of an established cluster."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx

from app.exports.established import Decision, Sourced, acts
from app.subjects.fold import Assertion
from tests.exports.test_exports import file, sheet, table
from tests.support.http import register, said, state
from tests.support.registers import get, post
from tests.support.spreadsheets import as_excel_vi

DAY = date(2024, 6, 30)


def heard(day: str, decision: str | None, revision: int, **values: Any) -> Sourced:
    assertion = Assertion(date.fromisoformat(day), 40, revision, 1, values)
    return Sourced(assertion, Decision(decision, decision, day) if decision else None)


def on_day(status: str, area: float | None, detailed: float | None = None) -> dict[str, Any]:
    return {"legal_status": status, "area_ha": area, "detailed_plan_area_ha": detailed}


FOUNDED = heard("2021-09-21", "1747/QĐ-UBND", 1, legal_status="established", area_ha=Decimal(15))
REPEATED = heard("2023-12-01", None, 2, legal_status="established")
GROWN = heard("2024-02-01", "200/QĐ-UBND", 3, legal_status="expanded", area_ha=Decimal("20.5"))
DRAWN = heard("2022-05-01", "900/QĐ-UBND", 4, detailed_plan_area_ha=Decimal("14.8"))


def test_what_an_article_repeats_is_no_new_act() -> None:
    found = acts(on_day("established", 15.0, 14.8), [FOUNDED, REPEATED, DRAWN], DAY)
    assert found == {
        "established_area_ha": 15.0,
        "establishment_decision": "1747/QĐ-UBND",
        "establishment_date": "2021-09-21",
        "expanded_area_ha": None,
        "expansion_decision": None,
        "expansion_date": None,
        "detailed_plan_decision": "900/QĐ-UBND",
        "detailed_plan_date": "2022-05-01",
        "note": None,
    }


def test_an_expansion_leaves_the_area_of_the_day_before_it() -> None:
    found = acts(on_day("expanded", 20.5), [FOUNDED, GROWN, REPEATED], DAY)
    assert found == {
        "established_area_ha": Decimal(15),
        "establishment_decision": "1747/QĐ-UBND",
        "establishment_date": "2021-09-21",
        "expanded_area_ha": Decimal("20.5"),
        "expansion_decision": "200/QĐ-UBND",
        "expansion_date": "2024-02-01",
        "detailed_plan_decision": None,
        "detailed_plan_date": None,
        "note": None,
    }


def test_what_is_later_than_the_day_does_not_count() -> None:
    found = acts(on_day("established", 15.0), [FOUNDED, GROWN], date(2024, 1, 31))
    assert (found["expansion_decision"], found["expanded_area_ha"]) == (None, None)
    assert found["established_area_ha"] == 15.0


def test_unknown_stays_unknown() -> None:
    early = heard("2020-01-01", "1/QĐ-UBND", 5, legal_status="expanded")
    found = acts(on_day("expanded", None), [early], DAY)
    assert found["established_area_ha"] is None
    assert found["establishment_decision"] is None
    assert found["expansion_decision"] == "1/QĐ-UBND"


def test_the_area_beside_a_decision_is_the_one_that_it_gives() -> None:
    """An article gives 43 ha later, once of its own and once of the decision, which has 40 ha."""
    given = {"legal_status": "established", "area_ha": Decimal(40)}
    decided = heard("2020-10-16", "1868/QĐ-UBND", 1, **given)
    article = heard("2023-12-01", None, 2, area_ha=Decimal(43))
    citing = replace(article, decision=decided.decision, is_cited=True)
    for other in (article, citing):
        found = acts(on_day("established", 43.0), [decided, other], DAY)
        assert found["established_area_ha"] == 40
        assert found["establishment_decision"] == "1868/QĐ-UBND"


def test_a_decision_that_gives_no_area_has_none_beside_it() -> None:
    silent = heard("2020-10-16", "1868/QĐ-UBND", 1, legal_status="established")
    article = heard("2023-12-01", None, 2, area_ha=Decimal(43))
    found = acts(on_day("established", 43.0), [silent, article], DAY)
    assert found["established_area_ha"] is None
    found = acts(on_day("established", 43.0), [REPEATED, article], DAY)
    assert (found["established_area_ha"], found["establishment_decision"]) == (43.0, None)


def test_the_note_is_the_latest_remark() -> None:
    """What is noted of a statement with values is about that statement."""
    noted = replace(REPEATED, note="The article says so of all clusters.")
    old, new, later = (
        replace(heard(day, None, revision), note=day)
        for revision, day in enumerate(("2021-10-01", "2023-10-01", "2024-10-01"), start=5)
    )
    stated = [FOUNDED, noted, later, new, old]
    assert acts(on_day("established", 15.0), stated, DAY)["note"] == "2023-10-01"
    assert acts(on_day("established", 15.0), stated, date(2022, 1, 1))["note"] == "2021-10-01"
    assert acts(on_day("established", 15.0), [FOUNDED, noted], DAY)["note"] is None


async def _decide(client: httpx.AsyncClient, key: str, number: str, day: str) -> None:
    body = {"id": key, "kind": "decision", "title": f"Quyết định {number}", "number": number}
    await post(client, "/v1/sources", body | {"published_on": day})


async def prepare(client: httpx.AsyncClient) -> None:
    """Register two established clusters, one of them expanded, and what is none."""
    for key, number, day in (
        ("qd-1", "1747/QĐ-UBND", "2021-09-21"),
        ("qd-2", "200/QĐ-UBND", "2023-01-15"),
        ("qd-3", "9/QĐ-UBND", "2023-03"),
    ):
        await _decide(client, key, number, day)
    await register(client, "ccn-b", name="CCN Đức", legal_status="established", area_ha=15)
    await register(client, "ccn-planned", planning_status="planned", area_ha=99)
    await register(client, "kcn-zone", kind="zone", legal_status="established", area_ha=99)
    await register(client, "ccn-gone", legal_status="abolished", area_ha=99)
    values: dict[str, Any] = {"name": "CCN An", "province_code": "06", "area_ha": 20.5}
    values |= {"district_code": "065", "commune_code": "02131", "investor": "builder"}
    values["legal_status"] = "established"
    body = said("2021-09-21", "qd-1", id="ccn-a", kind="cluster", values=values)
    await post(client, "/v1/sites", body)
    path = "/v1/sites/ccn-a/statements"
    grown = {"legal_status": "expanded", "area_ha": 32.1234}
    await post(client, path, said("2023-02-01", "article", values=grown, cites=["qd-2"]))
    drawn = {"detailed_plan_area_ha": 32, "industrial_land_ha": 20}
    await post(client, path, said("2023-03", "qd-3", values=drawn))
    await state(client, "ccn-a", "2023-06", leased_ha=5.005)
    await post(client, path, said("2023-07-01", note="Vướng giải phóng mặt bằng; 3 hộ"))


URL = "/v1/provinces/06/established-clusters"
ON_DAY = "as_of=2024-01-01"


async def test_the_table_of_established_clusters(sourced_client: httpx.AsyncClient) -> None:
    await prepare(sourced_client)
    first, second, totals = table(await file(sourced_client, f"{URL}.csv?{ON_DAY}"))
    assert first == {
        "number": "1",
        "name": "CCN An",
        "commune_name": "Quảng Chu",
        "district_name": "Chợ Mới",
        "investor_name": "Công ty Hạ tầng Đông Á",
        "established_area_ha": "20.5",
        "establishment_decision": "1747/QĐ-UBND",
        "establishment_date": "2021-09-21",
        "expanded_area_ha": "32.1234",
        "expansion_decision": "200/QĐ-UBND",
        "expansion_date": "2023-01-15",
        "detailed_plan_area_ha": "32",
        "detailed_plan_decision": "9/QĐ-UBND",
        "detailed_plan_date": "2023-03",
        "area_ha": "32.1234",
        "industrial_land_ha": "20",
        "leased_ha": "5.005",
        "occupancy_pct": "25.03",  # 25.025, rounded as on paper
        "stage": "established",
        "note": "Vướng giải phóng mặt bằng; 3 hộ",
        "as_of": "2024-01-01",
    }
    assert (second["name"], second["established_area_ha"]) == ("CCN Đức", "15")
    assert second["establishment_decision"] == second["expanded_area_ha"] == second["note"] == ""
    known = {name: text for name, text in totals.items() if text}
    # 20.5 + 15, 32.1234 + 15; of CCN Đức neither the detailed plan nor the land is known.
    assert known == {
        "name": "Total",
        "established_area_ha": "35.5",
        "expanded_area_ha": "32.1234",
        "detailed_plan_area_ha": "32",
        "area_ha": "47.1234",
        "industrial_land_ha": "20",
        "leased_ha": "5.005",
        "occupancy_pct": "25.03",
        "note": "Unknown: detailed_plan_area_ha: 1; industrial_land_ha: 1; leased_ha: 1; "
        "occupancy_pct: 1",
    }
    *_, spoken = table(await file(sourced_client, f"{URL}.csv?{ON_DAY}&lang=vi"))
    assert "Tổng cộng" in spoken.values()
    assert (
        "Chưa rõ: Diện tích quy hoạch chi tiết (ha): 1; Diện tích đất công nghiệp (ha): 1; "
        "Diện tích đã cho thuê (ha): 1; Tỷ lệ lấp đầy (%): 1"
    ) in spoken.values()
    (early, *_) = table(await file(sourced_client, f"{URL}.csv?as_of=2022-12-31"))
    assert (early["established_area_ha"], early["expanded_area_ha"]) == ("20.5", "")
    assert early["note"] == ""


async def test_the_table_as_it_is_handed_in(sourced_client: httpx.AsyncClient) -> None:
    """A workbook with numbers and dates; the CSV for Excel says the same."""
    await prepare(sourced_client)
    response = await sourced_client.get(f"{URL}.xlsx?{ON_DAY}")
    name = "established-clusters-06-2024-01-01.xlsx"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    header, row, _, totals = sheet(response.content)
    cells = dict(zip(header, row, strict=True))
    assert header[:3] == ["STT", "Tên cụm công nghiệp", "Xã, phường, thị trấn"]
    assert cells["Diện tích thành lập (ha)"] == 20.5
    assert cells["Ngày quyết định thành lập"] == datetime.fromisoformat("2021-09-21")
    assert cells["Ngày quyết định quy hoạch chi tiết"] == "2023-03"
    assert cells["Giai đoạn"] == "Đã thành lập"
    assert totals[:6] == [None, "Tổng cộng", None, None, None, 35.5]
    content = await file(sourced_client, f"{URL}.csv?{ON_DAY}&excel=vi&lang=vi")
    shown, *_ = as_excel_vi(content)
    assert list(shown) == header
    assert shown["Diện tích mở rộng (ha)"] == 32.1234
    assert shown["Ngày quyết định quy hoạch chi tiết"] == "'2023-03"
    site = await get(sourced_client, "/v1/sites/ccn-a", as_of="2024-01-01")
    assert cells["Diện tích theo nguồn mới nhất (ha)"] == site["area_ha"]
    assert cells["Tỷ lệ lấp đầy (%)"] == site["occupancy_pct"]


async def test_the_table_by_the_units_of_today(sourced_client: httpx.AsyncClient) -> None:
    """Bắc Kạn lies in Thái Nguyên now; without a date it answers for its last day."""
    await prepare(sourced_client)
    url = f"/v1/provinces/19/established-clusters.csv?{ON_DAY}&boundaries=now"
    first, *_ = table(await file(sourced_client, url))
    assert (first["name"], first["commune_name"]) == ("CCN An", "Chợ Mới")
    assert first["district_name"] == ""
    about = dict(sheet(await file(sourced_client, f"{URL}.xlsx"), 1))
    assert about["Tính đến ngày"] == "2025-06-30"
    assert about["Bộ lọc: Mã tỉnh"] == "Bắc Kạn (06)"
    assert about["Theo địa giới"] == "Địa giới tại thời điểm báo cáo"
    assert "sáp nhập vào Thái Nguyên (19)" in about["Bộ lọc: Tính đến ngày"]
    english = dict(sheet(await file(sourced_client, f"{URL}.xlsx?lang=en"), 1))
    assert "became part of Thái Nguyên (19)" in english["Filters: As of"]


async def test_a_province_without_established_clusters(sourced_client: httpx.AsyncClient) -> None:
    assert table(await file(sourced_client, f"{URL}.csv?{ON_DAY}")) == []
