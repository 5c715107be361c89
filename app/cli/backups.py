"""`icr backup` and `icr restore`."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID
from sqlalchemy.exc import SQLAlchemyError

from app.cli.common import ERR, OUT, read_settings
from app.errors import RegistryError
from app.services.backups import Copied, Show, back_up
from app.services.backups import restore as put_back
from app.services.schema import head
from app.sqlite_files import file_of

_ON_A_SERVER = """\
icr {command} is for a register in an SQLite file; PostgreSQL has better tools of its own:
  pg_dump --format=custom --file=TARGET NAME    copies one database while it is written to
  pg_restore --create --dbname=postgres TARGET  puts it back where there is none of its name
  pg_basebackup, with archived WAL              copies a server; any moment since can be had
Afterwards icr verify tells whether the register is whole."""


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy the register to a file while the service runs, and check the copy.

    The copy is of one moment, a single file, and has its name only once it is complete and checked.
    """
    copied = _run("backup", lambda register, show: back_up(register, target, show, force=force))
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
            "--force",
            help="Also where the register has what the backup lacks, such as revoked keys.",
        ),
    ] = False,
) -> None:
    """Put a backup in the place of the register, once it is checked. Stop the service before.

    The register that was there is kept beside it. One with revisions that the backup lacks, or
    with keys that the backup does not know to be revoked, is replaced by force only.
    """
    copied = _run("restore", lambda register, show: put_back(source, register, show, force=force))
    _report(f"Restored: {source}", copied)
    if copied.lost is not None:
        OUT.print(f"Done by force. {copied.lost}")
    if copied.kept is not None:
        OUT.print(f"What was there is kept: {copied.kept}")
    if copied.migration != head():
        OUT.print(f"Schema: {copied.migration} → {head()}. Run icr migrate before icr serve.")


def _run(command: str, work: Callable[[Path, Show], Awaitable[Copied]]) -> Copied:
    """Do the work on the file of the settings, show it, and say what stands in its way."""
    register = file_of(read_settings().database_url)
    if register is None:
        ERR.print(_ON_A_SERVER.format(command=command))
        raise typer.Exit(2)
    with Progress(console=ERR, transient=True) as progress:
        try:
            return asyncio.run(_awaited(work(register, _shown(progress))))
        except RegistryError as error:
            told = error.detail
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            told = str(getattr(error, "orig", None) or error).partition("\n")[0]
    ERR.print(f"Nothing was changed. {told}")
    raise typer.Exit(1)


async def _awaited(work: Awaitable[Copied]) -> Copied:
    return await work


def _shown(progress: Progress) -> Show:
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what)
        progress.update(tasks[what], completed=done, total=total)

    return show


def _report(told: str, copied: Copied) -> None:
    OUT.print(f"{told} ({copied.bytes:,} bytes)")
    OUT.print(f"The ledger ends with {copied.end}")
