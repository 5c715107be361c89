"""Numbers that are not given exactly contradict only what lies outside what they allow.

"About" is within a twentieth: about 20 is 19 to 21; "over" and "up to" leave one end open.
"""

from decimal import Decimal
from typing import Any

import pytest

from app.findings.rules.conflicts import Capacity, contradict
from app.subjects.attributes import Hedge
from tests.findings.builders import cluster, facts, found, only, said, stated, zone
from tests.findings.sites import RATE, of_area, of_totals, with_total

DISAGREE, SIZE, LAND = "sources_disagree", "cluster_size", "more_land_than_area"
LEASED, DISPLACED = "more_leased_than_leasable", "decision_displaced_by_lighter_source"
WHOLE, ROWS = "occupancy_of_another_whole", "rows_differ_from_total"


@pytest.mark.parametrize(
    ("one", "other", "speaks"),
    [
        ("about 20", "20.9", False),
        ("about 20", "21.2", True),
        ("over 60", "75", False),
        ("over 60", "59", True),
        ("up_to 60", "12.5", False),
        ("up_to 60", "61", True),
        ("range 20-30", "29.5", False),
        ("range 20-30", "31", True),
        ("about 20", "about 21.5", False),
        ("over 60", "up_to 50", True),
    ],
)
def test_two_areas_of_one_date(one: str, other: str, speaks: bool) -> None:
    site = cluster(
        "A", said("2023", "decision", authority=40, area_ha=one), said("2023", area_ha=other)
    )
    assert bool(found(DISAGREE, facts(site))) is speaks


def test_the_message_has_the_hedges() -> None:
    site = cluster(
        "A",
        said("2023", "decision", authority=40, area_ha="over 60"),
        said("2023", area_ha="range 20-30"),
    )
    assert "over 60 ha (“Title of decision”); 20–30 ha (“Title of s1”)" in (
        only(DISAGREE, facts(site)).message_en
    )


@pytest.mark.parametrize(
    ("hedge", "other", "expected"),
    [(None, 650, True), ("over", 650, False), ("about", 625, False), ("about", 640, True)],
)
def test_more_than_600_households(hedge: str | None, other: int, expected: bool) -> None:
    hedges = (Hedge(hedge, None) if hedge else None, None)
    assert contradict("affected_households", 600, other, hedges) is expected


def test_a_capacity_by_the_year_and_by_the_month() -> None:
    """Over 1200 a year is over 100 a month."""
    by_year, by_month = Capacity(Decimal(1200), "t", "year"), Capacity(Decimal(150), "t", "month")
    assert contradict("design_capacity", by_year, by_month)
    assert not contradict("design_capacity", by_year, by_month, (Hedge("over", None), None))
    assert contradict("design_capacity", by_year, by_month, (Hedge("up_to", None), None))


@pytest.mark.parametrize(
    ("area", "severity"),
    [
        ("78", "error"),
        ("about 78", None),
        ("about 79", "error"),
        ("over 78", "error"),
        ("up_to 78", None),
        ("4.8", "error"),
        ("about 4.8", "info"),
        ("up_to 4.8", "error"),
        ("over 4.8", None),
    ],
)
def test_the_size_of_a_cluster_under_decree_68(area: str, severity: str | None) -> None:
    """From 5 to 75 ha; about 78 may be 74.1, about 79 is at least 75.05, about 4.8 at most 5.04."""
    findings = found(SIZE, facts(cluster("A", said("2023", area_ha=area))))
    assert [one.severity for one in findings] == [severity] * (severity is not None)


@pytest.mark.parametrize(
    ("leased", "land", "speaks"),
    [
        ("21", "20", True),
        ("21", "about 20", False),
        ("22", "about 20", True),
        ("21", "over 20", False),
        ("up_to 21", "20", False),
        ("22", "up_to 20", True),
    ],
)
def test_more_leased_than_leasable(leased: str, land: str, speaks: bool) -> None:
    """Of a cluster the industrial land can be leased: about 20 ha is at most 21."""
    site = cluster("A", said("2023", leased_ha=leased, industrial_land_ha=land))
    assert bool(found(LEASED, facts(site))) is speaks


@pytest.mark.parametrize(
    ("area", "speaks"), [("50", True), ("about 50", False), ("over 50", False)]
)
def test_more_land_than_area(area: str, speaks: bool) -> None:
    site = zone("A", said("2023", industrial_land_ha="52", area_ha=area))
    assert bool(found(LAND, facts(site))) is speaks


@pytest.mark.parametrize(("area", "speaks"), [("45", True), ("about 45", False)])
def test_a_decision_that_a_lighter_source_displaces(area: str, speaks: bool) -> None:
    decided = said("2022", "decision", authority=40, area_ha="43")
    site = cluster("A", decided, said("2023", "article", area_ha=area))
    assert bool(found(DISPLACED, facts(site))) is speaks


