"""Sites without a name or a province."""

from datetime import date

from app.core.vocabulary import Severity
from app.findings import SubjectFacts, UnplacedSite
from tests.findings.builders import cluster, facts, found, numbers, only, said

NAMELESS, PLACELESS = "site_without_name", "site_without_province"


def unplaced(site: SubjectFacts) -> UnplacedSite:
    return UnplacedSite(site, date(2024, 12, 31))


def test_a_name_that_is_unknown() -> None:
    site = cluster("A", said("2020", name="CCN A", area_ha=20), said("2021", name=None))
    finding = only(NAMELESS, facts(site))
    assert finding.severity is Severity.info
    assert numbers(finding) == {"statements": "2 count"}
    assert finding.statement_ids == (site.assertions[1].cited.statement_id,)
    assert finding.message_vi == (
        "ccn-a: ngày 30/6/2025 không có tên, nên được liệt kê mà không có tên."
    )


def test_named_and_closed_sites_and_those_of_which_nothing_is_known() -> None:
    named = cluster("A", said("2020", name="CCN A"))
    closed = cluster("B", said("2020", name=None, legal_status="abolished"))
    emptied = cluster("C", said("2020", name="CCN C", area_ha=5), said("2021", name=None))
    emptied = cluster("C", *emptied.assertions, said("2022", area_ha=None))
    assert found(NAMELESS, facts(named, closed, emptied)) == []


def test_a_province_that_is_unknown() -> None:
    site = cluster("A", said("2020", area_ha=20))
    finding = only(PLACELESS, facts(unplaced=[unplaced(site)]))
    assert finding.severity is Severity.warning
    assert (finding.subject_id, finding.province_code) == ("ccn-a", "06")
    assert finding.statement_ids == (site.assertions[0].cited.statement_id,)
    assert finding.message_en == (
        "CCN A: on 30 June 2025 its province is unknown, so that the figures of none count it; "
        "on 31 December 2024 it is in Bắc Kạn (06)."
    )


def test_a_province_that_was_retracted() -> None:
    lost = UnplacedSite(
        cluster("A", said("2020", area_ha=20)), date(2025, 6, 30), is_retracted=True
    )
    assert only(PLACELESS, facts(unplaced=[lost])).message_vi == (
        "CCN A: ngày 30/6/2025 không biết thuộc tỉnh nào, nên không có trong số liệu của tỉnh nào; "
        "ngày 30/6/2025 thuộc Bắc Kạn (06) theo thông tin đã rút lại."
    )


def test_a_site_without_both() -> None:
    site = cluster("A", said("2020", name=None, area_ha=20))
    about = facts(unplaced=[unplaced(site)])
    assert len(found(NAMELESS, about)) == len(found(PLACELESS, about)) == 1


def test_a_closed_site_may_lie_anywhere() -> None:
    closed = cluster("A", said("2020", planning_status="removed"))
    assert found(PLACELESS, facts(unplaced=[unplaced(closed)])) == []
    assert found(PLACELESS, facts(cluster("B", said("2020", area_ha=20)))) == []
