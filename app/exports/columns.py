"""The labels of columns in spreadsheets, and the words around tables, in Vietnamese and English.

Columns are named as the attributes are, or by the path of a figure in a rollup.
"""

from app.core.labels.subjects import SITE_LISTS
from app.core.vocabulary import CodeList
from app.subjects.attributes import PLANNED
from app.subjects.sites import SiteState

Labels = dict[str, tuple[str, str]]
"""Vietnamese and English, by the name of a column."""

SITE_COLUMNS: Labels = {
    "id": ("Mã định danh", "Id"),
    **{name: member.attribute.labels for name, member in SiteState.members.items()},
    "valid_from": ("Có hiệu lực từ", "Valid from"),
    "valid_to": ("Đến trước ngày", "Valid to"),
    "known_from": ("Ghi nhận ở bản sửa đổi", "Known from revision"),
    **{
        PLANNED + name: (f"Theo quy hoạch: {labels[0]}", f"Planned: {labels[1]}")
        for name in SiteState.attributes.planned
        for labels in [SiteState.attributes[name].labels]
    },
    "longitude": ("Kinh độ", "Longitude"),
    "latitude": ("Vĩ độ", "Latitude"),
}
_LISTS: dict[str, CodeList] = {code_list.name: code_list for code_list in SITE_LISTS}
_KNOWN = ("số đã biết", "known")
_UNKNOWN = ("số chưa biết", "unknown")
_SUMS: Labels = {
    "area": ("Tổng diện tích (ha)", "Area (ha)"),
    "planned.listed_area": ("Diện tích đã liệt kê (ha)", "Listed area (ha)"),
}


def _sum(name: str) -> Labels:
    vi, en = _SUMS.get(name) or SITE_COLUMNS[name.rpartition(".")[2]]
    return {
        f"{name}.total_ha": (vi, en),
        f"{name}.known": (f"{vi}: {_KNOWN[0]}", f"{en}: {_KNOWN[1]}"),
        f"{name}.unknown": (f"{vi}: {_UNKNOWN[0]}", f"{en}: {_UNKNOWN[1]}"),
    }


def _counts(path: str, name: str) -> Labels:
    code_list = _LISTS[name]
    return {
        f"{path}.{code.code}": (
            f"{code_list.title_vi}: {code.label_vi}",
            f"{code_list.title_en}: {code.label_en}",
        )
        for code in code_list.codes
    }


