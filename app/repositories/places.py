"""Reading the administrative units."""

from typing import Any

from sqlalchemy import Row, select

from app.domain.geometry import Degrees
from app.domain.units import Succession, Unit, UnitLevel, Units
from app.repositories.snapshots import Executor
from app.repositories.tables import ADMIN_SUCCESSIONS, ADMIN_UNITS, REVISION_COUNTER


async def read_units(connection: Executor) -> Units:
    """Return all units and successions; they are few and change seldom, so they stay in memory."""
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
