"""The catalogue of a site's attributes: one vocabulary for JSON, filters, statements and columns.

A new attribute is added here, in ``schemas/sites.py`` and in ``models/projections.py``; a test
tells when one of the three was forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.units import UnitLevel


class ValueType(StrEnum):
    """How a value is written and compared."""

    text = "text"
    texts = "texts"
    code = "code"
    unit = "unit"
    organization = "organization"
    hectares = "hectares"
    percent = "percent"
    number = "count"
    partial_date = "partial_date"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a site.

    ``foreseeable`` attributes may be stated with basis ``plan`` or ``target``: they describe the
    plan itself, names or places. All others say what is, so only ``actual`` and ``estimate`` fit.
    """

    name: str
    type: ValueType
    meaning: str
    foreseeable: bool = False
    clearable: bool = True


_T = ValueType
ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("name", _T.text, "Name (tên)", foreseeable=True, clearable=False),
    Attribute("name_en", _T.text, "English name", foreseeable=True),
    Attribute("aliases", _T.texts, "Other names in use", foreseeable=True),
    Attribute(
        "province_code",
        _T.unit,
        "Province (tỉnh), official code of the day",
        foreseeable=True,
        clearable=False,
    ),
    Attribute("district_code", _T.unit, "District (huyện), until 2025-07-01", foreseeable=True),
    Attribute("commune_code", _T.unit, "Commune (xã), official code of the day", foreseeable=True),
    Attribute("address", _T.text, "Address or description of the place", foreseeable=True),
    Attribute(
        "planning_status", _T.code, "In a province plan (quy hoạch) or not", foreseeable=True
    ),
    Attribute(
        "legal_status", _T.code, "Established, expanded, abolished (thành lập, mở rộng, bãi bỏ)"
    ),
    Attribute(
        "investor",
        _T.organization,
        "Organization that builds and runs the infrastructure (chủ đầu tư hạ tầng)",
        foreseeable=True,
    ),
    Attribute(
        "managing_body",
        _T.organization,
        "Organization that manages the site (cơ quan quản lý)",
        foreseeable=True,
    ),
    Attribute("area_ha", _T.hectares, "The whole site as it stands, hectares (diện tích)"),
    Attribute(
        "planned_area_ha",
        _T.hectares,
        "Area in the plan, hectares (diện tích quy hoạch)",
        foreseeable=True,
    ),
    Attribute(
        "detailed_plan_area_ha",
        _T.hectares,
        "Area in the 1/500 plan, hectares (quy hoạch chi tiết)",
        foreseeable=True,
    ),
    Attribute(
        "industrial_land_ha",
        _T.hectares,
        "Industrial land, hectares (đất công nghiệp)",
        foreseeable=True,
    ),
    Attribute(
        "service_land_ha", _T.hectares, "Service land, hectares (đất dịch vụ)", foreseeable=True
    ),
    Attribute("leased_ha", _T.hectares, "Leased land, hectares (diện tích đã cho thuê)"),
    Attribute(
        "stated_occupancy_pct",
        _T.percent,
        "Occupancy where only a rate is stated, percent (tỷ lệ lấp đầy)",
    ),
    Attribute("occupancy_definition", _T.code, "What the stated rate divides by"),
    Attribute("clearance_status", _T.code, "Land clearance (giải phóng mặt bằng)"),
    Attribute("clearance_stage", _T.code, "Step of land clearance reached"),
    Attribute("clearance_phase", _T.number, "Phase of land clearance (giai đoạn)"),
    Attribute("to_clear_ha", _T.hectares, "Land to clear, hectares", foreseeable=True),
    Attribute("cleared_ha", _T.hectares, "Land cleared and handed over, hectares"),
    Attribute("affected_households", _T.number, "Households affected (số hộ)", foreseeable=True),
    Attribute(
        "construction_status", _T.code, "Construction of the infrastructure (xây dựng hạ tầng)"
    ),
    Attribute("operation_status", _T.code, "Operation (hoạt động)"),
    Attribute(
        "expected_operation",
        _T.partial_date,
        "When operation is expected to begin (dự kiến)",
        foreseeable=True,
    ),
)
BY_NAME: dict[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}
UNIT_LEVELS: dict[str, UnitLevel] = {
    "province_code": UnitLevel.province,
    "district_code": UnitLevel.district,
    "commune_code": UnitLevel.commune,
}
ORGANIZATION_ATTRIBUTES: tuple[str, ...] = tuple(
    a.name for a in ATTRIBUTES if a.type is ValueType.organization
)
_DECIMALS = {ValueType.hectares, ValueType.percent}


def encode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn attribute values into what the ledger stores: JSON without binary fractions.

    Hectares and percentages become decimal strings in their shortest form, so that ``43`` and
    ``43.0`` are the same statement.
    """
    return {name: _plain(value) for name, value in values.items()}


def decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Turn stored values back: decimal strings of hectares and percentages become decimals."""
    return {name: _typed(name, value) for name, value in stored.items()}


def plain_decimal(value: Decimal) -> str:
    """Write a decimal in its shortest positional form: ``43.0`` and ``4.3E+1`` become ``43``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return value.value if isinstance(value, StrEnum) else value


def _typed(name: str, value: Any) -> Any:
    is_decimal = BY_NAME[name].type in _DECIMALS
    return Decimal(value) if is_decimal and value is not None else value
