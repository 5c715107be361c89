"""The table that every format writes: columns with their labels, rows, and how cells read.

Columns are named as the attributes are, or by the path of a figure in a rollup. Labels, and the
words around tables, are in Vietnamese and English.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from app.core.labels import CODE_LISTS
from app.core.labels.subjects import SITE_LISTS
from app.core.vocabulary import CodeList, Language, SubjectType
from app.ledger.snapshots import At
from app.subjects.attributes import PLANNED, Attribute, name_member
from app.subjects.schemas import HEDGED, SCHEMAS
from app.subjects.sites import SiteState

Labels = dict[str, tuple[str, str]]
"""Vietnamese and English, by the name of a column."""


def _labelled(attributes: Iterable[Attribute]) -> Labels:
    """Return the labels of attributes and, beside those that refer to something, of its name."""
    labels: Labels = {}
    for attribute in attributes:
        labels[attribute.name] = attribute.labels
        if attribute.is_reference:
            labels[name_member(attribute.name)] = attribute.labels_of_name
    return labels


_PLANNED = _labelled(SiteState.attributes[name] for name in SiteState.attributes.planned)
PLANNED_COLUMNS = tuple(_PLANNED)
"""What of sites is planned beside what is, with the names of what that refers to."""
SITE_COLUMNS: Labels = {
    "id": ("Mã định danh", "Id"),
    **_labelled(member.attribute for member in SiteState.members.values()),
    "valid_from": ("Có hiệu lực từ", "Valid from"),
    "valid_to": ("Đến trước ngày", "Valid to"),
    "known_from": ("Ghi nhận ở bản sửa đổi", "Known from revision"),
    **{
        PLANNED + name: (f"Theo quy hoạch: {labels[0]}", f"Planned: {labels[1]}")
        for name, labels in _PLANNED.items()
    },
    "qualifiers": ("Mức độ chính xác", "Exactness"),
    "values_to": ("Cận trên của khoảng", "Upper ends of ranges"),
    "longitude": ("Kinh độ", "Longitude"),
    "latitude": ("Vĩ độ", "Latitude"),
}
_LISTS: dict[str, CodeList] = {code_list.name: code_list for code_list in SITE_LISTS}
_KNOWN = ("số đã biết", "known")
_UNKNOWN = ("số chưa biết", "unknown")
_SUMS: Labels = {
    "area": ("Tổng diện tích (ha)", "Area (ha)"),
    "clearance.completed_area_ha": (
        "Diện tích các khu, cụm được nêu là đã giải phóng xong (ha)",
        "Area of the sites said to be cleared, hectares not stated (ha)",
    ),
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
    **_sum("clearance.completed_area_ha"),
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
    "planned.horizon": ("Quy hoạch: đến ngày", "Plan: until"),
    "planned.sites": ("Quy hoạch: số lượng", "Plan: sites"),
    "planned.sites_qualifier": (
        "Quy hoạch: mức chính xác của số lượng",
        "Plan: how exactly the number of sites is meant",
    ),
    "planned.area_ha": ("Quy hoạch: diện tích (ha)", "Plan: area (ha)"),
    "planned.area_qualifier": (
        "Quy hoạch: mức chính xác của diện tích",
        "Plan: how exactly the area is meant",
    ),
    "planned.listed_sites": ("Quy hoạch: đã liệt kê", "Plan: listed sites"),
    **_sum("planned.listed_area"),
    "planned.remaining_sites": ("Quy hoạch: số còn lại", "Plan: remaining sites"),
    "planned.remaining_sites_qualifier": (
        "Quy hoạch: mức chính xác của số còn lại",
        "Plan: how exactly the number of remaining sites is known",
    ),
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


Rows = Sequence[Mapping[str, object]]
Chunks = AsyncIterator[Rows]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the same as everywhere, its labels and the code list of its values."""

    name: str
    labels: tuple[str, str]
    code_list: str | None = None

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of an export; ``title`` is a key of ``ABOUT``.

    ``notes`` stand in the metadata of a map.
    """

    title: str
    at: At
    boundaries: str
    filters: Mapping[str, object]
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a file; ``name`` is that of the file, without its extension."""

    name: str
    columns: Sequence[Column]
    chunks: Chunks
    about: About


class NoParameters(BaseModel):
    """The query parameters of a format that has none of its own."""


def in_language(texts: tuple[str, str], language: Language) -> str:
    """Choose from a text in Vietnamese and one in English."""
    return texts[0 if language is Language.vi else 1]


def code_list_of(name: str) -> str | None:
    """Return the name of the code list that a column of sites takes its values from."""
    member = SiteState.members.get(name)
    return member.attribute.code_list if member else None


_APART = {"planned", *HEDGED}
_SITE = [name for name in SCHEMAS[SubjectType.site].state.model_fields if name not in _APART]
_LAST = (*HEDGED, "longitude", "latitude")
SITE_TABLE = tuple(
    Column(name, SITE_COLUMNS[name], code_list_of(name))
    for name in (*_SITE, *(PLANNED + name for name in PLANNED_COLUMNS), *_LAST)
)
"""The columns of sites: the members of lists, in their order; how exactly; and the position."""


def code_labels(columns: Sequence[Column], language: Language) -> dict[str, dict[str, str]]:
    """Return for each column of codes the label of each code."""
    return {
        column.name: {
            code.code: in_language((code.label_vi, code.label_en), language)
            for code in CODE_LISTS[column.code_list].codes
        }
        for column in columns
        if column.code_list
    }


def as_text(value: object) -> str:
    """Write a value as a cell of text: lists with semicolons, dates as ISO 8601 has them."""
    if isinstance(value, list | tuple):
        return "; ".join(map(as_text, value))
    return value.isoformat() if isinstance(value, date) else str(value)
