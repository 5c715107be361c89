"""Land of a site against the area of the site."""

from typing import Any

import pytest

from app.core.vocabulary import Severity
from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

RULE = "more_land_than_area"


def test_industrial_land_is_part_of_the_site() -> None:
    site = cluster("A", said("2022", area_ha=50), said("2023", industrial_land_ha="60.5"))
    finding = only(RULE, facts(site))
    assert finding.severity is Severity.error
    assert numbers(finding) == {
        "industrial_land_ha": "60.5 ha",
        "area_ha": "50 ha",
        "difference": "10.5 ha",
    }
    area, land = (assertion.cited.statement_id for assertion in site.assertions)
    assert finding.statement_ids == (land, area)
    assert finding.message_vi == "CCN A: đất công nghiệp 60,5 ha lớn hơn diện tích 50 ha."
    assert finding.message_en == "CCN A: industrial land 60.5 ha is more than area 50 ha."


def test_service_land_alone() -> None:
    finding = only(RULE, facts(zone("A", said("2023", area_ha=50, service_land_ha=51))))
    assert numbers(finding)["difference"] == "1 ha"


def test_both_lands_together() -> None:
    site = zone("A", said("2023", area_ha=50, industrial_land_ha=40, service_land_ha=15))
    finding = only(RULE, facts(site))
    assert numbers(finding) == {
        "industrial_land_ha": "40 ha",
        "service_land_ha": "15 ha",
        "total": "55 ha",
        "area_ha": "50 ha",
        "difference": "5 ha",
    }
    assert finding.message_vi == (
        "KCN A: đất công nghiệp và đất dịch vụ 55 ha lớn hơn diện tích 50 ha."
    )


def test_land_to_clear_may_reach_beyond_for_roads() -> None:
    land = cluster("A", said("2023", area_ha=50, to_clear_ha=80))
    assert only(RULE, facts(land)).severity is Severity.warning
    cleared = cluster("B", said("2023", area_ha=50, cleared_ha=52))
    assert numbers(only(RULE, facts(cleared)))["cleared_ha"] == "52 ha"
    both = cluster("C", said("2023", area_ha=50, to_clear_ha=80, cleared_ha=70))
    assert "to_clear_ha" in numbers(only(RULE, facts(both)))


def test_uses_and_clearing_are_told_apart() -> None:
    site = cluster("A", said("2023", area_ha=50, industrial_land_ha=60, to_clear_ha=60))
    assert [f.severity for f in found(RULE, facts(site))] == [Severity.error, Severity.warning]


@pytest.mark.parametrize(
    "values",
    [
        {"area_ha": 50, "industrial_land_ha": 50},
        {"area_ha": 50, "industrial_land_ha": 30, "service_land_ha": 20, "to_clear_ha": 50},
        # 50.4 may be rounded to 50, and each of the two parts may be half a hectare less.
        {"area_ha": 50, "industrial_land_ha": "50.4"},
        {"area_ha": 50, "industrial_land_ha": 31, "service_land_ha": 20},
        {"area_ha": "50.0", "industrial_land_ha": 50, "service_land_ha": "0.5"},
        {"industrial_land_ha": 60, "to_clear_ha": 60},
        {"planned_area_ha": 50, "industrial_land_ha": 60},
        {"area_ha": 50, "planned_area_ha": 75, "industrial_land_ha": 60},
        {"area_ha": 50, "detailed_plan_area_ha": 60, "industrial_land_ha": 60},
        {"area_ha": 50, "planned_increase_ha": 10, "industrial_land_ha": 60},
        {"area_ha": 50, "leased_ha": 60},
    ],
)
def test_silence(values: dict[str, Any]) -> None:
    assert found(RULE, facts(cluster("A", said("2023", **values)))) == []


def test_a_known_plan_counts_without_its_increase() -> None:
    areas = said("2023", area_ha=50, planned_area_ha=55, planned_increase_ha=10)
    site = cluster("A", areas, said("2023", industrial_land_ha=60))
    assert numbers(only(RULE, facts(site)))["planned_area_ha"] == "55 ha"


def test_a_contested_area_allows_what_either_allows() -> None:
    weightier = said("2023", "s2", 20, area_ha=50)
    land = said("2023", industrial_land_ha=60)
    assert found(RULE, facts(cluster("A", said("2023", area_ha=60), weightier, land))) == []
    # An area of an earlier day is past.
    assert len(found(RULE, facts(cluster("A", said("2022", area_ha=60), weightier, land)))) == 1


def test_closed_sites_are_left_aside() -> None:
    closed = said("2023", area_ha=50, industrial_land_ha=60, legal_status="abolished")
    assert found(RULE, facts(cluster("A", closed))) == []
