"""`icr seed`."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app.cli.common import ERR, OUT, opened_database, read_settings, ready
from app.errors import RegistryError
from app.services.ledger import Writer
from app.services.seeding import Outcome, Result, load_set, read_set
from app.settings import Settings


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
    async with opened_database() as database:
        writer = Writer(database, await ready(database), author)
        refused = 0
        for name in sets:
            try:
                outcomes = await _load(writer, settings.seeds_dir, name)
            except RegistryError as error:
                ERR.print(error.detail)
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
        told = [f"{counts[file, result]} {result}" for result in Result if counts[file, result]]
        if told:
            OUT.print(f"{name}/{file}: {', '.join(told)}")
    return sum(outcome.result is Result.refused for outcome in outcomes)
