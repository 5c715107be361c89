"""The same name under two ids."""

from dataclasses import replace
from typing import Any

import pytest

from app.core.vocabulary import Severity
from app.findings import SubjectFacts
from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

RULE = "same_name_under_two_ids"


def named(name: str, label: str = "CCN Tân Tiến", **values: Any) -> SubjectFacts:
    return replace(cluster(name, said("2023", name=label, **values)), name=label)


def test_one_name_in_one_commune() -> None:
    one, other = named("a", commune_code="02131"), named("b", "Tân Tiến", commune_code="02131")
    finding = only(RULE, facts(other, one))
    assert (finding.severity, finding.subject_id) == (Severity.warning, "ccn-b")
    assert numbers(finding) == {"sites": "2 count"}
    assert set(finding.statement_ids) == {
        site.assertions[0].cited.statement_id for site in (one, other)
    }
    assert finding.message_en == (
        "Tân Tiến (Bắc Kạn) is registered under two ids: ccn-a and ccn-b, in one commune."
    )
    assert "dưới hai mã: ccn-a và ccn-b, trong cùng một xã" in finding.message_vi


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"commune_code": "02131"}, {}),
        ({}, {"commune_code": "02131"}),
        ({"district_code": "065"}, {"district_code": "065", "commune_code": "02131"}),
    ],
)
def test_one_name_in_one_province_is_a_question_while_a_commune_is_unknown(
    one: dict[str, str], other: dict[str, str]
) -> None:
    finding = only(RULE, facts(named("a", **one), named("b", **other)))
    assert finding.severity is Severity.info
    assert "whether they lie in two communes is unknown" in finding.message_en


def test_two_communes_districts_kinds_or_names_are_two_sites() -> None:
    def silent(one: SubjectFacts, other: SubjectFacts) -> bool:
        return found(RULE, facts(one, other)) == []

    assert silent(named("a", commune_code="02131"), named("b", commune_code="02113"))
    assert silent(named("a", district_code="065"), named("b", district_code="066"))
    assert silent(named("a"), replace(zone("b", said("2023")), name="KCN Tân Tiến"))
    assert silent(named("a"), named("b", "CCN Tân Tiến 2"))
    assert silent(named("a"), named("b", legal_status="abolished"))
    # Sites without a name have their ids for names.
    assert silent(cluster("a", said("2023")), cluster("b", said("2023")))


def test_three_of_one_name_are_two_findings() -> None:
    three = [named(name, commune_code="02131") for name in "abc"]
    assert [f.subject_id for f in found(RULE, facts(*three))] == ["ccn-b", "ccn-c"]
