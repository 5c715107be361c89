"""Projects and the provinces and days of the sites they are in."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.vocabulary import Basis, Severity
from app.findings import Finding, SiteElsewhere
from app.units.units import Unit, UnitLevel
from tests.findings.builders import BAC_KAN, facts, found, numbers, only, project, said

TWO, NONE = "project_and_site_in_two_provinces", "project_in_no_known_site"
CAO_BANG = Unit(UnitLevel.province, "04", "Cao Bằng", "province", None, None, None)


def of(
    rule: str, site: SiteElsewhere, effective: str = "2024", basis: str = "actual"
) -> list[Finding]:
    told = said(effective, site="kcn-x", province_code="06")
    told = replace(told, cited=replace(told.cited, basis=basis))
    return found(rule, facts(project("P", told), elsewhere={"kcn-x": site}))


def test_two_provinces() -> None:
    in_site = said("2024", site="kcn-x", province_code="06")
    site = SiteElsewhere("KCN X", is_known=True, province=CAO_BANG)
    finding = only(TWO, facts(project("P", in_site), elsewhere={"kcn-x": site}))
    assert finding.severity is Severity.warning
    assert (finding.subject_type, finding.subject_id) == ("project", "p")
    assert finding.statement_ids == (in_site.cited.statement_id,)
    assert finding.message_vi == (
        "P thuộc Bắc Kạn (06), nhưng KCN X (kcn-x), nơi dự án được nêu là đang ở, "
        "thuộc Cao Bằng (04)."
    )
    assert of(NONE, site) == []


def test_one_province_or_an_unknown_one() -> None:
    assert of(TWO, SiteElsewhere("KCN X", is_known=True, province=BAC_KAN)) == []
    assert of(TWO, SiteElsewhere("KCN X", is_known=True)) == []
    inside = facts(project("P", said("2024", site="kcn-x")), project("Q", said("2024", name="Q")))
    assert found(TWO, inside) == found(NONE, inside) == []


@pytest.mark.parametrize(
    ("effective", "basis", "speaks"),
    # The site begins on 2025-09-01, and the day is 2025-06-30.
    [
        ("2024", Basis.actual, True),
        ("2025-06", Basis.estimate, True),
        ("2025", Basis.actual, False),
        ("2024", Basis.plan, False),
    ],
)
def test_a_site_that_begins_later(effective: str, basis: str, *, speaks: bool) -> None:
    site = SiteElsewhere("kcn-x", is_known=False, begins=date(2025, 9, 1))
    findings = of(NONE, site, effective, basis)
    assert bool(findings) is speaks
    for finding in findings:
        assert finding.severity is Severity.info
        # 31 days of July, 31 of August, and one.
        assert numbers(finding) == {"days_before": "63 day"}
        assert finding.message_en == (
            "P: on 30 June 2025 it is said to be in kcn-x, but what is known of that site begins "
            "on 1 September 2025."
        )
    assert of(TWO, site) == []


def test_a_site_that_was_withdrawn_or_emptied() -> None:
    withdrawn = SiteElsewhere("kcn-x", is_known=False, is_withdrawn=True)
    (finding,) = of(NONE, withdrawn, basis=Basis.plan)
    assert finding.severity is Severity.warning
    assert "rút khỏi sổ đăng ký" in finding.message_vi
    (finding,) = of(NONE, SiteElsewhere("kcn-x", is_known=False))
    assert "no live statement" in finding.message_en
