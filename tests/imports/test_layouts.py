"""Other layouts than the samples', each a file of its own: what domain.md says officers send."""

import datetime
import unicodedata
from decimal import Decimal
from typing import Literal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.core.vocabulary import SiteKind
from app.imports.answers import Answers
from app.imports.columns import Figures
from app.imports.contexts import Given
from app.imports.report import Report
from tests.support.import_files import codes, data_rows, fill, read, saved, values, xlsx

LAO_CAI = Given(province_code="15")


def roles(report: Report) -> list[str]:
    return [row.role for row in report.rows]


def attributes(report: Report) -> list[object]:
    return [column["attribute"] for column in report.columns]


def test_1_a_header_of_three_levels() -> None:
    rows = [
        ["BIỂU TỔNG HỢP CỤM CÔNG NGHIỆP (tính đến ngày 31/12/2025)"],
        ["STT", "Tên cụm công nghiệp", "Quy mô", None, None, "Kết quả", None, "Ghi chú"],
        [None, None, "Thành lập", None, "Quy hoạch chi tiết", "Đất công nghiệp", "Lấp đầy"],
        [None, None, "Diện tích (ha)", "Số QĐ", "Diện tích (ha)", "Diện tích (ha)", "(%)"],
        [1, "CCN Một", 30, "QĐ 12/QĐ-UBND ngày 1/2/2020", "29,5", "20,25", "62,5"],
    ]
    merges = ["A2:A4", "B2:B4", "C2:E2", "F2:G2", "H2:H4", "C3:D3"]
    report = read(xlsx(rows, merges=merges), given=LAO_CAI)
    assert report.header["rows"] == [2, 3, 4]
    assert report.effective_from == "2025-12-31"
    (row,) = data_rows(report)
    established, now = row.statements
    assert established.effective_from == "2020-02-01"
    assert established.values == {"legal_status": "established", "area_ha": Decimal(30)}
    assert now.values == {
        "detailed_plan_area_ha": Decimal("29.5"),
        "industrial_land_ha": Decimal("20.25"),
        "stated_occupancy_pct": Decimal("62.5"),
        "occupancy_definition": "as_stated",
    }


def test_2_csv_with_two_levels_and_no_merged_cells() -> None:
    text = (
        "STT;Tên CCN;Quy hoạch chi tiết;;Ghi chú\n"
        ";;Diện tích (ha);Quyết định;\n"
        "1;CCN Một;12,5;34/QĐ-UBND ngày 5/6/2021;\n"
    )
    report = read(text)
    assert report.header["rows"] == [1, 2]
    assert attributes(report)[2:4] == ["detailed_plan_area_ha", "decision@detailed_plan"]
    (row,) = data_rows(report)
    assert row.statements[0].effective_from == "2021-06-05"
    assert row.statements[0].values == {"detailed_plan_area_ha": Decimal("12.5")}


def test_3_subtotals_called_cong_and_a_grand_total() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [None, "Huyện Bát Xát (cũ)"],
        [1, "CCN Một", 10],
        [2, "CCN Hai", 20],
        [None, "Cộng", 30],
        [None, "Huyện Bảo Yên (cũ)"],
        [1, "CCN Ba", "5,5"],
        [None, "Cộng", "6,5"],
        [None, "Tổng cộng", "35,5"],
    ]
    report = read(xlsx(rows))
    assert roles(report)[1:] == [
        "group", "data", "data", "total", "group", "data", "total", "total",
    ]  # fmt: skip
    assert [row.group for row in data_rows(report)] == [
        ["Huyện Bát Xát (cũ)"],
        ["Huyện Bát Xát (cũ)"],
        ["Huyện Bảo Yên (cũ)"],
    ]
    assert [(c.row, float(c.stated), float(c.computed), c.verdict) for c in report.checks] == [
        (5, 30.0, 30.0, "ok"),
        (8, 6.5, 5.5, "differs"),
        (9, 35.5, 35.5, "ok"),
    ]
    assert [one.row for one in report.warnings] == [8]


