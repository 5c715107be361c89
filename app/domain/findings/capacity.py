"""The design capacity of a project: a number that means something with its unit and period."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.findings.spans import rounded
from app.domain.findings.wording import Text, amount, code_name
from app.domain.indicators import Unit
from app.domain.vocabulary import CapacityPeriod, SubjectType

_A_YEAR = {CapacityPeriod.year: Decimal(1), CapacityPeriod.month: Decimal(12)}
"""How often a period comes in a year; how many days a plant works is its own affair."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A capacity as one statement gives it; the unit is text, and either may be unknown."""

    value: Decimal
    unit: str | None
    period: str | None

    @property
    def rate(self) -> str:
        """The unit over the period, as in t/year."""
        unit = self.unit or Unit.number
        return f"{unit}/{self.period}" if self.period else str(unit)

    @property
    def text(self) -> Text:
        """Write it in both languages."""
        unit = f" {self.unit}" if self.unit else ""
        words = amount(self.value, "") + Text(unit, unit)
        if self.period is None:
            return words
        per = code_name("design_capacity_period", self.period, SubjectType.project)
        return words + Text(f" {per.vi}", f" {per.en}")

    def contradicts(self, other: "Capacity") -> bool:
        """Tell whether two capacities differ by more than rounding.

        Those of different units, or of periods that cannot be converted, cannot be compared.
        """
        if self.unit != other.unit:
            return False
        one, two = Decimal(1), Decimal(1)
        if self.period != other.period:
            if self.period not in _A_YEAR or other.period not in _A_YEAR:
                return False
            one, two = _A_YEAR[CapacityPeriod(self.period)], _A_YEAR[CapacityPeriod(other.period)]
        if self.value * one == other.value * two:
            return False
        return not rounded(self.value).times(one).overlaps(rounded(other.value).times(two))
