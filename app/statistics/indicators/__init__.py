"""The indicators of a province: figures that documents state of it as a whole.

The code of an indicator names its subject and, for areas, counts and percentages, the unit.
Where the register can compute the same figure from its sites, the indicator names that
``Counterpart``.
"""

from app.statistics.indicators.cluster_report import CLUSTER_REPORT_INDICATORS
from app.statistics.indicators.craft_villages import CRAFT_VILLAGE_INDICATORS
from app.statistics.indicators.economy import ECONOMY_INDICATORS
from app.statistics.indicators.indicator import MONEY, Counterpart, Indicator, Measure
from app.statistics.indicators.sites import SITE_INDICATORS, planned_area_code, planned_count_code
from app.statistics.indicators.support import SUPPORT_INDICATORS

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *SITE_INDICATORS,
        *CLUSTER_REPORT_INDICATORS,
        *CRAFT_VILLAGE_INDICATORS,
        *ECONOMY_INDICATORS,
        *SUPPORT_INDICATORS,
    )
}
"""The catalogue, by code."""
__all__ = [
    "INDICATORS",
    "MONEY",
    "Counterpart",
    "Indicator",
    "Measure",
    "planned_area_code",
    "planned_count_code",
]
