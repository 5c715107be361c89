"""What is said of a site after its abolition."""

from datetime import date
from typing import Any

import pytest

from app.core.vocabulary import Severity
from tests.findings.builders import but, cluster, facts, found, numbers, only, said

RULE = "active_after_abolition"
ABOLISHED = said("2024-06-30", legal_status="abolished")


def test_operation_goes_on() -> None:
    on = said("2025-01-31", "s2", operation_status="operating")
    finding = only(RULE, facts(cluster("A", ABOLISHED, on)))
    assert finding.severity is Severity.warning
    # July to January have 31 + 31 + 30 + 31 + 30 + 31 + 31 days.
    assert numbers(finding) == {"days_after": "215 day"}
    assert finding.statement_ids == (ABOLISHED.cited.statement_id, on.cited.statement_id)
    assert finding.message_vi == (
        "CCN A: đã bãi bỏ (ngày 30/6/2024, “Title of s1”), nhưng sau đó tình trạng hoạt "
        "động được nêu là “đang hoạt động” (ngày 31/1/2025, “Title of s2”)."
    )


@pytest.mark.parametrize(
    ("track", "status", "speaks"),
    [
        ("clearance_status", "in_progress", True),
        ("clearance_status", "completed", False),
        ("clearance_status", "suspended", False),
        ("construction_status", "in_progress", True),
        ("construction_status", "preparing", True),
        ("construction_status", "completed", False),
        ("operation_status", "trial", True),
        ("operation_status", "closed", False),
    ],
)
def test_what_goes_on(track: str, status: str, *, speaks: bool) -> None:
    values: dict[str, Any] = {track: status}
    site = cluster("A", ABOLISHED, said("2025", **values))
    assert bool(found(RULE, facts(site))) is speaks


@pytest.mark.parametrize(
    ("abolished", "status", "speaks"),
    [
        ("2024-06-30", "2024-06-30", False),
        ("2024-06-30", "2024-07-01", True),
        ("2024-06-30", "2024", False),
        # It may have been abolished as late as on the last day of the year.
        ("2024", "2024-12", False),
        ("2024", "2025", True),
    ],
)
def test_dates(abolished: str, status: str, *, speaks: bool) -> None:
    site = cluster(
        "A",
        said(abolished, legal_status="abolished"),
        said(status, construction_status="in_progress"),
    )
    assert bool(found(RULE, facts(site))) is speaks


def test_a_later_repetition_does_not_move_the_abolition() -> None:
    on = said("2025-01", clearance_status="in_progress")
    again = said("2025-03", "s2", legal_status="abolished")
    finding = only(RULE, facts(cluster("A", ABOLISHED, on, again)))
    assert finding.statement_ids[0] == ABOLISHED.cited.statement_id


def test_silence() -> None:
    going = said("2025", construction_status="in_progress")
    revived = cluster("A", ABOLISHED, said("2024-12", legal_status="established"), going)
    ended = cluster("B", ABOLISHED, going, said("2025-02", construction_status="not_started"))
    removed = cluster("C", said("2024", planning_status="removed"), going)
    overruled = said("2024-06-30", "s2", 20, legal_status="established")
    contested = cluster("D", ABOLISHED, overruled, going)
    assert found(RULE, facts(revived, ended, removed, contested)) == []


def test_an_abolition_that_has_ended_is_none() -> None:
    established = said("2020", legal_status="established")
    abolished = said("2021", "decision", legal_status="abolished")
    operating = said("2023", "report", operation_status="operating")
    assert len(found(RULE, facts(cluster("A", established, abolished, operating)))) == 1
    ending = but(abolished, end_day=date(2022, 1, 1))
    assert found(RULE, facts(cluster("A", established, ending, operating))) == []