def test_4_money_in_million_and_area_in_square_metres() -> None:
    rows = [
        ["TT", "Tên cụm", "Diện tích (m2)", "TMĐT (triệu đồng)", "Kinh phí đã chi trả"],
        [1, "CCN Một", 125000, "149.000", "12,5 tỷ"],
        [2, "CCN Hai", "455.000", 216000, "900 triệu đồng"],
        [3, "CCN Ba", "7,5 ha", "10 triệu USD", "118.920.000.000"],
    ]
    report = read(xlsx(rows))
    one, two, three = data_rows(report)
    assert [values(row)["area_ha"] for row in (one, two, three)] == [
        Decimal("12.5"),
        Decimal("45.5"),
        Decimal("7.5"),
    ]
    money = [
        (values(row).get("infrastructure_investment_vnd"), values(row)["paid_vnd"])
        for row in (one, two, three)
    ]
    assert money[0] == (149 * 10**9, 12_500_000_000)
    assert money[1] == (216 * 10**9, 900_000_000)
    # Dollars are never converted: they stay in the note, and the officer is asked for the đồng.
    assert money[2] == (None, 118_920_000_000)
    assert [one.code for one in three.warnings] == ["foreign_currency"]
    assert not three.errors
    assert three.note == "TMĐT: 10 triệu USD"


def test_5_the_unit_of_the_sheet_counts_for_money_only_where_it_is_money() -> None:
    rows = [
        ["Đơn vị tính: triệu đồng"],
        ["TT", "Tên CCN", "Diện tích", "Tổng mức đầu tư"],
        [1, "CCN Một", 12, 165000],
    ]
    (row,) = data_rows(read(xlsx(rows)))
    assert values(row)["area_ha"] == Decimal(12)
    assert values(row)["infrastructure_investment_vnd"] == 165 * 10**9


def test_6_an_ambiguous_number_is_decided_by_the_total_before_all_else() -> None:
    """45.125 beside 12,5 would be 45125 by the column; the total says 45.125."""
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [1, "CCN Một", "12,5"],
        [2, "CCN Hai", "45.125"],
        [None, "Tổng cộng", "57,625"],
    ]
    _, two = data_rows(read(xlsx(rows)))
    assert values(two)["area_ha"] == Decimal("45.125")
    assert codes(two) == {"separator_decided_by_total"}


def test_7_an_ambiguous_number_without_total_or_column_is_decided_by_what_is_possible() -> None:
    """45.125 ha is the size of a cluster, 45125 ha that of a province's plan for all."""
    rows = [["TT", "Tên CCN", "Diện tích (ha)"], [1, "CCN Một", "45.125"], [2, "CCN Hai", 20]]
    one, _ = data_rows(read(xlsx(rows)))
    assert values(one)["area_ha"] == Decimal("45.125")
    assert codes(one) == {"separator_decided_by_plausibility"}


def test_8_an_ambiguous_number_that_column_and_size_disagree_about_is_asked() -> None:
    rows = [["TT", "Tên CCN", "Diện tích (ha)"], [1, "CCN Một", "45.125"], [2, "CCN Hai", "20,5"]]
    one, two = data_rows(read(xlsx(rows)))
    assert "area_ha" not in values(one)
    (error,) = one.errors
    assert error.details == {
        "text": "45.125",
        "candidates": [Decimal("45.125"), Decimal(45125)],
    }
    assert values(two)["area_ha"] == Decimal("20.5")


def test_9_a_table_in_english_notation_is_read_by_its_own_marks() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)", "Đất công nghiệp (ha)"],
        [1, "CCN Một", "59.3 ha", "41.25"],
        [2, "CCN Hai", "30.125", "1,124.5"],
    ]
    one, two = data_rows(read(xlsx(rows)))
    assert values(one)["area_ha"] == Decimal("59.3")
    assert values(two)["area_ha"] == Decimal("30.125")
    assert values(two)["industrial_land_ha"] == Decimal("1124.5")


