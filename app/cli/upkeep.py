"""`icr migrate` and `icr rebuild`."""

import asyncio
from typing import Annotated

import typer
from alembic.util import CommandError

from app.cli.common import ERR, OUT, opened_database, read_settings, ready, rebuilding
from app.database import Database
from app.errors import RegistryError
from app.migrations.triggers import renew_guards
from app.repositories.places import read_units
from app.services.rebuilding import rebuild as rebuild_all
from app.services.schema import (
    change,
    current,
    differences,
    downgrade,
    known,
    missing_guards,
)
from app.services.schema import migrate as migrate_schema
from app.services.units import load_units

_NOTHING = "base"
"""What Alembic calls a database without tables."""


def migrate(
    to: Annotated[
        str | None,
        typer.Option(
            help="Go back to this migration, as in 0006. The ledger is kept; a step that would "
            "lose keys or what the audit log tells is refused."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Change nothing; fail if the schema is not that of this release.")
    ] = False,
) -> None:
    """Bring the database to this release: its tables, and the administrative units.

    Where the units changed, the projections are made anew, since places are told by them. The
    service may go on meanwhile. After going back and forth again, run icr rebuild.
    """
    if to is not None:
        _check_target(to, check=check)

    async def run() -> None:
        settings = read_settings()
        async with opened_database(may_be_new=not check and to is None) as database:
            if check:
                await ready(database)
                raise typer.Exit(1 if await _tell_differences(database) else 0)
            before = await current(database)
            if to not in {None, _NOTHING} and str(to) > (before or ""):
                ERR.print(f"The schema is at {before or 'no migration'}; icr migrate goes forward.")
                raise typer.Exit(2)
            await _change_schema(database, to)
            OUT.print(f"Schema: {before or 'empty'} → {await current(database)}.")
            if to is not None:
                return
            if gone := await missing_guards(database):
                await change(database, renew_guards)
                OUT.print(f"Triggers made anew that were missing or off: {', '.join(gone)}.")
            await _tell_differences(database)
            with rebuilding("Loading units") as show:
                folder = settings.seeds_dir / "units"
                changed = await load_units(database, folder, show)
            OUT.print("Administrative units: " + ("loaded." if changed else "unchanged."))
            if changed:
                OUT.print(f"Projections rebuilt: {show.rows} rows.")

    asyncio.run(run())


def _check_target(to: str, *, check: bool) -> None:
    if check:
        raise typer.BadParameter("nothing is changed by --check: leave one of them out")
    if to not in {*known(), _NOTHING}:
        message = f"there is no migration {to}; there are {', '.join(sorted(known()))}"
        raise typer.BadParameter(message, param_hint="--to")


async def _change_schema(database: Database, to: str | None) -> None:
    try:
        await (migrate_schema(database) if to is None else downgrade(database, to))
    except (CommandError, RegistryError, RuntimeError) as error:
        ERR.print(f"The schema is as it was: {error}")
        raise typer.Exit(1) from error


async def _tell_differences(database: Database) -> bool:
    """Say where the schema is not that of the models, as after a change by hand."""
    found = await differences(database)
    for difference in found:
        ERR.print(f"Not as in this release: {difference}")
    return bool(found)


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
