"""`icr dump` and `icr load`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.progress import Progress

from app.cli.backups import shown, verify
from app.cli.common import ERR, OUT, changing_database, opened_database, ready
from app.core.errors import RegistryError
from app.database import Database
from app.upkeep.backups import Show
from app.upkeep.dumping import dump as write_dump
from app.upkeep.loading import load as read_dump

_OTHER_UNITS = (
    "The administrative units are others than those of the dumped register: places and figures may"
    " differ by them."
)


def dump(
    target: Annotated[
        Path, typer.Argument(help="The file to write; compressed if its name ends in .gz.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write the whole ledger to a file, one line of JSON a revision; the service may run meanwhile.

    icr load takes it, on either database. Keys, the audit log, and imports and proposals on their
    way are not in it.
    """
    end = _run(opened_database(), partial(write_dump, target, force=force))
    OUT.print(f"Written: {target} ({target.stat().st_size:,} bytes)")
    OUT.print(f"The ledger ends with {end}")


def load(
    source: Annotated[
        Path, typer.Argument(help="A file of icr dump; compressed if its name ends in .gz.")
    ],
) -> None:
    """Load a dump into a register without revisions, and verify it; all of it or nothing.

    Every digest is computed anew. Who can write the file can do that as well, so compare the end
    that is printed with one that was noted elsewhere. The register keeps its own keys.
    """
    loaded = _run(changing_database(), partial(read_dump, source))
    OUT.print(f"Loaded: {source}")
    if not loaded.has_same_units:
        ERR.print(_OTHER_UNITS)
    verify(chain_only=False, noted=None)


_Done = TypeVar("_Done")


def _run(
    opening: AbstractAsyncContextManager[Database],
    work: Callable[..., Awaitable[_Done]],
) -> _Done:
    """Do the work, show it, and say what stands in its way."""

    async def run(show: Show) -> _Done:
        async with opening as database:
            return await work(database=database, units=await ready(database), show=show)

    with Progress(console=ERR, transient=True) as progress:
        try:
            return asyncio.run(run(shown(progress)))
        except RegistryError as error:
            reason = str(error.detail)
    ERR.print(f"Nothing was changed. {reason}")
    raise typer.Exit(1)
