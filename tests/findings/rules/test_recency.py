"""Decisions that later statements of lighter sources displace."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import Asserted
from tests.findings.builders import DAY, but, cluster, facts, found, numbers, only, said

RULE = "decision_displaced_by_lighter_source"


def decided(effective: str = "2020-10-16", **values: Any) -> Asserted:
    return said(effective, "decision", 40, **values)


def reported(effective: str, **values: Any) -> Asserted:
    return said(effective, "article", 10, **values)


def test_an_article_of_a_later_year_is_a_question() -> None:
    """Cẩm Giàng was established with 40 ha; an article of the end of 2023 has 43 ha."""
    site = cluster("Cẩm Giàng", decided(area_ha=40), reported("2023-12", area_ha=43))
    finding = only(RULE, facts(site))
    assert finding.severity is Severity.info
    assert finding.statement_ids == tuple(a.cited.statement_id for a in site.assertions)
    assert [f"{n.value:f} {n.unit}" for n in finding.numbers] == ["40 ha", "43 ha", "1141 day"]
    assert finding.message_en == (
        "CCN Cẩm Giàng, area: “Title of decision” (16 October 2020) has 40 ha, but 43 ha counts, "
        "of “Title of article” (December 2023), which is a lighter source."
    )
    assert "nêu 40 ha, nhưng số liệu được dùng là 43 ha" in finding.message_vi


@pytest.mark.parametrize(
    "values", [({"area_ha": 40}, {"area_ha": 43}), ({"investor": "a"}, {"investor": "b"})]
)
def test_an_article_of_the_day_after_is_a_warning(values: tuple[Any, Any]) -> None:
    site = cluster("A", decided(**values[0]), reported("2020-10-17", **values[1]))
    finding = only(RULE, facts(site))
    assert finding.severity is Severity.warning
    assert numbers(finding)["days_after"] == "1 day"


def test_an_article_about_the_past_displaces_it_until_now() -> None:
    past = reported("2021", area_ha=43)
    site = cluster("A", decided(area_ha=40), past)
    assert only(RULE, facts(site)).statement_ids[1] == past.cited.statement_id


@pytest.mark.parametrize(("days", "is_displaced"), [(1, True), (0, False)])
def test_a_decision_that_has_ended_is_not_displaced(days: int, *, is_displaced: bool) -> None:
    ending = but(decided(area_ha=40), end_day=DAY + timedelta(days))
    site = cluster("A", ending, reported("2023-01-01", area_ha=43))
    assert bool(found(RULE, facts(site))) is is_displaced


def test_a_status_displaced_within_days() -> None:
    established = decided(legal_status="established")
    assert (
        found(RULE, facts(cluster("A", established, reported("2022", legal_status="expanded"))))
        == []
    )
    soon = cluster("A", established, reported("2020-10-17", legal_status="not_established"))
    assert only(RULE, facts(soon)).severity is Severity.warning


@pytest.mark.parametrize(
    "later",
    [
        reported("2023", area_ha="40.2"),
        reported("2023", area_ha=None),
        reported("2023", construction_status="in_progress"),
        said("2023", "other-decision", 40, area_ha=43),
        said("2023", "plan", 30, area_ha=43),
        reported("2020-10-16", area_ha=43),
        reported("2019", area_ha=43),
    ],
)
def test_the_same_an_unknown_value_an_act_or_an_earlier_one(later: Asserted) -> None:
    site = cluster("A", decided(area_ha=40, construction_status="preparing"), later)
    assert found(RULE, facts(site)) == []


def test_a_later_decision_settles_it_and_a_plan_is_no_actual_value() -> None:
    settled = (decided(area_ha=40), reported("2021", area_ha=43), decided("2022", area_ha=43))
    assert found(RULE, facts(cluster("A", *settled))) == []
    plan = decided(planned_area_ha=40)
    plan = replace(plan, cited=replace(plan.cited, basis="plan"))
    assert found(RULE, facts(cluster("A", plan, reported("2021", planned_area_ha=43)))) == []
    reports = (reported("2020", area_ha=40), reported("2021", area_ha=43))
    assert found(RULE, facts(cluster("A", *reports))) == []
