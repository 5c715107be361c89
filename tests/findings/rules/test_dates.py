"""Expected dates that passed, and sites of which nothing was heard."""

from datetime import date

import pytest

from app.core.vocabulary import Severity
from app.findings import findings_of
from tests.findings.builders import (
    cluster,
    facts,
    found,
    numbers,
    only,
    project,
    said,
)

PASSED, SILENT = "expected_date_passed", "no_word_for_a_reporting_period"


@pytest.mark.parametrize(
    ("expected", "last_day"),
    [
        ("2025-01", date(2025, 1, 31)),
        ("2025", date(2025, 12, 31)),
        ("2025-03-15", date(2025, 3, 15)),
    ],
)
def test_a_date_has_passed_after_its_last_day(expected: str, last_day: date) -> None:
    site = cluster("A", said("2023-12", expected_operation=expected))
    assert found(PASSED, facts(site, day=last_day)) == []
    finding = only(PASSED, facts(site, day=date.fromordinal(last_day.toordinal() + 1)))
    assert numbers(finding) == {"days_late": "1 day"}
    assert finding.severity is Severity.info


def test_a_later_word_that_it_does_not_operate_is_a_warning() -> None:
    site = cluster(
        "Quảng Chu",
        said("2023-12", expected_operation="2025-01"),
        said("2025-03", operation_status="not_operating"),
    )
    finding = only(PASSED, facts(site))
    assert finding.severity is Severity.warning
    # from 31 January to 30 June 2025: 28 + 31 + 30 + 31 + 30
    assert numbers(finding) == {"days_late": "150 day"}
    assert finding.statement_ids == tuple(s.cited.statement_id for s in site.assertions)
    assert finding.message_vi == (
        "CCN Quảng Chu: dự kiến hoạt động vào tháng 1/2025 (“Title of s1”, tháng 12/2023), "
        "nhưng đến ngày 30/6/2025 tình trạng mới nhất là “chưa hoạt động” (tháng 3/2025)."
    )


def test_what_began_is_not_late() -> None:
    expected = said("2023-12", expected_operation="2025-01")
    begun = cluster("A", expected, said("2025-01", operation_status="trial"))
    stopped = cluster(
        "B",
        expected,
        said("2024-06", operation_status="operating"),
        said("2025-02", operation_status="suspended"),
    )
    before = cluster("C", said("2020", operation_status="operating"), expected)
    closed = cluster("D", expected, said("2024", planning_status="removed"))
    assert found(PASSED, facts(begun, stopped, before, closed)) == []


def test_operation_before_it_was_expected_anew_does_not_count() -> None:
    again = cluster(
        "A",
        said("2020", operation_status="operating"),
        said("2021", operation_status="suspended"),
        said("2023-12", expected_operation="2025-01"),
    )
    assert len(found(PASSED, facts(again))) == 1


def test_projects_are_late_as_well() -> None:
    expected = said("2023-12", expected_operation="2024")
    late = project("Late", expected, said("2025-01", operation_status="under_construction"))
    revoked = project("Revoked", expected, said("2024", licence_status="revoked"))
    closed = project("Closed", expected, said("2024", operation_status="closed"))
    running = project("Running", expected, said("2025", operation_status="operating"))
    finding = only(PASSED, facts(late, revoked, closed, running))
    assert (finding.subject_type, finding.subject_id) == ("project", "late")


@pytest.mark.parametrize(
    ("effective", "speaks"),
    # on 2025-06-30; a month counts to its last day
    [("2024-06-29", True), ("2024-06-30", False), ("2024-06", False), ("2024-05", True)],
)
def test_no_word_for_a_year(effective: str, *, speaks: bool) -> None:
    site = cluster("A", said("2020", area_ha=20), said(effective, area_ha=20))
    assert bool(found(SILENT, facts(site))) is speaks


def test_no_word_in_words() -> None:
    site = cluster("A", said("2020", area_ha=20), said("2023-12", area_ha=20))
    finding = only(SILENT, facts(site))
    # from 31 December 2023 to 30 June 2025: 366 + 181
    assert numbers(finding) == {"days_silent": "547 day"}
    assert finding.statement_ids == (site.assertions[1].cited.statement_id,)
    assert finding.message_vi == (
        "CCN A: thông tin mới nhất là tháng 12/2023 (“Title of s1”); "
        "đến ngày 30/6/2025 là 547 ngày, quá một kỳ báo cáo năm."
    )


def test_closed_sites_owe_no_word() -> None:
    closed = cluster("A", said("2020", legal_status="abolished"))
    assert found(SILENT, facts(closed)) == []


def test_the_reporting_period_counts_since_the_circular() -> None:
    def silent(day: date) -> bool:
        site = cluster("A", said("2020", area_ha=20), day=day)
        return any(f.rule == SILENT for f in findings_of(facts(site, day=day)))

    assert silent(date(2024, 10, 1))
    assert not silent(date(2024, 9, 30))


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_what_stopped_since_has_operated(status: str) -> None:
    expected = said("2021", expected_operation="2022")
    assert found(PASSED, facts(cluster("A", expected, said("2024", operation_status=status)))) == []
    # What stood still when the date was expected, and still does, has not begun anew. Of what is
    # closed for good nothing is expected.
    still = cluster(
        "B",
        said("2020", operation_status="suspended"),
        expected,
        said("2024", operation_status=status),
    )
    severities = [finding.severity for finding in found(PASSED, facts(still))]
    assert severities == ([Severity.warning] if status == "suspended" else [])


def test_an_idle_project_may_never_have_run() -> None:
    expected = said("2021", expected_operation="2022")
    idle = project("Idle", expected, said("2024", operation_status="idle"))
    assert only(PASSED, facts(idle)).severity is Severity.info
    ran = project(
        "Ran",
        expected,
        said("2023", operation_status="operating"),
        said("2024", operation_status="idle"),
    )
    assert found(PASSED, facts(ran)) == []