def test_10_clusters_and_zones_in_one_table_are_told_apart_by_name_and_group() -> None:
    rows = [
        ["DANH SÁCH KHU, CỤM CÔNG NGHIỆP"],
        ["TT", "Tên khu, cụm", "Diện tích (ha)"],
        ["A", "KHU CÔNG NGHIỆP"],
        [1, "Phú Sơn", 300],
        ["B", "CỤM CÔNG NGHIỆP"],
        [1, "Phú Sơn", 30],
        [2, "Khu công nghiệp Nam", 200],
    ]
    report = read(xlsx(rows))
    assert report.kind is None
    assert [(row.name, row.kind) for row in data_rows(report)] == [
        ("KCN Phú Sơn", "zone"),
        ("CCN Phú Sơn", "cluster"),
        ("KCN Nam", "zone"),
    ]


def test_11_the_newest_of_several_dated_sheets_is_read_wherever_it_stands() -> None:
    book = openpyxl.Workbook()
    for index, (title, area) in enumerate((("31.3.2026", 12), ("30.6.2026", 15), ("1.1.2026", 9))):
        sheet = book.active if index == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        sheet.title = title
        fill(sheet, [["TT", "Tên CCN", "Diện tích"], [1, "CCN Một", area]])
    content = saved(book)
    report = read(content, given=LAO_CAI)
    assert report.effective_from == "2026-06-30"
    assert values(data_rows(report)[0])["area_ha"] == Decimal(15)
    older = [(one.code, one.details["older"]) for one in report.warnings]
    assert older == [("older_sheet_differs", Decimal(12)), ("older_sheet_differs", Decimal(9))]
    earlier = read(content, given=Given(province_code="15", sheet="31.3.2026"))
    assert earlier.effective_from == "2026-03-31"
    assert values(data_rows(earlier)[0])["area_ha"] == Decimal(12)


def test_12_a_form_of_another_numbering_is_known_by_its_words() -> None:
    """Form 03 of a half-year: other numbers of lines, square metres, an amount in million."""
    rows = [
        ["Biểu số 03. Tình hình cụm công nghiệp trên địa bàn"],
        ["Đơn vị báo cáo: Sở Công Thương tỉnh Lào Cai"],
        ["Kỳ báo cáo: 6 tháng đầu năm 2026"],
        ["(Số liệu chốt đến ngày 14/6/2026)"],
        ["TT", "Chỉ tiêu", "Đơn vị tính", "Kết quả"],
        [1, "Số lượng cụm công nghiệp đã thành lập", "Cụm", "1.2"],
        [2, "Tổng diện tích các cụm công nghiệp đã thành lập", "m2", "3.200.000"],
        [3, "Tỷ lệ lấp đầy bình quân của các cụm công nghiệp đã hoạt động", "%", "61,5"],
        [4, "Tổng số lao động làm việc trong các cụm công nghiệp", "Người", "12.345"],
    ]
    report = read(xlsx(rows), given=Given())
    assert report.province == "15"
    assert report.period == {"label": "2026-H1", "from": "2025-12-15", "to": "2026-06-14"}
    area, rate = (values(row) for row in data_rows(report)[1:3])
    assert area == {"cluster_established_area_ha": Decimal(320)}
    assert rate == {"cluster_occupancy_pct": Decimal("61.5")}
    assert data_rows(report)[3].further["value"] == Decimal(12345)


def test_13_texts_in_tcvn3_and_single_cells_in_unicode() -> None:
    rows = [
        ["TT", "Tªn côm c«ng nghiÖp", "§Þa ®iÓm", "DiÖn tÝch (ha)", "Ghi chó"],
        [1, "CCN Hµ Long", "X· B¸t X¸t", "12,5", "§ang GPMB"],
        [2, "CCN Đồng Cuông", "Xã Bảo Yên", "20", ""],
    ]
    one, two = data_rows(read(xlsx(rows)))
    assert (one.name, two.name) == ("CCN Hà Long", "CCN Đồng Cuông")
    assert [row.place["commune_code"] for row in (one, two)] == ["02683", "02947"]
    assert one.suggested == {"clearance_status": "in_progress"}


