"""Decisions that are registered twice, or said to establish two sites."""

from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import ProvinceFacts
from tests.findings.builders import cluster, document, facts, found, numbers, only, said

TWICE, TWO_SITES = "one_decision_under_two_sources", "one_decision_for_two_sites"
UBND: dict[str, Any] = {"number": "1747/QĐ-UBND", "issuer_id": "ubnd"}


def about(one: dict[str, Any], other: dict[str, Any], authority: int = 40) -> ProvinceFacts:
    sites = [
        cluster("A", said("2009", "a", authority, area_ha=20)),
        cluster("B", said("2009", "b", authority, area_ha=30)),
    ]
    sources = document("a", authority, **one) | document("b", authority, **other)
    return facts(*sites, sources=sources)


def test_one_decision_under_two_sources() -> None:
    given = about(
        {**UBND, "published_on": "2021-09-21"},
        {**UBND, "number": "1747 /QD-ubnd", "published_on": "2021-09-21"},
    )
    finding = only(TWICE, given)
    assert finding.severity is Severity.warning
    assert (finding.subject_type, finding.subject_id) == ("source", "b")
    assert finding.statement_ids == tuple(
        site.assertions[0].cited.statement_id for site in given.sites
    )
    assert finding.message_en == (
        "1747/QĐ-UBND is registered as two sources: a (“Title of a”) and b (“Title of b”)."
    )


def test_one_decision_with_two_dates() -> None:
    """Published: a decision of 05/02 and of 05/9/2009."""
    given = about({**UBND, "published_on": "2009-02-05"}, {**UBND, "published_on": "2009-09-05"})
    finding = only(TWICE, given)
    assert "với hai ngày khác nhau: ngày 5/2/2009 và ngày 5/9/2009" in finding.message_vi
    assert "with two dates: 5 February 2009 and 5 September 2009" in finding.message_en


def test_without_a_registered_issuer_it_is_a_question() -> None:
    one, other = {**UBND, "published_on": "2021-09-21"}, {**UBND, "published_on": "2021"}
    finding = only(TWICE, about(one, {**other, "issuer_id": None}))
    assert finding.severity is Severity.info
    assert "two dates" not in finding.message_en


@pytest.mark.parametrize(
    ("other", "authority"),
    [
        # Numbers begin anew with each year, and each body has its own.
        ({"published_on": "2022-09-21"}, 40),
        ({"published_on": "2021-09-21", "issuer_id": "ubnd-huyen"}, 40),
        ({"published_on": "2021-09-21", "number": "1748/QĐ-UBND"}, 40),
        ({"published_on": "2021-09-21", "number": None}, 40),
        ({"published_on": None}, 40),
        # Reports are numbered by each office.
        ({"published_on": "2021-09-21"}, 20),
    ],
)
def test_two_decisions_are_two_sources(other: dict[str, Any], authority: int) -> None:
    one = {**UBND, "published_on": "2021-09-21"}
    assert found(TWICE, about(one, {**UBND, **other}, authority)) == []


def test_one_decision_that_establishes_two_sites() -> None:
    sites = [cluster(name, said("2021", "a", 40, legal_status="established")) for name in "XY"]
    finding = only(TWO_SITES, facts(*sites, sources=document("a", **UBND)))
    assert (finding.severity, finding.subject_id) == (Severity.info, "a")
    assert numbers(finding) == {"sites": "2 count"}
    assert "is said to establish more than one site: CCN X and CCN Y" in finding.message_en


def test_one_decision_may_plan_many_sites_and_speak_twice_of_one() -> None:
    planned = [cluster(name, said("2021", "a", 40, planning_status="planned")) for name in "XY"]
    assert found(TWO_SITES, facts(*planned, sources=document("a", **UBND))) == []
    again = said("2021", "a", 40, legal_status="established")
    once = cluster("X", again, said("2021", "a", 40, legal_status="established"))
    assert found(TWO_SITES, facts(once, sources=document("a", **UBND))) == []
    article = [cluster(name, said("2021", "a", legal_status="established")) for name in "XY"]
    assert found(TWO_SITES, facts(*article, sources=document("a", 10, **UBND))) == []
