"""Numbers, dates and lists in both languages."""

from decimal import Decimal

import pytest

from app.core.vocabulary import SiteKind, SubjectType
from app.findings.wording import (
    amount,
    attribute_name,
    code_name,
    listed,
    number,
    sites_of,
    stated_amount,
    when,
)
from tests.findings.builders import stated


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        ("1124.5", "1.124,5", "1,124.5"),
        ("6113.48", "6.113,48", "6,113.48"),
        ("43.00", "43", "43"),
        ("1E+7", "10.000.000", "10,000,000"),
        ("-3.4", "-3,4", "-3.4"),
    ],
)
def test_numbers(value: str, vi: str, en: str) -> None:
    assert number(Decimal(value)) == (vi, en)


@pytest.mark.parametrize(
    ("unit", "vi", "en"),
    [
        ("ha", "1,5 ha", "1.5 ha"),
        ("pct", "1,5%", "1.5%"),
        ("billion_vnd", "1,5 tỷ đồng", "1.5 billion VND"),
        ("million_usd", "1,5 triệu USD", "1.5 million USD"),
        ("vnd", "1,5 đồng", "1.5 VND"),
        ("count", "1,5", "1.5"),
    ],
)
def test_units(unit: str, vi: str, en: str) -> None:
    assert amount(Decimal("1.5"), unit) == (vi, en)


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("2023", "năm 2023", "2023"),
        ("2023-12", "tháng 12/2023", "December 2023"),
        ("2024-Q4", "quý IV/2024", "Q4 2024"),
        ("2021-06-30", "ngày 30/6/2021", "30 June 2021"),
        ("2023-Q3/2024-06", "từ quý III/2023 đến tháng 6/2024", "Q3 2023 to June 2024"),
        ("2016/2020", "từ năm 2016 đến năm 2020", "2016 to 2020"),
    ],
)
def test_dates(text: str, vi: str, en: str) -> None:
    assert when(text) == (vi, en)


def test_hedges() -> None:
    about = stated("cluster_area_ha", 130, "2021", qualifier="about")
    assert stated_amount(about) == ("khoảng 130 ha", "about 130 ha")
    between = stated("cluster_occupancy_pct", 8, "2025", qualifier="range", value_to="10")
    assert stated_amount(between) == ("8–10%", "8–10%")


def test_lists() -> None:
    assert listed(["A"]) == ("A", "A")
    assert listed(["A", "B", "C"]) == ("A, B và C", "A, B and C")
    many = listed([f"S{place}" for place in range(1, 15)])
    assert many.en.endswith("S11, S12 and 2 more")
    assert many.vi.endswith("S11, S12 và 2 nơi khác")


def test_words() -> None:
    assert sites_of(1, SiteKind.zone) == ("1 khu công nghiệp", "1 industrial zone")
    assert sites_of(2, SiteKind.cluster) == ("2 cụm công nghiệp", "2 industrial clusters")
    assert attribute_name("area_ha") == ("diện tích", "area")
    assert attribute_name("unheard_of") == ("unheard_of", "unheard_of")
    idle = code_name("operation_status", "idle", SubjectType.project)
    assert idle != ("idle", "idle")
    assert code_name("operation_status", "idle", SubjectType.site) == ("idle", "idle")
    monthly = code_name("design_capacity_period", "month", SubjectType.project)
    assert monthly == ("mỗi tháng", "per month")
    assert attribute_name("clearance_status").vi == "tình trạng giải phóng mặt bằng"
    progress = attribute_name("operation_status", SubjectType.project)
    assert progress == ("tình trạng triển khai dự án", "progress of a project")