def test_14_texts_in_vni() -> None:
    rows = [
        ["TT", "Teân cuïm coâng nghieäp", "Ñòa ñieåm", "Dieän tích (ha)"],
        [1, "CCN Haø Noäi Môùi", "Xaõ Baûo Yeân", "12,5"],
    ]
    (row,) = data_rows(read(xlsx(rows)))
    assert row.name == "CCN Hà Nội Mới"
    assert row.place["commune_code"] == "02947"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_15_decomposed_letters_and_odd_spaces_are_the_same_name(
    form: Literal["NFC", "NFD"],
) -> None:
    rows = [
        [unicodedata.normalize(form, text) for text in ("TT", "Tên CCN", "Diện tích (ha)")],
        [1, unicodedata.normalize(form, "CCN\u00a0Thịnh Hoà"), 10],
    ]
    (row,) = data_rows(read(xlsx(rows)))
    assert row.name == "CCN Thịnh Hoà"
    assert codes(row) == {"spaces_normalized", *(["normalized_to_nfc"] if form == "NFD" else [])}


def test_16_hedges_ranges_and_words_go_with_their_values() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích phải thu hồi (ha)", "Đã GPMB (ha)", "Đất công nghiệp"],
        [1, "CCN Một", "> 60", "khoảng 20", "50–75"],
        [2, "CCN Hai", 20, "đã xong", "tối thiểu 12"],
    ]
    one, two = data_rows(read(xlsx(rows)))
    (now,) = one.statements
    assert now.qualifiers == {
        "to_clear_ha": "over",
        "cleared_ha": "about",
        "industrial_land_ha": "range",
    }
    assert now.tops == {"industrial_land_ha": Decimal(75)}
    assert values(two)["cleared_ha"] == Decimal(20)
    assert values(two)["clearance_status"] == "completed"
    assert two.needs_confirmation == ["cleared_ha"]
    assert two.statements[0].qualifiers == {"industrial_land_ha": "at_least"}


def test_17_a_hidden_row_is_read_only_where_the_file_counts_it() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [1, "CCN Một", 10],
        [2, "CCN Hai", 20],
        [None, "Tổng cộng", 10],
    ]
    report = read(xlsx(rows, hidden=[3]))
    assert roles(report) == ["header", "data", "hidden", "total"]
    assert [(c.stated, c.computed) for c in report.checks] == [(Decimal(10), Decimal(10))]
    rows[-1] = [None, "Tổng cộng", 30]
    report = read(xlsx(rows, hidden=[3]))
    assert roles(report) == ["header", "data", "data", "total"]
    assert codes(report.rows[2]) == {"hidden_row_imported"}


def test_18_several_decisions_in_one_cell_and_one_without_a_date() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)", "Quyết định thành lập"],
        [1, "CCN Một", 10, "1656 và 1662/QĐ-UBND ngày 3/4/2021"],
        [2, "CCN Hai", 20, "QĐ số 77/QĐ-UBND"],
    ]
    one, two = data_rows(read(xlsx(rows)))
    assert one.statements[0].effective_from == "2021-04-03"
    numbers = [cited.number for cited in one.statements[0].cites]
    assert numbers == ["1656/QĐ-UBND", "1662/QĐ-UBND"]
    (now,) = two.statements
    assert now.effective_from == "2026-06-30"
    assert now.values == {"area_ha": Decimal(20), "legal_status": "established"}
    assert codes(two) == {"decision_without_date"}


