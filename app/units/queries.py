"""Reading the administrative units, and checking that a process has the current edition."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core.errors import UnitsChangedError
from app.core.messages import Template
from app.database.connections import Executor
from app.database.tables import REVISION_COUNTER
from app.units.tables import ADMIN_SUCCESSIONS, ADMIN_UNITS
from app.units.units import Succession, Unit, UnitLevel, Units

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
    units = (await connection.execute(_UNITS)).all()
    links = (await connection.execute(_SUCCESSIONS)).all()
    # Rows are taken apart by position: by name it takes twice as long, at each start of a process.
    return Units(map(_unit, units), map(_succession, links), edition)


def _unit(row: Sequence[Any]) -> Unit:
    level, code, name, type_, parent, valid_from, valid_to, iso_3166_2, longitude, latitude = row
    point = None if longitude is None else (longitude, latitude)
    return Unit(
        UnitLevel(level), code, name, type_, parent, valid_from, valid_to, iso_3166_2, point
    )


def _succession(row: Sequence[Any]) -> Succession:
    level, from_code, to_code, effective_on, extent = row
    return Succession(UnitLevel(level), from_code, to_code, effective_on, extent)


def check_units_edition(units: Units, edition: int) -> None:
    """Raise ``UnitsChangedError`` if the register has another edition of units by now.

    Call it when the revision counter is taken. Units without an edition belong to no register.
    """
    if units.edition not in {None, edition}:
        raise UnitsChangedError(_CHANGED(), headers={"Retry-After": "1"})