FIGURE_COLUMNS: Labels = {
    "sites.count": ("Số lượng", "Sites"),
    **_counts("sites.by_stage", "stage"),
    **_counts("sites.by_clearance_status", "clearance_status"),
    "sites.by_clearance_status.unknown": (
        "Giải phóng mặt bằng: Chưa rõ",
        "Land clearance: Unknown",
    ),
    **_sum("area"),
    **_sum("land.planned_area_ha"),
    **_sum("land.detailed_plan_area_ha"),
    **_sum("land.industrial_land_ha"),
    **_sum("land.service_land_ha"),
    **_sum("land.leased_ha"),
    **_sum("clearance.to_clear_ha"),
    **_sum("clearance.cleared_ha"),
    "clearance.clearance_pct": ("Tỷ lệ giải phóng mặt bằng (%)", "Cleared (%)"),
    "clearance.known": ("Giải phóng mặt bằng: số đã biết", "Clearance: known"),
    "clearance.unknown": ("Giải phóng mặt bằng: số chưa biết", "Clearance: unknown"),
    "occupancy.land_weighted_pct": (
        "Tỷ lệ lấp đầy theo diện tích (%)",
        "Occupancy weighted by land (%)",
    ),
    "occupancy.leased_ha": ("Lấp đầy: đã cho thuê (ha)", "Occupancy: leased (ha)"),
    "occupancy.leasable_ha": ("Lấp đầy: có thể cho thuê (ha)", "Occupancy: leasable (ha)"),
    "occupancy.known": ("Lấp đầy: số đã biết", "Occupancy: known"),
    "occupancy.unknown": ("Lấp đầy: số chưa biết", "Occupancy: unknown"),
    "occupancy.mean_pct": ("Tỷ lệ lấp đầy bình quân (%)", "Mean occupancy (%)"),
    "occupancy.rates_known": ("Số tỷ lệ đã biết", "Rates known"),
    "occupancy.rates_unknown": ("Số tỷ lệ chưa biết", "Rates unknown"),
    "planned.sites": ("Quy hoạch: số lượng", "Plan: sites"),
    "planned.area_ha": ("Quy hoạch: diện tích (ha)", "Plan: area (ha)"),
    "planned.listed_sites": ("Quy hoạch: đã liệt kê", "Plan: listed sites"),
    **_sum("planned.listed_area"),
    "planned.remaining_sites": ("Quy hoạch: số còn lại", "Plan: remaining sites"),
    "planned.remaining_area_ha": (
        "Quy hoạch: diện tích còn lại (ha)",
        "Plan: remaining area (ha)",
    ),
    "planned.remaining_area_qualifier": (
        "Quy hoạch: mức chính xác của diện tích còn lại",
        "Plan: how exactly the remaining area is known",
    ),
    "planned.provinces": ("Quy hoạch: số tỉnh", "Plan: provinces"),
    "planned.provinces_with_plan": ("Quy hoạch: số tỉnh có quy hoạch", "Plan: provinces with one"),
}
"""The figures of a rollup that are single numbers, in the order of the columns."""
GROUP_COLUMNS: Labels = {
    "province_code": ("Mã tỉnh", "Province code"),
    "province_name": ("Tỉnh", "Province"),
    "kind": ("Loại hình", "Kind"),
    **{
        name: (_LISTS[name].title_vi, _LISTS[name].title_en)
        for name in (
            "stage",
            "planning_status",
            "legal_status",
            "clearance_status",
            "construction_status",
            "operation_status",
        )
    },
}
"""The keys that figures can be grouped by."""
ESTABLISHED_COLUMNS: Labels = {
    "number": ("STT", "No."),
    "name": ("Tên cụm công nghiệp", "Name of the cluster"),
    "established_area_ha": ("Diện tích thành lập (ha)", "Established area (ha)"),
    "establishment_decision": ("Quyết định thành lập", "Decision to establish"),
    "expanded_area_ha": ("Diện tích mở rộng (ha)", "Expanded area (ha)"),
    "expansion_decision": ("Quyết định mở rộng", "Decision to expand"),
    "detailed_plan_area_ha": ("Diện tích quy hoạch chi tiết (ha)", "Detailed plan area (ha)"),
    "detailed_plan_decision": (
        "Quyết định quy hoạch chi tiết",
        "Decision on the detailed plan",
    ),
    "industrial_land_ha": ("Diện tích đất công nghiệp (ha)", "Industrial land (ha)"),
    "leased_ha": ("Diện tích đã cho thuê (ha)", "Leased (ha)"),
    "occupancy_pct": ("Tỷ lệ lấp đầy (%)", "Occupancy (%)"),
    "note": ("Ghi chú", "Note"),
}
"""The table of established clusters in the half-yearly report (Thông tư 14/2024/TT-BCT)."""
ABOUT: Labels = {
    "title": ("Nội dung", "Content"),
    "sites": ("Khu, cụm công nghiệp, làng nghề", "Industrial zones and clusters"),
    "rollups": ("Số liệu tổng hợp", "Figures"),
    "established_clusters": ("Cụm công nghiệp đã thành lập", "Established industrial clusters"),
    "about": ("Thông tin", "About"),
    "columns": ("Các cột", "Columns"),
    "as_of": ("Tính đến ngày", "As of"),
    "revision": ("Bản sửa đổi", "Revision"),
    "boundaries": ("Theo địa giới", "Boundaries"),
    "filters": ("Bộ lọc", "Filters"),
    "none": ("Không", "None"),
    "rows": ("Số dòng", "Rows"),
    "column": ("Cột", "Column"),
    "attribute": ("Tên trong API", "Name in the API"),
}
"""The words around a table, and the titles of tables."""
