"""The catalogue of indicators, and the series of one of them."""

from datetime import date

from pydantic import Field

from app.domain.implied import ImplicationRule
from app.domain.vocabulary import (
    AddsUp,
    Basis,
    DateBasis,
    PriceBase,
    Qualifier,
    SiteKind,
    Trend,
)
from app.schemas.numbers import Number, Whole
from app.schemas.rollups import StatedValue
from app.schemas.types import Answer


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
    indicator: Indicator
    items: list[SeriesPeriod]
    next_cursor: str | None
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was asked for.")
    revision: Whole
