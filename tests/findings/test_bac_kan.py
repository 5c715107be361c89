"""All that is found in what five documents say of Bắc Kạn, and with outside sources besides."""

from datetime import date

from app.core.vocabulary import Severity
from app.findings import Finding, findings_of
from tests.findings.bac_kan import clusters, observations, projects, zones
from tests.findings.builders import DAY, facts, numbers


def all_found(day: date = DAY, *, outside: bool = False) -> list[Finding]:
    subjects = (*clusters(outside=outside), *zones(), *projects())
    return findings_of(facts(*subjects, observed=observations(), day=day))


def named(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.rule, f.severity.value, f.subject_id) for f in findings]


SILENT = "no_word_for_a_reporting_period"


def test_documents_alone() -> None:
    assert named(all_found()) == [
        ("growth_differs", "warning", "06"),
        ("nested_totals_differ", "warning", "06"),
        ("expected_date_passed", "info", "ccn-quảng-chu"),
        ("full_but_not_operating", "info", "ccn-huyền-tụng"),
        (SILENT, "info", "ccn-cẩm-giàng"),
        (SILENT, "info", "ccn-nam-bằng-lũng"),
        (SILENT, "info", "ccn-quảng-chu"),
        (SILENT, "info", "ccn-thanh-thịnh"),
        (SILENT, "info", "ccn-vằng-mười"),
        (SILENT, "info", "kcn-chợ-mới-1"),
        (SILENT, "info", "kcn-chợ-mới-2"),
        ("operating_but_never_established", "info", "kcn-thanh-bình"),
    ]


def test_what_two_nested_totals_leave_is_too_little_for_two_clusters() -> None:
    (finding,) = [f for f in all_found() if f.rule == "nested_totals_differ"]
    # 186.4 less 130 for three and 50 for Thanh Thịnh is 6.4 for Vằng Mười and Nam Bằng Lũng.
    assert numbers(finding) == {
        "stated": "186.4 ha",
        "stated_for_part": "130 ha",
        "remaining": "6.4 ha",
        "sites_unknown": "2 count",
    }
    assert finding.message_vi == (
        "Diện tích cụm công nghiệp đang triển khai của Bắc Kạn, tháng 12/2023: "
        "“Title of press-2023” nêu 186,4 ha cho 6 cụm công nghiệp; 3 cụm công nghiệp trong số đó "
        "(CCN Huyền Tụng, CCN Quảng Chu và CCN Cẩm Giàng) có 130 ha theo “Title of press-2021”, "
        "ngày 30/6/2021. Trừ các diện tích đã biết thì chỉ còn 6,4 ha cho 2 cụm công nghiệp "
        "(CCN Vằng Mười và CCN Nam Bằng Lũng), không phù hợp với quy mô 5–75 ha mỗi cụm "
        "theo nghị định."
    )
    assert finding.message_en == (
        "Area of industrial clusters in progress of Bắc Kạn, December 2023: "
        "“Title of press-2023” states 186.4 ha for 6 industrial clusters; 3 industrial clusters "
        "of them (CCN Huyền Tụng, CCN Quảng Chu and CCN Cẩm Giàng) have 130 ha by "
        "“Title of press-2021”, 30 June 2021. Less the known areas, 6.4 ha remain for "
        "2 industrial clusters (CCN Vằng Mười and CCN Nam Bằng Lũng), which does not fit the "
        "5 to 75 ha that the decree allows each."
    )
    assert finding.source_ids == ("press-2023", "press-2021")


def test_outside_sources_name_the_set_behind_a_total() -> None:
    findings = [f for f in all_found(outside=True) if f.severity is not Severity.info]
    assert named(findings) == [
        ("set_does_not_add_up", "error", "06"),
        ("growth_differs", "warning", "06"),
    ]
    of_six, _ = findings
    # Huyền Tụng 16, Quảng Chu 74.4, Cẩm Giàng 43, Thanh Thịnh 50, Vằng Mười 15 and Nam Bằng Lũng 20
    # are 218.4 ha. With Chu Hương 18, withdrawn a year before, in place of Thanh Thịnh it is 186.4.
    assert numbers(of_six)["known"] == "218.4 ha"
    assert numbers(of_six)["difference"] == "-32.0 ha"
    assert of_six.message_en.endswith(
        "add up to 218.4 ha, 32 ha more. What adds up to 186.4 ha is 6 industrial clusters: "
        "CCN Cẩm Giàng, CCN Chu Hương, CCN Huyền Tụng, CCN Nam Bằng Lũng, CCN Quảng Chu and "
        "CCN Vằng Mười, among them CCN Chu Hương, abolished 4 November 2022 "
        "(without CCN Thanh Thịnh, established 4 November 2022)."
    )
    assert of_six.message_vi.endswith(
        "cộng lại là 218,4 ha, nhiều hơn 32 ha. Cộng đúng 186,4 ha là 6 cụm công nghiệp: "
        "CCN Cẩm Giàng, CCN Chu Hương, CCN Huyền Tụng, CCN Nam Bằng Lũng, CCN Quảng Chu và "
        "CCN Vằng Mười, kể cả CCN Chu Hương, đã bãi bỏ ngày 4/11/2022 "
        "(không có CCN Thanh Thịnh, đã thành lập ngày 4/11/2022)."
    )


def test_what_outside_sources_have_of_the_three_of_2021_fits() -> None:
    """16, 74.4 and 40 ha, which Cẩm Giàng was established with, are 130.4: 130 as it is written."""
    totals = ("area_total_differs", "set_does_not_add_up", "remainder_breaks_size_limits")
    found = [f for f in all_found(outside=True) if f.rule in totals]
    assert [numbers(f)["stated"] for f in found] == ["186.4 ha"]


def test_the_area_of_cam_giang_is_that_of_an_article() -> None:
    (finding,) = [
        f for f in all_found(outside=True) if f.rule == "decision_displaced_by_lighter_source"
    ]
    assert finding.subject_id == "ccn-cẩm-giàng"
    assert [f"{n.value:f} {n.unit}" for n in finding.numbers[:2]] == ["40 ha", "43 ha"]


def test_a_plant_expected_in_a_year_is_late_after_the_year() -> None:
    late = [f for f in all_found(date(2026, 1, 1)) if f.rule == "expected_date_passed"]
    assert [f.subject_id for f in late] == ["nhà-máy-giày-dép", "ccn-quảng-chu"]


def test_at_the_end_of_2023_only_what_was_said_by_then_is_found() -> None:
    at = date(2023, 12, 31)
    findings = findings_of(facts(*clusters(at), observed=observations(), day=at))
    # Neither is the circular on reporting in force yet, nor has an expected date passed, nor is
    # the growth of 2024 stated.
    assert named(findings) == [("nested_totals_differ", "warning", "06")]
