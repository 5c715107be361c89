"""Administrative units and provinces as dated units, as clients query and read them."""

from datetime import date

from pydantic import BaseModel, Field

from app.core.query_parameters import PageQuery, SearchWords
from app.core.types import Answer, Day, Line
from app.units.units import UnitLevel


class UnitLink(Answer):
    """A predecessor or successor of a unit."""

    code: str
    name: str
    valid_from: date | None = Field(description="First day; null: since before the register.")
    valid_to: date | None = Field(description="Day on which it ended; null while it exists.")


class DatedUnit(UnitLink):
    """A unit over one era of its code."""

    type: str
    predecessors: list[UnitLink]
    successors: list[UnitLink]


class Province(DatedUnit):
    """A province over one era of its code."""

    iso_3166_2: str | None


class ProvinceDetail(Province):
    """One province, as of a date."""

    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")


class ProvincePage(Answer):
    """The provinces that existed on a date, by code."""

    items: list[Province]
    next_cursor: str | None
    as_of: date


class ProvinceQuery(BaseModel):
    """A province as of a date."""

    as_of: Day | None = Field(default=None, description="The provinces of this date.")


class ProvincesQuery(ProvinceQuery):
    """Provinces as of a date, by name."""

    q: SearchWords = None


class AdministrativeUnit(DatedUnit):
    """A province, district or commune over one era of its code."""

    level: UnitLevel
    label: str = Field(description="The name with what the unit is, as in Xã Quảng Chu.")
    province_code: str | None = Field(description="The province that it lies in, or is.")
    province_name: str | None
    district_code: str | None = Field(description="Null where there are no districts.")
    district_name: str | None


class AdministrativeUnitPage(Answer):
    """Units that match, best first.

    The whole name comes before a part of one, then a higher level before a lower one, and what
    exists before what has ended.
    """

    items: list[AdministrativeUnit]
    next_cursor: str | None
    as_of: date | None = Field(description="The date that was requested; null: of all times.")


class UnitsQuery(PageQuery):
    """Units by name, level, province and date."""

    q: Line | None = Field(
        default=None,
        description="Words of a name, with or without what the unit is (xã, TP, huyện); case, "
        "accents, đ and older spellings (Bắc Cạn, Đắc Lắc, Kontum) do not count.",
    )
    level: UnitLevel | None = Field(default=None, description="Only units of this level.")
    province_code: str | None = Field(
        default=None, description="Only units in a province that had this code.", max_length=10
    )
    as_of: Day | None = Field(
        default=None, description="Only units that existed on this date; of all times when absent."
    )
