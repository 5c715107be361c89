"""`icr backup`, `icr restore` and `icr verify`."""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app.cli.anchors import checkpoints, read_anchors
from app.cli.common import (
    ERR,
    OUT,
    WIDE,
    check_migrated,
    opened_database,
    read_settings,
    ready,
)
from app.core.errors import RegistryError
from app.core.signed_notes import Checkpoint
from app.database import Database, file_of, is_sqlite
from app.database.catalogue import NotComparedError, strange_objects
from app.database.integrity import file_faults
from app.database.schema import head, missing_guards
from app.ledger.verification import LedgerEnd, find_end
from app.ledger.verification import verify as verify_chain
from app.units.units import Units
from app.upkeep.accounting import account_faults, rests_on
from app.upkeep.anchors import stored_notes, unfit_anchors
from app.upkeep.backups import Copied, Show, back_up
from app.upkeep.comparing import compare, strange_units
from app.upkeep.restoring import KeyChange, Restored
from app.upkeep.restoring import restore as put_back

_ON_A_SERVER = """\
icr {command} is for a register in an SQLite file; PostgreSQL has better tools of its own:
  pg_dump --format=custom --file=TARGET NAME    copies one database while it is written to
  pg_restore --create --dbname=postgres TARGET  puts it back where there is none of its name
  pg_basebackup, with archived WAL              copies a server; any moment since can be had
Afterwards icr verify checks whether the register is whole."""

