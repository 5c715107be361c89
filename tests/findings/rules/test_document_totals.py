"""A document whose rows add to another total than it gives."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import Asserted, ProvinceFacts, SubjectFacts
from tests.findings.builders import but, cluster, facts, found, numbers, only, said, stated

RULE, LIST = "rows_differ_from_total", "list-of-clusters"


def listed(*areas: str, source: str = LIST) -> list[SubjectFacts]:
    return [
        cluster(f"C{place}", said("2023-12", source, legal_status="established", area_ha=area))
        for place, area in enumerate(areas)
    ]


def of(total: str, count: int | None, *sites: SubjectFacts, **other: Any) -> ProvinceFacts:
    observed = [stated("cluster_established_area_ha", total, "2023-12", LIST, **other)]
    if count is not None:
        observed.append(stated("cluster_established_count", count, "2023-12", LIST))
    return facts(*sites, observed=observed)


@pytest.mark.parametrize(("total", "difference"), [("903.78", "-66.68"), ("843.78", "-126.68")])
def test_a_list_that_adds_to_more_than_its_text(total: str, difference: str) -> None:
    """Published: 23 clusters of 903.78 ha, 970.46 ha and 843.78 ha in one document."""
    # 22 of 40 ha and one of 90.46 ha are 970.46 ha.
    sites = listed(*["40.00"] * 22, "90.46")
    finding = only(RULE, of(total, 23, *sites))
    assert finding.severity is Severity.error
    assert numbers(finding) == {
        "stated": f"{total} ha",
        "sum": "970.46 ha",
        "difference": f"{difference} ha",
        "rows": "23 count",
    }
    assert len(finding.statement_ids) == 25
    assert (
        "the 23 industrial clusters in the same document add up to 970.46 ha" in finding.message_en
    )
    assert "cộng lại là 970,46 ha" in finding.message_vi


def test_about_1300_over_a_list_of_1386() -> None:
    # Five percent more than 1,300 is 1,365.
    finding = only(RULE, of("1300", None, *listed("700", "686.4"), qualifier="about"))
    assert numbers(finding)["sum"] == "1386.4 ha"
    assert found(RULE, of("1350", None, *listed("700", "686.4"), qualifier="about")) == []


def test_fewer_rows_than_sites_may_be_less_and_not_more() -> None:
    assert found(RULE, of("90", 3, *listed("40", "30"))) == []
    assert found(RULE, of("90", None, *listed("40", "30"))) == []
    assert numbers(only(RULE, of("90", 2, *listed("40", "30"))))["difference"] == "20 ha"
    assert len(found(RULE, of("60", 3, *listed("40", "30")))) == 1


def test_sums_in_order_are_silent() -> None:
    # 20.8 + 410.2 + 12.6 is 443.6, and five parts of 8,877.1 round to 8,877.
    assert found(RULE, of("443.6", 3, *listed("20.8", "410.2", "12.6"))) == []
    parts = ("1775.1", "1775.4", "1775.6", "1775.2", "1775.8")
    assert sum(map(Decimal, parts)) == Decimal("8877.1")
    assert found(RULE, of("8877", 5, *listed(*parts))) == []


def test_what_others_state_changes_nothing_in_it() -> None:
    sites = [
        cluster(
            f"C{place}",
            said("2023-12", LIST, legal_status="established", area_ha="40"),
            said("2024", "later", area_ha="30"),
        )
        for place in range(2)
    ]
    assert numbers(only(RULE, of("60", 2, *sites)))["sum"] == "80 ha"
    assert found(RULE, of("60", 2, *listed("40", "40", source="other"))) == []


def test_rows_that_the_total_does_not_count() -> None:
    planned = cluster("P", said("2023-12", LIST, planning_status="planned", area_ha=50))
    assert found(RULE, of("70", 2, *listed("40", "30"), planned)) == []


def established(name: str, *rows: Asserted) -> SubjectFacts:
    return cluster(name, said("2022", "s", legal_status="established"), *rows)


def test_what_has_ended_is_no_row() -> None:
    """30 ha were so until the last day of the period; 20 ha are listed beside 80 ha."""
    row = said("2023-06", LIST, area_ha="30")
    ended = but(row, end_day=date(2023, 12, 31))
    others = listed("80", "20")
    assert found(RULE, of("100", None, established("B", ended), *others)) == []
    finding = only(RULE, of("100", None, established("B", row), *others))
    assert numbers(finding)["sum"] == "130 ha"


def test_planned_land_is_no_row() -> None:
    row = said("2023-06", LIST, industrial_land_ha="20")
    others = [established(n, said("2023", LIST, industrial_land_ha="25")) for n in ("A", "C")]
    observed = [stated("cluster_industrial_land_ha", "50", "2023-12", LIST)]
    planned = established("B", but(row, basis="plan"))
    assert found(RULE, facts(planned, *others, observed=observed)) == []
    finding = only(RULE, facts(established("B", row), *others, observed=observed))
    assert numbers(finding)["sum"] == "70 ha"
