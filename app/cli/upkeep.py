"""`icr migrate` and `icr rebuild`."""

import asyncio

from app.cli.common import OUT, opened_database, read_settings, ready, rebuilding
from app.database import Database
from app.repositories.places import read_units
from app.services.rebuilding import rebuild as rebuild_all
from app.services.schema import current, head
from app.services.schema import migrate as migrate_schema
from app.services.units import load_units


def migrate() -> None:
    """Bring the database to this release: its tables, and the administrative units.

    Where the units changed, the projections are made anew, since places are told by them.
    """

    async def run() -> None:
        settings = read_settings()
        async with opened_database() as database:
            before = await current(database)
            await migrate_schema(database)
            OUT.print(f"Schema: {before or 'empty'} → {head()}.")
            with rebuilding("Loading units") as show:
                folder = settings.seeds_dir / "units"
                changed = await load_units(database, folder, show)
            OUT.print("Administrative units: " + ("loaded." if changed else "unchanged."))
            if changed:
                OUT.print(f"Projections rebuilt: {show.rows} rows.")

    asyncio.run(run())


def rebuild() -> None:
    """Make the projections anew from the ledger; afterwards they are as they were."""

    async def run() -> None:
        async with opened_database() as database:
            await ready(database)
            await _rebuild(database)

    asyncio.run(run())


async def _rebuild(database: Database) -> None:
    async with database.read() as connection:
        units = await read_units(connection)
    with rebuilding("Rebuilding") as show:
        async for step in rebuild_all(database, units):
            show(step)
    OUT.print(f"Projections rebuilt: {show.rows} rows.")
