"""Full but not operating; operating but never established."""

from typing import Any

import pytest

from app.core.vocabulary import Severity, SiteKind
from tests.findings.builders import cluster, facts, found, numbers, only, said, site, zone

FULL, NEVER = "full_but_not_operating", "operating_but_never_established"


def test_full_but_not_operating() -> None:
    huyen_tung = cluster(
        "Huyền Tụng",
        said("2023-12", operation_status="not_operating"),
        said("2024-12-31", stated_occupancy_pct=100),
    )
    finding = only(FULL, facts(huyen_tung))
    status, rate = (assertion.cited.statement_id for assertion in huyen_tung.assertions)
    assert finding.statement_ids == (rate, status)
    assert numbers(finding) == {"occupancy_pct": "100 pct"}
    assert finding.message_vi == (
        "CCN Huyền Tụng: tỷ lệ lấp đầy 100% (ngày 31/12/2024), "
        "nhưng tình trạng hoạt động là “chưa hoạt động” (tháng 12/2023)."
    )


def test_full_by_its_areas() -> None:
    full = cluster(
        "A",
        said("2023", industrial_land_ha=30, leased_ha=30),
        said("2024", stated_occupancy_pct=50, operation_status="suspended"),
    )
    finding = only(FULL, facts(full))
    assert finding.statement_ids[0] == full.assertions[0].cited.statement_id


@pytest.mark.parametrize(
    "values",
    [
        {"stated_occupancy_pct": "99.99", "operation_status": "not_operating"},
        {"stated_occupancy_pct": "100", "operation_status": "operating"},
        {"stated_occupancy_pct": "100", "operation_status": "trial"},
        {"stated_occupancy_pct": "100"},
        {"operation_status": "not_operating"},
    ],
)
def test_not_full_or_not_known_to_stand_still(values: dict[str, Any]) -> None:
    assert found(FULL, facts(cluster("A", said("2024", **values)))) == []


def test_operating_but_never_established() -> None:
    thanh_binh = zone("Thanh Bình", said("2023-12", operation_status="operating"))
    finding = only(NEVER, facts(thanh_binh))
    assert finding.severity is Severity.info
    assert finding.message_en == (
        "KCN Thanh Bình: its operation status is “operating” (December 2023), "
        "but no source says that it is established."
    )


def test_operating_and_said_not_to_be_established() -> None:
    values: dict[str, Any] = {"operation_status": "trial", "legal_status": "not_established"}
    finding = only(NEVER, facts(cluster("A", said("2023", **values))))
    assert finding.severity is Severity.warning


def test_established_at_any_time_is_enough() -> None:
    once = cluster(
        "A",
        said("2020", legal_status="established"),
        said("2021", legal_status=None, operation_status="operating"),
    )
    idle = cluster("B", said("2021", operation_status="suspended"))
    village = site(SiteKind.craft_village, "Côn Minh", said("2024", operation_status="operating"))
    assert found(NEVER, facts(once, idle, village)) == []
