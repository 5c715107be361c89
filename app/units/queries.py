"""Reading the administrative units, and checking that a process has the current edition."""

from typing import Any

from sqlalchemy import Row, select

from app.core.errors import UnitsChangedError
from app.core.geometry import Degrees
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


async def read_units(connection: Executor) -> Units:
    """Return all units and successions; they are few and rarely change, so they stay in memory."""
    edition = (await connection.execute(select(REVISION_COUNTER.c.units_edition))).scalar_one()
    units = (await connection.execute(select(ADMIN_UNITS))).all()
    links = (await connection.execute(select(ADMIN_SUCCESSIONS))).all()
    return Units(
        (
            Unit(
                level=UnitLevel(row.level),
                code=row.code,
                name=row.name,
                type=row.type,
                parent_code=row.parent_code,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                iso_3166_2=row.iso_3166_2,
                point=_point(row),
            )
            for row in units
        ),
        (
            Succession(
                UnitLevel(row.level), row.from_code, row.to_code, row.effective_on, row.extent
            )
            for row in links
        ),
        edition,
    )


def _point(row: Row[Any]) -> Degrees | None:
    return None if row.longitude is None else (row.longitude, row.latitude)


def check_units_edition(units: Units, edition: int) -> None:
    """Raise ``UnitsChangedError`` if the register has another edition of units by now.

    Call it when the revision counter is taken. Units without an edition belong to no register.
    """
    if units.edition not in {None, edition}:
        raise UnitsChangedError(_CHANGED(), headers={"Retry-After": "1"})
