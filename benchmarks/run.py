"""``python -m benchmarks.run``: build the register, measure, write the table.

Everything is made in temporary folders and removed again; only the report stays.
"""

import argparse
import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from app.database import Database
from benchmarks import imports, tipg
from benchmarks.building import Built, Size, build
from benchmarks.bulk import bulk
from benchmarks.charts import chart
from benchmarks.databases import KINDS, database_server, fresh_database
from benchmarks.datasette import beside as beside_datasette
from benchmarks.datasette import datasette
from benchmarks.endpoints import endpoints, pages, revalidated
from benchmarks.growing import LENGTHS, SMALL, compare_sizes, grow
from benchmarks.load import Load, load_client
from benchmarks.measuring import cold, measure, reading, revalidating, writing
from benchmarks.report import Measured, render
from benchmarks.seeding import seed
from benchmarks.serving import ROOT, bare, serving

_LIMIT = 50


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.run")
    parser.add_argument("--sites", type=int, default=10_000, help="sites of the register")
    parser.add_argument("--statements", type=int, default=10, help="statements of each site")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seconds", type=float, default=1.5, help="for each endpoint and round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=Path, default=None, help="file of the report")
    parser.add_argument(
        "--quick", action="store_true", help="a small register, one short round, no report file"
    )
    return parser.parse_args(given)


def _options() -> argparse.Namespace:
    options = _arguments()
    if options.quick:
        options.sites, options.seconds, options.rounds = 300, 0.5, 1
    elif options.out is None:
        options.out = ROOT / "docs" / "benchmarks.md"
    return options


async def _measure(
    kind: str, options: argparse.Namespace, load: Load, progress: Progress
) -> Measured:
    """Measure everything on one database; a failure of any request ends the run."""
    async with database_server(kind) as server, AsyncExitStack() as stack:
        urls = [
            await stack.enter_async_context(fresh_database(kind, server, name))
            for name in ("seeded", "large", "small")
        ]
        progress.console.print(f"{kind}: loading the seeds")
        seeded = await seed(urls[0])
        progress.console.print(f"{kind}: stating in bulk")
        bulked = await bulk(urls[0])
        progress.console.print(f"{kind}: building the registers")
        large = await _build(urls[1], Size(options.sites, options.statements), progress, kind)
        small = await _build(urls[2], SMALL, progress, f"{kind}, small")
        with ExitStack() as servers:
            bare_port = servers.enter_context(bare())
            port = servers.enter_context(serving(urls[1], response_cache_bytes="0"))
            hot_port = servers.enter_context(serving(urls[1]))
            small_port = servers.enter_context(serving(urls[2]))
            progress.console.print(f"{kind}: measuring")
            measured = endpoints(large.sites, large.provinces, _LIMIT)
            measured += pages(large.sites, large.provinces)
            tasks = [
                *reading(measured, port, hot_port),
                revalidating(revalidated(port, _LIMIT), port),
                *writing(large, port),
            ]
            if kind == "sqlite":
                others = servers.enter_context(datasette(port))
                tasks += cold(beside_datasette(large.sites, _LIMIT), others, "Datasette, ")
            elif found := tipg.programs():
                others = await stack.enter_async_context(tipg.tipg(port, found))
                tasks += cold(tipg.beside(large.sites, _LIMIT), others, "tipg, ")
            else:
                progress.console.print("tipg is left out: no PostGIS is installed")
            lines, rate = measure(load, bare_port, tasks, options.rounds, options.seconds, progress)
            beside = compare_sizes(load, port, large, (small_port, small), options.rounds)
            lengths = LENGTHS[:2] if options.quick else LENGTHS
            grown = grow(load, small_port, small, lengths, progress)
    return Measured(kind, large, seeded, bulked, rate, lines, beside, grown)


async def _build(url: str, size: Size, progress: Progress, label: str) -> Built:
    database = Database(url)
    try:
        return await build(database, size, progress, label)
    finally:
        await database.close()


async def _run(options: argparse.Namespace) -> list[Measured]:
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    with load_client() as load, Progress(*columns, console=Console(stderr=True)) as progress:
        return [await _measure(kind, options, load, progress) for kind in options.databases]


def main() -> None:
    """Run the benchmarks."""
    options = _options()
    options.load_before = os.getloadavg()[0]
    imported = imports.measure()
    measured = asyncio.run(_run(options))
    report = render(measured, imported, options)
    print(report)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(report, encoding="utf-8")
        for one in measured:
            drawn = options.out.with_name(one.chart)
            drawn.write_text(chart(one.kind, one.name, one.lines), encoding="utf-8")


if __name__ == "__main__":
    main()
