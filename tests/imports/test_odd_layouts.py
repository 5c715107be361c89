"""Layouts made to be misread: nothing of them is taken for what it is not without a word."""

from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.imports.contexts import Given
from app.imports.decisions import month_end
from app.imports.report import Report, ReportRow
from app.imports.tables import find_table
from app.imports.workbooks import read_workbook
from tests.support.import_files import codes, data_rows, fill, read, saved, values, xlsx

LAO_CAI = Given(province_code="15")


def attributes(report: Report) -> dict[object, object]:
    return {column["column"]: column["attribute"] for column in report.columns}


def errors(row: ReportRow) -> list[tuple[str, str | None]]:
    return [(one.code, one.column) for one in row.errors]


def test_units_under_headers_of_three_levels_say_what_is_meant() -> None:
    rows = [
        ["TÌNH HÌNH CCN (tính đến hết ngày 30 tháng 6 năm 2026)"],
        ["TT", "Tên CCN", "Quy mô", None, None, "GPMB", None, None, "Vốn"],
        [None, None, "Theo QH", "Thành lập", None, "Phải thu hồi", "Đã GPMB", None, "TMĐT"],
        [None, None, "ha", "Số QĐ", "ha", "ha", "ha", "%", "tỷ đồng"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)=(7)/(6)", "(9)"],
        [
            1,
            "CCN Một",
            "75",
            "12/QĐ-UBND ngày 1/2/2020",
            "75 (GĐ1: 9,5)",
            "40",
            "đã xong",
            "100%",
            9,
        ],
        [2, "CCN Hai", "> 50", "13/QĐ-UBND ngày 1/2/2021", "50–75", "18/75", "khoảng 15", "20%", 9],
    ]
    merges = ["A2:A4", "B2:B4", "C2:E2", "D3:E3", "F2:H2", "G3:H3"]
    report = read(xlsx(rows, merges=merges), given=LAO_CAI)
    assert report.effective_from == "2026-06-30"
    assert attributes(report) == {
        "A": "row_number",
        "B": "name",
        "C": "planned_area_ha",
        "D": "decision@established",
        "E": "area_ha@established",
        "F": "to_clear_ha",
        "G": "cleared_ha",
        "H": "clearance_pct",
        "I": "infrastructure_investment_vnd",
    }
    one, two = data_rows(report)
    established, now = one.statements
    assert established.values == {"legal_status": "established", "area_ha": Decimal(75)}
    assert established.effective_from == "2020-02-01"
    assert now.values["cleared_ha"] == now.values["to_clear_ha"] == Decimal(40)
    assert one.note == "GĐ1: 9,5"
    # What is to be cleared is a whole: which of the two numbers it is has to be said.
    assert ("ambiguous_number", "F") in errors(two)


def test_a_range_keeps_both_ends_where_a_decision_gives_it() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)", "Quyết định thành lập"],
        [1, "CCN Một", "từ 30 đến 45", "12/QĐ-UBND ngày 1/2/2020"],
    ]
    (statement,) = data_rows(read(xlsx(rows)))[0].statements
    assert statement.effective_from == "2020-02-01"
    assert statement.values["area_ha"] == Decimal(30)
    assert statement.qualifiers == {"area_ha": "range"}
    assert statement.tops == {"area_ha": Decimal(45)}


def test_a_part_and_its_whole_in_one_cell_are_both_read() -> None:
    rows = [
        ["STT", "Tên CCN", "Đã GPMB/phải GPMB (ha)", "Đã cho thuê (ha)", "Tỷ lệ lấp đầy"],
        [1, "CCN Một", "18/75", "12/40", "đạt 62%"],
        [2, "CCN Hai", "chưa", None, None],
    ]
    one, two = data_rows(read(xlsx(rows)))
    assert values(one) == {
        "cleared_ha": Decimal(18),
        "to_clear_ha": Decimal(75),
        "leased_ha": Decimal(12),
        "industrial_land_ha": Decimal(40),
        "stated_occupancy_pct": Decimal(62),
        "occupancy_definition": "as_stated",
        "clearance_status": "in_progress",
    }
    assert values(two) == {}


def test_a_title_of_a_group_says_the_kind_of_its_rows() -> None:
    rows = [
        ["DANH MỤC CÁC KHU, CỤM CÔNG NGHIỆP TỈNH LÀO CAI"],
        ["TT", "Tên", "Diện tích (ha)"],
        [1, "Chưa rõ", 10],
        ["A", "CÁC KHU CÔNG NGHIỆP TRÊN ĐỊA BÀN TỈNH", None],
        ["I", "Đã thành lập", None],
        [1, "Tằng Loỏng", 1100],
        ["B", "Cụm công nghiệp đã thành lập, đang hoạt động", None],
        [1, "Thống Nhất, xã Yên Bình", 75],
    ]
    unclear, zone, cluster = data_rows(read(xlsx(rows)))
    assert (zone.name, zone.kind) == ("KCN Tằng Loỏng", "zone")
    assert (cluster.name, cluster.kind) == ("CCN Thống Nhất", "cluster")
    assert cluster.place == {"text": "xã Yên Bình", "commune_code": "04714"}
    assert codes(unclear) == {"kind_assumed"}
    assert "kind_assumed" not in codes(zone) | codes(cluster)