@pytest.mark.parametrize(
    ("leased", "speaks"), [("12", True), ("about 12", True), ("up_to 12", False)]
)
def test_an_occupancy_of_another_whole(leased: str, speaks: bool) -> None:
    """12 of 40 ha are 30 %, of 30 ha of industrial land 40 %; up to 12 of 30 ha may be 30 %."""
    land = said("2023", industrial_land_ha="30", area_ha="40")
    site = cluster("A", land, said("2023", leased_ha=leased, stated_occupancy_pct="30"))
    assert bool(found(WHOLE, facts(site))) is speaks


@pytest.mark.parametrize(
    ("areas", "total", "speaks"),
    [
        (("20", "30"), "55", True),
        (("20", "about 30"), "51.5", False),
        (("20", "about 30"), "55", True),
        (("over 20", "30"), "55", False),
        (("over 20", "30"), "45", True),
    ],
)
def test_a_total_and_the_areas_of_its_sites(
    areas: tuple[str, str], total: str, speaks: bool
) -> None:
    """20 and about 30 ha are 47.95 to 51.55 ha in sum, over 20 and 30 at least 49."""
    assert bool(of_totals(with_total(of_area(*areas), total, count=2))) is speaks


@pytest.mark.parametrize(("first", "speaks"), [("30", True), ("about 30", False)])
def test_the_rows_of_a_document(first: str, speaks: bool) -> None:
    """30 and 20 ha are 49 at least, about 30 and 20 are 48; the total is 48.5 at most."""
    sites = [
        cluster(name, said("2023-12", "doc", legal_status="established", area_ha=area))
        for name, area in (("A", first), ("B", "20"))
    ]
    observed = [
        stated("cluster_established_area_ha", "48", "2023-12", "doc"),
        stated("cluster_established_count", 2, "2023-12", "doc"),
    ]
    assert bool(found(ROWS, facts(*sites, observed=observed))) is speaks


@pytest.mark.parametrize(
    ("leased", "rate", "speaks"),
    [
        ("10", "85", True),
        ("over 10", "85", False),
        ("over 10", "70", True),
        ("about 10", "81", False),
        ("about 10", "78", True),
        ("up_to 10", "60", False),
        ("up_to 10", "85", True),
    ],
)
def test_an_average_occupancy(leased: str, rate: str, speaks: bool) -> None:
    """10 of 20 ha and 30 of 30 are 80 % of the land, 75 % on average; about 10 is 9.5 to 10.5."""
    sites = [
        cluster("A", said("2020", leased_ha=leased, industrial_land_ha="20")),
        cluster("B", said("2020", leased_ha="30", industrial_land_ha="30")),
    ]
    observed = [stated("cluster_occupancy_pct", rate, "2023-12")]
    assert bool(found(RATE, facts(*sites, observed=observed))) is speaks


@pytest.mark.parametrize(("rate", "speaks"), [("39", False), ("38", False), ("37", True)])
def test_rates_that_are_stated_about_bound_an_average(rate: str, speaks: bool) -> None:
    """About 40 % is 38 at least; land is unknown, so that the average may be any rate between."""
    sites = [
        cluster("A", said("2020", stated_occupancy_pct="about 40")),
        cluster("B", said("2020", stated_occupancy_pct="90")),
    ]
    observed = [stated("cluster_occupancy_pct", rate, "2023-12")]
    assert bool(found(RATE, facts(*sites, observed=observed))) is speaks


@pytest.mark.parametrize(
    ("values", "speaks"),
    [
        ({"stated_occupancy_pct": "100"}, True),
        ({"stated_occupancy_pct": "about 100"}, False),
        ({"stated_occupancy_pct": "up_to 100"}, False),
        ({"leased_ha": "20", "industrial_land_ha": "20"}, True),
        ({"leased_ha": "up_to 20", "industrial_land_ha": "20"}, False),
        ({"leased_ha": "20", "industrial_land_ha": "up_to 20"}, False),
    ],
)
def test_full(values: dict[str, Any], speaks: bool) -> None:
    """Up to 20 ha may be 20.4, rounded."""
    site = cluster("A", said("2023", operation_status="not_operating", **values))
    assert bool(found("full_but_not_operating", facts(site))) is speaks


@pytest.mark.parametrize(
    ("leased", "speaks"),
    [("20", True), ("over 20", False), ("up_to 20", True), ("about 20", True), ("about 24", False)],
)
def test_a_new_cluster_beside_one_that_is_leased_more_or_less(leased: str, speaks: bool) -> None:
    """Of 80 and 75 ha are leased 20 and 30: 105 ha are left. About 24 may be 25.2: 99.8 are."""
    place: dict[str, Any] = {"district_code": "065", "legal_status": "established"}
    others = [
        cluster(name, said("2018", leased_ha=part, industrial_land_ha=whole, **place))
        for name, part, whole in (("A", leased, "80"), ("B", "30", "75"))
    ]
    new = cluster("C", said("2024-06-01", **place))
    assert bool(found("new_cluster_beside_unleased_ones", facts(*others, new))) is speaks