def test_19_a_committee_manages_and_companies_develop_together() -> None:
    rows = [
        ["TT", "Tên CCN", "Chủ đầu tư"],
        [1, "CCN Một", "UBND xã Bảo Yên"],
        [2, "CCN Hai", "Cty CP ĐTXD Một; Cty TNHH MTV Hai"],
    ]
    one, two = data_rows(read(xlsx(rows)))
    assert values(one) == {"managing_body": "UBND xã Bảo Yên"}
    assert two.further["organizations"] == [
        "Công ty Cổ phần Đầu tư xây dựng Một",
        "Công ty TNHH MTV Hai",
    ]
    assert codes(two) == {"several_organizations"}


def test_20_percents_as_parts_of_one_without_a_format() -> None:
    rows = [
        ["TT", "Tên CCN", "Tỷ lệ lấp đầy"],
        [1, "CCN Một", 0.35],
        [2, "CCN Hai", 1],
        [3, "CCN Ba", 0],
    ]
    rates = [values(row)["stated_occupancy_pct"] for row in data_rows(read(xlsx(rows)))]
    assert rates == [Decimal(35), Decimal(100), Decimal(0)]


def test_21_answers_about_columns_are_used() -> None:
    rows = [["TT", "Tên CCN", "S"], [1, "CCN Một", 10]]
    unknown = read(xlsx(rows))
    assert [one.code for one in unknown.warnings] == ["unknown_column"]
    assert data_rows(unknown)[0].note == "S: 10"
    (row,) = data_rows(read(xlsx(rows), answers=Answers({"S": "area_ha"})))
    assert values(row) == {"area_ha": Decimal(10)}


def test_22_what_the_officer_says_of_kind_and_date_holds() -> None:
    rows = [["Đến ngày 1/1/2026"], ["TT", "Tên", "Diện tích"], [1, "Một", 10]]
    given = Given(province_code="15", kind=SiteKind.zone, effective_from="2026-02")
    report = read(xlsx(rows), given=given)
    (row,) = data_rows(report)
    assert (row.name, row.kind, report.effective_from) == ("KCN Một", "zone", "2026-02")


def test_23_a_file_without_any_date_asks_for_one() -> None:
    report = read(xlsx([["TT", "Tên CCN", "Diện tích"], [1, "Một", 10]]), given=LAO_CAI)
    assert report.effective_from is None
    assert [one.code for one in report.warnings] == ["no_effective_from"]


def test_24_roman_numerals_count_the_sites_where_nothing_else_is_numbered() -> None:
    rows = [["TT", "Tên CCN", "Diện tích (ha)"], ["I", "CCN Một", 10], ["II", "CCN Hai", 20]]
    assert [row.name for row in data_rows(read(xlsx(rows)))] == ["CCN Một", "CCN Hai"]


def test_25_a_header_that_is_repeated_and_a_row_of_units_are_no_sites() -> None:
    header = ["TT", "Tên CCN", "Diện tích", "Tỷ lệ lấp đầy"]
    units = [None, None, "m2", "%"]
    rows = [header, units, [1, "CCN Một", 100000, 50], header, [2, "CCN Hai", 200000, 60]]
    report = read(xlsx(rows))
    assert roles(report) == ["header", "header", "data", "header", "data"]
    assert [values(row)["area_ha"] for row in data_rows(report)] == [Decimal(10), Decimal(20)]


def test_26_what_no_site_can_have_is_refused_at_its_cell() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)", "Tỷ lệ lấp đầy (%)"],
        [1, "CCN Một", -5, 120],
        [2, "CCN Hai", 1e300, 50],
        [3, "CCN Ba", 0.1 + 0.2, 50],
    ]
    one, two, three = data_rows(read(xlsx(rows)))
    assert [(error.code, error.column) for error in one.errors] == [
        ("out_of_range", "C"),
        ("out_of_range", "D"),
    ]
    assert values(two) == {"stated_occupancy_pct": 50, "occupancy_definition": "as_stated"}
    assert values(three)["area_ha"] == Decimal("0.3")


