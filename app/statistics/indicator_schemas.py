"""Indicators and observations: their values by period and basis, and their series."""

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from app.core.messages import MessageError, Template
from app.core.numbers import Number, Quantity, Whole
from app.core.types import Answer, Body, Line, PeriodText
from app.core.vocabulary import AddsUp, Basis, DateBasis, PriceBase, Qualifier, SiteKind, Trend
from app.statistics.implied import ImplicationRule
from app.statistics.schemas import StatedValue

_RANGE_ONLY = Template(
    "statistics.value-to-with-range", "value_to goes with qualifier range, and only with it"
)
_NOT_IN_ORDER = Template("statistics.range-in-order", "value_to must be greater than value")


class ObservationValue(Body):
    """One indicator with its value."""

    indicator: Line = Field(description="Code of the indicator; see /v1/indicators.")
    value: Quantity = Field(
        description="In the indicator's unit; negative only where something grows or shrinks."
    )
    qualifier: Qualifier = Qualifier.exact
    value_to: Quantity | None = Field(default=None, description="Upper end, with qualifier range.")
    period: PeriodText | None = Field(
        default=None, description="What the value is about; without it the statement's own date."
    )
    pct_of_target: Quantity | None = Field(
        default=None,
        description="Where the source says how much of a target or plan this is, percent; "
        "6.51 % above it is 106.51.",
    )
    price_base: PriceBase | None = Field(
        default=None, description="The prices that money is counted at, where the source says it."
    )
    trend: Trend | None = Field(
        default=None,
        description="Where the source says which way this goes against the period before.",
    )

    @model_validator(mode="after")
    def check_range(self) -> Self:
        """Check that a range, and nothing else, has two ends, and in order."""
        if (self.qualifier is Qualifier.range) != (self.value_to is not None):
            raise MessageError(_RANGE_ONLY())
        if self.value_to is not None and self.value_to <= self.value:
            raise MessageError(_NOT_IN_ORDER())
        return self


def as_number(value: Decimal | None) -> float | None:
    """Return a decimal as the JSON number that shows it."""
    return None if value is None else float(value)


class Observation(Answer):
    """An indicator's value as one statement gives it."""

    province_code: str
    province_name: str
    indicator: str
    kind: SiteKind | None
    unit: str
    value: Number
    value_to: Number | None
    qualifier: Qualifier
    basis: Basis
    period: str
    period_from: date
    period_to: date
    pct_of_target: Number | None
    price_base: PriceBase | None = Field(
        description="As stated, or as the indicator is defined; null where unknown or no money."
    )
    trend: Trend | None
    effective_from: str
    date_basis: DateBasis
    source_id: str
    source_title: str
    statement_id: str
    in_force: bool = Field(
        description="False when a later or weightier statement superseded the value."
    )


class ObservationPage(Answer):
    """The observations of a province, by indicator, period and basis."""

    items: list[Observation]
    next_cursor: str | None
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole


class Indicator(Answer):
    """An entry of the indicator catalogue."""

    code: str
    kind: SiteKind | None
    unit: str
    name_vi: str
    name_en: str
    meaning: str = Field(description="What it means, in a sentence.")
    adds_up: AddsUp
    price_base: PriceBase | None = Field(
        description="The prices it is defined at; null where they are as stated, or no money."
    )
    part_of: str | None = Field(
        description="The whole that all indicators of the same part_group add up to."
    )
    part_group: str = Field(description="Names the breakdown of part_of; empty without one.")
    some_of: str | None = Field(
        description="The whole that it is some of, so that it is never more."
    )
    growth_of: str | None = Field(
        description="The level that this is the growth of, percent over the year before."
    )
    computed: bool = Field(description="Whether the register computes the same figure from sites.")


class IndicatorPage(Answer):
    """The indicator catalogue."""

    items: list[Indicator]
    next_cursor: str | None


class SeriesRevision(Answer):
    """One value of a series, as one statement gives it."""

    value: Number
    value_to: Number | None
    qualifier: Qualifier
    pct_of_target: Number | None
    trend: Trend | None
    effective_from: str
    date_basis: DateBasis
    source_id: str
    source_title: str
    statement_id: str
    known_from: Whole = Field(description="The revision that recorded it.")


class SeriesValue(Answer):
    """The value of a period with one basis and price base."""

    basis: Basis
    price_base: PriceBase | None
    in_force: SeriesRevision
    revisions: list[SeriesRevision] = Field(
        description="The values that were superseded, oldest first."
    )


class ImpliedValue(Answer):
    """A value that no document states, but that follows from stated ones."""

    value: Number = Field(description="Rounded to two decimals.")
    basis: Basis = Field(description="target, or the weaker basis of what it follows from.")
    price_base: PriceBase | None
    rule: ImplicationRule = Field(
        description="growth: from the level and the growth of the year after. "
        "pct_of_target: from a value that is said to be so much of its target."
    )
    formula: str = Field(description="How it is worked out, as in 2023.72 × 100 ÷ (100 + 13.38).")
    follows_from: list[StatedValue]


class SeriesPeriod(Answer):
    """A period of a series: what is stated of it, and what is implied."""

    period: str
    period_from: date
    period_to: date
    values: list[SeriesValue] = Field(
        description="By basis: actual, estimate, plan, target; then by price base."
    )
    implied: list[ImpliedValue]


class IndicatorSeries(Answer):
    """One indicator of a province over its periods, earliest first."""

    province_code: str
    province_name: str
    indicator: Indicator
    items: list[SeriesPeriod]
    next_cursor: str | None
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole
