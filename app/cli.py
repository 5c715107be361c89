"""The command line: serve, migrate, seed, rebuild, verify, openapi."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.domain.units import Units
from app.errors import RegistryError
from app.main import Server, create_app
from app.repositories.places import read_units
from app.services.ledger import Writer
from app.services.rebuilding import Progress as Rebuilt
from app.services.rebuilding import rebuild as rebuild_all
from app.services.schema import current, head
from app.services.schema import migrate as migrate_schema
from app.services.seeding import Outcome, Result, load_set, read_set
from app.services.units import load_units
from app.services.verification import Progress as Verified
from app.services.verification import verify as verify_chain
from app.settings import Settings, get_settings

cli = typer.Typer(
    name="icr",
    help="The industrial cluster registry: every statement, its source and both time axes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_out = Console(soft_wrap=True, markup=False, highlight=False)
_err = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
# How long requests under way may take when the service stops; clients that no longer read do not
# hold it up for ever.
_PATIENCE_SECONDS = 10


def _settings() -> Settings:
    """Return the settings, or say in a sentence what is wrong with them."""
    try:
        return get_settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "ICR_" + "_".join(str(part) for part in fault["loc"]).upper()
            _err.print(f"{name}: {fault['msg'].removeprefix('Value error, ')}")
        raise typer.Exit(2) from error


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    database = Database(_settings().database_url)
    try:
        yield database
    finally:
        await database.close()


async def _ready(database: Database) -> Units:
    """Return the units of a migrated database; say how to migrate it otherwise."""
    at, wanted = await current(database), head()
    if at != wanted:
        _err.print(f"The database is at migration {at}, this release needs {wanted}: icr migrate")
        raise typer.Exit(2)
    async with database.read() as connection:
        return await read_units(connection)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the register over HTTP. ICR_DATABASE_URL names the database."""

    async def check() -> None:
        async with _database() as database:
            await _ready(database)

    asyncio.run(check())
    _out.print(f"Serving on http://{host}:{port} (documentation at /docs). Stop with Ctrl-C.")
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )
    server = Server(config)
    # Ctrl-C is the usual way to stop; what was under way has been answered by then.
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(3)


@cli.command()
def migrate() -> None:
    """Bring the database to this release: its tables, and the administrative units.

    Where the units changed, the projections are made anew, since places are told by them.
    """

    async def run() -> None:
        settings = _settings()
        async with _database() as database:
            before = await current(database)
            await migrate_schema(database)
            _out.print(f"Schema: {before or 'empty'} → {head()}.")
            with _rebuilding("Loading units") as show:
                folder = settings.seeds_dir / "units"
                changed = await load_units(database, folder, show)
            _out.print("Administrative units: " + ("loaded." if changed else "unchanged."))
            if changed:
                _out.print(f"Projections rebuilt: {show.rows} rows.")

    asyncio.run(run())


@cli.command()
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
    asyncio.run(_seed(sets or ["documents"], author, _settings()))


async def _seed(sets: list[str], author: str, settings: Settings) -> None:
    async with _database() as database:
        writer = Writer(database, await _ready(database), author)
        refused = 0
        for name in sets:
            try:
                outcomes = await _load(writer, settings.seeds_dir, name)
            except RegistryError as error:
                _err.print(error.detail)
                raise typer.Exit(2) from error
            refused += _report(name, outcomes)
    if refused:
        raise typer.Exit(1)


async def _load(writer: Writer, seeds: Path, name: str) -> list[Outcome]:
    outcomes = []
    with Progress(console=_err, transient=True) as progress:
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
            _err.print(f"Refused: {entry.file}.toml, {entry.label}: {outcome.detail}")
    counts = Counter((outcome.entry.file, outcome.result) for outcome in outcomes)
    for file in dict.fromkeys(outcome.entry.file for outcome in outcomes):
        told = [f"{counts[file, result]} {result}" for result in Result if counts[file, result]]
        if told:
            _out.print(f"{name}/{file}: {', '.join(told)}")
    return sum(outcome.result is Result.refused for outcome in outcomes)


@cli.command()
def rebuild() -> None:
    """Make the projections anew from the ledger; afterwards they are as they were."""

    async def run() -> None:
        async with _database() as database:
            await _ready(database)
            await _rebuild(database)

    asyncio.run(run())


async def _rebuild(database: Database) -> None:
    async with database.read() as connection:
        units = await read_units(connection)
    with _rebuilding("Rebuilding") as show:
        async for step in rebuild_all(database, units):
            show(step)
    _out.print(f"Projections rebuilt: {show.rows} rows.")


class _Shown:
    """Shows how far a rebuild is, and keeps how many rows it came to."""

    def __init__(self, progress: Progress, what: str) -> None:
        self.rows = 0
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def __call__(self, step: Rebuilt) -> None:
        self.rows = step.rows
        self._progress.update(self._task, completed=step.done, total=step.total)


@contextmanager
def _rebuilding(what: str) -> Iterator[_Shown]:
    with Progress(console=_err, transient=True) as progress:
        yield _Shown(progress, what)


@cli.command()
def verify() -> None:
    """Recompute the digest chain of the ledger and name the first revision that does not match."""

    async def run() -> None:
        async with _database() as database:
            await _ready(database)
            last = await _verify(database)
        if last is not None and last.broken is not None:
            _err.print(f"Revision {last.broken} is broken: {last.reason}.")
            raise typer.Exit(1)
        _out.print(f"All {last.total if last else 0} revisions match their digests.")

    asyncio.run(run())


async def _verify(database: Database) -> Verified | None:
    """Walk the chain to its end or its first break, and return how far that was."""
    last = None
    with Progress(console=_err, transient=True) as progress:
        task = progress.add_task("Verifying", total=None)
        async for step in verify_chain(database):
            progress.update(task, completed=step.checked, total=step.total)
            last = step
    return last


@cli.command()
def openapi(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("openapi/openapi.json"),
) -> None:
    """Write the OpenAPI document of this release to a file."""
    document = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document + "\n", encoding="utf-8")
    _out.print(f"Written: {path}")


def main() -> None:
    """Run the command line; what the database refuses is told in a line."""
    try:
        cli()
    except (OSError, SQLAlchemyError) as error:
        told = str(getattr(error, "orig", None) or error).partition("\n")[0]
        _err.print(f"The database cannot be used: {told}. ICR_DATABASE_URL says which it is.")
        raise SystemExit(2) from error
