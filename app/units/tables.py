"""Administrative units and their successions: dated reference data, loaded by ``icr migrate``."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, select
from sqlmodel import Field, SQLModel

from app.core.errors import UnitsChangedError
from app.core.garbage import uncollected
from app.core.messages import Template
from app.database.connections import AnyRow, Executor
from app.database.tables import REVISION_COUNTER, DegreesType, code_check, table_of
from app.units.units import Succession, Unit, UnitLevel, Units


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


_CHANGED = Template(
    "units.changed",
    "The administrative units were changed since this process read them. Nothing was recorded; "
    "send it again.",
)


_UNITS = select(*[column for column in ADMIN_UNITS.c if not column.primary_key])
_SUCCESSIONS = select(*ADMIN_SUCCESSIONS.c)


async def read_units(connection: Executor) -> Units:
    """Return all units and successions; they are few and rarely change, so they stay in memory."""
    edition = (await connection.execute(select(REVISION_COUNTER.c.units_edition))).scalar_one()
    # Rows are taken apart by position: by name it takes twice as long, at each start of a process.
    with uncollected():
        units = (await connection.execute(_UNITS)).all()
        links = (await connection.execute(_SUCCESSIONS)).all()
        return Units(map(_unit, units), map(_succession, links), edition)


def _unit(row: AnyRow) -> Unit:
    level, code, name, type_, parent, valid_from, valid_to, iso_3166_2, longitude, latitude = row
    point = None if longitude is None else (longitude, latitude)
    return Unit(
        UnitLevel(level), code, name, type_, parent, valid_from, valid_to, iso_3166_2, point
    )


def _succession(row: AnyRow) -> Succession:
    level, from_code, to_code, effective_on, extent = row
    return Succession(UnitLevel(level), from_code, to_code, effective_on, extent)


def check_units_edition(units: Units, edition: int) -> None:
    """Raise ``UnitsChangedError`` if the register has another edition of units by now.

    Call it when the revision counter is taken. Units without an edition belong to no register.
    """
    if units.edition not in {None, edition}:
        raise UnitsChangedError(_CHANGED(), headers={"Retry-After": "1"})
