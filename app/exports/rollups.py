"""Figures as tables and as a map: nested members of an answer are columns named by their path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.core.digest import JsonObject
from app.core.geometry import Box
from app.core.labels.subjects import SITE_LISTS
from app.core.vocabulary import CodeList
from app.exports.chunks import dated
from app.exports.maps import around, collection, feature, property_names
from app.exports.tables import DAY, About, Column, code_list_of
from app.ledger.snapshots import Snapshot
from app.statistics.kept_steps import Provinces
from app.statistics.query_parameters import GroupKey, RollupsQuery
from app.statistics.rollups import read_group_rollups
from app.subjects.attributes import text_of
from app.subjects.columns import SITE_COLUMNS, Labels
from app.units.outlines import ARCHIPELAGOS, Outline, archipelago, outlines_on
from app.units.units import Units

_LISTS: dict[str, CodeList] = {code_list.name: code_list for code_list in SITE_LISTS}
_KNOWN = ("số đã biết", "known")
_UNKNOWN = ("số chưa biết", "unknown")
_EXACTNESS = ("mức chính xác", "how exactly it is known")
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
        f"{name}.qualifier": (f"{vi}: {_EXACTNESS[0]}", f"{en}: {_EXACTNESS[1]}"),
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
    "clearance.clearance_qualifier": (
        "Tỷ lệ giải phóng mặt bằng: mức chính xác",
        "Cleared: how exactly it is known",
    ),
    "clearance.known": ("Giải phóng mặt bằng: số đã biết", "Clearance: known"),
    "clearance.unknown": ("Giải phóng mặt bằng: số chưa biết", "Clearance: unknown"),
    "occupancy.land_weighted_pct": (
        "Tỷ lệ lấp đầy theo diện tích (%)",
        "Occupancy weighted by land (%)",
    ),
    "occupancy.land_weighted_qualifier": (
        "Tỷ lệ lấp đầy theo diện tích: mức chính xác",
        "Occupancy weighted by land: how exactly it is known",
    ),
    "occupancy.leased_ha": ("Lấp đầy: đã cho thuê (ha)", "Occupancy: leased (ha)"),
    "occupancy.leasable_ha": ("Lấp đầy: có thể cho thuê (ha)", "Occupancy: leasable (ha)"),
    "occupancy.known": ("Lấp đầy: số đã biết", "Occupancy: known"),
    "occupancy.unknown": ("Lấp đầy: số chưa biết", "Occupancy: unknown"),
    "occupancy.mean_pct": ("Tỷ lệ lấp đầy bình quân (%)", "Mean occupancy (%)"),
    "occupancy.mean_qualifier": (
        "Tỷ lệ lấp đầy bình quân: mức chính xác",
        "Mean occupancy: how exactly it is known",
    ),
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
_BY_PROVINCE = ("province_code", "province_name")
_MEANT = {"planned.sites_qualifier", "planned.area_qualifier"}
"""The codes of how exactly a source means a figure; all others are of what is computed."""


def rollup_table(group_by: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of figures that are grouped by some keys."""
    shown = [*group_by, *(_BY_PROVINCE if GroupKey.province_code in group_by else ()), "kind"]
    keys = [
        Column(name, labels, code_list_of(name))
        for name, labels in GROUP_COLUMNS.items()
        if name in shown
    ]
    figures = [
        Column(name, labels, _codes_of(name), is_date=name == "planned.horizon")
        for name, labels in FIGURE_COLUMNS.items()
    ]
    return (*keys, *figures, DAY)


def _codes_of(name: str) -> str | None:
    """Return the code list of a figure that is a code."""
    if not name.endswith("qualifier"):
        return None
    return "qualifier" if name in _MEANT else "remainder_qualifier"


def rollup_rows(items: Sequence[JsonObject]) -> list[dict[str, object]]:
    """Return the figures of each group by their paths; lists are left out."""
    return [dict(_flat(item, "")) for item in items]


async def read_rows(
    provinces: Provinces, query: RollupsQuery, snapshot: Snapshot, days: Sequence[date]
) -> list[Mapping[str, object]]:
    """Return the figures of each group on some dates, by their paths."""
    found: list[Mapping[str, object]] = []
    for day in days:
        on_day = replace(snapshot, at=replace(snapshot.at, day=day))
        items = (await read_group_rollups(provinces, query, on_day))["items"]
        found += dated(rollup_rows(items), day)
    return found


def series_rows(rollups: Sequence[JsonObject]) -> list[Mapping[str, object]]:
    """Return the figures of each date and kind of a series, by their paths."""
    return [
        {name: rollup[name] for name in ("province_code", "province_name")} | dict(row)
        for rollup in rollups
        for row in dated(rollup_rows(rollup["rollups"]), date.fromisoformat(rollup["as_of"]))
    ]


def _flat(members: Mapping[str, object], path: str) -> Iterator[tuple[str, object]]:
    for name, value in members.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        elif not isinstance(value, list):
            yield f"{path}{name}", value


MAP_PROPERTIES = ("label", *property_names(rollup_table([GroupKey.province_code])))
"""What a map says of a province, beginning with what is written there."""


def rollup_map(items: Sequence[JsonObject], about: About, day: date, units: Units) -> bytes:
    """Return a collection with a feature for each province and kind.

    The outlines are those of the provinces of ``day``. The archipelagos, which the outlines leave
    out, are labelled points without figures.
    """
    outlines = outlines_on(day)
    names = MAP_PROPERTIES[1:]
    box: Box | None = None
    features = []
    for row in rollup_rows(items):
        outline = outlines.get(text_of(row, "province_code") or "")
        box = around(box, outline.box) if outline else box
        properties = {"label": row["province_name"], **{name: row.get(name) for name in names}}
        key = f"{row['province_code'] or 'unknown'}-{row['kind']}"
        features.append(_feature(key, outline, properties))
    for label in ARCHIPELAGOS:
        point = archipelago(label, units)
        box = around(box, point.box) if point else box
        nothing = dict.fromkeys(names)
        known = {"label": label.name, **nothing, "province_code": label.province_code}
        features.append(_feature(label.id, point, known))
    return collection(features, about, box)


def _feature(key: str, outline: Outline | None, properties: Mapping[str, object]) -> str:
    return feature(key, outline.geometry if outline else None, properties)
