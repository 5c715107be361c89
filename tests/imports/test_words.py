"""Words in cells: headers, legacy encodings, dates, decisions, organizations, notes."""

import csv
from decimal import Decimal

import pytest

from app.core.messages import MessageError
from app.imports.decisions import Citation, citations, partial_date
from app.imports.legacy_text import legacy_of, modern
from app.imports.notes import other_area, statuses, withdrawal
from app.imports.organizations import full_name, key_of, manages, organizations
from app.imports.typed import typed_date
from app.imports.words import TABLE, attribute_of, plain, wordings


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("STT", "row_number"),
        ("Tên KCN", "name"),
        ("DT QHCT (ha)", "detailed_plan_area_ha"),
        ("DT theo QH", "planned_area_ha"),
        ("Tỉ lệ lắp đầy (%)", "stated_occupancy_pct"),
        ("Đất CN có thể cho thuê", "industrial_land_ha"),
        ("NĐT", "investor"),
        ("Cơ sở pháp lý", "decision"),
        ("TMĐT (tỷ đồng)", "infrastructure_investment_vnd"),
        ("Quy hoạch chi tiết / Diện tích", "detailed_plan_area_ha"),
        ("Mở rộng / Quyết định", "decision@expanded"),
        ("Mã số thuế", None),
        ("Diện tích đã bồi thường GPMB (ha)", "cleared_ha"),
        ("Đã GPMB / Diện tích (ha)", "cleared_ha"),
        ("Diện tích đất đã bàn giao (ha)", "cleared_ha"),
        ("Kinh phí đã bồi thường GPMB", "paid_vnd"),
        ("Diện tích chưa GPMB (ha)", None),
        ("Diện tích đang GPMB (ha)", None),
        ("Diện tích còn phải GPMB", None),
        ("Diện tích (chưa GPMB)", None),
        ("Diện tích cây xanh", None),
        ("Quy mô lao động", None),
        ("Thành lập / Diện tích chưa GPMB", None),
        ("Diện tích đất công nghiệp chưa cho thuê", None),
        ("Tổng diện tích CCN (m²)", "area_ha"),
        ("Diện tích sau mở rộng", "area_ha@expanded"),
    ],
)
def test_a_header_stands_for_an_attribute(header: str, attribute: str | None) -> None:
    assert attribute_of(header) == attribute


def test_the_words_of_the_table_are_folded_and_each_is_there_once() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [(line["attribute"], line["phrases"]) for line in csv.DictReader(file)]
    for _, phrases in lines:
        for phrase in phrases.removeprefix("=").split("+"):
            assert plain(phrase) == phrase
    assert len(set(lines)) == len(lines) == len(wordings())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Côm c«ng nghiÖp", "Cụm công nghiệp"),
        ("Sè hé bÞ ¶nh h\u00adëng", "Số hộ bị ảnh hưởng"),
        ("Tæng céng", "Tổng cộng"),
        ("Cuïm coâng nghieäp", "Cụm công nghiệp"),
        ("Huyeän Chôï Môùi", "Huyện Chợ Mới"),
        ("Thaønh phoá", "Thành phố"),
    ],
)
def test_a_text_in_a_legacy_encoding_is_converted(written: str, meant: str) -> None:
    assert modern(written) == meant


@pytest.mark.parametrize(
    "text",
    ["Quảng Chu", "Thị xã Sông Công", "Công ty CP Hòa Bình", "Âu Lâu", "10 m²", "Xã Nà Phặc"],
)
def test_a_text_in_unicode_stays(text: str) -> None:
    assert modern(text) == text


