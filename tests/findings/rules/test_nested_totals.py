"""Two totals, one of part of the other's sites."""

import pytest

from app.findings import ProvinceFacts
from tests.findings.builders import cluster, facts, found, numbers, only, said, stated, zone
from tests.findings.sites import NESTED


def nested(whole: str, part: str, *areas: str | None) -> ProvinceFacts:
    """State a total for all clusters in 2023, and one for the first in 2021, of unknown area."""
    first = cluster("First", said("2020", legal_status="established"))
    others = [
        cluster(
            f"N{place}",
            said("2022", legal_status="established", operation_status="not_operating"),
            *([said("2022", area_ha=area)] if area else []),
        )
        for place, area in enumerate(areas)
    ]
    return facts(
        first,
        *others,
        observed=[
            stated("cluster_established_count", 1, "2021-06-30"),
            stated("cluster_established_area_ha", part, "2021-06-30"),
            stated("cluster_established_area_ha", whole, "2023-12"),
            stated("cluster_established_count", 1 + len(areas), "2023-12"),
        ],
    )


@pytest.mark.parametrize(
    ("whole", "fits"),
    # 40 for the first and 30 for one: the third has 5 to 75, give or take 0.05, 0.05 and 0.5.
    [("74.3", False), ("74.4", True), ("90.0", True), ("145.6", True), ("145.7", False)],
)
def test_two_totals_leave_a_cluster_of_lawful_size(whole: str, *, fits: bool) -> None:
    about = nested(whole, "40.0", "30", None)
    assert (found(NESTED, about) == []) is fits


def test_two_totals_and_known_areas_must_agree() -> None:
    # 30 is 30.5 at most.
    assert found(NESTED, nested("70.6", "40.0", "30")) == []
    finding = only(NESTED, nested("70.7", "40.0", "30"))
    assert numbers(finding)["remaining"] == "0.7 ha"
    assert finding.message_en.endswith("0.7 ha are left over.")
    assert "1 industrial cluster of them (CCN First) has 40 ha" in finding.message_en


def test_a_larger_total_without_a_number_may_be_of_more_sites() -> None:
    about = nested("145.7", "40.0", "30", None)
    observed = [o for o in about.observed if o.value != 3]
    assert found(NESTED, facts(*about.sites, observed=observed)) == []
    less = nested("74.3", "40.0", "30", None)
    observed = [o for o in less.observed if o.value != 3]
    assert len(found(NESTED, facts(*less.sites, observed=observed))) == 1


def test_a_smaller_total_without_a_number_may_be_of_more_sites() -> None:
    about = nested("74.3", "40.0", "30", None)
    observed = [o for o in about.observed if o.value != 1]
    assert found(NESTED, facts(*about.sites, observed=observed)) == []


def test_a_part_that_is_more_than_the_whole() -> None:
    established = zone("X", said("2020", legal_status="established"))
    observed = [
        stated("zone_established_count", 1, "2023-06-30"),
        stated("zone_established_area_ha", 100, "2023-06-30"),
        stated("zone_count", 2, "2023-06-30"),
        stated("zone_area_ha", 80, "2023-06-30"),
    ]
    unknown = zone("Y", said("2020", legal_status="not_established"))
    finding = only(NESTED, facts(established, unknown, observed=observed))
    assert numbers(finding)["remaining"] == "-20 ha"
    assert finding.message_en.endswith(
        "1 industrial zone of them (KCN X) has 100 ha by “Title of s1”, 30 June 2023. "
        "The part is 20 ha more than the whole."
    )
    assert finding.message_vi.endswith("Phần đó nhiều hơn tổng 20 ha.")
    known = zone("Y", said("2020", legal_status="not_established", area_ha="30"))
    other = only(NESTED, facts(established, known, observed=observed))
    assert other.message_en.endswith(
        "With the known areas of the others that is 50 ha more than the whole."
    )


def test_a_site_that_grew_between_two_totals_proves_nothing() -> None:
    about = nested("45", "40", None, None)
    assert len(found(NESTED, about)) == 1
    first = cluster(
        "First",
        said("2020", legal_status="established"),
        said("2023", legal_status="expanded"),
    )
    grown = facts(first, *about.sites[1:], observed=about.observed)
    assert found(NESTED, grown) == []
