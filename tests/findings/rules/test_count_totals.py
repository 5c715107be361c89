"""A stated number of sites against those registered."""

import pytest

from app.core.vocabulary import Severity
from tests.findings.builders import cluster, facts, found, numbers, only, said, stated
from tests.findings.sites import COUNT, of_area, of_totals, with_total


def test_fewer_stated_than_registered() -> None:
    total = stated("cluster_established_count", 2, "2023-12")
    sites = of_area("20", "30", "40")
    finding = only(COUNT, facts(*sites, observed=[total]))
    assert finding.severity is Severity.warning
    assert numbers(finding) == {
        "stated": "2 count",
        "computed": "3 count",
        "difference": "-1 count",
    }
    assert finding.statement_ids == (
        total.statement_id,
        *(site.assertions[0].cited.statement_id for site in sites),
    )
    assert finding.message_vi == (
        "Số cụm công nghiệp đã thành lập của Bắc Kạn, tháng 12/2023: “Title of s1” nêu 2, "
        "nhưng sổ đăng ký có 3: CCN C1, CCN C2 và CCN C3."
    )


def test_more_stated_than_registered_asks_for_the_others() -> None:
    about = facts(*of_area("20"), observed=[stated("cluster_established_count", 2, "2023-12")])
    finding = only(COUNT, about)
    assert finding.severity is Severity.info
    assert numbers(finding)["difference"] == "1 count"


@pytest.mark.parametrize(
    ("count", "other"),
    [(3, {}), (4, {"qualifier": "up_to"}), (2, {"qualifier": "at_least"})],
)
def test_counts_that_fit(count: int, other: dict[str, str]) -> None:
    total = stated("cluster_established_count", count, "2023-12", **other)
    assert found(COUNT, facts(*of_area("20", "30", "40"), observed=[total])) == []


def test_a_site_of_unknown_status_explains_one_more() -> None:
    unclear = cluster("Unclear", said("2020", planning_status="planned"))
    total = stated("cluster_established_count", 2, "2023-12")
    assert found(COUNT, facts(*of_area("20"), unclear, observed=[total])) == []


def test_a_register_without_sites_of_the_kind_has_nothing_to_compare() -> None:
    assert found(COUNT, facts(observed=[stated("cluster_count", 11, "2023-12")])) == []


def test_a_count_is_held_against_its_own_day() -> None:
    later = cluster("Later", said("2022", legal_status="established"))
    total = stated("cluster_established_count", 1, "2021-06-30")
    assert found(COUNT, facts(*of_area("20"), later, observed=[total])) == []


def test_closed_sites_are_left_aside() -> None:
    closed = cluster(
        "Closed",
        said("2020", legal_status="established", area_ha="20"),
        said("2022", legal_status="abolished"),
    )
    assert of_totals(with_total([*of_area("30"), closed], "30", 1)) == []


def test_a_superseded_total_is_not_compared() -> None:
    sites = of_area("20", "30", "40")
    wrong = stated("cluster_established_count", 2, "2023-12")
    right = stated("cluster_established_count", 3, "2023-12")
    assert found(COUNT, facts(*sites, observed=[right, wrong])) == []
    wrong_again = wrong._replace(known_from=right.known_from + 1)
    assert len(found(COUNT, facts(*sites, observed=[right, wrong_again]))) == 1


def test_plans_and_targets_are_no_totals() -> None:
    target = stated("cluster_established_count", 9, "2023-12", basis="target")
    assert found(COUNT, facts(*of_area("20"), observed=[target])) == []


def test_sites_of_unknown_operation_may_be_in_progress_or_operate() -> None:
    sites = of_area("20", "30", "40")
    observed = [
        stated("cluster_established_count", 3, "2023-12"),
        stated("cluster_in_progress_count", 2, "2023-12"),
        stated("cluster_operating_count", 1, "2023-12"),
    ]
    assert found(COUNT, facts(*sites, observed=observed)) == []
    idle = of_area("20", "30", "40", operation_status="not_operating")
    finding = only(COUNT, facts(*idle, observed=observed[:2]))
    assert numbers(finding)["computed"] == "3 count"


@pytest.mark.parametrize(
    ("count", "severity"),
    # one until March, two from then, three from October to November 2023
    [(0, Severity.warning), (1, None), (2, None), (3, None), (4, Severity.info)],
)
def test_a_count_of_a_year_fits_on_any_of_its_days(count: int, severity: Severity | None) -> None:
    sites = [
        *of_area("20"),
        cluster("Second", said("2023-03-15", legal_status="established")),
        cluster(
            "Third",
            said("2020", legal_status="not_established"),
            said("2023-10", legal_status="established"),
            said("2023-12", legal_status="abolished"),
        ),
    ]
    total = stated("cluster_established_count", count, "2023")
    findings = found(COUNT, facts(*sites, observed=[total]))
    assert [f.severity for f in findings] == ([] if severity is None else [severity])


def test_a_running_year_does_not_become_wrong_by_the_day() -> None:
    sites = [*of_area("20"), cluster("Later", said("2025-03", legal_status="established"))]
    total = stated("cluster_established_count", 1, "2025", effective="2025-01")
    assert found(COUNT, facts(*sites, observed=[total])) == []
    two = stated("cluster_established_count", 2, "2025-03-31")
    assert found(COUNT, facts(*sites, observed=[two])) == []
