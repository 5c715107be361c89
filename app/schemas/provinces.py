"""Provinces as dated units, and what documents say of them."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from app.schemas.observations import ObservationValue
from app.schemas.statements import StatementHead
from app.schemas.types import Answer


class UnitLink(Answer):
    """A unit that came before or after another."""

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None


class Province(Answer):
    """A province over one era of its code."""

    code: str
    name: str
    type: str
    iso_3166_2: str | None
    valid_from: date | None = Field(description="First day; null: since before the register.")
    valid_to: date | None = Field(description="Day on which it ended; null while it exists.")
    predecessors: list[UnitLink]
    successors: list[UnitLink]


class ProvinceDetail(Province):
    """One province, as of a date."""

    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was asked for.")


class ProvincePage(Answer):
    """The provinces that existed on a date, by code."""

    items: list[Province]
    next_cursor: str | None
    as_of: date


class ProvinceStatementWrite(StatementHead):
    """What a source says of a province."""

    observations: list[ObservationValue] = Field(default_factory=list, max_length=200)

    @model_validator(mode="after")
    def check_says_something(self) -> Self:
        """A statement without observations is a remark and needs its note."""
        if not self.observations and self.note is None:
            message = "give observations, or a note where the source only remarks something"
            raise ValueError(message)
        return self
