"""An indicator: its code, unit and names, and how its values relate to those of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AddsUp, PriceBase, SiteKind
from app.subjects.derived import UNCOUNTED

MONEY = frozenset({UnitOfMeasure.billion_vnd, UnitOfMeasure.million_usd})
"""The units whose values are counted at the prices of some year."""


class Measure(StrEnum):
    """The quantity of sites that a computed counterpart adds up or averages."""

    number = "count"
    area = "area"
    leased = "leased"
    industrial_land = "industrial_land"
    occupancy = "occupancy"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A measure computed over the sites whose ``track`` is among ``codes``.

    An empty ``track`` takes in every site that sums count.
    """

    measure: Measure
    track: str = ""
    codes: frozenset[str] = frozenset()

    def takes_in(self, codes: Mapping[str, object]) -> bool:
        """Return whether a site with these codes counts; by legal status one of any stage does."""
        if self.track and codes.get(self.track) not in self.codes:
            return False
        return self.track == "legal_status" or codes.get("stage") not in UNCOUNTED


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its code, the kind of site it is about (``None`` for all), unit and names.

    ``price_base`` is the base that money is defined at, ``None`` where it is as stated. All
    indicators with the same ``part_of`` and ``part_group`` are together the parts of that whole;
    one that is ``some_of`` another is never more than that.
    ``growth_of`` is the level that this is the growth of over the year before. What grows may
    also shrink, so values with ``is_growth`` may be negative. What a plan foresees, ``is_planned``,
    is never an actual value.
    """

    code: str
    kind: SiteKind | None
    unit: UnitOfMeasure
    name_vi: str
    name_en: str
    meaning: str
    adds_up: AddsUp
    counterpart: Counterpart | None = None
    price_base: PriceBase | None = None
    part_of: str | None = None
    part_group: str = ""
    some_of: str | None = None
    growth_of: str | None = None
    is_growth: bool = False
    is_planned: bool = False

    @property
    def is_share(self) -> bool:
        """Whether the value is a part of a whole, and so at most 100 percent."""
        return self.unit is UnitOfMeasure.percent and not self.is_growth
