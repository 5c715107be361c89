"""Sets of established clusters, and totals stated of them."""

from typing import Any

from app.findings import Finding, ProvinceFacts, SubjectFacts
from tests.findings.builders import cluster, facts, found, said, stated

COUNT, AREA = "count_total_differs", "area_total_differs"
SET, REMAINDER = "set_does_not_add_up", "remainder_breaks_size_limits"
NESTED, RATE = "nested_totals_differ", "occupancy_total_differs"
TOTALS = (COUNT, AREA, SET, REMAINDER, NESTED, RATE)


def of_area(*areas: str | None, **values: Any) -> list[SubjectFacts]:
    """Make established clusters with these areas, ``None`` for unknown."""
    return [
        cluster(
            f"C{place}",
            said("2020", legal_status="established", **values),
            *([said("2020", area_ha=area)] if area else []),
        )
        for place, area in enumerate(areas, 1)
    ]


def with_total(
    sites: list[SubjectFacts], area: str, count: int | None = None, **other: Any
) -> ProvinceFacts:
    observed = [stated("cluster_established_area_ha", area, "2023-12", **other)]
    if count is not None:
        observed.append(stated("cluster_established_count", count, "2023-12"))
    return facts(*sites, observed=observed)


def of_totals(about: ProvinceFacts) -> list[Finding]:
    return [finding for code in TOTALS for finding in found(code, about)]
