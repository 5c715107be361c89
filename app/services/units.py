"""Administrative units: refusing codes that named nothing on a day, and loading the tables."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.units import UnitLevel, Units
from app.errors import BadBodyError
from app.repositories.provinces import explain_unit
from app.repositories.tables import ADMIN_SUCCESSIONS, ADMIN_UNITS


def refuse_unit(units: Units, level: UnitLevel, code: str, day: date, pointer: str) -> NoReturn:
    """Refuse a code in a body."""
    detail, members = explain_unit(units, level, code, day)
    raise BadBodyError.of(pointer, detail, members=members)


async def load_units(database: Database, folder: Path) -> bool:
    """Make the tables of units equal to the files in a folder; tell whether anything changed."""
    wanted = [
        (ADMIN_UNITS, list(_read(folder / "admin-units.csv", ADMIN_UNITS))),
        (ADMIN_SUCCESSIONS, list(_read(folder / "admin-successions.csv", ADMIN_SUCCESSIONS))),
    ]
    async with database.write() as session:
        changed = [await _replace(session, table, rows) for table, rows in wanted]
    return any(changed)


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
    is_date = name in {"valid_from", "valid_to", "effective_on"}
    return date.fromisoformat(text) if is_date else text