def test_27_rows_that_cannot_be_read_are_named() -> None:
    """A name merged over two rows, a text without a name, a date where "18/5" was meant."""
    rows = [
        ["TT", "Tên CCN", "Diện tích phải thu hồi (ha)", "Đã GPMB (ha)", "Chủ đầu tư"],
        [1, "CCN Một", 75, datetime.date(2026, 5, 18), "Cty A"],
        [None, None, 20, 5, None],
        [None, None, None, None, "và Cty B"],
        [2, "CCN Hai", 75, 5, None],
        [3, "CCN Hai", 75, 6, None],
    ]
    report = read(xlsx(rows, merges=["B2:B3"]))
    assert roles(report) == ["header", "data", "unnamed", "note", "data", "data"]
    found = [(row.row, codes(row)) for row in report.rows[1:] if codes(row)]
    assert found == [
        (2, {"text_not_a_number"}),
        (3, {"no_name"}),
        (4, {"row_not_read"}),
        (6, {"same_site"}),
    ]


def test_28_groups_without_any_words_of_groups_and_a_total_above() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        [None, "Tổng cộng", 30],
        [None, "Bát Xát", None],
        [1, "Tổng Cọt", 10],
        [None, "Bảo Yên", None],
        [1, "CCN Hai", 20],
    ]
    report = read(xlsx(rows))
    assert [(row.name, row.group) for row in data_rows(report)] == [
        ("CCN Tổng Cọt", ["Bát Xát"]),
        ("CCN Hai", ["Bảo Yên"]),
    ]
    assert [(c.row, c.verdict) for c in report.checks] == [(2, "ok")]


def test_17_hidden_rows_are_left_out_until_a_count_or_total_is_right() -> None:
    """The first two hidden rows are one too many each; what is left is counted and added up."""
    grouped = [
        ["TT", "Tên CCN", "Diện tích (ha)"],
        ["I", "Khu A (2 cụm)", None],
        *([at, f"CCN {name}", at] for at, name in enumerate(["Một", "Hai", "Ba", "Bốn"], start=1)),
        ["II", "Khu B", None],
        *([at, f"CCN {name}", at] for at, name in enumerate(["Năm", "Sáu", "Bảy"], start=5)),
        [None, "Tổng cộng", 3 + 4 + 7],
    ]
    report = read(xlsx(grouped, hidden=[3, 4, 5, 8, 9, 10]))
    left = {row.row for row in report.rows if row.role == "hidden"}
    assert left == {3, 4, 8, 9}
    assert "hidden_row_imported" in codes(report.rows[4]) & codes(report.rows[9])
    assert {c.verdict for c in report.checks} == {"ok"}


def test_17_figures_of_hidden_rows_are_read_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no total fits, each row is looked at some times, not once for every other row."""
    reads = 0
    value = Figures.value

    def counted(figures: Figures, row: int) -> Decimal | None:
        nonlocal reads
        reads += 1
        return value(figures, row)

    monkeypatch.setattr(Figures, "value", counted)
    rows = [[at, f"CCN Số {at}", at] for at in range(1, 201)]
    table = [["TT", "Tên CCN", "Diện tích (ha)"], *rows, [None, "Tổng cộng", 1]]
    report = read(xlsx(table, hidden=range(102, 202)))
    assert roles(report).count("hidden") == 100
    assert reads < 200 * 20


def test_a_count_within_the_title_of_a_group_is_checked() -> None:
    """The title without its count stands in no cell."""
    report = read(
        "STT;Tên cụm công nghiệp;Diện tích (ha)\nI;Khu A (2 cụm) phía Bắc;\n"
        "1;CCN Một;10,5\n2;CCN Hai;20,5\n;Tổng cộng;31\n"
    )
    (count,) = (check for check in report.checks if check.what.id == "imports.check.group-count")
    assert (count.row, count.column) == (2, "B")
    assert count.stated == count.computed == Decimal(2)
