"""Provinces as dated units, as clients query and read them."""

from datetime import date

from pydantic import BaseModel, Field

from app.core.types import Answer, Day


class UnitLink(Answer):
    """A predecessor or successor of a unit."""

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
    as_of_note: str | None = Field(description="Why this date, when none was requested.")


class ProvincePage(Answer):
    """The provinces that existed on a date, by code."""

    items: list[Province]
    next_cursor: str | None
    as_of: date


class ProvincesQuery(BaseModel):
    """Provinces as of a date."""

    as_of: Day | None = Field(default=None, description="The provinces of this date.")
