"""A stated total of hectares against the areas of its sites."""

from datetime import date

import pytest

from app.core.vocabulary import Severity
from app.findings import Finding, ProvinceFacts, findings_of
from tests.findings.builders import cluster, facts, found, numbers, only, said, stated, zone
from tests.findings.sites import AREA, COUNT, REMAINDER, SET, of_area, of_totals, with_total


def test_all_areas_known_and_another_sum() -> None:
    finding = only(SET, with_total(of_area("20", "30"), "52", 2))
    assert finding.severity is Severity.error
    assert numbers(finding) == {
        "stated": "52 ha",
        "known": "50 ha",
        "difference": "2 ha",
        "sites": "2 count",
        "sites_unknown": "0 count",
    }


@pytest.mark.parametrize(
    ("area", "other"),
    [
        ("50", {}),
        # rounded to whole hectares
        ("50.0", {}),
        # five percent of 48 is 2.4
        ("48", {"qualifier": "about"}),
        ("45", {"qualifier": "over"}),
        ("55", {"qualifier": "up_to"}),
        ("40", {"qualifier": "range", "value_to": "60"}),
    ],
)
def test_sums_that_fit(area: str, other: dict[str, str]) -> None:
    assert of_totals(with_total(of_area("20", "30"), area, 2, **other)) == []


@pytest.mark.parametrize(
    ("area", "other"),
    # 20 and 30 stand for 49 to 51
    [
        ("46", {"qualifier": "about"}),
        ("52", {"qualifier": "at_least"}),
        ("48", {"qualifier": "up_to"}),
        ("52", {"qualifier": "range", "value_to": "60"}),
    ],
)
def test_hedges_do_not_allow_everything(area: str, other: dict[str, str]) -> None:
    assert len(found(SET, with_total(of_area("20", "30"), area, 2, **other))) == 1


def test_the_rounding_of_every_figure_is_allowed_for() -> None:
    # 50 is 50.5 at most; 20.3 and 30.3 are 50.5 at least, with 30.4 they are 50.6.
    assert of_totals(with_total(of_area("20.3", "30.3"), "50", 2)) == []
    assert len(found(SET, with_total(of_area("20.3", "30.4"), "50", 2))) == 1
    # Whole hectares stand for 58.5 to 61.5.
    assert of_totals(with_total(of_area("15", "20", "25"), "60.4", 3)) == []
    assert len(found(SET, with_total(of_area("15", "20", "25"), "61.6", 3))) == 1


def test_areas_stated_later_may_have_changed() -> None:
    sites = [
        cluster("A", said("2020", legal_status="established"), said("2024", area_ha="20")),
    ]
    assert only(SET, with_total(sites, "30", 1)).severity is Severity.warning


def test_the_one_set_that_adds_up_is_named() -> None:
    # 20 + 30 and not 40; three clusters are established, two are stated.
    finding = only(SET, with_total(of_area("20", "30", "40"), "50", 2))
    assert finding.severity is Severity.warning
    assert finding.message_en.endswith(
        "What adds up to 50 ha is 2 industrial clusters: CCN C1 and CCN C2 (without CCN C3)."
    )


def test_a_site_that_is_not_counted_can_be_in_the_set() -> None:
    planned = cluster("P", said("2020", planning_status="planned", area_ha="40"))
    finding = only(SET, with_total([*of_area("20", "30"), planned], "60", 2))
    assert finding.message_en.endswith(
        "What adds up to 60 ha is 2 industrial clusters: CCN C1 and CCN P (without CCN C2)."
    )


def test_a_few_sets_are_all_named_and_many_are_not() -> None:
    # 60 is 10 + 50 and 20 + 40
    few = only(SET, with_total(of_area("10", "20", "40", "50"), "60", 2))
    assert "CCN C1 and CCN C4 (without CCN C2 and CCN C3); or 2 industrial" in few.message_en
    many = only(SET, with_total(of_area("10", "20", "30", "40", "10", "20"), "50"))
    assert many.message_vi.endswith(
        "Có nhiều tập hợp trong 6 cụm công nghiệp đã biết diện tích cộng đúng 50 ha."
    )


def test_less_than_the_known_areas_is_never_explained() -> None:
    # 20 and 30 are 49 at least, and 48 is 48.5 at most.
    finding = only(AREA, with_total(of_area("20", "30", None), "48", 3))
    assert finding.severity is Severity.error
    assert finding.message_en.endswith(
        "the known figures of 2 industrial clusters add up to 50 ha, 2 ha more; "
        "the sum can only be from 55 ha to 125 ha."
    )
    assert found(REMAINDER, with_total(of_area("20", "30", None), "48", 3)) == []


@pytest.mark.parametrize(
    ("area", "fits"),
    # two of unknown area beside 20 ha: 2 x 5 to 2 x 75 ha more
    [("29.4", False), ("29.5", True), ("100", True), ("170.5", True), ("170.6", False)],
)
def test_what_remains_must_fit_the_decree(area: str, *, fits: bool) -> None:
    about = with_total(of_area("20", None, None), area, 3)
    # 20 is 19.5 to 20.5, and the total has 0.05 either way: 29.4 + 0.05 < 29.5.
    assert (of_totals(about) == []) is fits
    assert (found(REMAINDER, about) == []) is fits


