"""Two totals of one thing by two agencies."""

from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import ProvinceFacts
from tests.findings.builders import document, facts, found, numbers, only, stated

RULE = "agencies_disagree"
REPORT = 20


def of(
    indicator: str, first: Any, last: Any, *, weight: int = REPORT, **other: Any
) -> ProvinceFacts:
    observed = [
        stated(indicator, first, "2024", "a", effective="2024-12", authority=REPORT, **other),
        stated(indicator, last, "2024", "b", effective="2025-01", authority=weight, **other),
    ]
    department = document("a", REPORT, issuer="Sở Công Thương", issuer_id="so-cong-thuong")
    board = document("b", weight, issuer="Ban quản lý các KCN", issuer_id="ban-quan-ly")
    return facts(observed=observed, sources=department | board)


@pytest.mark.parametrize(
    ("indicator", "first", "last", "basis"),
    [
        # Published: agencies that count operating zones as 16 and 29; one plan counted twice.
        ("zone_operating_count", 16, 29, "actual"),
        ("cluster_planned_count", 54, 56, "plan"),
        ("cluster_planned_area_ha", "2928", "3052.81", "plan"),
    ],
)
def test_two_agencies_and_two_totals(indicator: str, first: Any, last: Any, basis: str) -> None:
    about = of(indicator, first, last, basis=basis)
    finding = only(RULE, about)
    assert finding.severity is Severity.info
    assert finding.statement_ids == tuple(o.statement_id for o in reversed(about.observed))
    assert [number.value for number in finding.numbers[:2]] == [
        about.observed[1].value,
        about.observed[0].value,
    ]
    assert "Ban quản lý các KCN, Sở Công Thương" in finding.message_vi
    assert "but another agency had stated" in finding.message_en


def test_the_difference() -> None:
    assert numbers(only(RULE, of("zone_operating_count", 16, 29)))["difference"] == "13 count"


def test_what_is_settled_or_the_same() -> None:
    assert found(RULE, of("zone_operating_count", 16, 16)) == []
    assert found(RULE, of("cluster_area_ha", "443.6", "444")) == []
    # The decision settles what the report said.
    assert found(RULE, of("zone_operating_count", 16, 29, weight=40)) == []


@pytest.mark.parametrize(
    "sources",
    [
        {},
        document("a", REPORT, issuer="UBND tỉnh") | document("b", REPORT, issuer="Ubnd tỉnh"),
        document("a", REPORT, issuer="UBND tỉnh") | document("b", REPORT),
        document("a", REPORT, issuer_id="x") | document("b", 10, issuer_id="bao"),
    ],
)
def test_a_revision_of_its_own_newspapers_and_unknown_issuers(sources: Any) -> None:
    about = of("zone_operating_count", 16, 29)
    assert found(RULE, facts(observed=about.observed, sources=sources)) == []
