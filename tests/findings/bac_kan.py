"""What five documents say of Bắc Kạn, built by hand, with and without outside sources."""

from datetime import date
from typing import Any

from app.core.vocabulary import Basis
from app.findings import Asserted, SubjectFacts
from app.statistics.observations import Observed
from tests.findings.builders import DAY, cluster, project, said, stated, zone

PRESS_2021, PRESS_2023, REVIEW = "press-2021", "press-2023", "review-2024"
OUTSIDE = "outside"


def established_2021() -> Asserted:
    return said("2021-06-30", PRESS_2021, legal_status="established")


def of_2023(**values: Any) -> list[Asserted]:
    """Say something at the end of 2023, and that the cluster does not operate."""
    return [
        said("2023-12", PRESS_2023, **values),
        said("2023-12", PRESS_2023, operation_status="not_operating"),
    ]


def clusters(day: date = DAY, *, outside: bool = False) -> list[SubjectFacts]:
    """The six clusters that the documents name; outside sources add areas and a seventh."""
    extra = _outside() if outside else {}
    named = {
        "Huyền Tụng": [
            established_2021(),
            *of_2023(construction_status="in_progress"),
            said("2024-12-31", REVIEW, stated_occupancy_pct=100),
        ],
        "Quảng Chu": [
            said("2021-06-30", PRESS_2021, planning_status="planned"),
            established_2021(),
            *of_2023(area_ha="74.4", expected_operation="2025-01"),
        ],
        "Cẩm Giàng": [
            established_2021(),
            *of_2023(area_ha=43, construction_status="preparing", clearance_status="in_progress"),
        ],
        "Thanh Thịnh": of_2023(area_ha=50, clearance_status="in_progress"),
        "Vằng Mười": of_2023(clearance_status="in_progress"),
        "Nam Bằng Lũng": of_2023(clearance_status="in_progress"),
        **({"Chu Hương": []} if outside else {}),
    }
    return [
        cluster(name, *assertions, *extra.get(name, ()), day=day)
        for name, assertions in named.items()
    ]


def _outside() -> dict[str, list[Asserted]]:
    return {
        "Huyền Tụng": [said("2021-10-13", OUTSIDE, area_ha=16)],
        "Cẩm Giàng": [_decided("2020-10-16", area_ha=40)],
        "Vằng Mười": [_decided("2021-09-21", area_ha=15)],
        "Nam Bằng Lũng": [_decided("2021-10-06", area_ha=20)],
        "Chu Hương": [
            _decided("2021-10-08", area_ha=18),
            said("2022-11-04", OUTSIDE, 40, legal_status="abolished"),
        ],
        "Thanh Thịnh": [
            said("2022-10-06", OUTSIDE, planning_status="planned"),
            _decided("2022-11-04", area_ha=50),
        ],
    }


def _decided(day: str, **values: Any) -> Asserted:
    return said(day, OUTSIDE, 40, legal_status="established", **values)


def zones() -> list[SubjectFacts]:
    return [
        zone(
            "Thanh Bình",
            said("2021-06-30", PRESS_2021, licensed_projects=9),
            said("2023-12", PRESS_2023, operation_status="operating"),
            said("2023-12", PRESS_2023, planned_area_ha="80.7", planned_increase_ha="7.2"),
            said("2025-01", REVIEW, operation_status="operating"),
        ),
        zone(
            "Chợ Mới 1",
            said("2023-12", PRESS_2023, planning_status="proposed", planned_area_ha=300),
        ),
        zone(
            "Chợ Mới 2",
            said("2023-12", PRESS_2023, planning_status="proposed", planned_area_ha=200),
        ),
    ]


def projects() -> list[SubjectFacts]:
    return [
        project("Nhà máy luyện gang", said("2021-06-30", PRESS_2021, operation_status="idle")),
        project("Khu liên hợp gang thép", said("2021-06-30", PRESS_2021, licence_status="revoked")),
        project(
            "Nhà máy giày dép",
            said("2023-12", PRESS_2023, licence_status="policy_approved"),
            said("2023-12", PRESS_2023, expected_operation="2025"),
        ),
    ]


def observations() -> list[Observed]:
    """The figures of the province, those that add up and those that do not."""
    return [*_of_clusters(), *_of_industry()]


def _of_clusters() -> list[Observed]:
    plan, target = {"basis": Basis.plan}, {"basis": Basis.target, "qualifier": "at_least"}
    return [
        stated("cluster_established_count", 3, "2021-06-30", PRESS_2021),
        stated("cluster_established_area_ha", 130, "2021-06-30", PRESS_2021),
        stated("cluster_planned_count", 27, "2030", PRESS_2023, effective="2023-12", **plan),
        stated("cluster_planned_area_ha", "676.4", "2030", PRESS_2023, effective="2023-12", **plan),
        stated("cluster_in_progress_count", 6, "2023-12", PRESS_2023),
        stated("cluster_in_progress_area_ha", "186.4", "2023-12", PRESS_2023),
        stated("cluster_operating_count", 0, "2023-12", PRESS_2023),
        stated("cluster_operating_count", 1, "2024", PRESS_2023, effective="2023-12", **target),
        stated("zone_seeking_planning_count", 3, "2023-12", PRESS_2023, **plan),
    ]


def _of_industry() -> list[Observed]:
    level, growth = "industrial_output_value", "industrial_output_growth_pct"
    of_2023 = {"basis": Basis.estimate, "effective": "2023-12"}
    of_2024 = {"basis": Basis.estimate, "effective": "2025-01"}
    at_2010 = {**of_2024, "price_base": "constant_2010"}
    parts = {"mining": "514.35", "processing": "1124.5", "electricity_gas": "84.15"}
    return [
        stated(level, 1780, "2023", PRESS_2023, pct_of_target="100.40", **of_2023),
        stated(growth, "12.22", "2023", PRESS_2023, **of_2023),
        *(
            stated(f"industrial_output_{sector}_value", value, "2023", PRESS_2023, **of_2023)
            for sector, value in (parts | {"water_waste": "57.3"}).items()
        ),
        stated(level, 1900, "2024", PRESS_2023, basis=Basis.target, effective="2023-12"),
        stated(level, "2023.72", "2024", REVIEW, pct_of_target="106.51", **at_2010),
        stated(growth, "13.38", "2024", REVIEW, **of_2024),
        stated(
            growth,
            10,
            "2025",
            REVIEW,
            effective="2025-01",
            basis=Basis.target,
            qualifier="at_least",
            trend="rising",
        ),
    ]
