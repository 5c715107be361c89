"""Two totals, one of part of the other's sites."""

import pytest

from app.domain.findings import ProvinceFacts
from tests.domain.findings.builders import cluster, facts, found, numbers, only, said, stated
from tests.domain.findings.sites import NESTED


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
        ],
    )


@pytest.mark.parametrize(
    ("whole", "fits"),
    # 40 for the first and 30 for one: the third has 5 to 75, give or take 0.05 and 0.05.
    [("74.8", False), ("74.9", True), ("90.0", True), ("145.1", True), ("145.2", False)],
)
def test_two_totals_leave_a_cluster_of_lawful_size(whole: str, *, fits: bool) -> None:
    about = nested(whole, "40.0", "30", None)
    assert (found(NESTED, about) == []) is fits


def test_two_totals_and_known_areas_must_agree() -> None:
    assert found(NESTED, nested("70.5", "40.0", "30")) != []
    assert found(NESTED, nested("70.1", "40.0", "30")) == []
    finding = only(NESTED, nested("70.5", "40.0", "30"))
    assert numbers(finding)["remaining"] == "0.5 ha"
    assert finding.message_en.endswith("0.5 ha are left over.")


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
