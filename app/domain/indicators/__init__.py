"""The indicators of a province: what documents state of it as a whole.

The code of an indicator says what is counted and, for areas, counts and percentages, the unit.
Where the register can compute the same figure from its sites, the indicator names that
``Counterpart``.
"""

from app.domain.indicators.craft_villages import CRAFT_VILLAGE_INDICATORS
from app.domain.indicators.economy import ECONOMY_INDICATORS
from app.domain.indicators.model import MONEY, Counterpart, Indicator, Measure, Unit
from app.domain.indicators.sites import (
    SITE_INDICATORS,
    planned_area_code,
    planned_count_code,
)
from app.domain.indicators.support import SUPPORT_INDICATORS

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *SITE_INDICATORS,
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
    "Unit",
    "planned_area_code",
    "planned_count_code",
]
