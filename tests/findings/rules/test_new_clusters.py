"""New clusters while those of their district or commune are not leased yet."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.findings import ProvinceFacts, SubjectFacts
from tests.findings.builders import cluster, facts, found, numbers, only, said

RULE = "new_cluster_beside_unleased_ones"
DAY = date(2026, 12, 31)
OLD: dict[str, Any] = {
    "district_code": "065",
    "commune_code": "02086",
    "legal_status": "established",
}


def old(name: str, leased: str | None, land: str, **other: Any) -> SubjectFacts:
    values = {**OLD, **other, "industrial_land_ha": land, "leased_ha": leased}
    return cluster(name, said("2018", **values), day=DAY)


def with_new(day: str, *others: SubjectFacts, **place: Any) -> ProvinceFacts:
    new = cluster("Mới", said(day, **{**OLD, **place}), day=DAY)
    return facts(*others, new, day=DAY)


def test_a_new_cluster_in_a_district_with_much_unleased_land() -> None:
    # 20 of 80 ha and 30 of 75 ha: 25 % and 40 %, on average 32.5 %, by land 50 / 155 = 32.26 %.
    others = (old("A", "20", "80"), old("B", "30", "75"))
    finding = only(RULE, with_new("2024-06-01", *others))
    assert finding.subject_id == "ccn-mới"
    assert numbers(finding) == {
        "clusters": "2 count",
        "occupancy_pct": "32.50 pct",
        "unleased": "105 ha",
        "most_unleased": "100 ha",
    }
    assert finding.law is not None
    assert finding.law.number == "32/2024/NĐ-CP"
    assert "2 industrial clusters of its district (CCN A and CCN B)" in finding.message_en
    assert "còn 105 ha chưa cho thuê" in finding.message_vi
    assert found(RULE, with_new("2024-06-01", *others, district_code="066")) == []


@pytest.mark.parametrize(
    ("leased", "land"),
    [
        # 20 of 80 ha and 36 of 75 ha: 99 ha are left.
        (("20", "36"), ("80", "75")),
        # 31 of 62 ha is half, and 38 of 75 ha is 50.67 %: 50.33 % on average.
        (("31", "38"), ("62", "75")),
        # The occupancy of one is unknown.
        (("20", None), ("80", "75")),
    ],
)
def test_little_unleased_land_high_or_unknown_occupancy(
    leased: tuple[str, str | None], land: tuple[str, str]
) -> None:
    others = [old(*one) for one in zip("AB", leased, land, strict=True)]
    assert found(RULE, with_new("2024-06-01", *others)) == []


def test_since_2026_09_15_the_commune_counts_and_fifty_hectares() -> None:
    # 15 of 70 ha: 21.43 %, and 55 ha are left: too much by decree 303/2026 only.
    other = old("A", "15", "70")
    assert found(RULE, with_new("2026-09-14", other)) == []
    finding = only(RULE, with_new("2026-09-15", other, district_code=None))
    assert numbers(finding)["most_unleased"] == "50 ha"
    assert finding.law is not None
    assert finding.law.number == "303/2026/NĐ-CP"
    assert "xã" in finding.message_vi
    assert found(RULE, with_new("2026-09-15", other, commune_code="02107")) == []


def test_districts_ended_and_the_law_did_not_hold_before_2017() -> None:
    other = old("A", "0", "140")
    assert len(found(RULE, with_new("2025-06-30", other))) == 1
    assert found(RULE, with_new("2025-07-01", other)) == []
    early = cluster("B", said("2010", **OLD, industrial_land_ha=140, leased_ha=0), day=DAY)
    assert len(found(RULE, with_new("2017-07-15", early))) == 1
    assert found(RULE, with_new("2017-07-14", early)) == []


def test_the_day_must_be_that_of_the_establishment() -> None:
    other = old("A", "0", "140")
    new = said("2024-06-01", **OLD)
    published = replace(new, cited=replace(new.cited, date_basis="publication"))
    assert found(RULE, facts(other, cluster("Mới", published, day=DAY), day=DAY)) == []
    # Of 2024 it is not known whether decree 68 or 32 was in force.
    assert found(RULE, with_new("2024", other)) == []


def test_abolished_and_later_clusters_are_no_obstacle() -> None:
    gone = old("A", "0", "140")
    ended = cluster("A", *gone.assertions, said("2020", legal_status="abolished"), day=DAY)
    assert found(RULE, with_new("2024-06-01", ended)) == []
    later = cluster("B", said("2024-07", **OLD, industrial_land_ha=140, leased_ha=0), day=DAY)
    assert found(RULE, facts(*with_new("2024-06-01").sites, later, day=DAY)) == []
