"""`icr migrate`, `icr rebuild` and `icr seed`."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated

import typer
from alembic.util import CommandError
from rich.progress import Progress

from app.cli.common import (
    ERR,
    OUT,
    changing_database,
    check_migrated,
    opened_database,
    read_settings,
    ready,
    rebuilding,
)
from app.core.errors import RegistryError
from app.core.settings import Settings
from app.database import Database
from app.database.schema import change, current, differences, downgrade, known, missing_guards
from app.database.schema import draft as draft_migration
from app.database.schema import migrate as migrate_schema
from app.database.triggers import renew_guards
from app.entry.seeding import Outcome, Result, load_set, read_set
from app.ledger.revisions import Writer
from app.units.tables import read_units
from app.units.units import Units
from app.upkeep.accounting import account
from app.upkeep.carrying import changed_answers
from app.upkeep.rebuilding import load_units
from app.upkeep.rebuilding import rebuild as rebuild_all


def seed(
    sets: Annotated[
        list[str] | None,
        typer.Argument(help="Seed sets to load: folders in seeds/. Without any: documents."),
    ] = None,
    author: Annotated[str, typer.Option(help="Author of the revisions.")] = "icr seed",
) -> None:
    """Record the facts of seed sets. Loading again changes nothing.

    The set "documents" holds the facts of the five source documents; "outside" holds facts from
    elsewhere about the same places, and is loaded only when named.
    """
    asyncio.run(_seed(sets or ["documents"], author, read_settings()))


async def _seed(sets: list[str], author: str, settings: Settings) -> None:
    async with changing_database() as database:
        writer = Writer(database, await ready(database), author)
        refused = 0
        for name in sets:
            try:
                outcomes = await _load(writer, settings.seeds_dir, name)
            except RegistryError as error:
                ERR.print(str(error))
                raise typer.Exit(2) from error
            refused += _report(name, outcomes)
    if refused:
        raise typer.Exit(1)


async def _load(writer: Writer, seeds: Path, name: str) -> list[Outcome]:
    outcomes = []
    with Progress(console=ERR, transient=True) as progress:
        task = progress.add_task(f"Seeding {name}", total=len(read_set(seeds, name)))
        async for outcome in load_set(writer, seeds, name):
            outcomes.append(outcome)
            progress.advance(task)
    return outcomes


def _report(name: str, outcomes: list[Outcome]) -> int:
    """Print what became of a set; return how many entries were refused."""
    for outcome in outcomes:
        if outcome.result is Result.refused:
            entry = outcome.entry
            ERR.print(f"Refused: {entry.file}.toml, {entry.label}: {outcome.detail}")
    counts = Counter((outcome.entry.file, outcome.result) for outcome in outcomes)
    for file in dict.fromkeys(outcome.entry.file for outcome in outcomes):
        counted = [f"{counts[file, result]} {result}" for result in Result if counts[file, result]]
        if counted:
            OUT.print(f"{name}/{file}: {', '.join(counted)}")
    return sum(outcome.result is Result.refused for outcome in outcomes)


def draft(
    title: Annotated[str, typer.Argument(help="What the migration does, in a few words.")],
) -> None:
    """Write the migration that a change of the models needs (for developers).

    The database must be at the newest migration. Constraints of code lists are added by hand.
    """

    async def run() -> None:
        async with opened_database() as database:
            await check_migrated(database)
            await draft_migration(database, title)

    asyncio.run(run())


_CARRIED_AT = "0027"
_REBUILT_AT = ("0013", "0015", "0016", "0017", "0018", "0020", "0022", "0025", "0026", "0028")
"""The migration with the columns that projections are rebuilt with, and those that say that they
were rebuilt by the rules of now."""
_NOTHING = "base"
"""What Alembic calls a database without tables."""


def migrate(
    to: Annotated[
        str | None,
        typer.Option(
            help="Go back to this migration, as in 0006. The ledger is kept; a step that would "
            "lose keys or audit entries is refused."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Change nothing; fail if the schema is not that of this release.")
    ] = False,
) -> None:
    """Bring the database to this release: its tables, and the administrative units.

    Where tables or units changed, the projections are made anew, since they follow from the rules
    of the release and from the units. The service may go on meanwhile. After going back, run icr
    rebuild of the release that you went back to.
    """
    if to is not None:
        _check_target(to, check=check)

    async def run() -> None:
        if check:
            async with opened_database() as database:
                await check_migrated(database)
                raise typer.Exit(1 if await _report_differences(database) else 0)
        async with changing_database(may_be_new=to is None) as database:
            await _migrate(database, to)

    asyncio.run(run())


async def _migrate(database: Database, to: str | None) -> None:
    before = await current(database)
    if to not in {None, _NOTHING} and str(to) > (before or ""):
        ERR.print(f"The schema is at {before or 'no migration'}; icr migrate goes forward.")
        raise typer.Exit(2)
    is_rebuilt = before is None or before in _REBUILT_AT or before > max(_REBUILT_AT)
    if to is None and not is_rebuilt:
        await _change_schema(migrate_schema(database, _CARRIED_AT))
        await _carry_over(database)
    await _change_schema(migrate_schema(database) if to is None else downgrade(database, to))
    OUT.print(f"Schema: {before or 'empty'} → {await current(database)}.")
    if to is not None:
        return
    if gone := await missing_guards(database):
        await change(database, renew_guards)
        OUT.print(f"Triggers made anew that were missing or off: {', '.join(gone)}.")
    await _report_differences(database)
    with rebuilding("Loading units") as show:
        changed = await load_units(database, read_settings().seeds_dir / "units", show)
    OUT.print("Administrative units: " + ("loaded." if changed else "unchanged."))
    if changed:
        OUT.print(f"Projections rebuilt: {show.rows} rows.")
    if named := await account(database):
        OUT.print(f"Not yet in the chain of the audit log, and now are: {', '.join(named)}.")


async def _carry_over(database: Database) -> None:
    """Rebuild the projections by the rules of this release, and say which answers change."""
    async with database.read() as connection:
        units = await read_units(connection)
    changes = [one async for one in changed_answers(database, units)]
    await _rebuild(database, units)
    counts = Counter(one.attribute for one in changes)
    subjects = len({one.subject for one in changes})
    OUT.print(
        f"Answers that change by the rules of this release: {len(changes)} of {subjects} subjects."
    )
    for name, count in counts.most_common():
        OUT.print(f"  {name}: {count}")
    for one in changes:
        OUT.print(f"  {one}")


def _check_target(to: str, *, check: bool) -> None:
    if check:
        raise typer.BadParameter("nothing is changed by --check: leave one of them out")
    if to not in {*known(), _NOTHING}:
        message = f"there is no migration {to}; there are {', '.join(sorted(known()))}"
        raise typer.BadParameter(message, param_hint="--to")


async def _change_schema(change: Awaitable[None]) -> None:
    try:
        await change
    except (CommandError, RegistryError, RuntimeError) as error:
        ERR.print(f"The schema is as it was: {error}")
        raise typer.Exit(1) from error


async def _report_differences(database: Database) -> bool:
    """Say where the schema is not that of the models, as after a change by hand."""
    found = await differences(database)
    for difference in found:
        ERR.print(f"Not as in this release: {difference}")
    return bool(found)


def rebuild() -> None:
    """Make the projections anew from the ledger; afterwards they are as they were."""

    async def run() -> None:
        async with changing_database() as database:
            await _rebuild(database, await ready(database))

    asyncio.run(run())


async def _rebuild(database: Database, units: Units) -> None:
    with rebuilding("Rebuilding") as show:
        async for step in rebuild_all(database, units):
            show(step)
    OUT.print(f"Projections rebuilt: {show.rows} rows.")