def test_rows_that_are_no_sites_are_not_read_as_some() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [1, "CCN Một", 75],
        ["1.1", "Giai đoạn 1", 35],
        ["1.2", "GĐ II", 40],
        [None, "Trong đó: đất công nghiệp", 50],
        [None, "Cộng trang 1", 75],
        [None, "Mang sang", 75],
        [2, "CCN Hai", 20],
        [None, "Tổng cộng", 95],
    ]
    report = read(xlsx(rows))
    assert [row.role for row in report.rows[1:]] == [
        "data", "part", "part", "part", "total", "part", "data", "total",
    ]  # fmt: skip
    assert [row.row for row in report.rows if "part_not_read" in codes(row)] == [3, 4, 5, 7]
    assert {check.verdict for check in report.checks} == {"ok"}


def test_a_second_table_with_other_columns_is_named_and_read_apart() -> None:
    first = [["TT", "Tên KCN", "Diện tích (ha)", "Đất công nghiệp (ha)"], [1, "KCN Một", 1100, 700]]
    same = [["TT", "Tên CCN", "Diện tích (ha)", "Đất công nghiệp (ha)"], [1, "CCN Hai", 20, 15]]
    other = [["TT", "Tên CCN", "Địa điểm", "Diện tích (ha)"], [1, "CCN Ba", "xã Yên Bình", 25]]
    report = read(xlsx([*first, *same, *other]))
    assert [row.name for row in data_rows(report)] == ["KCN Một", "CCN Hai"]
    assert [row.role for row in report.rows] == [
        "header", "data", "header", "data", "other_table", "other_table",
    ]  # fmt: skip
    assert [(one.code, one.row) for one in report.all_warnings] == [("second_table", 5)]


def test_the_sheet_of_the_latest_month_is_read() -> None:
    book = openpyxl.Workbook()
    names = ("T3.2026", "Tháng 6-2026", "Quý I.2026", "6 tháng 2025")
    for place, name in enumerate(names):
        sheet = book.active if place == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        sheet.title = name
        fill(sheet, [["TT", "Tên CCN", "Diện tích (ha)"], [1, "CCN Một", 10 + place]])
    report = read(saved(book), given=LAO_CAI)
    assert report.effective_from == "2026-06-30"
    assert values(data_rows(report)[0]) == {"area_ha": Decimal(11)}
    assert [sheet.get("as_of") for sheet in report.sheets] == [
        "2026-03-31", "2026-06-30", "2026-03-31", "2025-06-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("T2.2024", "2024-02-29"),
        ("tháng 12 năm 2025", "2025-12-31"),
        ("Quý IV/2025", "2025-12-31"),
        ("9 tháng đầu năm 2025", "2025-09-30"),
        ("sáu tháng năm 2026", "2026-06-30"),
        ("16 tháng 2026", None),
        ("BT12 2026", None),
        ("Năm 2026", None),
    ],
)
def test_the_end_of_months_and_quarters(text: str, day: str | None) -> None:
    assert month_end(text) == day


def test_percents_that_may_be_parts_of_one_are_asked() -> None:
    rows = [["TT", "Tên CCN", "Tỷ lệ lấp đầy (%)"], [1, "CCN Một", 0.47], [2, "CCN Hai", 30]]
    one, two = data_rows(read(xlsx(rows)))
    (error,) = one.errors
    assert error.details["candidates"] == [Decimal("0.47"), Decimal(47)]
    assert values(two)["stated_occupancy_pct"] == Decimal(30)


def test_money_without_a_unit_is_asked() -> None:
    rows: list[list[object]] = [
        ["TT", "Tên CCN", "Tổng mức đầu tư", "TMĐT hạ tầng (tr.đ)"],
        [1, "CCN Một", 149, 149000],
    ]
    (row,) = data_rows(read(xlsx([[*one[:3]] for one in rows])))
    assert errors(row) == [("no_unit", "C")]
    (row,) = data_rows(read(xlsx([[*one[:2], one[3]] for one in rows])))
    assert values(row) == {"infrastructure_investment_vnd": 149 * 10**9}


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("Đã GPMB (%)", "clearance_pct"),
        ("Đã cho thuê (%)", "stated_occupancy_pct"),
        ("Lấp đầy (ha)", None),
        ("Diện tích (tỷ đồng)", None),
        ("Đã GPMB (ha)", "cleared_ha"),
        ("Diện tích đất (ha) / Tỷ lệ lấp đầy", "stated_occupancy_pct"),
        ("Diện tích đất (ha) / Tỷ lệ lấp đầy (ha)", None),
    ],
)
def test_a_unit_that_does_not_fit_the_words_counts(header: str, attribute: str | None) -> None:
    sheet = read_workbook(xlsx([["TT", "Tên CCN", header], [1, "CCN Một", 5]])).sheets[0]
    table = find_table(sheet)
    assert table is not None
    assert table.columns[2].attribute == attribute