_MOST_ANCHORS = 3
"""So many that do not fit are named, the earliest first."""


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy the register to a file while the service runs, and check the copy.

    The copy is of one moment, a single file, and has its name only once it is complete and checked.
    """
    copied = _run(
        "backup",
        lambda register, progress: back_up(register, target, shown(progress), force=force),
    )
    _report(f"Written: {target}", copied)
    if not copied.is_verified:
        OUT.print(
            f"The ledger was not verified: it is at migration {copied.migration}, this release "
            f"verifies {head()}."
        )


def restore(
    source: Annotated[Path, typer.Argument(help="The backup.")],
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Also where the register has what the backup lacks, such as revisions."
        ),
    ] = False,
    accept_keys: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID…",
            help="The ids of keys that are new or differ in the backup and are to be valid, with "
            "commas or one each. Without them the command asks, on a terminal.",
        ),
    ] = None,
) -> None:
    """Put a backup in the place of the register, once it is checked. Stop the service before.

    The register that was there is kept beside it. One with revisions that the backup lacks is
    replaced by force only. Keys that are new or differ in the backup are listed and have to be
    accepted. Of the rest only the ledger is taken as it is, by its digests: units, projections and
    triggers are made anew, and the audit log of the register is taken over.
    """
    accepted = {key for listed in accept_keys or [] for key in listed.split(",")}
    units = read_settings().seeds_dir / "units"

    def work(register: Path, progress: Progress) -> Awaitable[Restored]:
        def accept(changed: Sequence[KeyChange]) -> bool:
            progress.stop()
            return _are_accepted(changed, accepted)

        show = shown(progress)
        return put_back(source, register, show, units=units, accept=accept, force=force)

    restored = _run("restore", work)
    _report(f"Restored: {source}", restored)
    for note in restored.notes:
        OUT.print(str(note))
    if restored.lost is not None:
        OUT.print(f"Done by force. {restored.lost}")
    if restored.kept is not None:
        OUT.print(f"What was there is kept: {restored.kept}")
    if restored.migration != head():
        OUT.print(f"Schema: {restored.migration} → {head()}.")


def _are_accepted(changed: Sequence[KeyChange], accepted: Collection[str]) -> bool:
    """List the keys that would be valid, and ask for those that are not accepted already."""
    table = Table("id", "name", "role", "provinces", "until", "in the backup", box=None)
    for key in changed:
        table.add_row(key.id, key.name, key.role, key.provinces, key.expires_at, key.change)
    Console(stderr=True, width=WIDE, markup=False, highlight=False).print(table)
    if {key.id for key in changed} <= set(accepted):
        return True
    return sys.stdin.isatty() and typer.confirm("Are all of these keys to be valid?", err=True)


_Done = TypeVar("_Done", Copied, Restored)


def _run(command: str, work: Callable[[Path, Progress], Awaitable[_Done]]) -> _Done:
    """Do the work on the file of the settings, show it, and say what stands in its way."""
    register = file_of(read_settings().database_url)
    if register is None:
        ERR.print(_ON_A_SERVER.format(command=command))
        raise typer.Exit(2)
    with Progress(console=ERR, transient=True) as progress:
        try:
            return asyncio.run(_awaited(work(register, progress)))
        except RegistryError as error:
            reason = str(error.detail)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
    ERR.print(f"Nothing was changed. {reason}")
    raise typer.Exit(1)


async def _awaited(work: Awaitable[_Done]) -> _Done:
    return await work


def shown(progress: Progress) -> Show:
    """Return what shows each step by a bar."""
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what)
        progress.update(tasks[what], completed=done, total=total)

    return show


def _report(result: str, copied: Copied | Restored) -> None:
    OUT.print(f"{result} ({copied.bytes:,} bytes)")
    OUT.print(f"The ledger ends with {copied.end}")


def verify(
    chain_only: Annotated[
        bool,
        typer.Option("--chain-only", help="Leave out file, projections and schema."),
    ] = False,
    noted: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION:DIGEST",
            help="What an earlier run printed as the end: is it still part of the ledger?",
        ),
    ] = None,
    anchors: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE|URL",
            help="Anchors that were kept elsewhere, in a file or as /v1/anchors has them: do they "
            "fit? Repeat for several.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            help="The public key of the anchors, as icr anchor --new-key printed it. Without "
            "--anchors, those that the register itself has are compared."
        ),
    ] = None,
) -> None:
    """Check the whole register; nothing is changed, and the service may run meanwhile.

    The SQLite file: its structure and references. The schema: it is what the migrations of this
    release make, triggers included, and nothing else. The ledger: its digest chain is recomputed,
    and the first revision that does not match is named. Units: they are those of this release. The
    projections: they are compared with what the ledger gives, row for row, and the first subject
    that differs is named. The audit log is a chain as well; keys, sessions and proposals are
    compared with what it says of them.
    """
    earlier = _read_noted(noted)
    kept = read_anchors(anchors, key) if anchors else []

    async def run() -> None:
        async with opened_database() as database:
            await check_migrated(database)
            if not chain_only:
                await _check_file(database)
            # One that is not as it should be does not hide what else is not.
            passed = [chain_only or await _passes(_check_schema(database))]
            revisions = await _check_chain(database)
            if earlier is not None:
                await _check_noted(database, earlier)
            if key is not None:
                passed.append(await _passes(_check_anchors(database, kept, key)))
            if not chain_only:
                passed.append(await _passes(_check_units(database)))
                passed.append(await _passes(_check_projections(database, await ready(database))))
                passed.append(await _passes(_check_access(database)))
            for believed in await rests_on(database):
                OUT.print(believed)
            OUT.print(f"The ledger ends with {await find_end(database, revisions)}")
        if not all(passed):
            raise typer.Exit(1)

    asyncio.run(run())


def _read_noted(noted: str | None) -> LedgerEnd | None:
    try:
        return None if noted is None else LedgerEnd.parse(noted)
    except ValueError as error:
        message = "write a revision and its digest, as icr verify prints them: 142:0a1b…"
        raise typer.BadParameter(message, param_hint="--noted") from error


def _fail(reason: str) -> typer.Exit:
    ERR.print(reason)
    return typer.Exit(1)


async def _passes(check: Awaitable[None]) -> bool:
    """Return whether a check passes; it has said what it found otherwise."""
    try:
        await check
    except typer.Exit:
        return False
    return True


async def _check_file(database: Database) -> None:
    with Progress(console=ERR, transient=True) as progress:
        progress.add_task("Checking the file", total=None)
        faults = await file_faults(database)
    if faults:
        raise _fail("The file is damaged; restore a backup: " + "; ".join(faults))
    OUT.print("The file is whole." if is_sqlite(database.url) else "All references lead to rows.")


async def _check_schema(database: Database) -> None:
    try:
        strange = await strange_objects(database)
    except NotComparedError as error:
        if lacking := await missing_guards(database):
            raise _fail(f"Triggers are missing or off: {', '.join(lacking)}.") from error
        OUT.print(f"The schema was not compared: {error}. Verify as the owner of the tables.")
        return
    if strange:
        raise _fail(f"The schema is not that of this release: {'; '.join(strange)}.")
    OUT.print("The schema is what this release makes, and what guards the ledger is there.")


async def _check_units(database: Database) -> None:
    if strange := await strange_units(database, read_settings().seeds_dir / "units"):
        raise _fail(f"The units are not those of this release: {strange}. icr migrate loads them.")
    OUT.print("The administrative units are those of this release.")


async def _check_access(database: Database) -> None:
    if faults := await account_faults(database):
        raise _fail(f"The audit log does not account for what is there: {'; '.join(faults)}.")
    OUT.print("Keys, sessions and proposals are what the audit log says, and its chain is whole.")


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


async def _check_noted(database: Database, noted: LedgerEnd) -> None:
    if await find_end(database, noted.revision) != noted:
        raise _fail(f"The ledger is another one: revision {noted.revision} has not that digest.")
    OUT.print(f"Revision {noted.revision} is the one that was noted.")


async def _check_anchors(database: Database, kept: Sequence[Checkpoint], key: str) -> None:
    """Compare with anchors that were kept, or where none are named with the register's own."""
    are_own = not kept
    if are_own:
        if not (notes := await stored_notes(database)):
            raise _fail("The register has no anchors: name those that were kept by --anchors.")
        kept = checkpoints(notes, key)
    if unfit := await unfit_anchors(database, kept):
        reasons = "; ".join(unfit[:_MOST_ANCHORS])
        raise _fail(f"{len(unfit)} of {len(kept)} anchors do not fit: {reasons}.")
    OUT.print(f"All {len(kept)} anchors fit, up to revision {kept[-1].revision}.")
    if are_own:
        OUT.print("They are the register's own: whoever wrote to it could delete some. --anchors")
        OUT.print("takes those that were kept elsewhere.")


async def _check_projections(database: Database, units: Units) -> None:
    rows, difference = 0, None
    with Progress(console=ERR, transient=True) as progress:
        task = progress.add_task("Comparing the projections", total=None)
        async for step in compare(database, units):
            progress.update(task, completed=step.done, total=step.total)
            rows, difference = step.rows, step.difference
    if difference is not None:
        reason = f"The projections are not what the ledger gives: {difference}."
        raise _fail(f"{reason} icr rebuild makes them anew.")
    OUT.print(f"All {rows} rows of the projections are what the ledger gives.")
