"""The lines of the report on clusters (Thông tư 14/2024/TT-BCT, forms 03 and 04).

Their words are those by which imports know them (``app/data/import-form-lines.csv``). Here is which
clusters a line is about and what of them it adds up, where no counterpart of its indicator says so.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from app.core.vocabulary import Stage, WastewaterTreatment
from app.imports.forms import TABLE
from app.subjects.derived import ESTABLISHED
from app.subjects.histories import Values

Taken = Callable[[Values], bool | None]
"""Whether a line is about a cluster in a state; ``None`` where what decides it is unknown."""
UNITS = {
    "clusters": ("Cụm", "Clusters"),
    "ha": ("ha", "ha"),
    "billion_vnd": ("Tỷ đồng", "Billion VND"),
    "pct": ("%", "%"),
    "projects": ("Dự án", "Projects"),
    "people": ("Người", "People"),
}
"""What a line is given in, in Vietnamese and in English."""
HEADINGS = {
    "1": ("I", "Phương án phát triển cụm công nghiệp", "Plan of clusters"),
    "3": (
        "II",
        "Thành lập, đầu tư xây dựng hạ tầng kỹ thuật cụm công nghiệp",
        "Establishment of clusters, and investment in their infrastructure",
    ),
    "15": ("III", "Hoạt động của các cụm công nghiệp", "Operation of clusters"),
}
"""The headings, by the number of the line that they stand before."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number, the code of its indicator, its unit, and its words in Vietnamese."""

    number: str
    indicator: str
    unit: str
    text: str


@cache
def lines() -> tuple[Line, ...]:
    """Return the lines in the order of the form."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Line(line["number"], line["line"], line["unit"], line["text"])
            for line in csv.DictReader(file)
        )


def _any(_cluster: Values) -> bool:
    return True


def _knows(name: str) -> Taken:
    """Take in a cluster of which something is known: that it is not known does not say no."""
    return lambda cluster: None if cluster[name] is None else True


def _operating(*, established: bool) -> Taken:
    def taken(cluster: Values) -> bool | None:
        if cluster["stage"] != Stage.operating:
            return False
        status = cluster["legal_status"]
        return None if status is None else (status in ESTABLISHED) is established

    return taken


def _treating(*codes: WastewaterTreatment) -> Taken:
    def taken(cluster: Values) -> bool | None:
        treatment = cluster["wastewater_treatment"]
        return None if treatment is None else treatment in codes

    return taken


OF_OPERATING = frozenset({"cluster_industrial_land_ha", "cluster_occupancy_pct"})
"""Indicators of all clusters whose lines are about those that operate (17 and 19)."""
_INVESTMENT = "infrastructure_investment_vnd"
COMPUTED: dict[str, tuple[Taken, str | None]] = {
    "cluster_detailed_plan_count": (_knows("detailed_plan_area_ha"), None),
    "cluster_detailed_plan_area_ha": (_any, "detailed_plan_area_ha"),
    "cluster_infrastructure_project_count": (_knows(_INVESTMENT), None),
    "cluster_infrastructure_project_area_ha": (_knows(_INVESTMENT), "area_ha"),
    "cluster_infrastructure_approved_capital": (_any, _INVESTMENT),
    "cluster_operating_established_count": (_operating(established=True), None),
    "cluster_operating_established_area_ha": (_operating(established=True), "area_ha"),
    "cluster_operating_not_established_count": (_operating(established=False), None),
    "cluster_operating_not_established_area_ha": (_operating(established=False), "area_ha"),
    "cluster_tenants_count": (_any, "tenants"),
    "cluster_tenants_foreign_count": (_any, "tenants_foreign"),
    "cluster_tenants_operating_count": (_any, "tenants_operating"),
    "cluster_revenue": (_any, "revenue_vnd"),
    "cluster_budget_contribution": (_any, "budget_vnd"),
    "cluster_workers_count": (_any, "workers"),
    "cluster_wastewater_built_count": (
        _treating(
            WastewaterTreatment.under_construction,
            WastewaterTreatment.built,
            WastewaterTreatment.compliant,
        ),
        None,
    ),
    "cluster_wastewater_compliant_count": (_treating(WastewaterTreatment.compliant), None),
}
"""By indicator: which clusters are taken in, and the attribute added up; ``None`` counts them."""
