"""The attributes of a secondary investment project (dự án thứ cấp).

A new attribute is added here, in ``schemas/projects.py`` and in ``models/projections.py``; a test
tells when one of the three was forgotten.
"""

from app.domain.attributes import Attribute, Catalogue, ValueType, place_attributes

_T = ValueType
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
"""The catalogue; its order is that of answers."""