def test_a_text_that_is_vietnamese_both_ways_is_read_as_the_cells_around_it() -> None:
    assert modern("Ghi chó") == "Ghi chó"
    assert modern("Ghi chó", legacy_of(["Tæng céng", "DiÖn tÝch"])) == "Ghi chú"
    assert legacy_of(["Tổng cộng", "Diện tích", "Tæng céng"]) is None
    assert modern("Vò trí", legacy_of(["Huyeän Chôï Môùi"])) == "Vị trí"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Quý II/2027", "2027-Q2"),
        ("quý 4 năm 2027", "2027-Q4"),
        ("15/9/2026", "2026-09-15"),
        ("15.9.2026", "2026-09-15"),
        ("9/2026 (dự kiến)", "2026-09"),
        ("~ quý IV/2028 (42 tháng)", "2028-Q4"),
        ("GĐ1: quý IV/2026; toàn bộ: quý III/2027", "2027-Q3"),
        ("ngày 26 tháng 12 năm 2025", "2025-12-26"),
        ("năm 2027", "2027"),
        ("31/2/2026", None),
        ("18/75", None),
    ],
)
def test_a_date_has_the_precision_that_is_written(text: str, date: str | None) -> None:
    assert partial_date(text) == date


@pytest.mark.parametrize(
    ("stated", "date"),
    [("31/12/2024", "2024-12-31"), ("1.2.2024", "2024-02-01"), ("2024-Q4", "2024-Q4")],
)
def test_a_date_is_stated_in_iso_8601_or_the_vietnamese_way(stated: str, date: str) -> None:
    assert typed_date(stated) == date


@pytest.mark.parametrize("stated", ["31/2/2024", "2024-13", "cuối năm 2024", ""])
def test_a_stated_text_that_is_no_date_is_refused(stated: str) -> None:
    with pytest.raises(MessageError):
        typed_date(stated)


def test_an_impossible_day_is_not_said_to_be_right_in_iso_8601() -> None:
    with pytest.raises(MessageError, match="must have a day from 01 to 29"):
        typed_date("31/2/2024")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("QĐ số 1747/QĐ-UBND ngày 21/9/2021", [("1747/QĐ-UBND", "2021-09-21")]),
        ("1656 và 1662/QĐ-UBND", [("1656/QĐ-UBND", None), ("1662/QĐ-UBND", None)]),
        ("9949/QĐ-UBND, 06/5/2025", [("9949/QĐ-UBND", "2025-05-06")]),
        (
            "QĐ 12/2020/QĐ-TTg ngày 1/2/2020; 13/QĐ-UBND ngày 3.4.2021",
            [("12/2020/QĐ-TTg", "2020-02-01"), ("13/QĐ-UBND", "2021-04-03")],
        ),
        ("chưa có", []),
    ],
)
def test_decisions_are_cited_with_their_dates(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert list(citations(text)) == [Citation(*one) for one in expected]


def test_organizations_are_written_out_and_told_apart() -> None:
    assert full_name("Cty CP ĐTXD số 99") == "Công ty Cổ phần Đầu tư xây dựng số 99"
    assert key_of("CTY TNHH MTV Một") == key_of("Công ty TNHH một TV một")
    joint = "Liên danh Công ty CP Tập đoàn A - Công ty CP B"
    assert organizations(joint) == ("Công ty Cổ phần Tập đoàn A", "Công ty Cổ phần B")
    assert organizations("Công ty CP Sông Đà - Thăng Long") == (
        "Công ty Cổ phần Sông Đà - Thăng Long",
    )
    assert manages("UBND xã Văn Bàn")
    assert not manages("Công ty TNHH UB")


def test_notes_say_statuses_by_usual_words() -> None:
    assert dict(statuses("Đã khởi công ngày 07/5/2026; hoàn thành GPMB 74,97 ha")) == {
        "construction_status": "in_progress",
        "clearance_status": "completed",
    }
    assert dict(statuses("đang GPMB giai đoạn 1")) == {
        "clearance_status": "in_progress",
        "clearance_phase": 1,
    }
    assert statuses("đã bồi thường 30/43 ha") == ()
    gone = withdrawal("Thu hồi QĐ thành lập tại QĐ số 9244/QĐ-UBND ngày 04/11/2022")
    assert gone is not None
    assert (gone.words, gone.cited.date) == ("Thu hồi QĐ thành lập", "2022-11-04")
    assert other_area("hoàn thành GPMB 74,97 ha", Decimal("74.95")) == Decimal("74.97")
    assert other_area("đã bồi thường khoảng 20 ha", Decimal(75)) is None
