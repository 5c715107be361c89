"""What tables have besides land: tenants, money, wastewater, decisions without areas; forms."""

from decimal import Decimal

import pytest

from app.imports.decisions import Citation
from app.imports.report import ReportRow
from tests.support.import_files import codes, data_rows, read, values, xlsx

HEADER = [
    *("TT", "Tên CCN", "Diện tích (ha)", "Tổng số dự án", "Dự án FDI", "Dự án đang hoạt động"),
    *("Số lao động (người)", "Doanh thu (tỷ đồng)", "Nộp ngân sách (triệu đồng)"),
]


def test_tenants_workers_and_money() -> None:
    rows = [HEADER, [1, "CCN Một", 30, 12, 0, "11", "1.340", "38,42", 1105.6]]
    report = read(xlsx(rows))
    assert "unknown_column" not in {one.code for one in report.all_warnings}
    (row,) = data_rows(report)
    assert values(row) == {
        "area_ha": Decimal(30),
        "tenants": 12,
        "tenants_foreign": 0,
        "tenants_operating": 11,
        "workers": 1340,
        "revenue_vnd": 38_420_000_000,
        "budget_vnd": 1_105_600_000,
    }


@pytest.mark.parametrize("place", [4, 5])
def test_more_of_a_kind_than_there_are_tenants_is_refused(place: int) -> None:
    row = [1, "CCN Một", 30, 12, 2, 11, 1340, 38, 1105]
    row[place] = 13
    (read_row,) = data_rows(read(xlsx([HEADER, row])))
    assert [one.code for one in read_row.errors] == ["impossible_state"]


def treated(text: str) -> ReportRow:
    rows = [["TT", "Tên CCN", "Diện tích (ha)", "Xử lý nước thải"], [1, "CCN Một", 30, text]]
    (row,) = data_rows(read(xlsx(rows)))
    return row


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Đã có", "built"),
        ("Có", "built"),
        ("đã đầu tư hệ thống XLNT 2.000 m3/ngày đêm", "built"),
        ("Đã có, chưa đạt chuẩn", "built"),
        ("Đã có, đạt quy chuẩn môi trường", "compliant"),
        ("Đạt", "compliant"),
        ("Đang xây dựng", "under_construction"),
        ("Chưa có", "not_built"),
        ("Không có hệ thống tập trung", "not_built"),
        ("chưa", "not_built"),
    ],
)
def test_words_about_wastewater_are_to_be_confirmed_and_kept(text: str, code: str) -> None:
    row = treated(text)
    assert values(row)["wastewater_treatment"] == code
    assert row.needs_confirmation == ["wastewater_treatment"]
    assert row.note == f"Xử lý nước thải: {text}"


@pytest.mark.parametrize("text", ["Đã đầu tư, đạt tiêu chuẩn môi trường", "compliant"])
def test_a_label_of_the_register_is_no_question(text: str) -> None:
    row = treated(text)
    assert values(row)["wastewater_treatment"] == "compliant"
    assert not row.needs_confirmation
    assert row.note is None


@pytest.mark.parametrize("text", ["-", "x", "", "Trạm 500 m3", "Chưa đạt chuẩn", "Dùng chung"])
def test_what_says_nothing_of_wastewater_is_no_statement(text: str) -> None:
    assert "wastewater_treatment" not in values(treated(text))


def test_a_decision_without_a_figure_is_cited_for_what_holds() -> None:
    rows = [
        ["TT", "Tên CCN", "Đất công nghiệp (ha)", "Quyết định phê duyệt quy hoạch chi tiết"],
        [1, "CCN Một", 20, "QĐ số 34/QĐ-UBND ngày 5/6/2021"],
    ]
    (row,) = data_rows(read(xlsx(rows)))
    (now,) = row.statements
    assert now.values == {"industrial_land_ha": Decimal(20)}
    assert now.cites == [Citation("34/QĐ-UBND", "2021-06-05")]


def test_a_column_in_dollars_is_kept_as_notes() -> None:
    rows = [
        ["TT", "Tên CCN", "Diện tích (ha)", "Tổng mức đầu tư (triệu USD)"],
        [1, "CCN Một", 30, 25],
    ]
    (row,) = data_rows(read(xlsx(rows)))
    assert values(row) == {"area_ha": Decimal(30)}
    assert codes(row) == {"foreign_currency"}
    assert row.note == "Tổng mức đầu tư: 25 triệu USD"


FORM = [
    ["TT", "Chỉ tiêu", "Đơn vị tính", "Kết quả"],
    [1, "Tổng doanh thu của các dự án đầu tư trong các cụm công nghiệp", "Tỷ đồng", "38,5"],
    [2, "Nộp ngân sách nhà nước của các dự án đầu tư", "Triệu đồng", "khoảng 1.105.600"],
    [3, "Tổng vốn đầu tư xây dựng hạ tầng kỹ thuật", "triệu USD", 20],
    [4, "Tổng số lao động trong các cụm công nghiệp", "Người", "46.812"],
]


def test_a_form_states_money_in_billions_whatever_its_unit() -> None:
    rows = data_rows(read(xlsx(FORM)))
    assert [values(row) if row.statements else None for row in rows] == [
        {"cluster_revenue": Decimal("38.5")},
        {"cluster_budget_contribution": Decimal("1105.6")},
        None,
        {"cluster_workers_count": 46812},
    ]
    assert rows[1].statements[0].qualifiers == {"cluster_budget_contribution": "about"}
    assert codes(rows[2]) == {"foreign_currency"}
    assert rows[2].note == "20 triệu USD"
