"""A stated occupancy that is a share of something else."""

from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import SubjectFacts
from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

RULE = "occupancy_of_another_whole"
LAND: dict[str, Any] = {"industrial_land_ha": "27.98", "area_ha": "39.97"}


def rated(rate: str, **values: Any) -> SubjectFacts:
    return cluster("A", said("2024", stated_occupancy_pct=rate, leased_ha="23.78", **values))


def test_a_rate_of_the_whole_site() -> None:
    """Published: 59.5 % = 23.78 / 39.97, which is 85.0 % of the industrial land, 27.98 ha."""
    finding = only(RULE, facts(rated("59.5", occupancy_definition="ccn", **LAND)))
    assert finding.severity is Severity.warning
    assert numbers(finding) == {
        "stated": "59.5 pct",
        "computed": "84.99 pct",
        "leased_ha": "23.78 ha",
        "defined_whole": "27.98 ha",
        "fitting_whole": "39.97 ha",
    }
    assert "59.5% is 23.78 ha leased of" in finding.message_en
    assert "thì là 84,99%" in finding.message_vi


@pytest.mark.parametrize("definition", [None, "as_stated"])
def test_without_a_definition_it_is_a_question(definition: str | None) -> None:
    finding = only(RULE, facts(rated("59.5", occupancy_definition=definition, **LAND)))
    assert finding.severity is Severity.info


def test_what_fits_or_fits_nothing_is_not_mentioned() -> None:
    assert found(RULE, facts(rated("85.0", **LAND))) == []
    assert found(RULE, facts(rated("70", **LAND))) == []
    assert found(RULE, facts(rated("59.5", area_ha="39.97"))) == []
    assert found(RULE, facts(rated("59.5", industrial_land_ha="27.98"))) == []
    # Both fit within the rounding of the rate: 23.78 of 27.98 is 84.99 %, of 27.9 it is 85.23 %.
    assert found(RULE, facts(rated("85", industrial_land_ha="27.98", area_ha="27.9"))) == []


def test_rate_and_leased_land_are_of_one_day() -> None:
    site = cluster(
        "A", said("2023", stated_occupancy_pct="59.5", **LAND), said("2024", leased_ha="23.78")
    )
    assert found(RULE, facts(site)) == []


def test_a_zone_counts_its_service_land_since_decree_35_of_2022() -> None:
    land: dict[str, Any] = {"industrial_land_ha": 60, "service_land_ha": 20, "leased_ha": 30}
    # 30 of 60 ha is 50 %, of 80 ha 37.5 %.
    for effective, rate in (("2022-07-15", "50.0"), ("2022-07-14", "37.5")):
        site = zone("A", said(effective, stated_occupancy_pct=rate, **land))
        assert numbers(only(RULE, facts(site)))["stated"] == f"{rate} pct"
    for effective, rate in (("2022-07-14", "50.0"), ("2022-07-15", "37.5")):
        assert (
            found(RULE, facts(zone("A", said(effective, stated_occupancy_pct=rate, **land)))) == []
        )