def test_the_remainder_in_words() -> None:
    finding = only(REMAINDER, with_total(of_area("20", None, None), "28", 3))
    assert finding.message_vi.endswith(
        "nêu 28 ha; trừ 20 ha đã biết thì còn 8 ha cho 2 cụm công nghiệp chưa biết diện tích, "
        "không phù hợp với quy mô 5–75 ha mỗi cụm theo nghị định."
    )
    assert numbers(finding)["sites_unknown"] == "2 count"


def test_sites_that_the_register_lacks_take_up_the_rest() -> None:
    # Three stated, two registered: 50 ha and one cluster more.
    assert of_area_rules(with_total(of_area("20", "30"), "60", 3)) == []
    assert len(found(REMAINDER, with_total(of_area("20", "30"), "52", 3))) == 1


def of_area_rules(about: ProvinceFacts) -> list[Finding]:
    return [finding for finding in of_totals(about) if finding.rule != COUNT]


def test_of_fewer_sites_than_registered_some_set_must_fit() -> None:
    # Two of three with 20, 40 and an unknown area: 24.5 ha at least and 115.5 ha at most.
    sites = of_area("20", "40", None)
    assert of_area_rules(with_total(sites, "60", 2)) == []
    assert of_area_rules(with_total(sites, "115", 2)) == []
    assert only(AREA, with_total(sites, "117", 2)).severity is Severity.warning
    assert len(found(AREA, with_total(sites, "23", 2))) == 1


def test_zones_have_no_limit() -> None:
    zones = [
        zone("A", said("2020", legal_status="established", area_ha="300")),
        zone("B", said("2020", legal_status="established")),
    ]
    fits = stated("zone_established_area_ha", 2000, "2023-12")
    assert of_totals(facts(*zones, observed=[fits])) == []
    less = stated("zone_established_area_ha", 298, "2023-12")
    assert len(found(AREA, facts(*zones, observed=[less]))) == 1


def test_before_the_decree_a_remainder_has_no_limits() -> None:
    sites = [
        cluster("A", said("2015", legal_status="established", area_ha="20")),
        cluster("B", said("2015", legal_status="established")),
    ]
    total = stated("cluster_established_area_ha", 22, "2016-12")
    about = facts(*sites, observed=[total])
    assert of_totals(about) == []
    at = facts(*sites, observed=[total], day=date(2016, 12, 31))
    assert findings_of(at) == []


def test_leased_land_is_no_more_than_the_sites() -> None:
    sites = [
        cluster("A", said("2020", area_ha="30", leased_ha="10")),
        cluster("B", said("2020", area_ha="20")),
    ]
    # 9.5 ha at least, and at most 10.5 ha and the 20.5 ha of B
    two = stated("cluster_count", 2, "2023-12")
    for value, count in (("8", 1), ("9", 0), ("31", 0), ("32", 1)):
        observed = [two, stated("cluster_leased_ha", value, "2023-12")]
        assert len(found(AREA, facts(*sites, observed=observed))) == count, value


def test_without_a_stated_number_more_sites_can_be_meant() -> None:
    one = cluster("A", said("2020", legal_status="established", area_ha="20"))
    leased = stated("cluster_leased_ha", 300, "2023-12")
    assert of_totals(facts(one, observed=[leased])) == []
    assert of_totals(with_total([one], "500")) == []
    assert only(SET, with_total([one], "18")).severity is Severity.error


def test_a_site_that_may_have_left_the_total_does_not_count_against_it() -> None:
    total = stated("cluster_in_progress_area_ha", 40, "2023-12")
    unclear = of_area("20", "20", "20")
    assert of_totals(facts(*unclear, observed=[total])) == []
    idle = of_area("20", "20", "20", operation_status="not_operating")
    assert len(found(SET, facts(*idle, observed=[total]))) == 1


def test_a_total_of_a_year_fits_on_any_of_its_days() -> None:
    sites = [
        *of_area("20"),
        cluster("Later", said("2023-10", legal_status="established", area_ha="30")),
    ]
    for area, count, speaks in (("20", 1, 0), ("50", 2, 0), ("30", 1, 1)):
        observed = [
            stated("cluster_established_area_ha", area, "2023"),
            stated("cluster_established_count", count, "2023"),
        ]
        findings = [f for f in of_totals(facts(*sites, observed=observed)) if f.rule == SET]
        assert len(findings) == speaks, area


def test_a_set_adds_up_within_the_rounding_of_the_total() -> None:
    # 15.12 + 20.11 + 25.15 = 60.38, and 70.38 with 30 is the next.
    sites = of_area("15.12", "20.11", "25.15", "30")
    finding = only(SET, with_total(sites, "60.4", 3))
    assert finding.message_en.endswith(
        "What adds up to 60.4 ha is 3 industrial clusters: CCN C1, CCN C2 and CCN C3 "
        "(without CCN C4)."
    )
