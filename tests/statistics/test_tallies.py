"""Figures of sets of sites: sums with their coverage, ratios, means, counterparts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vocabulary import Stage
from app.statistics.indicators import INDICATORS
from app.statistics.tallies import (
    AREAS,
    NUMBERS,
    TRACKS,
    Computed,
    Group,
    Tally,
    area,
    codes_of,
    count_by,
    counterpart_value,
    mean_rate_pct,
    packed,
    ratio_pct,
    total,
    unpacked,
)


def group(sites: int = 1, tracks: str = "", **tally: int) -> Group:
    """Make a group; ``tracks`` are written ``stage=planned legal_status=established``."""
    codes = dict.fromkeys(TRACKS) | dict(pair.split("=") for pair in tracks.split())
    return Group(codes_of("cluster", *codes.values()), packed({"sites": sites, **tally}))


# The clusters of Bắc Kạn at the end of 2023, in square metres: Quảng Chu 74.4 ha, Cẩm Giàng 43 ha,
# Thanh Thịnh 50 ha; the areas of three more are unknown.
QUANG_CHU = group(
    1, "stage=established legal_status=established", area_ha_sum=744_000, area_ha_known=1
)
CLEARING = group(
    4,
    "stage=clearance clearance_status=in_progress",
    area_ha_sum=930_000,
    area_ha_known=2,
    clearance_part=100_000,
    clearance_whole=400_000,
    clearance_known=1,
)
HUYEN_TUNG = group(
    1,
    "stage=construction construction_status=in_progress legal_status=established",
    rate_sum=1_000_000,
    rate_known=1,
)
CLUSTERS = (QUANG_CHU, CLEARING, HUYEN_TUNG)


def test_an_area_is_the_sum_of_the_known_ones_with_its_coverage() -> None:
    found = area(total(CLUSTERS), "area_ha")
    assert (found.known_ha, found.known, found.unknown) == (Decimal("167.4"), 3, 3)
    assert found.total_ha == Decimal("167.4")


def test_the_total_of_unknown_areas_is_unknown_and_not_zero() -> None:
    found = area(total([HUYEN_TUNG]), "area_ha")
    assert (found.known, found.unknown, found.total_ha) == (0, 1, None)


def test_the_total_of_no_sites_is_zero() -> None:
    found = area(total([]), "area_ha")
    assert (found.known, found.unknown, found.total_ha) == (0, 0, Decimal(0))


def test_a_known_area_of_zero_is_known() -> None:
    found = area(Tally({"sites": 1, "leased_ha_known": 1, "leased_ha_sum": 0}), "leased_ha")
    assert (found.total_ha, found.unknown) == (Decimal(0), 0)


@pytest.mark.parametrize("name", AREAS)
def test_every_area_is_summed_under_its_own_name(name: str) -> None:
    tally = Tally({"sites": 3, f"{name}_sum": 1, f"{name}_known": 1})
    found = area(tally, name)
    assert (str(found.known_ha), found.known, found.unknown) == ("0.0001", 1, 2)


def test_a_large_total_is_exact_to_the_square_metre() -> None:
    one = group(1, area_ha_sum=10**17 + 1, area_ha_known=1)
    assert area(total([one, one]), "area_ha").total_ha == Decimal("20000000000000.0002")


counts = st.dictionaries(
    st.sampled_from([*NUMBERS, "area_ha:about", "stated_rate:up_to"]), st.integers(0, 10**15)
)


@given(st.lists(counts), st.integers(0, 10))
def test_tallies_of_disjoint_sets_add_up(tallies: list[dict[str, int]], place: int) -> None:
    groups = [Group(codes_of("cluster", *[None] * len(TRACKS)), packed(one)) for one in tallies]
    whole = total(groups)
    parts = [total(groups[:place]), total(groups[place:])]
    for name in {*whole, *(name for tally in tallies for name in tally)}:
        assert whole[name] == sum(part[name] for part in parts)
        assert whole[name] == sum(tally.get(name, 0) for tally in tallies)


def test_adding_up_leaves_the_parts_alone() -> None:
    total(CLUSTERS)["sites"] += 5
    assert [unpacked(g.tally)["sites"] for g in CLUSTERS] == [1, 4, 1]
    assert [g.sites for g in CLUSTERS] == [1, 4, 1]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (100_000, 400_000, "25.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),
        (0, 5, "0.00"),
    ],
)
def test_a_ratio_is_a_percentage_of_sums(part: int, whole: int, expected: str) -> None:
    assert str(ratio_pct(Tally({"p": part, "w": whole}), "p", "w")) == expected


def test_a_ratio_over_nothing_is_unknown() -> None:
    assert ratio_pct(Tally({"sites": 3}), "occupancy_part", "occupancy_whole") is None
    assert ratio_pct(total(CLUSTERS), "clearance_part", "clearance_whole") == Decimal(25)


def test_large_sites_weigh_more_in_a_ratio_and_not_in_a_mean() -> None:
    # 90 of 100 ha and 1 of 10 ha: 91 of 110 ha is 82.73 %, the mean of 90 % and 10 % is 50 %.
    large = group(occupancy_part=900_000, occupancy_whole=1_000_000, rate_sum=900_000, rate_known=1)
    small = group(occupancy_part=10_000, occupancy_whole=100_000, rate_sum=100_000, rate_known=1)
    tally = total([large, small])
    assert ratio_pct(tally, "occupancy_part", "occupancy_whole") == Decimal("82.73")
    assert mean_rate_pct(tally) == Decimal(50)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([1_000_000], "100.00"),
        ([1_000_000, 413_000], "70.65"),  # 100 % and 41.3 %
        ([333_300, 333_300, 333_400], "33.33"),
        ([100, 200], "0.02"),  # 0.01 % and 0.02 %, half up
        ([0, 0], "0.00"),
    ],
)
def test_the_mean_of_the_known_rates(rates: list[int], expected: str) -> None:
    tally = total(group(rate_sum=rate, rate_known=1) for rate in rates)
    assert str(mean_rate_pct(tally)) == expected


def test_sites_without_a_rate_do_not_lower_the_mean() -> None:
    assert mean_rate_pct(total(CLUSTERS)) == Decimal(100)
    assert mean_rate_pct(total([QUANG_CHU])) is None


@pytest.mark.parametrize(
    ("stage", "counted", "listed"),
    [
        ("closed", False, False),
        ("suspended", True, True),
        ("operating", True, True),
        ("construction", True, True),
        ("clearance", True, True),
        ("established", True, True),
        ("planned", True, True),
        ("proposed", True, False),
        ("removed", False, False),
        ("unknown", True, False),
    ],
)
def test_which_stages_are_added_and_which_are_of_a_plan(
    stage: str, counted: bool, listed: bool
) -> None:
    found = group(1, f"stage={Stage(stage)}")
    assert (found.codes.is_counted, found.codes.is_listed) == (counted, listed)
    out_of_the_plan = group(1, f"stage={Stage(stage)} planning_status=removed")
    codes = out_of_the_plan.codes
    assert (codes.is_counted, codes.is_listed) == (counted, False)


def test_sites_are_counted_by_code_and_by_none() -> None:
    assert count_by(CLUSTERS, "stage") == {"established": 1, "clearance": 4, "construction": 1}
    assert count_by(CLUSTERS, "clearance_status") == {None: 2, "in_progress": 4}
    assert count_by(CLUSTERS, "stage")["operating"] == 0
    assert count_by([*CLUSTERS, QUANG_CHU], "stage")["established"] == 2


# Counterparts

# Operation is closed, so only the totals of the established ones count them.
CLOSED = group(
    2,
    "stage=closed legal_status=established construction_status=completed",
    area_ha_sum=990_000,
    area_ha_known=2,
    leased_ha_sum=990_000,
    leased_ha_known=2,
    occupancy_part=1,
    occupancy_whole=2,
    occupancy_known=1,
)
OPERATING = group(
    3,
    "stage=operating legal_status=expanded construction_status=completed",
    area_ha_sum=600_000,
    area_ha_known=2,
    industrial_land_ha_sum=400_000,
    industrial_land_ha_known=2,
    leased_ha_sum=130_000,
    leased_ha_known=1,
    occupancy_part=130_000,
    occupancy_whole=300_000,
    occupancy_known=1,
)
PLANNED = group(5, "stage=planned")
EVERYTHING = (*CLUSTERS, CLOSED, OPERATING, PLANNED)


@pytest.mark.parametrize(
    ("indicator", "value", "known", "unknown"),
    [
        ("cluster_count", "14", 14, 0),
        ("cluster_area_ha", "227.4", 5, 9),
        ("cluster_established_count", "7", 7, 0),  # by legal status: 1 + 1 + 3 expanded + 2
        ("cluster_established_area_ha", "233.4", 5, 2),  # 74.4 + 60 + 99
        ("cluster_in_progress_count", "6", 6, 0),
        ("cluster_in_progress_area_ha", "167.4", 3, 3),
        ("cluster_operating_count", "3", 3, 0),
        ("cluster_operating_area_ha", "60", 2, 1),
        ("cluster_infrastructure_completed_count", "3", 3, 0),
        ("cluster_infrastructure_completed_area_ha", "60", 2, 1),
        ("cluster_industrial_land_ha", "40", 2, 12),
        ("cluster_leased_ha", "13", 1, 13),
        ("cluster_occupancy_pct", "43.33", 1, 13),
    ],
)
def test_what_documents_state_is_computed_from_the_sites_that_count(
    indicator: str, value: str, known: int, unknown: int
) -> None:
    counterpart = INDICATORS[indicator].counterpart
    assert counterpart
    assert counterpart_value(counterpart, EVERYTHING) == Computed(Decimal(value), known, unknown)


@pytest.mark.parametrize(
    ("indicator", "value", "unknown"),
    [
        ("cluster_count", "5", 0),
        ("cluster_area_ha", None, 5),
        ("cluster_leased_ha", None, 5),
        ("cluster_occupancy_pct", None, 5),
        ("cluster_operating_count", "0", 0),
        ("cluster_operating_area_ha", "0", 0),
    ],
)
def test_counterparts_where_nothing_is_known(
    indicator: str, value: str | None, unknown: int
) -> None:
    counterpart = INDICATORS[indicator].counterpart
    assert counterpart
    found = counterpart_value(counterpart, [PLANNED])
    assert (found.value, found.unknown) == (Decimal(value) if value else None, unknown)


def test_the_counterpart_of_no_sites() -> None:
    for code, expected in (("cluster_count", 0), ("cluster_area_ha", 0)):
        counterpart = INDICATORS[code].counterpart
        assert counterpart
        assert counterpart_value(counterpart, []) == Computed(Decimal(expected), 0, 0)
    occupancy = INDICATORS["cluster_occupancy_pct"].counterpart
    assert occupancy
    assert counterpart_value(occupancy, []) == Computed(None, 0, 0)
