"""What all commands share: where they print, the settings, the database."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

import app.access.tables
import app.imports.store
import app.proposals.store
import app.statistics.projection
import app.upkeep.anchors  # noqa: F401  (a database is compared with the tables of all rooms)
from app.core.clock import Clock
from app.core.errors import StorageFaultError
from app.core.messages import Template
from app.core.settings import Settings, get_settings, misspelt
from app.database import Database, file_of
from app.database.commands import in_turn
from app.database.schema import current, head
from app.database.sqlite_files import check_usable, holds_register
from app.units.tables import read_units
from app.units.units import Units
from app.upkeep.rebuilding import Progress as Rebuilt

_NOT_MADE = Template("cli.not-made", "There is no file {path}: make it by icr migrate.")
_NO_REGISTER = Template("cli.no-register", "{path} holds no register: icr migrate makes one.")
_WAITING = "Another icr command is changing this register; waiting for it to end."
WIDE = 1000
"""Columns of a table that is not to be wrapped."""
OUT = Console(soft_wrap=True, markup=False, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)


def read_settings() -> Settings:
    """Return the settings, or say in a sentence what is wrong with them."""
    if wrong := misspelt(os.environ):
        for name, right in wrong.items():
            ERR.print(f"{name}: there is no such setting. Did you mean {right}?")
        raise typer.Exit(2)
    try:
        return get_settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "".join(f"ICR_{part}: ".upper() for part in fault["loc"])
            ERR.print(name + fault["msg"].removeprefix("Value error, "))
        raise typer.Exit(2) from error


@asynccontextmanager
async def changing_database(*, may_be_new: bool = False) -> AsyncIterator[Database]:
    """Open the database of the settings for a command that changes it in several transactions.

    Another one that is at work on it already is waited for.
    """
    url = read_settings().database_url
    _check_file(url, may_be_new=may_be_new)
    async with (
        in_turn(url, lambda: ERR.print(_WAITING)),
        opened_database(may_be_new=may_be_new) as database,
    ):
        yield database


@asynccontextmanager
async def opened_database(*, may_be_new: bool = False) -> AsyncIterator[Database]:
    """Open the database of the settings, and close it at the end.

    A file that is not there is made only where it may be: a mistyped path must not become one.
    """
    settings = read_settings()
    url = settings.database_url
    _check_file(url, may_be_new=may_be_new)
    database = Database(url, clock=Clock(ahead=settings.clock_ahead))
    if may_be_new:
        database.create()
    try:
        yield database
    finally:
        await database.close()


def _check_file(url: str, *, may_be_new: bool) -> None:
    """Say what is wrong with the file of a register, before anything is done with it."""
    path = file_of(url)
    try:
        if path is not None:
            check_usable(path)
            if not may_be_new and not path.exists():
                raise StorageFaultError(_NOT_MADE(path=path))
            if not may_be_new and not holds_register(path):
                raise StorageFaultError(_NO_REGISTER(path=path))
    except StorageFaultError as error:
        ERR.print(f"{error.detail} ICR_DATABASE_URL names the register.")
        raise typer.Exit(2) from error


async def check_migrated(database: Database) -> None:
    """Say how to migrate a database that is not at the newest migration."""
    at, wanted = await current(database), head()
    if at != wanted:
        ERR.print(f"The database is at migration {at}, this release needs {wanted}: icr migrate")
        raise typer.Exit(2)


async def ready(database: Database) -> Units:
    """Return the units of a migrated database; say how to migrate it otherwise."""
    await check_migrated(database)
    async with database.read() as connection:
        return await read_units(connection)


class Shown:
    """Shows how far a rebuild is, and keeps how many rows it came to."""

    def __init__(self, progress: Progress, what: str) -> None:
        self.rows = 0
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def __call__(self, step: Rebuilt) -> None:
        """Show a step."""
        self.rows = step.rows
        self._progress.update(self._task, completed=step.done, total=step.total)


@contextmanager
def rebuilding(what: str) -> Iterator[Shown]:
    """Show a rebuild while it lasts, under a name."""
    with Progress(console=ERR, transient=True) as progress:
        yield Shown(progress, what)
