"""Observations: the value of an indicator of a province, for a period and with a basis."""

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from app.domain.vocabulary import (
    Basis,
    DateBasis,
    PriceBase,
    Qualifier,
    SiteKind,
    Trend,
)
from app.schemas.numbers import Number, Quantity, Whole
from app.schemas.types import Answer, Body, Line, PeriodText


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
        """A range has two ends, in order, and nothing else has."""
        if (self.qualifier is Qualifier.range) != (self.value_to is not None):
            message = "value_to goes with qualifier range, and only with it"
            raise ValueError(message)
        if self.value_to is not None and self.value_to <= self.value:
            message = "value_to must be greater than value"
            raise ValueError(message)
        return self


class Observation(Answer):
    """An indicator's value as one statement gives it."""

    province_code: str
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
    as_of_note: str | None
    revision: Whole


def as_number(value: Decimal | None) -> float | None:
    """Turn a decimal into the JSON number that shows it."""
    return None if value is None else float(value)
