"""Administrative units and their successions: dated reference data, loaded by ``icr migrate``."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.database.tables import DegreesType, code_check, table_of
from app.units.units import UnitLevel


class AdminUnit(SQLModel, table=True):
    """One unit over its life; a date of NULL means no known bound."""

    __tablename__ = "admin_unit"
    __table_args__ = (
        code_check("admin_unit", "level", UnitLevel),
        Index("ux_admin_unit", "level", "code", "valid_from", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    level: str
    code: str
    name: str
    type: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    iso_3166_2: str | None
    longitude: Decimal | None = Field(sa_type=DegreesType)
    latitude: Decimal | None = Field(sa_type=DegreesType)


class AdminSuccession(SQLModel, table=True):
    """Which unit became which, from which day, whole or in part."""

    __tablename__ = "admin_succession"
    __table_args__ = (code_check("admin_succession", "level", UnitLevel),)

    level: str = Field(primary_key=True)
    from_code: str = Field(primary_key=True)
    to_code: str = Field(primary_key=True)
    effective_on: date = Field(primary_key=True)
    extent: str


ADMIN_SUCCESSIONS = table_of(AdminSuccession)
ADMIN_UNITS = table_of(AdminUnit)
