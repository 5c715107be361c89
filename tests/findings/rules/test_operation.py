"""Full but not operating or not cleared; operating, but never established or removed."""

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


UNCLEARED, REMOVED = "full_but_not_cleared", "removed_but_operating"


def test_fully_leased_with_clearance_not_begun() -> None:
    site = cluster(
        "A", said("2024", leased_ha=30, industrial_land_ha=30, clearance_status="not_started")
    )
    finding = only(UNCLEARED, facts(site))
    assert finding.severity is Severity.warning
    assert finding.statement_ids == (site.assertions[0].cited.statement_id,)
    assert finding.message_vi == (
        "CCN A: tỷ lệ lấp đầy 100%, nhưng chưa giải phóng mặt bằng (năm 2024)."
    )
    assert finding.message_en == ("CCN A: 100% occupied, but land clearance has not begun (2024).")
    since = cluster(
        "A", said("2022", clearance_status="not_started"), said("2024", stated_occupancy_pct=100)
    )
    assert only(UNCLEARED, facts(since)).severity is Severity.info


@pytest.mark.parametrize(
    "values",
    [
        {"stated_occupancy_pct": 100},
        {"stated_occupancy_pct": 100, "clearance_status": "in_progress"},
        {"stated_occupancy_pct": 99, "clearance_status": "not_started"},
        {"clearance_status": "not_started"},
    ],
)
def test_clearance_begun_or_unknown_or_land_left(values: dict[str, Any]) -> None:
    assert found(UNCLEARED, facts(cluster("A", said("2024", **values)))) == []


def test_removed_from_the_plan_but_operating() -> None:
    removal = said("2023-06-30", "decision", planning_status="removed")
    operates = said("2024", operation_status="operating")
    finding = only(REMOVED, facts(cluster("A", removal, operates)))
    assert finding.severity is Severity.warning
    assert finding.statement_ids == (removal.cited.statement_id, operates.cited.statement_id)
    # From 2023-06-30 to 2024-01-01.
    assert numbers(finding) == {"days_after": "185 day"}
    assert finding.message_en == (
        "CCN A: removed from the plan (30 June 2023, “Title of decision”), but its operation "
        "status is “operating” (2024, “Title of s1”)."
    )
    before = cluster("A", said("2022", operation_status="operating"), removal)
    assert only(REMOVED, facts(before)).severity is Severity.info


@pytest.mark.parametrize(
    "values",
    [
        {"planning_status": "removed"},
        {"planning_status": "removed", "operation_status": "closed"},
        {"planning_status": "planned", "operation_status": "operating"},
        {"planning_status": "removed", "operation_status": "trial", "legal_status": "abolished"},
    ],
)
def test_removed_and_idle_or_planned_and_operating(values: dict[str, Any]) -> None:
    assert found(REMOVED, facts(cluster("A", said("2024", **values)))) == []
