"""The area of a cluster against the decree."""

from datetime import date

import pytest

from app.core.vocabulary import Severity
from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

RULE = "cluster_size"


@pytest.mark.parametrize(
    ("area", "severity", "limit"),
    [
        ("75.01", Severity.error, "75 ha"),
        ("4.99", Severity.error, "5 ha"),
        ("9.99", Severity.info, "10 ha"),
        ("5", Severity.info, "10 ha"),
    ],
)
def test_areas_outside_the_limits(area: str, severity: Severity, limit: str) -> None:
    finding = only(RULE, facts(cluster("A", said("2023-12", area_ha=area))))
    assert finding.severity is severity
    assert numbers(finding) == {"area_ha": f"{area} ha", "limit": limit}


@pytest.mark.parametrize("area", ["10", "74.4", "75"])
def test_areas_within_the_limits(area: str) -> None:
    assert found(RULE, facts(cluster("A", said("2023-12", area_ha=area)))) == []


def test_the_planned_area_is_judged_as_well() -> None:
    site = cluster("A", said("2024-06", area_ha=43, planned_area_ha=80))
    finding = only(RULE, facts(site))
    assert finding.statement_ids == (site.assertions[0].cited.statement_id,)
    assert finding.message_vi == (
        "CCN A: diện tích quy hoạch 80 ha (tháng 6/2024, “Title of s1”) "
        "lớn hơn mức tối đa 75 ha (Nghị định 32/2024/NĐ-CP)."
    )
    assert finding.message_en == (
        "CCN A: planned area 80 ha (June 2024, “Title of s1”) "
        "is over the 75 ha that is the most (decree 32/2024/NĐ-CP)."
    )


def test_the_decree_is_that_of_the_date() -> None:
    for effective, decree in (("2017-07-15", "68/2017"), ("2024-05-01", "32/2024")):
        finding = only(RULE, facts(cluster("A", said(effective, area_ha=80))))
        assert f"(decree {decree}/NĐ-CP)" in finding.message_en
    assert found(RULE, facts(cluster("A", said("2017-07-14", area_ha=80)))) == []


def test_a_finding_has_the_days_between_which_its_law_holds() -> None:
    (first, last), day = (date(2024, 5, 1), date(2026, 9, 15)), date(2026, 12, 31)
    eve = only(RULE, facts(cluster("A", said("2026-09-14", area_ha=80), day=day), day=day))
    assert eve.law is not None
    assert (eve.law.number, eve.law.since, eve.law.until) == ("32/2024/NĐ-CP", first, last)
    since = only(RULE, facts(cluster("A", said("2026-09-15", area_ha=80), day=day), day=day))
    assert since.law is not None
    assert (since.law.number, since.law.since, since.law.until) == ("303/2026/NĐ-CP", last, None)


def test_five_hectares_are_enough_everywhere_since_decree_303() -> None:
    """Decree 303/2026, in force on 2026-09-15, has 5 to 75 ha without a condition."""
    day = date(2026, 12, 31)
    (before,), after = (
        found(RULE, facts(cluster("A", said(effective, area_ha=area), day=day), day=day))
        for effective, area in (("2026-09-14", 7), ("2026-09-15", 5))
    )
    assert (before.severity, numbers(before)["limit"]) == (Severity.info, "10 ha")
    assert after == []
    least = only(RULE, facts(cluster("A", said("2026-10", area_ha="4.9"), day=day), day=day))
    assert (least.severity, numbers(least)["limit"]) == (Severity.error, "5 ha")


def test_zones_unknown_areas_and_closed_clusters_are_left_alone() -> None:
    closed = cluster("B", said("2020", area_ha=80), said("2021", legal_status="abolished"))
    assert found(RULE, facts(zone("A", said("2023", area_ha=300)), closed)) == []
    assert found(RULE, facts(cluster("C", said("2023", legal_status="established")))) == []
