"""Whether the file of a register is whole, and whether its rows refer to others that are there."""

from sqlalchemy import exists, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.database import Database, is_sqlite

_MOST_FAULTS = 10
_LOOSE = "a row of {} refers to no row of {}"


async def file_faults(database: Database) -> list[str]:
    """Return the faults that SQLite finds in its file, or else rows that refer to nothing.

    The files of a server are not checked: it looks after them itself.
    """
    try:
        async with database.read(at_length=True) as connection:
            if not is_sqlite(database.url):
                return await _orphans(connection)
            rows = await connection.execute(text(f"PRAGMA integrity_check({_MOST_FAULTS})"))
            faults = [row[0] for row in rows.all() if row[0] != "ok"]
            return faults or await _loose_rows(connection)
    except OperationalError:
        raise
    except DatabaseError as error:
        # So damaged that it cannot even be checked.
        return [str(error.orig)]


async def _loose_rows(connection: AsyncConnection) -> list[str]:
    found = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    return [_LOOSE.format(row[0], row[2]) for row in found[:_MOST_FAULTS]]


async def _orphans(connection: AsyncConnection) -> list[str]:
    """Return the foreign keys of which a row refers to nothing: no server looks for them later."""
    keys = [key for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys]
    found = []
    for key in keys:
        named = key.column.table.alias("named")
        missing = ~exists().where(named.c[key.column.name] == key.parent)
        query = select(key.parent).where(key.parent.is_not(None), missing).limit(1)
        if (await connection.execute(query)).first() is not None:
            found.append(_LOOSE.format(key.parent.table.name, key.column.table.name))
    return found
