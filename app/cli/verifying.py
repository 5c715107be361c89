"""`icr verify`."""

import asyncio
from typing import Annotated

import typer
from rich.progress import Progress

from app.cli.common import ERR, OUT, opened_database, ready
from app.database import Database, is_sqlite
from app.domain.units import Units
from app.services.comparing import compare
from app.services.schema import differences
from app.services.soundness import End, file_faults, find_end
from app.services.verification import verify as verify_chain


def verify(
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="Leave the file and the projections out.")
    ] = False,
    noted: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION:DIGEST",
            help="What an earlier run printed as the end: is it still part of the ledger?",
        ),
    ] = None,
) -> None:
    """Check the whole register, reading only; the service may run meanwhile.

    The SQLite file: its structure and references. The ledger: its digest chain is recomputed, and
    the first revision that does not match is named. The projections: they are compared with what
    the ledger gives, row for row, and the first subject that differs is named. The schema: tables,
    indexes, and the triggers that keep the ledger append-only.
    """
    earlier = _read_noted(noted)

    async def run() -> None:
        async with opened_database() as database:
            units = await ready(database)
            if not chain_only:
                await _check_file(database)
            revisions = await _check_chain(database)
            if earlier is not None:
                await _check_noted(database, earlier)
            if not chain_only:
                await _check_projections(database, units)
            OUT.print(f"The ledger ends with {await find_end(database, revisions)}")
            if not chain_only:
                await _check_schema(database)

    asyncio.run(run())


def _read_noted(noted: str | None) -> End | None:
    try:
        return None if noted is None else End.parse(noted)
    except ValueError as error:
        message = "write a revision and its digest, as icr verify prints them: 142:0a1b…"
        raise typer.BadParameter(message, param_hint="--noted") from error


def _fail(told: str) -> typer.Exit:
    ERR.print(told)
    return typer.Exit(1)


async def _check_file(database: Database) -> None:
    if not is_sqlite(database.url):
        return
    with Progress(console=ERR, transient=True) as progress:
        progress.add_task("Checking the file", total=None)
        faults = await file_faults(database)
    if faults:
        raise _fail("The file is damaged; restore a backup: " + "; ".join(faults))
    OUT.print("The file is whole.")


async def _check_schema(database: Database) -> None:
    lacking = await differences(database, lacking_only=True)
    if lacking:
        raise _fail(f"The schema is not that of this release: {'; '.join(lacking)}.")
    OUT.print("The schema has all that this release needs, and what guards the ledger is there.")


async def _check_chain(database: Database) -> int:
    """Walk the chain to its end or its first break; return how long it is."""
    last = None
    with Progress(console=ERR, transient=True) as progress:
        task = progress.add_task("Verifying the ledger", total=None)
        async for step in verify_chain(database):
            progress.update(task, completed=step.checked, total=step.total)
            last = step
    if last is not None and last.broken is not None:
        raise _fail(f"Revision {last.broken} is broken: {last.reason}.")
    total = last.total if last else 0
    OUT.print(f"All {total} revisions match their digests.")
    return total


async def _check_noted(database: Database, noted: End) -> None:
    if await find_end(database, noted.revision) != noted:
        raise _fail(f"The ledger is another one: revision {noted.revision} has not that digest.")
    OUT.print(f"Revision {noted.revision} is the one that was noted.")


async def _check_projections(database: Database, units: Units) -> None:
    rows, difference = 0, None
    with Progress(console=ERR, transient=True) as progress:
        task = progress.add_task("Comparing the projections", total=None)
        async for step in compare(database, units):
            progress.update(task, completed=step.done, total=step.total)
            rows, difference = step.rows, step.difference
    if difference is not None:
        told = f"The projections are not what the ledger gives: {difference}."
        raise _fail(f"{told} icr rebuild makes them anew.")
    OUT.print(f"All {rows} rows of the projections are what the ledger gives.")
