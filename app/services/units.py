"""Administrative units: refusing codes that named nothing on a day, and loading the tables."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.units import UnitLevel, Units
from app.errors import BadBodyError
from app.repositories.places import read_units
from app.repositories.provinces import explain_unit
from app.repositories.tables import ADMIN_SUCCESSIONS, ADMIN_UNITS, REVISION_COUNTER
from app.services.rebuilding import Progress, rebuild_in

_FILES = (
    ("admin-units.csv", ADMIN_UNITS),
    ("admin-successions.csv", ADMIN_SUCCESSIONS),
)


def refuse_unit(units: Units, level: UnitLevel, code: str, day: date, pointer: str) -> NoReturn:
    """Refuse a code in a body."""
    detail, members = explain_unit(units, level, code, day)
    raise BadBodyError.of(pointer, detail, members=members)


async def load_units(
    database: Database, folder: Path, show: Callable[[Progress], None] | None = None
) -> bool:
    """Make the tables of units equal to the files in a folder; tell whether anything changed.

    Where it did, the projections are made anew in the same transaction, so that no reader meets
    new units with projections made by the old ones; ``show`` is told how far that is.
    """
    async with database.write() as session:
        # Taken first, as by every write: each is made by the units from before or by the new ones.
        await session.execute(select(REVISION_COUNTER).with_for_update())
        changed = [
            await _replace(session, table, list(_read(folder / name, table)))
            for name, table in _FILES
        ]
        if not any(changed):
            return False
        edition = REVISION_COUNTER.c.units_edition
        await session.execute(update(REVISION_COUNTER).values(units_edition=edition + 1))
        async for progress in rebuild_in(session, await read_units(session)):
            if show is not None:
                show(progress)
        return True


async def _replace(session: AsyncSession, table: Table, rows: list[dict[str, Any]]) -> bool:
    columns = [table.c[name] for name in rows[0]]
    present = {tuple(row) for row in (await session.execute(select(*columns))).all()}
    if present == {tuple(row.values()) for row in rows}:
        return False
    await session.execute(delete(table))
    await session.execute(insert(table), rows)
    return True


def _read(path: Path, table: Table) -> Iterator[dict[str, Any]]:
    names = [column.key for column in table.c if column.key != "id"]
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: _value(name, row[name]) for name in names}


def _value(name: str, text: str) -> Any:
    if text == "":
        return None
    if name in {"longitude", "latitude"}:
        return Decimal(text)
    is_date = name in {"valid_from", "valid_to", "effective_on"}
    return date.fromisoformat(text) if is_date else text
