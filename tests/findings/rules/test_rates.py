"""A stated rate of occupancy against the rates of the sites."""

import pytest

from app.core.vocabulary import Severity
from app.findings import SubjectFacts
from tests.findings.builders import cluster, facts, found, only, said, stated
from tests.findings.sites import RATE


def rated(*pairs: tuple[str, str]) -> list[SubjectFacts]:
    """Make clusters with leased and industrial land."""
    return [
        cluster(f"R{place}", said("2020", leased_ha=leased, industrial_land_ha=land))
        for place, (leased, land) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("rate", "count"),
    # 10 of 20 and 30 of 30: 80 % of the land, 75 % on average
    [("80", 0), ("75", 0), ("77", 1), ("81", 1), ("80.4", 1)],
)
def test_a_stated_rate_is_one_of_the_means(rate: str, count: int) -> None:
    total = stated("cluster_occupancy_pct", rate, "2023-12")
    about = facts(*rated(("10", "20"), ("30", "30")), observed=[total])
    assert len(found(RATE, about)) == count


def test_the_means_in_words() -> None:
    observed = [
        stated("cluster_occupancy_pct", "46.77", "2023-12"),
        stated("cluster_count", 2, "2023-12"),
    ]
    finding = only(RATE, facts(*rated(("10", "20"), ("30", "30")), observed=observed))
    assert finding.severity is Severity.warning
    assert finding.message_vi.endswith("nhưng bình quân của CCN R0 và CCN R1 là 80% hoặc 75%.")


def test_rates_without_land_bound_their_mean() -> None:
    sites = [
        cluster("A", said("2020", stated_occupancy_pct="40")),
        cluster("B", said("2020", stated_occupancy_pct="90")),
    ]
    for rate, count in (("39", 1), ("40", 0), ("88", 0), ("91", 1)):
        total = stated("cluster_occupancy_pct", rate, "2023-12")
        assert len(found(RATE, facts(*sites, observed=[total]))) == count, rate


def test_an_unknown_rate_leaves_the_mean_open() -> None:
    total = stated("cluster_occupancy_pct", "10", "2023-12")
    sites = [*rated(("30", "30")), cluster("U", said("2020", area_ha="20"))]
    assert found(RATE, facts(*sites, observed=[total])) == []
    # Three clusters are stated, so that one of unknown rate is not even registered.
    count = stated("cluster_count", 3, "2023-12")
    about = facts(*rated(("10", "20"), ("30", "30")), observed=[total, count])
    assert found(RATE, about) == []


def test_a_rate_of_a_year_fits_on_any_of_its_days() -> None:
    site = cluster(
        "A",
        said("2020", leased_ha="10", industrial_land_ha="20"),
        said("2023-07", leased_ha="16"),
    )
    for rate, count in (("50", 0), ("80", 0), ("65", 1)):
        total = stated("cluster_occupancy_pct", rate, "2023")
        assert len(found(RATE, facts(site, observed=[total]))) == count, rate
