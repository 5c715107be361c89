"""Statements that were recorded before the day they hold from."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.core.vocabulary import Basis, Severity
from app.findings import Finding
from tests.findings.builders import (
    DAY,
    cited,
    cluster,
    facts,
    found,
    numbers,
    only,
    project,
    said,
)

RULE = "recorded_before_it_holds"
RECORDED = date(2025, 6, 30)


def of(effective: str, **other: Any) -> list[Finding]:
    told = cited(effective, **{"recorded_on": RECORDED, **other})
    return found(RULE, facts(replace(cluster("A"), to_come=[told])))


def test_a_mistyped_year() -> None:
    told = cited("2052-06-30", recorded_on=RECORDED)
    finding = only(RULE, facts(replace(cluster("A"), to_come=[told])))
    assert finding.severity is Severity.warning
    # 27 years, of which 2028, 2032, …, 2052 have a leap day: seven.
    assert numbers(finding) == {"days_before": str(27 * 365 + 7) + " day"}
    assert finding.statement_ids == (told.statement_id,)
    assert finding.message_vi == (
        f"CCN A: thông tin {told.statement_id} theo “Title of s1” được ghi là thực tế từ ngày "
        "30/6/2052, nhưng đã ghi vào sổ ngày 30/6/2025, 9.862 ngày trước đó; cần xem lại năm, "
        "tháng."
    )


@pytest.mark.parametrize(
    ("effective", "severity"),
    [
        ("2025-06-30", None),
        ("2025-06", None),
        ("2025", None),
        ("2025-07-01", Severity.info),
        ("2025-07", Severity.info),
        ("2026", Severity.info),
        ("2026-06-30", Severity.info),
        ("2026-07-01", Severity.warning),
        ("2027", Severity.warning),
    ],
)
def test_edges(effective: str, severity: Severity | None) -> None:
    assert [f.severity for f in of(effective)] == ([severity] if severity else [])


@pytest.mark.parametrize("basis", [Basis.plan, Basis.target, Basis.estimate])
def test_what_is_foreseen_may_be_recorded_before(basis: Basis) -> None:
    assert of("2030", basis=basis) == []


def test_it_is_still_told_when_the_day_has_come() -> None:
    told = said("2025-06-01", area_ha=20)
    early = replace(told, cited=replace(told.cited, recorded_on=date(2025, 5, 31)))
    assert len(found(RULE, facts(cluster("A", early)))) == 1
    assert found(RULE, facts(cluster("A", told))) == []


def test_projects_provinces_and_what_begins_later() -> None:
    told = [cited("2052", recorded_on=DAY) for _ in range(3)]
    later = replace(cluster("Later"), values={}, to_come=[told[0]])
    built = replace(project("P", said("2024", name="P")), to_come=[told[1]])
    about = facts(built, to_come=[later], stated=[told[2], cited("2024", recorded_on=DAY)])
    subjects = {(f.subject_type, f.subject_id): f.statement_ids[0] for f in found(RULE, about)}
    assert subjects == {
        ("site", "ccn-later"): told[0].statement_id,
        ("project", "p"): told[1].statement_id,
        ("province", "06"): told[2].statement_id,
    }
