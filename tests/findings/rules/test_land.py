"""Leased and cleared land against what there is of it."""

from app.core.vocabulary import Severity
from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

LEASED, CLEARED = "more_leased_than_leasable", "more_cleared_than_to_clear"


def test_more_leased_than_leasable() -> None:
    site = cluster("A", said("2022", industrial_land_ha=30), said("2023", leased_ha="30.5"))
    finding = only(LEASED, facts(site))
    assert finding.severity is Severity.error
    assert numbers(finding) == {
        "leased_ha": "30.5 ha",
        "leasable_ha": "30 ha",
        "difference": "0.5 ha",
    }
    land, leased = (assertion.cited.statement_id for assertion in site.assertions)
    assert finding.statement_ids == (leased, land)
    assert finding.message_vi == (
        "CCN A: diện tích đã cho thuê 30,5 ha lớn hơn diện tích có thể cho thuê 30 ha."
    )


def test_a_zone_leases_service_land_too() -> None:
    site = zone("A", said("2023", industrial_land_ha=30, service_land_ha=5, leased_ha=34))
    assert found(LEASED, facts(site)) == []


def test_without_leasable_land_the_area_is_the_limit() -> None:
    finding = only(LEASED, facts(cluster("A", said("2023", area_ha=30, leased_ha=31))))
    assert numbers(finding)["area_ha"] == "30 ha"


def test_more_cleared_than_to_clear() -> None:
    finding = only(CLEARED, facts(cluster("A", said("2023", to_clear_ha=20, cleared_ha=21))))
    assert numbers(finding)["difference"] == "1 ha"
    assert finding.message_en == "CCN A: cleared land 21 ha is more than land to clear 20 ha."


def test_all_of_it_and_unknown_land_are_in_order() -> None:
    full = cluster("A", said("2023", industrial_land_ha=30, leased_ha=30))
    cleared = cluster("B", said("2023", to_clear_ha=20, cleared_ha=20))
    unknown = cluster("C", said("2023", leased_ha=20, cleared_ha=20))
    assert found(LEASED, facts(full, cleared, unknown)) == []
    assert found(CLEARED, facts(full, cleared, unknown)) == []


def test_sixty_hectares_to_clear_and_seventy_cleared_by_two_sources() -> None:
    """Kept with a reason, whichever was recorded first."""
    planned = said("2024", "decision", 40, to_clear_ha=60)
    report = said("2024", "report", 20, cleared_ha=70)
    for order in ((planned, report), (report, planned)):
        finding = only(CLEARED, facts(cluster("A", *order)))
        assert numbers(finding)["difference"] == "10 ha"
        assert set(finding.source_ids) == {"decision", "report"}
