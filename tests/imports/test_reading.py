"""What the officer states beside a file, and what a file leaves open: asked, never guessed."""

from decimal import Decimal

import pytest

from app.core.errors import BadBodyError
from app.core.vocabulary import SiteKind
from app.imports.answers import Answers
from app.imports.contexts import Given
from app.imports.matching import SiteCandidate
from app.imports.report import Report
from app.imports.tables import NOTE
from tests.support.import_files import codes, data_rows, read, values

BAC_KAN = "Danh sách cụm công nghiệp tỉnh Bắc Kạn đến 31/12/2024;;\n"
ONE_SITE = "STT;Tên CCN;Diện tích (ha)\n1;CCN Một;12,5\n"


def file_codes(report: Report) -> list[str]:
    """Return the codes of what is said about the whole file."""
    return [one.code for one in (*report.errors, *report.warnings)]


def test_hectares_that_no_attribute_stands_for_are_kept_as_a_note() -> None:
    text = (
        "STT;Tên CCN;Diện tích (ha);Diện tích đang GPMB (ha);Diện tích đã bồi thường GPMB (ha)\n"
        "1;CCN Một;30;7,5;5,5\n"
    )
    report = read(text)
    (row,) = data_rows(report)
    assert (values(row)["area_ha"], values(row)["cleared_ha"]) == (Decimal(30), Decimal("5.5"))
    assert row.note == "Diện tích đang GPMB (ha): 7,5"
    assert [(one.code, one.details) for one in report.warnings] == [
        ("unknown_column", {"columns": ["D"]})
    ]


def test_of_two_columns_of_one_figure_none_is_taken() -> None:
    text = "STT;Tên CCN;Diện tích (ha);Quy mô (ha);Ghi chú\n1;CCN Một;30;25;mới\n"
    report = read(text)
    (row,) = data_rows(report)
    assert "area_ha" not in values(row)
    assert row.note == "mới; Diện tích (ha): 30; Quy mô (ha): 25"
    (error,) = report.all_errors
    assert error.as_json() == {
        "code": "two_columns",
        "columns": ["C", "D"],
        "headers": ["Diện tích (ha)", "Quy mô (ha)"],
        "attribute": "area_ha",
    }
    assert "C, D" in str(error.message)


def test_of_two_areas_that_are_both_planned_in_a_plan_none_is_taken() -> None:
    text = (
        "Phương án phát triển cụm công nghiệp;;;\n"
        "STT;Tên CCN;Diện tích (ha);Diện tích quy hoạch (ha)\n1;CCN Một;30;25\n2;CCN Hai;9;9\n"
    )
    one, two = data_rows(read(text))
    assert "planned_area_ha" not in values(one)
    assert [(e.code, e.details["columns"]) for e in one.errors] == [("two_columns", ["C", "D"])]
    assert (values(two)["planned_area_ha"], two.errors) == (Decimal(9), [])


def test_an_answer_says_which_of_two_columns_is_meant() -> None:
    text = "STT;Tên CCN;Diện tích (ha);Quy mô (ha)\n1;CCN Một;30;25\n"
    by_header, by_letter = [
        read(text, answers=Answers({key: NOTE})) for key in ("Diện tích (ha)", "C")
    ]
    for report in (by_header, by_letter):
        assert values(data_rows(report)[0])["area_ha"] == Decimal(25)
        assert data_rows(report)[0].note == "30"
        assert not list(report.all_errors)


def test_a_second_column_without_values_is_none() -> None:
    report = read("STT;Tên CCN;Diện tích (ha);Quy mô (ha)\n1;CCN Một;30;\n")
    assert values(data_rows(report)[0])["area_ha"] == Decimal(30)
    assert file_codes(report) == []


