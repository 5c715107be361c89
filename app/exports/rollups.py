"""Figures as tables and as a map: nested members of an answer are columns named by their path."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from app.core.geometry import Box
from app.exports.maps import around, collection, feature
from app.exports.tables import FIGURE_COLUMNS, GROUP_COLUMNS, About, Column, code_list_of
from app.statistics.query_parameters import GroupKey
from app.statistics.schemas import GroupRollup
from app.subjects.attributes import text_of
from app.units.outlines import ARCHIPELAGOS, Outline, archipelago, outlines_on
from app.units.units import Units

_BY_PROVINCE = ("province_code", "province_name")
_QUALIFIERS = {
    "planned.sites_qualifier": "qualifier",
    "planned.area_qualifier": "qualifier",
    "planned.remaining_sites_qualifier": "remainder_qualifier",
    "planned.remaining_area_qualifier": "remainder_qualifier",
}
"""The code lists of figures that are codes."""


def rollup_table(group_by: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of figures that are grouped by some keys."""
    shown = [*group_by, *(_BY_PROVINCE if GroupKey.province_code in group_by else ()), "kind"]
    keys = [
        Column(name, labels, code_list_of(name))
        for name, labels in GROUP_COLUMNS.items()
        if name in shown
    ]
    figures = [
        Column(name, labels, _QUALIFIERS.get(name)) for name, labels in FIGURE_COLUMNS.items()
    ]
    return (*keys, *figures)


def rollup_rows(items: Sequence[GroupRollup]) -> list[dict[str, object]]:
    """Return the figures of each group by their paths; lists are left out."""
    return [dict(_flat(item.model_dump(mode="json"), "")) for item in items]


def _flat(members: Mapping[str, object], path: str) -> Iterator[tuple[str, object]]:
    for name, value in members.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        elif not isinstance(value, list):
            yield f"{path}{name}", value


def rollup_map(items: Sequence[GroupRollup], about: About, day: date, units: Units) -> bytes:
    """Return a collection with a feature for each province and kind.

    The outlines are those of the provinces of ``day``. The archipelagos, which the outlines leave
    out, are labelled points without figures.
    """
    outlines = outlines_on(day)
    names = [column.name for column in rollup_table([GroupKey.province_code])]
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
