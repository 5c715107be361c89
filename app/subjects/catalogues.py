"""The attributes of sites, projects and policy documents.

A new attribute is added here, in ``schemas.py`` and in ``tables.py``; a test fails where one of the
three was forgotten, and CONTRIBUTING lists what else it needs. The order of each catalogue is that
of answers.
"""

from app.core.vocabulary import SiteKind
from app.subjects.attributes import Attribute, Catalogue, ValueType, place_attributes

_T = ValueType
_CRAFT = frozenset({SiteKind.craft_village})

DOCUMENT_ATTRIBUTES = Catalogue(
    Attribute(
        "status",
        _T.code,
        "How far the document is (tình trạng)",
        foreseeable=True,
        codes="document_status",
    ),
    Attribute("issued_on", _T.partial_date, "When it was issued (ngày ban hành)", foreseeable=True),
    Attribute(
        "approved_by",
        _T.organization,
        "Body that approved or adopted it (cơ quan phê duyệt, thông qua)",
        foreseeable=True,
    ),
    Attribute("years_implemented", _T.number, "Years of implementation so far (năm thực hiện)"),
)
SITE_ATTRIBUTES = Catalogue(
    *place_attributes(),
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
    Attribute(
        "planned_increase_ha",
        _T.hectares,
        "By how much the plan was enlarged last, hectares (điều chỉnh tăng)",
        foreseeable=True,
    ),
    Attribute(
        "licensed_projects",
        _T.number,
        "Secondary projects licensed in the site (dự án thứ cấp được cấp phép)",
    ),
    Attribute("craft", _T.text, "Craft of a craft village (nghề)", foreseeable=True, kinds=_CRAFT),
    Attribute("households", _T.number, "Households that practise the craft (số hộ)", kinds=_CRAFT),
    Attribute("workers", _T.number, "People who work in the craft (lao động)", kinds=_CRAFT),
    Attribute(
        "recognised_on",
        _T.partial_date,
        "When the craft village was recognised (công nhận), decree 52/2018",
        kinds=_CRAFT,
    ),
    Attribute(
        "geometry",
        _T.geometry,
        "Outline or point of the site, GeoJSON (ranh giới, vị trí)",
        foreseeable=True,
    ),
    Attribute(
        "geometry_accuracy",
        _T.code,
        "How the outline or point was obtained (độ chính xác)",
        foreseeable=True,
    ),
)
PROJECT_ATTRIBUTES = Catalogue(
    *place_attributes(),
    Attribute("site", _T.site, "The zone or cluster it is in, by id", foreseeable=True),
    Attribute(
        "investor",
        _T.organization,
        "Organization that invests in the project (nhà đầu tư)",
        foreseeable=True,
    ),
    Attribute("product", _T.text, "What it is to produce (sản phẩm)", foreseeable=True),
    Attribute(
        "licence_status",
        _T.code,
        "Investment policy approved, licensed, revoked (chấp thuận, cấp phép, thu hồi)",
    ),
    Attribute(
        "operation_status",
        _T.code,
        "From preparation to operation (tình trạng hoạt động)",
        codes="project_operation_status",
    ),
    Attribute(
        "design_capacity",
        _T.quantity,
        "Design capacity (công suất thiết kế), in design_capacity_unit",
        foreseeable=True,
    ),
    Attribute(
        "design_capacity_unit",
        _T.text,
        "Unit of the design capacity, as in t, m3, pairs",
        foreseeable=True,
    ),
    Attribute(
        "design_capacity_period",
        _T.code,
        "Period of the design capacity; null where the source names none",
        foreseeable=True,
        codes="capacity_period",
    ),
    Attribute(
        "registered_capital_vnd",
        _T.money,
        "Registered capital (vốn đăng ký), VND",
        foreseeable=True,
    ),
    Attribute(
        "expected_operation",
        _T.partial_date,
        "When operation is expected to begin (dự kiến)",
        foreseeable=True,
    ),
)