def test_the_second_of_two_columns_of_text_is_kept_as_a_note() -> None:
    report = read("STT;Tên CCN;Hiện trạng;Tình hình\n1;CCN Một;Đang GPMB;vướng 2 hộ\n")
    (row,) = data_rows(report)
    assert row.note == "Đang GPMB; Tình hình: vướng 2 hộ"
    assert file_codes(report) == ["unknown_column", "first_column_taken"]


def test_a_province_that_never_was_is_refused() -> None:
    with pytest.raises(BadBodyError, match="'99'; see /v1/provinces"):
        read(ONE_SITE, given=Given(province_code="99"))


def test_a_date_is_read_the_vietnamese_way_or_refused() -> None:
    assert read(ONE_SITE, given=Given("15", None, {}, "31/12/2024")).effective_from == "2024-12-31"
    with pytest.raises(BadBodyError, match="is not a date"):
        read(ONE_SITE, given=Given("15", None, {}, "cuối năm"))


def test_without_a_province_that_is_said_and_not_that_communes_are_unknown() -> None:
    text = "STT;Tên CCN;Địa điểm;Diện tích (ha)\n1;CCN Một;xã Cao Kỳ;12\n"
    report = read(text, given=Given(effective_from="2026-06-30"))
    assert codes(data_rows(report)[0]) == set()
    assert file_codes(report) == ["no_province"]


@pytest.mark.parametrize(
    ("title", "province"),
    [
        (BAC_KAN, "06"),
        (BAC_KAN.replace("2024", "2025"), "19"),
        ("Danh sách cụm công nghiệp tỉnh Lào Cai;;\n", "15"),
        ("Danh sách cụm công nghiệp tỉnh Xa Lạ;;\n", None),
    ],
)
def test_the_province_is_that_of_the_title_on_its_day(title: str, province: str | None) -> None:
    """Bắc Kạn (06) went into Thái Nguyên (19) on 2025-07-01."""
    assert read(title + ONE_SITE, given=Given()).province == province


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("Danh sách CCN đến ngày 30/6/2026",), "Danh sách CCN đến ngày 30/6/2026"),
        (("UBND TỈNH THÁI NGUYÊN, SỞ CÔNG THƯƠNG", "Danh sách CCN"), "Danh sách CCN"),
        (("Bảng tổng hợp", "Số liệu chốt đến ngày 30/6/2026"), "Bảng tổng hợp"),
        (("Số liệu chốt đến ngày 30/6/2026",), None),
    ],
)
def test_a_source_has_the_title_that_names_what_is_listed(
    lines: tuple[str, ...], title: str | None
) -> None:
    text = "".join(f"{line};;\n" for line in lines)
    assert read(text + ONE_SITE, given=Given()).source.get("title") == title


@pytest.mark.parametrize(
    ("stated", "issuer"),
    [
        ("Sở Công Thương", "Sở Công Thương tỉnh Thái Nguyên"),
        ("Sở Công Thương Thái Nguyên", "Sở Công Thương Thái Nguyên"),
    ],
)
def test_an_issuer_is_named_with_its_province_once(stated: str, issuer: str) -> None:
    text = f"Danh sách CCN tỉnh Thái Nguyên;;\nĐơn vị báo cáo: {stated};;\n"
    assert read(text + ONE_SITE, given=Given()).source["issuer"] == issuer


def test_a_kind_that_is_stated_and_not_that_of_the_row_is_named() -> None:
    site = SiteCandidate("ccn-mot", SiteKind.cluster, "CCN Một", (), frozenset(["15"]))
    given = Given("15", SiteKind.zone, {}, "2026-06-30")
    (row,) = data_rows(read(ONE_SITE, given=given, sites=[site]))
    assert row.match is not None
    assert row.match.id == "ccn-mot"
    (warning,) = row.warnings
    assert warning.as_json() == {
        "row": 2, "code": "other_kind", "kind": "cluster", "stated": "zone",
    }  # fmt: skip
    given = Given("15", SiteKind.cluster, {}, "2026-06-30")
    assert codes(data_rows(read(ONE_SITE, given=given, sites=[site]))[0]) == set()
