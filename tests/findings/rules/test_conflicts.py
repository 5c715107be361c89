"""Two sources, one attribute or indicator, one date, two values."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.findings import Asserted, ProvinceFacts
from tests.findings.builders import (
    but,
    cluster,
    facts,
    found,
    numbers,
    only,
    project,
    said,
    stated,
)

RULE, ON_INDICATOR = "sources_disagree", "sources_disagree_on_indicator"


def test_two_areas_for_one_date() -> None:
    article = said("2023-12", "article", area_ha="74.4")
    decision = said("2023-12", "decision", authority=40, area_ha="74.5")
    finding = only(RULE, facts(cluster("Quảng Chu", decision, article)))
    assert [(n.name, str(n.value), n.unit) for n in finding.numbers] == [
        ("area_ha", "74.5", "ha"),
        ("area_ha", "74.4", "ha"),
    ]
    assert finding.source_ids == ("decision", "article")
    assert finding.message_vi == (
        "CCN Quảng Chu, diện tích, tháng 12/2023: các nguồn nêu khác nhau: "
        "74,5 ha (“Title of decision”); 74,4 ha (“Title of article”). "
        "Số liệu được dùng là của “Title of decision”."
    )


def test_of_equal_weight_the_later_recorded_counts() -> None:
    site = cluster("A", said("2023", "one", area_ha=40), said("2023", "two", area_ha=50))
    assert site.values["area_ha"] == 50
    assert "The one that counts is that of “Title of two”." in only(RULE, facts(site)).message_en


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"area_ha": "74"}, {"area_ha": "74.4"}),
        ({"area_ha": "74.4"}, {"area_ha": None}),
        ({"area_ha": "74.4"}, {"planned_area_ha": "80"}),
        ({"name": "CCN Quảng Chu"}, {"name": "Cụm công nghiệp Quảng Chu"}),
        ({"name": "CCN Hòa Bình"}, {"name": "CCN Hoà Bình"}),
        ({"expected_operation": "2025"}, {"expected_operation": "2025-01"}),
        ({"address": "Here"}, {"address": "There"}),
        ({"legal_status": "established"}, {"legal_status": "established"}),
    ],
)
def test_what_does_not_differ(one: dict[str, Any], other: dict[str, Any]) -> None:
    site = cluster("A", said("2023-12", "one", **one), said("2023-12", "two", **other))
    assert found(RULE, facts(site)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "CCN Quảng Chu"}, {"name": "CCN Chu Hương"}),
        ({"expected_operation": "2025"}, {"expected_operation": "2026-01"}),
        ({"clearance_status": "in_progress"}, {"clearance_status": "suspended"}),
        ({"clearance_phase": 1}, {"clearance_phase": 2}),
    ],
)
def test_what_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    site = cluster("A", said("2023-12", "one", **one), said("2023-12", "two", **other))
    assert len(found(RULE, facts(site))) == 1


def test_another_date_or_the_same_source_is_no_contradiction() -> None:
    later = cluster("A", said("2023-11", "one", area_ha=40), said("2023-12", "two", area_ha=50))
    corrected = cluster("B", said("2023", "one", area_ha=40), said("2023", "one", area_ha=50))
    assert found(RULE, facts(later, corrected)) == []


def test_projects_too() -> None:
    one = said("2023", "one", operation_status="idle")
    other = said("2023", "two", operation_status="operating")
    finding = only(RULE, facts(project("P", one, other)))
    assert numbers(finding) == {"values": "2 count"}
    assert "(“Title of one”)" in finding.message_vi


def test_two_values_of_an_indicator() -> None:
    one = stated("cluster_planned_count", 27, "2030", "one", effective="2023-12", basis="plan")
    weightier = {"authority": 40, "effective": "2023-12", "basis": "plan"}
    other = stated("cluster_planned_count", 26, "2030", "two", **weightier)
    finding = only(ON_INDICATOR, facts(observed=[one, other]))
    assert [str(number.value) for number in finding.numbers] == ["26", "27"]
    assert finding.statement_ids == (other.statement_id, one.statement_id)
    assert finding.message_en == (
        "Number of planned industrial clusters of Bắc Kạn, 2030: “Title of two” states 26, "
        "but at the same date others state 27 (“Title of one”). "
        "The one that counts is that of “Title of two”."
    )


@pytest.mark.parametrize(
    "other",
    [
        {"effective": "2024-01"},
        {"period": "2029"},
        {"basis": "target"},
        {"source": "one"},
        {"qualifier": "at_least", "value": 20},
        {"value": 27},
    ],
)
def test_other_dates_periods_bases_and_hedges_of_an_indicator(other: dict[str, Any]) -> None:
    members = {"source": "two", "effective": "2023-12", "basis": "plan", **other}
    value, period = members.pop("value", 26), members.pop("period", "2030")
    one = stated("cluster_planned_count", 27, "2030", "one", effective="2023-12", basis="plan")
    two = stated("cluster_planned_count", value, period, **members)
    assert found(ON_INDICATOR, facts(observed=[one, two])) == []


def test_values_at_other_prices_do_not_contradict() -> None:
    code = "industrial_output_value"
    one = stated(code, 3000, "2024", "one", price_base="current")
    other = stated(code, 2000, "2024", "two", price_base="constant_2010")
    assert found(ON_INDICATOR, facts(observed=[one, other])) == []
    unknown = stated(code, 2000, "2024", "three")
    assert len(found(ON_INDICATOR, facts(observed=[one, unknown]))) == 1


def measured(effective: str, source: str, basis: str = "actual", **values: Any) -> Asserted:
    assertion = said(effective, source, **values)
    return Asserted(replace(assertion.cited, basis=basis), assertion.values)


def test_a_plan_does_not_contradict_what_came_of_it() -> None:
    for basis in ("plan", "target"):
        site = cluster(
            "A",
            measured("2023", "one", basis, to_clear_ha="40"),
            measured("2023", "two", to_clear_ha="35"),
        )
        assert found(RULE, facts(site)) == [], basis
    for bases in (("plan", "plan"), ("estimate", "actual")):
        one, two = (
            measured("2023", source, basis, to_clear_ha=area)
            for source, basis, area in zip(("one", "two"), bases, ("40", "35"), strict=True)
        )
        assert len(found(RULE, facts(cluster("A", one, two)))) == 1, bases


def test_the_first_day_of_a_year_is_not_the_year() -> None:
    year = said("2024", "one", legal_status="established")
    first_day = said("2024-01-01", "two", legal_status="not_established")
    assert found(RULE, facts(cluster("A", year, first_day))) == []
    count = stated("cluster_count", 2, "2023", "one", effective="2024")
    other = stated("cluster_count", 3, "2023", "two", effective="2024-01-01")
    assert found(ON_INDICATOR, facts(observed=[count, other])) == []


def capacities(*stated_ones: tuple[str, str | None, str | None]) -> ProvinceFacts:
    """Let each source give a capacity with its unit and period."""
    assertions = [
        said(
            "2023",
            f"source-{place}",
            design_capacity=Decimal(value),
            design_capacity_unit=unit,
            design_capacity_period=period,
        )
        for place, (value, unit, period) in enumerate(stated_ones)
    ]
    return facts(project("P", *assertions))


@pytest.mark.parametrize(
    ("one", "other", "speaks"),
    [
        (("1200", "t", "year"), ("100", "t", "month"), False),
        # 110 a month are 1314 to 1326 a year
        (("1200", "t", "year"), ("110", "t", "month"), True),
        (("1200", "t", "year"), ("1300", "t", "year"), True),
        (("1200", "t", "year"), ("4", "t", "day"), False),
        (("1200", "t", "year"), ("1300", "m3", "year"), False),
        (("1200", "t", "year"), ("1300", "t", None), False),
        (("1200", None, None), ("1300", None, None), True),
    ],
)
def test_capacities(
    one: tuple[str, str | None, str | None],
    other: tuple[str, str | None, str | None],
    *,
    speaks: bool,
) -> None:
    assert bool(found(RULE, capacities(one, other))) is speaks


def test_a_capacity_in_words() -> None:
    finding = only(RULE, capacities(("1200.5", "t", "year"), ("110", "t", "month")))
    assert [(n.name, str(n.value), n.unit) for n in finding.numbers] == [
        ("design_capacity", "110", "t/month"),
        ("design_capacity", "1200.5", "t/year"),
    ]
    assert finding.message_vi.startswith(
        "P, công suất thiết kế, năm 2023: các nguồn nêu khác nhau: "
        "110 t mỗi tháng (“Title of source-1”); 1.200,5 t mỗi năm (“Title of source-0”)."
    )
    assert "110 t per month (“Title of source-1”)" in finding.message_en


def test_capital_is_money() -> None:
    one = said("2023", "one", registered_capital_vnd=10**9)
    other = said("2023", "two", registered_capital_vnd=2 * 10**9)
    finding = only(RULE, facts(project("P", one, other)))
    assert numbers(finding) == {"registered_capital_vnd": "1000000000 vnd"}
    assert "vốn đăng ký, năm 2023: các nguồn nêu khác nhau: 2.000.000.000 đồng (" in (
        finding.message_vi
    )


@pytest.mark.parametrize(
    ("one", "other"), [(485_000_000_000, 860_008_000_000), (596_651_000_000, 496_651_000_000)]
)
def test_one_investment_given_twice(one: int, other: int) -> None:
    """Published: 485 and 860.008, 596.651 and 496.651 billion VND for one project."""
    given = (
        said("2023", "list", registered_capital_vnd=one),
        said("2023", "text", registered_capital_vnd=other),
    )
    finding = only(RULE, facts(project("P", *given)))
    assert sorted(int(number.value) for number in finding.numbers) == sorted((one, other))


def test_what_has_ended_contradicts_nothing() -> None:
    stays, ends = said("2022", "a", area_ha=20), said("2022", "b", area_ha=25)
    assert len(found(RULE, facts(cluster("A", stays, ends)))) == 1
    assert found(RULE, facts(cluster("A", stays, but(ends, end_day=date(2022, 3, 1))))) == []
